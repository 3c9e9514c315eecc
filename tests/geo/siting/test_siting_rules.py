"""Budgets, quotas, exclusive groups, equity, phases and the longest way, on instances done by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from geo.errors import BadInputError, InfeasibleError
from geo.gaps.clusters import gap_of_points, gaps_named
from geo.reach.catchments import Catchments
from geo.siting.models.covering_problem import CoveringProblem, covering_matrix
from geo.siting.models.linear_rule import count_rule
from geo.siting.models.model import ModelKind
from geo.siting.models.site_rules import SiteRules, equity_weight
from geo.siting.models.textbook import p_median_beside
from geo.siting.plan.as_good import cheapest_as_good
from geo.siting.plan.phases import staged
from geo.siting.plan.planned_model import ModelChoice
from geo.siting.plan.recommend import recommend_sites
from geo.siting.plan.site_inputs import ExistingSupply, PresenceWeek, SiteInputs
from geo.siting.solver.covering import solve_covering
from geo.siting.solver.front import solve_model
from geo.siting.solver.p_centre import shortest_radius
from geo.text import Text


def problem_of(reach, weight, *rules):
    pairs = [(j, i) for j, demands in enumerate(reach) for i in demands]
    site, demand = np.array(pairs, np.int64).reshape(-1, 2).T
    covers = covering_matrix(site, demand, len(reach), len(weight))
    return CoveringProblem(covers=covers, weight=np.asarray(weight, float), rules=rules)


def staged_by_prices(problem, ends):
    answer = solve_covering(problem)
    return answer, staged(problem, answer.chosen, ends, prices=answer.prices)


def test_a_plan_gives_way_to_one_as_good_that_starts_better():
    """{C, D} and {A, B} both cover 12, but A and B begin with 6 and C and D with 11 and 7.

    Demand: 0 and 3 weigh 5, 1 and 2 weigh 1. A: 0 1, B: 2 3, C: 0 2 3, D: 1 3.
    """
    problem = problem_of([[0, 1], [2, 3], [0, 2, 3], [1, 3]], [5, 1, 1, 5], count_rule(4, 2))
    answer = solve_covering(problem)
    first = staged(problem, np.array([True, True, False, False]), (1,), prices=answer.prices)
    assert problem.value(first.chosen) == answer.value == 12
    assert first.rows.tolist()[0] == 2
    claim = first.claims[0]
    assert (claim.covered, claim.bound, claim.gap, claim.free_bound) == (11, 11, 0, 11)
    kept = staged(problem, np.array([True, True, False, False]), (1,))
    assert kept.chosen.tolist() == [True, True, False, False]
    assert (kept.claims[0].covered, kept.claims[0].bound) == (6, 11)


def test_a_start_that_would_cost_the_plan_is_not_taken_and_that_is_told():
    """The best single site covers 10 but belongs to no best pair (9 + 9)."""
    reach = [[0, 1, 2, 3, 4], [5, 0, 1], [6, 2, 3]]
    problem = problem_of(reach, [2, 2, 2, 2, 2, 5, 5], count_rule(3, 2))
    answer, plan = staged_by_prices(problem, (1,))
    assert plan.chosen.tolist() == answer.chosen.tolist() == [False, True, True]
    claim = plan.claims[0]
    assert (claim.covered, claim.bound, claim.gap, claim.free_bound) == (9, 9, 0, 10)


@st.composite
def plans(draw):
    n, m = draw(st.integers(3, 6)), draw(st.integers(1, 8))
    reach = [draw(st.lists(st.integers(0, m - 1), unique=True)) for _ in range(n)]
    reach[0] = reach[0] or [0]
    weight = draw(st.lists(st.integers(0, 9), min_size=m, max_size=m))
    size = draw(st.integers(2, n))
    problem = problem_of(reach, weight, count_rule(n, size))
    forced = np.arange(n) == draw(st.integers(0, n))
    pair = draw(st.sampled_from([[], [[0, 1]]]))
    return replace(problem, forced=forced, conflicts=np.array(pair, np.int64).reshape(-1, 2))


@settings(max_examples=80, deadline=None)
@given(plans())
def test_claims_hold_against_every_plan_as_good(problem):
    answer, plan = staged_by_prices(problem, (1,))
    assert problem.value(plan.chosen) == pytest.approx(answer.value)
    assert not problem.broken(plan.chosen)
    n = problem.n_candidates
    every = [np.isin(np.arange(n), r) for k in range(n + 1) for r in combinations(range(n), k)]
    good = [c for c in every if not problem.broken(c) and problem.value(c) >= answer.value - 1e-6]
    for claim in plan.claims:
        starts = [c for c in every if c.sum() <= claim.count]
        best = max(problem.value(s) for s in starts if any(not (s & ~c).any() for c in good))
        assert claim.covered == pytest.approx(best)
        assert claim.bound == pytest.approx(best)
        assert claim.free_bound >= max(problem.value(s) for s in starts) - 1e-6


@pytest.fixture
def town():
    """Three premises, each with a door of its own: 10, 20 and 30 workers; costs 1, 2 and 3 万元."""
    candidates = gpd.GeoDataFrame(
        {
            "id": list("ABC"),
            "name": ["甲", "乙", "丙"],
            "host": ["bank", "bank", "post"],
            "district": ["x", "x", "y"],
            "cost_cny": [10_000.0, 20_000.0, 30_000.0],
            "opening_hours": ["24/7", "Mo-Fr 08:00-17:00", None],
            "exclusive": [None, "同楼", "同楼"],
        },
        geometry=[Point(120.3 + 0.01 * k, 36.1) for k in range(3)],
        crs="EPSG:4326",
    )
    three = np.arange(3, dtype=np.int32)
    return {
        "candidates": candidates,
        "pairs": SimpleNamespace(
            site=three, point=three, cost=np.full(3, 300.0, np.float32), n_sites=3, n_points=3
        ),
        "demand": pd.DataFrame(
            {
                "workers": [10.0, 20.0, 30.0],
                "group": ["courier"] * 3,
                "setting": ["work"] * 3,
                "district": list("xxy"),
                "gap_id": ["G1", "G2", ""],
            }
        ),
        "already_covered": np.zeros(3, bool),
        "nearest": pd.DataFrame(
            {
                "nearest_station_id": ["S"] * 3,
                "nearest_m": [9e3] * 3,
                "nearest_station_name": ["老站"] * 3,
            }
        ),
    }


def chosen(town, **rules):
    return set(recommend_sites(SiteInputs(**town), rules=SiteRules(**rules)).sites["target_id"])


def test_one_of_an_exclusive_group(town):
    assert chosen(town, count=3) == {"A", "C"}


def test_hosts_have_minima_and_maxima(town):
    assert chosen(town, count=1, host_minimum={"bank": 1}) == {"B"}
    assert chosen(town, count=2, host_maximum={"post": 0}) == {"A", "B"}
    assert chosen(town, count=2, district_maximum={"x": 0}) == {"C"}


def test_count_and_two_budgets_hold_together(town):
    assert chosen(town, count=3, city_cny=10_000.0) == {"B"}
    assert chosen(town, count=3, city_cny=20_000.0, district_cny={"y": 10_000.0}) == {"A", "B"}
    assert chosen(town, count=3, district_cny={"y": 15_000.0, "x": 0.0}) == {"C"}


def test_money_and_quota_that_fight_are_named(town):
    with pytest.raises(InfeasibleError) as caught:
        chosen(town, count=3, city_cny=10_000.0, district_minimum={"y": 1})
    assert "市级资金不超过 10,000 元（承担 50%）" in caught.value.text.zh
    assert "y至少 1 个（候选点 1 个）" in caught.value.text.zh
    assert "总数" not in caught.value.text.zh


def test_each_site_says_its_hours_price_gaps_and_overlap(town):
    week = PresenceWeek(np.ones((3, 168), bool), np.zeros((3, 168), bool))
    plan = recommend_sites(
        SiteInputs(**town, supply=ExistingSupply(week=week)),
        rules=SiteRules(count=2),
        robustness_runs=3,
    )
    site = plan.sites.set_index("target_id")
    assert site.loc["A", "worker_hours_new"] == 10 * 168
    assert json.loads(site.loc["A", "workers_by_hour"]) == [10.0] * 168
    assert pd.isna(site.loc["C", "worker_hours_new"])
    assert site.loc["A", "cost_per_worker_cny"] == 1000.0
    assert site.loc["A", "gap_ids"] == "G1"
    assert site["overlap_workers"].tolist() == [0.0, 0.0]
    assert site["robustness"].between(0, 1).all()
    assert "填补缺口 G1" in site.loc["A", "reason_zh"]


def test_models_that_seek_the_fewest_ignore_the_count(town):
    choice = ModelChoice(kind=ModelKind.DISTRICT, target={"y": 0.5, "x": 0.3})
    plan = recommend_sites(SiteInputs(**town), rules=SiteRules(count=1), model=choice)
    # C and B exclude each other, so x must do with A: 10 of 30.
    assert set(plan.sites["target_id"]) == {"A", "C"}
    assert (plan.answer.objective.value, plan.answer.objective.gap) == (2, 0)
    assert plan.answer.binding == ()
    cheap = ModelChoice(kind=ModelKind.PARTIAL, target=0.5, cheapest=True)
    plan = recommend_sites(SiteInputs(**town), model=cheap)
    assert plan.answer.objective.value == 30_000.0
    assert plan.answer.objective.text.zh == "费用（元）"


def test_models_by_way_need_the_ways(town):
    with pytest.raises(BadInputError):
        recommend_sites(SiteInputs(**town), model=ModelChoice(kind=ModelKind.GRADUAL))
    known = ExistingSupply(way=np.full(3, np.inf), times=np.zeros(3, int))
    for kind in (ModelKind.GRADUAL, ModelKind.P_MEDIAN, ModelKind.BACKUP):
        plan = recommend_sites(
            SiteInputs(**town, supply=known),
            model=ModelChoice(kind=kind),
            rules=SiteRules(count=1),
        )
        assert plan.sites["target_id"].tolist() == ["C"], kind


def test_equity_factors_multiply():
    demand = pd.DataFrame(
        {
            "workers": [10.0, 30.0, 10.0],
            "group": ["courier", "other", "courier"],
            "district": ["x", "x", "y"],
        }
    )
    covered = np.array([False, True, False])
    weight = equity_weight(demand, covered, group={"courier": 2.0}, under_service=1.0)
    # x is covered to 3/4, y not at all.
    assert weight.tolist() == [2 * 1.25, 1.25, 2 * 2.0]
    assert equity_weight(demand, covered, district={"y": 3.0}).tolist() == [1, 1, 3]
    with pytest.raises(BadInputError):
        equity_weight(demand, covered, under_service=-1.0)


def pairs_of(ways):
    point, site = np.nonzero(np.isfinite(ways))
    order = np.lexsort((point, site))
    return Catchments.of_pairs(
        site[order].astype(np.int32),
        point[order].astype(np.int32),
        ways[point, site][order].astype(np.float32),
        ways.shape[1],
        ways.shape[0],
    )


@st.composite
def towns(draw):
    m, n = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    way = st.sampled_from([0.0, 1.0, 2.5, 3.0, 7.0, np.inf])
    ways = np.array(draw(st.lists(way, min_size=m * n, max_size=m * n))).reshape(m, n)
    now = np.array(draw(st.lists(way, min_size=m, max_size=m)))
    weight = np.array(draw(st.lists(st.integers(0, 9), min_size=m, max_size=m)), float)
    return ways, now, weight, draw(st.integers(1, n))


@settings(max_examples=80, deadline=None)
@given(towns())
def test_ways_saved_are_the_most_there_are(town):
    ways, now, weight, count = town
    limit, n = 6.0, ways.shape[1]

    def total(rows):
        near = np.minimum(now, ways[:, list(rows)].min(axis=1, initial=np.inf))
        return float(weight @ np.minimum(near, limit))

    best = min(total(r) for k in range(count + 1) for r in combinations(range(n), k))
    within = np.where(ways <= limit, ways, np.inf)
    model = p_median_beside(pairs_of(within), weight, count, now=now, limit=limit)
    answer = solve_model(model)
    assert answer.value == pytest.approx(total(()) - best)
    assert answer.bound == pytest.approx(answer.value)
    assert total(np.flatnonzero(answer.chosen)) == pytest.approx(best)


@settings(max_examples=80, deadline=None)
@given(towns())
def test_longest_way_is_the_shortest_there_is(town):
    ways, now, weight, count = town
    n = ways.shape[1]
    own = np.minimum(now, ways.min(axis=1))
    longest = np.where(np.isfinite(ways), ways, 0.0).max()
    asked = (weight > 0) & (own <= longest)

    def radius(rows):
        near = np.minimum(now, ways[:, list(rows)].min(axis=1, initial=np.inf))
        return float(near[asked].max(initial=0.0))

    best = min(radius(r) for k in range(count + 1) for r in combinations(range(n), k))
    problem = CoveringProblem(
        covers=covering_matrix(np.empty(0, int), np.empty(0, int), n, len(weight)),
        weight=weight,
        rules=(count_rule(n, count),),
    )
    if best > longest:
        with pytest.raises(InfeasibleError):
            shortest_radius(problem, pairs_of(ways), now)
        return
    answer = shortest_radius(problem, pairs_of(ways), now)
    assert (answer.radius, answer.lower_bound) == (best, best)
    assert radius(np.flatnonzero(answer.chosen)) <= best


def test_points_know_their_gap_by_place_and_by_time():
    gaps = gpd.GeoDataFrame(
        {"gap_id": ["G1", "G2"], "cause": ["closed_then", "too_far"]},
        geometry=[box(0, 0, 2, 2), box(1, 1, 3, 3)],
        crs="EPSG:4326",
    )
    lonlat = np.array([[1.5, 1.5], [1.5, 1.5], [9.0, 9.0]])
    gap = gap_of_points(gaps, lonlat, np.array([True, False, False]))
    assert gap.tolist() == ["G1", "G2", ""]
    assert gaps_named(gap, np.array([0, 1, 2]), np.array([1.0, 5.0, 9.0])) == ["G2", "G1"]


def test_kinds_read_in_both_languages():
    assert all(isinstance(kind.text, Text) and kind.text.zh for kind in ModelKind)


@settings(max_examples=60, deadline=None)
@given(plans(), st.lists(st.integers(1, 9).map(float), min_size=6, max_size=6))
def test_of_plans_as_good_the_cheapest_is_taken(problem, cost):
    cost = np.array(cost[: problem.n_candidates])
    answer = solve_covering(problem)
    cheap = cheapest_as_good(problem, answer.chosen, cost, answer.prices)
    n = problem.n_candidates
    every = [np.isin(np.arange(n), r) for k in range(n + 1) for r in combinations(range(n), k)]
    least = min(
        cost[c].sum()
        for c in every
        if not problem.broken(c) and problem.value(c) >= answer.value - 1e-6
    )
    assert cost[cheap].sum() == pytest.approx(least)
    assert problem.value(cheap) == pytest.approx(answer.value)
    assert not problem.broken(cheap)
    unknown = np.where(np.arange(n) == 0, np.nan, cost)
    assert cheapest_as_good(problem, answer.chosen, unknown, answer.prices) is answer.chosen
