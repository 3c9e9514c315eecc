"""Orienteering: routes that keep their windows, proven best by trying every order.

The straight road: place 0 at 0, and places at 10, 20 and 30 (prizes 5, 4 and 9), one unit a unit.

```
0 ── A(10, prize 5) ── B(20, prize 4) ── C(30, prize 9)
```
"""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.campaign.orienteering.instance import Orienteering, RouteEffort, check_route, plan_route
from geo.campaign.orienteering.outing import mirrored
from geo.campaign.orienteering.proof import prove, room_bound
from geo.errors import BadInputError

QUICK = RouteEffort(tries=3_000, more_tries=3_000, heats=((1.0, 0.05), (0.5, 0.05)))


def road(budget, *, closes=(1000, 1000, 1000)):
    at = np.array([0, 10, 20, 30])
    return Orienteering(
        travel=np.abs(at[:, None] - at[None]),
        opens=np.zeros(4, np.int64),
        closes=np.array([budget, *closes]),
        stay=np.zeros(4, np.int64),
        prize=np.array([0.0, 5, 4, 9]),
    )


@pytest.mark.parametrize(
    ("budget", "prize"), [(19, 0), (20, 5), (39, 5), (40, 9), (59, 9), (60, 18), (1000, 18)]
)
def test_the_straight_road_is_seen_as_far_as_time_allows(budget, prize):
    route = plan_route(road(budget), effort=QUICK)
    assert route.prize == prize
    assert route.is_proven
    assert check_route(road(budget), route) == ()


def test_a_place_is_skipped_when_its_window_closes_before_one_can_be_there():
    route = plan_route(road(1000, closes=(9, 1000, 30)), effort=QUICK)
    assert set(route.places) == {2, 3}
    assert route.prize == 13


def best_by_trying(instance):
    n = len(instance.prize)
    orders = (order for k in range(n) for order in permutations(range(1, n), k))
    return max(sum(instance.prize[p] for p in order) for order in orders if keeps(instance, order))


def keeps(instance, order):
    time, at = instance.opens[0], 0
    for place in (*order, 0):
        time = max(time + instance.stay[at] + instance.travel[at, place], instance.opens[place])
        if time > instance.closes[place]:
            return False
        at = place
    return True


def random_instance(seed, n):
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 100, (n, 2))
    opens = rng.integers(0, 150, n)
    closes = opens + rng.integers(0, 120, n)
    stay = rng.integers(0, 20, n)
    prize = rng.integers(1, 30, n).astype(float)
    opens[0] = stay[0] = prize[0] = 0
    closes[0] = rng.integers(50, 350)
    travel = np.floor(np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))).astype(np.int64)
    return Orienteering(travel, opens, closes, stay, prize)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 7))
def test_random_routes_are_as_good_as_the_best_of_all_orders(seed, n):
    instance = random_instance(seed, n)
    route = plan_route(instance, seed=seed, effort=QUICK)
    assert check_route(instance, route) == ()
    assert route.is_proven
    assert route.prize == best_by_trying(instance)
    assert plan_route(instance, seed=seed, effort=QUICK) == route


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_proof_alone_finds_the_best_and_no_bound_is_below_it(seed):
    """Without any search the labels must close; limited, what they say must still hold."""
    instance = random_instance(seed, 7)
    best = best_by_trying(instance)
    alone = plan_route(instance, effort=RouteEffort(tries=1, heats=((1.0, 0.5),)))
    assert (alone.prize, alone.upper_bound) == (best, best)
    cut = plan_route(instance, effort=RouteEffort(1, 1, ((1.0, 0.5),), max_labels=3))
    assert cut.prize <= best <= cut.upper_bound


def test_a_route_run_backwards_is_worth_the_same():
    from geo.campaign.orienteering.instance import _outing  # noqa: PLC0415  the core beneath the door

    outing = _outing(random_instance(3, 7))
    back = mirrored(outing)
    both = [
        prove(one, np.array([6, 7]), max_labels=10_000, max_compared=10**6)
        for one in (outing, back)
    ]
    assert both[0].bound == both[1].bound
    assert np.array_equal(mirrored(back).travel, outing.travel)
    assert room_bound(outing) >= both[0].bound - 1e-9


@pytest.mark.parametrize(
    "spoil",
    [
        lambda r: replace(r, places=(*r.places, r.places[0])),
        lambda r: replace(r, prize=r.prize + 1, upper_bound=r.upper_bound + 1),
        lambda r: replace(r, upper_bound=r.prize - 1),
        lambda r: replace(r, places=(1, 2, 3), prize=18.0, upper_bound=18.0),
    ],
)
def test_the_checker_finds_every_spoilt_route(spoil):
    instance = road(40)
    assert check_route(instance, spoil(plan_route(instance, effort=QUICK)))


def test_impossible_instances_are_refused():
    for change in (
        {"prize": np.array([1.0, 5, 4, 9])},
        {"stay": np.array([0, -1, 0, 0])},
        {"closes": np.array([-1, 9, 9, 9])},
        {"opens": np.zeros(3, np.int64)},
    ):
        with pytest.raises(BadInputError, match="定向问题"):
            replace(road(60), **change)
