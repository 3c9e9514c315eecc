"""Pages of other origins: they may read what anyone may, and nothing that needs a key."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings

KEY = "test-planner-key-0123456789"
PAGE = {"Origin": "https://www.qdgh.example"}
ALLOW = "access-control-allow-origin"


def preflight(client, address, method="GET", headers="content-type", origin=PAGE["Origin"]):
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": headers,
    }
    return client.options(address, headers=asked)


@pytest.mark.parametrize(
    "address",
    [
        "/nearest?lon=120.303&lat=36.1",
        "/layers/stations.geojson",
        "/collections",
        "/collections/yizhan/items",
        "/tiles/stations.json",
        "/tiles/stations/0/0/0.mvt",
        "/search?q=a",
        "/bus/plan",
        "/",
        "/openapi.json",
        "/health",
        "/collections/nothing",
    ],
)
def test_any_page_may_read_what_anyone_may(client, address):
    response = client.get(address, headers=PAGE)
    assert response.headers[ALLOW] == "*"
    assert "access-control-allow-credentials" not in response.headers
    assert preflight(client, address).headers[ALLOW] == "*"


def test_a_page_may_ask_for_the_nearest_in_the_body(client):
    response = preflight(client, "/nearest", "POST")
    assert response.status_code == 204
    assert response.headers[ALLOW] == "*"
    assert "POST" in response.headers["access-control-allow-methods"]
    assert "Content-Type" in response.headers["access-control-allow-headers"]
    assert "X-API-Key" not in response.headers["access-control-allow-headers"]
    body = {"lon": 120.303, "lat": 36.1}
    assert client.post("/nearest", json=body, headers=PAGE).headers[ALLOW] == "*"


@pytest.mark.parametrize(
    "address",
    [
        "/gaps",
        "/sites",
        "/jobs",
        "/layers/workers.geojson",
        "/collections/candidates/items",
        "/tiles/gaps.json",
        "/downloads/results.xlsx",
        "/bus/day-sheets",
        "/planning/imports/yizhan",
        "/planner",
    ],
)
def test_what_needs_a_key_is_closed(client, address):
    assert ALLOW not in client.get(address, headers=PAGE).headers
    assert ALLOW not in client.get(address, headers={**PAGE, "X-API-Key": KEY}).headers
    client.cookies.set("yizhan_planner", KEY)
    assert ALLOW not in client.get(address, headers=PAGE).headers
    client.cookies.clear()
    if address != "/planner":
        assert ALLOW not in preflight(client, address).headers


def test_an_answer_to_a_key_is_closed_even_where_anyone_may_read(client):
    keyed = client.get("/collections", headers={**PAGE, "X-API-Key": KEY})
    assert keyed.status_code == 200
    assert ALLOW not in keyed.headers


def test_options_tells_the_methods(client):
    plain = client.options("/nearest")
    assert plain.status_code == 204
    assert plain.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert ALLOW not in plain.headers
    assert client.options("/collections").headers["allow"] == "GET, HEAD, OPTIONS"
    assert client.options("/no/such/page").status_code == 404
    assert ALLOW not in preflight(client, "/nearest", "DELETE").headers


def test_named_origins_may_send_a_key(city):
    settings = Settings(project=city.folder, planner_key=KEY, cors_origins=(PAGE["Origin"],))
    with TestClient(create_app(settings)) as client:
        asked = preflight(client, "/gaps", headers="x-api-key")
        assert asked.headers[ALLOW] == PAGE["Origin"]
        assert "X-API-Key" in asked.headers["access-control-allow-headers"]
        answer = client.get("/gaps", headers={**PAGE, "X-API-Key": KEY})
        assert (answer.status_code, answer.headers[ALLOW]) == (200, PAGE["Origin"])
        assert "Origin" in answer.headers["vary"]
        assert ALLOW not in preflight(client, "/gaps", origin="https://other.example").headers
