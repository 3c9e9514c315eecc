"""The seven journeys of a planner on the workbench as films: numbered pictures of every step.

    python tests/browser/workbench_film.py FOLDER --address http://127.0.0.1:8000 [--key KEY]

walks a served project (the sample, best) in a real Chromium from signing in to comparing plans, at
the widths of a desk, a small screen, a tablet and a phone, and writes FOLDER/WIDTH/J-NN-what.png.
It makes drafts and one new version of the candidates; with ``--publish`` it publishes a draft too.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from playwright.sync_api import TimeoutError as TooLate

SIZES = {1440: 900, 1024: 768, 820: 1180, 360: 740}
FLAGS = ["--no-sandbox", "--use-gl=swiftshader", "--enable-webgl", "--ignore-gpu-blocklist"]
PATIENCE_MS = 120_000
ROWS = "编号,名称,依托单位,费用,开放时间,经度,纬度\nX1,新候选点,银行,20000,8:30-17:30,{lon},{lat}\n"


class Film:
    """One walk at one size: pictures, numbered as the steps come."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page, self.folder, self.number = page, folder, 0
        folder.mkdir(parents=True, exist_ok=True)

    def take(self, journey: int, what: str) -> None:
        """Picture what is there once the map stands still."""
        self.number += 1
        with suppress(TooLate):
            self.page.wait_for_function(
                "() => !window.yizhanMap || yizhanMap.loaded()", timeout=20_000
            )
        self.page.wait_for_timeout(400)
        self.page.screenshot(path=self.folder / f"{journey}-{self.number:02d}-{what}.png")

    def press(self, selector: str) -> None:
        """Press what a planner would press; it must be in sight."""
        self.page.click(selector, timeout=PATIENCE_MS)

    def wait(self, selector: str) -> None:
        """Wait for what the step brings."""
        self.page.wait_for_selector(selector, timeout=PATIENCE_MS)

    def step(self, press: str, brings: str, journey: int, what: str) -> None:
        """Press, wait for what that brings, and picture it."""
        self.press(press)
        self.wait(brings)
        self.take(journey, what)

    def take_soon(self, journey: int, what: str) -> None:
        """Picture what is there once the figures have followed."""
        self.page.wait_for_timeout(1500)
        self.take(journey, what)


def sign_in(film: Film, address: str, key: str) -> None:
    """Journey 1: the key is asked for; plans are there, published and drafts."""
    film.page.goto(f"{address}/workbench", timeout=PATIENCE_MS)
    film.take(1, "asked-for-the-key")
    film.page.fill("input[type=password]", key)
    film.page.keyboard.press("Enter")
    film.wait("#map[data-ready]")
    film.wait("#new-draft")
    film.take(1, "plans")


def first_sight(film: Film) -> None:
    """Journey 7: coverage now and planned, the bound, not only building."""
    film.wait("#panel .big")
    film.wait("#hours .bars i")
    film.take(7, "first-sight")


def lists_in(film: Film, tmp: Path) -> None:
    """Journey 2: a list is dropped in, understood, accepted, gone back from."""
    page = film.page
    film.step("#tab-files", "#versions .plan-row", 2, "lists")
    at = page.evaluate("() => yizhanMap.getCenter()")
    file = tmp / "候选点.csv"
    file.write_text(ROWS.format(lon=at["lng"], lat=at["lat"]), encoding="utf-8")
    page.set_input_files("#file", file)
    film.wait("#accept")
    film.take(2, "read-not-yet-counted")


def draft(film: Film, name: str) -> None:
    """Journey 3: a draft, its rules, a site locked and one forbidden, undone."""
    page = film.page
    film.press("#tab-plans")
    film.press("#new-draft")
    film.take(3, "name-it")
    page.fill("#ask-name", name)
    page.fill("#ask-who", "王莉")
    page.keyboard.press("Enter")
    film.wait("#figures")
    film.take(3, "draft")
    film.step("#rules summary", "#rule-count", 3, "rules")
    page.fill("#rule-count", "25")
    film.press("#rules-form [type=submit]")
    film.wait("#changed")
    film.press("#rules summary")
    film.take(3, "twenty-five-sites")
    film.step("#sites tbody tr:first-child button", "#near-stations", 5, "a-site-and-its-story")
    film.step("#site-actions >> text=禁选", "#why-not", 3, "forbidden-and-why-not")
    film.step("#undo", "#redo:not([disabled])", 3, "undone")


def tried(film: Film) -> None:
    """Journey 4: a pin is put down and dragged; hours are proposed; another adds up."""
    page = film.page
    with suppress(TooLate):
        page.click("#card-close", timeout=2000)
    page.evaluate("() => yizhanMap.jumpTo({zoom: 13})")
    for part in (0.35, 0.6):
        film.press("#try")
        box = page.locator("#map").bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + part * box["width"], box["y"] + 0.45 * box["height"])
        film.wait("#tries-total")
        page.wait_for_timeout(800)
    film.take(4, "two-places-tried")
    pin = page.locator(".pin").last.bounding_box()
    assert pin is not None
    start = pin["x"] + pin["width"] / 2, pin["y"] + pin["height"] / 2
    page.mouse.move(*start)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(start[0] + 8 * step, start[1] + 3 * step)
    film.take(4, "dragged")
    page.mouse.up()
    page.wait_for_timeout(800)
    film.press("#card button[aria-label='全部去掉']")


def seen(film: Film) -> None:
    """Journey 5: ground in reach, the worst hour, a holiday, a group."""
    page = film.page
    page.evaluate("() => yizhanMap.jumpTo({zoom: 11})")
    page.check("[data-layer=wb-ground-now]", timeout=PATIENCE_MS)
    page.wait_for_function(
        "() => yizhanMap.getSource('wb-ground-now').getData().then(d => d.features.length)",
        timeout=PATIENCE_MS,
    )
    film.take(5, "ground-in-reach")
    film.press("#worst-hour")
    film.take_soon(5, "worst-hour")
    page.select_option("#week", index=5)
    film.take_soon(5, "holiday")
    page.select_option("#group", index=2)
    film.take_soon(5, "group")
    film.press("#all-hours")
    page.select_option("#week", index=0)
    page.select_option("#group", index=0)
    page.uncheck("[data-layer=wb-ground-now]")


def compared(film: Film) -> None:
    """Journey 6: the table of differences, the line across the map."""
    film.step("#tab-compare", "#comparison table", 6, "differences")
    film.step("#swipe-on", "#map[data-swiped=ground]", 6, "swipe")
    film.press("#tab-plans")
    film.wait("#new-draft")


def published(film: Film) -> None:
    """The draft is published, and told among what was."""
    film.press("[data-draft]")
    film.wait("#publish:not([disabled])")
    film.press("#publish")
    film.page.fill("#ask-why", "上会通过")
    film.take(3, "publish-asked")
    film.page.keyboard.press("Enter")
    film.page.wait_for_selector("#said >> text=发布：完成", timeout=600_000)
    film.take(3, "published")


def walk(film: Film, address: str, key: str, *, publish: bool) -> None:
    """Walk the journeys one after the other."""
    sign_in(film, address, key)
    first_sight(film)
    lists_in(film, film.folder)
    draft(film, "影片")
    tried(film)
    seen(film)
    compared(film)
    if publish:
        published(film)


def main() -> int:
    """Walk at every width asked for; return the number of faults of the page."""
    asked = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    asked.add_argument("folder", type=Path)
    asked.add_argument("--address", default="http://127.0.0.1:8000")
    asked.add_argument("--key", default=os.environ.get("YIZHAN_PLANNER_KEY", ""))
    asked.add_argument("--width", type=int, action="append", choices=SIZES)
    asked.add_argument("--dark", action="store_true")
    asked.add_argument("--publish", action="store_true")
    given = asked.parse_args()
    faults: list[str] = []
    chromium = os.environ.get("YIZHAN_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for width in given.width or SIZES:
            context = browser.new_context(
                viewport={"width": width, "height": SIZES[width]},
                locale="zh-CN",
                color_scheme="dark" if given.dark else "light",
                has_touch=width < 1000,
            )
            page = context.new_page()
            page.on("pageerror", lambda error: faults.append(str(error)))
            film = Film(page, given.folder / f"{width}{'-dark' if given.dark else ''}")
            walk(film, given.address, given.key, publish=given.publish)
            print(f"{width}: {film.number} pictures in {film.folder}")  # noqa: T201
            context.close()
        browser.close()
    for fault in faults:
        print(fault, file=sys.stderr)  # noqa: T201
    return len(faults)


if __name__ == "__main__":
    sys.exit(main())
