"""Two campaigns planned together in a real browser: chosen, compared, published, on the tiny city."""

from __future__ import annotations

import pytest
from bus_town import send_bus_to, stop_row

KEY = "browser-planner-key-0123456789"


@pytest.fixture(scope="module")
def town(tiny, tmp_path_factory, serving):
    """A city whose bus has never been planned."""
    folder = tmp_path_factory.mktemp("together")
    project = tiny.make_project(folder / "tiny")
    project.write("workers", project.read("workers").assign(women_35_59=40))
    stops = [stop_row("A", tiny.place(900, 0)), stop_row("B", tiny.place(1100, 0))]
    send_bus_to(project, stops, tiny.place(0, 0))
    with serving(project, folder) as (address, _):
        yield address


def test_two_campaigns_are_planned_together_and_published_from_the_board(browser, town):
    context = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": "yizhan_planner", "value": KEY, "url": town}])
    page = context.new_page()
    page.goto(f"{town}/bus/board")
    page.wait_for_selector("#said.bad")
    assert "排活动" in page.locator("#said").inner_text(), "it says where the first plan is made"
    page.click("#plan-campaigns")
    assert page.get_by_role("button", name="开始排").is_disabled()
    page.check("input[name=checkup]")
    page.check("input[name=screening]")
    page.get_by_label("免费体检至少车日").fill("1")
    page.get_by_label("车辆数").fill("1")
    page.get_by_label("工作日数").fill("2")
    page.get_by_role("button", name="开始排").click()
    page.wait_for_selector("dialog .figures", timeout=120_000)
    rows = page.locator("dialog .figures tbody tr").all_inner_texts()
    assert [row.split("\t")[0] for row in rows] == ["免费体检", "两癌筛查", "合计"]
    assert rows[-1].split("\t")[1:4] == ["21", "21", "21"], "together, bound, one after another"
    assert "不用打电话" in page.locator("dialog").inner_text()
    page.reload()
    page.click("#plan-campaigns")
    page.get_by_role("button", name="看上次一起排的草案").click()
    assert page.locator("dialog .figures tbody tr").count() == 3, (
        "a page that was closed loses none"
    )
    page.get_by_role("button", name="一起发布").click()
    page.wait_for_selector(".card", timeout=120_000)
    assert page.locator("#campaigns button").all_inner_texts() == ["免费体检", "两癌筛查"]
    assert page.locator(".cell .held").count() == 1, (
        "the screening's hours, on the check-ups' board"
    )
    context.close()


def test_what_cannot_be_planned_is_told_beside_the_form(browser, town):
    context = browser.new_context(locale="zh-CN", viewport={"width": 820, "height": 1180})
    context.add_cookies([{"name": "yizhan_planner", "value": KEY, "url": town}])
    page = context.new_page()
    page.goto(f"{town}/bus/board")
    page.click("#plan-campaigns")
    page.check("input[name=checkup]")
    page.check("input[name=screening]")
    page.get_by_label("免费体检至少车日").fill("9")
    page.get_by_label("车辆数").fill("1")
    page.get_by_role("button", name="开始排").click()
    page.wait_for_selector("dialog .bad", timeout=120_000)
    assert "车日" in page.locator("dialog .bad").inner_text()
    assert page.get_by_role("button", name="开始排").is_enabled()
    context.close()
