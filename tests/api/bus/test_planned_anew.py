"""A campaign planned anew this morning: what is announced for today stands, the rest is new.

The tiny city of `conftest`: 100 workers at (1000, 0), two stops 100 m either side of them, one bus
that examines ten people a day; 15 of the 100 come.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from bus_town import MORNING, bus_town, copied

from api.analysis.bus_plans.learned_turnout import kept_until, learned
from api.analysis.bus_plans.opened_board import open_board
from api.analysis.bus_plans.plan_versions import keep_plan
from api.analysis.bus_plans.planned_together import draft_together
from api.analysis.bus_plans.publishing_plan import publish_version
from api.analysis.bus_plans.recorded_visits import record_visit
from api.analysis.main_job import run_main_job
from api.bus.plan_news import anew_text
from api.bus.published_campaigns import published_version
from data.bus.bus_plans import BusPlans
from data.store.project_study import open_study
from geo.bus.check import check_plan
from geo.bus.replanning.kept_days import kept_days
from geo.layers.vocabulary import CampaignName
from geo.study.rules import BusRules, StudyRules
from geo.study.together_rules import CampaignShare, TogetherRules

TODAY = MORNING.date()
TOMORROW = TODAY + timedelta(days=1)
CHECKUP = CampaignName.CHECKUP


@pytest.fixture(scope="module")
def planned(tmp_path_factory, make_project_in, lonlat):
    made = bus_town(tmp_path_factory.mktemp("anew"), make_project_in, lonlat)
    today = BusRules(buses=1, days=1, first_day=TODAY, exams_per_day=10)
    run_main_job(made, StudyRules(bus=today), parts=("bus",))
    return made


@pytest.fixture
def project(planned, tmp_path):
    return copied(planned, tmp_path)


def _anew(project, **rules):
    """Plan the check-ups from tomorrow on and keep the plan, as the main job does this morning."""
    found = open_study(project).campaign(
        BusRules(**({"buses": 1, "days": 2, "first_day": TOMORROW, "exams_per_day": 10} | rules)),
        learn=partial(learned, project, CHECKUP),
        keep=partial(kept_until, project, CHECKUP, today=TODAY),
    )
    return found, keep_plan(project, found.campaign, found.plan, CHECKUP, found.shared, today=TODAY)


def test_todays_visit_stands_and_nobody_is_phoned_about_it(project):
    """Ten of the 15 have their place today; the new days are planned for the five left."""
    before = published_version(project, CHECKUP)
    found, version = _anew(project)
    assert version.campaign.days[:2] == (TODAY, TOMORROW)
    assert version.plan.bus_days[0] == before.plan.bus_days[0]
    assert [one.kind for one in version.changes if one.kind != "added"] == []
    assert (version.announced, version.unchanged) == (1, 1)
    assert anew_text(version) is None
    assert set(before.announcements) <= set(version.announcements)
    assert check_plan(version.campaign, version.plan) == ()
    assert version.plan.workers_served <= version.plan.upper_bound + 1e-6
    assert version.plan.workers_served == pytest.approx(15)
    assert str(found.stops["day"].min())[:10] == TODAY.isoformat()
    publish_version(project, version.number)
    board = open_board(project, CHECKUP, MORNING)
    assert board.board.evaluate(board.placed).broken == ()


def test_who_was_recorded_today_already_is_not_taken_off_twice(project):
    """Ten came this morning: the 90 left are asked again, not those of the visit as planned."""
    ((bus, day, stop),) = published_version(project, CHECKUP).visit_keys
    record_visit(project, bus, day, stop, 10, now=MORNING)
    found, version = _anew(project)
    asked = found.plan.workers_served - 10
    assert asked <= found.campaign.rules.turnout.expected * 90 + 1e-6
    assert check_plan(version.campaign, version.plan) == ()


def test_places_paid_for_count_those_promised_today(project):
    """Of twelve places ten are promised today: two are left, and told as twelve in all."""
    _, version = _anew(project, quota=12)
    assert version.plan.workers_served == pytest.approx(12)
    assert version.campaign.rules.quota == 12
    assert check_plan(version.campaign, version.plan) == ()


def test_a_day_whose_bus_is_there_no_more_is_given_up_and_told(project):
    """A bus of another name cannot drive what stands: it is called off like all a plan leaves out."""
    before = published_version(project, CHECKUP)
    new = before.campaign
    other = replace(new, days=(TOMORROW,), buses=(replace(new.buses[0], id="bus-9"),))
    assert kept_days(before.standing, other, TODAY).days == ()
    assert kept_days(before.standing, replace(new, days=(TOMORROW,)), TODAY).days == (TODAY,)
    assert kept_days(before.standing, replace(new, days=(TOMORROW,)), TOMORROW).days == ()


def test_planned_together_keeps_today_too(project):
    """Check-ups and talks from tomorrow on: today's check-up stands, and counts in all figures."""
    before = published_version(project, CHECKUP)
    rules = TogetherRules(
        campaigns=(
            CampaignShare(campaign=CHECKUP, exams_per_day=10),
            CampaignShare(campaign=CampaignName.LEGAL_TALKS),
        ),
        rules=BusRules(buses=1, days=2, first_day=TOMORROW),
    )
    draft = draft_together(project, rules, TODAY)
    version = next(
        BusPlans(project.folder).read(one.version)
        for one in draft.campaigns
        if one.campaign == CHECKUP
    )
    assert version.plan.bus_days[0] == before.plan.bus_days[0]
    assert [one.kind for one in version.changes if one.kind != "added"] == []
    assert draft.worth == pytest.approx(sum(one.people for one in draft.campaigns))
    assert draft.worth <= draft.upper_bound + 1e-6
    assert check_plan(version.campaign, version.plan) == ()
