"""The capacitated p-median and the p-dispersion, against every choice tried."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from geo.errors import BadInputError, InfeasibleError
from geo.reach.catchments import Catchments
from geo.siting.models.covering_problem import CoveringProblem, covering_matrix
from geo.siting.models.linear_rule import LinearRule, class_rules, count_rule
from geo.siting.models.model import ModelKind
from geo.siting.models.textbook import p_median
from geo.siting.plan.planned_model import ModelChoice, ModelData, solve_choice
from geo.siting.solver import p_dispersion
from geo.siting.solver.front import solve_model
from geo.siting.solver.p_dispersion import widest_spacing
from geo.solving import SolveStatus
from geo.text import Text

LIMIT_S = 900.0
SEEDS = st.integers(0, 10_000)


def transported(cost, weight, room):
    """Return the least of ``sum w c x`` that serves all within `room`; inf if not all fit."""
    m, n = cost.shape
    every = csr_matrix((np.ones(m * n), (np.repeat(np.arange(m), n), np.arange(m * n))))
    used = csr_matrix((np.repeat(weight, n), (np.tile(np.arange(n), m), np.arange(m * n))))
    found = linprog((weight[:, None] * cost).ravel(), used, room, every, np.ones(m), (0, 1))
    return found.fun if found.success else np.inf


class Room:
    """Ways from 8 demands to 6 sites, of which each can take part of all."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        at, sites = rng.uniform(0, 700, (8, 2)), rng.uniform(0, 700, (6, 2))
        self.ways = np.linalg.norm(at[:, None] - sites, axis=2).astype(np.float32).astype(float)
        self.weight = rng.integers(1, 30, 8).astype(float)
        self.room = rng.uniform(0.2, 0.6, 6) * self.weight.sum()
        self.now = rng.uniform(200, 2_000, 8)

    def least(self, count, ways, room):
        """Return the least total way of any `count` sites, by transport problems."""
        return min(
            transported(ways[:, list(rows)], self.weight, room[list(rows)])
            for rows in combinations(range(6), count)
        )


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, count=st.integers(2, 4))
def test_capacitated_median_is_the_least_of_all_choices(seed, count):
    town = Room(seed)
    best = town.least(count, town.ways, town.room)
    model = p_median(town.ways, count, weight=town.weight, capacity=town.room)
    if not np.isfinite(best):
        with pytest.raises(InfeasibleError, match="全部需求"):
            solve_model(model)
        return
    answer = solve_model(model)
    assert answer.value == pytest.approx(best, rel=1e-6)
    assert answer.bound == pytest.approx(best, rel=1e-6)
    assert int(answer.chosen.sum()) <= count


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, count=st.integers(1, 3))
def test_ways_saved_within_room_are_the_most(seed, count):
    """The planner's form: everybody may keep the way they have, which is a site with room for all."""
    town = Room(seed)
    own = np.minimum(town.now, LIMIT_S)
    ways, room = np.column_stack([town.ways, own]), np.append(town.room, np.inf)
    least = min(
        transported(ways[:, [*rows, 6]], town.weight, room[[*rows, 6]].clip(max=1e9))
        for rows in combinations(range(6), count)
    )
    point, site = np.nonzero(town.ways <= LIMIT_S)
    order = np.lexsort((point, site))
    site, point = site[order], point[order]
    pairs = Catchments.of_pairs(
        site.astype(np.int32),
        point.astype(np.int32),
        town.ways[point, site].astype(np.float32),
        6,
        8,
    )
    covers = covering_matrix(site, point, 6, 8)
    problem = CoveringProblem(covers=covers, weight=town.weight, rules=(count_rule(6, count),))
    data = ModelData(
        pairs=pairs,
        weight=town.weight,
        already=town.now <= LIMIT_S,
        districts=[""] * 8,
        limit=LIMIT_S,
        way_now=town.now,
        capacity=town.room,
    )
    choice = ModelChoice(kind=ModelKind.CAPACITATED_MEDIAN, visits_per_worker_day=1.0)
    answer, _ = solve_choice(choice, problem, data)
    assert answer.value * 60 == pytest.approx(town.weight @ own - least, rel=1e-6, abs=1e-6)
    assert answer.status is SolveStatus.OPTIMAL


def places(seed, n=11):
    """Return points on a plane and a problem of nothing but candidates."""
    xy = np.random.default_rng(seed).uniform(0, 1_000, (n, 2)).round(1)
    return xy, CoveringProblem(covers=csr_matrix((n, 1)), weight=np.zeros(1))


def apart(xy, rows):
    return min(float(np.linalg.norm(xy[i] - xy[j])) for i, j in combinations(rows, 2))


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, p=st.integers(2, 5), marked=st.booleans(), ruled=st.booleans())
def test_sites_lie_as_far_apart_as_any(seed, p, marked, ruled):
    xy, problem = places(seed)
    if marked:
        forced, forbidden = np.zeros(11, bool), np.zeros(11, bool)
        forced[3], forbidden[[0, 7]] = True, True
        problem = replace(problem, forced=forced, forbidden=forbidden)
    if ruled:
        half = ["west" if x < 500 else "east" for x in xy[:, 0]]
        problem = replace(problem, rules=class_rules(half, maximum={"west": 2}))
    allowed = []
    for rows in combinations(range(11), p):
        chosen = np.isin(np.arange(11), rows)
        if not problem.broken(chosen):
            allowed.append(apart(xy, rows))
    if not allowed:
        with pytest.raises(InfeasibleError):
            widest_spacing(problem, xy, p)
        return
    answer = widest_spacing(problem, xy, p)
    assert not problem.broken(answer.chosen)
    assert int(answer.chosen.sum()) == p
    assert answer.spacing_m == pytest.approx(apart(xy, np.flatnonzero(answer.chosen)))
    assert answer.spacing_m == pytest.approx(max(allowed))
    assert answer.upper_bound_m == pytest.approx(max(allowed))


def test_sites_on_a_grid_are_proven():
    """20 of 17 x 17 crossings, 100 m apart: many distances tie; circles once left 22 % open."""
    xy = np.array([(x, y) for x in range(17) for y in range(17)], float) * 100
    problem = CoveringProblem(covers=csr_matrix((len(xy), 1)), weight=np.zeros(1))
    answer = widest_spacing(problem, xy, 20)
    assert answer.spacing_m == pytest.approx(np.hypot(400, 100))
    assert answer.gap == 0


def test_too_many_pairs_for_rows_go_by_circles(monkeypatch):
    xy, problem = places(2)
    by_rows = widest_spacing(problem, xy, 4)
    monkeypatch.setattr(p_dispersion, "_MOST_PAIRS", 0)
    by_circles = widest_spacing(problem, xy, 4)
    assert by_circles.spacing_m == by_rows.spacing_m == by_circles.upper_bound_m


def test_of_plans_as_far_apart_the_busier_is_taken():
    """Three of four corners and a middle: 1,000 m between any two corners that share a side."""
    xy = np.array([[0, 0], [1_000, 0], [0, 1_000], [1_000, 1_000], [500, 500]], float)
    problem = CoveringProblem(covers=csr_matrix((5, 1)), weight=np.zeros(1))
    answer = widest_spacing(problem, xy, 3, prefer=np.array([5.0, 1.0, 4.0, 3.0, 90.0]))
    assert np.flatnonzero(answer.chosen).tolist() == [0, 2, 3]
    assert (answer.spacing_m, answer.gap) == (1_000.0, 0.0)


def test_one_site_is_not_far_from_any_other():
    xy, problem = places(1)
    with pytest.raises(BadInputError, match="2 个站点"):
        widest_spacing(problem, xy, 1)


def test_the_planners_dispersion_takes_the_count_of_the_rules():
    xy, problem = places(5)
    problem = replace(problem, rules=(count_rule(11, 4),))
    none = Catchments.of_pairs(
        np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float32), 11, 1
    )
    data = ModelData(
        pairs=none,
        weight=np.zeros(1),
        already=np.zeros(1, bool),
        districts=[""],
        limit=LIMIT_S,
        xy_m=xy,
    )
    answer, _ = solve_choice(ModelChoice(kind=ModelKind.P_DISPERSION), problem, data)
    assert int(answer.chosen.sum()) == 4
    assert answer.value == pytest.approx(max(apart(xy, r) for r in combinations(range(11), 4)))
    budget = LinearRule(Text("钱", "money"), np.full(11, 2.0), high=7.0)
    with pytest.raises(InfeasibleError):
        solve_choice(
            ModelChoice(kind=ModelKind.P_DISPERSION),
            replace(problem, rules=(*problem.rules, budget)),
            replace(data),
        )
