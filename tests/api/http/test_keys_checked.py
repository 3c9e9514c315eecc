"""Who may do what, and how links carry a key."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings

KEY = "test-planner-key-0123456789"
PLANNING = [
    "/gaps",
    "/sites",
    "/planner",
    "/maps/planner.html",
    "/jobs",
    "/downloads/results.xlsx",
    "/downloads/planner.html",
]
CREW = ["/bus/day-sheets"]


@pytest.fixture
def bus_key(settings):
    return settings.bus_key


@pytest.mark.parametrize("address", [*PLANNING, *CREW])
def test_nothing_without_a_key(client, address):
    response = client.get(address)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert "密钥" in response.json()["detail_zh"]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-API-Key": KEY},
        {"Authorization": f"Bearer {KEY}"},
        {"Authorization": f"bearer {KEY}"},
        {"Cookie": f"yizhan_planner={KEY}"},
    ],
)
def test_every_way_to_carry_the_key(client, headers):
    assert client.get("/gaps", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"X-API-Key": KEY + "x"},
        {"X-API-Key": ""},
        {"Authorization": f"Basic {KEY}"},
        {"Authorization": "Bearer"},
        {"X-API-Key": "密钥密钥".encode()},
        {"Cookie": f"yizhan_bus={KEY}"},
    ],
)
def test_wrong_keys(client, headers):
    assert client.get("/gaps", headers=headers).status_code == 401


def test_the_key_is_not_taken_from_other_addresses(client):
    assert client.get(f"/gaps?key={KEY}").status_code == 401


def test_a_link_lets_the_planner_in_and_takes_the_key_out_of_the_address(client):
    response = client.get(f"/planner?key={KEY}")
    assert response.status_code == 200
    cookie = response.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert 'url=/planner"' in response.text
    assert KEY not in response.text
    assert client.get("/planner").status_code == 200
    assert client.get("/gaps").status_code == 200


def test_a_wrong_link_lets_nobody_in(client):
    response = client.get("/planner?key=wrong")
    assert response.status_code == 401
    assert "set-cookie" not in response.headers


def test_the_crew_key_opens_the_crew_pages_only(client, bus_key):
    assert bus_key != KEY
    assert client.get(f"/bus?key={bus_key}").status_code == 200
    for address in (*CREW, "/bus", "/maps/bus.html"):
        assert client.get(address).status_code == 200, address
    for address in PLANNING:
        assert client.get(address).status_code == 401, address
    assert client.get(f"/planner?key={bus_key}").status_code == 401


def test_crew_sees_contact_persons_and_the_public_does_not(client, bus_key):
    assert "王老师" not in client.get("/bus/plan").text
    assert "王老师" in client.get("/bus/plan", headers={"X-API-Key": bus_key}).text


def test_the_crew_map_does_not_tell_where_workers_live(client, bus_key, as_planner):
    crew = client.get("/bus", headers={"X-API-Key": bus_key}).text
    planner = client.get("/bus", headers=as_planner).text
    public = client.get("/bus").text
    assert len(planner) > len(crew) > len(public)
    assert "江西路家政宿舍" not in crew
    assert "王老师" in crew
    assert "王老师" not in public
    assert "13800000000" not in public


def test_without_a_configured_key_planning_is_closed(city):
    with TestClient(create_app(Settings(project=city.folder, planner_key=None))) as client:
        response = client.get("/gaps", headers={"X-API-Key": ""})
        assert response.status_code == 403
        assert "YIZHAN_PLANNER_KEY" in response.json()["detail_en"]
        assert client.get("/bus?key=").status_code == 401
        assert client.get("/layers/stations.geojson").status_code == 200


def test_short_keys_and_odd_addresses_are_refused_at_start():
    with pytest.raises(ValidationError, match="16"):
        Settings(planner_key="short")
    with pytest.raises(ValidationError, match="absolute"):
        Settings(base_url="yizhan.example")


def test_settings_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("YIZHAN_PLANNER_KEY", KEY)
    monkeypatch.setenv("YIZHAN_PORT", "9000")
    monkeypatch.setenv("YIZHAN_CORS_ORIGINS", "https://a.example, https://b.example")
    settings = Settings()
    assert settings.planner_key is not None
    assert settings.planner_key.get_secret_value() == KEY
    assert settings.port == 9000
    assert settings.cors_origins == ("https://a.example", "https://b.example")
    assert KEY not in repr(settings)
