"""Addresses and landmarks found in our own layers: no geocoder is asked, nothing leaves the house.

Chinese has no spaces, so the index is of pairs of neighbouring characters: a query's rarest pair
gives few candidates, and those are ranked by how much of the query they hold.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from api.stations.pinyin import PinyinNames
from geo.layers.columns import LAYERS
from geo.layers.districts import is_subdistrict
from geo.layers.vocabulary import Landmark
from geo.text import Text

_LONGEST_QUERY = 60
_ENOUGH = 2000
_LEAST_CODE = 3  # marks of a number before stations are found by its beginning or end
_LEAST_NAME = 3  # characters of a name that is believed within a long address
# "青岛市南区" is 青岛 + 市南区: a city is taken off only where a whole district follows it.
_CITY = re.compile(r"^(?:..省)?(?:..市(?=.{2,3}[区市县]))?(?=..)")
_NEAR = re.compile(r"^(?:我在)?(..+?)(?:的?(?:附近|旁边|对面|门口))?$")


class PlaceKind(StrEnum):
    """What a found place is."""

    STATION = "station"
    LANDMARK = "landmark"
    STREET = "street"
    SUBDISTRICT = "subdistrict"
    DISTRICT = "district"


@dataclass(frozen=True, slots=True)
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

_AREAS = frozenset({PlaceKind.DISTRICT, PlaceKind.SUBDISTRICT})
_RANK = {
    PlaceKind.STATION: 0,
    PlaceKind.LANDMARK: 1,
    PlaceKind.STREET: 2,
    PlaceKind.SUBDISTRICT: 3,
    PlaceKind.DISTRICT: 4,
}
_LIKE = 2
_SOURCES = (
    ("stations", PlaceKind.STATION),
    ("yizhan", PlaceKind.STATION),
    ("places", PlaceKind.LANDMARK),
    ("candidates", PlaceKind.LANDMARK),
    ("workers", PlaceKind.LANDMARK),
    ("districts", PlaceKind.DISTRICT),
)


def folded(text: str) -> str:
    """Return `text` as it is compared: full-width as half-width, no case, no spaces or marks."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(mark for mark in plain if mark.isalnum())


def _pairs(text: str) -> set[str]:
    return {text[start : start + 2] for start in range(len(text) - 1)} or {text}


class PlaceIndex:
    """Finds places by part of their name or address.

    Parameters
    ----------
    places : iterable of Place
        What can be found; places alike in name and closer than about 100 m are one.
    """

    def __init__(self, places: Iterable[Place]) -> None:
        self._places: list[Place] = []
        self._texts: list[tuple[str, str]] = []
        self._by_pair: dict[str, list[int]] = defaultdict(list)
        self._by_id: dict[str, int] = {}
        self._by_code: dict[str, int] = {}
        seen: set[tuple[str, int, int]] = set()
        for place in places:
            name = folded(place.name)
            key = name, round(place.lon * 1000), round(place.lat * 1000)
            if not name or key in seen:
                continue
            seen.add(key)
            self._add(place, name)

    def _add(self, place: Place, name: str) -> None:
        number = len(self._places)
        address = folded(place.address)
        self._places.append(place)
        self._texts.append((name, address))
        self._by_id[place.place_id] = number
        if code := folded(place.code):
            self._by_code[code] = number
        for pair in _pairs(name) | _pairs(address) | set(name):
            self._by_pair[pair].append(number)

    def __len__(self) -> int:
        """Return the number of places."""
        return len(self._places)

    @cached_property
    def example(self) -> str:
        """A name that is found: the street most stations stand on, else any; "" if none."""
        stations = "|".join(one.address for one in self._places if one.kind is PlaceKind.STATION)
        streets = {one.name for one in self._places if one.kind is PlaceKind.STREET}
        if streets:
            return min(streets, key=lambda name: (-stations.count(name), name))
        return self._places[0].name if self._places else ""

    def get(self, place_id: str) -> Place | None:
        """Return the place with this id, None if there is none."""
        number = self._by_id.get(place_id)
        return None if number is None else self._places[number]

    @cached_property
    def _pinyin(self) -> PinyinNames:
        return PinyinNames([place.name for place in self._places])

    def find(self, query: str, limit: int = 10) -> list[Place]:
        """Return the places that hold most of `query`, best first, at most `limit`.

        A number on a sign may be typed in part; Latin letters are read as names first, then as
        pinyin or its initials. Words around a place (附近, 对面) and province and city are left off.
        """
        asked = _asked(query[:_LONGEST_QUERY])
        if not asked:
            return []
        if asked in self._by_code:
            return [self._places[self._by_code[asked]]]
        found = self._by_part_of_code(asked) or self._by_name(asked) or self._by_pinyin(asked)
        return [self._places[number] for number in found[:limit]]

    def like(self, query: str, limit: int = 4) -> list[Place]:
        """Return places with two neighbouring characters of `query`, most first: to be asked about.

        For a query of which nothing is found; areas are left out, whose middle helps nobody.
        """
        asked = _asked(query[:_LONGEST_QUERY])
        counts: dict[int, int] = defaultdict(int)
        for pair in _pairs(asked):
            numbers = self._by_pair.get(pair, ()) if len(pair) == _LIKE else ()
            for number in numbers[:_ENOUGH]:
                counts[number] += pair in self._texts[number][0]
        fit = [
            number
            for number, held in counts.items()
            if held and self._places[number].kind not in _AREAS
        ]
        fit.sort(key=lambda number: (-counts[number], *self._smallest(number)))
        return [self._places[number] for number in fit[:limit]]

    def _by_part_of_code(self, asked: str) -> list[int]:
        if len(asked) < _LEAST_CODE or not asked.isascii() or not asked[-1].isdigit():
            return []
        codes = sorted(self._by_code)
        return [self._by_code[code] for code in codes if code.endswith(asked)] or [
            self._by_code[code] for code in codes if code.startswith(asked)
        ]

    def _by_name(self, asked: str) -> list[int]:
        counts: dict[int, int] = defaultdict(int)
        pairs = sorted(_pairs(asked), key=lambda pair: len(self._by_pair.get(pair, ())))
        for pair in pairs:
            for number in self._by_pair.get(pair, ()):
                if number in counts or len(counts) < _ENOUGH:
                    counts[number] += 1
        needed = max(1, (len(pairs) + 1) // 2)
        found = [
            number
            for number, held in counts.items()
            if held >= needed or self._is_enough(number, asked)
        ]
        return sorted(found, key=lambda number: self._order(number, asked, counts))

    def _by_pinyin(self, asked: str) -> list[int]:
        if not asked.isascii() or not asked.isalpha():
            return []
        fits = self._pinyin.find(asked)
        first = sorted(fits, key=lambda number: (fits[number], *self._smallest(number)))
        # A long road is several places; other roads of the same letters come before its second.
        seen: dict[str, int] = defaultdict(int)
        turn: dict[int, int] = {}
        for number in first:
            name = self._texts[number][0]
            turn[number] = seen[name]
            seen[name] += 1
        return sorted(first, key=lambda number: (fits[number], turn[number]))

    def _is_named_in(self, number: int, asked: str) -> bool:
        name = self._texts[number][0]
        return len(name) >= _LEAST_NAME and name in asked

    def _is_enough(self, number: int, asked: str) -> bool:
        """Tell whether the name alone will do; an area's does not for a street unknown."""
        is_area = self._places[number].kind in _AREAS
        return not is_area and self._is_named_in(number, asked)

    def _is_within(self, number: int, asked: str) -> bool:
        """Tell whether `asked` is the name and, before or after it, where that is."""
        name, address = self._texts[number]
        rest = asked.replace(name, "", 1)
        parts = map(folded, self._places[number].address.split())
        return rest != asked and (rest in address or any(part and part in rest for part in parts))

    def _smallest(self, number: int) -> tuple[int, int, str]:
        place = self._places[number]
        return _RANK[place.kind], len(place.name), place.place_id

    def _order(
        self, number: int, asked: str, counts: Mapping[int, int]
    ) -> tuple[int, int, int, int, str]:
        name, address = self._texts[number]
        fits = (
            name == asked,
            self._is_within(number, asked),
            name.startswith(asked),
            asked in name,
            asked in address,
            self._is_named_in(number, asked),
            True,
        )
        return fits.index(True), -counts[number], *self._smallest(number)


def _asked(query: str) -> str:
    """Return what is looked for in `query`, as it is compared."""
    text = folded(query)
    around = _NEAR.match(text)
    return _CITY.sub("", around[1] if around else text)


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
    for layer, kind in _SOURCES:
        if layer in layers:
            frame = layers[layer]
            if layer == "places":
                frame = _addressed(frame, layers.get("districts"))
            yield from _from_layer(frame, kind, layer)
    districts = _districts_of(layers.get("districts"), streets)
    for number, ((name, lon, lat), district) in enumerate(zip(streets, districts, strict=True)):
        yield Place(_place_id("street", str(number)), PlaceKind.STREET, name, district, lon, lat)


def _districts_of(
    districts: gpd.GeoDataFrame | None, streets: Sequence[tuple[str, float, float]]
) -> list[str]:
    """Return the district, and subdistrict, each street's point lies in; "" where in none."""
    found = [""] * len(streets)
    if districts is None or not len(districts) or not len(streets):
        return found
    lonlat = np.array([(lon, lat) for _, lon, lat in streets])
    tree = shapely.STRtree(np.asarray(districts.geometry.array, dtype=object))
    points, areas = tree.query(shapely.points(lonlat), predicate="intersects")
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
            " ".join(
                filter(None, (_text(names.get(str(district))), _text(beneath), _text(address)))
            )
            for district, beneath, address in parts
        ]
    )


def _from_layer(frame: gpd.GeoDataFrame, kind: PlaceKind, layer: str) -> Iterable[Place]:
    points = frame.geometry.representative_point()
    beneath = is_subdistrict(frame) if kind is PlaceKind.DISTRICT else np.zeros(len(frame), bool)
    ids = frame["adcode" if kind is PlaceKind.DISTRICT else "id"].astype(str)
    addresses: Sequence[Any] = frame["address"] if "address" in frame else [""] * len(frame)
    for row_id, name, address, what, is_beneath, lon, lat in zip(
        ids,
        frame["name"],
        addresses,
        _whats(frame, layer),
        beneath,
        points.x,
        points.y,
        strict=True,
    ):
        yield Place(
            _place_id(layer, row_id),
            PlaceKind.SUBDISTRICT if is_beneath else kind,
            _text(name),
            _text(address),
            round(float(lon), 6),
            round(float(lat), 6),
            code=row_id if kind is PlaceKind.STATION else "",
            what=what,
        )


def _whats(frame: gpd.GeoDataFrame, layer: str) -> Sequence[Text | None]:
    """Return what each row is, where the layer tells more than its name."""
    if layer == "places":
        known = {landmark.value: landmark.text for landmark in Landmark}
        return [known.get(str(kind)) for kind in frame["kind"]]
    told = LAYERS[layer].text if layer in {"candidates", "workers"} else None
    return [told] * len(frame)


def _place_id(layer: str, row_id: str) -> str:
    """Return an id that does not tell which layer the place is from."""
    return hashlib.blake2b(f"{layer}|{row_id}".encode(), digest_size=8).hexdigest()


def _text(value: object) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    return str(value)
