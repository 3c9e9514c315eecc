"""Places of an OpenStreetMap extract where a bus might stand: car parks, squares, stations, depots."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import shapely

from data.osm.osm_features import OsmTheme, Tags, name_of, read_features
from geo.crs import STORAGE_CRS
from geo.network.posted import limit_metres
from geo.network.vehicle import Vehicle
from geo.place_names import PlaceNames, called, told_apart
from geo.text import Text

_KINDS: Mapping[tuple[str, str], Text] = {
    ("amenity", "parking"): Text("停车场", "Car park"),
    ("place", "square"): Text("广场", "Square"),
    ("amenity", "bus_station"): Text("客运站、公交场站", "Bus station"),
    ("highway", "rest_area"): Text("停车区", "Rest area"),
    ("highway", "services"): Text("服务区", "Service area"),
    ("industrial", "depot"): Text("车场", "Depot"),
    ("landuse", "depot"): Text("车场", "Depot"),
}
_NO_BUS = frozenset(
    {
        "underground",
        "multi-storey",
        "rooftop",
        "sheds",
        "carports",
        "garage_boxes",
        "street_side",
        "lane",
        "on_kerb",
        "half_on_kerb",
    }
)
_SHUT = frozenset({"no", "private"})
_LEAST_M2 = 400.0
"""Room for one bus, its queue and a way out."""
_HEIGHT_M = Vehicle().height_m


BUS_THEME = OsmTheme("bus", frozenset(_KINDS))
"""What :func:`bus_places_of` is read from."""


def read_bus_places(path: Path) -> gpd.GeoDataFrame:
    """Return where a bus might stand, by OSM's word alone; see :func:`bus_places_of`.

    Raises
    ------
    BadInputError
        If the file is of another kind.
    BrokenFileError
        If it is empty, truncated or corrupt.
    """
    return bus_places_of(read_features(path, [BUS_THEME])[BUS_THEME.name])


def bus_places_of(found: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return where a bus might stand, by OSM's word alone: nobody has looked at the place.

    Left out: parking that is indoors, along a street or private, anything under a bar lower than a
    bus, and areas below 400 m2. A place mapped as a point has no known area and stays.

    Parameters
    ----------
    found : GeoDataFrame
        Objects of `BUS_THEME` (EPSG:4326), see :func:`data.osm.osm_features.read_features`.

    Returns
    -------
    GeoDataFrame
        Points (EPSG:4326) with ``id`` (``osm-w123``), ``name`` (that of the kind where nobody
        named the place), ``address``, ``kind`` (Text) and ``area_m2`` (NaN where it is a point).
    """
    rows = [
        _row(f"osm-{one}", tags, kind, at, area_m2)
        for one, tags, area_m2, at in zip(
            found["id"], found["tags"], found["area_m2"], found.geometry, strict=True
        )
        if (kind := _kind_of(tags)) is not None and _takes_a_bus(tags) and not area_m2 < _LEAST_M2
    ]
    columns = ["id", "name", "address", "kind", "area_m2", "geometry"]
    return gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=STORAGE_CRS)


def named_by_place(places: gpd.GeoDataFrame, names: PlaceNames) -> gpd.GeoDataFrame:
    """Return bus places called after where they are: 福州南路与闽江路口停车场, never a number."""
    where = names.where(places.get_coordinates().to_numpy())
    told = [
        called(spot, name) if name == kind.zh else name
        for spot, name, kind in zip(where, places["name"], places["kind"], strict=True)
    ]
    return places.assign(name=told_apart(told, where))


def _kind_of(tags: Tags) -> Text | None:
    return next((text for (key, value), text in _KINDS.items() if tags.get(key) == value), None)


def _takes_a_bus(tags: Mapping[str, str]) -> bool:
    return not (
        tags.get("parking") in _NO_BUS
        or tags.get("access") in _SHUT
        or tags.get("motor_vehicle") in _SHUT
        or tags.get("bus") == "no"
        or tags.get("tourist_bus") == "no"
        or limit_metres(tags, "maxheight") < _HEIGHT_M
    )


def _row(
    identity: str, tags: Mapping[str, str], kind: Text, at: shapely.Point, area_m2: float
) -> dict[str, object]:
    street, number = tags.get("addr:street", ""), tags.get("addr:housenumber", "")
    return {
        "id": identity,
        "name": name_of(tags) or kind.zh,
        "address": tags.get("addr:full") or street + number,
        "kind": kind,
        "area_m2": area_m2,
        "geometry": at,
    }
