"""Room at the stations: the floating catchments against PySAL `access` and by hand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from access import fca
from access.raam import raam
from access.weights import gaussian, gravity, step_fn
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.coverage.access_model import (
    DecayKind,
    GaussianDecay,
    GravityDecay,
    RoomMethod,
    ZoneDecay,
)
from geo.coverage.capacity import floating_catchments, measure_capacity
from geo.coverage.rational_agents import equilibrium
from geo.errors import BadInputError
from geo.reach.catchments import Catchments

LIMIT = 900.0
FAMILY = [RoomMethod.TWO_STEP, RoomMethod.ENHANCED, RoomMethod.THREE_STEP]
ZONES = {300.0: 1.0, 600.0: 0.68, 900.0: 0.22}


def pairs_of(site, point, cost, n_sites, n_points):
    return Catchments.of_pairs(
        np.array(site, np.int32),
        np.array(point, np.int32),
        np.array(cost, np.float32),
        n_sites,
        n_points,
    )


@st.composite
def cities(draw):
    """Some stations and points, any of them within reach of each other, costs in whole seconds."""
    n_sites, n_points = draw(st.integers(1, 6)), draw(st.integers(1, 9))
    every = [(site, point) for site in range(n_sites) for point in range(n_points)]
    chosen = sorted(draw(st.sets(st.sampled_from(every), min_size=1)))
    cost = [draw(st.integers(0, 900)) for _ in chosen]
    supply = draw(st.lists(st.integers(0, 200), min_size=n_sites, max_size=n_sites))
    people = draw(st.lists(st.integers(1, 500), min_size=n_points, max_size=n_points))
    pairs = pairs_of(*zip(*chosen, strict=True), cost, n_sites, n_points)
    return pairs, np.array(supply, float), np.array(people, float)


DECAYS = {
    ZoneDecay(): step_fn(ZONES),
    GaussianDecay(): gaussian(LIMIT / 3),
    GravityDecay(): gravity(LIMIT / 15, -1.0, LIMIT / 15),
    GravityDecay(power=2.0, near=0.2): gravity(180.0, -2.0, 180.0),
}
"""Ours, and PySAL's words for the same."""


def by_pysal(pairs, supply, people, method, weight):
    """Return the access of every point as PySAL `access` has it, 0 where it names none."""
    demand = pd.DataFrame({"demand": people}, index=pd.Index(range(len(people)), name="geoid"))
    offer = pd.DataFrame({"supply": supply}, index=pd.Index(range(len(supply)), name="geoid"))
    costs = pd.DataFrame({"origin": pairs.point, "dest": pairs.site, "cost": pairs.cost})
    weight = step_fn({LIMIT: 1.0}) if method == "2sfca" else weight
    three = method == "3sfca"
    solve = fca.three_stage_fca if three else fca.two_stage_fca
    found = solve(demand.reset_index(), offer, costs, LIMIT, weight_fn=weight)
    return found.reindex(range(len(people))).fillna(0.0).to_numpy()


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # inside `access`
@settings(max_examples=60, deadline=None)
@given(city=cities(), method=st.sampled_from(FAMILY), decay=st.sampled_from(list(DECAYS)))
def test_the_family_is_what_pysal_access_says(city, method, decay):
    pairs, supply, people = city
    _, access = floating_catchments(pairs, supply, people, LIMIT, method=method, decay=decay)
    theirs = by_pysal(pairs, supply, people, method, DECAYS[decay])
    assert access == pytest.approx(theirs, rel=1e-9, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(city=cities(), method=st.sampled_from(FAMILY))
def test_workers_times_access_is_the_capacity_anyone_can_reach(city, method):
    pairs, supply, people = city
    _, access = floating_catchments(pairs, supply, people, LIMIT, method=method)
    reached = supply[np.unique(pairs.site)].sum()
    assert people @ access == pytest.approx(reached)


def test_two_stations_and_two_points_by_hand():
    """S0 (30 visits) is 200 s from both points; S1 (22) is 700 s from the second, 50 people.

    E2SFCA: S0 serves 100 + 50 at weight 1: 0.2 each; S1 serves 50 at 0.22: 22 / 11 = 2, of
    which the second point gets 0.22 x 2.
    """
    pairs = pairs_of([0, 0, 1], [0, 1, 1], [200, 200, 700], 2, 2)
    ratio, access = floating_catchments(
        pairs, np.array([30.0, 22.0]), np.array([100.0, 50.0]), LIMIT
    )
    assert ratio.tolist() == pytest.approx([0.2, 2.0])
    assert access.tolist() == pytest.approx([0.2, 0.64])


def test_the_edge_of_a_zone_belongs_to_it():
    weights = ZoneDecay().of(np.array([0.0, 300.0, 300.1, 600.0, 900.0]), LIMIT)
    assert weights.tolist() == [1.0, 1.0, 0.68, 0.68, 0.22]


class Seen:
    """What the capacity reads of a coverage."""

    def __init__(self, pairs, capacity, people):
        self.pairs = pairs
        self.stations = gpd.GeoDataFrame({"capacity": pd.array(capacity, "Int64")})
        self.demand = type("Demand", (), {"workers": np.array(people, float)})
        self.rule = type("Rule", (), {"limit": LIMIT})


def test_a_full_station_is_told_from_one_with_room_and_one_that_does_not_say():
    """A visit a worker and day: S0 takes 50 of 100, S1 100 of 20; S2 does not say; P3 has none."""
    pairs = pairs_of([0, 1, 2], [0, 1, 2], [0, 0, 0], 3, 4)
    seen = measure_capacity(Seen(pairs, [50, 100, None], [100, 20, 10, 7]), visits_per_worker=1.0)
    assert seen.access.tolist() == pytest.approx([0.5, 5.0, 0.0, 0.0])
    assert seen.load[:2].tolist() == pytest.approx([2.0, 0.2])
    assert seen.supply_ratio[:3].tolist() == pytest.approx([0.5, 1.0, 1.0])
    assert np.isnan(seen.supply_ratio[3])
    assert seen.full.tolist() == [True, False, False, False]
    assert seen.visits.sum() == pytest.approx(130)
    assert seen.stations_unstated == 1


@settings(max_examples=60, deadline=None)
@given(city=cities(), visits=st.floats(0.01, 5))
def test_the_visits_without_room_are_those_beyond_the_capacities(city, visits):
    pairs, supply, people = city
    seen = measure_capacity(
        Seen(pairs, supply.astype(int).tolist(), people), visits_per_worker=visits
    )
    beyond = np.maximum(seen.visits - supply, 0).sum()
    without = people * visits * np.nan_to_num(1 - seen.supply_ratio, nan=0.0)
    assert without.sum() == pytest.approx(beyond, abs=1e-6)
    assert seen.full.any() == (seen.load > 1).any()


def test_workers_choose_the_nearer_station_more_often():
    pairs = pairs_of([0, 1], [0, 0], [100, 800], 2, 1)
    seen = measure_capacity(Seen(pairs, [10, 10], [122]), visits_per_worker=1.0)
    assert seen.visits.tolist() == pytest.approx([100, 22])


def test_the_usual_decays_are_those_the_words_name():
    cost = np.array([0.0, 60.0, 120.0, 900.0])
    assert DecayKind.ZONES.decay().of(cost, LIMIT).tolist() == [1.0, 1.0, 1.0, 0.22]
    assert DecayKind.GRAVITY.decay().of(cost, LIMIT).tolist() == pytest.approx(
        [1, 1, 1 / 2, 1 / 15]
    )
    bell = DecayKind.GAUSSIAN.decay().of(cost, LIMIT)
    assert bell.tolist() == pytest.approx([1.0, np.exp(-0.02), np.exp(-0.08), np.exp(-4.5)])


@settings(max_examples=60, deadline=None)
@given(city=cities())
def test_rational_workers_gain_nothing_by_changing(city):
    """Wardrop: every station in use costs its users the least there is; the rest cost no less."""
    pairs, supply, people = city
    found = equilibrium(pairs, supply, people, LIMIT)
    gone = found.share * people[pairs.point]
    load = np.bincount(pairs.site, gone, minlength=pairs.n_sites)
    room = supply * people.sum() / max(supply.sum(), 1.0)
    crowd = np.divide(load, room, out=np.full(len(room), np.inf), where=room > 0)
    cost = pairs.cost / LIMIT + crowd[pairs.site]
    for point in range(pairs.n_points):
        mine = pairs.point == point
        if not np.isfinite(cost[mine]).any():
            assert not gone[mine].any()
            assert np.isnan(found.cost[point])
            continue
        assert gone[mine].sum() == pytest.approx(people[point])
        paid = float(cost[mine][gone[mine] > 0] @ gone[mine][gone[mine] > 0])
        assert paid == pytest.approx(people[point] * cost[mine].min(), rel=1e-4)
        assert found.cost[point] == pytest.approx(paid / people[point])


def test_rational_workers_pay_what_pysal_access_says():
    """Its agents move whole, in steps that shrink: with millions of them the costs are the same."""
    rng, n, s = np.random.default_rng(7), 40, 12
    near = rng.random((s, n)) < 0.5
    near[rng.integers(0, s, n), np.arange(n)] = True
    site, point = np.nonzero(near)
    cost = rng.integers(0, 900, len(site))
    people, supply = rng.integers(1, 500, n) * 1_000_000, rng.integers(10, 200, s)
    pairs = pairs_of(site, point, cost, s, n)
    found = equilibrium(pairs, supply.astype(float), people.astype(float), LIMIT)
    theirs = raam(
        pd.DataFrame({"demand": people}),
        pd.DataFrame({"supply": supply}),
        pd.DataFrame({"origin": point, "dest": site, "cost": cost.astype(float)}),
        tau=LIMIT,
        max_cycles=3_000,
        min_step=1e-5,
    )
    assert found.cost == pytest.approx(theirs.sort_index().to_numpy(float), rel=1e-3)


def test_room_where_rational_workers_go():
    """100 between two stations a minute off, of 30 and 10 visits, and one of unstated room at five.

    The mean crowd is 170 / 40 a visit. Until either costs as much as the third, which is never
    crowded (5 / 15), 34 and a third of that go there. The fourth takes nobody: who has no other is
    refused.
    """
    pairs = pairs_of([0, 1, 2, 3, 3], [0, 0, 1, 0, 2], [60, 60, 60, 300, 0], 4, 3)
    seen = measure_capacity(
        Seen(pairs, [30, 10, 0, None], [100, 20, 50]),
        visits_per_worker=1.0,
        method=RoomMethod.RATIONAL,
    )
    assert seen.visits.tolist() == pytest.approx([34, 34 / 3, 20, 150 - 34 * 4 / 3], rel=1e-6)
    assert seen.supply_ratio[1] == 0.0
    assert seen.access[1:].tolist() == [0.0, 0.0]


def test_senseless_parameters_are_refused():
    pairs = pairs_of([0], [0], [0], 1, 1)
    with pytest.raises(BadInputError, match="4sfca"):
        floating_catchments(pairs, np.ones(1), np.ones(1), LIMIT, method="4sfca")
    with pytest.raises(BadInputError):
        measure_capacity(Seen(pairs, [1], [1]), visits_per_worker=0.0)
    with pytest.raises(BadInputError):
        ZoneDecay(shares=(0.5, 0.4), weights=(1.0, 0.5))
    for make in (lambda: GaussianDecay(width=0.0), lambda: GravityDecay(near=-1.0)):
        with pytest.raises(BadInputError):
            make()
