"""Layers given as H3 cells with counts."""

from __future__ import annotations

import csv

import h3
import pytest
from shapely import Point

from data.geometry.datum import Datum, from_wgs84
from data.reading.reading import read_layer
from data.tables.answers import Answers
from geo.errors import BadInputError
from geo.layers.columns import STATIONS, WEIGHTS, WORKERS

CELL = h3.latlng_to_cell(36.10, 120.30, 9)
NEXT = min(h3.grid_ring(CELL, 1))
HEADER = ["网格编号", "群体", "场所性质", "人数"]


def read(tmp_path, rows, header=HEADER, layer=WORKERS, **more):
    path = tmp_path / "cells.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return read_layer(layer, path, **more)


def test_cells_become_areas_with_names_and_an_id_for_each_group(tmp_path):
    reading = read(
        tmp_path,
        [
            [CELL, "快递员", "工作地", 30],
            [CELL, "网约送餐员", "工作地", 20],
            [NEXT, "快递员", "居住地", 7],
        ],
    )
    assert not reading.problems
    good = reading.good
    assert good["workers"].tolist() == [30, 20, 7]
    assert good["id"].is_unique
    assert good["name"].tolist()[0] == f"网格 {CELL}"
    lat, lon = h3.cell_to_latlng(CELL)
    assert good.geometry.contains(Point(lon, lat)).tolist() == [True, True, False]


@pytest.mark.parametrize("spell", [str, str.upper, lambda cell: str(h3.str_to_int(cell))])
def test_an_id_column_of_nothing_but_cells_is_enough_however_written(tmp_path, spell):
    header = ["id", *HEADER[1:]]
    reading = read(tmp_path, [[spell(CELL), "快递员", "工作地", 30]], header)
    assert reading.good.geometry.geom_type.tolist() == ["Polygon"]
    assert any("H3" in remark.zh for remark in reading.remarks)


def test_what_is_no_usable_cell_is_told_by_row_and_value(tmp_path):
    child = h3.cell_to_center_child(CELL, 10)
    rows = [
        [CELL, "快递员", "工作地", 1],
        ["8931aa", "快递员", "工作地", 1],
        [h3.cell_to_parent(CELL, 5), "快递员", "工作地", 1],
        [h3.cell_to_center_child(NEXT, 13), "快递员", "工作地", 1],
        [child, "快递员", "工作地", 1],
        ["", "快递员", "工作地", 1],
    ]
    reading = read(tmp_path, rows)
    told = {problem.row: problem.text.zh for problem in reading.problems}
    assert told[3] == "不是 H3 网格编号。"
    assert told[4] == "网格级别 5 不能用。"
    assert told[5] == "网格级别 13 不能用。"
    assert told[6].startswith("落在第 2 行")
    assert told[7] == "不是 H3 网格编号。"
    assert len(reading.good) == 1


def test_cells_made_in_another_datum_are_brought_home(tmp_path):
    lat, lon = h3.cell_to_latlng(CELL)
    shifted = from_wgs84([[lon, lat]], Datum.GCJ02)[0]
    cell = h3.latlng_to_cell(shifted[1], shifted[0], 10)
    reading = read(tmp_path, [[cell, "快递员", "工作地", 1]], answers=Answers(datum=Datum.GCJ02))
    assert reading.good.geometry.iloc[0].distance(Point(lon, lat)) < 1e-4


def test_weights_may_be_cells_and_stations_may_not(tmp_path):
    reading = read(tmp_path, [[CELL, 120]], ["h3", "人口"], WEIGHTS)
    assert reading.good["weight"].tolist() == [120]
    with pytest.raises(BadInputError, match="经度、纬度"):
        read(tmp_path, [[CELL, "站", "驿站"]], ["h3", "名称", "类型"], STATIONS)
