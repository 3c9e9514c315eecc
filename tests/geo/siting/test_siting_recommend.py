"""The planner's front on a street of eight doors, where every number can be added up by hand.

Demand (workers) at 0..7; existing stations cover 0. Candidates and whom they reach::

    A: 1 2   (10 + 20)      B: 2 3 (20 + 5)      C: 4 (40)      D: 5 6 (8 + 8)     E: 7 (1)
"""

from __future__ import annotations

import json
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point

from geo.errors import BadInputError, CrsError, InfeasibleError
from geo.layers.columns import SITES
from geo.siting.models.site_rules import SiteRules
from geo.siting.plan.recommend import recommend_sites
from geo.siting.plan.site_inputs import SiteInputs
from geo.text import Text

WORKERS = [100, 10, 20, 5, 40, 8, 8, 1]
REACH = {0: [1, 2], 1: [2, 3], 2: [4], 3: [5, 6], 4: [7]}


@pytest.fixture
def street():
    """Return the five arguments of the front, by name."""
    site = [j for j, demands in REACH.items() for _ in demands]
    point = [i for demands in REACH.values() for i in demands]
    candidates = gpd.GeoDataFrame(
        {
            "id": list("ABCDE"),
            "name": [f"{letter}号店" for letter in "ABCDE"],
            "host": ["bank", "post", "bank", "mall", "fuel"],
            "district": ["x", "x", "x", "y", "y"],
            "cost_cny": [10.0, 10.0, 50.0, 10.0, 10.0],
        },
        geometry=[Point(120.3 + 0.01 * k, 36.1) for k in range(5)],
        crs="EPSG:4326",
    )
    demand = pd.DataFrame(
        {
            "workers": WORKERS,
            "group": ["courier", "courier", "delivery_rider", *["courier"] * 5],
            "setting": ["work"] * 8,
            "district": list("xxxxxyyy"),
        }
    )
    nearest = pd.DataFrame(
        {
            "nearest_station_id": ["S"] * 5,
            "nearest_station_name": ["老站"] * 5,
            "nearest_m": [900.0, 950.0, 1000.0, 1100.0, np.inf],
        }
    )
    return {
        "candidates": candidates,
        "pairs": SimpleNamespace(
            site=np.array(site, np.int32), point=np.array(point, np.int32), n_sites=5, n_points=8
        ),
        "demand": demand,
        "already_covered": np.arange(8) == 0,
        "nearest": nearest,
    }


def recommend(street, *, equity_weight=None, names=None, **rules):
    return recommend_sites(
        SiteInputs(**street, district_names=names or {}),
        rules=SiteRules(**rules),
        equity_weight=equity_weight,
    )


def test_two_sites_by_hand(street):
    plan = recommend(street, count=2, phases=(1,))
    answer, sites = plan.answer, plan.sites
    assert sites["target_id"].tolist() == ["C", "A"]
    assert sites["phase"].tolist() == [1, 2]
    assert (answer.covered_before, answer.covered_after, answer.upper_bound) == (100, 170, 170)
    assert (answer.gap, answer.gap_of_new, answer.status) == (0, 0, "optimal")
    assert list(sites.columns) == [*(column.name for column in SITES.columns), "geometry"]
    assert sites["workers_new"].tolist() == [40, 30]
    assert sites["workers_lost"].tolist() == [40, 30]
    assert json.loads(sites["workers_by_group"][1]) == {"delivery_rider": 20, "courier": 10}
    # Without A, B brings 25: five fewer. Without C, D brings 16: 24 fewer.
    assert sites["runner_up_id"].tolist() == ["D", "B"]
    assert sites["runner_up_loss"].tolist() == [24, 5]
    assert "新增覆盖 40 名职工" in sites["reason_zh"][0]
    assert "“老站”相距 1,000 米" in sites["reason_zh"][0]
    assert "少覆盖 5 人" in sites["reason_zh"][1]


def test_curve_and_districts_add_up(street):
    plan = recommend(street, count=2)
    assert plan.curve["covered"].tolist() == [100, 140, 170, 186, 191]
    assert (plan.curve["upper_bound"] >= plan.curve["covered"]).all()
    assert plan.curve["upper_bound"].iloc[-1] <= sum(WORKERS)
    table = plan.districts.set_index("district")
    assert table["covered_before"].to_dict() == {"x": 100, "y": 0}
    assert table["covered_after"].to_dict() == {"x": 170, "y": 0}
    assert table["sites"].to_dict() == {"x": 2, "y": 0}
    assert table["covered_after"].sum() == plan.answer.covered_after


def test_district_minimum_sends_one_to_y_and_says_its_price(street):
    plan = recommend(street, count=2, district_minimum=1)
    assert set(plan.sites["target_id"]) == {"C", "D"}
    price = {rule.text.en: rule.gain for rule in plan.answer.binding}
    assert price["y needs at least 1 (has 2 candidates)"] == 170 - 156
    assert price["at most 2 sites"] == 30


def test_money_and_count_together(street):
    plan = recommend(street, count=3, budget_cny=30.0)
    assert set(plan.sites["target_id"]) == {"A", "B", "D"}
    assert plan.answer.covered_after == 100 + 35 + 16
    exact = recommend(street, count=3, budget_cny=60.0)
    assert set(exact.sites["target_id"]) == {"A", "C"}


def test_fixed_forbidden_and_spacing(street):
    street["candidates"]["fixed"] = [False] * 4 + [True]
    street["candidates"]["forbidden"] = [False, False, True, False, False]
    plan = recommend(street, count=2)
    assert set(plan.sites["target_id"]) == {"A", "E"}
    apart = recommend(street, count=3, spacing_m=2000.0)
    assert set(apart.sites["target_id"]) == {"A", "E"}
    assert "现有站点均无法到达" in apart.sites.set_index("target_id")["reason_zh"]["E"]


def test_equity_weight_moves_the_choice_but_figures_stay_workers(street):
    weight = np.where(street["demand"]["district"] == "y", 10.0, 1.0)
    plan = recommend(street, count=1, equity_weight=weight)
    assert plan.sites["target_id"].tolist() == ["D"]
    assert plan.answer.covered_after == 116
    assert plan.answer.upper_bound >= 140


def test_impossible_minimum_names_the_district(street):
    names = {"y": Text("城阳区", "Chengyang")}
    with pytest.raises(InfeasibleError) as caught:
        recommend(street, count=4, district_minimum={"y": 3}, names=names)
    assert "城阳区至少 3 个（候选点 2 个）" in caught.value.text.zh


def test_what_does_not_fit_is_refused(street):
    with pytest.raises(BadInputError):
        recommend({**street, "already_covered": np.zeros(3, bool)})
    with pytest.raises(BadInputError):
        recommend(street, count=0)
    with pytest.raises(CrsError):
        recommend({**street, "candidates": street["candidates"].to_crs(4549)})
