"""Places of an OpenStreetMap extract where a bus might stand: car parks, squares, stations, depots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import osmium
import shapely
from osmium.filter import TagFilter
from osmium.geom import WKBFactory

from data.streets.osm_file import OSM_KINDS, broken_extract
from geo.crs import STORAGE_CRS, to_metres
from geo.errors import BadInputError
from geo.network.posted import limit_metres
from geo.network.vehicle import Vehicle
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
    {"underground", "multi-storey", "rooftop", "sheds", "carports", "garage_boxes", "street_side",
     "lane", "on_kerb", "half_on_kerb"}
)  # fmt: skip
_SHUT = frozenset({"no", "private"})
_LEAST_M2 = 400.0
"""Room for one bus, its queue and a way out."""
_HEIGHT_M = Vehicle().height_m


def read_bus_places(path: Path) -> gpd.GeoDataFrame:
    """Return where a bus might stand, by OSM's word alone: nobody has looked at the place.

    Left out: parking that is indoors, along a street or private, anything under a bar lower than a
    bus, and areas below 400 m2. A place mapped as a point has no known area and stays.

    Parameters
    ----------
    path : Path
        ``.osm``, ``.osm.pbf``, ``.osm.gz`` or ``.osm.bz2``.

    Returns
    -------
    GeoDataFrame
        Points (EPSG:4326) with ``id`` (``osm-w123``), ``name``, ``address``, ``kind`` (Text) and
        ``area_m2`` (NaN where it is a point).

    Raises
    ------
    BadInputError
        If the file is of another kind.
    BrokenFileError
        If it is empty, truncated or corrupt.
    """
    if not path.name.endswith(OSM_KINDS):
        raise BadInputError(
            Text(
                f"{path.name}：请用 .osm 或 .osm.pbf 文件。",
                f"{path.name}: use an .osm or .osm.pbf extract.",
            )
        )
    try:
        rows = list(_places(path))
    except (RuntimeError, OSError) as error:
        raise broken_extract(path, error) from error
    columns = ["id", "name", "address", "kind", "area_m2", "geometry"]
    return gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=STORAGE_CRS)


def _places(path: Path) -> Iterator[dict[str, object]]:
    wanted, shapes = TagFilter(*_KINDS), WKBFactory()
    items = osmium.FileProcessor(str(path)).with_areas(wanted).with_filter(wanted)
    for item in items:
        tags = {tag.k: tag.v for tag in item.tags}
        kind = next((text for (key, value), text in _KINDS.items() if tags.get(key) == value), None)
        if kind is None or not _takes_a_bus(tags):
            continue
        if isinstance(item, osmium.osm.Area):
            shape = shapely.from_wkb(shapes.create_multipolygon(item))
            area_m2 = float(shapely.transform(shape, to_metres).area)
            if area_m2 >= _LEAST_M2:
                letter = "w" if item.from_way() else "r"
                yield _row(
                    f"osm-{letter}{item.orig_id()}", tags, kind, shape.point_on_surface(), area_m2
                )
        elif isinstance(item, osmium.osm.Node):
            at = shapely.Point(item.location.lon, item.location.lat)
            yield _row(f"osm-n{item.id}", tags, kind, at, np.nan)


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
        "name": tags.get("name:zh") or tags.get("name") or f"{kind.zh} {identity[4:]}",
        "address": tags.get("addr:full") or street + number,
        "kind": kind,
        "area_m2": area_m2,
        "geometry": at,
    }
