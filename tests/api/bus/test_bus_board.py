"""The board over HTTP: judged at once, kept as a draft with undo, published; staff only.

The tiny city of `conftest`: two stops near the workers, one bus, the visit on one of two days.
"""

from __future__ import annotations

import errno
import json
import re
import time
from datetime import date, timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest
from bus_town import KEYED, MORNING, copied, planned_town, this_morning

from api.analysis.bus_plans.late_buses import keep_delay, publish_kept
from api.analysis.bus_plans.opened_board import draft_version, open_board, settle_steps
from api.analysis.bus_plans.publishing_plan import publish_version
from api.analysis.main_job import run_main_job
from api.analysis.results import stored_results
from api.bus.published_campaigns import published_version
from api.routes.bus import board_routes, crew_routes, near_me_routes, sheet_routes
from data.bus.bus_boards import BusBoards
from data.store.project import Project
from geo.bus.check import check_plan
from geo.bus.replanning.promises import ReplanRules, promise_text
from geo.errors import BrokenFileError
from geo.layers.vocabulary import CampaignName
from geo.study.rules import BusRules, StudyRules


@pytest.fixture(scope="module")
def planned(tmp_path_factory, make_project_in, lonlat):
    folder = tmp_path_factory.mktemp("board")
    return planned_town(folder, make_project_in, lonlat, "东广场", "<b>西广场</b>")


@pytest.fixture
def project(planned, tmp_path):
    return copied(planned, tmp_path)


@pytest.fixture
def board(project, monkeypatch):
    with this_morning(
        project, monkeypatch, board_routes, crew_routes, sheet_routes, near_me_routes
    ) as client:
        client.headers.update(KEYED)
        yield client


def _state(board):
    return board.get("/bus/board/state").json()


def _ref(card):
    return {name: card[name] for name in ("bus", "day", "stop")}


def _step(board, *edits, revision=None):
    return board.post("/bus/board/steps", json={"edits": edits, "revision": revision})


def _later(card):
    return "2026-11-26" if card["day"] == "2026-11-25" else "2026-11-25"


def test_the_board_shows_what_stands(board):
    state, ground = _state(board), board.get("/bus/board/ground").json()
    (card,) = state["cards"]
    assert state["is_lawful"]
    assert state["calls"] == []
    assert state["cost"]["people"] == state["cost"]["people_before"] == pytest.approx(15)
    assert ground["days"] == ["2026-11-25", "2026-11-26"]
    assert {stop["id"] for stop in ground["stops"]} == {"A", "B"}
    assert card["was"] is None
    page = board.get("/bus/board").text
    assert "大蓬车看板" in page
    assert "/bus/notices" in page
    assert "calendar.ics" in page


def test_a_step_is_judged_kept_undone_and_redone(board):
    (card,) = _state(board)["cards"]
    moved = _step(board, {"do": "move", "visit": _ref(card), "day": _later(card)}).json()
    (now,) = moved["cards"]
    assert now["day"] == _later(card)
    assert now["was"] != "-"
    assert moved["is_lawful"]
    assert [call["phone"] for call in moved["calls"]] == ["13900001111"]
    assert _state(board)["cards"] == moved["cards"], "it is kept"
    undone = board.post("/bus/board/back", json={"at": 0}).json()
    assert undone["cards"] == [card]
    assert undone["steps"] == 1
    again = board.post("/bus/board/back", json={"at": 1}).json()
    assert again["cards"] == moved["cards"]


def test_the_drafts_way_goes_along_the_streets(board):
    """The visit on another day is a way of its own; one moved within its day keeps the way it has."""
    (card,) = _state(board)["cards"]
    assert board.get("/bus/board/ways").json() == []
    _step(board, {"do": "move", "visit": _ref(card), "start_min": card["start_min"] + 30})
    assert board.get("/bus/board/ways").json() == []
    _step(board, {"do": "move", "visit": _ref(card), "day": _later(card)})
    (way,) = board.get("/bus/board/ways").json()
    ground = board.get("/bus/board/ground").json()
    assert (way["day"], way["stops"]) == (_later(card), [card["stop"]])
    assert way["line"][0] == pytest.approx(ground["buses"][0]["at"], abs=1e-5)
    assert way["line"][-1] == pytest.approx(ground["buses"][0]["end_at"], abs=1e-5)
    stop = next(one for one in ground["stops"] if one["id"] == card["stop"])
    near = [abs(lon - stop["lon"]) + abs(lat - stop["lat"]) for lon, lat in way["line"]]
    assert min(near) < 1e-5


def test_everything_the_board_links_to_is_there_for_the_stop_and_the_bus(board):
    """Sheets, notices, signs, calendars, GPX, Excel, pages: each leads to what it says."""
    (card,) = _state(board)["cards"]
    page = board.get("/bus/board").text
    told = json.loads(re.search(r'id="board-data"[^>]*>(.*?)</script>', page, re.DOTALL)[1])
    links = {unescape(href) for href in re.findall(r'<a href="(/[^"]+)"', page)}
    ground = board.get("/bus/board/ground").json()
    assert links > {href for _, href in ground["files"]}, "the page has them before its script runs"
    links |= {href for run in ground["runs"].values() for _, href in run}
    of_stop = {f"{href}?stop_id={card['stop']}" for _, href in told["ofStop"]}
    kinds = {urlsplit(link).path.rsplit("/", 1)[-1] for link in links | of_stop}
    assert kinds >= {"day-sheets", "notices", "signs", "calendar.ics", "crew.ics", "route.gpx"}
    assert kinds >= {"bus-near-me", "bus.xlsx", "campaign.geojson"}
    answers = {link: board.get(link) for link in sorted(links | of_stop)}
    assert {link: answer.status_code for link, answer in answers.items()} == dict.fromkeys(
        answers, 200
    )
    for link in of_stop:
        assert card["name"] in unescape(answers[link].text).replace("\r\n ", ""), link
    other = next(
        s["id"] for s in board.get("/bus/board/ground").json()["stops"] if s["id"] != card["stop"]
    )
    assert board.get(f"/bus/calendar.ics?stop_id={other}").text.count("BEGIN:VEVENT") == 0
    assert "poster" not in board.get("/bus/notices?campaign=screening").text.split("<body>")[1]
    names = set(re.findall("X-WR-CALNAME:(.*)", board.get("/bus/crew.ics?bus_id=bus-1").text))
    assert {name.partition("（")[0].strip() for name in names} == {"大蓬车 1号车 日程"}


def test_the_pages_say_when_an_announced_visit_moves_in_the_words_of_the_rule(board):
    """Said in one place with the figure that is reckoned with."""
    said = promise_text(ReplanRules()).zh
    assert f"至少多服务 {ReplanRules().change_weight:g} 人" in said
    assert "7 人" in promise_text(ReplanRules(change_weight=7)).zh
    assert said in unescape(board.get("/bus/board").text)
    assert said in unescape(board.get("/maps/bus.html").text)


def test_what_crews_record_enters_the_next_plan_and_is_shown(board, project):
    """12 came where 15 were expected: those are not invited again, the rest at the rate learned."""
    before = published_version(project)
    (day, visit) = before.plan.visits[0]
    stop = before.campaign.stops[visit.stop].id
    form = {"bus_id": "bus-1", "day": "2026-11-25", "stop_id": stop, "came": "12"}
    if day.day != MORNING.date():
        (card,) = _state(board)["cards"]
        _step(board, {"do": "move", "visit": _ref(card), "day": "2026-11-25"})
        _publish(board)
    assert "实到 12 人" in board.post("/bus/crew", data=form).text
    told = board.get("/bus/turnout").json()
    assert (told["visits"], told["came"]) == (1, 12)
    assert {part["part"] for part in told["parts"]} == {"stop", "group", "time"}
    assert told["low"] < told["expected"] < told["high"]
    chosen = BusRules(buses=1, days=2, first_day=date(2026, 11, 26))
    run_main_job(project, StudyRules(bus=chosen), parts=("bus",))
    after = published_version(project)
    assert after.campaign.rules.turnout.expected == pytest.approx(told["expected"])
    assert after.campaign.people.rate is not None
    assert after.campaign.people.count.sum() == pytest.approx(
        before.campaign.people.count.sum() - 12
    )
    assert f"{told['expected']:.1%}" in stored_results(project)[1].bus.learned


def _ended(board):
    for _ in range(200):
        if all(job["state"] == "done" for job in board.get("/jobs").json()):
            return
        time.sleep(0.05)
    pytest.fail("the job did not end")


def test_the_board_is_changed_on_after_it_was_published(board):
    """The page sends the revision it was shown, which is one of the version that stands now."""
    (card,) = _state(board)["cards"]
    _step(board, {"do": "move", "visit": _ref(card), "day": _later(card)})
    _publish(board)
    seen = _state(board)
    (card,) = seen["cards"]
    lock = {"do": "lock", "visit": _ref(card)}
    assert _step(board, lock, revision=seen["revision"]).status_code == 200
    assert _step(board, lock, revision=seen["revision"]).status_code == 409


def test_what_is_changed_while_it_is_published_stays_on_the_board(board, project):
    """Of three steps sent one is undone too late; one made since holds on, on what was published."""
    (card,) = _state(board)["cards"]
    _step(board, {"do": "move", "visit": _ref(card), "day": _later(card)})
    moved = {**_ref(card), "day": _later(card)}
    _step(board, {"do": "lock", "visit": moved})
    held = open_board(project, None, MORNING)
    version = draft_version(project, held, "王", "")
    board.post("/bus/board/back", json={"at": 1})
    _step(board, {"do": "move", "visit": moved, "start_min": card["start_min"] + 30})
    publish_version(project, version.number)
    for _ in range(2):  # Found so, and kept so.
        state = _state(board)
        assert (state["version"], state["steps"]) == (version.number, 1)
        assert (state["carried"], state["lost"]) == (1, 1)
        (now,) = state["cards"]
        assert (now["day"], now["start_min"]) == (_later(card), card["start_min"] + 30)
        settle_steps(project, version, MORNING)
    _publish(board)
    assert (_state(board)["steps"], _state(board)["carried"], _state(board)["lost"]) == (0, 0, 0)


def test_links_are_those_of_what_stands_now(board):
    """The day a visit was moved to has its sheet and its way once that is published."""
    (card,) = _state(board)["cards"]
    was, later = f"{card['bus']} {card['day']}", f"{card['bus']} {_later(card)}"
    assert set(board.get("/bus/board/ground").json()["runs"]) == {was}
    _step(board, {"do": "move", "visit": _ref(card), "day": _later(card)})
    _publish(board)
    runs = board.get("/bus/board/ground").json()["runs"]
    assert set(runs) == {later}
    assert {board.get(href).status_code for _, href in runs[later]} == {200}


def test_a_full_disk_leaves_what_is_published_and_the_draft(board, project, monkeypatch):
    (card,) = _state(board)["cards"]
    _step(board, {"do": "move", "visit": _ref(card), "day": _later(card)})
    number = project.results_number
    with monkeypatch.context() as full:
        full.setattr("api.analysis.results.write_summary", _no_room)
        assert "磁盘已满" in _failure(board)
    state = _state(board)
    assert (state["version"], state["steps"], state["lost"]) == (1, 1, 0)
    assert Project.open(project.folder).results_number == number
    assert not list(project.folder.glob(".results-*"))
    assert _job(board)["state"] == "done"


def _no_room(folder, *_):
    raise OSError(errno.ENOSPC, "", str(folder / "summary.json"))


def _publish(board):
    board.post("/bus/board/publish", json={"who": "王"})
    _ended(board)


def test_trying_keeps_nothing(board):
    (card,) = _state(board)["cards"]
    edit = {"do": "move", "visit": _ref(card), "start_min": 19 * 60}
    told = board.post("/bus/board/try", json={"edit": edit}).json()
    assert not told["is_lawful"]
    assert told["cards"][0]["broken"]
    assert _state(board)["steps"] == 0


def test_what_breaks_has_a_mend_that_keeps_every_rule(board):
    (card,) = _state(board)["cards"]
    broken = _step(board, {"do": "move", "visit": _ref(card), "start_min": 17 * 60}).json()
    assert not broken["is_lawful"]
    mend = board.post("/bus/board/mend", json={"visit": _ref(card)}).json()
    mended = _step(board, *mend["edits"]).json()
    assert mended["is_lawful"]
    assert mended["steps"] == 2


def test_a_broken_board_and_an_unchanged_one_are_not_published(board):
    assert "一样" in _failure(board)
    (card,) = _state(board)["cards"]
    _step(board, {"do": "move", "visit": _ref(card), "start_min": 17 * 60})
    assert "不合规" in _failure(board)


def _job(board):
    told = board.post("/bus/board/publish", json={"who": "王工", "why": "改期"}).json()
    while told["ended"] is None:
        time.sleep(0.02)
        told = board.get(f"/jobs/{told['id']}").json()
    return told


def _failure(board):
    return _job(board)["failure"]


def test_publishing_changes_calendar_and_plan_and_clears_the_board(board, project):
    (card,) = _state(board)["cards"]
    _step(board, {"do": "move", "visit": _ref(card), "day": _later(card)})
    told = _job(board)
    assert told["state"] == "done", told
    version = published_version(project)
    assert (version.number, version.parent) == (told["facts"]["version"], 1)
    assert [one.day.isoformat() for one in version.plan.bus_days] == [_later(card)]
    assert check_plan(version.campaign, version.plan) == ()
    assert "王工人工调整（改期）" in version.events[0].text.zh
    (announced,) = version.announcements
    assert (announced.sequence, announced.is_cancelled) == (1, False)
    after = _state(board)
    assert (after["version"], after["steps"], after["calls"]) == (version.number, 0, [])


def test_what_a_planner_is_changing_outlives_what_others_publish(board, project):
    """A lock is on the board when a delay is published: it holds on, and the delay is without it."""
    (card,) = _state(board)["cards"]
    assert _step(board, {"do": "lock", "visit": _ref(card)}).json()["steps"] == 1
    keep_delay(project, card["bus"], 30, _on(card))
    assert publish_kept(project, _on(card).date()) == 1
    state = _state(board)
    assert (state["version"], state["steps"], state["carried"], state["lost"]) == (2, 1, 1, 0)
    (held,) = state["cards"]
    assert (held["start_min"], held["is_locked"]) == (card["start_min"] + 30, True)


def test_a_draft_about_a_day_that_is_over_does_not_shut_the_board(board, monkeypatch):
    (card,) = _state(board)["cards"]
    step = {"do": "move", "visit": _ref(card), "day": "2026-11-25", "start_min": 600}
    _step(board, step)
    monkeypatch.setattr(board_routes, "now", lambda: MORNING + timedelta(days=1))
    told = board.get("/bus/board/state")
    assert told.status_code == 200
    assert (told.json()["steps"], told.json()["lost"]) == (0, 1)


def _on(card):
    return MORNING.replace(day=date.fromisoformat(card["day"]).day)


def test_two_planners_do_not_overwrite_each_other(board):
    state = _state(board)
    (card,) = state["cards"]
    edit = {"do": "lock", "visit": _ref(card)}
    assert _step(board, edit, revision=state["revision"]).status_code == 200
    late = _step(board, edit, revision=state["revision"])
    assert late.status_code == 409
    assert "别人" in late.json()["detail"]


def test_a_step_that_cannot_be_is_refused_and_not_kept(board):
    nobody = {"bus": "bus-9", "day": "2026-11-25", "stop": "A"}
    assert _step(board, {"do": "remove", "visit": nobody}).status_code == 404
    assert _step(board, {"do": "lengthen", "visit": nobody}).status_code == 400
    assert _state(board)["steps"] == 0


def test_nobody_without_the_key_sees_the_board(board):
    for path in ("", "/state", "/ground"):
        told = board.get(f"/bus/board{path}", headers={"X-API-Key": "wrong"})
        assert told.status_code in {401, 403}, path
        assert "李秘密" not in told.text


def test_a_broken_file_is_named_and_leaves_the_plan_alone(project):
    boards = BusBoards(project.folder)
    path = project.folder / "bus" / "board.checkup.json"
    path.write_text(json.dumps({"base": "x"}), encoding="utf-8")
    with pytest.raises(BrokenFileError, match=r"board\.checkup\.json"):
        boards.read(CampaignName.CHECKUP, 1)


def test_my_bus_shows_the_next_stop_with_the_way_and_whom_to_call(board):
    crew = {"X-API-Key": board.app.state.settings.bus_key}
    (card,) = _state(board)["cards"]
    page = board.get("/bus/crew", params={"day": card["day"], "bus": card["bus"]}, headers=crew)
    assert "tel:13900001111" in page.text
    other = board.get("/bus/crew", params={"day": card["day"], "bus": "bus-9"}, headers=crew)
    assert "tel:" not in other.text.partition("<footer>")[0]
    assert board.get("/bus/crew", headers={"X-API-Key": "wrong"}).status_code in {401, 403}
