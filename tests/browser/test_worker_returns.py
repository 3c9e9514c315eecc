"""A courier goes to a station and comes back: the answer is still there, the position nowhere."""

from __future__ import annotations

import pytest

PHONE = {"width": 390, "height": 844}
ANSWERS = ".best, ol.cards > li"
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
    found.locator(".best h2 a, ol.cards h3 a").first.click()
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
    found.locator(".filters input[value=ebike]").check(force=True)
    found.wait_for_selector("a[href*='mode=ride']")
    found.locator(".best h2 a, ol.cards h3 a").first.click()
    found.wait_for_url("**/s/**")
    found.go_back()
    found.wait_for_selector(ANSWERS)
    assert found.locator(".filters input[value=ebike]").is_checked()


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


def test_the_answer_follows_a_switch_of_language(found):
    found.locator("footer a[href='?lang=en']").click()
    found.wait_for_selector("text=your position")
    assert "您的位置" not in found.locator("h1").inner_text()
    assert found.locator(".best").is_visible()


def test_without_a_network_it_says_so_and_tries_again(found):
    found.context.set_offline(True)
    found.locator(".filters input[value=ebike]").check(force=True)
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


WECHAT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/116 MicroMessenger/8.0.49"
ANDROID = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/116 Mobile"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile"


def _apps(page) -> list[str]:
    box = page.locator("[data-apps]").first
    return box.locator("a[data-app]").evaluate_all("links => links.map(one => one.dataset.app)")


@pytest.mark.parametrize(
    ("agent", "apps"),
    [
        (WECHAT, ["tencent", "baidu", "amap"]),
        (ANDROID, ["amap", "baidu", "tencent", "geo"]),
        (IPHONE, ["amap", "baidu", "tencent", "apple"]),
    ],
    ids=["wechat", "android", "iphone"],
)
def test_only_map_apps_that_the_phone_opens_are_offered(watched, agent, apps):
    assert _apps(watched("/s/S1", user_agent=agent)) == apps


def test_the_map_app_and_the_way_to_go_are_remembered_and_no_position(found, server):
    found.locator(".filters input[value=ebike]").check(force=True)
    found.wait_for_selector("a[href*='mode=ride']")
    found.evaluate("document.addEventListener('click', (event) => event.preventDefault())")
    found.locator(".best summary", has_text="用别的地图").click()
    found.evaluate("document.querySelector('.best a[data-app=baidu]').click()")
    found.goto(server[0] + "/s/S1")
    assert _apps(found)[0] == "baidu"
    found.evaluate("sessionStorage.clear()")
    found.goto(server[0] + "/nearest-station")
    assert found.locator("#ask input[name=mode][value=ebike]").is_checked()
    kept = found.evaluate("({...localStorage})")
    assert kept == {"mode": "ebike", "map-app": "baidu"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_first_screen_of_a_small_phone_holds_what_a_courier_needs(watched, at_b, scheme):
    """Name, minutes, until when, what it has and the button, at 320 x 568 without scrolling."""
    page = watched(
        "/nearest-station",
        **{**at_b, "viewport": {"width": 320, "height": 568}, "color_scheme": scheme},
    )
    page.click("#locate")
    page.wait_for_selector(".best")
    for part in ("h2", ".reach b", ".state", ".amenities", "a.primary"):
        box = page.locator(f".best {part}").bounding_box()
        assert box["y"] >= 0, part
        assert box["y"] + box["height"] <= 568, part
    assert not page.locator("#ask").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
