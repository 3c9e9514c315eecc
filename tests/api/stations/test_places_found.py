"""Finding places by name, without any geocoder."""

from __future__ import annotations

import re

import geopandas as gpd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point

from api.stations.places import Place, PlaceKind, places_of
from api.stations.search import PlaceIndex
from api.stations.typed import folded


def place(number, name, address="", kind=PlaceKind.LANDMARK, lon=120.3):
    return Place(
        place_id=f"p{number}",
        kind=kind,
        name=name,
        address=address,
        lon=lon + number / 10,
        lat=36.1,
    )


@pytest.fixture
def index():
    return PlaceIndex(
        [
            place(0, "福州路"),
            place(1, "福州南路", kind=PlaceKind.STREET),
            place(2, "福州路驿站", "市南区福州路 4 号", PlaceKind.STATION),
            place(3, "某银行", "福州路 15 号"),
            place(4, "Haier Plaza"),
            place(5, "ＡＢＣ大厦"),
        ]
    )


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("福州路", "福州路"),
        ("福州路驿站", "福州路驿站"),
        ("福州路15号", "某银行"),
        ("haier", "Haier Plaza"),
        ("abc大厦", "ＡＢＣ大厦"),
        (" 福州 路 ", "福州路"),
        ("福州路 驿", "福州路驿站"),
    ],
)
def test_the_best_fit_comes_first(index, query, first):
    assert index.find(query)[0].name == first


@pytest.fixture
def typed():
    """Two streets of one name in two districts, a street read in two ways, numbered stations."""
    street = PlaceKind.STREET
    return PlaceIndex(
        [
            place(0, "香港中路", "市南区 香港中路街道", street),
            place(1, "江西路", "市北区", street),
            place(2, "江西路", "市南区 八大湖街道", street),
            place(3, "重庆南路", "市北区", street),
            place(4, "五四广场", "市南区 香港中路街道"),
            place(5, "市南区", kind=PlaceKind.DISTRICT),
            Place(
                place_id="p6",
                kind=PlaceKind.STATION,
                name="江西路驿站",
                address="江西路 9 号",
                lon=120.3,
                lat=36.1,
                code="QD0052",
            ),
            Place(
                place_id="p7",
                kind=PlaceKind.STATION,
                name="崂山驿站",
                address="海尔路 1 号",
                lon=120.3,
                lat=36.2,
                code="QD0152",
            ),
        ]
    )


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("QD0052", "p6"),
        ("qd-0052", "p6"),
        ("0052", "p6"),
        ("QD01", "p7"),
        ("市北区江西路", "p1"),
        ("市南区江西路", "p2"),
        ("江西路 市南", "p2"),
        ("江西路八大湖街道", "p2"),
        ("青岛市市南区香港中路10号", "p0"),
        ("山东省青岛市市南区香港中路", "p0"),
        ("青岛市南区", "p5"),
        ("我在五四广场附近", "p4"),
        ("五四广场地铁站", "p4"),
        ("市南区五四广场", "p4"),
        ("wusiguangchang", "p4"),
        ("wsgc", "p4"),
        ("wusi", "p4"),
        ("xgzl", "p0"),
        ("chongqingnanlu", "p3"),
        ("cqnl", "p3"),
        ("Shinan", "p5"),
        ("laoshan", "p7"),
        ("jxlyz", "p6"),
        ("xianggangzl", "p0"),
        ("xgzhonglu", "p0"),
        ("zhongqingnanlu", "p3"),
    ],
)
def test_what_people_type_finds_what_they_mean(typed, query, first):
    assert typed.find(query)[0].place_id == first


@pytest.mark.parametrize("query", ["市南区福州路", "青岛市市南区宁夏路288号"])
def test_a_district_does_not_stand_for_a_street_that_is_unknown(typed, query):
    """The page would answer from the middle of the district without a word."""
    assert typed.find(query) == []


def test_what_nearly_fits_is_offered_and_never_taken(typed):
    """No street of that name: streets and stations that share two characters are asked about."""
    assert typed.find("江西东二路口") == []
    assert {place.name for place in typed.like("江西东二路口")} == {"江西路", "江西路驿站"}
    assert typed.like("市南区宁夏路288号") == []
    assert typed.like("不存在") == []


@pytest.mark.parametrize("query", ["zzzz", "QD9999", "99999"])
def test_letters_and_numbers_of_nothing_find_nothing(typed, query):
    assert typed.find(query) == []


def test_pinyin_of_the_planners_own_finds_nothing(client):
    """A candidate (某银行福州路支行) is not told by its initials either."""
    assert client.get("/search?q=myhfzlzh").json()["places"] == []


@pytest.mark.parametrize("query", ["", " ", "，。", "不存在的地方", "🙂"])
def test_nothing_is_found_where_nothing_fits(index, query):
    assert index.find(query) == []


def test_exact_then_beginning_then_within_then_address(index):
    assert [found.name for found in index.find("福州路")][:3] == ["福州路", "福州路驿站", "某银行"]


def test_one_character_is_enough(index):
    assert "某银行" in [found.name for found in index.find("银")]


def test_the_same_place_twice_is_one():
    index = PlaceIndex(
        [
            place(0, "福州路"),
            Place(
                place_id="q", kind=PlaceKind.STREET, name="福州路", address="", lon=120.3, lat=36.1
            ),
        ]
    )
    assert len(index) == 1


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=15), st.data())
def test_every_name_finds_itself(names, data):
    index = PlaceIndex(place(number, name) for number, name in enumerate(names))
    name = data.draw(st.sampled_from(names))
    found = index.find(name, limit=len(names))
    if folded(name):
        assert folded(found[0].name) == folded(name)
    else:
        assert found == []


def test_search_tells_stations_streets_and_districts_and_nothing_of_the_planners(client):
    places = client.get("/search", params={"q": "福州路"}).json()["places"]
    assert {found["kind"] for found in places} == {"station", "street"}
    assert {"福州路快递网点", "某银行福州路支行"}.isdisjoint(found["name"] for found in places)


def test_planners_find_their_own_layers(client, as_planner):
    found = client.get("/search", params={"q": "福州路"}, headers=as_planner).json()["places"]
    assert {"福州路快递网点", "某银行福州路支行"} <= {place["name"] for place in found}
    assert {place["kind"] for place in found} == {"station", "street", "landmark"}


def test_search_by_body_tells_the_same_and_keeps_what_is_typed_out_of_the_address(client):
    asked = client.post("/search", json={"q": "福州路", "limit": 3})
    assert asked.json() == client.get("/search", params={"q": "福州路", "limit": 3}).json()
    assert asked.headers["cache-control"] == "no-store"
    assert client.post("/search", json={"q": "x" * 201}).status_code == 400


def test_a_place_says_what_it_is_in_the_readers_language(client):
    told = client.post("/search", json={"q": "市南区"}).json()["places"]
    assert [one["what"] for one in told if one["kind"] == "district"] == ["区市"]
    told = client.post("/search?lang=en", json={"q": "市南区"}).json()["places"]
    assert [one["what"] for one in told if one["kind"] == "district"] == ["District"]


def test_stops_and_subdistricts_are_told_apart():
    """A metro station, a bus stop and a subdistrict of one name."""
    spot = [Point(120.3, 36.1), Point(120.31, 36.1)]
    layers = {
        "districts": gpd.GeoDataFrame(
            {
                "adcode": ["370202", "370202001"],
                "name": ["市南区", "湛山街道"],
                "level": ["district", "subdistrict"],
                "parent": ["370200", "370202"],
            },
            geometry=[one.buffer(0.1) for one in spot],
            crs="EPSG:4326",
        ),
        "places": gpd.GeoDataFrame(
            {
                "id": ["m", "b"],
                "name": ["湛山", "湛山"],
                "kind": ["metro", "bus_stop"],
                "address": ["", ""],
                "district": ["370202", "370202"],
                "subdistrict": ["", ""],
            },
            geometry=spot,
            crs="EPSG:4326",
        ),
    }
    found = PlaceIndex(places_of(layers)).find("湛山")
    assert [place.text.zh for place in found] == ["公交站", "地铁站", "街道镇"] or [
        place.text.zh for place in found
    ] == ["地铁站", "公交站", "街道镇"]
    assert found[-1].kind is PlaceKind.SUBDISTRICT


def test_what_is_not_found_says_what_to_try_and_what_is_like_it(client):
    page = client.post("/nearest-station", data={"q": "福州西三路口<b>"}).text
    assert "没有找到“福州西三路口&lt;b&gt;”" in page
    assert "拼音首字母" in page
    assert "您指的是哪里" in page


def test_search_is_not_stored(client):
    assert client.get("/search?q=福州路").headers["cache-control"] == "no-store"
    assert client.get("/search").status_code == 400
    assert client.get("/search?q=a&limit=1000").status_code == 400


def test_the_number_on_a_stations_sign_finds_it(client):
    """S1 is a station's number; C1 is a candidate's, which nobody is told."""
    assert [one["address"] for one in client.get("/search?q=s1").json()["places"]] == [
        "福州路 4 号"
    ]
    assert "/s/S1" in client.post("/nearest-station", data={"q": "S1"}).text


def test_the_example_shown_is_found(client):
    """The page's own example leads to stations or to a choice, never to nothing."""
    page = client.get("/nearest-station").text
    example = re.search('placeholder="例如：([^"]+)"', page)[1]
    answered = client.post("/nearest-station", data={"q": example}).text
    assert "没有找到" not in answered
    assert "您指的是哪里" in answered or "/s/" in answered


def test_streets_say_in_which_district_they_are(client):
    streets = [
        one for one in client.get("/search?q=桥路").json()["places"] if one["kind"] == "street"
    ]
    assert [one["address"] for one in streets] == ["市南区"] * len(streets)
    assert streets
