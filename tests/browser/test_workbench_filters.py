"""What is looked at: a group, a district, an hour of an ordinary week or of one with holidays."""

from __future__ import annotations

import csv
import io

from workbench_steps import new_draft, slide_to

LEFT = "() => yizhanMap.queryRenderedFeatures({layers: ['wb-demand-left']}).map(f => f.properties)"
THURSDAY_NOON = 3 * 24 + 12


def drawn_left(page, workers):
    """Wait until the bubbles of those without a station add up to `workers`."""
    page.wait_for_function(
        f"workers => ({LEFT})().reduce((sum, one) => sum + one.left, 0) === workers",
        arg=workers,
        timeout=60_000,
    )


def test_a_group_is_a_filter_of_figures_lists_hours_and_map(desk):
    new_draft(desk, "看群体")
    desk.check("[data-layer=wb-demand]")
    drawn_left(desk, 50)  # the domestic workers; the couriers have C2
    desk.select_option("#group", "courier")
    drawn_left(desk, 0)
    assert "快递员：0.0% → 100.0%" in desk.inner_text("#figures-shown")
    assert desk.locator("#sites tbody tr").count() == 1
    desk.select_option("#group", "domestic_worker")
    drawn_left(desk, 50)
    assert desk.locator("#sites tbody tr").count() == 0  # C2 adds none of them
    points = desk.evaluate("() => yizhanMap.getSource('wb-plan').getData()")
    assert points["features"] == []
    gaps = desk.evaluate("() => JSON.stringify(yizhanMap.getFilter('wb-gaps'))")
    assert "workers_of_domestic_worker" in gaps
    slide_to(desk, 3 * 24 + 20)  # both are there at 20:00
    desk.wait_for_selector("#hours output >> text=在岗 50")
    desk.select_option("#group", "")
    desk.wait_for_selector("#hours output >> text=在岗 150")


def test_holidays_of_the_year_are_looked_at_hour_by_hour(desk):
    """C2 keeps a bank's hours: on a holiday it serves nobody, and the map says so."""
    new_draft(desk, "看国庆")
    desk.check("[data-layer=wb-demand]")
    drawn_left(desk, 50)
    slide_to(desk, THURSDAY_NOON)  # the couriers alone are there
    drawn_left(desk, 0)
    desk.wait_for_selector("#week option[value='2026-09-28']", state="attached")
    words = desk.inner_text("#week option[value='2026-09-28']")
    assert words == "国庆节 10/1–10/4 放假"
    desk.select_option("#week", "2026-09-28")
    desk.wait_for_selector("#hours output >> text=周四 10/1 12:00")
    desk.wait_for_selector("#hours output >> text=→ 0.0%")
    drawn_left(desk, 100)
    assert "week=2026-09-28" in desk.url
    desk.select_option("#week", "ordinary")
    desk.wait_for_selector("#hours output >> text=→ 100.0%")
    drawn_left(desk, 0)


def test_the_list_is_exported_as_shown(desk):
    new_draft(desk, "导出")
    desk.select_option("#group", "courier")
    desk.wait_for_selector("#sites summary >> text=快递员")
    with desk.expect_download() as told:
        desk.click("#export")
    content = told.value.path().read_bytes().decode("utf-8-sig")
    heads, *rows = list(csv.reader(io.StringIO(content)))
    (row,) = [dict(zip(heads, one, strict=True)) for one in rows]
    assert row["编号"] == "C2"
    assert float(row["新增覆盖人数（快递员）"]) == 100
    assert float(row["每新增1人费用（元）（快递员）"]) == 200


def test_on_a_phone_the_page_scrolls_and_nothing_is_cut(desk):
    desk.set_viewport_size({"width": 360, "height": 740})
    desk.wait_for_selector("#key:not([open])")
    new_draft(desk, "手机")
    assert desk.evaluate("() => document.documentElement.scrollWidth") == 360
    assert desk.evaluate("() => document.querySelector('#panel').clientHeight") > 500
    right = desk.evaluate(
        "() => document.querySelector('#all-hours').getBoundingClientRect().right"
    )
    assert right <= 360
    desk.click("#sites tr[data-id=C2] button")
    desk.wait_for_selector("#site-actions")
    top = desk.evaluate("() => document.querySelector('#card').getBoundingClientRect().top")
    assert 0 <= top < 740


def test_a_district_that_is_chosen_is_flown_to(desk, tiny):
    new_draft(desk, "看区市")
    lon, lat = tiny.place(1000, 0)
    desk.evaluate(f"() => yizhanMap.jumpTo({{center: [{lon - 1}, {lat}], zoom: 12}})")
    desk.select_option("#district", index=1)
    desk.wait_for_function(f"() => yizhanMap.getBounds().contains([{lon}, {lat}])")
    assert "district=" in desk.url
