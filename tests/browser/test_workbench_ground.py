"""The workbench's map in a real browser: MapLibre with its worker, under our own policy."""

from __future__ import annotations

from urllib.parse import urlsplit

KEY = "browser-planner-key-0123456789"


def test_the_map_is_drawn_and_no_other_host_is_asked(watched, server):
    address, _ = server
    page = watched("/sign-in")
    page.context.add_cookies([{"name": "yizhan_planner", "value": KEY, "url": address}])
    page.goto(f"{address}/workbench")
    page.wait_for_selector("#map canvas")
    for _ in range(300):
        if page.evaluate("() => Boolean(window.yizhanMap && window.yizhanMap.loaded())"):
            break
        page.wait_for_timeout(100)
    drawn = page.evaluate("() => window.yizhanMap.queryRenderedFeatures({layers: ['land']}).length")
    assert drawn >= 1  # a piece of it in each tile in sight
    assert watched.faults == []
    hosts = {urlsplit(asked).netloc for asked in watched.asked if not asked.startswith("blob:")}
    assert hosts == {urlsplit(address).netloc}
    assert any("maplibre-gl-worker.mjs" in asked for asked in watched.asked)
