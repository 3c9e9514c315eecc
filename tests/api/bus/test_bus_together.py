"""Campaigns planned together: drafts of all, compared, published at once, telling what changed.

The tiny city of `conftest`: 100 workers at (1000, 0), 40 of them women of the screening's age, two
stops 100 m either side of them, one bus.
"""

from __future__ import annotations

import json
import time
from datetime import date

import pytest
from bus_town import send_bus_to, stop_row
from click.testing import CliRunner
from starlette.testclient import TestClient

from api.analysis.bus_plans.planned_together import draft_together
from api.analysis.bus_plans.publishing_plan import publish_version
from api.analysis.main_job import run_main_job
from api.analysis.results import stored_results
from api.app import create_app
from api.bus.published_campaigns import announced_versions, published_version
from api.command.main import build
from api.settings import Settings
from geo.bus.check import check_plan
from geo.errors import BadInputError, InfeasibleError
from geo.layers.vocabulary import CampaignName
from geo.study.rules import BusRules, StudyRules
from geo.study.together_rules import CampaignShare, TogetherRules
from geo.text import Language

KEY = "k" * 24
FIRST = date(2026, 11, 25)
CHECKUP, SCREENING = CampaignName.CHECKUP, CampaignName.SCREENING
TWO = BusRules(buses=1, days=2, first_day=FIRST, district_floor=0.0)


@pytest.fixture
def city(tmp_path, make_project_in, lonlat):
    made = make_project_in(tmp_path / "city")
    made.write("workers", made.read("workers").assign(women_35_59=40))
    send_bus_to(made, [stop_row("A", lonlat(900, 0)), stop_row("B", lonlat(1100, 0))], lonlat(0, 0))
    return made


def rules(*shares, **more):
    campaigns = tuple(CampaignShare(campaign=name, bus_days=days) for name, days in shares)
    return TogetherRules(campaigns=campaigns, rules=TWO.model_copy(update=more))


def test_the_first_plan_of_a_project_may_be_two_campaigns(city):
    """Nothing stood before: both are drafted, compared, and published as one."""
    draft = draft_together(city, rules((CHECKUP, 1), (SCREENING, 1)), FIRST)
    assert announced_versions(city) == (), "a draft is nobody's plan yet"
    assert draft.worth == pytest.approx(15 + 6)
    assert draft.apart_worth == pytest.approx(15 + 6)
    assert draft.upper_bound >= draft.worth
    publish_version(city, draft.version)
    standing = announced_versions(city)
    assert [one.name for one in standing] == [CHECKUP, SCREENING]
    assert not set.intersection(*(set(one.standing.taken) for one in standing))
    assert all(not one.changes for one in standing), "nobody was told of anything yet"
    results, summary = stored_results(city)
    assert sorted(results["bus_stops"]["campaign"]) == ["checkup", "screening"]
    assert sorted(results["bus_routes"]["campaign"]) == ["checkup", "screening"]
    assert summary.bus.campaign == CHECKUP
    assert [one.campaign for one in summary.bus.beside] == [SCREENING]
    assert summary.bus_planning.weights.district_floor == 0.0
    assert "bus" in summary.made_from
    for one in standing:
        assert check_plan(one.campaign, one.plan) == ()


def test_what_stood_is_changed_and_only_that_is_told(city):
    """Check-ups stand on both days; the screening gets one of them."""
    run_main_job(city, StudyRules(bus=TWO), parts=("bus",))
    before = published_version(city)
    draft = draft_together(city, rules((CHECKUP, 1), (SCREENING, 1)), FIRST)
    publish_version(city, draft.version)
    after = published_version(city, CHECKUP)
    assert after.parent == before.number
    old = {one.uid: one for one in before.announcements}
    for one in after.announcements:
        was = old[one.uid]
        same = (was.day, was.start_min, was.end_min) == (one.day, one.start_min, one.end_min)
        assert one.sequence == was.sequence + (not same or one.is_cancelled)
    stays = {(one.day, one.stop_id) for one in after.announcements if one.sequence == 0}
    told = {(change.old.day, after.campaign.stops[change.stop].id) for change in after.changes}
    assert not stays & told
    assert after.announced == len(before.plan.visits)
    assert "两癌筛查" in after.events[0].text.zh


def test_visits_until_the_first_day_planned_stand_and_may_leave_nobody(city):
    """Check-ups stand from the 25th for all 15 who come: from the 27th on nobody is left to plan for."""
    run_main_job(city, StudyRules(bus=TWO), parts=("bus",))
    later = rules((CHECKUP, 1), (SCREENING, 1), first_day=date(2026, 11, 27))
    with pytest.raises(InfeasibleError, match=r"免费体检在 2026-11-27 之前.*15 人都已有名额"):
        draft_together(city, later, FIRST)
    assert draft_together(city, later, date(2026, 11, 27)).worth == pytest.approx(15 + 6)


def test_a_draft_made_before_another_was_published_is_refused(city):
    first = draft_together(city, rules((CHECKUP, 1), (SCREENING, 1)), FIRST)
    run_main_job(city, StudyRules(bus=TWO), parts=("bus",))
    with pytest.raises(BadInputError, match="重新"):
        publish_version(city, first.version)


def test_more_bus_days_than_there_are_is_told_by_name(city):
    with pytest.raises(BadInputError, match=r"免费体检、两癌筛查共要 3 个车日"):
        draft_together(city, rules((CHECKUP, 2), (SCREENING, 1)), FIRST)


def test_the_service_plans_together_and_publishes_all(city):
    asked = rules((CHECKUP, 1), (SCREENING, None)).model_dump(mode="json")
    with TestClient(create_app(Settings(project=city.folder, planner_key=KEY))) as client:
        assert client.post("/bus/together", json=asked).status_code == 401
        client.cookies.set("yizhan_planner", KEY)
        facts = _done(client, client.post("/bus/together", json=asked))
        assert [one["campaign"] for one in facts["campaigns"]] == ["checkup", "screening"]
        assert facts["campaigns"][0]["apart_people"] == pytest.approx(15)
        assert facts["worth"] <= facts["upper_bound"]
        _done(client, client.post(f"/bus/plans/{facts['version']}/publish"))
        stops = client.get("/collections/bus_stops/items").json()["features"]
        assert {one["properties"]["campaign"] for one in stops} == {"checkup", "screening"}
        twice = {**asked, "campaigns": [asked["campaigns"][0]] * 2}
        assert client.post("/bus/together", json=twice).status_code == 400
        of_all = {**asked, "rules": {**asked["rules"], "quota": 50}}
        assert client.post("/bus/together", json=of_all).status_code == 400


def _done(client, reply):
    assert reply.status_code == 202, reply.text
    job = reply.json()
    deadline_s = time.monotonic() + 60
    while not job["ended"]:
        assert time.monotonic() < deadline_s
        time.sleep(0.05)
        job = client.get(f"/jobs/{job['id']}").json()
    assert job["state"] == "done", job["failure"]
    return job["facts"]


def test_the_command_compares_and_publishes(city):
    yizhan = build(Language.ZH)
    asked = ["bus", "together", "checkup=1", "screening", "--buses", "1", "--days", "2"]
    asked += ["--first-day", FIRST.isoformat(), "--project", str(city.folder)]
    reply = CliRunner().invoke(yizhan, [*asked, "--json", "--preview"])
    assert reply.exit_code == 0, reply.output
    told = json.loads(reply.stdout)
    assert not told["published"]
    assert told["apart_worth"] == pytest.approx(21)
    assert announced_versions(city) == ()
    publish = ["bus", "publish", str(told["version"]), "--project", str(city.folder)]
    assert CliRunner().invoke(yizhan, publish).exit_code == 0
    assert len(announced_versions(city)) == 2
    for wrong in ("checkup=x", "picnic", "screening"):
        refused = CliRunner().invoke(yizhan, ["bus", "together", wrong, "screening"])
        assert isinstance(refused.exception, BadInputError)
