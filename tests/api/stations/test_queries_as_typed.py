"""Sixty questions as people type them, and what comes first: the sample's own names, looked up.

``pytest tests/api/stations/test_queries_as_typed.py -s`` prints the table.
"""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from pypinyin import lazy_pinyin

from api.publishing.street_names import street_crossings, street_places
from api.stations.places import PlaceKind, places_of
from api.stations.search import PlaceIndex
from data.sample import load_layer, load_segments

ROAD = re.compile(r"^(?P<beneath>.+?(?:街道|镇))?(?P<road>.+?)(?P<number>\d+号)?$")


@pytest.fixture(scope="module")
def layers():
    return {name: load_layer(name) for name in ("stations", "yizhan", "places", "districts")}


@pytest.fixture(scope="module")
def index(layers):
    segments = load_segments()
    streets = SimpleNamespace(segments=lambda: segments)
    return PlaceIndex(places_of(layers, street_places(streets)), street_crossings(streets))


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


IN_MANY_WAYS = (
    ("qd52", "QD0052"),
    ("编号QD0052", "QD0052"),
    ("52号驿站", "QD0052"),
    ("QD-0052", "QD0052"),
    ("榆桥支路邮政", "QD0097"),
    ("青岛市市北区榆桥支路171号", "QD0097"),
    ("山东省青岛市市北区合肥路街道榆桥支路171号", "QD0097"),
    ("山东青岛市北榆桥支路", "榆桥支路"),
    ("榆橋支路", "榆桥支路"),
    ("榆侨支路", "榆桥支路"),
    ("瑜桥支路", "榆桥支路"),
    ("榆桥只路", "榆桥支路"),
    ("市北区榆侨支路", "榆桥支路"),
    ("隆诚路", "隆城路"),
    ("诚安支路地铁", "诚安支路地铁站（示例）"),
    ("地铁诚安支路站", "诚安支路地铁站（示例）"),
    ("隆城路地铁口", "隆城路地铁站（示例）"),
    ("隆城路地铁站A口", "隆城路地铁站（示例）"),
    ("诚远支路公交车站", "诚远支路公交站（示例）"),
    ("chenganzhilu ditie", "诚安支路地铁站（示例）"),
    ("即墨", "即墨区"),
    ("宝山", "宝山镇"),
    ("市南", "市南区"),
    ("西海岸", "黄岛区"),
    ("青岛西海岸新区", "黄岛区"),
    ("西海岸新区荷阁支路", "荷阁支路"),
    ("榆桥支路与嘉城支路路口", "榆桥支路与嘉城支路路口"),
    ("榆桥支路和嘉城支路交叉口", "榆桥支路与嘉城支路路口"),
    ("市北区榆桥支路嘉城支路路口", "榆桥支路与嘉城支路路口"),
    ("榆桥支路/嘉城支路", "榆桥支路与嘉城支路路口"),
)
"""Short codes, addresses from other apps, sounds mistaken, stops and crossings as people say them."""


@pytest.mark.parametrize(("typed", "expected"), IN_MANY_WAYS)
def test_what_is_meant_comes_first(index, typed, expected):
    first = index.find(typed, 5)[0]
    assert expected in {first.code, first.name}


def test_a_crossing_lies_on_both_streets(index):
    first, *_ = index.find("榆桥支路与嘉城支路路口", 5)
    assert first.text.zh == "路口"
    assert "合肥路街道" in first.address
    for street in ("榆桥支路", "嘉城支路"):
        near = [one for one in index.find(f"合肥路{street}", 10) if one.name == street]
        assert min(abs(one.lon - first.lon) + abs(one.lat - first.lat) for one in near) < 0.03


def test_streets_that_do_not_cross_are_told_apart(index):
    found = index.find("榆桥支路与裕月路路口", 5)
    assert {one.name for one in found} <= {"榆桥支路", "裕月路"}
    assert found
