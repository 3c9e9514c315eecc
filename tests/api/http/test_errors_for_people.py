"""What a person reads when a page cannot be shown: words they can act on, no names of our code."""

from __future__ import annotations

import re
from html import unescape

import pytest

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
CODE = re.compile(
    r"datum|X-API-Key|YIZHAN_|\b(?:query|path|body|header|cookie)\.\w|Field required|Input should|Traceback|Error\b"
    r"|\bValue\b|\bvalid\b|None\b|NoneType",
)
BAD = "坏了abc"


def shown(html: str) -> str:
    """Return what a person reads of a page."""
    bare = re.sub(r"<(style|script|svg)\b.*?</\1>|<[^>]+>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(bare).split())


def _doors(client) -> list[tuple[str, str]]:
    """Return (method, path) of every operation, from the service's own description."""
    paths = client.get("/openapi.json").json()["paths"]
    hidden = [("get", "/openapi.json"), ("get", "/stations")]
    return hidden + [(method, path) for path, item in paths.items() for method in item]


def _parameters(client, method: str, path: str) -> list[str]:
    item = client.get("/openapi.json").json()["paths"].get(path, {}).get(method, {})
    return [told["name"] for told in item.get("parameters", []) if told["in"] == "query"]


def _asked_badly(client, method: str, path: str) -> list[str]:
    """Return addresses with each parameter missing, each wrong, and all wrong."""
    bare = re.sub(r"\{[^}]+\}", BAD, path)
    names = [name for name in _parameters(client, method, path) if name != "key"]
    return [bare, *(f"{bare}?{name}={BAD}" for name in names)] + (
        [bare + "?" + "&".join(f"{name}={BAD}" for name in names)] if names else []
    )


@pytest.mark.parametrize("planner", [False, True])
def test_no_refusal_names_fields_or_code_to_a_person(client, as_planner, planner):
    """Every operation, asked badly by a browser; /planner's own key is asked for elsewhere."""
    refused = 0
    for method, path in _doors(client):
        for address in _asked_badly(client, method, path):
            if method != "get" or "?f=" in address or "&f=" in address:
                continue
            headers = {**HTML, **(as_planner if planner else {})}
            response = client.get(address, headers=headers, follow_redirects=False)
            assert response.status_code < 500, address
            if response.status_code < 400:
                continue
            refused += 1
            assert response.headers["content-type"].startswith("text/html"), address
            text = shown(response.text)
            found = CODE.search(text)
            assert found is None, (address, found, text)
            assert re.search(r"[请。]", text), address
    assert refused > 40


@pytest.mark.parametrize("page", ["/nearest-station", "/bus-near-me"])
@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({}, "请用定位"),
        ({"lon": "nan", "lat": "nan"}, "没有收到能用的位置"),
        ({"lon": "x", "lat": ""}, "没有收到能用的位置"),
        ({"lon": "121.9", "lat": "35.0"}, "可能在海上或别的城市"),
        ({"lon": "36.1", "lat": "120.3"}, "写反了"),
        ({"q": "没有的地方zzz"}, "没有找到“没有的地方zzz”"),
    ],
)
def test_a_form_says_what_to_do_next(client, page, data, told):
    text = shown(client.post(page, data=data).text)
    assert told in text
    assert CODE.search(text) is None
    english = client.post(f"{page}?lang=en", data=data).text
    message = re.search(r'role="alert">(.*?)</p>', english, re.DOTALL)
    assert message is not None
    assert message[1].strip()
    ours = message[1].replace(data.get("q", ""), "")  # what was typed is told as it was typed
    assert re.findall(r"[\u4e00-\u9fff]+", ours) == []


def test_far_from_every_visit_the_bus_page_shows_what_is_coming(client, lonlat, monkeypatch):
    monkeypatch.setattr("api.bus.calendar.REACH_S", 1.0)
    lon, lat = lonlat(0, 0)
    page = client.post("/bus-near-me", data={"lon": lon, "lat": lat}).text
    assert "没有停靠安排" in page
    assert "福州路广场" in page


def test_off_the_streets_the_page_says_so(client, lonlat):
    lon, lat = lonlat(4500, 3500)
    assert "可能在海上或山里" in client.post("/nearest-station", data={"lon": lon, "lat": lat}).text


def test_a_browser_that_asks_programs_doors_is_led_to_the_pages(client):
    for address, page in (("/nearest", "/nearest-station"), ("/bus/near", "/bus-near-me")):
        response = client.get(address, headers=HTML, follow_redirects=False)
        assert (response.status_code, response.headers["location"]) == (303, page)


def test_programs_are_told_in_chinese_without_english_and_in_english_in_full(client):
    body = client.get("/nearest?k=many").json()
    assert body["detail_zh"] == "参数有误：缺少参数 lon；缺少参数 lat；无效的参数 k"
    assert "query.lon: Field required" in body["detail_en"]
    assert body["errors"][0] == {"where": "query.lon", "what": "Field required"}
