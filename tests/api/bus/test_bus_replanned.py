"""A bus plan's life over API and command line, on the tiny city of `conftest`.

100 workers at (1000, 0), of whom 15 % come; two stops 100 m either side of them. One visit serves
all 15; when its stop is cancelled the other serves them, and exactly two calls are to be made.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from bus_town import KEYED, MORNING, copied, planned_town, this_morning
from click.testing import CliRunner
from icalendar import Calendar

from api.analysis.bus_plans.learned_turnout import learned, turnout_so_far
from api.analysis.bus_plans.plan_versions import keep_plan
from api.analysis.bus_plans.recorded_visits import record_visit
from api.bus.published_campaigns import published_version
from api.command.main import build
from api.routes.bus import change_routes, crew_routes, near_me_routes, sheet_routes
from data.bus.bus_plans import BusPlans
from data.bus.bus_records import BusRecords
from geo.errors import BadInputError, BrokenFileError, MissingError
from geo.hours import SHANGHAI
from geo.layers.vocabulary import CampaignName
from geo.text import Language

HOSTILE = '<img src=x onerror="alert(1)">'


@pytest.fixture(scope="module")
def planned(tmp_path_factory, make_project_in, lonlat):
    folder = tmp_path_factory.mktemp("planned")
    return planned_town(folder, make_project_in, lonlat, "东广场", HOSTILE)


@pytest.fixture
def project(planned, tmp_path):
    return copied(planned, tmp_path)


@pytest.fixture
def served(project, monkeypatch):
    with this_morning(
        project, monkeypatch, change_routes, crew_routes, sheet_routes, near_me_routes
    ) as client:
        yield client


def _done(client, answer):
    assert answer.status_code == 202, answer.text
    told = answer.json()
    while told["ended"] is None:
        time.sleep(0.02)
        told = client.get(f"/jobs/{told['id']}", headers=KEYED).json()
    return told


def _visited(project):
    (one,) = published_version(project).plan.visits
    return published_version(project).campaign.stops[one[1].stop].id


def test_a_cancelled_stop_is_drafted_shown_and_only_then_published(project, served):
    before, first = _visited(project), served.get("/bus/plan").json()
    asked = {"cancel": [{"stop_id": before}]}
    told = _done(served, served.post("/bus/replan", json=asked, headers=KEYED))
    facts = told["facts"]
    assert (facts["lost"], facts["won_back"]) == (pytest.approx(15), pytest.approx(15))
    assert sorted(one["kind"] for one in facts["changes"]) == ["added", "cancelled"]
    assert {one["phone"] for one in facts["changes"]} == {"13900001111"}
    assert served.get("/bus/plan").json() == first
    assert "以下停靠已取消" not in served.get("/bus-near-me", params={"f": "html"}).text
    path = f"/bus/plans/{facts['version']}"
    assert served.get(path, headers=KEYED).json()["changes"] == facts["changes"]
    english = served.get(path, params={"lang": "en"}, headers=KEYED).json()
    told = [*english["events"], *(one["word"] + one["reason"] for one in english["changes"])]
    assert not re.search("[一-鿿]", " ".join(told).replace("东广场", ""))
    _done(served, served.post(f"{path}/publish", headers=KEYED))
    assert {before, _visited(project)} == {"A", "B"}
    (day,) = served.get("/bus/plan").json()["days"]
    assert day["stops"][0]["stop_id"] == _visited(project)
    events = Calendar.from_ical(served.get("/bus/calendar.ics").content).walk("VEVENT")
    assert sorted(str(one["status"]) for one in events) == ["CANCELLED", "CONFIRMED"]
    shown = served.get("/bus-near-me", params={"f": "html"}).text
    gone = shown[shown.index("以下停靠已取消") : shown.index("h-visits")]
    assert gone.count("<li>") == 1
    assert ("东广场" in gone) == (before == "A")
    assert ("东广场" in shown.split("h-visits")[-1]) == (_visited(project) == "A")
    again = _done(served, served.post(f"{path}/publish", headers=KEYED))
    assert "重新重排" in again["failure"]
    assert BusPlans(project.folder).read(1).plan.visits  # the old version is kept


def test_planners_and_crews_each_need_their_key_and_the_public_sees_no_contact(served):
    for path in ("/bus/replan", "/bus/plans/1/publish", "/bus/records"):
        assert served.post(path, json={}).status_code == 401
    for path in ("/bus/plans/1", "/bus/turnout", "/bus/records", "/bus/crew"):
        assert served.get(path).status_code == 401
    assert served.get("/bus/crew.ics", params={"bus_id": "bus-1"}).status_code == 401
    crew = {"X-API-Key": served.app.state.settings.bus_key}
    assert served.get("/bus/crew", headers=crew).status_code == 200
    assert served.post("/bus/replan", json={}, headers=crew).status_code == 401
    gpx = {"bus_id": "bus-1", "day": "2026-11-25"}
    for path, query in (
        ("/bus/calendar.ics", {}),
        ("/bus/campaign.geojson", {}),
        ("/bus/route.gpx", gpx),
        ("/bus", {}),
        ("/bus/notices", {}),
        ("/bus-near-me", {}),
    ):
        answer = served.get(path, params=query)
        assert answer.status_code == 200, path
        folded = answer.text.replace("\r\n ", "")
        assert "13900001111" not in folded
        assert "李秘密" not in folded
    assert 'id="replan"' not in served.get("/bus").text
    assert 'id="replan"' in served.get("/bus", headers=KEYED).text


def test_names_from_files_stay_text_on_every_bus_page(served):
    for path in ("/bus", "/bus/crew?day=2026-11-25", "/bus/day-sheets", "/bus/notices"):
        assert HOSTILE not in served.get(path, headers=KEYED).text


def test_a_crew_records_by_form_and_by_api_and_the_plan_learns(project, served):
    crew = {"X-API-Key": served.app.state.settings.bus_key}
    stop = _visited(project)
    form = {"bus_id": "bus-1", "day": "2026-11-25", "stop_id": stop, "came": "30"}
    assert "已登记免费体检实到 30 人" in served.post("/bus/crew", data=form, headers=crew).text
    assert "请填写" in served.post("/bus/crew", data={**form, "came": "多"}, headers=crew).text
    asked = {**form, "came": 40}
    assert served.post("/bus/records", json=asked, headers=crew).status_code == 201
    (kept,) = served.get("/bus/records", headers=crew).json()
    assert kept["came"] == 40
    told = served.get("/bus/turnout", headers=KEYED).json()
    assert (told["visits"], told["invited"], told["came"]) == (1, 100, 40)
    assert told["expected"] > 0.15
    assert "八成把握" in told["text"]
    assert {(one["part"], one["visits"]) for one in told["parts"]} == {
        ("stop", 1),
        ("group", 1),
        ("time", 1),
    }
    campaign, estimate = learned(project, CampaignName.CHECKUP, published_version(project).campaign)
    assert estimate is not None
    assert campaign.people.count.tolist() == [60.0, 50.0]
    assert campaign.rules.turnout.expected == pytest.approx(told["expected"])
    # A plan made with it tells the same: what is learned once is not learned twice.
    later = replace(published_version(project), campaign=campaign)
    again, _ = turnout_so_far(project, later)
    assert (again.visits, again.turnout.expected) == (1, pytest.approx(told["expected"]))


def test_records_that_cannot_be_are_refused(project):
    stop = _visited(project)
    with pytest.raises(MissingError, match="bus-9"):
        record_visit(project, "bus-9", MORNING.date(), stop, 3, now=MORNING)
    early = datetime(2026, 11, 24, 7, tzinfo=SHANGHAI)
    with pytest.raises(BadInputError, match="还没到"):
        record_visit(project, "bus-1", MORNING.date(), stop, 3, now=early)
    assert BusRecords(project.folder).read() == ()


def test_versions_come_back_as_they_were_stored_and_broken_ones_are_told(project):
    plans = BusPlans(project.folder)
    first = plans.read(1)
    again = keep_plan(project, first.campaign, first.plan)
    read = plans.read(again.number)
    assert read.plan.bus_days == first.plan.bus_days
    assert read.campaign.stops == first.campaign.stops
    assert read.campaign.rules == first.campaign.rules
    assert np.array_equal(read.campaign.drive.time_s, first.campaign.drive.time_s)
    assert read.announcements == first.announcements
    path = project.folder / "bus" / f"plan.{again.number}.npz"
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(BrokenFileError):
        plans.read(again.number)
    with pytest.raises(MissingError):
        plans.read(99)


def test_the_command_line_replans_publishes_and_records(project, monkeypatch, tmp_path, lonlat):
    def yizhan(*arguments, code=0):
        outcome = CliRunner().invoke(
            build(Language.ZH), [*arguments, "--project", str(project.folder)]
        )
        assert outcome.exit_code == code, outcome.output
        return outcome.stdout

    stop = _visited(project)
    now = ("--now", "2026-11-25T07:00")
    shown = yizhan("bus", "replan", "--cancel", stop, "--day", "2026-11-25", *now, "--preview")
    assert "yizhan bus publish 2" in shown
    assert "13900001111" in shown
    assert _visited(project) == stop
    yizhan("bus", "publish", "2")
    other = _visited(project)
    assert other != stop
    road = tmp_path / "road.geojson"
    closed = ("bus", "replan", "--closed", str(road), *now, "--json")
    elsewhere = [lonlat(1400, 600), lonlat(1600, 600)]
    road.write_text(json.dumps({"type": "LineString", "coordinates": elsewhere}), "utf-8")
    facts = json.loads(yizhan(*closed))
    assert (facts["changes"], facts["unchanged"], facts["published"]) == ([], 1, True)
    again = yizhan("bus", "replan", "--add-day", "2026-11-30", *now, "--json")
    assert published_version(project).closed == (BusPlans(project.folder).read(3).closed)
    assert json.loads(again)["version"] == 4
    everywhere = [lonlat(-500, 0), lonlat(2500, 0)]
    road.write_text(json.dumps({"type": "LineString", "coordinates": everywhere}), "utf-8")
    yizhan(*closed, code=1)
    assert published_version(project).number == 4
    recorded = ("bus", "record", "--bus", "bus-1", "--day", "2026-11-25", "--stop", other)
    assert yizhan(*recorded, code=2) == ""
    monkeypatch.setattr(
        "api.analysis.bus_plans.recorded_visits.announced_versions",
        lambda one: [BusPlans(one.folder).read(2)],
    )
    assert "12 人" in yizhan(*recorded, "--came", "12")
    said = yizhan("bus", "turnout")
    assert "已记录" in said
    assert "下一次排班按以下各停靠点、群体的数估计" in said
    assert "停靠点 " in said
