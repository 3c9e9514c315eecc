"""Sites that add nobody: a small town where every figure can be added up by hand.

Two demands in x, 30 and 20 workers, nobody covers; one in z, 100 workers, whose station is open on
weekdays from 8 to 18. Candidates and whom they reach::

    A (x): the 30    B (x): the 20    F (z): the 100, same hours as the station, 5 yuan
                                      G (z): the 100, day and night, 9 yuan
"""

from __future__ import annotations

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point

from geo.hours import week_mask
from geo.siting.models.site_rules import SiteRules
from geo.siting.plan.brief import brief_plan
from geo.siting.plan.planned_model import ModelChoice
from geo.siting.plan.recommend import recommend_sites
from geo.siting.plan.site_inputs import ExistingSupply, PresenceWeek, SiteInputs

OFFICE = "Mo-Fr 08:00-18:00"
FLOOR = "z至少 1 个（候选点 2 个）"


@pytest.fixture
def town():
    candidates = gpd.GeoDataFrame(
        {
            "id": list("ABFG"),
            "name": ["甲", "乙", "己", "庚"],
            "district": list("xxzz"),
            "cost_cny": [10.0, 10.0, 5.0, 9.0],
            "opening_hours": [OFFICE, OFFICE, OFFICE, "24/7"],
        },
        geometry=[Point(120.3 + 0.01 * k, 36.1) for k in range(4)],
        crs="EPSG:4326",
    )
    week = PresenceWeek(
        np.ones((3, 168), bool), np.vstack([week_mask(OFFICE)] + 2 * [np.zeros(168, bool)])
    )
    return {
        "candidates": candidates,
        "pairs": SimpleNamespace(
            site=np.arange(4, dtype=np.int32),
            point=np.array([1, 2, 0, 0], np.int32),
            begin=np.arange(5),
            cost=np.full(4, 300.0, np.float32),
            n_sites=4,
            n_points=3,
        ),
        "demand": pd.DataFrame(
            {
                "workers": [100.0, 30.0, 20.0],
                "group": ["courier"] * 3,
                "setting": ["work"] * 3,
                "district": list("zxx"),
            }
        ),
        "already_covered": np.array([True, False, False]),
        "nearest": pd.DataFrame(
            {
                "nearest_station_id": ["S"] * 4,
                "nearest_m": [400.0] * 4,
                "nearest_station_name": ["老站"] * 4,
            }
        ),
        "supply": ExistingSupply(week=week),
    }


def plan_of(town, *, best_start=True, **rules):
    return recommend_sites(
        SiteInputs(**town), rules=SiteRules(**rules), best_start=best_start, robustness_runs=3
    )


def test_a_site_that_only_a_floor_put_in_says_so_and_claims_nothing_else(town):
    site = plan_of(town, count=2, district_minimum={"z": 1}).sites.iloc[-1]
    assert (site["only_rule_zh"], site["workers_new"]) == (FLOOR, 0)
    assert f"只因“{FLOOR}”入选，不新增覆盖职工；费用 9 元" in site["reason_zh"]
    assert "here only because of" in site["reason_en"].lower()
    assert "试算" not in site["reason_zh"]
    assert "少覆盖" not in site["reason_zh"]
    assert pd.isna(site["robustness"])


def test_under_a_floor_the_site_with_more_worker_hours_is_taken_though_dearer(town):
    """F opens when the station does anyway and costs less: it serves nobody one hour more."""
    plan = plan_of(town, count=2, district_minimum={"z": 1})
    assert plan.sites["target_id"].tolist() == ["A", "G"]
    assert plan.sites["worker_hours_new"].iloc[-1] == 100 * (168 - 50)


def test_money_still_holds_when_the_better_site_is_taken(town):
    plan = plan_of(town, count=2, district_minimum={"z": 1}, budget_cny=16.0)
    assert plan.sites["target_id"].tolist() == ["A", "F"]


def test_the_floor_says_its_price_in_people_and_money(town):
    """Without it B takes the place: 20 workers more."""
    (price,) = plan_of(town, count=2, district_minimum={"z": 1}).answer.rule_prices
    assert (price.text.zh, price.sites, price.cost_cny) == (FLOOR, 1, 9)
    assert (price.gain, price.gain_bound) == (20, 20)


def test_a_floor_that_takes_no_place_costs_money_alone(town):
    (price,) = plan_of(town, count=3, district_minimum={"z": 1}).answer.rule_prices
    assert (price.gain, price.gain_bound, price.cost_cny) == (0, 0, 9)


def test_a_fixed_site_that_adds_nobody_says_it_is_fixed(town):
    town["candidates"]["fixed"] = [False, False, True, False]
    plan = plan_of(town, count=2)
    assert plan.sites["target_id"].tolist() == ["A", "F"]
    assert plan.sites["only_rule_zh"].fillna("").tolist() == ["", "标为必选"]
    assert plan.answer.rule_prices[0].gain == 20


def test_without_rules_nobody_gets_a_site_that_adds_nobody_and_fewer_are_said_to_suffice(town):
    plan = plan_of(town, count=4)
    assert plan.sites["target_id"].tolist() == ["A", "B"]
    assert plan.sites["only_rule_zh"].isna().all()
    assert plan.answer.rule_prices == ()
    assert "要求 4 处，2 处已够：其余 2 个候选点一个也不能新增覆盖职工" in plan.answer.fewer.zh
    assert plan_of(town, count=2).answer.fewer is None


def test_fewer_sites_name_the_rules_that_keep_the_others_out(town):
    money = plan_of(town, count=2, budget_cny=15.0).answer.fewer.zh
    assert "要求 2 处，只推荐 1 处" in money
    assert "1 个候选点都受这些要求限制：总费用不超过 15 元" in money
    apart = plan_of(town, count=2, spacing_m=2_000.0).answer.fewer.zh
    assert "新站点间距不小于 2000 米" in apart
    town["candidates"]["forbidden"] = [False, True, True, True]
    assert "可选的候选点只有 1 个" in plan_of(town, count=2).answer.fewer.zh


@pytest.mark.parametrize(
    "rules",
    [
        {"count": 3},
        {"count": 2, "district_minimum": {"z": 1}},
        {"count": 3, "district_minimum": {"z": 1}, "phases": (1, 2)},
    ],
)
def test_a_draft_holds_the_very_sites_that_are_published(town, rules):
    """Among plans as good one is taken, and it is the same one, in the same order."""
    published = plan_of(town, best_start=False, **rules).sites
    draft = brief_plan(
        SiteInputs(**town), rules=SiteRules(**rules), model=ModelChoice(), effort=None
    )
    assert list(published["target_id"]) == list(town["candidates"]["id"].iloc[draft.rows])
    assert list(published["phase"]) == draft.phase.tolist()


def test_a_runner_up_that_would_cover_nobody_is_none(town):
    plan = plan_of(town, count=2)
    assert plan.sites["runner_up_id"].isna().all()
    assert "没有能新增覆盖职工的备选点" in plan.sites["reason_zh"][0]
