"""What the maps draw, measured in pixels: every mark's middle lies on its place, density shows."""

from __future__ import annotations

import base64
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")


def _module(path: Path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FILES = _module(Path(__file__).with_name("test_map_files.py"))

pytestmark = pytest.mark.skipif(
    FILES.chromium() is None, reason="no Chromium: set CHROMIUM or install chromium / google-chrome"
)

VIEWPORTS = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2},
}
ZOOMS = (9, 11, 15)
HALF = 40
"""Half the side of the square that is compared around a mark, CSS pixels."""
TOLERANCE_PX = 1.0
SITE = "http://yizhan.test/"

# Takes every mark off the map; `only` puts one alone back, at a place that is no whole pixel.
ALONE = """(name) => {
  const map = window['map_' + name];
  document.querySelectorAll('input[type=checkbox]').forEach((box) => {
    if (!box.checked && box.closest('.legend, .key')) box.click();
  });
  const kinds = new Map();
  map.eachLayer((layer) => {
    if (layer.getLatLng && !(layer instanceof L.Popup) && !(layer instanceof L.Tooltip)) kinds.set(layer, 0);
  });
  const marks = Array.from(kinds.keys());
  map.eachLayer((layer) => { if (layer instanceof L.Polyline || layer instanceof L.GridLayer) map.removeLayer(layer); }); /* they would hide some, or fade in between */
  const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const painted = async () => { await frame(); await frame(); };
  /* Names of districts stay, or the page would miss them, but unseen: they lie above the rest. */
  const isName = (mark) => mark instanceof L.Marker && /place/.test(mark.options.icon.options.html.className);
  const clear = () => {
    map.closePopup();
    marks.forEach((mark) => (isName(mark) ? (mark.getElement().style.visibility = 'hidden') : map.removeLayer(mark)));
  };
  window.marks = {
    kinds: marks.map((mark) => (mark instanceof L.Marker
      ? mark.getElement().className.replace(/leaflet-\\S+/g, '') + ' ' + (mark.getElement().firstElementChild || {className: ''}).className
      : (mark.options.shape || 'circle') + ' on canvas').trim()),
    only: (n, zoom) => {
      const at = map.project(marks[n].getLatLng(), zoom).add([31.4, -17.6]);
      map.setView(map.unproject(at, zoom), zoom, { animate: false });
      clear();
      map.addLayer(marks[n]);
      /* Faint on streets, a mark's edge is anybody's guess. */
      if (marks[n].setStyle) marks[n].setStyle({ fillColor: '#f0f', fillOpacity: 1, opacity: 1 });
      return painted();
    },
    at: (n) => {
      const box = map.getContainer().getBoundingClientRect();
      const point = map.latLngToContainerPoint(marks[n].getLatLng());
      return [box.left + point.x, box.top + point.y];
    },
    rect: (n) => {
      marks[n].getElement().style.display = '';
      const box = marks[n].getElement().firstElementChild.getBoundingClientRect();
      return [box.left + box.width / 2, box.top + box.height / 2];
    },
    none: () => { clear(); return painted(); },
  };
  return window.marks.kinds;
}"""

# The middle of the pixels in which two pictures differ: of their box, and of their area.
COMPARE = """async ([one, other]) => {
  const pixels = async (source) => {
    const image = new Image();
    image.src = 'data:image/png;base64,' + source;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, image.width, image.height);
  };
  const [a, b] = [await pixels(one), await pixels(other)];
  let [left, top, right, bottom, n, sumX, sumY] = [Infinity, Infinity, -1, -1, 0, 0, 0];
  for (let i = 0; i < a.data.length; i += 4) {
    const change = Math.abs(a.data[i] - b.data[i]) + Math.abs(a.data[i + 1] - b.data[i + 1]) + Math.abs(a.data[i + 2] - b.data[i + 2]);
    if (change < 60) continue;
    const [x, y] = [(i / 4) % a.width + 0.5, Math.floor(i / 4 / a.width) + 0.5];
    left = Math.min(left, x); right = Math.max(right, x); top = Math.min(top, y); bottom = Math.max(bottom, y);
    n += 1; sumX += x; sumY += y;
  }
  return { n, width: a.width, box: [(left + right) / 2, (top + bottom) / 2], area: [sumX / n, sumY / n] };
}"""


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    toytown = FILES._toytown()
    layers = toytown.toytown()
    layers["workers"] = layers["workers"].assign(bus_served=[1.0, 0.0, 0.5])
    return {
        "planner": FILES.planner_page(layers, toytown.SUMMARY, sample=True),
        "worker": FILES.worker_page(layers, sample=True, to_gcj02=lambda lonlat: lonlat + 0.005),
        "bus": FILES.bus_page(layers, toytown.SUMMARY, sample=True),
    }


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(
            executable_path=FILES.chromium(),
            args=["--no-sandbox", "--disable-gpu", "--disable-quic"],
        )
        yield opened
        opened.close()


@pytest.fixture
def opened(browser, pages):
    contexts = []

    def opener(name: str, size: str):
        context = browser.new_context(**VIEWPORTS[size])
        contexts.append(context)
        page = context.new_page()
        # Over http the planner's page also offers to try a site; asking the service just fails.
        page.route(SITE + "**", lambda route: route.fulfill(status=500, body="{}"))
        page.route(
            f"{SITE}{name}",
            lambda route: route.fulfill(body=pages[name], content_type="text/html; charset=utf-8"),
        )
        page.goto(SITE + name)
        page.wait_for_selector("html[data-ready=yes]", state="attached")
        return page

    yield opener
    for context in contexts:
        context.close()


def _picture(page, middle) -> str:
    clip = {"x": round(middle[0]) - HALF, "y": round(middle[1]) - HALF, "width": 2 * HALF}
    return base64.b64encode(page.screenshot(clip={**clip, "height": 2 * HALF})).decode()


def _put_movable_marks(page, name: str) -> None:
    """Put what a reader puts on the map: a tried site, a chosen place."""
    stage = page.locator(".stage").bounding_box()
    middle = stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] * 0.55
    if name == "planner":
        page.click("#try-site")
        page.mouse.click(*middle)
        page.wait_for_selector("[title='这里试建一处'], .leaflet-popup")
    if name == "worker":
        page.mouse.click(*middle)
        page.wait_for_selector(".far")


def _off(page, number: int, kind: str, zoom: float) -> tuple[float, float]:
    """Return how far the drawn middle of a mark lies from its coordinate, CSS pixels."""
    page.evaluate("([n, zoom]) => marks.only(n, zoom)", [number, zoom])
    expected = page.evaluate("(n) => marks.at(n)", number)
    if "place" in kind:  # bare letters: their ink is not even about the middle of the line
        drawn = page.evaluate("(n) => marks.rect(n)", number)
        return drawn[0] - expected[0], drawn[1] - expected[1]
    shown = _picture(page, expected)
    page.evaluate("marks.none()")
    found = page.evaluate(COMPARE, [shown, _picture(page, expected)])
    assert found["n"] > 2, f"{kind} is not painted at zoom {zoom}"
    per_px = found["width"] / (2 * HALF)
    middle = found["area" if "canvas" in kind else "box"]
    return tuple(
        middle[axis] / per_px + round(expected[axis]) - HALF - expected[axis] for axis in (0, 1)
    )


@pytest.mark.parametrize("size", VIEWPORTS)
@pytest.mark.parametrize(
    ("name", "kinds"), [("planner", 8), ("bus", 3), ("worker", 3)], ids=["planner", "bus", "worker"]
)
def test_the_middle_of_every_mark_lies_on_its_coordinate(opened, name, kinds, size):
    """Each mark alone, with and without, at three zooms: what changed is centred on its place."""
    page = opened(name, size)
    _put_movable_marks(page, name)
    if name == "planner":
        page.evaluate("document.querySelector('.legend').open = true")
        page.check("#show-workers")
        page.check("input[value=circles]")
        page.evaluate("void map_planner.setView([36.05, 120.1], 15, {animate: false})")
    if name == "bus":
        page.check("#all-days")
    found = page.evaluate(ALONE, name)
    page.evaluate("document.querySelectorAll('.legend').forEach((key) => { key.open = false; })")
    assert len(set(found)) >= kinds, sorted(set(found))
    off = {
        (kind, number, zoom): _off(page, number, kind, zoom)
        for number, kind in enumerate(found)
        if found.index(kind) == number
        for zoom in ZOOMS
    }
    astray = {key: by for key, by in off.items() if max(map(abs, by)) > TOLERANCE_PX}
    assert astray == {}


@pytest.mark.parametrize("size", VIEWPORTS)
def test_the_density_of_workers_is_painted_over_the_whole_map(opened, size):
    """The default style of 职工聚集: its canvas is as large as the map, and pixels change."""
    page = opened("planner", size)
    page.evaluate("document.querySelector('.legend').open = true")
    stage = page.locator(".folium-map").bounding_box()
    before = base64.b64encode(page.screenshot(clip=stage)).decode()
    page.check("#show-workers")
    page.wait_for_timeout(200)
    found = page.evaluate(COMPARE, [before, base64.b64encode(page.screenshot(clip=stage)).decode()])
    assert found["n"] > 2000
    drawn = page.locator("canvas.map-density").bounding_box()
    assert (drawn["width"], drawn["height"]) == pytest.approx(
        (stage["width"], stage["height"]), abs=1
    )


@pytest.mark.parametrize("name", ["planner", "bus", "worker"])
def test_only_the_maps_own_rules_reach_what_is_drawn_on_a_map(opened, name):
    """No rule of a page's lists and charts may fit a mark or a canvas of the map by accident."""
    page = opened(name, "desktop")
    _put_movable_marks(page, name)
    if name == "planner":
        page.evaluate("document.querySelectorAll('[data-measures]').forEach((box) => box.click())")
        page.check("#show-workers")
    strange = page.evaluate(
        """() => {
          const panes = Array.from(document.querySelectorAll('.leaflet-map-pane > *'))
            .filter((pane) => !/popup|tooltip/.test(pane.className));
          const drawn = panes.flatMap((pane) => Array.from(pane.querySelectorAll('*')));
          const rules = Array.from(document.styleSheets).flatMap((sheet) => Array.from(sheet.cssRules));
          const own = (part) => /\\.(leaflet|map)-/.test(part) || !part.includes('.');
          return rules.filter((rule) => rule.selectorText)
            .flatMap((rule) => rule.selectorText.split(','))
            .filter((part) => !own(part) && drawn.some((element) => element.matches(part.replace(/::[a-z-]+|:hover|:focus(-visible)?/g, ''))));
        }"""
    )
    assert strange == []
