"""What a change on the board writes anew: all that tells of it, and nothing else.

The tiny city with 3,000 workers around two stops, one bus, four days. Every file of the results is
read for the visits it tells of; files that tell of none of those changed are the files from before.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, timedelta
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import gpxpy
import openpyxl
import pytest
from bus_town import KEYED, MORNING, copied, send_bus_to, stop_row, this_morning
from icalendar import Calendar

from api.analysis.main_job import run_main_job
from api.analysis.results import copy_results, workbook_of
from api.bus.published_campaigns import announced_versions
from api.routes.bus import board_routes, near_me_routes, sheet_routes
from data.store.geopackage import read_geopackage
from data.store.project import Project
from geo.bus.campaign.clock import clock_text
from geo.layers.columns import LAYERS
from geo.layers.vocabulary import CampaignName
from geo.study.rules import BusRules, StudyRules
from maps.workbook.sheet_words import SHEETS

NAMES = {"A": "东广场", "B": "西广场", "C": "南货场", "D": "北码头", "E": "中街口"}


class Visit(NamedTuple):
    """When the bus stands where, as every file tells it."""

    name: str
    day: str
    start: str
    end: str


def _plan(project, name=CampaignName.CHECKUP, days=4):
    rules = BusRules(campaign=name, buses=1, days=days, first_day=MORNING.date())
    run_main_job(project, StudyRules(bus=rules), parts=("bus",))


@pytest.fixture(scope="module")
def planned(tmp_path_factory, make_project_in, lonlat):
    made = make_project_in(tmp_path_factory.mktemp("changes") / "city")
    made.write("workers", made.read("workers").assign(workers=3000, women_35_59=300))
    places = {"A": 900, "B": 1100, "C": 1000, "D": 1050, "E": 950}
    rows = [stop_row(one, lonlat(east, 0), NAMES[one]) for one, east in places.items()]
    send_bus_to(made, rows, lonlat(0, 0))
    _plan(made)
    return made


@pytest.fixture(scope="module")
def of_two(planned, tmp_path_factory):
    """The same with the screening in the hours left."""
    project = copied(planned, tmp_path_factory.mktemp("two"))
    _plan(project, CampaignName.SCREENING, days=2)
    return project


def _truth(project: Project) -> set[Visit]:
    """The visits of the plans that stand."""
    return {
        Visit(
            version.campaign.stops[one.stop].name,
            day.day.isoformat(),
            clock_text(one.start_min),
            clock_text(one.end_min),
        )
        for version in announced_versions(project)
        for day in version.plan.bus_days
        for one in day.visits
    }


_HEADS = {one.name: one.text.zh for one in LAYERS["bus_stops"].columns}
_TOLD = [_HEADS[name] for name in ("name", "day", "start", "end")]


def _of_workbook(content: bytes) -> set[Visit]:
    sheet = openpyxl.load_workbook(BytesIO(content))[SHEETS["bus_stops"].zh]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    top = next(number for number, row in enumerate(rows) if _HEADS["name"] in row)
    at = [rows[top].index(word) for word in _TOLD]
    told = [[row[place] for place in at] for row in rows[top + 1 :] if row[at[0]]]
    return {Visit(name, str(day)[:10], start, end) for name, day, start, end in told}


def _of_calendar(content: bytes) -> set[Visit]:
    told = set()
    for event in Calendar.from_ical(content).walk("VEVENT"):
        if event["STATUS"] == "CONFIRMED":
            start, end = event.decoded("DTSTART"), event.decoded("DTEND")
            name = str(event["SUMMARY"]).partition("：")[2]
            told.add(Visit(name, f"{start:%Y-%m-%d}", f"{start:%H:%M}", f"{end:%H:%M}"))
    return told


def _of_notices(content: bytes) -> set[Visit]:
    found = re.findall(
        r'class="moment"><b>(\d+)月(\d+)日.*?</b><b>(.{5})–(.{5})</b>.*?class="spot">(.*?)</p>',
        unescape(content.decode()),
        re.DOTALL,
    )
    return {
        Visit(name, date(2026, int(month), int(day)).isoformat(), start, end)
        for month, day, start, end, name in found
    }


def _of_sheets(content: bytes) -> set[Visit]:
    told = set()
    for sheet in unescape(content.decode()).split('<section class="sheet"')[1:]:
        day = re.search(r"<p>(\d{4}-\d\d-\d\d)</p>", sheet)[1]
        rows = re.findall(
            r'class="times">\s*<b>(.{5})–(.{5})</b>.*?class="place">(.*?)</td>', sheet, re.DOTALL
        )
        for start, end, place in rows:
            names = [name for name in re.findall(r"<b>(.*?)</b>", place) if "车场" not in name]
            told.add(Visit(names[0], day, start, end))
    return told


def _of_gpx(content: bytes) -> set[Visit]:
    gpx = gpxpy.parse(content.decode())
    day = re.search(r"\d{4}-\d\d-\d\d", gpx.routes[0].name)[0]
    return {
        Visit(
            point.name.partition(" ")[2],
            day,
            *re.search(r"(\d\d:\d\d)–(\d\d:\d\d)", point.description).groups(),
        )
        for point in gpx.waypoints
    }


def _of_rows(rows) -> set[Visit]:
    return {Visit(one["name"], str(one["day"])[:10], one["start"], one["end"]) for one in rows}


def _of_geojson(content: bytes) -> set[Visit]:
    told = [one["properties"] for one in json.loads(content)["features"]]
    return _of_rows(one for one in told if one["layer"] == "bus_stops")


def _within(told: object) -> list[dict]:
    """Every visit in what a page's script is told."""
    if isinstance(told, dict):
        mine = [told] if {"name", "day", "start", "end"} <= told.keys() else []
        return mine + [one for value in told.values() for one in _within(value)]
    return [one for value in told for one in _within(value)] if isinstance(told, list) else []


def _of_page(content: bytes) -> set[Visit]:
    scripts = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', content.decode())
    return _of_rows(one for script in scripts for one in _within(json.loads(script)))


def _of_layers(path: Path) -> set[Visit]:
    return _of_rows(read_geopackage(path, "bus_stops").to_dict("records"))


WHOLE: dict[str, Callable[[bytes], set[Visit]]] = {
    "results.xlsx": _of_workbook,
    "bus/bus.xlsx": _of_workbook,
    "bus/bus.geojson": _of_geojson,
    "bus/public.ics": _of_calendar,
    "bus/bus-1.ics": _of_calendar,
    "bus/notices.html": _of_notices,
    "maps/bus.html": _of_page,
    "bus-sheets/day-sheets-bus-1.html": _of_sheets,
}
"""Files that tell of all visits of the one bus."""
OF_A_DAY = {"bus/gpx/bus-1-{day}.gpx": _of_gpx, "bus-sheets/bus-1-{day}.html": _of_sheets}
ALWAYS = {"summary.json", ".made.json", "results.gpkg"}
"""Written at every publishing; the layers are read by :func:`_of_layers`."""
OTHERS = {"maps/planner.html", "maps/worker.html"}
"""What tells nothing of the bus."""


def _day_files(days) -> dict[str, Callable[[bytes], set[Visit]]]:
    return {name.format(day=day): read for name, read in OF_A_DAY.items() for day in days}


def _files(project) -> dict[str, os.stat_result]:
    folder = project.results_folder
    return {
        path.relative_to(folder).as_posix(): path.stat()
        for path in folder.rglob("*")
        if path.is_file()
    }


def _told_by_files(project: Project) -> dict[str, set[Visit]]:
    """What each file tells; a file that nobody reads here fails the test."""
    workbook_of(project, project.results_folder)
    folder = project.results_folder
    readers = WHOLE | _day_files({one.day for one in _truth(project)})
    assert _files(project).keys() == readers.keys() | ALWAYS | OTHERS
    told = {name: read((folder / name).read_bytes()) for name, read in readers.items()}
    return told | {"results.gpkg": _of_layers(folder / "results.gpkg")}


def _told_by_service(board, days) -> dict[str, set[Visit]]:
    """What each page, file and answer of the service tells."""
    plan = [one for day in board.get("/bus/plan").json()["days"] for one in day["stops"]]
    pages = {
        "/downloads/results.xlsx": _of_workbook,
        "/downloads/bus.xlsx": _of_workbook,
        "/bus/campaign.geojson": _of_geojson,
        "/bus/calendar.ics": _of_calendar,
        "/bus/crew.ics?bus_id=bus-1": _of_calendar,
        "/bus/notices": _of_notices,
        "/bus/day-sheets": _of_sheets,
        "/maps/bus.html": _of_page,
    }
    told = {page: read(board.get(page).content) for page, read in pages.items()}
    gpx = [board.get(f"/bus/route.gpx?bus_id=bus-1&day={day}").content for day in sorted(days)]
    return told | {"/bus/plan": _of_rows(plan), "/bus/route.gpx": set().union(*map(_of_gpx, gpx))}


@pytest.fixture
def served(monkeypatch, tmp_path):
    """Serve a copy of a project on the morning of its first day."""

    def serve(planned):
        project = copied(planned, tmp_path)
        modules = (board_routes, near_me_routes, sheet_routes)
        board = stack.enter_context(this_morning(project, monkeypatch, *modules))
        board.headers.update(KEYED)
        return project, board

    with ExitStack() as stack:
        yield serve


def _ref(card):
    return {name: card[name] for name in ("bus", "day", "stop")}


def _days():
    return [(MORNING + timedelta(days=n)).date().isoformat() for n in range(6)]


def _move_day(cards, _):
    return [
        [{"do": "move", "visit": _ref(card), "day": day, "start_min": start}]
        for card in cards
        for day in _days()
        for start in (card["start_min"], 9 * 60, 14 * 60)
        if day != card["day"]
    ]


def _move_hour(cards, _):
    shifts = (30, -30, 60, -60, 15, -15)
    return [
        [{"do": "move", "visit": _ref(card), "start_min": card["start_min"] + shift}]
        for card in cards
        for shift in shifts
    ]


def _lengthen(cards, ground):
    return [
        [{"do": "lengthen", "visit": _ref(card), "stay_min": stay}]
        for card in cards
        for stay in ground["stays_min"]
        if stay != card["stay_min"]
    ]


def _drop(cards, _):
    return [[{"do": "remove", "visit": _ref(card)}] for card in cards]


def _other_stop(cards, ground):
    """A visit is dropped, another stop is added in its hours."""
    return [
        [
            {"do": "remove", "visit": _ref(card)},
            {
                "do": "add",
                "stop": stop["id"],
                "bus": card["bus"],
                "day": card["day"],
                "start_min": card["start_min"],
                "stay_min": card["stay_min"],
            },
        ]
        for card in cards
        for stop in ground["stops"]
        if stop["id"] not in {one["stop"] for one in cards if one["day"] == card["day"]}
    ]


def _swap(cards, _):
    return [
        [{"do": "swap", "visit": _ref(one), "other": _ref(two)}]
        for one in cards
        for two in cards
        if one["day"] < two["day"] and one["stop"] != two["stop"]
    ]


def _lock_and_move(cards, ground):
    return [
        [*edits, {"do": "lock", "visit": _ref(cards[-1])}]
        for edits in _move_hour(cards[:1], ground)
    ]


STEPS = {
    "day": _move_day,
    "hour": _move_hour,
    "length": _lengthen,
    "dropped": _drop,
    "other stop": _other_stop,
    "swap": _swap,
    "lock": _lock_and_move,
}


def _change(board, step) -> bool:
    """Make the first step of its kind that keeps all rules and has somebody to call."""
    cards = board.get("/bus/board/state").json()["cards"]
    for edits in STEPS[step](cards, board.get("/bus/board/ground").json()):
        told = board.post("/bus/board/steps", json={"edits": edits})
        if told.status_code == 200 and told.json()["is_lawful"] and told.json()["cost"]["calls"]:
            return True
        board.post("/bus/board/back", json={"at": 0})
    return False


def _publish(board, language="zh"):
    asked = board.post(f"/bus/board/publish?lang={language}", json={"who": "王"}).json()
    while asked["ended"] is None:
        time.sleep(0.02)
        asked = board.get(f"/jobs/{asked['id']}").json()
    assert asked["state"] == "done", asked


def _same(before, after, name):
    return before[name].st_ino == after[name].st_ino


@pytest.mark.parametrize("step", STEPS)
def test_all_that_tells_of_a_change_is_written_and_nothing_else(planned, served, step):
    project, board = served(planned)
    before, truth = _files(project), _truth(project)
    assert _change(board, step), "no lawful step of this kind"
    _publish(board)
    now = _truth(project)
    assert now != truth
    changed = {one.day for one in now ^ truth}
    files, days = _files(project), {one.day for one in now}
    assert (
        files.keys()
        == before.keys() - {"results.xlsx"} - _day_files({one.day for one in truth} - days).keys()
        | _day_files(days).keys()
    )
    kept = _day_files(days - changed).keys() | OTHERS
    assert {name for name in kept if not _same(before, files, name)} == set()
    written = {name for name in files if name in before and not _same(before, files, name)}
    assert written <= WHOLE.keys() | ALWAYS | _day_files(changed).keys()
    for name, told in _told_by_service(board, days).items():
        assert told == now, name
    for name, told in _told_by_files(project).items():
        day = re.search(r"\d{4}-\d\d-\d\d", name)
        assert told == {one for one in now if day is None or one.day == day[0]}, name
    sign = unescape(board.get("/bus/signs").text)
    for one in now:
        assert f"{one.start}–{one.end}" in sign


def test_beside_a_second_campaign_only_what_changed_is_written(of_two, served):
    """The day of the screening alone stays; the page in front is that of the plan published last."""
    project, board = served(of_two)
    before, truth = _files(project), _truth(project)
    assert _change(board, "hour")
    _publish(board)
    now, files = _truth(project), _files(project)
    changed = {one.day for one in now ^ truth}
    kept = _day_files({one.day for one in now} - changed).keys() | OTHERS
    assert len(kept) > 2
    assert {name for name in kept if not _same(before, files, name)} == set()
    for name, told in _told_by_files(project).items():
        day = re.search(r"\d{4}-\d\d-\d\d", name)
        assert told == {one for one in now if day is None or one.day == day[0]}, name


def test_files_stay_in_the_language_they_are_in_whoever_publishes(planned, served):
    project, board = served(planned)
    before = _files(project)
    assert _change(board, "hour")
    _publish(board, language="en")
    after = _files(project)
    assert all(_same(before, after, name) for name in OTHERS)
    assert "大蓬车来了" in (project.results_folder / "bus/notices.html").read_text("utf-8")


def test_the_workbook_made_when_asked_for_is_the_one_a_run_writes(planned, tmp_path):
    """Made of the files beside it alone, whole, and once; a folder handed over has it."""
    project = copied(planned, tmp_path)
    path = project.results_folder / "results.xlsx"
    written = _cells(path)
    path.unlink()
    assert _cells(workbook_of(project, project.results_folder)) == written
    inode = path.stat().st_ino
    assert workbook_of(project, project.results_folder).stat().st_ino == inode
    path.unlink()
    copy_results(project, tmp_path / "out")
    assert _cells(tmp_path / "out" / "results.xlsx") == written
    assert not list(project.folder.glob(".results-*"))


def _cells(path):
    """The cells of every sheet but for what a step took, known only once all is written."""
    book = openpyxl.load_workbook(path)
    return {
        sheet.title: [
            [cell.value for cell in row]
            for row in sheet.iter_rows()
            if not str(row[0].value).startswith("用时")
        ]
        for sheet in book
    }


def test_a_workbook_killed_half_made_leaves_none_and_is_made_again(planned, tmp_path, monkeypatch):
    project = copied(planned, tmp_path)
    path = project.results_folder / "results.xlsx"
    path.unlink()

    def killed(draft, *_, **__):
        draft.write_bytes(b"PK half")
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr("api.analysis.results.write_workbook", killed)
        with pytest.raises(KeyboardInterrupt):
            workbook_of(project, project.results_folder)
    assert not path.exists()
    assert _of_workbook(workbook_of(project, project.results_folder).read_bytes()) == _truth(
        project
    )
