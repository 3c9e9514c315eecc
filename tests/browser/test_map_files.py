"""The map files, opened from disk in a real Chromium: they ask nobody, and nothing hostile runs."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from maps.bus.bus_page import bus_page
from maps.planner.planner_page import planner_page
from maps.worker.worker_page import worker_page

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
PAGES = ("planner", "worker", "bus")


def chromium() -> str | None:
    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if name and (path := shutil.which(name))), None)


pytestmark = pytest.mark.skipif(
    chromium() is None, reason="no Chromium: set CHROMIUM or install chromium / google-chrome"
)


def _toytown():
    path = Path(__file__).parents[1] / "maps" / "conftest.py"
    spec = importlib.util.spec_from_file_location("toytown", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("maps")
    toytown = _toytown()
    layers = toytown.toytown()
    layers["workers"] = layers["workers"].assign(bus_served=[1.0, 0.0, 0.5])
    made = {
        "planner": planner_page(layers, toytown.SUMMARY, sample=True),
        "worker": worker_page(layers, sample=True, to_gcj02=lambda lonlat: lonlat + 0.005),
        "bus": bus_page(layers, toytown.SUMMARY, sample=True),
    }
    for name, html in made.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser, files):
    contexts = []

    def opener(name: str, viewport=DESKTOP, **options):
        context = browser.new_context(viewport=viewport, **options)
        contexts.append(context)
        page = context.new_page()
        page.asked, page.faults = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.goto((files / f"{name}.html").as_uri())
        page.wait_for_selector("html[data-ready=yes]", state="attached")
        return page

    yield opener
    for context in contexts:
        context.close()


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("name", PAGES)
def test_a_map_opens_from_disk_and_asks_nobody(open_page, name, viewport):
    page = open_page(name, viewport)
    page.mouse.move(viewport["width"] / 2, viewport["height"] / 2)
    page.wait_for_timeout(300)
    assert [url for url in page.asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert page.faults == []


@pytest.mark.parametrize("name", PAGES)
def test_no_hostile_name_runs_and_none_makes_an_element(open_page, name):
    page = open_page(name)
    buttons = page.locator(".rows button:visible, .visits button:visible, .card h3 button")
    for number in range(buttons.count()):
        buttons.nth(number).click()
        page.wait_for_timeout(60)
    page.wait_for_timeout(700)
    assert page.evaluate("window.hacked") is None
    assert page.query_selector_all("img[src=x]") == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_runs_off_the_side_of_a_phone(open_page, name):
    page = open_page(name, PHONE, is_mobile=True, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("name", PAGES)
def test_the_sample_ribbon_is_in_sight(open_page, name):
    page = open_page(name)
    assert page.locator(".map-ribbon").inner_text() == "示例数据"
    assert page.locator(".map-ribbon").is_visible()


def test_the_ground_is_drawn(open_page):
    page = open_page("planner")
    colours = page.evaluate(
        """() => { const seen = new Set();
        document.querySelectorAll('.leaflet-tile-pane canvas').forEach((tile) => {
          const data = tile.getContext('2d').getImageData(0, 0, tile.width, tile.height).data;
          for (let i = 0; i < data.length; i += 4001 * 4) seen.add(data.slice(i, i + 4).join());
        }); return [...seen]; }"""
    )
    assert "247,244,236,255" in colours  # the land
    assert "0,0,0,0" in colours  # beyond it


def test_choosing_a_site_in_the_list_opens_it_on_the_map(open_page):
    page = open_page("planner")
    page.click("[data-site='1']")
    popup = page.wait_for_selector(".leaflet-popup h3")
    assert popup.inner_text().startswith("1. </script><script>")
    assert "1.4 公里" in page.locator(".leaflet-popup").inner_text()
    assert page.get_attribute("[data-site='1']", "aria-current") == "true"


def test_search_finds_a_station_and_goes_there(open_page):
    page = open_page("planner")
    page.fill("#search", "望山")
    page.press("#search", "Enter")
    page.wait_for_selector(".leaflet-popup h3")
    assert page.locator(".leaflet-popup h3").inner_text() == "望山职工之家"


def test_layers_can_be_put_away(open_page):
    page = open_page("planner")
    assert page.locator(".map-pin").count() == 2
    page.uncheck("[data-phase='2']")
    assert page.locator(".map-pin").count() == 1
    page.click("#tab-gaps")
    assert page.locator("[data-gap='1']").is_visible()
    page.uncheck("[data-cause='too_far']")
    assert not page.locator("[data-gap='1']").is_visible()


def test_gaps_are_narrowed_by_words_district_and_cause(open_page):
    page = open_page("planner")
    page.click("#tab-gaps")
    assert "1 个缺口，300 人" in page.locator("#gap-sum").inner_text()
    page.fill("#gap-text", "没有这个站")
    assert page.locator("[data-gap]").count() == 0
    page.fill("#gap-text", "")
    page.select_option("#gap-district", label="东区")
    assert page.locator("[data-gap]").count() == 0
    page.select_option("#gap-district", label="西区")
    page.select_option("#gap-cause", index=1)
    page.click("[data-gap='1']")
    assert "缺口 1" in page.wait_for_selector(".leaflet-popup h3").inner_text()
    assert page.get_attribute("[data-gap='1']", "aria-current") == "true"


def test_a_gap_answers_a_click_until_it_is_put_away(open_page):
    page = open_page("planner")
    page.evaluate("void map_planner.setView([36.03, 120.04], 13, {animate: false})")
    page.wait_for_timeout(200)
    middle = page.locator(".stage").bounding_box()
    at = (middle["x"] + middle["width"] / 2, middle["y"] + middle["height"] / 2)
    page.mouse.click(*at)
    assert "缺口 1" in page.wait_for_selector(".leaflet-popup h3").inner_text()
    page.keyboard.press("Escape")
    page.uncheck("[data-cause='too_far']")
    page.wait_for_timeout(400)
    page.mouse.click(*at)
    page.wait_for_timeout(300)
    assert page.locator(".leaflet-popup h3").count() == 0


def test_tabs_work_by_keyboard(open_page):
    page = open_page("planner")
    page.focus("#tab-sites")
    page.keyboard.press("ArrowRight")
    assert page.locator("#list-actions").is_visible()
    assert not page.locator("#list-sites").is_visible()
    page.keyboard.press("ArrowRight")
    assert page.locator("#list-gaps").is_visible()
    assert not page.locator("#list-actions").is_visible()


def test_the_tab_of_actions_puts_their_signs_on_the_map(open_page):
    page = open_page("planner")
    assert page.locator(".map-sign").count() == 0
    page.click("#tab-actions")
    assert page.locator(".map-sign").count() == 2
    assert page.locator("#list-actions .rows li").count() == 2
    page.click("#list-actions [data-measure='1']")
    page.wait_for_selector(".leaflet-popup-content h3")
    assert page.locator(".leaflet-popup-content h3").inner_text() == "延长到 22:00"
    assert page.locator("#try-site").is_hidden()
    page.click("#tab-sites")
    assert page.locator(".map-sign").count() == 0


def test_worker_density_follows_the_group_chosen(open_page):
    page = open_page("planner")
    page.check("#show-workers")
    total = """() => { const c = document.querySelector('canvas.map-density');
      const { data } = c.getContext('2d').getImageData(0, 0, c.width, c.height);
      return data.reduce((a, b) => a + b, 0); }"""
    every = page.evaluate(total)
    page.select_option("#group", label="网约送餐员 400")
    assert 0 < page.evaluate(total) < every


def test_the_slider_shows_one_day_at_a_time(open_page):
    page = open_page("bus")
    assert page.locator(".map-pin").count() == 2
    page.click("[data-step='1']")
    assert page.locator(".map-pin").count() == 1
    assert page.locator("#day-name").inner_text() == "11月27日 周五"
    assert page.locator(".day-block:visible h2").all_inner_texts() == ["11月27日 周五"]
    page.check("#all-days")
    assert page.locator(".map-pin").count() == 3


def test_the_nearest_station_comes_first_and_closed_ones_never(open_page):
    page = open_page("worker")
    page.fill("#place", "合心")
    page.press("#place", "Enter")
    names = page.locator(".card h3 button").all_inner_texts()
    assert names[0] == "合心驿站"
    assert "已关的驿站" not in names
    assert page.locator(".card .far").first.inner_text() == "0 米"
    assert page.locator(".card .state").first.inner_text() == "全天开放"


def test_a_position_given_by_the_device_is_used_and_sent_nowhere(open_page):
    page = open_page(
        "worker", geolocation={"longitude": 120.061, "latitude": 36.08}, permissions=["geolocation"]
    )
    page.click("#locate")
    page.wait_for_selector(".far")
    assert page.locator(".card h3 button").first.inner_text() == "望山职工之家"
    assert page.locator(".card .far").first.inner_text() == "90 米"
    assert [url for url in page.asked if not url.startswith(("file:", "data:", "blob:"))] == []


def test_a_denied_position_says_what_to_do_instead(open_page):
    page = open_page("worker")
    page.click("#locate")
    page.wait_for_function("document.getElementById('message').textContent.includes('地图')")


def test_filters_leave_only_stations_that_fit(open_page):
    page = open_page("worker")
    assert page.locator(".card").count() == 4
    page.click("[data-amenity]")
    assert page.locator(".card").count() == 3  # S1 names no amenities


@pytest.mark.parametrize(
    ("utc", "minute"),
    [("2026-11-23T00:30:00Z", 510), ("2026-11-22T16:00:00Z", 0), ("2026-11-22T15:59:00Z", 10079)],
)
def test_the_minute_of_the_week_is_qingdaos_wherever_the_device_is(open_page, utc, minute):
    page = open_page("worker", timezone_id="America/New_York")
    assert page.evaluate(f"yizhan.minuteOfWeek(new Date('{utc}'))") == minute


@pytest.mark.parametrize(
    ("week", "minute", "state"),
    [
        ([510, 1050], 509, (False, 510)),
        ([510, 1050], 510, (True, 1050)),
        ([510, 1050], 1050, (False, 510)),
        ([0, 10080], 3, (True, None)),
        ([], 3, (False, None)),
        ([0, 120, 9960, 10080], 10079, (True, 120)),  # open over Sunday midnight
    ],
)
def test_when_a_station_opens_and_closes_is_read_to_the_minute(open_page, week, minute, state):
    page = open_page("worker")
    found = page.evaluate(f"yizhan.stateAt({week}, {minute})")
    assert (found["open"], found["change"]) == state


def test_hand_over_links_carry_the_datum_each_app_reads(open_page):
    page = open_page("worker")
    page.fill("#place", "合心")
    page.press("#place", "Enter")
    links = page.locator(".card").first.locator(".apps a")
    urls = [links.nth(number).get_attribute("href") for number in range(links.count())]
    assert urls[0].startswith("https://uri.amap.com/navigation?to=120.035000,36.085000,")
    assert any(url.startswith("geo:36.080000,120.030000") for url in urls)


def contrast_script() -> str:
    return """() => {
      const light = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
      const parse = (s) => (s.match(/[\\d.]+/g) || []).map(Number);
      const ground = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.length === 3 || c[3] === 1) return c.slice(0, 3); } return parse(getComputedStyle(document.body).backgroundColor).slice(0, 3); };
      const bad = [];
      document.querySelectorAll('header *, .panel *, .controls *, .list *').forEach((e) => {
        const own = Array.from(e.childNodes).some((n) => n.nodeType === 3 && n.textContent.trim());
        if (!own || !e.offsetParent || e.closest('svg, .visually-hidden')) return;
        const a = light(parse(getComputedStyle(e).color).slice(0, 3)), b = light(ground(e));
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5) bad.push(e.className + ' ' + e.textContent.trim().slice(0, 20) + ' ' + ratio.toFixed(2));
      });
      return bad; }"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_text_reaches_wcag_aa_contrast(open_page, name, scheme):
    page = open_page(name, color_scheme=scheme)
    assert page.evaluate(contrast_script()) == []


@pytest.mark.parametrize("name", PAGES)
def test_every_control_has_a_name(open_page, name):
    page = open_page(name)
    nameless = page.evaluate(
        """() => Array.from(document.querySelectorAll('button, input, select, a[href]'))
        .filter((e) => e.offsetParent && !(e.textContent.trim() || e.ariaLabel || e.title
          || (e.labels && e.labels.length))).map((e) => e.outerHTML.slice(0, 80))"""
    )
    assert nameless == []
