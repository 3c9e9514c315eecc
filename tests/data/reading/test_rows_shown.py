"""Rows to look at before a list counts: those that differ first, none crowded out."""

from __future__ import annotations

import geopandas as gpd
from shapely import Point

from data.reading.differences import RowState, differences_between
from data.reading.present import present_of
from data.reading.rows_shown import rows_shown
from geo.crs import STORAGE_CRS
from geo.layers.columns import INPUT_LAYERS, conform

LAYER = INPUT_LAYERS["candidates"]


def candidates(ids):
    """Candidates of those ids on one spot."""
    rows = [{"id": one, "name": f"点{one}"} for one in ids]
    places = [Point(120.38, 36.07)] * len(rows)
    return conform(gpd.GeoDataFrame(rows, geometry=places, crs=STORAGE_CRS), "candidates")


def test_what_is_added_is_shown_beside_thousands_that_fall_out():
    many, after = candidates([f"C{n}" for n in range(5000)]), candidates(["C7", "N1"])
    before = present_of(LAYER, many, 1)
    shown = rows_shown(LAYER, before, after, differences_between(LAYER, before, after))
    assert [(one.id, one.name, one.state) for one in shown.rows[:2]] == [
        ("N1", "点N1", RowState.ADDED),
        ("C0", "C0", RowState.REMOVED),
    ]
    assert (len(shown.rows), shown.left_out) == (3000, 2001)


def test_a_first_list_is_all_new():
    shown = rows_shown(LAYER, None, candidates(["A", "B"]), None)
    assert [one.state for one in shown.rows] == [RowState.ADDED, RowState.ADDED]
    assert shown.left_out == 0
