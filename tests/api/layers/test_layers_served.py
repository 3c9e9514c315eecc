"""Layers as GeoJSON and as OGC API - Features collections."""

from __future__ import annotations

import json
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import LineString, Point, Polygon

from api.ogc.features import encode
from geo.layers.columns import LAYERS

PUBLIC = {"stations", "yizhan", "districts", "bus_stops", "bus_routes"}
PLANNING = {"workers", "candidates", "gaps", "sites"}


def test_the_whole_layer_comes_as_geojson(client):
    response = client.get("/layers/stations.geojson")
    assert response.headers["content-type"] == "application/geo+json"
    body = response.json()
    assert [feature["id"] for feature in body["features"]] == ["S2", "S3"]
    assert set(body["features"][0]["properties"]) == {c.name for c in LAYERS["stations"].columns}
    lon, lat = body["features"][0]["geometry"]["coordinates"]
    assert 120.3 < lon < 120.32
    assert 36.1 < lat < 36.11


def test_known_copies_are_answered_304(client):
    first = client.get("/layers/stations.geojson")
    again = client.get("/layers/stations.geojson", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    since = {"If-Modified-Since": first.headers["last-modified"]}
    assert client.get("/layers/stations.geojson", headers=since).status_code == 304
    other = client.get("/layers/stations.geojson", headers={"If-None-Match": 'W/"other"'})
    assert other.status_code == 200
    nonsense = client.get("/layers/stations.geojson", headers={"If-Modified-Since": "yesterday"})
    assert nonsense.status_code == 200


def test_big_answers_are_compressed(client):
    response = client.get("/collections", headers={"Accept-Encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"
    plain = client.get("/collections", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.json() == response.json()


@pytest.mark.parametrize("name", sorted(PLANNING))
def test_planning_layers_need_the_key(client, as_planner, name):
    for address in (
        f"/layers/{name}.geojson",
        f"/collections/{name}",
        f"/collections/{name}/items",
        f"/collections/{name}/items/1",
        f"/tiles/{name}.json",
        f"/collections/{name}/queryables",
        f"/tiles/{name}/0/0/0.mvt",
    ):
        assert client.get(address).status_code == 401, address
    assert client.get(f"/layers/{name}.geojson", headers=as_planner).status_code == 200


def test_collections_list_only_what_may_be_read(client, as_planner):
    def ids(headers=None):
        listed = client.get("/collections", headers=headers).json()["collections"]
        return {entry["id"] for entry in listed}

    assert ids() == PUBLIC
    assert ids(as_planner) == PUBLIC | PLANNING


def test_contact_persons_are_not_public(client, as_planner):
    public = client.get("/collections/bus_stops/items").text
    assert "王老师" not in public
    assert "13800000000" not in public
    assert "王老师" in client.get("/collections/bus_stops/items", headers=as_planner).text
    assert client.get("/collections/bus_stops/items?contact=王老师").status_code == 400
    assert "contact" not in client.get("/collections/bus_stops/queryables").text


def test_landing_and_conformance(client):
    landing = client.get("/").json()
    rels = {link["rel"] for link in landing["links"]}
    assert {"self", "service-desc", "conformance", "data"} <= rels
    for link in landing["links"]:
        if link["rel"] in {"service-desc", "service-doc", "conformance", "data"}:
            assert client.get(link["href"]).status_code == 200, link
    classes = client.get("/conformance").json()["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in classes


def test_browsers_get_the_start_page(client):
    response = client.get("/", headers={"Accept": "text/html,application/json;q=0.9"})
    assert response.headers["content-type"].startswith("text/html")
    assert "Accept" in response.headers["vary"]
    assert client.get("/?f=json", headers={"Accept": "text/html"}).json()["links"]


def test_collection_has_extent_and_crs(client):
    body = client.get("/collections/yizhan").json()
    west, south, east, north = body["extent"]["spatial"]["bbox"][0]
    assert west < east
    assert south <= north
    assert body["crs"] == ["http://www.opengis.net/def/crs/OGC/1.3/CRS84"]
    assert {link["rel"] for link in body["links"]} >= {"self", "items"}
    when = client.get("/collections/bus_stops").json()["extent"]["temporal"]["interval"]
    assert when == [["2026-11-02T00:00:00+08:00", "2099-11-03T23:59:59+08:00"]]


def test_pages_follow_each_other_to_the_end(client):
    address, seen = "/collections/stations/items?limit=1", []
    while address:
        body = client.get(address).json()
        assert body["numberMatched"] == 2
        assert body["numberReturned"] == len(body["features"]) == 1
        seen += [feature["id"] for feature in body["features"]]
        address = next((link["href"] for link in body["links"] if link["rel"] == "next"), None)
    assert seen == ["S2", "S3"]


def test_bbox_selects_by_place(client, lonlat):
    west, south = lonlat(1900, -100)
    east, north = lonlat(2100, 100)
    body = client.get(f"/collections/stations/items?bbox={west},{south},{east},{north}").json()
    assert [feature["id"] for feature in body["features"]] == ["S3"]
    volume = client.get(f"/collections/stations/items?bbox={west},{south},0,{east},{north},9")
    assert volume.json()["numberMatched"] == 1
    around = client.get("/collections/stations/items?bbox=170,-90,-170,90").json()
    assert around["numberMatched"] == 0


def test_columns_and_days_select(client):
    def ids(query):
        return [f["id"] for f in client.get(f"/collections/{query}").json()["features"]]

    assert ids("stations/items?kind=mothers_room") == ["S2"]
    assert ids("stations/items?capacity=60&kind=mothers_room") == ["S2"]
    assert ids("stations/items?capacity=61") == []
    assert ids("bus_stops/items?datetime=2026-11-02") == ["1-2026-11-02-1"]
    assert ids("bus_stops/items?datetime=2030-01-01/..") == ["1-2099-11-03-1"]
    assert len(ids("stations/items?datetime=1990-01-01")) == 2


@pytest.mark.parametrize(
    "query",
    [
        "bbox=1,2,3",
        "bbox=a,b,c,d",
        "bbox=1,9,3,4",
        "bbox=nan,0,1,1",
        "limit=0",
        "limit=-1",
        "limit=x",
        "offset=-1",
        "limit=99999999999999999999",
        "datetime=today",
        "datetime=../..",
        "datetime=2026-02-01/2026-01-01",
        "datetime=1/2/3",
        "colour=red",
        "limit=1&limit=2",
        "crs=http://www.opengis.net/def/crs/EPSG/0/3857",
        "limit=١",
        "capacity=abc",
        "capacity=6.5",
        "capacity=６０",
        "kind=bank",
        "updated=yesterday",
        "datetime=2026-W48-6",
        "datetime=20261128",
        "datetime=2026-11-02T25:00:00Z",
    ],
)
def test_wrong_queries_are_refused(client, query):
    response = client.get(f"/collections/stations/items?{query}")
    assert response.status_code == 400, response.text
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "address",
    [
        "/collections/stations/items?f=xml",
        "/collections?f=xml",
        "/collections/stations?f=gml",
        "/collections/stations/items/S3?f=gml",
        "/conformance?f=xml",
        "/?f=xml",
    ],
)
def test_formats_there_are_none_of_are_refused(client, address):
    response = client.get(address)
    assert response.status_code == 406
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "address",
    [
        "/collections?colour=red",
        "/collections/stations?bbox=1,2,3,4",
        "/conformance?x=1",
        "/collections/stations/items/S3?limit=1",
        "/collections/stations/queryables?x=1",
        "/?x=1",
    ],
)
def test_unknown_parameters_are_refused_everywhere(client, address):
    assert client.get(address).status_code == 400


def test_filters_are_of_the_columns_types(client, as_planner):
    def ids(query):
        found = client.get(f"/collections/{query}", headers=as_planner).json()
        return [feature["id"] for feature in found["features"]]

    assert ids("candidates/items?fixed=false") == ["C1"]
    assert ids("candidates/items?fixed=true") == []
    assert ids("candidates/items?cost_cny=2e4") == ["C1"]
    assert ids("stations/items?updated=2026-11-01") == ["S2", "S3"]
    assert ids("stations/items?phone=") == []
    for wrong in ("fixed=maybe", "cost_cny=dear", "cost_cny=nan"):
        asked = client.get(f"/collections/candidates/items?{wrong}", headers=as_planner)
        assert asked.status_code == 400, wrong
    nested = client.get("/collections/gaps/items?workers_by_group=x", headers=as_planner)
    assert nested.status_code == 400
    queryables = client.get("/collections/gaps/queryables", headers=as_planner).text
    assert "workers_by_group" not in queryables


def test_an_instant_is_the_same_however_its_offset_is_written(client):
    def ids(moment):
        asked = {"datetime": moment}
        found = client.get("/collections/bus_stops/items", params=asked).json()
        return [feature["id"] for feature in found["features"]]

    that_day = ["1-2026-11-02-1"]
    assert ids("2026-11-01T16:30:00Z") == ids("2026-11-02T00:30:00+08:00") == that_day
    assert ids("2026-11-02T16:30:00Z") == ids("2026-11-03T00:30:00+08:00") == []
    assert ids("2026-11-01T16:30:00z/2026-11-02T15:00:00Z") == that_day


def test_a_box_holds_what_meets_it_and_not_what_only_lies_around_it():
    corner = Polygon([(0, 0), (10, 0), (10, 1), (1, 1), (1, 10), (0, 10)])
    line = LineString([(0, 0), (10, 10)])
    frame = gpd.GeoDataFrame(
        {"adcode": ["L", "D", "P"]}, geometry=[corner, line, Point(5, 4)], crs="EPSG:4326"
    )
    features = encode("districts", frame, without=frozenset())

    def meeting(*areas):
        return np.flatnonzero(features.meeting(areas)).tolist()

    assert meeting((4, 2, 9, 3.5)) == []
    assert meeting((4, 2, 9, 4)) == [1, 2]
    assert meeting((9, 0.5, 11, 2)) == [0]
    assert meeting((10, 10, 12, 12)) == [1]
    assert meeting((170, -90, 180, 90), (-180, -90, -170, 90)) == []


def test_huge_limits_are_cut_not_refused(client):
    assert client.get("/collections/stations/items?limit=100000000").status_code == 200


def test_one_feature(client):
    body = client.get("/collections/stations/items/S3").json()
    assert body["properties"]["name"] == "福州路职工之家"
    assert {link["rel"] for link in body["links"]} == {"self", "collection"}
    assert client.get("/collections/stations/items/none").status_code == 404
    assert client.get("/collections/nothing/items").status_code == 404


def test_json_columns_are_objects_and_outer_rings_run_counter_clockwise(client, as_planner):
    gap = client.get("/gaps", headers=as_planner).json()["features"][0]
    assert gap["properties"]["workers_by_group"] == {"domestic_worker": 50}
    ring = gap["geometry"]["coordinates"][0]
    pairs = pairwise(ring)
    assert sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs) > 0


def test_sites_come_by_rank(client, as_planner):
    body = client.get("/sites", headers=as_planner).json()
    assert [site["properties"]["rank"] for site in body["features"]] == [1, 2]
    assert len(client.get("/sites?limit=1", headers=as_planner).json()["features"]) == 1


def test_queryables_are_a_json_schema(client):
    schema = json.loads(client.get("/collections/stations/queryables").text)
    assert schema["properties"]["kind"]["enum"][0] == "shared_workers_home"
    assert schema["properties"]["capacity"]["type"] == "integer"
