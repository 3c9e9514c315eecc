"""Sixty questions as people type them, and what comes first: the sample's own names, looked up.

``pytest tests/api/test_queries_as_typed.py -s`` prints the table.
"""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from pypinyin import lazy_pinyin

from api.publishing.streets import street_places
from api.stations.search import PlaceIndex, PlaceKind, places_of
from data.sample import load_layer, load_segments

ROAD = re.compile(r"^(?P<beneath>.+?(?:街道|镇))?(?P<road>.+?)(?P<number>\d+号)?$")


@pytest.fixture(scope="module")
def layers():
    return {name: load_layer(name) for name in ("stations", "yizhan", "districts")}


@pytest.fixture(scope="module")
def index(layers):
    segments = load_segments()
    return PlaceIndex(places_of(layers, street_places(SimpleNamespace(segments=lambda: segments))))


@pytest.fixture(scope="module")
def districts(layers):
    frame = layers["districts"]
    return dict(zip(frame["adcode"].astype(str), frame["name"].astype(str), strict=True))


def _chosen(layers):
    """Six stations spread over both layers, each with an address to take apart."""
    rows = [row for name in ("yizhan", "stations") for _, row in layers[name].iterrows()]
    step = len(rows) // 6
    return [rows[n * step + 7] for n in range(6)]


def _letters(text):
    return "".join(lazy_pinyin(text))


def _initials(text):
    return "".join(one[0] for one in lazy_pinyin(text))


def _asked(layers, districts):
    """Yield the question and what has to come first: a station's number or a road's name."""
    for row in _chosen(layers):
        parts = ROAD.match(row["address"])
        road, district = parts["road"], districts[row["district"]]
        code, name = row["id"], row["name"].removesuffix("（示例）")
        yield from (
            (code, code),
            (f" {code.lower()} ", code),
            (code[2:], code),
            (name, code),
            (road, road),
            (f"我在{road}附近", road),
            (f"{district}{road}", road),
            (f"山东省青岛市{district}{road}{parts['number']}", road),
            (_letters(road), road),
            (f"{_letters(road[:1])}{_initials(road[1:])}", road),
        )


def _fits(place, wanted):
    if place is None:
        return False
    if place.kind is PlaceKind.STATION:
        return place.code == wanted or wanted in place.address
    return place.name == wanted


def _alike(place, wanted):
    """Tell whether both names are spelled alike in letters: 荷阁支路 and 和阁支路."""
    return _letters(place.name) == _letters(wanted)


def test_sixty_questions_find_what_they_mean_first(index, layers, districts):
    """Of the roads that a shortened name fits, any may come first; the one meant is offered."""
    asked = list(_asked(layers, districts))
    assert len(asked) == 60
    wrong = []
    for query, wanted in asked:
        found = index.find(query, 20)
        first = found[0] if found else None
        told = "—" if first is None else f"{first.text.zh} {first.name} {first.address}"
        print(f"{query:<40} {told}")  # noqa: T201 - the table
        is_shortened = query.isascii() and query.isalpha() and query != _letters(wanted)
        offered = found if is_shortened else found[:1]
        good = any(_fits(one, wanted) or _alike(one, wanted) for one in offered)
        if not good:
            wrong.append((query, wanted, told))
    assert wrong == []


def test_every_district_and_subdistrict_is_found_by_its_name_and_letters(index, layers):
    names = layers["districts"]["name"].astype(str)
    for name in [*names[:4], *names[20:140:20]]:
        assert index.find(name)[0].name == name
        assert name in {place.name for place in index.find(_letters(name), 8)}
