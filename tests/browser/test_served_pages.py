"""The served pages in a real browser: no other host is asked, and no script is needed."""

from __future__ import annotations

from urllib.request import urlopen

import pytest

KEY = "browser-planner-key-0123456789"
WIRE_LIMIT_BYTES = 100_000
STATIONS = ".best, .shorts > li, ol.cards > li"


def _only_ours(urls, address):
    return [url for url in urls if not url.startswith((address, "data:", "blob:", "about:"))]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nearest-station",
        "/s/S1",
        "/bus-near-me",
        "/docs",
        "/maps/worker.html",
        f"/planner?key={KEY}",
        "/posters/S1",
    ],
)
def test_no_request_leaves_the_house_and_nothing_fails(watched, server, path):
    page = watched(path)
    page.wait_for_load_state("networkidle")
    assert _only_ours(watched.asked, server[0]) == []
    assert watched.faults == []
    assert page.title()


def test_the_whole_way_without_script(watched, server):
    page = watched("/nearest-station", script=False)
    page.fill("#q", "江西路爱心妈妈小屋")
    page.click("form#ask button[type=submit]")
    assert page.locator(STATIONS).count() == 3
    assert "江西路爱心妈妈小屋" in page.locator("#content").inner_text()
    assert "lon=" not in page.url
    assert "?" not in page.url
    page.locator("details summary").first.click()
    page.check("input[name=open]", force=True)
    page.locator("form.filters button[type=submit]").click()
    assert page.locator(STATIONS).count() >= 1
    page.locator("#content a[href*='/s/']").first.click()
    assert "/s/" in page.url
    assert _only_ours(watched.asked, server[0]) == []


def test_a_position_by_permission_is_posted_and_leaves_no_trace(watched, server, tiny):
    lon, lat = tiny.place(1000, 0)
    page = watched(
        "/nearest-station",
        geolocation={"longitude": lon, "latitude": lat},
        permissions=["geolocation"],
        viewport={"width": 390, "height": 844},
    )
    page.click("#locate")
    page.wait_for_selector(".best")
    assert "600" in page.locator(".best").inner_text()
    assert f"{lon:.3f}" not in page.url
    assert f"{lon:.3f}" not in page.evaluate("JSON.stringify([...Object.entries(localStorage)])")
    assert watched.faults == []
    log = server[1].read_text(encoding="utf-8")
    assert "POST /nearest-station" in log
    assert f"{lon:.3f}" not in log


def test_the_log_of_a_real_server_holds_no_position(server, tiny):
    address, log = server
    lon, lat = tiny.place(1000, 0)
    with urlopen(f"{address}/nearest?lon={lon}&lat={lat}", timeout=10) as answer:  # noqa: S310
        assert answer.status == 200
    text = log.read_text(encoding="utf-8")
    assert '"GET /nearest HTTP' in text
    assert f"{lon:.3f}" not in text
    assert f"{lat:.3f}" not in text
    assert KEY not in text


@pytest.mark.parametrize("path", ["/nearest-station", "/s/S1", "/bus-near-me", "/"])
def test_a_page_weighs_under_100_kb_on_the_wire(watched, server, path):
    page = watched("/about-to-measure")
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    received = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.goto(server[0] + path, wait_until="networkidle")
    page.wait_for_timeout(200)
    assert received
    assert sum(received) < WIRE_LIMIT_BYTES


def test_dark_and_narrow_without_sideways_scrolling(watched):
    page = watched("/s/S1", viewport={"width": 320, "height": 640}, color_scheme="dark")
    widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    scrolled, shown = page.evaluate(widths)
    assert scrolled <= shown


def test_the_planners_link_opens_the_map_and_leaves_no_key(watched):
    page = watched(f"/planner?key={KEY}")
    page.wait_for_url("**/planner")
    page.wait_for_selector(".leaflet-container")
    assert KEY not in page.url
    assert KEY not in page.evaluate("document.cookie")


def test_a_planner_tries_a_site_by_tapping_the_map(server, watched):
    """The tapped place is asked of the service, and answered there with its streets in reach."""
    page = watched(f"/planner?key={KEY}", viewport={"width": 1280, "height": 800})
    page.wait_for_selector("html[data-ready]")
    button = page.locator("#try-site")
    button.click()
    box = page.locator(".stage").bounding_box()
    with page.expect_response(f"{server[0]}/planning/what-if") as reply:
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.6)
    assert reply.value.status == 200
    page.wait_for_selector(".what-if .reach-key")
    shapes = page.locator(".leaflet-reach-pane path")
    assert shapes.count() == page.locator(".reach-key span").count() == 3
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    assert shapes.count() == 0
    assert watched.faults == []
