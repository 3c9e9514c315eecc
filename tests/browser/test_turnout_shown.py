"""What crews recorded: its turn-out with the range stands on the bus page and in the next plan."""

from __future__ import annotations

from datetime import datetime, time

import pytest
from bus_town import send_bus_to, stop_row

from api.analysis.bus_plans.recorded_visits import record_visit
from api.analysis.main_job import run_main_job
from api.bus.published_campaigns import published_version
from geo.hours import SHANGHAI
from geo.study.rules import BusRules, StudyRules

KEY = "browser-planner-key-0123456789"
RULES = StudyRules(bus=BusRules(buses=1, days=1))


@pytest.fixture
def recorded(tiny, tmp_path, serving):
    """One visit near 100 workers of whom 15 were expected; 30 came."""
    project = tiny.make_project(tmp_path / "tiny")
    send_bus_to(project, [stop_row("A", tiny.place(900, 0), "<i>东</i>广场")], tiny.place(0, 0))
    run_main_job(project, RULES, parts=("bus",))
    ((bus_day, _),) = published_version(project).plan.visits
    evening = datetime.combine(bus_day.day, time(21), SHANGHAI)
    record_visit(project, "bus-1", bus_day.day, "A", 30, now=evening)
    with serving(project, tmp_path) as (address, _):
        yield project, address


def test_the_table_shows_each_part_with_its_range_and_the_next_plan_uses_it(browser, recorded):
    project, address = recorded
    context = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": "yizhan_planner", "value": KEY, "url": address}])
    page = context.new_page()
    page.goto(f"{address}/bus")
    page.locator("#replan > summary").click()
    page.locator("[data-parts] > summary").click()
    table = page.locator("[data-parts] table")
    heads = table.locator("thead th").all_inner_texts()
    assert heads[1:] == ["参检率", "范围", "登记次数 / 实到人数"]
    rows = [row.split("\t") for row in table.locator("tbody tr").all_inner_texts()]
    stop = next(row for row in rows if row[0] == "<i>东</i>广场")
    low, high = (float(one.rstrip("%")) for one in stop[2].split("–"))
    assert low < float(stop[1].rstrip("%")) < high
    assert float(stop[1].rstrip("%")) > 15, "twice as many came as were expected"
    assert stop[3] == "1 / 30"
    context.close()
    before = published_version(project).campaign.rules.turnout.expected
    summary = run_main_job(project, RULES, parts=("bus",))
    assert published_version(project).campaign.rules.turnout.expected > before
    assert summary.bus.learned


def test_whom_to_phone_stays_once_the_replan_is_published(browser, recorded):
    """The stop falls out: five clicks, and the number to dial is there until staff have done with it."""
    _, address = recorded
    context = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": "yizhan_planner", "value": KEY, "url": address}])
    page = context.new_page()
    page.goto(f"{address}/bus")
    page.get_by_text("<i>东</i>广场").first.click()
    page.locator(".cancel-stop").first.click()
    page.locator("#replan [data-try]").click()
    page.locator("#replan [data-result] .go").click()
    page.wait_for_selector("#replan [data-result] .published")
    dial = page.locator("#replan [data-result] a[href^='tel:']")
    assert dial.count() == 1
    assert "13900001111" in dial.inner_text()
    page.locator("#replan [data-result] .go").click()
    page.wait_for_function("() => !document.querySelector('#replan [data-result] .published')")
    context.close()
