"""Numbers the README states in words are those of the rules and of the sample."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from data.sample import load_layer
from geo.coverage.rule import CoverageRule
from geo.layers.districts import is_subdistrict
from geo.network.speeds import WALK_KMH
from geo.siting.models.model import ModelKind

README = " ".join((Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8").split())
WORDS = {"ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14}
RULE = CoverageRule()


def told(pattern: str) -> list[str]:
    """Return what stands in the place of the group, wherever the README says so."""
    found = re.findall(pattern, README)
    assert found, pattern
    return found


def test_the_walk_that_covers():
    assert {float(one) for one in told(r"(\d+)[- ]minutes?(?:' walk| walk| away on foot)")} == {
        RULE.limit / 60
    }
    assert {float(one) for one in told(r"(\d+) 分钟步行圈")} == {RULE.limit / 60}
    assert {float(one) for one in told(r"at (\d+) m a minute")} == {WALK_KMH * 1000 / 60}


def test_how_often_a_worker_comes():
    assert {float(one) for one in told(r"at ([\d.]+) visits per worker")} == {
        RULE.visits_per_worker_day
    }


def test_how_many_models_there_are_besides_maximal_covering():
    assert {WORDS[one] for one in told(r"and (\w+) other models")} == {len(ModelKind) - 1}


@pytest.mark.parametrize("pattern", [r"([\d,]+) workers, each group's", r"of ([\d,]+) workers \("])
def test_workers_of_the_sample(pattern):
    workers = f"{load_layer('workers')['workers'].sum():,}"
    assert set(told(pattern)) == {workers}


def test_districts_of_the_sample():
    districts = load_layer("districts")
    beneath = int(is_subdistrict(districts).sum())
    counts = {(str(len(districts) - beneath), str(beneath))}
    assert set(told(r"(\d+) districts and (\d+) subdistricts")) == counts
    assert set(told(r"(\d+) 个区市、(\d+) 个街道")) == counts
