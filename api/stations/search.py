"""Addresses and landmarks found in our own layers: no geocoder is asked, nothing leaves the house.

Chinese has no spaces, so the index is of pairs of neighbouring characters: a query's rarest pair
gives few candidates, and those are ranked by how much of the query they hold.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property

from api.stations.pinyin import PinyinNames, spelled
from api.stations.places import Place, PlaceKind, crossing_name, place_id_of
from api.stations.typed import asked_for, code_of, folded, two_streets
from geo.text import Text

_LONGEST_QUERY = 60
"""Characters of a query that count: more than any address has."""
_ENOUGH = 2000
"""Rows weighed of those that share two characters: a query of common ones stays quick."""
_LEAST_CODE = 3  # marks of a number before stations are found by its beginning or end
_WEAKEST = 9  # the last of the ways a name can fit: some neighbouring characters are its own
_LEAST_NAME = 3  # characters of a name that is believed within a long address
_AREA_WORD = re.compile(r"(?<=..)(?:街道|区|市|县|镇|乡)$")

_AREAS = frozenset({PlaceKind.DISTRICT, PlaceKind.SUBDISTRICT})
_RANK = {
    PlaceKind.STATION: 0,
    PlaceKind.LANDMARK: 1,
    PlaceKind.STREET: 2,
    PlaceKind.SUBDISTRICT: 3,
    PlaceKind.DISTRICT: 4,
}
"""Of what fits as well, what people more often mean comes first: what is smaller."""
_CROSSING = Text("路口", "Crossing")
_LIKE = 2
"""Characters that two names share to be alike: words of Chinese have two."""


def _pairs(text: str) -> set[str]:
    return {text[start : start + 2] for start in range(len(text) - 1)} or {text}


Crossings = Callable[[str, str], Sequence[tuple[float, float]]]


class PlaceIndex:
    """Finds places by part of their name or address.

    Parameters
    ----------
    places : iterable of Place
        What can be found; places alike in name and closer than about 100 m are one.
    crossings : callable | None
        Gives where the two streets of these names cross, lon/lat degrees.
    """

    def __init__(self, places: Iterable[Place], crossings: Crossings | None = None) -> None:
        self._crossings = crossings
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
        asked = asked_for(query[:_LONGEST_QUERY])
        if not asked:
            return []
        if asked in self._by_code:
            return [self._places[self._by_code[asked]]]
        found = (
            self._by_part_of_code(asked)
            or self._by_short_code(asked)
            or self._by_name(asked)
            or self._by_pinyin(asked)
        )
        places = self._at_crossing(asked)[:limit]
        told: set[tuple[str, str]] = set()  # a long street is several places, one a neighbourhood
        for place in (self._places[number] for number in found):
            if len(places) == limit:
                break
            if place.kind is not PlaceKind.STREET or (place.name, place.address) not in told:
                places.append(place)
                told.add((place.name, place.address))
        return places

    def like(self, query: str, limit: int = 4) -> list[Place]:
        """Return places with two neighbouring characters of `query`, most first: to be asked about.

        For a query of which nothing is found; areas are left out, whose middle helps nobody.
        """
        asked = asked_for(query[:_LONGEST_QUERY])
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

    def _by_short_code(self, asked: str) -> list[int]:
        """Return stations by their number without its zeros: qd52, 52号驿站."""
        told = code_of(asked)
        if told is None:
            return []
        letters, number = told
        return [
            self._by_code[code]
            for code, parts in self._numbered
            if parts[1] == number and (not letters or parts[0] == letters)
        ]

    @cached_property
    def _numbered(self) -> list[tuple[str, tuple[str, int]]]:
        codes = ((code, code_of(code)) for code in sorted(self._by_code))
        return [(code, parts) for code, parts in codes if parts is not None]

    def _at_crossing(self, asked: str) -> list[Place]:
        """Return where the two streets that `asked` names cross, if they do."""
        named = None if self._crossings is None else two_streets(self._bare(asked), self._streets)
        if named is None or self._crossings is None:
            return []
        along, other = ([self._places[one] for one in self._streets[name]] for name in named)
        first, second = along[0].name, other[0].name
        name = crossing_name(first, second)
        found = []
        for lon, lat in self._crossings(first, second):
            near = min(along, key=lambda one: (one.lon - lon) ** 2 + (one.lat - lat) ** 2)
            place_id = place_id_of("crossing", f"{name}|{lon}|{lat}")
            found.append(
                Place(
                    place_id=place_id,
                    kind=PlaceKind.STREET,
                    name=name,
                    address=near.address,
                    lon=lon,
                    lat=lat,
                    what=_CROSSING,
                )
            )
        return found

    @cached_property
    def _streets(self) -> Mapping[str, list[int]]:
        """The places of each street, by its name as it is compared."""
        found: dict[str, list[int]] = defaultdict(list)
        for number, place in enumerate(self._places):
            if place.kind is PlaceKind.STREET:
                found[self._texts[number][0]].append(number)
        return dict(found)

    @cached_property
    def _areas(self) -> list[str]:
        """Names of districts and subdistricts, also as people shorten them; longest first."""
        names = {
            self._texts[number][0]
            for number, place in enumerate(self._places)
            if place.kind in _AREAS
        }
        return sorted(names | {_AREA_WORD.sub("", name) for name in names}, key=len, reverse=True)

    def _bare(self, asked: str) -> str:
        """Return `asked` without district and subdistrict before it."""
        for _ in range(2):
            area = next((one for one in self._areas if asked.startswith(one)), "")
            if not area or len(asked) - len(area) < _LEAST_NAME:
                break
            asked = asked[len(area) :]
        return asked

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
        bare = self._bare(asked)
        orders = {number: self._order(number, asked, bare, counts) for number in found}
        found.sort(key=orders.__getitem__)
        if found and orders[found[0]][0] < _WEAKEST:
            return found
        alike = self._by_sound(bare)
        return alike + [number for number in found if number not in set(alike)]

    def _by_sound(self, asked: str) -> list[int]:
        """Return places whose whole name sounds like `asked`: mistyped, or in traditional characters."""
        if len(asked) < _LEAST_NAME or not asked.isalpha() or asked.isascii():
            return []
        letters = spelled(asked)
        fits = self._pinyin.find(letters) if letters.isascii() else {}
        return sorted((n for n, fit in fits.items() if fit == 0), key=self._smallest)

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

    def _is_in_two(self, number: int, asked: str) -> bool:
        """Tell whether name and address hold `asked` in two pieces: a street, and what is there."""
        name, address = self._texts[number]
        return any(
            (asked[:cut] in name or asked[:cut] in address) and asked[cut:] in name
            for cut in range(_LIKE, len(asked) - 1)
        )

    def _order(
        self, number: int, asked: str, bare: str, counts: Mapping[int, int]
    ) -> tuple[int, int, int, int, str]:
        name, address = self._texts[number]
        is_area = self._places[number].kind in _AREAS
        has_number = any(mark.isdigit() for mark in bare)
        fits = (
            name == asked,
            is_area and _AREA_WORD.sub("", name) == asked,
            has_number and (bare in address or name.startswith(bare)),
            self._is_within(number, asked),
            name.startswith(asked),
            asked in name,
            asked in address,
            not is_area and self._is_in_two(number, asked),
            self._is_named_in(number, asked),
            True,
        )
        return fits.index(True), -counts[number], *self._smallest(number)
