"""How evenly a service is spread: by hand, by brute force over persons, and as it must be."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.coverage.equity import equity_by, measure_equity, theil_parts, worst_tenth

AMOUNTS = st.lists(
    st.tuples(st.integers(0, 168), st.integers(1, 30), st.sampled_from("ABC")),
    min_size=1,
    max_size=12,
)


def test_all_alike_is_no_inequality():
    seen = measure_equity(np.full(4, 7.0), np.array([1.0, 2.0, 3.0, 4.0]))
    assert (seen.gini, seen.theil, seen.worst_tenth) == pytest.approx((0, 0, 7))
    assert seen.share_of_worst(0.3) == pytest.approx(0.3)


def test_half_without_anything():
    """Five have nothing, five have 10: L(0.5) = 0, Gini 1/2, Theil ln 2."""
    seen = measure_equity(np.array([0.0, 10.0]), np.array([5.0, 5.0]))
    assert seen.gini == pytest.approx(0.5)
    assert seen.theil == pytest.approx(np.log(2))
    assert seen.share_of_worst(0.5) == 0
    assert seen.share_of_worst(0.75) == pytest.approx(0.5)
    assert seen.mean == 5


def test_the_point_at_the_edge_of_the_worst_tenth_counts_in_part():
    """Of 100 workers 4 have 0, 96 have 10: the worst ten have (4 x 0 + 6 x 10) / 10 = 6."""
    seen = measure_equity(np.array([10.0, 0.0]), np.array([96.0, 4.0]))
    assert seen.worst_tenth == pytest.approx(6)
    parts = worst_tenth(np.array([10.0, 0.0]), np.array([96.0, 4.0]))
    assert parts.tolist() == pytest.approx([6 / 96, 1])


def test_nobody_served_is_no_inequality():
    seen = measure_equity(np.zeros(3), np.ones(3))
    assert (seen.gini, seen.theil, seen.worst_tenth, seen.mean) == (0, 0, 0, 0)
    assert measure_equity(np.empty(0), np.empty(0)).gini == 0


@settings(max_examples=80, deadline=None)
@given(rows=AMOUNTS)
def test_gini_and_theil_are_those_of_the_persons_one_by_one(rows):
    amount = np.array([row[0] for row in rows], float)
    workers = np.array([row[1] for row in rows], float)
    persons = np.repeat(amount, workers.astype(int))
    seen = measure_equity(amount, workers)
    if persons.sum() == 0:
        assert seen.gini == pytest.approx(0)
        return
    mean = persons.mean()
    differences = np.abs(persons[:, None] - persons).mean()
    relative = persons[persons > 0] / mean
    assert seen.gini == pytest.approx(differences / (2 * mean))
    assert seen.theil == pytest.approx((relative * np.log(relative)).sum() / len(persons))


@settings(max_examples=80, deadline=None)
@given(rows=AMOUNTS)
def test_rows_by_group_add_up_and_theil_parts_make_the_whole(rows):
    amount = np.array([row[0] for row in rows], float)
    workers = np.array([row[1] for row in rows], float)
    groups = pd.Series([row[2] for row in rows], name="district")
    table = equity_by(amount, workers, groups)
    assert table["workers"].sum() == pytest.approx(workers.sum())
    assert table["workers"] @ table["mean"] == pytest.approx(workers @ amount)
    assert table["in_worst_tenth"].sum() == pytest.approx(workers.sum() / 10)
    parts = theil_parts(amount, workers, groups)
    whole = measure_equity(amount, workers).theil
    assert parts.between + parts.within == pytest.approx(whole, abs=1e-12)
