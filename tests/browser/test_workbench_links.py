"""What a link restores, and what a plan's lists and filters show and hand out."""

from __future__ import annotations

import csv
import io

import pytest
from workbench_steps import KEY, READY, choose, new_draft, slide_to

from data.store.project import Project


@pytest.fixture
def colleague(browser, town):
    """Open a link as somebody else with the key."""
    contexts = []

    def follow(link):
        context = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
        contexts.append(context)
        context.add_cookies([{"name": "yizhan_planner", "value": KEY, "url": town[0]}])
        page = context.new_page()
        page.goto(link)
        page.wait_for_selector(READY)
        return page

    yield follow
    for context in contexts:
        context.close()


def exported(page, selector):
    """Rows of the sheet that a press on `selector` hands out."""
    with page.expect_download() as told:
        page.click(selector)
    content = told.value.path().read_bytes().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content)))


def test_a_link_restores_site_hour_filters_layers_and_map(desk, colleague):
    new_draft(desk, "分享")
    choose(desk, "C2")
    desk.wait_for_selector("#near-stations")
    desk.select_option("#group", "courier")
    slide_to(desk, 8)
    desk.check("[data-layer=wb-stations]")
    desk.uncheck("[data-layer=wb-gaps]")
    desk.wait_for_function("() => !yizhanMap.isMoving()")
    at = desk.evaluate("() => yizhanMap.getCenter()")
    page = colleague(desk.url)
    page.wait_for_selector("#near-stations")
    assert page.inner_text("#card h2") == desk.inner_text("#card h2")
    assert page.inner_text("#figures-shown") == desk.inner_text("#figures-shown")
    assert "周一 8:00" in page.inner_text("#hours output")
    assert page.input_value("#group") == "courier"
    assert page.is_checked("[data-layer=wb-stations]")
    assert not page.is_checked("[data-layer=wb-gaps]")
    there = page.evaluate("() => yizhanMap.getCenter()")
    assert abs(there["lng"] - at["lng"]) + abs(there["lat"] - at["lat"]) < 0.001


def test_a_link_restores_the_line_between_two_plans(desk, colleague):
    new_draft(desk, "拉线")
    desk.click("#tab-compare")
    desk.click("#swipe-on")
    desk.wait_for_selector("#map[data-swiped]", timeout=90_000)
    desk.focus("#swipe")
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("ArrowRight")
    page = colleague(desk.url)
    page.wait_for_selector("#map[data-swiped]", timeout=90_000)
    assert page.get_attribute("#swipe", "aria-valuenow") == "60"
    page.click("#tab-plans")
    page.wait_for_selector("#new-draft")
    assert "swipe" not in page.url


def test_a_candidate_left_out_is_told_from_a_press_on_the_map(desk, tiny):
    new_draft(desk, "为什么")
    lon, lat = tiny.place(1950, 600)
    desk.evaluate(f"() => yizhanMap.jumpTo({{center: [{lon}, {lat}], zoom: 15}})")
    desk.wait_for_function(
        "() => yizhanMap.loaded() && yizhanMap.queryRenderedFeatures("
        "{layers: ['wb-candidates']}).some(f => f.properties.id === 'C3')"
    )
    box = desk.locator("#map").bounding_box()
    desk.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    desk.wait_for_selector("#why-not")
    assert desk.inner_text("#card h2") == "宿舍旁"
    assert "+50 人" in desk.inner_text("#card .big")
    assert "若顶替“网点<b>旁</b>”：覆盖 −50 人" in desk.inner_text("#why-not")


def test_the_story_of_a_site_is_drawn(desk):
    """Two stations and who would take its place, each joined to it."""
    new_draft(desk, "画出来")
    choose(desk, "C2")
    desk.wait_for_selector("#near-stations")
    stations = desk.locator("#near-stations li").count()
    drawn = desk.evaluate(
        "() => yizhanMap.getSource('wb-story').getData().then(data =>"
        " data.features.map(f => [f.geometry.type, f.properties.station]))"
    )
    assert drawn.count(["Point", True]) == drawn.count(["LineString", True]) == stations > 0
    assert drawn.count(["Point", False]) == 1
    reach = "() => yizhanMap.getSource('wb-reach').getData().then(data => data.features.length)"
    desk.wait_for_function(f"() => ({reach})().then(parts => parts === 1)")
    desk.click("#card-close")
    desk.wait_for_function(f"() => ({reach})().then(parts => parts === 0)")


def test_sites_stand_in_the_order_of_cost_per_worker_and_lists_are_exported(desk):
    new_draft(desk, "导出各表")
    desk.fill("#rule-count", "2")
    desk.click("#rules-form [type=submit]")
    desk.wait_for_selector("#sites tr[data-id=C3]")
    each = [float(t) for t in desk.locator("#sites td:nth-child(3)").all_inner_texts()]
    assert each == sorted(each) == [200, 400]
    heads, *rows = exported(desk, "#export")
    assert [row[heads.index("编号")] for row in rows] == ["C2", "C3"]
    desk.click("#sites thead >> text=元/人")
    heads, *rows = exported(desk, "#export")
    assert [row[heads.index("编号")] for row in rows] == ["C3", "C2"]
    desk.click("#by-group summary")
    heads, *rows = exported(desk, "#by-group .export")
    assert heads == ["各群体", "人数", "现在", "方案"]
    assert ["快递员", "100", "0.0%", "100.0%"] in rows
    desk.select_option("#group", "courier")
    _, *rows = exported(desk, "#by-group .export")
    assert len(rows) == 1
    desk.click("#tab-compare")
    desk.wait_for_selector("#comparison table")
    heads, *rows = exported(desk, "#comparison .export >> nth=0")
    assert heads == ["指标", "甲", "乙", "差"]
    assert rows[0][:1] == ["覆盖人数"]


def test_a_fresh_project_asks_nothing_that_is_not_there(browser, serving, tmp_path):

    project = Project.create(tmp_path / "fresh", "新城")
    with serving(project, tmp_path, empty=True) as (address, _):
        context = browser.new_context(locale="zh-CN")
        context.add_cookies([{"name": "yizhan_planner", "value": KEY, "url": address}])
        page = context.new_page()
        refused = []
        page.on("response", lambda told: refused.append(told.url) if told.status >= 400 else None)
        page.goto(f"{address}/workbench")
        page.wait_for_selector("#new-draft")
        page.click("#tab-files")
        page.wait_for_selector("#drop")
        page.wait_for_load_state("networkidle")
        assert refused == []
        context.close()
