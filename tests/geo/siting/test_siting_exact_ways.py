"""The planner's p-median, p-centre and full cover claim what is true of the ways as they are.

Small towns on a plane, as spopt's own fixtures are: ways with decimals, two fixed sites, one that
is forbidden, stations there are already. Every choice is tried.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point

from geo.reach.catchments import Catchments
from geo.siting.models.linear_rule import LinearRule
from geo.siting.models.site_rules import SiteRules
from geo.siting.models.textbook import (
    cost_saved,
    covers_of,
    maximal_covering,
    p_centre,
    p_median,
    p_median_beside,
    with_rules,
)
from geo.siting.plan.planned_model import ModelChoice, ModelData, ModelKind, solve_choice
from geo.siting.plan.recommend import recommend_sites
from geo.siting.plan.site_inputs import ExistingSupply, SiteInputs
from geo.siting.solver.front import solve_model
from geo.solving import SolveStatus
from geo.text import Text

M, N, P, LIMIT_S = 18, 9, 4, 900.0


class Town:
    """Ways in seconds (float32, as measured), weights, and which sites are fixed or forbidden."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        at, sites = rng.uniform(0, 1_500, (M, 2)), rng.uniform(0, 1_500, (N, 2))
        self.ways = np.linalg.norm(at[:, None] - sites, axis=2).astype(np.float32).astype(float)
        self.now = rng.uniform(200, 2_500, M)
        self.weight = rng.uniform(0, 30, M)
        self.weight[:2] = 0
        self.forced, self.forbidden = np.zeros(N, bool), np.zeros(N, bool)
        self.forced[[1, 5]], self.forbidden[2] = True, True

    def pairs(self, limit):
        point, site = np.nonzero(self.ways <= limit)
        order = np.lexsort((point, site))
        site, point = site[order], point[order]
        way = self.ways[point, site].astype(np.float32)
        return Catchments.of_pairs(site.astype(np.int32), point.astype(np.int32), way, N, M)

    def choices(self, size=P):
        for k in range(size + 1):
            for rows in combinations(range(N), k):
                chosen = np.isin(np.arange(N), rows)
                if chosen[self.forced].all() and not chosen[self.forbidden].any():
                    yield chosen

    def near(self, chosen):
        return np.minimum(self.now, self.ways[:, chosen].min(axis=1, initial=np.inf))

    def total(self, chosen):
        return float(self.weight @ np.minimum(self.near(chosen), LIMIT_S))

    def planned(self, kind, *more):
        """Return the planner's answer under the count and `more` rules."""
        pairs = self.pairs(LIMIT_S)
        plain = with_rules(maximal_covering(covers_of(pairs), self.weight, P), *more).problem
        ruled = replace(plain, forced=self.forced, forbidden=self.forbidden)
        data = ModelData(
            pairs=pairs,
            weight=self.weight,
            already=self.now <= LIMIT_S,
            districts=[""] * M,
            limit=LIMIT_S,
            way_now=self.now,
        )
        choice = ModelChoice(kind=kind, wide=self.pairs(6 * LIMIT_S))
        return solve_choice(choice, ruled, data)[0]


@pytest.fixture(params=range(6))
def town(request):
    return Town(request.param)


def test_ways_saved_are_those_of_the_best_of_all_choices(town):
    """Rounded up to whole minutes, 1,875.6 was called optimal where 1,872.5 is."""
    best = min(town.total(chosen) for chosen in town.choices())
    none = float(town.weight @ np.minimum(town.now, LIMIT_S))
    answer = town.planned(ModelKind.P_MEDIAN)
    assert town.total(answer.chosen) == pytest.approx(best)
    assert answer.value * 60 == pytest.approx(none - best)
    assert (answer.bound, answer.status) == (pytest.approx(answer.value), SolveStatus.OPTIMAL)


def test_ways_saved_are_the_most_under_other_rules_too(town):
    """A budget of the sites' numbers: the table of ways cannot be used, the covering model is."""
    budget = LinearRule(Text("钱", "money"), np.arange(1.0, N + 1), high=17.0)
    best = min(town.total(c) for c in town.choices() if float(budget.coefficient[c].sum()) <= 17.0)
    answer = town.planned(ModelKind.P_MEDIAN, budget)
    assert town.total(answer.chosen) == pytest.approx(best)
    assert answer.status is SolveStatus.OPTIMAL


def test_longest_way_is_the_shortest_of_all_choices(town):
    asked = town.weight > 0
    best = min(float(town.near(chosen)[asked].max()) for chosen in town.choices())
    answer = town.planned(ModelKind.P_CENTRE)
    assert float(town.near(answer.chosen)[asked].max()) == pytest.approx(best)
    assert answer.value * 60 == pytest.approx(best)
    assert (answer.bound, answer.status) == (answer.value, SolveStatus.OPTIMAL)


def test_longest_way_is_the_shortest_within_a_budget_too(town):
    """Parts of sites suffice within a shorter way than whole ones: that is no answer."""
    budget = LinearRule(Text("钱", "money"), np.arange(1.0, N + 1), high=17.0)
    asked = town.weight > 0
    allowed = (c for c in town.choices() if float(budget.coefficient[c].sum()) <= 17.0)
    best = min(float(town.near(chosen)[asked].max()) for chosen in allowed)
    answer = town.planned(ModelKind.P_CENTRE, budget)
    assert float(town.near(answer.chosen)[asked].max()) == pytest.approx(best)
    assert float(budget.coefficient[answer.chosen].sum()) <= 17.0
    assert (answer.bound, answer.status) == (answer.value, SolveStatus.OPTIMAL)


def test_textbook_forms_take_fixed_and_forbidden_sites(town):
    town.now[:] = np.inf
    for make, measure in (
        (p_median(town.ways, P, weight=town.weight), lambda near: float(town.weight @ near)),
        (p_centre(town.ways, P), lambda near: float(near.max())),
    ):
        marked = replace(make.problem, forced=town.forced, forbidden=town.forbidden)
        answer = solve_model(replace(make, problem=marked))
        best = min(measure(town.near(chosen)) for chosen in town.choices())
        assert measure(town.near(answer.chosen)) == pytest.approx(best)
        assert (answer.value, answer.status) == (pytest.approx(best), SolveStatus.OPTIMAL)
        assert answer.chosen[town.forced].all()
        assert not answer.chosen[town.forbidden].any()


def test_a_table_made_coarse_promises_no_less_than_there_is(town):
    """Too many entries allowed for: ways are rounded down, so the bound holds for the true ones."""
    pairs, town.forced = town.pairs(LIMIT_S), np.zeros(N, bool)
    town.forbidden = town.forced
    model = p_median_beside(
        pairs, town.weight, P, now=town.now, limit=LIMIT_S, most_entries=len(pairs.cost)
    )
    exact = p_median_beside(pairs, town.weight, P, now=town.now, limit=LIMIT_S)
    assert model.problem.covers.nnz < exact.problem.covers.nnz
    found = solve_model(model)
    none = float(town.weight @ np.minimum(town.now, LIMIT_S))
    best = none - min(town.total(chosen) for chosen in town.choices())
    saved = cost_saved(pairs, town.weight, found.chosen, now=town.now, limit=LIMIT_S)
    assert saved <= best * (1 + 1e-9)
    assert found.bound >= best * (1 - 1e-9)


def test_full_cover_says_who_is_left_out():
    """Two doors of 10 and 7; the one candidate reaches the first."""
    candidates = gpd.GeoDataFrame(
        {"id": ["A"], "name": ["甲"], "cost_cny": [1.0]}, geometry=[Point(120.3, 36.1)], crs=4326
    )
    pairs = Catchments.of_pairs(
        np.zeros(1, np.int32), np.zeros(1, np.int32), np.full(1, 300, np.float32), 1, 2
    )
    near = pd.DataFrame(
        {"nearest_station_id": ["S"], "nearest_station_name": ["老站"], "nearest_m": [900.0]}
    )
    demand = pd.DataFrame(
        {"workers": [10.0, 7.0], "group": ["courier"] * 2, "setting": ["work"] * 2}
    )
    for kind in (ModelKind.LSCP, ModelKind.P_CENTRE):
        given = SiteInputs(
            candidates=candidates,
            pairs=pairs,
            demand=demand,
            already_covered=np.zeros(2, bool),
            nearest=near,
            supply=ExistingSupply(way=np.full(2, np.inf)),
        )
        plan = recommend_sites(given, rules=SiteRules(count=1), model=ModelChoice(kind=kind))
        assert plan.sites["target_id"].tolist() == ["A"]
        assert "够不着的 7 名职工不在其内" in plan.answer.left_out.zh
