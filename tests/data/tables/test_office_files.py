"""Files as offices and map programs write them: understood whole, or refused with the mend.

The files in ``office_files`` were made by hand after public bug reports and after what offices
send; persons and phones in them are invented.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely

from data.geometry.datum import Datum
from data.reading.reading import UnclearFileError, read_layer
from data.tables.answers import Answers
from geo.crs import to_lonlat
from geo.errors import BadInputError, BrokenFileError, CrsError
from geo.layers.columns import INPUT_LAYERS

FILES = Path(__file__).parent / "office_files"


def read(name, layer="yizhan", **answers):
    return read_layer(INPUT_LAYERS[layer], FILES / name, answers=Answers(**answers))


def told(reading):
    return [(problem.row, problem.column, problem.value) for problem in reading.problems]


@pytest.mark.parametrize("name", ["dimA1.xlsx", "dimA1J3.xlsx", "dimA1E7.xlsx"])
def test_a_sheet_is_read_to_its_end_whatever_its_dimension_says(name):
    reading = read(name)
    assert reading.problems == ()
    good = reading.good
    assert good["id"].tolist() == ["S1", "S2", "S3", "S4", "S5", "S6"]
    assert set(good["opening_hours"]) == {"Mo-Fr 08:00-18:00"}
    assert set(good["capacity"]) == {30}
    assert set(good["amenities"]) == {"drinking_water;phone_charging"}
    assert good["phone"].tolist() == [f"0532-8888000{i}" for i in range(1, 7)]


def test_merged_cells_belong_to_every_row_they_span():
    reading = read("merged.xlsx")
    assert reading.problems == ()
    assert reading.good["opening_hours"].tolist() == ["Mo-Fr 08:00-18:00"] * 3
    assert reading.good["capacity"].tolist() == [30, 30, 30]


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("dup_名称.csv", "名称"),
        ("dup_经度.csv", "经度"),
        ("C01_duplicate_header.xlsx", "名称"),
        ("C01_duplicate_lonlat.xlsx", "经度"),
    ],
)
def test_two_columns_of_one_name_are_refused(name, header):
    with pytest.raises(BadInputError, match=f"两列都叫“{header}”"):
        read(name)


def test_the_header_says_the_datum():
    reading = read("datumhdr.csv")
    assert reading.datum is Datum.GCJ02
    point = reading.good.geometry[0]
    assert (point.x, point.y) == pytest.approx((120.3826, 36.0671), abs=1e-5)
    assert read("S03_header_gcj02.csv").datum is Datum.GCJ02
    with pytest.raises(BadInputError, match="列名写明是 gcj02"):
        read("datumhdr.csv", datum=Datum.BD09)


def test_of_two_pairs_in_two_datums_the_one_in_wgs84_is_used_and_told():
    reading = read("datumhdr2.csv")
    point = reading.good.geometry[0]
    assert (point.x, point.y) == (120.3826, 36.0671)
    left = {use.header: use.why.zh for use in reading.plan.uses if use.field is None}
    assert left == dict.fromkeys(["经度（高德）", "纬度（高德）"], "已用标明 wgs84 的那一对坐标")


def test_hours_by_season_are_refused_not_halved():
    with pytest.raises(UnclearFileError, match="按季节分列"):
        read("season.csv")


def test_units_in_the_header_count():
    assert read("S02_cost_wan.csv", "candidates").good["cost_cny"].tolist() == [15000.0]
    assert read("S02_workers_hundreds.csv", "workers").good["workers"].tolist() == [300]


def test_an_unknown_unit_is_refused(tmp_path):
    path = tmp_path / "c.csv"
    path.write_text(
        "编号,名称,经度,纬度,建设费用（美元）\nC1,甲,120.38,36.07,5\n", encoding="utf-8"
    )
    with pytest.raises(UnclearFileError, match="美元"):
        read_layer(INPUT_LAYERS["candidates"], path)


def test_other_wordings_of_columns_are_understood():
    (row,) = read("S04_unknown_columns.csv").good.to_dict("records")
    assert (row["opening_hours"], row["amenities"], row["capacity"]) == (
        "08:00-18:00",
        "drinking_water",
        30,
    )


@pytest.mark.parametrize(
    ("header", "cell", "field"),
    [
        ("对外接待时间", "8:00-18:00", "opening_hours"),
        ("硬件设施情况", "饮水", "amenities"),
        ("可容纳", "30", "capacity"),
        ("站长手机", "13800000000", "phone"),
        ("备注", "周一至周五 8:00-17:00", "opening_hours"),
    ],
)
def test_a_column_that_looks_like_one_that_counts_is_asked_for(tmp_path, header, cell, field):
    path = tmp_path / "s.csv"
    path.write_text(f"编号,名称,经度,纬度,{header}\nS1,甲,120.38,36.07,{cell}\n", encoding="utf-8")
    with pytest.raises(UnclearFileError, match=f"--column '{header}={field}'") as refused:
        read_layer(INPUT_LAYERS["yizhan"], path)
    assert refused.value.plan.uses[-1].header == header
    as_told = Answers(columns={header: field})
    (row,) = read_layer(INPUT_LAYERS["yizhan"], path, answers=as_told).good.to_dict("records")
    assert str(row[field]) != "None"
    without = read_layer(INPUT_LAYERS["yizhan"], path, answers=Answers(columns={header: "-"}))
    assert len(without.good) == 1


def test_a_row_that_adds_up_others_is_left_out_with_a_remark():
    reading = read("S11_total_row.xlsx", "workers")
    assert len(reading.good) == 8
    assert int(reading.good["workers"].sum()) == sum(range(100, 108))
    (left,) = reading.table.left_out
    assert (left.row, left.why.zh) == (10, "合计行")


def test_a_quote_that_is_not_closed_names_the_row_it_opens_in():
    with pytest.raises(BadInputError, match="第 5 行：引号"):
        read("S12_unclosed_quote.csv")


def test_stop_times_are_checked_at_import():
    assert told(read("stops.csv", "stops")) == [(2, "最晚离开", "1730")]
    mixed = read("stops_time.xlsx", "stops")
    assert mixed.good[["open_from", "open_until"]].to_numpy().tolist() == [["09:00", "17:30"]]
    assert told(mixed) == [
        (3, "最晚离开", "18:00-02:00"),
        (4, "最早到达", "9点"),
        (4, "最晚离开", "下午5点"),
    ]
    office = read("S14_stop_times.xlsx", "stops")
    assert {value for _, _, value in told(office)} >= {"8点半", "0.354166", "早上", "25:00"}
    assert set(office.good["open_from"].dropna()) == {"08:30"}


def test_more_women_than_workers_are_refused_with_both_figures():
    reading = read("S15_more_women_than_workers.xlsx", "workers")
    assert reading.good.empty
    assert reading.problems[0].row == 2
    assert "200 人，多于职工 100 人" in reading.problems[0].text.zh


def test_scientific_notation_in_ids_and_phones_is_refused():
    assert told(read("sci.csv", "stations")) == [
        (2, "日接待能力", "3E+01"),
        (2, "编号", "3.70203E+11"),
        (2, "联系电话", "1.38E+10"),
    ]


def test_the_separator_is_judged_by_the_header():
    reading = read("U01_semicolon_lists.csv")
    assert len(reading.good) == 3
    assert reading.good["amenities"][0].count(";") == 6


def test_degrees_minutes_and_seconds_are_read():
    reading = read("D01_all_rows_bad.xlsx")
    assert reading.problems == ()
    point = reading.good.geometry[0]
    assert (point.x, point.y) == pytest.approx((120.348150, 36.055725), abs=1e-6)


def test_numbers_no_person_writes_are_refused():
    reading = read("C05_huge_number.xlsx", "workers")
    assert reading.good.empty
    assert [value for _, _, value in told(reading)] == [
        "1_200",
        "1e3",
        "0x10",
        "1e300",
        "99999999999999999999",
        "٣٤",
        "½",
        "1200-1300",
    ]
    assert {column for _, column, _ in told(reading)} == {"人数"}


def test_a_cell_of_200_000_characters_is_refused_with_row_and_column(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text(f"编号,名称,经度,纬度,地址\nT1,站,120.3,36.05,{'长' * 200_000}\n", "utf-8")
    (problem,) = read_layer(INPUT_LAYERS["yizhan"], path).problems
    assert (problem.row, problem.column) == (2, "地址")
    assert len(problem.line.zh) < 200


def test_hostile_names_are_imported_as_the_text_they_are():
    reading = read("ok_hostile_names.xlsx")
    assert len(reading.good) == 12
    assert "=cmd|'/C calc'!A0" in set(reading.good["name"])


@pytest.fixture
def two_layers(tmp_path):
    """Return a GeoPackage of an old layer, which comes first, and one called stations."""
    path = tmp_path / "two.gpkg"
    for name, mark, lon in (("old_2019", "旧", 120.38), ("stations", "新", 120.39)):
        frame = gpd.GeoDataFrame(
            {"id": ["A1"], "name": [mark], "kind": ["mothers_room"]},
            geometry=[shapely.Point(lon, 36.07)],
            crs=4326,
        )
        frame.to_file(path, layer=name)
    return path


def test_of_two_layers_the_one_of_the_layers_name_is_read(two_layers):
    reading = read_layer(INPUT_LAYERS["stations"], two_layers)
    assert reading.good["name"].tolist() == ["新"]
    assert [(one.name, one.read) for one in reading.table.tables] == [
        ("old_2019", False),
        ("stations", True),
    ]
    with pytest.raises(BadInputError, match="2 张表：old_2019、stations"):
        read_layer(INPUT_LAYERS["yizhan"], two_layers)
    old = read_layer(INPUT_LAYERS["stations"], two_layers, answers=Answers(table="old_2019"))
    assert old.good["name"].tolist() == ["旧"]


def test_of_two_shapefiles_in_an_archive_one_must_be_named():
    with pytest.raises(BadInputError, match="s4549、s_utf8"):
        read("S06_two_shapefiles.zip")
    one, other = (read("S06_two_shapefiles.zip", table=name) for name in ("s4549", "s_utf8"))
    assert one.good["id"].tolist() == other.good["id"].tolist()
    assert np.abs(one.good.get_coordinates() - other.good.get_coordinates()).max(axis=None) < 1e-6
    assert one.good["capacity"].tolist()[:2] == [30, 31]


def test_a_dbf_without_cpg_is_read_in_the_encoding_its_text_is_in():
    reading = read("gbk_en.shp", "stations")
    assert reading.good["name"].tolist() == ["市南驿站", "李沧驿站"]
    assert read("gbk_en.shp", "stations", encoding="gbk").good["name"].tolist()[0] == "市南驿站"


def test_a_list_property_becomes_amenities_and_an_object_is_refused():
    reading = read("list.geojson", "stations")
    assert reading.good["amenities"].tolist() == ["drinking_water;wifi", "toilet"]
    nested = read("C02_nested.geojson")
    assert nested.good.empty
    assert told(nested)[0][:2] == (1, "capacity")


def test_only_a_multipoint_of_one_part_is_a_point():
    reading = read("mp.geojson", "stations")
    assert reading.good.geometry.geom_type.tolist() == ["Point"]
    assert [problem.row for problem in reading.problems] == [2]
    assert read("S08_geometrycollection.geojson").good.empty
    lines = read("S08_lines_as_stations.geojson")
    assert set(lines.good.geometry.geom_type) == {"Point"}
    assert len(lines.problems) == 4


def test_metres_without_a_reference_system_are_refused_and_the_likely_one_offered():
    with pytest.raises(CrsError, match="EPSG:4549"):
        read("c4549no.geojson", "stations")
    point = read("c4549no.geojson", "stations", crs="EPSG:4549").good.geometry[0]
    assert (point.x, point.y) == pytest.approx(to_lonlat([[534000, 3994000]])[0], abs=1e-6)


def test_archives_with_folders_and_with_a_csv_are_read():
    assert len(read("z.zip", "stations").good) == 1
    assert len(read("C04_csv_in_zip.zip").good) == 12


def test_a_table_without_shapes_says_so(tmp_path):
    path = tmp_path / "t.gpkg"
    table = pd.DataFrame({"id": ["T1"], "name": ["甲"]})
    pyogrio.write_dataframe(table, path, layer="t", driver="GPKG")
    with pytest.raises(BadInputError, match="没有图形的表"):
        read_layer(INPUT_LAYERS["yizhan"], path)


def test_control_characters_are_taken_out_and_told():
    reading = read("stops_ctl.csv", "stops")
    assert reading.problems == ()
    assert reading.good["name"].map(str.isprintable).all()
    assert reading.good["address"].dropna().map(str.isprintable).all()
    assert any("控制字符" in remark.zh for remark in reading.remarks)


def test_an_old_sheet_shows_its_errors_its_hidden_rows_and_its_merged_cells():
    reading = read("old.xls")
    (problem,) = reading.problems
    assert (problem.row, problem.column) == (2, "日接待能力")
    assert "#DIV/0!" in problem.text.zh
    assert reading.good["opening_hours"].tolist() == ["09:00-18:00"] * 2 + ["08:00-17:00"] * 2
    told = " ".join(remark.zh for remark in reading.remarks)
    assert "1 行被隐藏" in told
    assert "C 列被隐藏" in told


def test_an_old_formula_that_was_never_computed_is_no_empty_cell():
    """Programs write .xls formulas without a result; one that shows nothing on purpose is empty."""
    reading = read("never_computed.xls")
    assert [problem.row for problem in reading.problems] == [2, 3, 4]
    assert "没有存它的结果" in reading.problems[0].text.zh
    shown = read("computed_to_nothing.xls")
    assert (shown.problems, shown.good["capacity"].isna().all()) == ((), True)


def test_a_stray_cell_in_the_last_row_is_told_at_once(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["编号", "名称", "类型", "经度", "纬度"])
    book.active["A1048576"] = "x"
    book.save(tmp_path / "s.xlsx")
    with pytest.raises(BadInputError, match="第 1048576 行"):
        read(tmp_path / "s.xlsx")
    book.active["A1048576"] = None
    book.active["A1048576"].number_format = "0.00"
    for column, cell in enumerate(["S1", "甲", "户外劳动者驿站", 120.38, 36.07], start=1):
        book.active.cell(2, column, cell)
    book.save(tmp_path / "s.xlsx")
    assert len(read(tmp_path / "s.xlsx").good) == 1


def test_a_broken_binary_workbook_is_refused_without_a_word_of_the_library(tmp_path, capfd):
    with zipfile.ZipFile(tmp_path / "s.xlsb", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/_rels/workbook.bin.rels", "<Relationships/>")
        archive.writestr("xl/workbook.bin", b"\x83\x01\x00\x8f\x01\x00\x9c\x01\x10" + b"\xff" * 16)
    with pytest.raises(BrokenFileError, match="另存为"):
        read(tmp_path / "s.xlsb")
    assert capfd.readouterr().err == ""
