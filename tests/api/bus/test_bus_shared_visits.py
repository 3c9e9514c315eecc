"""One visit, two campaigns: legal talks come along with the check-ups' bus, on their own places.

The tiny city of `conftest`: 100 workers at (1000, 0), two stops 100 m either side of them, one bus.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from datetime import datetime, timedelta
from datetime import time as clock

import openpyxl
import pytest
from bus_town import KEY, MORNING, bus_town, copied, this_morning
from icalendar import Calendar

from api.analysis.bus_plans.learned_turnout import learned
from api.analysis.bus_plans.plan_versions import keep_plan
from api.analysis.bus_plans.publishing_plan import publish_version
from api.analysis.bus_plans.recorded_visits import record_visit
from api.analysis.bus_plans.replanned import CancelledStop, ReplanRequest, draft_replan
from api.analysis.bus_plans.version_facts import version_facts
from api.analysis.main_job import run_main_job
from api.analysis.results import stored_results
from api.bus.published_campaigns import published_version
from api.routes.bus import board_routes, crew_routes, near_me_routes
from data.bus.bus_plans import BusPlans
from data.bus.bus_records import BusRecords
from geo.bus.plan import nothing_driven
from geo.bus.several.sharing_check import check_shared
from geo.errors import InfeasibleError, MissingError
from geo.hours import SHANGHAI
from geo.layers.vocabulary import CampaignName, SpareHours, VisitSharing
from geo.study.rules import BusRules, StudyRules
from geo.text import Language

CHECKUP, LEGAL, SCREENING = (
    CampaignName.CHECKUP,
    CampaignName.LEGAL_TALKS,
    CampaignName.SCREENING,
)


def _plan(project, name, **rules):
    chosen = BusRules(campaign=name, buses=1, first_day=MORNING.date(), **({"days": 1} | rules))
    return run_main_job(project, StudyRules(bus=chosen), parts=("bus",))


@pytest.fixture(scope="module")
def planned(tmp_path_factory, make_project_in, lonlat):
    """Check-ups on 25 November with the only bus, and legal talks that come along."""
    made = bus_town(tmp_path_factory.mktemp("shared"), make_project_in, lonlat)
    made.write("workers", made.read("workers").assign(women_35_59=40))
    _plan(made, CHECKUP)
    _plan(made, LEGAL)
    return made


@pytest.fixture
def project(planned, tmp_path):
    return copied(planned, tmp_path)


@pytest.fixture
def served(project, monkeypatch):
    with this_morning(project, monkeypatch, board_routes, crew_routes, near_me_routes) as client:
        client.headers["X-API-Key"] = KEY
        yield client


def test_the_talks_come_along_on_their_own_places_and_keep_every_rule(planned):
    """15 of 100 workers come to the check-up and 15 to the talk: one place each in each campaign."""
    checkup, legal = (published_version(planned, name) for name in (CHECKUP, LEGAL))
    (shared,) = legal.shared
    assert legal.plan.bus_days == ()
    assert (legal.served, checkup.served) == (pytest.approx(15), pytest.approx(15))
    assert legal.upper_bound == pytest.approx(15)
    assert shared.host == CHECKUP
    assert check_shared(legal.campaign, LEGAL, legal.shared, [checkup.standing]) == ()


def test_the_checker_finds_each_rule_broken(planned):
    """Written apart from what shares: who is not there, comes twice, or for whom there is no time."""
    checkup, legal = (published_version(planned, name) for name in (CHECKUP, LEGAL))
    (one,) = legal.shared
    hosts = [checkup.standing]

    def said(*shared, campaign=legal.campaign, name=LEGAL):
        return " ".join(text.zh for text in check_shared(campaign, name, shared, hosts))

    assert "此时不在这里" in said(replace(one, bus="bus-9"))
    assert "停靠时间内" in said(replace(one, end_min=one.depart_min + 60))
    assert "所能完成" in said(replace(one, amount=(1000.0,)))
    assert "重复计算" in said(replace(one, amount=(16.0,)))
    assert "间隔太近" in said(one, one)
    assert "不得与其他活动同场" in said(one, name=SCREENING)
    few = replace(legal.campaign, rules=replace(legal.campaign.rules, quota=3))
    assert "名额" in said(one, campaign=few)


def test_papers_pages_and_calendar_tell_both(planned, served):
    results, summary = stored_results(planned)
    rows = results["bus_stops"]
    assert sorted(rows["campaign"]) == ["checkup", "legal_talks"]
    assert sorted(rows["shared_with"]) == ["", "checkup"]
    assert len(results["bus_routes"]) == 1, "one bus, one way"
    assert summary.bus.workers_served == pytest.approx(15)
    folder = planned.results_folder / "bus"
    calendar = Calendar.from_ical((folder / "public.ics").read_bytes())
    told = {str(event["summary"]).split("：")[0] for event in calendar.walk("VEVENT")}
    assert told == {"大蓬车免费体检", "大蓬车普法宣讲"}
    (notice,) = (folder / "notices.html").read_text("utf-8").split('class="poster notice"')[1:]
    assert "免费健康体检" in notice
    assert "免费普法宣讲" in notice
    assert "同场：普法宣讲" in served.get("/bus/day-sheets").text
    bus_map = (planned.results_folder / "maps" / "bus.html").read_text("utf-8")
    assert re.findall(r'"campaign_text":\s*"([^"]+)"', bus_map) == ["免费体检", "同场：普法宣讲"]
    assert served.get("/bus/route.gpx?bus_id=bus-1&day=2026-11-25").text.count("<wpt") == 1


def test_crews_record_each_campaigns_people(project, served):
    """One card for the visit, a field for each campaign; whose people came is never guessed."""
    (one,) = published_version(project, LEGAL).shared
    page = served.get(f"/bus/crew?day={one.day}").text
    assert page.count('<article class="visit"') == 1
    assert re.findall(r"<label>(\S+?)<input", page) == ["免费体检实到人数", "普法宣讲实到人数"]
    told = {"bus_id": one.bus, "day": one.day.isoformat(), "stop_id": one.stop, "came": 9}
    refused = served.post("/bus/records", json=told)
    assert refused.status_code == 400
    assert "同时办免费体检、普法宣讲" in refused.json()["detail"]
    strange = served.post("/bus/records", json={**told, "campaign": "screening"})
    assert "没有两癌筛查" in strange.json()["detail"]
    assert BusRecords(project.folder).read() == ()
    for name, came in (("checkup", 9), ("legal_talks", 21)):
        made = served.post("/bus/records", json={**told, "campaign": name, "came": came})
        assert made.json()["campaign"] == name
    assert [row["came"] for row in served.get("/bus/records").json()] == [9, 21]
    for name, came in ((CHECKUP, 9), (LEGAL, 21)):
        before = published_version(project, name).campaign
        after, estimate = learned(project, name, before)
        assert (estimate.visits, estimate.came) == (1, came)
        assert after.people.count.sum() == pytest.approx(before.people.count.sum() - came)


def test_records_kept_before_campaigns_were_named_are_of_the_bus(project):
    """An old file tells a guest alone: what tells none counts for the campaign whose bus it was."""
    (one,) = published_version(project, LEGAL).shared
    row = {"bus_id": one.bus, "day": one.day.isoformat(), "stop_id": one.stop, "recorded": ""}
    rows = [{**row, "came": 8}, {**row, "came": 20, "guest": "legal_talks"}]
    (project.folder / "bus" / "records.json").write_text(json.dumps(rows), "utf-8")
    for name, came in ((CHECKUP, 8), (LEGAL, 20), (SCREENING, 0)):
        _, estimate = learned(project, name, published_version(project, CHECKUP).campaign)
        assert estimate.came == came


def test_a_day_that_is_over_is_recorded_though_another_plan_stands(project):
    """What a phone sends the day after is taken, were the plan made anew meanwhile."""
    before = published_version(project, CHECKUP)
    ((bus, day, stop),) = before.visit_keys
    later = replace(before.campaign, days=(day + timedelta(days=1),))
    made = keep_plan(project, later, nothing_driven(later), today=day + timedelta(days=1))
    publish_version(project, made.number)
    tomorrow = datetime.combine(day, clock(9), SHANGHAI) + timedelta(days=1)
    record_visit(project, bus, day, stop, 7, campaign=CHECKUP, now=tomorrow)
    with pytest.raises(MissingError, match="没有车辆"):
        record_visit(project, bus, day, "nowhere", 7, now=tomorrow)
    _, estimate = learned(project, CHECKUP, later)
    assert (estimate.visits, estimate.came) == (1, 7)


def test_the_guest_goes_along_when_the_host_moves_by_hand(project, served):
    """An hour later on the check-ups' board: the talk's call is there, and published with it."""
    state = served.get("/bus/board/state?campaign=checkup").json()
    (card,) = state["cards"]
    assert card["guests"] == ["普法宣讲"]
    ref = {name: card[name] for name in ("bus", "day", "stop")}
    later = {"do": "move", "visit": ref, "start_min": card["start_min"] + 60}
    told = served.post("/bus/board/steps", json={"campaign": "checkup", "edits": [later]}).json()
    assert told["is_lawful"]
    assert [call["reason"] for call in told["calls"]] == ["人工调整", "随免费体检的调整一起改"]
    assert [call["campaign"] for call in told["calls"]] == ["免费体检", "普法宣讲"]
    (before,) = published_version(project, LEGAL).announcements
    asked = {"campaign": "checkup", "who": "王"}
    assert served.post("/bus/board/publish", json=asked).status_code == 202
    _wait(served)
    legal = published_version(project, LEGAL)
    (shared,) = legal.shared
    assert shared.start_min == card["start_min"] + 60
    (after,) = legal.announcements
    assert (after.uid, after.sequence) == (before.uid, before.sequence + 1)
    assert [one.reason.zh for one in legal.changes] == ["随免费体检的调整一起改"]
    calls = openpyxl.load_workbook(project.results_folder / "bus" / "bus.xlsx").worksheets[-1]
    assert {"免费体检", "普法宣讲"} <= {cell.value for row in calls.rows for cell in row}


def test_a_cancelled_visit_is_cancelled_for_its_guest_too(project):
    version = published_version(project, CHECKUP)
    (_, visit) = version.plan.visits[0]
    stop = version.campaign.stops[visit.stop].id
    asked = ReplanRequest(cancel=(CancelledStop(stop_id=stop),), campaign=CHECKUP)
    draft = draft_replan(project, asked, MORNING)
    told = version_facts(project, draft, Language.ZH).changes
    assert [(one.campaign, one.kind) for one in told] == [
        ("免费体检", "cancelled"),
        ("免费体检", "added"),
        ("普法宣讲", "cancelled"),
    ], "whom to phone is told before anything is published, guests' people included"
    publish_version(project, draft.number)
    legal = published_version(project, LEGAL)
    where = {one.stop for one in legal.shared}
    assert stop not in where
    off = [one for one in legal.announcements if one.is_cancelled]
    assert [one.stop_id for one in off] == [stop]


def test_the_talks_stop_is_cancelled_and_the_check_up_stays(project):
    (one,) = published_version(project, LEGAL).shared
    asked = ReplanRequest(cancel=(CancelledStop(stop_id=one.stop),), campaign=LEGAL)
    draft = draft_replan(project, asked, MORNING)
    publish_version(project, draft.number)
    assert published_version(project, LEGAL).shared == ()
    assert [call.kind for call in draft.changes] == ["cancelled"]
    assert len(published_version(project, CHECKUP).plan.visits) == 1


def test_sharing_is_left_and_taken_by_hand_and_undone(served):
    state = served.get("/bus/board/state?campaign=legal_talks").json()
    ((other,), cards) = state["others"], state["cards"]
    (visit,) = other["visits"]
    assert cards == []
    assert visit["is_shared"]
    assert visit["may_share"]
    ref = {"bus": other["bus"], "day": other["day"], "stop": visit["stop"]}

    def step(do):
        asked = {"campaign": "legal_talks", "edits": [{"do": do, "visit": ref}]}
        return served.post("/bus/board/steps", json=asked)

    left = step("unshare").json()
    assert left["cost"]["people"] - left["cost"]["people_before"] == pytest.approx(-15)
    assert [call["kind"] for call in left["calls"]] == ["cancelled"]
    again = step("share").json()
    assert again["calls"] == []
    assert again["cost"]["people"] == pytest.approx(15)
    undone = served.post("/bus/board/back", json={"campaign": "legal_talks", "at": 1}).json()
    assert not undone["others"][0]["visits"][0]["is_shared"]


def test_screening_shares_only_where_the_planner_says_so(project):
    """Both need the examination room: never by default, with `always` on its own places and hours."""
    with pytest.raises(InfeasibleError, match="没有空车"):
        _plan(project, SCREENING, spare_hours=SpareHours.NEVER)
    _plan(project, SCREENING, share_visits=VisitSharing.ALWAYS)
    screening = published_version(project, SCREENING)
    (one,) = screening.shared
    assert one.served == pytest.approx(6)
    assert one.served <= one.stay_min * 12 / 60
    assert len(BusPlans(project.folder).read(screening.number).beside) == 2


def _wait(served):
    for _ in range(200):
        jobs = served.get("/jobs").json()
        if all(job["state"] in {"done", "failed"} for job in jobs):
            assert [job["state"] for job in jobs] == ["done"] * len(jobs)
            return
        time.sleep(0.05)
    pytest.fail("the job did not end")
