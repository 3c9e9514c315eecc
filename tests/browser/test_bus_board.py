"""The bus board and the crew's page in a real browser, on the tiny city: one bus, two days, one visit."""

from __future__ import annotations

import json

import pytest
from browser_waits import until
from bus_town import send_bus_to, stop_row

from api.analysis.main_job import run_main_job
from geo.study.rules import BusRules, StudyRules

KEY = "browser-planner-key-0123456789"


@pytest.fixture(scope="module")
def town(tiny, tmp_path_factory, serving):
    folder = tmp_path_factory.mktemp("board")
    project = tiny.make_project(folder / "tiny")
    stops = [
        stop_row("A", tiny.place(900, 0), "<i>东</i>广场"),
        stop_row("B", tiny.place(1100, 0), "西广场"),
    ]
    send_bus_to(project, stops, tiny.place(0, 0))
    run_main_job(project, StudyRules(bus=BusRules(buses=1, days=2)), parts=("bus",))
    with serving(project, folder) as (address, _):
        yield address


@pytest.fixture
def board(browser, town):
    """A page with the key on the board, reset; faults fail the test."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": "yizhan_planner", "value": KEY, "url": town}])
    context.request.post(f"{town}/bus/board/back", data={"at": 0})
    page = context.new_page()
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{town}/bus/board")
    page.wait_for_selector(".card")
    yield page
    context.close()
    assert faults == []


def _day_of(page):
    return page.locator(".card").evaluate("card => card.parentElement.dataset.day")


def _other_cell(page):
    day = _day_of(page)
    return page.locator(f'.cell:not([data-day="{day}"])')


def test_a_card_is_dragged_to_another_day_and_undone(board):
    """Held over the other day it says that all rules are kept; dropped there it is a call to make."""
    day = _day_of(board)
    card, cell = board.locator(".card").bounding_box(), _other_cell(board).bounding_box()
    board.mouse.move(card["x"] + 20, card["y"] + 8)
    board.mouse.down()
    board.mouse.move(card["x"] + 40, card["y"] + 30, steps=3)
    board.mouse.move(cell["x"] + 40, cell["y"] + cell["height"] * 0.2, steps=4)
    board.wait_for_selector(".ghost .good")
    board.mouse.up()
    board.wait_for_selector(".card.changed")
    assert _day_of(board) != day
    assert "1" in board.locator("#cost").inner_text().split("要打电话")[1][:4]
    board.keyboard.press("Control+z")
    board.wait_for_selector(".card:not(.changed)")
    assert _day_of(board) == day


def test_a_finger_rests_on_a_card_and_takes_it_to_another_day(browser, town):
    """On a tablet: a finger that slips scrolls the board, one that rests on the card lifts it."""
    context = browser.new_context(
        locale="zh-CN", viewport={"width": 820, "height": 1180}, has_touch=True
    )
    context.add_cookies([{"name": "yizhan_planner", "value": KEY, "url": town}])
    context.request.post(f"{town}/bus/board/back", data={"at": 0})
    page = context.new_page()
    page.goto(f"{town}/bus/board")
    page.wait_for_selector(".card")
    day, finger = _day_of(page), context.new_cdp_session(page)

    def touch(kind, *at):
        points = [{"x": x, "y": y} for x, y in at]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    card, cell = page.locator(".card").bounding_box(), _other_cell(page).bounding_box()
    begin = card["x"] + 20, card["y"] + 8
    touch("touchStart", begin)
    touch("touchMove", (begin[0] + 40, begin[1] + 40))
    touch("touchEnd")
    page.wait_for_timeout(400)
    assert page.locator(".ghost").count() == 0
    assert _day_of(page) == day
    page.locator("#grid").evaluate("grid => grid.scrollTo(0, 0)")
    card, cell = page.locator(".card").bounding_box(), _other_cell(page).bounding_box()
    touch("touchStart", (card["x"] + 20, card["y"] + 8))
    page.wait_for_selector(".ghost")
    touch("touchMove", (cell["x"] + 40, cell["y"] + cell["height"] * 0.2))
    page.wait_for_selector(".ghost .good")
    touch("touchEnd")
    page.wait_for_selector(".card.changed")
    assert _day_of(page) != day
    context.close()


def test_a_card_held_at_the_boards_edge_takes_the_board_along(browser, town):
    """Days that are out of sight can be reached with a finger: the board scrolls under the card."""
    context = browser.new_context(
        locale="zh-CN", viewport={"width": 250, "height": 740}, has_touch=True
    )
    context.add_cookies([{"name": "yizhan_planner", "value": KEY, "url": town}])
    context.request.post(f"{town}/bus/board/back", data={"at": 0})
    page = context.new_page()
    page.goto(f"{town}/bus/board")
    page.wait_for_selector(".card")
    page.locator(".card").scroll_into_view_if_needed()
    finger = context.new_cdp_session(page)
    card, grid = page.locator(".card").bounding_box(), page.locator("#grid").bounding_box()
    before = page.locator("#grid").evaluate("grid => grid.scrollLeft")
    edge = grid["x"] + (grid["width"] - 6 if before == 0 else 90)

    def touch(kind, *points):
        told = [{"x": x, "y": y} for x, y in points]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": told})

    touch("touchStart", (card["x"] + 10, card["y"] + 8))
    page.wait_for_selector(".ghost")
    touch("touchMove", (edge, card["y"] + 8))
    page.wait_for_function(
        "before => document.getElementById('grid').scrollLeft !== before", arg=before
    )
    touch("touchCancel")
    page.wait_for_selector(".ghost", state="detached")
    context.close()


def test_no_step_of_a_quick_hand_is_lost(board):
    """Three keys before the first answer: all three steps are kept, in order."""
    board.locator(".card").focus()
    board.evaluate(
        """() => { for (let i = 0; i < 3; i += 1) {
          document.querySelector('.card').dispatchEvent(new KeyboardEvent('keydown', { key: 'l', bubbles: true }));
        } }"""
    )
    until(board, "async () => (await (await fetch('/bus/board/state')).json()).at === 3")
    board.wait_for_function("() => document.querySelector('.card b').textContent.includes('🔒')")


def test_what_was_said_of_the_card_is_seen_before_the_step_is_answered(board):
    """The step waits on the way; the board shows what it does, as it was told while it was held."""
    board.route("**/bus/board/steps*", lambda _: None)
    day = _day_of(board)
    card, cell = board.locator(".card").bounding_box(), _other_cell(board).bounding_box()
    board.mouse.move(card["x"] + 20, card["y"] + 8)
    board.mouse.down()
    board.mouse.move(cell["x"] + 40, cell["y"] + cell["height"] * 0.2, steps=4)
    board.wait_for_selector(".ghost .good")
    board.mouse.up()
    assert _day_of(board) != day
    assert board.locator(".card.changed").count() == 1


def test_a_mend_is_taken_keys_move_and_lock_a_card(board):
    """Pressed far into the evening it breaks a rule; the mend offered makes it lawful again."""
    board.locator(".card").click()
    board.locator('#panel input[type="time"]').fill("20:00")
    board.locator('#panel input[type="time"]').dispatch_event("change")
    board.wait_for_selector(".card.broken-card")
    assert board.get_by_role("button", name="发布…").is_disabled()
    board.get_by_role("button", name="就这样改").click()
    board.wait_for_selector(".card:not(.broken-card)")
    before = board.locator(".card b").inner_text()
    board.locator(".card").focus()
    board.keyboard.press("ArrowDown")
    board.wait_for_function(
        "before => document.querySelector('.card b').textContent !== before", arg=before
    )
    board.keyboard.press("l")
    board.wait_for_function("() => document.querySelector('.card b').textContent.includes('🔒')")


def test_names_are_text_and_a_stop_is_found_on_the_panel(board):
    assert "<i>" not in board.locator("#grid").inner_html().replace("&lt;i&gt;", "")
    board.locator('#panel input[type="search"]').fill("西广场")
    board.locator('#panel input[type="search"]').dispatch_event("change")
    board.wait_for_selector("#panel h2, .card[aria-pressed='true']")


def test_what_the_service_says_of_a_late_bus_stays_on_the_page(browser, town):
    """A phone that knows its bus is not led on from the answer: it would never be read."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 360, "height": 740})
    context.add_cookies([{"name": "yizhan_planner", "value": KEY, "url": town}])
    page = context.new_page()
    page.goto(f"{town}/bus/crew?bus=bus-1")
    page.evaluate(
        """() => {
          const form = document.createElement('form');
          form.method = 'post';
          form.className = 'late';
          form.action = document.getElementById('kept').dataset.home + '/late';
          form.innerHTML = '<input name="bus_id" value="bus-1"><input name="minutes" value="15">';
          document.body.append(form);
          form.requestSubmit();
        }"""
    )
    page.wait_for_function("() => document.getElementById('kept').innerText.includes('还未开始')")
    assert page.url.endswith("/bus/crew?bus=bus-1")
    context.close()


def test_the_crews_day_opens_without_a_network_and_keeps_what_is_typed(browser, town):
    """Reloaded with no network the day is there and says so; what was typed is sent with one."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 360, "height": 740})
    context.add_cookies([{"name": "yizhan_planner", "value": KEY, "url": town}])
    page = context.new_page()
    ground = json.loads(context.request.get(f"{town}/bus/board/ground").text())
    state = json.loads(context.request.get(f"{town}/bus/board/state").text())
    day = state["cards"][0]["day"]
    assert day in ground["days"]
    page.goto(f"{town}/bus/crew?day={day}&bus=bus-1")
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    until(
        page,
        "async () => navigator.serviceWorker.controller && (await (await caches.open('yizhan-crew')).keys()).length",
    )
    assert page.locator("#kept").is_hidden()
    context.set_offline(True)
    page.reload()
    assert "没有网络" in page.locator("#kept").inner_text()
    assert page.locator("article.visit h3").count() == 1
    assert page.locator("article.visit a[href^='tel:']").count() == 1
    record = {"path": "/bus/records", "bus_id": "bus-1", "day": day, "stop_id": "A", "came": 7}
    record["stop_id"] = state["cards"][0]["stop"]
    page.evaluate(
        "one => localStorage.setItem('yizhan-bus-records', JSON.stringify([one]))", record
    )
    page.goto(f"{town}/bus/crew?day={day}&bus=bus-1")
    assert "已存在手机里：7" in page.locator("article.visit .said").inner_text()
    assert page.locator("#unsent").is_visible()
    context.set_offline(False)
    page.goto(f"{town}/bus/crew?day={day}&bus=bus-1")
    # It was sent: that day is still to come, so the service says why it takes nothing yet.
    page.wait_for_function("() => document.querySelector('#unsent li')")
    assert "还没到" in page.locator("#unsent").inner_text()
    context.close()


def test_a_record_waits_on_the_phone_without_a_network(browser, town):
    """Typed with no network it is kept and told; one the service refuses stays until it was read."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 360, "height": 740})
    context.add_cookies([{"name": "yizhan_planner", "value": KEY, "url": town}])
    page = context.new_page()
    day = json.loads(context.request.get(f"{town}/bus/board/ground").text())["days"]
    page.goto(f"{town}/bus/crew?day={day[0]}&bus=bus-1")
    assert page.locator("nav.mine a[aria-current]").inner_text() == "1号车"
    record = {
        "path": "/bus/records",
        "bus_id": "bus-1",
        "day": day[0],
        "stop_id": "nowhere",
        "came": 3,
    }
    context.set_offline(True)
    page.evaluate(
        "one => localStorage.setItem('yizhan-bus-records', JSON.stringify([one]))", record
    )
    page.evaluate("() => window.dispatchEvent(new Event('online'))")
    page.wait_for_timeout(300)
    assert "nowhere" in page.evaluate("() => localStorage.getItem('yizhan-bus-records')")
    context.set_offline(False)
    page.evaluate("() => window.dispatchEvent(new Event('online'))")
    page.wait_for_function("() => localStorage.getItem('yizhan-bus-records').includes('refused')")
    assert "没有登记成" in page.locator("#unsent").inner_text()
    assert "3 人" in page.locator("#unsent").inner_text()
    page.reload()
    page.get_by_role("button", name="知道了").click()
    assert page.evaluate("() => localStorage.getItem('yizhan-bus-records')") is None
    assert page.locator("#unsent").is_hidden()
    context.close()


def test_tomorrows_sheet_opens_without_a_network(browser, town):
    """The crew's page of today keeps the printed sheet of the next day out, too."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 360, "height": 740})
    context.add_cookies([{"name": "yizhan_planner", "value": KEY, "url": town}])
    page = context.new_page()
    page.goto(f"{town}/bus/crew?bus=bus-1")
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    until(
        page,
        """async () => navigator.serviceWorker.controller
          && await (await caches.open('yizhan-crew')).match(document.getElementById('sheet').href)""",
    )
    context.set_offline(True)
    page.click("#sheet")
    page.wait_for_selector("text=东")
    assert "1号车" in page.locator("body").inner_text()
    context.close()
