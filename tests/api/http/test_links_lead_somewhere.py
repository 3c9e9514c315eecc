"""Every link of every page, served or on disk, leads to something that is there."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest

HTML = {"Accept": "text/html"}
START = (
    "/",
    "/planner",
    "/bus",
    "/bus/crew",
    "/bus-near-me",
    "/s/S1",
    "/sign-in",
    "/nearest-station",
    "/maps/worker.html",
)
LINK = re.compile(r"""<(?:a|link)\b[^>]*?\bhref="([^"]+)\"""")


def links_of(page: str) -> set[str]:
    """Return the addresses a page's own markup leads to, those outside the service left out."""
    found = (unescape(href) for href in LINK.findall(page))
    return {href for href in found if not re.match(r"[a-z]+:|//|#", href)}


def test_every_link_of_every_page_is_answered(client, as_planner):
    """From the start pages on, with the planner's key: each link is followed once, all give 200."""
    waiting, seen, broken = list(START), set(), {}
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        response = client.get(address, headers={**HTML, **as_planner})
        if response.status_code != 200:
            broken[address] = response.status_code
        if response.headers["content-type"].startswith("text/html"):
            waiting += [
                urljoin(address, href).partition("#")[0] for href in links_of(response.text)
            ]
    assert broken == {}
    for wanted in (
        "/bus/notices",
        "/bus/calendar.ics",
        "/bus/day-sheets",
        "/posters/S1",
        "/bus/campaign.geojson",
    ):
        assert wanted in seen
    assert any(urlsplit(one).path == "/bus/route.gpx" for one in seen)
    assert any(urlsplit(one).path == "/bus/crew.ics" for one in seen)


def test_what_needs_a_key_is_linked_only_for_those_who_hold_it(client):
    page = client.get("/bus", headers=HTML).text
    assert {"/bus/notices", "/bus/calendar.ics"} <= links_of(page)
    assert not {href for href in links_of(page) if "crew" in href or "day-sheets" in href}
    for href in links_of(page):
        assert client.get(urljoin("/bus", href), headers=HTML).status_code == 200, href


@pytest.mark.parametrize("what", ["href", "text"])
def test_a_station_on_the_planners_map_leads_to_its_page_and_its_sign(client, as_planner, what):
    page = client.get("/planner", headers={**HTML, **as_planner}).text
    data = json.loads(re.search(r'id="planner-data">(.*?)</script>', page, re.DOTALL).group(1))
    assert [link[what] for link in data["station_links"]] == {
        "href": ["/s/{id}", "/posters/{id}"],
        "text": ["站点页面", "二维码海报（打印）"],
    }[what]
    for station in data["stations"]:
        assert client.get(f"/posters/{station[9]}").status_code == 200
