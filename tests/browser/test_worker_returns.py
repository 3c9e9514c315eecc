"""A courier goes to a station and comes back: the answer is still there, the position nowhere."""

from __future__ import annotations

import pytest

PHONE = {"width": 390, "height": 844}
ANSWERS = "ol.cards > li"
LEAKS = "JSON.stringify([location.href, history.state, {...localStorage}, document.cookie])"


@pytest.fixture
def at_b(tiny):
    """Return the browser's options for a phone that stands at B."""
    lon, lat = tiny.place(1000, 0)
    return {
        "geolocation": {"longitude": lon, "latitude": lat},
        "permissions": ["geolocation"],
        "viewport": PHONE,
    }


@pytest.fixture
def found(watched, at_b):
    """Return the page after the one tap that finds the stations nearest to B."""
    page = watched("/nearest-station", **at_b)
    page.click("#locate")
    page.wait_for_selector(ANSWERS)
    return page


def _first(page) -> str:
    page.wait_for_selector(ANSWERS)
    return page.locator(ANSWERS).first.inner_text()


def test_back_from_a_station_shows_the_answer_again(found, watched):
    """The page of a posted form would say "Confirm Form Resubmission" here."""
    before = _first(found)
    found.locator("ol.cards a[href*='/s/']").first.click()
    found.wait_for_url("**/s/**")
    found.go_back()
    assert _first(found) == before
    assert watched.faults == []


def test_reload_shows_the_answer_again(found, watched):
    before = _first(found)
    found.reload()
    assert _first(found) == before
    assert watched.faults == []


def test_coming_back_from_another_page_shows_the_answer_again(found, server, watched):
    """A map app that opens in the same window, then Back: nothing is kept alive meanwhile."""
    before = _first(found)
    found.goto(server[0] + "/docs")
    found.goto("about:blank")
    found.go_back()
    found.go_back()
    assert _first(found) == before
    found.goto(server[0] + "/nearest-station")
    assert _first(found) == before
    assert watched.faults == []


def test_back_goes_from_answer_to_answer_and_to_the_empty_form(found):
    before = _first(found)
    found.locator("summary", has_text="换个地方").or_(found.locator("#q")).first.click()
    found.fill("#q", "江西路爱心妈妈小屋")
    found.press("#q", "Enter")
    found.wait_for_function(
        "(text) => !document.querySelector('#content').innerText.includes(text)", arg="您的位置"
    )
    assert _first(found) != before
    found.go_back()
    found.wait_for_selector("text=您的位置")
    assert _first(found) == before
    found.go_back()
    found.wait_for_selector(ANSWERS, state="detached")
    assert found.locator("#locate").is_visible()


def test_a_filter_survives_the_way_there_and_back(found):
    found.locator("input[name=mode][value=ebike]").check(force=True)
    found.wait_for_selector("a[href*='mode=ride']")
    found.locator("ol.cards a[href*='/s/']").first.click()
    found.wait_for_url("**/s/**")
    found.go_back()
    found.wait_for_selector(ANSWERS)
    assert found.locator("input[name=mode][value=ebike]").is_checked()


def test_no_address_carries_the_position_and_a_shared_link_opens_empty(
    found, watched, server, tiny, at_b
):
    lon, lat = tiny.place(1000, 0)
    found.reload()
    _first(found)
    ours = [url for url in watched.asked if url.startswith(server[0])]
    for number in (f"{lon:.3f}", f"{lat:.3f}"):
        assert not [url for url in ours if number in url]
        assert number not in found.evaluate(LEAKS)
        assert number not in server[1].read_text(encoding="utf-8")
    another = watched(found.url.removeprefix(server[0]), **at_b)
    another.wait_for_selector("#locate:not([hidden])")
    another.wait_for_timeout(300)
    assert another.locator(ANSWERS).count() == 0


def test_without_a_network_it_says_so_and_tries_again(found):
    found.context.set_offline(True)
    found.locator("input[name=mode][value=ebike]").check(force=True)
    found.wait_for_selector("#ask-failed")
    assert "网络不通" in found.locator("#ask-failed").inner_text()
    found.context.set_offline(False)
    found.locator("#ask-failed button").click()
    found.wait_for_selector("a[href*='mode=ride']")


def test_the_bus_page_keeps_its_answer_too(watched, at_b):
    page = watched("/bus-near-me", **at_b)
    page.click("#locate")
    page.wait_for_selector("text=您的位置")
    page.goto("about:blank")
    page.go_back()
    page.wait_for_selector("text=您的位置")
    page.reload()
    page.wait_for_selector("text=您的位置")
    assert watched.faults == []
