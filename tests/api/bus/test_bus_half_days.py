"""One bus, one day, two campaigns: planned, published, printed, re-planned, and never in each other's way.

The tiny city of `conftest`: 100 workers at (1000, 0), three stops within 100 m of them, one bus.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from bus_town import KEYED, MORNING, send_bus_to, stop_row, this_morning

from api.analysis.bus_plans.late_buses import late_version
from api.analysis.bus_plans.plan_versions import keep_plan
from api.analysis.bus_plans.publishing_plan import publish_version
from api.analysis.bus_plans.replanned import CancelledStop, ReplanRequest, draft_replan
from api.analysis.main_job import run_main_job
from api.analysis.results import stored_results
from api.bus.plan_news import anew_text
from api.bus.published_campaigns import announced_versions, published_version
from api.routes.bus import board_routes, crew_routes
from data.bus.bus_plans import BusPlans
from geo.bus.plan import nothing_driven
from geo.bus.several.beside import conflicts
from geo.errors import BadInputError
from geo.layers.vocabulary import CampaignName
from geo.study.rules import BusRules, StudyRules

CHECKUP, SCREENING = CampaignName.CHECKUP, CampaignName.SCREENING
TODAY = {"day": "2026-11-25"}


def _plan(project, name):
    rules = BusRules(campaign=name, buses=1, days=1, first_day=MORNING.date())
    return run_main_job(project, StudyRules(bus=rules), parts=("bus",))


@pytest.fixture(scope="module")
def both(tmp_path_factory, make_project_in, lonlat):
    """Check-ups and the screening on 25 November with the only bus there is."""
    made = make_project_in(tmp_path_factory.mktemp("halves") / "city")
    made.write("workers", made.read("workers").assign(women_35_59=40))
    stops = [
        stop_row(name, lonlat(east, 0)) for name, east in (("A", 900), ("B", 1100), ("C", 950))
    ]
    send_bus_to(made, stops, lonlat(0, 0))
    _plan(made, CHECKUP)
    _plan(made, SCREENING)
    return made


@contextmanager
def _service(project, monkeypatch):
    with this_morning(project, monkeypatch, board_routes, crew_routes) as client:
        client.headers.update(KEYED)
        yield client


def _hours(project, name):
    (day,) = published_version(project, name).plan.bus_days
    return day.leave_min, day.back_min


def test_the_second_campaign_takes_the_hours_that_the_first_leaves(both):
    assert {one.name for one in announced_versions(both)} == {CHECKUP, SCREENING}
    first, second = sorted((_hours(both, CHECKUP), _hours(both, SCREENING)))
    assert first[1] + 30 <= second[0]
    assert conflicts([one.standing for one in announced_versions(both)]) == ()


def test_layers_number_the_visits_of_the_bus_in_the_order_it_makes_them(both):
    results, _ = stored_results(both)
    stops, routes = results["bus_stops"], results["bus_routes"]
    assert stops.sort_values("arrive")["order"].tolist() == [1, 2]
    assert sorted(routes["campaign"]) == ["checkup", "screening"]
    assert len({line.wkb for line in routes.geometry}) == 2, "each has a way of its own"


def test_sheet_crew_page_and_api_tell_the_change_at_the_depot(both, monkeypatch):
    with _service(both, monkeypatch) as client:
        sheet = client.get("/bus/day-sheets", params=TODAY | {"bus_id": "bus-1"}).text
        crew = client.get("/bus/crew", params=TODAY).text
        days = client.get("/bus/plan").json()["days"]
    assert sheet.count("先回车场换人换设备，接着办") == 1
    assert crew.count("先回车场换人换设备，接着办") == 1
    assert [len(day["stops"]) for day in days] == [1, 1]
    assert [day["route"]["campaign"] for day in days] == [
        day["stops"][0]["campaign"] for day in days
    ]
    assert days[0]["route"]["return"] < days[1]["route"]["leave"]


def test_a_late_bus_moves_the_campaign_it_is_out_for_and_never_into_the_other(both):
    """Ten minutes late in the morning: the morning's campaign shifts, clear of the afternoon's."""
    standing = sorted(announced_versions(both), key=lambda one: one.plan.bus_days[0].leave_min)
    first, second = standing
    for one, other in ((first, second), (second, first)):
        (day,) = one.plan.bus_days
        now = MORNING.replace(hour=day.leave_min // 60, minute=day.leave_min % 60)
        late = late_version(both, "bus-1", 10, now)
        assert late.name == one.name
        assert late.plan.visits, "ten minutes are taken of the half hour between the two"
        assert late.plan.visits[0][1].start_min >= day.visits[0].start_min
        assert conflicts([late.standing, other.standing]) == ()


def test_a_replan_of_one_leaves_the_hours_of_the_other(both):
    """The stop of the check-ups is lost: what comes instead keeps clear of the screening."""
    before = _hours(both, SCREENING)
    version = published_version(both, CHECKUP)
    (_, visit) = version.plan.visits[0]
    stop = version.campaign.stops[visit.stop].id
    asked = ReplanRequest(cancel=(CancelledStop(stop_id=stop),), campaign=CHECKUP)
    publish_version(both, draft_replan(both, asked, MORNING).number)
    assert _hours(both, SCREENING) == before
    assert published_version(both, CHECKUP).plan.workers_served > 0
    assert conflicts([one.standing for one in announced_versions(both)]) == ()
    results, _ = stored_results(both)
    assert "screening" in set(results["bus_routes"]["campaign"])


def test_the_board_shows_the_other_campaigns_hours_and_refuses_them(both, monkeypatch):
    """The card is dragged to the hour at which the bus is out for the other campaign."""
    with _service(both, monkeypatch) as client:
        state = client.get("/bus/board/state", params={"campaign": "screening"}).json()
        (other,), (card,) = state["others"], state["cards"]
        wanted = {key: card[key] for key in ("bus", "day", "stop")}
        asked = {
            "campaign": "screening",
            "edit": {"do": "move", "visit": wanted, "start_min": other["visits"][0]["start_min"]},
        }
        tried = client.post("/bus/board/try", json=asked).json()
    assert state["is_lawful"]
    assert other["leaves_room"]
    assert other["leave"] < other["back"]
    said = " ".join(text for day in tried["bus_days"] for text in day["broken"])
    assert f"这辆车 {other['leave']}–{other['back']} 在办免费体检" in said


def test_a_plan_that_needs_the_bus_at_the_same_hour_is_not_published(both):
    """The check-ups as if the bus were theirs all day: both campaigns and their hours are named."""
    screening = published_version(both, SCREENING)
    checkup, number = published_version(both, CHECKUP), BusPlans(both.folder).next_number()
    clash = replace(
        checkup,
        number=number,
        parent=checkup.number,
        plan=screening.plan,
        beside=(screening.number,),
    )
    BusPlans(both.folder).write(clash)
    with pytest.raises(BadInputError, match=r"同时排给了免费体检.*和两癌筛查.*请重排其中一项"):
        publish_version(both, number)


def test_a_plan_made_anew_from_a_later_day_calls_off_what_was_announced_before_it(both):
    """The check-ups are planned anew from the 26th: the visit of the 25th is told, never dropped."""
    before, today = published_version(both, CHECKUP), MORNING.date()
    late = replace(before.campaign, days=(today + timedelta(days=1),))
    kept = keep_plan(both, late, nothing_driven(late), today=today)
    (change,) = kept.changes
    assert (change.kind, change.old.day, change.new) == ("cancelled", today, None)
    assert {one.is_cancelled for one in kept.announcements if one.day == today} == {True}
    said = anew_text(kept)
    assert "此前已公告 1 次停靠，0 次照旧、0 次改期、1 次取消" in said.zh
    assert "用 --first-day 2026-11-25 再排一次" in said.zh
    same = keep_plan(both, before.campaign, before.plan, today=today)
    assert same.changes == ()
    assert anew_text(same) is None
