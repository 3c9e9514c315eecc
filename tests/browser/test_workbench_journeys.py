"""A planner's journeys on the workbench, in a real browser on the tiny city.

Within 300 s nobody reaches a station; candidate C2 stands by 100 couriers, C3 by 50 domestic
workers, C1 half-way reaches nobody.
"""

from __future__ import annotations

from workbench_steps import KEY, READY, choose, new_draft, slide_to


def test_rules_are_asked_by_their_own_names_and_a_group_is_favoured(desk):
    """The form is the rule classes': titles and words, not keys; what is filled in is kept."""
    new_draft(desk, "优先家政")
    desk.click("#rule-group_weight-add")
    desk.fill("#rule-group_weight .pair input:first-child", "家政服务员")
    desk.fill("#rule-group_weight .pair input[type=number]", "3")
    desk.click("#rules-form [type=submit]")
    desk.wait_for_selector("#sites tr[data-id=C3]")
    assert desk.input_value("#rule-group_weight .pair input:first-child") == "家政服务员"
    desk.click("#more-coverage summary")
    kinds = desk.inner_text("#rule-kinds")
    assert "计入的站点类型" in kinds
    assert "户外劳动者驿站" in kinds
    desk.fill("#rule-phases", "1、2")
    choose(desk, "C3")
    desk.click("#site-actions >> text=锁定")
    desk.wait_for_selector("#site-actions >> text=取消锁定")
    assert desk.input_value("#rule-phases") == "1、2"


def test_who_has_no_key_is_asked_for_it_and_led_on(browser, town):
    address, _ = town
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(f"{address}/workbench")
    page.fill("input[type=password]", KEY)
    page.keyboard.press("Enter")
    page.wait_for_selector(READY)
    assert page.url.split("#")[0].endswith("/workbench")
    page.wait_for_selector("#new-draft")
    context.close()


def test_a_pin_is_dragged_the_figure_follows_and_it_is_kept(desk, tiny):
    new_draft(desk, "拖动")
    choose(desk, "C2")
    desk.click("#site-actions >> text=禁选")
    desk.wait_for_selector("#sites tr[data-id=C3]")
    desk.click("#card-close")
    lon, lat = tiny.place(400, 0)
    desk.evaluate(f"() => yizhanMap.jumpTo({{center: [{lon}, {lat}], zoom: 14}})")
    desk.click("#try")
    box = desk.locator("#map").bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    desk.mouse.click(*middle)
    desk.wait_for_selector("#tries-total >> text=+0 人")
    # 600 m to the east stand the 100 couriers; the pin is dragged there by a mouse.
    there = tiny.place(950, 0)
    at = desk.evaluate(
        f"() => {{ const p = yizhanMap.project([{there[0]}, {there[1]}]);"
        f" const o = yizhanMap.project([{lon}, {lat}]); return [p.x - o.x, p.y - o.y]; }}"
    )
    pin = desk.locator(".pin").bounding_box()
    start = pin["x"] + pin["width"] / 2, pin["y"] + pin["height"] / 2
    desk.mouse.move(*start)
    desk.mouse.down()
    for step in range(1, 11):
        desk.mouse.move(start[0] + at[0] * step / 10, start[1] + at[1] * step / 10)
    desk.mouse.up()
    desk.wait_for_selector("#tries-total >> text=+100 人")
    # The couriers lack a station by day: hours are proposed by that, and told.
    assert "没有站开门" in desk.inner_text("#card")
    assert "开放时间已按此预选" in desk.inner_text("#card")
    assert "每周 +0 人时" not in desk.inner_text("#tries-hours")
    assert desk.locator("#try-hours-0 option").count() >= 3
    desk.click("[data-keep='0']")
    desk.fill("#ask-name", "工会新点")
    desk.fill("#ask-cost", "5000")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("#sites >> text=工会新点")
    row = desk.locator("#sites tbody tr", has_text="工会新点")
    assert "＋" in row.inner_text()
    assert row.locator("td:nth-child(3)").inner_text() == "50"  # CNY 5,000 for 100 workers
    assert desk.evaluate("() => yizhanLatencies.length") > 1


def test_a_pin_moves_by_keys_too(desk, tiny):
    lon, lat = tiny.place(900, 0)
    desk.evaluate(f"() => yizhanMap.jumpTo({{center: [{lon}, {lat}], zoom: 15}})")
    desk.click("#try")
    box = desk.locator("#map").bounding_box()
    desk.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    desk.wait_for_selector("#tries-total")
    before = desk.evaluate("() => yizhanLatencies.length")
    desk.focus(".pin")
    desk.keyboard.press("ArrowRight")
    desk.wait_for_function(f"() => yizhanLatencies.length > {before}")


def test_two_plans_are_compared_and_a_link_restores_the_view(desk, browser, town):
    new_draft(desk, "比较甲")
    desk.click("#tab-compare")
    desk.wait_for_selector("#comparison table")
    told = desk.inner_text("#comparison")
    assert "覆盖人数" in told
    link = desk.url
    assert "tab=compare" in link
    other = browser.new_context(locale="zh-CN")
    other.add_cookies([{"name": "yizhan_planner", "value": KEY, "url": town[0]}])
    page = other.new_page()
    page.goto(link)
    page.wait_for_selector("#comparison table")
    assert page.inner_text("#comparison") == told
    other.close()


def test_two_plans_are_swiped_on_the_map(desk):
    """The line moves by keys; to either side stands one plan, and it goes with the tab."""
    new_draft(desk, "拉动")
    desk.click("#tab-compare")
    desk.click("#swipe-on")
    desk.wait_for_selector("#map[data-swiped]", timeout=90_000)
    assert desk.get_attribute("#swipe", "aria-valuenow") == "50"
    desk.focus("#swipe")
    desk.keyboard.press("ArrowRight")
    assert desk.get_attribute("#swipe", "aria-valuenow") == "55"
    assert "55%" in desk.get_attribute("#map-b", "style")
    desk.click("#tab-draft")
    desk.wait_for_selector("#swipe", state="detached")


def test_the_ground_within_reach_follows_the_hour(desk):
    """C2 keeps a bank's hours: what it brings within reach by day is gone at night."""
    new_draft(desk, "可达")
    desk.check("[data-layer=wb-ground-now]")
    parts = (
        "count => yizhanMap.getSource('wb-ground-added').getData()"
        ".then(data => data.features.length === count)"
    )
    desk.wait_for_function(parts, arg=1, timeout=60_000)
    slide_to(desk, 2)
    desk.wait_for_function(parts, arg=0, timeout=60_000)
    assert "周一 2:00" in desk.inner_text("#hours output")
    assert desk.locator(".bars > i").count() == 168


def test_a_row_is_edited_with_who_and_why(desk, town):
    """Every change is a version; what the form holds is what the list holds."""
    _, project = town
    before = len(project.versions("candidates"))
    new_draft(desk, "改候选点")
    choose(desk, "C2")
    desk.click("text=改候选点…")
    desk.fill("#row-cost_cny", "12345")
    desk.fill("#row-why", "重新报价")
    desk.click("#row-form [type=submit]")
    desk.wait_for_selector("#said >> text=已存为第")
    rows = project.read("candidates")
    assert rows.set_index("id").loc["C2", "cost_cny"] == 12345
    newest = project.versions("candidates")[-1]
    assert len(project.versions("candidates")) == before + 1
    assert (newest.who, newest.why) == ("王莉", "重新报价")


def test_a_chosen_site_tells_its_story(desk):
    new_draft(desk, "说明")
    choose(desk, "C2")
    desk.wait_for_selector("#near-stations")
    story = desk.inner_text("#story")
    assert "快递员 100 人" in story
    assert "宿舍旁（覆盖 −50 人）" in story
    desk.click("#runner-up")
    desk.wait_for_selector("#why-not")
    assert desk.inner_text("#card h2") == "宿舍旁"


def test_search_is_reached_by_three_tabs(desk):
    desk.mouse.click(5, 5)
    for _ in range(3):
        desk.keyboard.press("Tab")
        if desk.evaluate("() => document.activeElement.id") == "search-text":
            break
    assert desk.evaluate("() => document.activeElement.id") == "search-text"
    desk.keyboard.type("福州路")
    desk.wait_for_selector("#search-found button")


def test_a_site_is_forbidden_undone_locked_and_the_draft_published(desk, town):
    """Last, since drafts made later begin from what it publishes."""
    new_draft(desk, "十月方案")
    choose(desk, "C2")
    assert desk.inner_text("#card h2") == "网点<b>旁</b>"  # a name is never markup
    desk.click("#site-actions >> text=禁选")
    desk.wait_for_selector("#sites tr[data-id=C3]")
    assert "覆盖 −50 人" in desk.inner_text("#changed")
    assert "换入 1 处：宿舍旁" in desk.inner_text("#changed")
    desk.wait_for_selector("#why-not")
    assert "受限于：禁选的候选点" in desk.inner_text("#why-not")
    desk.click("#undo")
    desk.wait_for_selector("#sites tr[data-id=C2]")
    desk.click("#redo")
    desk.wait_for_selector("#sites tr[data-id=C3]")
    choose(desk, "C3")
    desk.click("#site-actions >> text=锁定")
    desk.wait_for_selector("#site-actions >> text=取消锁定")
    desk.click("#publish")
    desk.fill("#ask-why", "上会通过")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("#said >> text=发布：完成", timeout=120_000)
    desk.wait_for_selector("#panel >> text=上会通过")
    answer = desk.context.request.get(f"{town[0]}/sites", headers={"Accept": "application/json"})
    sites = [one["properties"]["target_id"] for one in answer.json()["features"]]
    assert sites == ["C3"]
