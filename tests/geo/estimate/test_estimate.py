"""Workers shared out over what draws them, and drawn again under other weights."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geo.estimate.basis import Basis, Draw, read_basis
from geo.estimate.drawn import drawn_workers
from geo.estimate.spread import Total, spread_workers
from geo.estimate.weights import GroupFacts, Weights
from geo.layers.vocabulary import Group, Setting

RIDERS = Group.DELIVERY_RIDER
WORK = (RIDERS, Setting.WORK)


def draws(*rows):
    """Make draws of (draw, amount, district, cell), each cell at its own place."""
    table = pd.DataFrame(rows, columns=["draw", "amount", "district", "cell"])
    table["draw"] = table["draw"].map(str)
    return gpd.GeoDataFrame(
        table, geometry=gpd.points_from_xy(120 + table["cell"] / 100, 36), crs="EPSG:4326"
    )


def weights(home_share=0.0, **per_unit):
    facts = {RIDERS: GroupFacts(home_share, "Mo-Su 10:00-21:00", "Mo-Su 18:00-22:00")}
    home = (RIDERS, Setting.RESIDENCE)
    return Weights({WORK: {Draw[k]: w for k, w in per_unit.items()}, home: {Draw.HOMES: 1}}, facts)


def test_people_follow_amount_times_weight():
    """A mall of weight 8 draws as much as eight restaurants: 90 people are 10, 80 and 0."""
    found = spread_workers(
        draws((Draw.RESTAURANT, 1, "A", 1), (Draw.MALL, 1, "A", 2), (Draw.BANK, 5, "A", 3)),
        [Total(RIDERS, "A", 90)],
        weights(RESTAURANT=1, MALL=8),
    )
    assert found.rows["workers"].tolist() == [10, 80]
    assert found.rows["estimated_from"].tolist() == ["pool=A;restaurant=1", "pool=A;mall=1"]
    assert set(found.rows["provenance"]) == {"estimated"}


def test_no_total_leaves_its_district_and_none_is_lost():
    rows = [
        (Draw.RESTAURANT, 1, "A", 1),
        (Draw.RESTAURANT, 2, "B", 2),
        (Draw.RESTAURANT, 1, "B", 3),
    ]
    found = spread_workers(
        draws(*rows), [Total(RIDERS, "A", 7), Total(RIDERS, "B", 10)], weights(RESTAURANT=1)
    )
    assert found.rows.groupby("district")["workers"].sum().to_dict() == {"A": 7, "B": 10}


def test_at_home_people_are_where_homes_are():
    found = spread_workers(
        draws((Draw.RESTAURANT, 1, "A", 1), (Draw.HOMES, 3, "A", 2)),
        [Total(RIDERS, "A", 10)],
        weights(0.3, RESTAURANT=1),
    )
    assert found.rows[["setting", "workers"]].to_dict("list") == {
        "setting": ["work", "residence"],
        "workers": [7, 3],
    }


def test_what_stands_in_is_told_and_nothing_at_all_too():
    """District A has homes but no restaurant; B has neither."""
    found = spread_workers(
        draws((Draw.HOMES, 3, "A", 1)),
        [Total(RIDERS, "A", 10), Total(RIDERS, "B", 4)],
        weights(RESTAURANT=1),
    )
    assert dict(found.instead) == {(RIDERS, Draw.HOMES): 1}
    assert found.nowhere == 4
    assert found.rows["workers"].sum() == 10


def test_what_a_row_rests_on_reads_back_as_written():
    basis = Basis("370202", {Draw.MALL: 1.0, Draw.HOMES: 12.5}, relative=True)
    assert read_basis(basis.written()) == basis
    assert read_basis("某人的说明") is None
    assert read_basis(None) is None


def workers_of(found):
    return pd.DataFrame(found.rows.drop(columns="geometry"))


def test_drawn_weights_move_people_within_a_counted_pool():
    found = spread_workers(
        draws((Draw.RESTAURANT, 1, "A", 1), (Draw.MALL, 1, "A", 2)),
        [Total(RIDERS, "A", 100)],
        weights(RESTAURANT=1, MALL=1),
    )
    runs = np.array(list(drawn_workers(workers_of(found), weights(RESTAURANT=1, MALL=1), runs=200)))
    assert runs.sum(axis=1) == pytest.approx(np.full(200, 100))
    assert runs[:, 0].min() < 20
    assert runs[:, 0].max() > 80
    assert np.median(runs[:, 0]) == pytest.approx(50, abs=8)


def test_a_pool_that_is_no_count_changes_in_size_and_a_list_never():
    """The listed row keeps its 40; the relative pool of another group is larger or smaller."""
    found = spread_workers(
        draws((Draw.RESTAURANT, 1, "A", 1)),
        [Total(RIDERS, "", 100, relative=True)],
        weights(RESTAURANT=1),
    )
    listed = workers_of(found).assign(workers=40, provenance=None, estimated_from=None)
    both = pd.concat([listed, workers_of(found)], ignore_index=True)
    runs = np.array(list(drawn_workers(both, weights(RESTAURANT=1), runs=50)))
    assert (runs[:, 0] == 40).all()
    assert runs[:, 1].std() > 10


def test_the_same_seed_draws_the_same():
    found = spread_workers(
        draws((Draw.RESTAURANT, 1, "A", 1), (Draw.MALL, 1, "A", 2)),
        [Total(RIDERS, "A", 100)],
        weights(RESTAURANT=1, MALL=1),
    )
    one, other = (
        list(drawn_workers(workers_of(found), weights(RESTAURANT=1, MALL=1), runs=3, seed=5))
        for _ in range(2)
    )
    assert np.array_equal(one, other)
