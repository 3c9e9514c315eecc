"""Several campaigns on one fleet: planning one leaves the other as it was promised.

The tiny city of `conftest`: 100 workers at (1000, 0), two stops 100 m either side of them, one bus.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime

import pytest
from bus_town import send_bus_to, stop_row
from icalendar import Calendar
from starlette.testclient import TestClient

from api.analysis.bus_plans.learned_turnout import learned
from api.analysis.bus_plans.publishing_plan import publish_version
from api.analysis.bus_plans.recorded_visits import record_visit
from api.analysis.bus_plans.replanned import CancelledStop, ReplanRequest, draft_replan
from api.analysis.main_job import run_main_job
from api.analysis.results import stored_results
from api.app import create_app
from api.bus.published_campaigns import announced_versions, published_version
from api.settings import Settings
from geo.bus.replanning.events import RainedOff
from geo.bus.replanning.following import also_hit
from geo.errors import BadInputError, InfeasibleError, MissingError
from geo.hours import SHANGHAI
from geo.layers.vocabulary import CampaignName, SpareHours, VisitSharing
from geo.study.rules import BusRules, StudyRules

MORNING = datetime(2026, 11, 25, 7, tzinfo=SHANGHAI)
CHECKUP, SCREENING = CampaignName.CHECKUP, CampaignName.SCREENING


def _plan(project, name, first, days=1):
    rules = BusRules(campaign=name, buses=1, days=days, first_day=first)
    return run_main_job(project, StudyRules(bus=rules), parts=("bus",))


@pytest.fixture(scope="module")
def both(tmp_path_factory, make_project_in, lonlat):
    """Check-ups on 25 November, then the screening planned around them on 25 and 26."""
    made = make_project_in(tmp_path_factory.mktemp("campaigns") / "city")
    workers = made.read("workers").assign(women_35_59=40)
    made.write("workers", workers)
    stops = [stop_row("A", lonlat(900, 0)), stop_row("B", lonlat(1100, 0))]
    send_bus_to(made, stops, lonlat(0, 0))
    _plan(made, CHECKUP, MORNING.date())
    checkup = published_version(made)
    _plan(made, SCREENING, MORNING.date(), days=2)
    return made, checkup


def _told(project, name):
    return [
        (one.uid, one.sequence, one.day, one.start_min, one.is_cancelled)
        for one in published_version(project, name).announcements
    ]


def test_planning_the_screening_cancels_no_checkup(both):
    project, checkup = both
    assert [one.name for one in announced_versions(project)] == [SCREENING, CHECKUP]
    assert published_version(project, CHECKUP).number == checkup.number
    assert not any(off for *_, off in _told(project, CHECKUP))
    (screening,) = published_version(project, SCREENING).plan.bus_days
    assert screening.day == date(2026, 11, 26), "the 25th is the check-ups'"


def test_layers_calendar_and_figures_hold_both(both):
    project, _ = both
    results, summary = stored_results(project)
    assert sorted(results["bus_stops"]["campaign"]) == ["checkup", "screening"]
    assert sorted(results["bus_routes"]["campaign"]) == ["checkup", "screening"]
    assert summary.bus.campaign == SCREENING
    assert [(one.campaign, one.visits) for one in summary.bus.beside] == [(CHECKUP, 1)]
    calendar = Calendar.from_ical((project.results_folder / "bus" / "public.ics").read_bytes())
    events = {str(event["summary"]).split("：")[0]: event for event in calendar.walk("VEVENT")}
    assert set(events) == {"大蓬车免费体检", "大蓬车两癌筛查"}
    assert {str(event["status"]) for event in events.values()} == {"CONFIRMED"}
    notices = (project.results_folder / "bus" / "notices.html").read_text("utf-8")
    assert "免费健康体检" in notices
    assert "两癌筛查" in notices


def test_a_person_has_one_place_in_each_campaign(both):
    """100 workers at 15 % turn-out, 40 of them women: each campaign serves its own."""
    project, _ = both
    served = {one.name: one.plan.workers_served for one in announced_versions(project)}
    assert served == {CHECKUP: pytest.approx(15), SCREENING: pytest.approx(6)}


def test_no_bus_left_names_who_has_it(both):
    project, _ = both
    never = BusRules(
        campaign=CampaignName.LEGAL_TALKS,
        buses=1,
        days=2,
        first_day=MORNING.date(),
        share_visits=VisitSharing.NEVER,
        spare_hours=SpareHours.NEVER,
    )
    with pytest.raises(InfeasibleError, match=r"两癌筛查、免费体检.*2026-11-27"):
        run_main_job(project, StudyRules(bus=never), parts=("bus",))
    assert [one.name for one in announced_versions(project)] == [SCREENING, CHECKUP]


def test_each_campaign_is_replanned_by_itself(both):
    project, _ = both
    before = _told(project, SCREENING)
    (_, visit) = published_version(project, CHECKUP).plan.visits[0]
    stop = published_version(project, CHECKUP).campaign.stops[visit.stop].id
    asked = ReplanRequest(cancel=(CancelledStop(stop_id=stop),), campaign=CHECKUP)
    draft = draft_replan(project, asked, MORNING)
    stale = draft_replan(project, asked, MORNING)
    publish_version(project, draft.number)
    assert published_version(project, CHECKUP).number == draft.number
    assert _told(project, SCREENING) == before
    results, summary = stored_results(project)
    assert sorted(results["bus_stops"]["campaign"]) == ["checkup", "screening"]
    assert len(results["bus_routes"]) == 2
    assert summary.bus.campaign == CHECKUP
    with pytest.raises(BadInputError, match="重新重排"):
        publish_version(project, stale.number)
    with pytest.raises(MissingError, match=r"普法宣讲.*免费体检"):
        published_version(project, CampaignName.LEGAL_TALKS)


def test_rain_on_a_day_of_the_other_campaign_is_told_with_the_mend(both):
    """The screening is on the 26th: whoever re-plans the check-ups for rain then is told of it."""
    project, _ = both
    (day,) = published_version(project, SCREENING).plan.bus_days
    checkup, screening = (published_version(project, name) for name in (CHECKUP, SCREENING))
    told = also_hit([screening.standing], [RainedOff(day.day)], MORNING.date())
    assert len(told) == 1
    assert "两癌筛查也有 1 次停靠受影响" in told[0].zh
    assert "--campaign screening" in told[0].en
    assert also_hit([checkup.standing], [RainedOff(day.day)], MORNING.date()) == ()


def test_records_of_one_campaign_teach_only_it(both):
    project, _ = both
    version = published_version(project, CHECKUP)
    (bus_day, visit) = version.plan.visits[0]
    stop = version.campaign.stops[visit.stop].id
    bus = version.campaign.buses[bus_day.bus].id
    record_visit(project, bus, bus_day.day, stop, 9, now=MORNING.replace(hour=20))
    assert learned(project, CHECKUP, version.campaign)[1].visits == 1
    screening = published_version(project, SCREENING).campaign
    after, estimate = learned(project, SCREENING, screening)
    assert estimate.visits == 0
    assert after.people.count.tolist() == screening.people.count.tolist()


def test_plans_kept_before_campaigns_had_names_are_known(both):
    """A version without a name is the screening where it is for women, else the check-ups."""
    project, _ = both
    for version in announced_versions(project):
        assert replace(version, campaign_name="").name == version.name


def test_a_change_of_one_campaign_leaves_the_sheets_of_other_buses_untouched(both):
    """Results are linked where nothing changed: the worker's map and the planner's among them."""
    project, _ = both
    name = published_version(project, CHECKUP)
    before = {path.name: path.stat().st_ino for path in _files(project, "maps/*.html")}
    (_, visit) = name.plan.visits[0]
    stop = name.campaign.stops[visit.stop].id
    asked = ReplanRequest(cancel=(CancelledStop(stop_id=stop),), campaign=CHECKUP)
    publish_version(project, draft_replan(project, asked, MORNING).number)
    after = {path.name: path.stat().st_ino for path in _files(project, "maps/*.html")}
    assert {name for name in after if after[name] == before[name]} == {
        "planner.html",
        "worker.html",
    }
    of_all = [path.name for path in _files(project, "bus-sheets/day-sheets-*.html")]
    assert of_all == ["day-sheets-bus-1.html"]


def _files(project, pattern):
    return sorted(project.results_folder.glob(pattern))


def test_pages_say_what_each_visit_is_for(both):
    """The map's page adds both up; nobody takes a check-up for a screening."""
    project, _ = both
    page = (project.results_folder / "maps" / "bus.html").read_text("utf-8")
    served = sum(one.plan.workers_served for one in announced_versions(project))
    assert f"<dd>{served:,.0f}</dd>" in page
    assert "同一车队并存" in page
    assert re.search(r'"workers":\s*\[\]', page), (
        "a file that is handed on tells nobody where workers are"
    )
    with TestClient(create_app(Settings(project=project.folder, planner_key="k" * 24))) as client:
        told = client.get("/bus-near-me", params={"f": "html"}).text
        alone = client.get("/bus-near-me", params={"f": "html", "campaign": "screening"}).text
    assert "工会服务大蓬车" in page
    assert "两癌筛查" in told
    assert "免费健康体检" in told
    assert "免费健康体检" not in alone, "the page of one campaign speaks of that one"
