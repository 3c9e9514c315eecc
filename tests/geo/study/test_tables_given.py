"""Tables a notebook gives to a study: what is wrong is named by layer, column, row, value and mend.

The street is 3 km long at 120.30° E, 36.10° N.
"""

from __future__ import annotations

import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, MultiPoint, Point, box
from straight import straight_segments

from geo.errors import BadInputError, CrsError, MissingError, YizhanError
from geo.study import BusRules, CoverageRule, SitingRules, Study

HERE, THERE = Point(120.30, 36.10), Point(120.33, 36.10)
WORKERS = {"group": "courier", "setting": "work", "workers": 10, "geometry": HERE}
YIZHAN = {"opening_hours": "24/7", "geometry": HERE}
CANDIDATE = {"cost_cny": 5000.0, "geometry": THERE}
DISTRICT = {"adcode": "370202", "name": "市南区", "geometry": box(120.2, 36.0, 120.5, 36.2)}
_ROWS = {"workers": WORKERS, "yizhan": YIZHAN, "candidates": CANDIDATE, "districts": DISTRICT}


def frame(*rows, crs=4326):
    return gpd.GeoDataFrame(list(rows), geometry="geometry", crs=crs)


def study(**tables):
    """The layers of one row each, and those given instead."""
    lonlat = np.array([HERE.coords[0], THERE.coords[0]])
    layers = {name: frame(row) for name, row in _ROWS.items()}
    return Study(streets=straight_segments(lonlat, [(0, 1)]), **(layers | tables))


CELLS = [
    ("workers", {"workers": None}, "workers cannot be ''", "it must be filled"),
    ("workers", {"workers": -5}, "workers cannot be '-5'", "0 or more"),
    ("workers", {"workers": "many"}, "workers cannot be 'many'", "a number"),
    ("workers", {"workers": 10.5}, "workers cannot be '10.5'", "whole number"),
    ("workers", {"workers": np.inf}, "workers cannot be 'inf'", "a number"),
    ("workers", {"women_35_59": 11}, "women_35_59 cannot be '11'", "fewer workers"),
    ("workers", {"group": "astronaut"}, "group cannot be 'astronaut'", "delivery_rider"),
    ("workers", {"active_hours": "when awake"}, "active_hours", "Mo-Fr 08:00-17:30"),
    ("workers", {"geometry": None}, "geometry cannot be 'None'", "Point"),
    ("workers", {"geometry": Point()}, "geometry cannot be 'EMPTY'", "Point"),
    ("workers", {"geometry": LineString([HERE, THERE])}, "'LineString'", "Polygon"),
    ("workers", {"geometry": Point(36.1, 120.3)}, "POINT (36.1 120.3)", "longitude first"),
    ("workers", {"geometry": Point(5e5, 4e6)}, "POINT (500000 4000000)", "set_crs"),
    ("workers", {"geometry": Point(np.nan, 36.1)}, "POINT (NaN 36.1)", "longitude"),
    ("yizhan", {"kind": "bar"}, "kind cannot be 'bar'", "outdoor_rest_station"),
    ("yizhan", {"status": "maybe"}, "status cannot be 'maybe'", "suspended"),
    ("yizhan", {"amenities": "toilet;sauna"}, "'toilet;sauna'", "separated by ;"),
    ("yizhan", {"opening_hours": "8 till late"}, "opening_hours", "Mo-Fr 08:00-17:30"),
    ("yizhan", {"updated": "yesterday"}, "updated cannot be 'yesterday'", "2026-11-25"),
    ("yizhan", {"capacity": -1}, "capacity cannot be '-1'", "0 or more"),
    ("yizhan", {"geometry": MultiPoint([HERE, THERE])}, "'MultiPoint'", "must be Point"),
    ("candidates", {"cost_cny": "5,000"}, "cost_cny cannot be '5,000'", "a number"),
    ("candidates", {"fixed": "否"}, "fixed cannot be '否'", "True or False"),
    ("districts", {"geometry": HERE}, "geometry cannot be 'Point'", "MultiPolygon"),
]


@pytest.mark.parametrize(("layer", "cell", "value", "mend"), CELLS)
def test_a_wrong_cell_is_named_with_its_row_and_its_mend(layer, cell, value, mend):
    with pytest.raises(BadInputError) as told:
        study(**{layer: frame(_ROWS[layer], _ROWS[layer] | {"adcode": "370203"} | cell)})
    for part in (f"Row 2 of the layer {layer}", value, mend):
        assert part in told.value.text.en
    assert "第 2 行" in told.value.text.zh


def test_how_many_rows_more_are_wrong_is_told():
    rows = [WORKERS | {"workers": -number} for number in range(4)]
    with pytest.raises(BadInputError) as told:
        study(workers=frame(*rows))
    assert "2 more rows" in told.value.text.en


@pytest.mark.parametrize(
    "given", [pd.DataFrame([WORKERS]), {"a": 1}, "w.xlsx", frame(WORKERS).geometry]
)
def test_what_is_no_geodataframe_is_refused_with_how_to_make_one(given):
    with pytest.raises(BadInputError, match="points_from_xy") as told:
        study(workers=given)
    assert type(given).__name__ in told.value.text.en


def test_a_table_that_does_not_say_where_it_is_is_refused():
    for given in (frame(WORKERS, crs=None), gpd.GeoDataFrame([{"workers": 1}])):
        with pytest.raises(CrsError, match="set_crs"):
            study(workers=given)


def test_a_column_that_lacks_is_named_with_those_there_are():
    with pytest.raises(BadInputError) as told:
        study(workers=frame(WORKERS).drop(columns="group"))
    assert (
        "lacks the column group (Group): it has setting, workers, geometry." in told.value.text.en
    )
    with pytest.raises(BadInputError, match=re.escape("rename(columns={'群体': 'group'})")):
        study(workers=frame(WORKERS).rename(columns={"group": "群体"}))
    twice = pd.concat([frame(WORKERS), frame(WORKERS)[["workers"]]], axis=1)
    with pytest.raises(BadInputError) as told:
        study(workers=twice)
    assert "two columns workers" in told.value.text.en


@pytest.mark.parametrize(
    ("layer", "key"),
    [("workers", "id"), ("yizhan", "id"), ("candidates", "id"), ("districts", "adcode")],
)
def test_an_id_stands_once(layer, key):
    row = _ROWS[layer] | {key: "370202"}
    with pytest.raises(BadInputError) as told:
        study(**{layer: frame(row, row)})
    assert f"Row 2 of the layer {layer}: {key} cannot be '370202'" in told.value.text.en


@pytest.mark.parametrize("layer", ["workers", "yizhan", "candidates"])
def test_a_layer_of_another_city_is_refused_with_both_places(layer):
    elsewhere = frame(_ROWS[layer] | {"geometry": Point(116.40, 39.90)})
    with pytest.raises(BadInputError) as told:
        study(**{layer: elsewhere})
    assert "116.40 39.90" in told.value.text.en
    assert "120.30 36.10 120.33 36.10" in told.value.text.en
    study(**{layer: pd.concat([elsewhere, frame(_ROWS[layer])])})  # one of two is here


def test_degrees_called_metres_are_refused():
    with pytest.raises(BadInputError) as told:
        study(workers=frame(WORKERS).set_crs(4549, allow_override=True))
    assert "near the streets" in told.value.text.en


def test_a_layer_without_rows_is_told_when_it_is_asked_for():
    none = study(workers=frame(WORKERS).iloc[:0], candidates=frame(CANDIDATE).iloc[:0])
    for asked in (none.coverage, none.sites):
        with pytest.raises(MissingError) as told:
            asked()
        assert "has no rows" in told.value.text.en


def test_rules_of_another_kind_are_refused_by_name():
    one = study()
    for asked in (
        lambda: one.coverage(15),
        lambda: one.coverage(SitingRules()),
        lambda: one.gaps("walk"),
        lambda: one.sites(CoverageRule()),
        lambda: one.sites(3),
        lambda: one.actions(100_000),
        lambda: one.campaign(SitingRules()),
    ):
        with pytest.raises(BadInputError, match=r"help\((Coverage|Siting|Action|Bus)Rules?\)"):
            asked()
    with pytest.raises(YizhanError):
        one.campaign(BusRules())  # No stops: the right kind comes that far.


def test_words_may_come_as_a_list_and_dates_as_dates():
    row = YIZHAN | {"amenities": ["toilet", "microwave"], "updated": pd.Timestamp("2026-11-01")}
    held = study(yizhan=frame(row)).layer("yizhan")
    assert held["amenities"].tolist() == ["toilet;microwave"]
    assert held["updated"].tolist() == ["2026-11-01"]


def test_columns_that_are_not_read_stand_in_the_repr():
    assert "columns not read: workers.colour" in repr(study(workers=frame(WORKERS | {"colour": 1})))
    assert "not read" not in repr(study())
