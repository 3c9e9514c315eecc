"""A planner opens a page without a key, types it in once, and is where she wanted to be."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.http.wrong_keys import MOST, WINDOW_S, WrongKeys
from api.settings import Settings

KEY = "test-planner-key-0123456789"
HTML = {"Accept": "text/html"}


def _target(page: str) -> str:
    return re.search(r'name="to" value="([^"]*)"', page).group(1)


@pytest.mark.parametrize(
    "address",
    [
        "/planner",
        "/maps/planner.html",
        "/downloads/results.xlsx",
        "/bus/day-sheets",
        "/bus/crew",
        "/gaps",
    ],
)
def test_a_page_without_a_key_asks_for_it(client, address):
    """No page of the house tells a reader to send a header."""
    response = client.get(address, headers=HTML)
    assert response.status_code == 401
    assert 'type="password"' in response.text
    assert "X-API-Key" not in response.text
    assert _target(response.text) == address


def test_the_page_speaks_both_languages(client):
    assert "请输入密钥" in client.get("/planner", headers=HTML).text
    assert "Enter the key" in client.get("/planner?lang=en", headers=HTML).text


def test_the_right_key_leads_to_the_page_asked_for(client):
    page = client.get("/bus/day-sheets?day=2026-11-30", headers=HTML).text
    response = client.post(
        "/sign-in", data={"key": f" {KEY}\n", "to": _target(page)}, follow_redirects=False
    )
    assert response.status_code == 303
    assert response.headers["location"] == "/bus/day-sheets?day=2026-11-30"
    assert response.headers["cache-control"] == "no-store"
    cookie = response.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert client.get("/planner", headers=HTML).status_code == 200


def test_a_wrong_key_is_told_and_where_to_is_kept(client):
    response = client.post("/sign-in", data={"key": KEY + "x", "to": "/bus/crew"}, headers=HTML)
    assert response.status_code == 401
    assert "密钥不对" in response.text
    assert _target(response.text) == "/bus/crew"
    assert "set-cookie" not in response.headers
    assert KEY not in response.text


def test_a_wrong_link_says_so_and_asks_without_repeating_the_key(client):
    response = client.get("/planner?key=wrong-but-secret", headers=HTML)
    assert response.status_code == 401
    assert "链接中的密钥不对" in response.text
    assert "wrong-but-secret" not in response.text
    assert _target(response.text) == "/planner"


def test_the_crews_key_leads_to_the_bus_and_not_to_the_plan(client, settings):
    response = client.post(
        "/sign-in", data={"key": settings.bus_key, "to": "/planner"}, follow_redirects=False
    )
    assert response.headers["location"] == "/bus"
    assert client.get("/bus/crew", headers=HTML).status_code == 200
    assert client.get("/planner", headers=HTML).status_code == 401


@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil", "", "evil"]
)
def test_nobody_is_led_to_another_site(client, to):
    response = client.post("/sign-in", data={"key": KEY, "to": to}, follow_redirects=False)
    assert response.headers["location"] == "/planner"


@pytest.mark.parametrize("data", [{}, {"key": ""}, {"key": "密钥"}, {"key": "x" * 5000}])
def test_odd_forms_are_wrong_keys(client, data):
    assert client.post("/sign-in", data=data, headers=HTML).status_code == 401


def test_without_a_configured_key_nothing_opens(city):
    with TestClient(create_app(Settings(project=city.folder, planner_key=None))) as client:
        assert client.post("/sign-in", data={"key": ""}, headers=HTML).status_code == 401
        assert client.get("/planner", headers=HTML).status_code == 403


def test_guessing_keys_is_slow_and_said(settings):
    """The eleventh try is not looked at, be it right; who has the key already goes on working."""
    with TestClient(create_app(settings)) as client:
        for _ in range(10):
            tried = client.post("/sign-in", data={"key": "guess", "to": "/planner"})
            assert tried.status_code == 401
        refused = client.post("/sign-in", data={"key": KEY, "to": "/planner"}, headers=HTML)
        assert refused.status_code == 429
        assert "密钥连续错了 10 次：请 5 分钟后再试" in refused.text
        assert 0 < int(refused.headers["retry-after"]) <= 300
        assert client.get(f"/planner?key={KEY}", headers=HTML).status_code == 429
        assert client.get("/planner", headers={**HTML, "X-API-Key": KEY}).status_code == 200


def test_wrong_keys_are_forgotten_in_time_and_counted_by_address():
    now = [0.0]
    tried = WrongKeys(lambda: now[0])
    for second in range(MOST):
        now[0] = float(second)
        tried.add("192.0.2.1")
    assert tried.wait_s("192.0.2.1") == WINDOW_S - (MOST - 1)
    assert tried.wait_s("192.0.2.2") == 0
    now[0] = WINDOW_S
    assert tried.wait_s("192.0.2.1") == 0
    tried.add("192.0.2.1")
    assert tried.wait_s("192.0.2.1") == 1.0
