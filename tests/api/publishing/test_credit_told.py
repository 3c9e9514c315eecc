"""What rests on OpenStreetMap's streets names it everywhere; invented streets claim nothing."""

from __future__ import annotations

import json
import shutil

import geopandas as gpd
import gpxpy
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from data.store.credit import credit_of, sources_of
from data.store.project import Project
from data.streets.folder import open_streets
from data.streets.source import StreetSource

KEY = "test-planner-key-0123456789"
PAGES = (
    "/",
    "/nearest-station",
    "/bus-near-me",
    "/s/S1",
    "/planner",
    "/bus",
    "/maps/worker.html",
    "/bus/day-sheets",
)
CREDIT = "© OpenStreetMap"


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_names_openstreetmap(client, as_planner, address, language):
    headers = {"Accept": "text/html", **as_planner}
    assert CREDIT in client.get(f"{address}?lang={language}", headers=headers).text


def _with_source(city, folder, source):
    """Return a copy of the city whose manifest says `source`; None leaves it out, as before."""
    shutil.copytree(city.folder, folder)
    path = folder / "streets" / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest.pop("source")
    path.write_text(json.dumps(manifest | ({"source": source} if source else {})), "utf-8")
    return folder


def test_no_page_claims_it_for_invented_streets(city, tmp_path, as_planner):
    folder = _with_source(city, tmp_path / "invented", "sample")
    with TestClient(create_app(Settings(project=folder, planner_key=KEY))) as client:
        for address in PAGES:
            page = client.get(address, headers={"Accept": "text/html", **as_planner}).text
            assert CREDIT not in page, address


def test_streets_compiled_before_the_source_was_written_are_openstreetmaps(city, tmp_path):
    folder = _with_source(city, tmp_path / "older", None)
    assert open_streets(folder / "streets").source is StreetSource.OPENSTREETMAP


def test_boundaries_from_openstreetmap_are_named_though_the_streets_are_invented(
    city, tmp_path, as_planner
):
    """The bundled sample's case: real boundaries under invented streets."""
    folder = _with_source(city, tmp_path / "boundaries", "sample")
    project = Project.open(folder)
    districts = project.read("districts").assign(source="© OpenStreetMap 贡献者（ODbL）")
    project.write("districts", districts, source="test")
    with TestClient(create_app(Settings(project=folder, planner_key=KEY))) as client:
        for address in PAGES:
            page = client.get(address, headers={"Accept": "text/html", **as_planner}).text
            assert "行政区边界 © OpenStreetMap 贡献者" in page, address
            assert "道路数据" not in page, address


@pytest.mark.parametrize(
    ("streets", "boundaries", "told"),
    [
        (None, False, None),
        (StreetSource.OWN, False, None),
        (StreetSource.OPENSTREETMAP, False, "道路数据 © OpenStreetMap 贡献者"),
        (StreetSource.OPENSTREETMAP, True, "道路和行政区边界 © OpenStreetMap 贡献者"),
        (StreetSource.OWN, True, "行政区边界 © OpenStreetMap 贡献者"),
        (None, True, "行政区边界 © OpenStreetMap 贡献者"),
    ],
)
def test_the_credit_says_what_is_openstreetmaps(streets, boundaries, told):
    source = "© OpenStreetMap 贡献者（ODbL），admin_level 6" if boundaries else "市民政局"
    credit = credit_of(streets, sources_of(gpd.GeoDataFrame({"source": [None, source]})))
    assert (credit and credit.zh) == told


GEOJSON = (
    "/layers/stations.geojson",
    "/layers/districts.geojson",
    "/collections/stations/items",
    "/bus/campaign.geojson",
)


@pytest.mark.parametrize("address", GEOJSON)
def test_every_geojson_names_openstreetmap(client, as_planner, address):
    told = client.get(address, headers=as_planner).json()
    assert told["type"] == "FeatureCollection"
    assert (
        told["attribution"]
        == "道路数据 © OpenStreetMap 贡献者 / Streets © OpenStreetMap contributors"
    )


def test_one_feature_and_areas_drawn_on_streets_name_it_too(client, as_planner, lonlat):
    stations = client.get("/collections/stations/items", headers=as_planner).json()
    one = client.get(f"/collections/stations/items/{stations['features'][0]['id']}")
    assert CREDIT in one.json()["attribution"]
    lon, lat = lonlat(1000, 0)
    asked = {"lon": lon, "lat": lat, "minutes": [5]}
    areas = client.post("/planning/isochrones", json=asked, headers=as_planner).json()
    assert CREDIT in areas["attribution"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_calendars_and_ways_for_navigation_name_it(client, as_planner, language):
    calendar = client.get(f"/bus/calendar.ics?lang={language}").text.replace("\r\n ", "")
    assert CREDIT in next(
        line for line in calendar.splitlines() if line.startswith("X-WR-CALDESC:")
    )
    stops = client.get("/layers/bus_stops.geojson").json()["features"]
    first = stops[0]["properties"]
    asked = {"bus_id": first["bus_id"], "day": first["day"][:10], "lang": language}
    way = gpxpy.parse(client.get("/bus/route.gpx", params=asked, headers=as_planner).text)
    assert CREDIT in way.description
    assert CREDIT in way.copyright_author
    assert way.copyright_license == "https://www.openstreetmap.org/copyright"


def test_what_nobody_is_owed_for_names_nobody(city, tmp_path, as_planner):
    folder = _with_source(city, tmp_path / "invented", "sample")
    with TestClient(create_app(Settings(project=folder, planner_key=KEY))) as client:
        for address in GEOJSON:
            assert "attribution" not in client.get(address, headers=as_planner).json(), address
        assert "X-WR-CALDESC" not in client.get("/bus/calendar.ics").text
