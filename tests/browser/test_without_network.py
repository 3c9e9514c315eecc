"""The network is gone: the page still opens, with the stations the phone keeps, and says so."""

from __future__ import annotations

import pytest
from browser_waits import until

PHONE = {"width": 360, "height": 740}
KEPT = """async () => {
  const told = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      told.push(request.url + " " + await (await cache.match(request)).text());
    }
  }
  const bases = indexedDB.databases ? (await indexedDB.databases()).map((one) => one.name) : [];
  return JSON.stringify([told, bases, {...localStorage}, document.cookie]);
}"""


@pytest.fixture
def at_b(tiny):
    lon, lat = tiny.place(1030, 7)
    return {
        "geolocation": {"longitude": lon, "latitude": lat},
        "permissions": ["geolocation"],
        "viewport": PHONE,
    }


@pytest.fixture(params=["zh-CN", "en-US"])
def gone(watched, at_b, request):
    """Return a page that asked once with a network, which is then gone.

    Many phones here are set to English; the page is Chinese all the same until it is switched.
    """
    page = watched("/nearest-station", locale=request.param, **at_b)
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    until(
        page,
        "async () => (await caches.match('/offline/stations.json')) && navigator.serviceWorker.controller",
    )
    page.click("#locate")
    page.wait_for_selector(".best")
    page.context.set_offline(True)
    return page


def test_the_page_opens_without_a_network_and_says_how_old_its_stations_are(gone):
    gone.goto(gone.url)
    gone.wait_for_selector("#kept .best")
    told = gone.locator("#content").inner_text()
    assert "没有网络" in told
    assert "手机里存的是 20" in told
    assert "直线 630 米" in told
    assert "福州路驿站" in gone.locator("#kept .best h2").inner_text()
    assert "uri.amap.com" in gone.locator("#kept .best a.primary").get_attribute("href")


def test_a_question_that_cannot_be_sent_leads_to_what_is_kept(gone):
    gone.click("details.again summary")
    gone.fill("#q", "江西路")
    gone.press("#q", "Enter")
    gone.click("#ask-failed a")
    gone.wait_for_selector("#kept li")
    gone.fill("#q", "S3")
    gone.press("#q", "Enter")
    gone.wait_for_function(
        "document.querySelector('#offline-message').textContent.includes('福州路 20 号')"
    )


def test_once_the_network_is_back_it_leads_back(gone):
    gone.goto(gone.url)
    gone.wait_for_selector("#kept .best")
    assert gone.locator("#back").is_hidden()
    gone.context.set_offline(False)
    gone.wait_for_selector("#back", state="visible")
    gone.click("#back")
    gone.wait_for_selector("form.filters, form#ask")


def test_no_position_is_kept_anywhere(gone, tiny):
    lon, lat = tiny.place(1030, 7)
    kept = gone.evaluate(KEPT)
    assert "offline" in kept
    for number in (lon, lat):
        assert f"{number:.4f}" not in kept
    assert "您的位置" not in kept.split("stations.json")[-1]
