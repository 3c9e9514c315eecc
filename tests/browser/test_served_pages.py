"""The served pages in a real browser: no other host is asked, and no script is needed."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("YIZHAN_CHROMIUM") or shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
KEY = "browser-planner-key-0123456789"
WIRE_LIMIT_BYTES = 100_000

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium: the served pages were not tried"),
    pytest.mark.skipif(
        importlib.util.find_spec("playwright") is None, reason="playwright is not installed"
    ),
]


def _tiny_city():
    """Load the tiny city of tests/api, which is no package to import from."""
    path = ROOT / "tests" / "api" / "conftest.py"
    spec = importlib.util.spec_from_file_location("tiny_city", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def tiny():
    return _tiny_city()


@pytest.fixture(scope="module")
def server(tiny, tmp_path_factory):
    """Serve the tiny city with uvicorn on loopback; yield its address and its log file."""
    folder = tmp_path_factory.mktemp("served")
    project = tiny.make_project(folder / "tiny")
    port = _free_port()
    log = folder / "server.log"
    environment = {**os.environ, "YIZHAN_PROJECT": str(project.folder), "YIZHAN_PLANNER_KEY": KEY}
    code = (
        "import uvicorn; from api.app import create_app; from api.settings import Settings; "
        f"uvicorn.run(create_app(Settings()), host='127.0.0.1', port={port})"
    )
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, env=environment, stdout=out, stderr=out
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_until_up(address, process)
            yield address, log
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait_until_up(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            pytest.fail("the server ended before it answered")
        try:
            with urlopen(f"{address}/health", timeout=1):  # noqa: S310 - loopback
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server did not answer within 30 s")


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - optional

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def watched(browser, server):
    """Open pages with scripts on or off; collect every request's address and every page fault."""
    address, _ = server
    contexts, asked, faults = [], [], []

    def open_page(path: str, *, script: bool = True, **options):
        context = browser.new_context(java_script_enabled=script, locale="zh-CN", **options)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda message: faults.append(message.text) if message.type == "error" else None,
        )
        page.goto(address + path)
        return page

    open_page.asked, open_page.faults = asked, faults
    yield open_page
    for context in contexts:
        context.close()


def _only_ours(urls, address):
    return [url for url in urls if not url.startswith((address, "data:", "blob:", "about:"))]


@pytest.mark.parametrize(
    "path", ["/", "/nearest-station", "/s/S1", "/bus-near-me", "/docs", "/maps/worker.html",
             f"/planner?key={KEY}", "/posters/S1"]
)  # fmt: skip
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
    assert page.locator("ol.cards > li").count() == 3
    assert "江西路爱心妈妈小屋" in page.locator("ol.cards > li").first.inner_text()
    assert "lon=" not in page.url
    assert "?" not in page.url
    page.locator("details summary").first.click()
    page.check("input[name=open]", force=True)
    page.locator("form.filters button[type=submit]").click()
    assert page.locator("ol.cards > li").count() >= 1
    page.locator("ol.cards a[href*='/s/']").first.click()
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
    page.wait_for_selector("ol.cards")
    assert "600" in page.locator("ol.cards > li").first.inner_text()
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
