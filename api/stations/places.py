"""Everything people can name: rows of the layers, and streets with where they run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo.layers.columns import LAYERS, layers_with
from geo.layers.districts import is_subdistrict
from geo.layers.roles import Role
from geo.layers.vocabulary import Landmark
from geo.text import Text

if TYPE_CHECKING:
    import geopandas as gpd


class PlaceKind(StrEnum):
    """What a found place is."""

    STATION = "station"
    LANDMARK = "landmark"
    STREET = "street"
    SUBDISTRICT = "subdistrict"
    DISTRICT = "district"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Somewhere people can name.

    Attributes
    ----------
    place_id : str
        Stable within an edition.
    kind : PlaceKind
        What it is.
    name, address : str
        As in the layer; may be empty.
    lon, lat : float
        Degrees, EPSG:4326.
    code : str
        The number on a station's sign, by which it is found too; "" for everything else.
    what : Text | None
        What it is, where that is more than its kind: a metro station, a courier's depot.
    """

    place_id: str
    kind: PlaceKind
    name: str
    address: str
    lon: float
    lat: float
    code: str = ""
    what: Text | None = None

    @property
    def text(self) -> Text:
        """What it is."""
        return self.what or KIND_WORDS[self.kind]


KIND_WORDS: Mapping[PlaceKind, Text] = MappingProxyType(
    {
        PlaceKind.STATION: Text("站点", "Station"),
        PlaceKind.LANDMARK: Text("地标", "Landmark"),
        PlaceKind.STREET: Text("道路", "Street"),
        PlaceKind.SUBDISTRICT: Text("街道镇", "Subdistrict"),
        PlaceKind.DISTRICT: Text("区市", "District"),
    }
)
"""What each kind is called."""

_SOURCES = (
    ("stations", PlaceKind.STATION, None),
    ("yizhan", PlaceKind.STATION, None),
    ("places", PlaceKind.LANDMARK, None),
    ("candidates", PlaceKind.LANDMARK, LAYERS["candidates"].text),
    ("workers", PlaceKind.LANDMARK, LAYERS["workers"].text),
    ("districts", PlaceKind.DISTRICT, None),
    *((name, PlaceKind.LANDMARK, LAYERS[name].text) for name in layers_with(Role.MARKED)),
)
"""Layer, what its rows are, and what they are told to be where that says more."""


def places_of(
    layers: Mapping[str, gpd.GeoDataFrame], streets: Sequence[tuple[str, float, float]] = ()
) -> Iterable[Place]:
    """Yield every place that can be named, from `layers` and street names.

    Parameters
    ----------
    layers : Mapping[str, GeoDataFrame]
        The layers whoever searches may read, EPSG:4326; of these all rows are found.
    streets : sequence of (name, lon, lat)
        A point on each named street.
    """
    for layer, kind, told in _SOURCES:
        if layer in layers:
            frame = layers[layer]
            if layer == "places":
                frame = _addressed(frame, layers.get("districts"))
            yield from _from_layer(frame, kind, layer, told)
    districts = _districts_of(layers.get("districts"), streets)
    for number, ((name, lon, lat), district) in enumerate(zip(streets, districts, strict=True)):
        yield Place(
            place_id=place_id_of("street", str(number)),
            kind=PlaceKind.STREET,
            name=name,
            address=district,
            lon=lon,
            lat=lat,
        )


def _districts_of(
    districts: gpd.GeoDataFrame | None, streets: Sequence[tuple[str, float, float]]
) -> list[str]:
    """Return the district, and subdistrict, each street's point lies in; "" where in none."""
    found = [""] * len(streets)
    if districts is None or not len(districts) or not len(streets):
        return found
    lonlat = np.array([(lon, lat) for _, lon, lat in streets])
    # The shapes asked with are prepared: a district is for all its streets.
    tree = shapely.STRtree(np.asarray(shapely.points(lonlat)))
    areas, points = tree.query(np.asarray(districts.geometry.array, dtype=object), "intersects")
    names, beneath = districts["name"].tolist(), is_subdistrict(districts)
    for row in np.lexsort((areas, beneath[areas], points)).tolist():
        found[points[row]] = f"{found[points[row]]} {_text(names[areas[row]])}".strip()
    return found


def _addressed(places: gpd.GeoDataFrame, districts: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    """Return `places` with district and subdistrict before the address: many have one name."""
    names = (
        {}
        if districts is None
        else dict(zip(districts["adcode"].astype(str), districts["name"], strict=True))
    )
    parts = zip(places["district"], places["subdistrict"], places["address"], strict=True)
    return places.assign(
        address=[
            _one_address(_text(names.get(str(district))), _text(beneath), _text(address))
            for district, beneath, address in parts
        ]
    )


def _one_address(district: str, beneath: str, address: str) -> str:
    """Return them as one, without a part that the address names already."""
    return " ".join(
        [*(part for part in (district, beneath) if part not in address), address]
    ).strip()


def _from_layer(
    frame: gpd.GeoDataFrame, kind: PlaceKind, layer: str, told: Text | None
) -> Iterable[Place]:
    points = frame.geometry.representative_point()
    beneath = is_subdistrict(frame) if kind is PlaceKind.DISTRICT else np.zeros(len(frame), bool)
    ids = frame["adcode" if kind is PlaceKind.DISTRICT else "id"].astype(str)
    addresses: Sequence[Any] = frame["address"] if "address" in frame else [""] * len(frame)
    for row_id, name, address, what, is_beneath, lon, lat in zip(
        ids,
        frame["name"],
        addresses,
        _whats(frame, layer, told),
        beneath,
        points.x,
        points.y,
        strict=True,
    ):
        yield Place(
            place_id=place_id_of(layer, row_id),
            kind=PlaceKind.SUBDISTRICT if is_beneath else kind,
            name=_text(name),
            address=_text(address),
            lon=round(float(lon), 6),
            lat=round(float(lat), 6),
            code=row_id if kind is PlaceKind.STATION else "",
            what=what,
        )


def _whats(frame: gpd.GeoDataFrame, layer: str, told: Text | None) -> Sequence[Text | None]:
    """Return what each row is: its own kind in `places`, else `told`."""
    if layer == "places":
        known = {landmark.value: landmark.text for landmark in Landmark}
        return [known.get(str(kind)) for kind in frame["kind"]]
    return [told] * len(frame)


def crossing_name(first: str, second: str) -> str:
    """Return what the crossing of two streets is called."""
    return f"{first}与{second}路口"


def place_id_of(layer: str, row_id: str) -> str:
    """Return an id that does not tell which layer the place is from."""
    return hashlib.blake2b(f"{layer}|{row_id}".encode(), digest_size=8).hexdigest()


def _text(value: object) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    return str(value)
