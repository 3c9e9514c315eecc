"""The pages workers and crews see, as the server sends them."""

from __future__ import annotations

import re
from datetime import datetime

import pandas as pd
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from geo.hours import SHANGHAI

HTML = {"Accept": "text/html"}


def test_the_form_answers_without_script(client, lonlat):
    lon, lat = lonlat(1000, 0)
    page = client.post("/nearest-station", data={"lon": f"{lon:.5f}", "lat": f"{lat:.5f}"}).text
    order = [page.index(f"/s/{station}") for station in ("S1", "S3", "S2")]
    assert order == sorted(order)
    assert "S4" not in page
    assert "600" in page
    assert "示例数据" in page


def test_names_are_escaped(client, lonlat):
    lon, lat = lonlat(1000, 0)
    for page in (
        client.post("/nearest-station", data={"lon": lon, "lat": lat}).text,
        client.get("/s/S1").text,
        client.get("/maps/worker.html").text,
        client.get("/posters/S1").text,
    ):
        assert "福州路驿站" in page
        assert "<script>alert(1)" not in page


def test_typed_text_is_escaped_and_kept(client):
    page = client.post("/nearest-station", data={"q": '"><script>zzz()</script>'}).text
    assert "<script>zzz" not in page
    assert "&lt;script&gt;zzz()" in page


def test_a_place_by_name_leads_to_answers(client):
    chosen = client.post("/nearest-station", data={"q": "江西路爱心妈妈小屋"}).text
    assert "/s/S2" in chosen
    street = client.post("/nearest-station", data={"q": "福州路"}).text
    assert "离<em>福州路</em>最近" in street
    assert 'name="place" value="福州路与桥路路口"' in street  # 2 km long: where on it?
    assert "路口会更准" not in client.post("/nearest-station", data={"q": "桥路"}).text
    several = client.post("/nearest-station", data={"q": "福州"}).text
    assert several.count('name="lon"') >= 2


def test_who_types_what_they_need_is_told_to_say_where_they_are(client):
    told = client.post("/nearest-station", data={"q": "公共厕所"}).text
    assert "这里请填您在哪儿" in told
    assert "“公共厕所”" in told
    assert "这里请填您在哪儿" not in client.post("/nearest-station", data={"q": "不存在路"}).text


def test_filters_of_the_form(client, lonlat):
    lon, lat = lonlat(1000, 0)
    data = {"lon": lon, "lat": lat, "amenity": ["microwave"], "mode": "ebike"}
    page = client.post("/nearest-station", data=data).text
    assert "/s/S3" in page
    assert "/s/S1" not in page


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"lon": "x", "lat": "y"},
        {"lon": "nan", "lat": "nan"},
        {"lon": "1e999", "lat": "0"},
        {"lon": "36.1", "lat": "120.3"},
        {"lon": "0", "lat": "0"},
        {"mode": "rocket"},
        {"amenity": "gold", "lon": "120.31", "lat": "36.1"},
        {"q": "x" * 5000},
    ],
)
def test_wrong_fields_become_words_on_the_page(client, data):
    for address in ("/nearest-station", "/bus-near-me"):
        response = client.post(address, data=data)
        assert response.status_code == 200
        assert response.headers["cache-control"] == "no-store"


def test_a_file_in_the_form_is_no_text(client):
    response = client.post("/nearest-station", files={"q": ("a.txt", b"x")})
    assert response.status_code == 200


def test_pages_are_small_over_the_wire(client, lonlat):
    lon, lat = lonlat(1000, 0)
    data = {"lon": lon, "lat": lat}
    for response in (
        client.get("/nearest-station"),
        client.post("/nearest-station", data=data),
        client.get("/s/S1"),
        client.get("/", headers=HTML),
    ):
        assert response.headers["content-encoding"] == "gzip"
        assert response.num_bytes_downloaded < 100_000


def test_no_page_names_another_host_to_load_from(client, as_planner):
    for address in (
        "/",
        "/nearest-station",
        "/s/S1",
        "/bus-near-me",
        "/docs",
        "/maps/worker.html",
        "/planner",
        "/bus",
        "/bus/notices",
        "/bus/day-sheets",
        "/posters/S1",
    ):
        page = client.get(address, headers={**HTML, **as_planner}).text
        loaded = re.findall(r"""(?:src|srcset|action|data)\s*=\s*["'](https?:)?//""", page)
        assert not loaded, address
        assert not re.findall(r"<link[^>]+href=[\"'](?:https?:)?//", page), address


def test_the_station_page_offers_the_nearest_others(client):
    page = client.get("/s/S1").text
    assert "/s/S3" in page
    assert "/s/S2" in page
    assert "/s/S4" not in page
    assert client.get("/stations/S1", headers=HTML).text.count("/s/S3") == page.count("/s/S3")


def test_the_station_as_json(client):
    body = client.get("/stations/S1").json()
    assert body["station"]["way"] is None
    assert [other["id"] for other in body["nearby"]] == ["S3", "S2"]
    assert body["nearby"][0]["way"]["distance_m"] == pytest.approx(1600, rel=1e-3)
    assert client.get("/stations/none").status_code == 404


def test_a_closed_station_says_so(client):
    assert client.get("/stations/S4").json()["station"]["status"] == "closed"
    assert "关闭" in client.get("/s/S4").text


def test_people_who_open_the_api_address_get_the_page(client):
    response = client.get("/nearest", headers=HTML, follow_redirects=False)
    assert response.status_code == 303
    assert response.headers["location"] == "/nearest-station"


def test_bus_pages(client, lonlat):
    page = client.get("/bus-near-me").text
    assert "福州路广场" in page
    assert "13800000000" not in page
    lon, lat = lonlat(0, 0)
    near = client.post("/bus-near-me", data={"lon": lon, "lat": lat}).text
    assert "福州路广场" in near
    assert "福州路广场" in client.get("/bus/notices").text


def test_bus_near_counts_the_walk(client, lonlat):
    lon, lat = lonlat(0, 0)
    visits = client.post("/bus/near", json={"lon": lon, "lat": lat}).json()["visits"]
    assert [visit["day"] for visit in visits] == ["2099-11-03"]
    assert visits[0]["distance_m"] == pytest.approx(800, rel=1e-3)
    asked = {"lon": lon, "lat": lat, "from_day": "2026-01-01"}
    assert len(client.get("/bus/near", params=asked).json()["visits"]) == 2
    assert client.get("/bus/near?lon=0&lat=0").status_code == 400


def test_bus_plan_by_day(client):
    days = client.get("/bus/plan").json()["days"]
    assert [day["day"] for day in days] == ["2026-11-02", "2099-11-03"]
    assert days[0]["route"]["distance_m"] == 6000
    assert "contact" not in days[0]["stops"][0]


def test_pages_in_english(client):
    english = client.get("/nearest-station?lang=en").text
    assert 'lang="en"' in english
    assert "Find the nearest station" in english


def test_summary_tells_totals_to_all_and_the_rest_to_planners(client, as_planner):
    public = client.get("/summary").json()
    assert public["bus_workers_served"] == 80
    assert not {"covered_after", "covered_before", "sites"} & public.keys()
    assert "secret" not in client.get("/summary").text
    assert client.get("/summary", headers=as_planner).json()["siting_fewer"] == "secret"


def test_links_use_the_public_address(city):
    with TestClient(
        create_app(Settings(project=city.folder, base_url="https://x.example/yz/"))
    ) as c:
        assert c.get("/").json()["links"][0]["href"] == "https://x.example/yz/"
        assert c.get("/stations/S1").json()["station"]["href"] == "https://x.example/yz/stations/S1"
        assert 'href="/yz/nearest-station"' in c.get("/s/S1").text


def test_the_picture_of_a_shared_link_is_there(client):
    page = client.get("/s/S2").text
    address = re.search('og:image" content="([^"]+)"', page)[1]
    picture = client.get(address)
    assert picture.content.startswith(b"\x89PNG")
    assert len(picture.content) < 10_000


def test_at_night_the_one_open_station_is_found_beyond_ten_closed_ones(
    tmp_path, make_project_in, monkeypatch, lonlat
):
    project = make_project_in(tmp_path / "night")
    stations = project.read("stations")
    many = stations[stations["id"] == "S2"]
    rows = [many.assign(id=f"N{number}", opening_hours="08:00-09:00") for number in range(12)]
    project.write("stations", pd.concat(rows, ignore_index=True))
    night = datetime(2026, 11, 24, 3, 0, tzinfo=SHANGHAI)
    for name in ("api.publishing.nearest_answer.now", "api.routes.worker.worker_page_routes.now"):
        monkeypatch.setattr(name, lambda: night)
    with TestClient(create_app(Settings(project=project.folder))) as other:
        lon, lat = lonlat(1000, 600)
        page = other.post("/nearest-station", data={"lon": lon, "lat": lat}).text
    best = page.index('class="card best"')
    assert best < page.index("/s/S1") < page.index("/s/N")


def test_hours_are_told_in_words_on_pages_and_beside_the_syntax_to_programs(client, as_planner):
    for address in ("/s/S2", "/posters/S2", "/maps/worker.html", "/planner"):
        page = client.get(address, headers={**HTML, **as_planner}).text
        assert "周一至周五" in page, address
        assert "Mo-Fr" not in page, address
    told = client.get("/stations/S2").json()["station"]
    assert told["opening_hours"] == "Mo-Fr 08:30-17:30"
    assert told["opening_hours_text"].startswith("周一至周五")


@pytest.mark.parametrize("path", ["/nearest-station", "/bus-near-me"])
def test_a_page_that_stands_is_sent_what_is_new_alone(client, lonlat, path):
    """On a slow network the style and the script are not sent again with each answer."""
    lon, lat = lonlat(1000, 0)
    asked = {"lon": lon, "lat": lat, "place": "x"}
    whole = client.post(path, data=asked).text
    part = client.post(path, data=asked, headers={"X-Part": "content"}).text.strip()
    assert len(part) < len(whole) / 3
    inner = part.removeprefix('<main id="content">').removesuffix("</main>").strip()
    assert inner
    assert inner in whole
    assert "<style" not in part
    assert "<script" not in part
