"""Every rule of a campaign, held by an independent checker that is shown to fail.

Random campaigns mix shifts, rests, evenings, windows, bans, must-visits, quotas, two depots,
days off and repeated visits; their plans must pass, and each way of spoiling one must be found.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from geo.bus.campaign.campaign import Campaign, Drive, People
from geo.bus.campaign.campaign_rules import CampaignRules, Turnout
from geo.bus.campaign.fleet import DAY_SHIFT, LATE_SHIFT, Bus, Depot, Shift
from geo.bus.campaign.stop import Stop
from geo.bus.check import check_plan
from geo.bus.plan import plan_campaign
from geo.errors import BadInputError, InfeasibleError, YizhanError
from geo.layers.vocabulary import Setting

FIRST = date(2026, 11, 25)


def random_campaign(seed):
    """Six stops and ten crowds in a plane of an hour across, under rules drawn at random."""
    rng = np.random.default_rng(seed)
    n, c, depots = 6, 10, 2
    at = rng.uniform(0, 45, (n + depots, 2))
    time_s = 60 * np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)) * rng.uniform(1, 1.2)
    days = tuple(FIRST + timedelta(days=int(d)) for d in np.sort(rng.choice(9, 3, replace=False)))
    settings_ = [[None, Setting.WORK, Setting.RESIDENCE][rng.integers(3)] for _ in range(n)]
    stops = tuple(
        Stop(
            id=f"S{i}",
            name=f"站{i}",
            lonlat=(120.3, 36.1),
            district="AB"[i % 2],
            setting=settings_[i],
            open_min=int(rng.choice([0, 540])),
            close_min=int(rng.choice([1440, 1230])),
            banned=bool(i == 0 and rng.random() < 0.3),
            must_visit=bool(i == 5 and rng.random() < 0.3),
            banned_days=frozenset(days[:1] if rng.random() < 0.2 else ()),
        )
        for i in range(n)
    )
    reach = rng.random((n, c)) < 0.4
    fleet = tuple(
        Bus(
            id=f"b{k}",
            name=f"{k}号车",
            start_depot=0,
            end_depot=int(rng.integers(2)),
            shifts=_shifts(rng),
            exams_per_hour=float(rng.choice([20, 30])),
            exams_per_day=float(rng.choice([60, 150])),
        )
        for k in range(2)
    )
    return Campaign(
        buses=fleet,
        depots=tuple(Depot(f"D{i}", f"车场{i}", (120.3, 36.1)) for i in range(depots)),
        days=days,
        stops=stops,
        people=People(
            count=rng.integers(0, 200, c).astype(float),
            at_work=rng.random(c) < 0.5,
            district=tuple(rng.choice(["A", "B"], c).tolist()),
        ),
        pair_stop=np.nonzero(reach)[0].astype(np.int32),
        pair_people=np.nonzero(reach)[1].astype(np.int32),
        drive=Drive(time_s * 10, time_s),
        rules=CampaignRules(
            turnout=Turnout(0.6, 0.4, 0.9),
            quota=float(rng.choice([50, 5000])),
            district_floor=float(rng.choice([0.0, 0.3])),
            days_between_visits=int(rng.choice([1, 3, 14])),
            max_visits_a_day=int(rng.choice([2, 6])),
            drive_limit_min=int(rng.choice([40, 120])),
        ),
        off=frozenset({("b1", days[0])} if rng.random() < 0.3 else ()),
    )


def _shifts(rng):
    free = Shift(8 * 60, 20 * 60)
    return [(DAY_SHIFT, LATE_SHIFT), (DAY_SHIFT,), (free,), (LATE_SHIFT,)][rng.integers(4)]


def planned(seed):
    given_ = random_campaign(seed)
    try:
        plan = plan_campaign(given_, seed=1)
    except InfeasibleError:
        plan = None
    assume(plan is not None and plan.bus_days)
    return given_, plan


def first_visit(plan, **change):
    """Return `plan` with its first visit changed."""
    head, *others = plan.bus_days
    visits = (replace(head.visits[0], **change), *head.visits[1:])
    return replace(plan, bus_days=(replace(head, visits=visits), *others))


def head(plan, **change):
    """Return `plan` with its first bus-day changed."""
    return replace(plan, bus_days=(replace(plan.bus_days[0], **change), *plan.bus_days[1:]))


SPOILT = {
    "a person too many": lambda _, p: first_visit(p, served=p.bus_days[0].visits[0].served + 1),
    "twice on a day": lambda _, p: replace(p, bus_days=(*p.bus_days, p.bus_days[0])),
    "too early": lambda _, p: head(p, leave_min=0),
    "back too late": lambda _, p: head(p, back_min=1439),
    "exams off the grid": lambda _, p: first_visit(
        p, start_min=p.bus_days[0].visits[0].start_min + 1
    ),
    "no set-up": lambda _, p: first_visit(p, start_min=p.bus_days[0].visits[0].arrive_min),
    "no pack-down": lambda _, p: first_visit(p, depart_min=p.bus_days[0].visits[0].end_min),
    "wrong metres": lambda _, p: first_visit(p, drive_m=p.bus_days[0].visits[0].drive_m + 1),
    "wrong seconds home": lambda _, p: head(p, home_s=p.bus_days[0].home_s + 1),
    "wrong total": lambda _, p: replace(p, workers_served=p.workers_served + 1),
    "bound below": lambda _, p: replace(p, upper_bound=p.workers_served - 1),
    "district changed": lambda _, p: replace(
        p, districts=tuple(replace(row, served=row.served + 1) for row in p.districts)
    ),
    "counted twice": lambda _, p: replace(
        p, servings=replace(p.servings, amount=p.servings.amount * 3)
    ),
    "out of reach": lambda c, p: (
        replace(c, pair_stop=c.pair_stop[:0], pair_people=c.pair_people[:0]),
        p,
    ),
    "banned": lambda c, p: (
        replace(c, stops=tuple(replace(s, banned=True, must_visit=False) for s in c.stops)),
        p,
    ),
    "banned that day": lambda c, p: (
        replace(c, stops=tuple(replace(s, banned_days=frozenset(c.days)) for s in c.stops)),
        p,
    ),
    "bus off": lambda c, p: (
        replace(c, off=frozenset((b.id, d) for b in c.buses for d in c.days)),
        p,
    ),
    "quota": lambda c, p: (replace(c, rules=replace(c.rules, quota=p.workers_served / 2)), p),
    "drive limit": lambda c, p: (replace(c, rules=replace(c.rules, drive_limit_min=1)), p),
    "slower roads": lambda c, p: (
        replace(c, drive=Drive(c.drive.distance_m, c.drive.time_s * 9 + 60)),
        p,
    ),
    "fewer visits a day": lambda c, p: (
        (replace(c, rules=replace(c.rules, max_visits_a_day=len(p.bus_days[0].visits) - 1)), p)
        if len(p.bus_days[0].visits) > 1
        else None
    ),
    "weaker bus": lambda c, p: (
        replace(c, buses=tuple(replace(b, exams_per_day=0.5) for b in c.buses)),
        p,
    ),
    "slower exams": lambda c, p: (
        replace(c, buses=tuple(replace(b, exams_per_hour=0.1) for b in c.buses)),
        p,
    ),
    "longer shortest stay": lambda c, p: (
        replace(c, rules=replace(c.rules, min_stay_min=480, max_stay_min=480)),
        p,
    ),
    "must-visit forgotten": lambda c, p: (
        replace(
            c,
            stops=(*c.stops, Stop(id="X", name="新", lonlat=(120.3, 36.1), must_visit=True)),
            drive=Drive(
                *(np.pad(a, ((0, 1), (0, 1))) for a in (c.drive.distance_m, c.drive.time_s))
            ),
        ),
        p,
    ),
    "nobody there": lambda c, p: (
        replace(c, people=replace(c.people, hours=np.zeros((len(c.people.count), 168), np.bool_))),
        p,
    ),
}


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 100_000))
@example(seed=388)  # a stop banned on one of the days, another that must be visited
def test_random_plans_keep_every_rule_and_no_spoilt_one_passes(seed):
    given_, plan = planned(seed)
    assert check_plan(given_, plan) == ()
    assume(plan.workers_served > 2)
    for name, spoil in SPOILT.items():
        spoilt = spoil(given_, plan)
        if spoilt is None:
            continue
        campaign, other = spoilt if isinstance(spoilt, tuple) else (given_, spoilt)
        assert check_plan(campaign, other), name


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 100_000))
def test_random_plans_are_the_same_again_and_hold_their_totals(seed):
    given_, plan = planned(seed)
    again = plan_campaign(given_, seed=1)
    assert (again.bus_days, again.upper_bound) == (plan.bus_days, plan.upper_bound)
    assert plan.workers_served <= plan.upper_bound + 1e-6
    assert plan.served_range[0] <= plan.workers_served + 1e-6
    assert plan.workers_served <= plan.served_range[1] + 1e-6
    visited = {visit.stop for _, visit in plan.visits}
    assert not visited & {one.stop for one in plan.unreachable}
    assert all(one.reason.zh for one in plan.unreachable)


def test_a_missing_rest_is_found():
    """Eight hours without the half hour at noon."""
    given_, plan = next(pair for pair in map(_resting, range(500)) if pair is not None)
    spoilt = replace(
        plan,
        bus_days=tuple(
            replace(
                day, visits=tuple(replace(v, break_min=0, break_start_min=-1) for v in day.visits)
            )
            for day in plan.bus_days
        ),
    )
    assert check_plan(given_, spoilt)


def _resting(seed):
    given_ = random_campaign(seed)
    try:
        plan = plan_campaign(given_, seed=1)
    except InfeasibleError:
        return None
    return (given_, plan) if any(visit.break_min for _, visit in plan.visits) else None


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: Bus(id="b9", name="九号车", start_depot=0, end_depot=0, exams_per_day=0), "b9"),
        (lambda: Bus(id="b9", name="九号车", start_depot=0, end_depot=0, exams_per_hour=-1), "b9"),
        (lambda: Bus(id="b9", name="九号车", start_depot=0, end_depot=0, shifts=()), "b9"),
        (lambda: Bus(id="b9", name="九号车", start_depot=0, end_depot=0, setup_min=-5), "b9"),
        (lambda: Shift(600, 600), "班次"),
        (lambda: Shift(600, 900, 30, 800, 700), "休息"),
        (lambda: Stop(id="S9", name="站", lonlat=(120, 36), open_min=600, close_min=599), "S9"),
        (lambda: Stop(id="S9", name="站", lonlat=(120, 36), banned=True, must_visit=True), "S9"),
        (lambda: Turnout(0.5, 0.6, 0.7), "参检率"),
        (lambda: CampaignRules(min_stay_min=90, max_stay_min=60), "min_stay_min"),
        (lambda: CampaignRules(district_floor=1.5), "district_floor"),
        (lambda: replace(random_campaign(1), days=()), "日期"),
        (lambda: replace(random_campaign(1), days=(FIRST, FIRST - timedelta(days=1))), "日期"),
        (lambda: replace(random_campaign(1), buses=()), "车辆"),
    ],
)
def test_impossible_input_is_refused_by_name(make, named):
    with pytest.raises(BadInputError, match=named):
        make()


def test_a_campaign_whose_every_bus_day_is_off_says_so():
    given_ = random_campaign(1)
    off = frozenset((bus.id, day) for bus in given_.buses for day in given_.days)
    with pytest.raises(YizhanError):
        plan_campaign(replace(given_, off=off))
