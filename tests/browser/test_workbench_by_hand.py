"""A plan settled by hand, published, and brought back: by real presses, the figures checked.

The town is that of the journeys: C2 stands by 100 couriers, C3 by 50 domestic workers.
"""

from __future__ import annotations

from workbench_steps import KEY, READY, choose, draw, new_draft, sign

RULED = "/planning/run?part=coverage"


def public_sites(desk, address):
    answer = desk.context.request.get(f"{address}/sites", headers={"Accept": "application/json"})
    return [one["properties"]["target_id"] for one in answer.json()["features"]]


def publish(desk, why):
    desk.click("#publish")
    sign(desk, why)
    desk.wait_for_selector("#said >> text=发布：完成", timeout=120_000)
    desk.wait_for_selector(f"#panel >> text={why}")


SLOW_FIGURES = """() => {
  const plain = window.fetch;
  window.fetch = async (...asked) => {
    if (String(asked[0]).includes('/drafts/tries')) await new Promise((done) => { setTimeout(done, 800); });
    return plain(...asked);
  };
}"""
"""Figures of a pin come when it has long been let go."""


def test_a_site_is_moved_on_the_map_and_put_back(desk, tiny):
    new_draft(desk, "移动")
    choose(desk, "C2")
    desk.click("#site-actions >> text=锁定")
    desk.wait_for_selector("#site-actions >> text=取消锁定")
    desk.click("#site-actions >> text=移动…")
    desk.wait_for_selector("#moving")
    desk.wait_for_function("() => !yizhanMap.isMoving()")
    desk.evaluate(SLOW_FIGURES)
    draw(desk, "#moving", tiny.place(1950, 600))
    desk.wait_for_selector("#moving-figure >> text=其中现在没有站点的 50 人")
    desk.click("#put-here")
    desk.wait_for_selector("#changed >> text=覆盖 −50 人")
    assert "↔" in desk.inner_text("#sites tr[data-id=C2]")
    assert desk.inner_text("#sites tr[data-id=C2] td:nth-child(2)") == "50"
    desk.click("#site-actions >> text=移回原处")
    desk.wait_for_selector("#changed >> text=覆盖 +50 人")
    assert desk.inner_text("#sites tr[data-id=C2] td:nth-child(2)") == "100"
    assert "↔" not in desk.inner_text("#sites tr[data-id=C2]")


def test_steps_are_undone_and_done_again_by_keys(desk):
    new_draft(desk, "键盘")
    choose(desk, "C2")
    desk.click("#site-actions >> text=禁选")
    desk.wait_for_selector("#sites tr[data-id=C3]")
    desk.keyboard.press("Control+z")
    desk.wait_for_selector("#sites tr[data-id=C2]")
    desk.keyboard.press("Control+Shift+z")
    desk.wait_for_selector("#sites tr[data-id=C3]")
    desk.click("#history summary")
    assert "王莉" in desk.inner_text("#history")


def test_solving_that_takes_long_is_told_and_can_be_stopped(desk):
    """The service's answer is held back as a large city would; stopping it goes to the service."""
    new_draft(desk, "慢")
    held, stopped = [], []
    desk.route("**/edits?watch=*", lambda route: held.insert(0, route))
    desk.route(
        "**/drafts/solving/*",
        lambda route: (
            stopped.append(route.request.method),
            route.fulfill(json={"step": "精确求解", "fraction": 0.4})
            if route.request.method == "GET"
            else route.fulfill(status=204),
        ),
    )
    choose(desk, "C2")
    desk.click("#site-actions >> text=禁选")
    desk.wait_for_selector("#solving >> text=精确求解 40%")
    desk.click("#stop-solving")
    desk.wait_for_selector("#solving >> text=正在停止")
    desk.wait_for_timeout(100)
    assert "DELETE" in stopped
    (edit,) = held
    edit.fulfill(status=409, json={"status": 409, "detail": "已停止求解，没有改动任何草案。"})
    desk.wait_for_selector("#said.bad >> text=没有改动任何草案")
    assert desk.locator("#solving").count() == 0
    assert desk.locator("#sites tr[data-id=C2]").count() == 1


def test_a_draft_is_taken_off_the_list(desk):
    new_draft(desk, "不要了")
    desk.click("#tab-plans")
    row = desk.locator(".plan-row", has_text="不要了").filter(has=desk.locator("[data-take-off]"))
    row.locator("[data-take-off]").click()
    desk.click("dialog >> text=移出清单 >> nth=-1")
    desk.wait_for_selector("#said >> text=移出清单")
    assert desk.locator(".plan-row", has_text="不要了").count() == 0


def test_work_goes_on_when_the_tab_is_closed_and_is_found_again(browser, town):
    address, _ = town
    context = browser.new_context(locale="zh-CN")
    context.add_cookies([{"name": "yizhan_planner", "value": KEY, "url": address}])
    page = context.new_page()
    page.goto(f"{address}/workbench")
    page.wait_for_selector(READY)
    page.wait_for_selector("#measure")
    page.click("#measure")
    page.wait_for_selector("#job")
    page.close()
    for _ in range(4):  # behind it, so that work is at hand when the next tab is opened
        assert context.request.post(f"{address}{RULED}", data={}).ok
    page = context.new_page()
    page.goto(f"{address}/workbench")
    page.wait_for_selector("#job >> text=停止", timeout=60_000)
    page.wait_for_selector("#said >> text=完成", timeout=120_000)
    ended = [one["state"] for one in context.request.get(f"{address}/jobs").json()]
    assert set(ended) <= {"done", "running", "waiting"}
    context.close()


def test_a_plan_published_before_is_brought_back(desk, town):
    """First C2 is public, then C3; brought back, C2 is again, and who and why are told."""
    address, _ = town
    new_draft(desk, "九月")
    publish(desk, "九月上会")
    assert public_sites(desk, address) == ["C2"]
    new_draft(desk, "十月")
    choose(desk, "C2")
    desk.click("#site-actions >> text=禁选")
    desk.wait_for_selector("#sites tr[data-id=C3]")
    publish(desk, "十月上会")
    assert public_sites(desk, address) == ["C3"]
    now, former = desk.locator("#panel .plan-row").first, desk.locator("[data-restore]").first
    assert "50 人" in now.inner_text()
    assert "九月上会" in former.locator("xpath=../..").inner_text()
    former.click()
    sign(desk, "十月的作废")
    desk.wait_for_selector("#said >> text=恢复发布：完成", timeout=120_000)
    desk.wait_for_selector("#panel >> text=十月的作废")
    assert "100 人" in desk.locator("#panel .plan-row").first.inner_text()
    assert public_sites(desk, address) == ["C2"]
    desk.click("#measure")  # it takes a published plan down where lists have changed: asked first
    desk.wait_for_selector("dialog >> text=会撤下")
    desk.click("dialog >> text=取消")
    assert desk.locator("#job").count() == 0
    assert public_sites(desk, address) == ["C2"]
