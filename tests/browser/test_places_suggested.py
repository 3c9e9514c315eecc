"""Places suggested while typing: by touch, by keyboard, and nothing of it in any address."""

from __future__ import annotations

import pytest

PHONE = {"width": 320, "height": 568}
OPTION = "#suggested [role=option]"


@pytest.fixture
def typing(watched):
    """Return the form's page on a small phone, 福州 typed and its suggestions shown."""
    page = watched("/nearest-station", viewport=PHONE, has_touch=True)
    page.locator("#q").press_sequentially("fuzhou", delay=10)
    page.wait_for_selector(OPTION)
    return page


def test_a_tap_on_a_suggestion_finds_the_stations_near_it(typing, watched):
    name = typing.locator(f"{OPTION} b").first.inner_text()
    typing.tap(f"{OPTION} >> nth=0")
    typing.wait_for_selector(".filters")
    assert name in typing.locator("h1.asked").inner_text()
    assert typing.locator(".best h2").count() == 1
    assert not any("fuzhou" in url or "lon" in url for url in [*watched.asked, typing.url])
    assert watched.faults == []


def test_what_they_are_is_told_in_the_pages_language_not_the_phones(watched):
    page = watched("/nearest-station", viewport=PHONE, locale="en-US")
    page.locator("#q").press_sequentially("fuzhou", delay=10)
    page.wait_for_selector(OPTION)
    assert {one.split(" · ")[0] for one in page.locator(f"{OPTION} small").all_inner_texts()} <= {
        "站点",
        "道路",
    }


def test_the_keyboard_goes_through_them_and_escape_closes(typing):
    field = typing.locator("#q")
    assert field.get_attribute("aria-expanded") == "true"
    field.press("ArrowUp")
    last = typing.locator(OPTION).last
    assert field.get_attribute("aria-activedescendant") == last.get_attribute("id")
    assert last.get_attribute("aria-selected") == "true"
    field.press("Escape")
    assert typing.locator("#suggested").is_hidden()
    assert field.get_attribute("aria-expanded") == "false"
    field.press_sequentially("lu")
    typing.wait_for_selector(OPTION)
    field.press("ArrowDown")
    name = typing.locator(f"{OPTION}[aria-selected=true] b").inner_text()
    field.press("Enter")
    typing.wait_for_selector(".filters")
    assert name in typing.locator("h1.asked").inner_text()


def test_suggestions_lie_within_a_small_phone_and_are_big_enough_to_touch(typing):
    assert typing.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for box in [one.bounding_box() for one in typing.locator(OPTION).all()]:
        assert box["height"] >= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]


def test_what_is_found_after_the_answer_came_by_another_way_is_not_shown(typing):
    """Enter at once asks the form's own question; no list stays over the answer."""
    typing.locator("#q").fill("S1")
    typing.keyboard.press("Enter")
    typing.wait_for_selector(".filters")
    typing.wait_for_timeout(400)
    assert typing.locator(OPTION).count() == 0
