"""Refusals, headers, logs and abuse."""

from __future__ import annotations

import logging
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.app import create_app
from api.http.problems import STATUSES, status_of
from api.server import log
from api.settings import Settings
from geo.errors import YizhanError
from geo.text import Text


def test_every_error_type_has_a_status():
    kinds = [YizhanError]
    for kind in kinds:
        kinds.extend(kind.__subclasses__())
        if kind.__module__ == "geo.errors":
            assert kind in STATUSES
    for kind in STATUSES:
        status, code = status_of(kind(Text("甲", "a")))
        assert (status, code) == STATUSES[kind]


def test_a_problem_has_the_members_of_rfc_9457(client):
    response = client.get("/nowhere")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert {"type", "title", "status", "detail"} <= set(body)
    assert body["status"] == 404


def test_the_reader_is_answered_in_their_language(client):
    assert client.get("/nowhere").json()["title"] == "没有找到"
    english = client.get("/nowhere", headers={"Accept-Language": "en-GB,en;q=0.9,zh;q=0.1"})
    assert english.json()["title"] == "Not found"
    assert client.get("/nowhere?lang=en").json()["title"] == "Not found"
    chinese = client.get("/nowhere", headers={"Accept-Language": "fr,zh-CN;q=0.5,en;q=0.2"})
    assert chinese.json()["title"] == "没有找到"


def test_a_page_is_chinese_until_its_reader_switches_and_then_stays_english(client):
    browser = {"Accept": "text/html", "Accept-Language": "en-US"}
    first = client.get("/nearest-station", headers=browser)
    assert 'lang="zh-CN"' in first.text
    assert 'href="?lang=en"' in first.text
    switched = client.get("/nearest-station?lang=en", headers=browser)
    assert "httponly" in switched.headers["set-cookie"].lower()
    assert '<html lang="en"' in client.get("/", headers=browser).text
    assert '<html lang="zh-CN"' in client.get("/?lang=zh", headers=browser).text


def test_browsers_get_a_page(client):
    response = client.get("/nowhere<script>", headers={"Accept": "text/html"})
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")
    assert "nowhere<script>" not in response.text


def test_failures_tell_nothing_and_log_no_position(city, caplog, monkeypatch):
    app = create_app(Settings(project=city.folder))

    def fail(*_: object, **__: object) -> None:
        message = "cannot snap (120.311234, 36.104321) in /secret/place"
        raise RuntimeError(message)

    monkeypatch.setattr("api.routes.worker.nearest_routes.answer", fail)
    with TestClient(app) as client, caplog.at_level(logging.ERROR):
        response = client.get("/nearest?lon=120.311234&lat=36.104321")
    assert response.status_code == 500
    assert "secret" not in response.text
    assert "RuntimeError" not in response.text
    logged = caplog.text
    assert "RuntimeError" in logged
    assert "120.311234" not in logged
    assert "36.104321" not in logged


def test_refusals_are_not_logged(client, caplog):
    with caplog.at_level(logging.DEBUG, logger="yizhan"):
        client.get("/nearest?lon=36.104321&lat=120.311234")
        client.get("/nowhere")
    assert not [record for record in caplog.records if record.name.startswith("yizhan")]


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/nearest?lon=120.311234&lat=36.1", "/nearest"),
        ("/planner?key=secret", "/planner"),
        ("/tiles/stations/14/13664/6416.mvt", "/tiles/stations/…"),
        ("/stations/S1", "/stations/S1"),
    ],
)
def test_the_access_log_keeps_no_question(path, kept):
    log.hide_positions()
    log.hide_positions()
    logger = logging.getLogger("uvicorn.access")
    assert sum(isinstance(item, log.PositionFilter) for item in logger.filters) == 1
    record = logger.makeRecord(
        logger.name,
        logging.INFO,
        "",
        0,
        '%s - "%s %s HTTP/%s" %d',
        ("127.0.0.1:5", "GET", path, "1.1", 200),
        None,
    )
    assert logger.filter(record)
    assert record.getMessage() == f'127.0.0.1:5 - "GET {kept} HTTP/1.1" 200'


def test_every_answer_carries_the_protective_headers(client):
    for address in ("/", "/nowhere", "/layers/stations.geojson", "/nearest-station"):
        headers = client.get(address, headers={"Accept": "text/html"}).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "http" not in policy
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"


def test_the_policy_names_the_operators_tiles_and_no_other_host(city):
    tiled = Settings(project=city.folder, tile_url="https://{s}.tiles.example:8443/{z}/{x}/{y}.png")
    with TestClient(create_app(tiled)) as client:
        policy = client.get("/health").headers["content-security-policy"]
        assert "img-src 'self' data: blob: https://*.tiles.example:8443;" in policy
        assert policy.count("https://") == 1


@pytest.mark.parametrize(
    "address",
    [
        "/downloads/../project.json",
        "/downloads/%2e%2e%2fproject.json",
        "/downloads/..%5cproject.json",
        "/downloads/results.gpkg%00.txt",
        "/downloads//etc/passwd",
        "/downloads/summary.json",
        "/maps/../../etc/passwd",
        "/layers/../../project.geojson",
        "/layers/%2e%2e.geojson",
        "/tiles/..%2f/0/0/0.mvt",
    ],
)
def test_no_path_leads_out(client, as_planner, address):
    response = client.get(address, headers=as_planner)
    assert response.status_code in {400, 404}
    assert "示例" not in response.text
    assert "root:" not in response.text


def test_downloads_come_whole(client, as_planner):
    response = client.get("/downloads/results.xlsx", headers=as_planner)
    assert response.content == b"PK-test"
    assert "attachment" in response.headers["content-disposition"]
    assert client.get("/downloads/planner.html", headers=as_planner).status_code == 404


@pytest.mark.parametrize(
    "address", ["/health", "/", "/layers/stations.geojson", "/nearest-station"]
)
def test_head_is_get_without_a_body(client, address):
    response = client.head(address)
    assert response.status_code == 200
    assert response.content == b""


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_other_methods_are_refused(client, method):
    assert client.request(method, "/nearest").status_code == 405


def test_bodies_of_the_wrong_kind_or_size_are_refused(city, client):
    assert (
        client.post(
            "/nearest", content=b"{", headers={"Content-Type": "application/json"}
        ).status_code
        == 400
    )
    assert client.post("/nearest", content=b"lon=1").status_code == 400
    small = Settings(project=city.folder, max_body_bytes=1000)
    with TestClient(create_app(small)) as other:
        whole = other.post("/nearest", json={"lon": 1, "lat": 2, "x": "y" * 2000})
        pieces = other.post(
            "/nearest",
            content=(b" " * 100 for _ in range(20)),
            headers={"Content-Type": "application/json"},
        )
    for response in (whole, pieces):
        assert response.status_code == 413
        assert response.headers["content-type"] == "application/problem+json"
        assert "0.001 MB" in response.json()["detail_en"]


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    address=st.sampled_from(
        [
            "/nearest?lon={0}&lat={1}",
            "/collections/stations/items?bbox={0},{1},{0},{1}",
            "/collections/{0}/items",
            "/collections/stations/items/{0}",
            "/stations/{0}",
            "/s/{1}",
            "/search?q={0}",
            "/tiles/stations/{0}/{1}/0.mvt",
            "/layers/{0}.geojson",
            "/bus/near?lon={0}&lat={1}",
            "/collections/stations/items?kind={0}&limit={1}",
            "/planner?key={0}",
            "/posters/{0}",
        ]
    ),
    first=st.text(max_size=20) | st.floats().map(str) | st.integers().map(str),
    second=st.text(max_size=20) | st.floats().map(str) | st.integers().map(str),
)
def test_nothing_that_can_be_typed_breaks_the_service(client, address, first, second):
    response = client.get(address.format(quote(first), quote(second)))
    assert response.status_code < 500, response.text
    if "<script>" in first:
        assert first not in response.text
