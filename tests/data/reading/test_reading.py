"""Files as people really send them: read, judged row by row, never guessed."""

from __future__ import annotations

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely

from data.excel.rejects import write_rejects
from data.excel.templates import write_template
from data.geometry.datum import Datum, from_wgs84, to_wgs84
from data.reading.present import present_of
from data.reading.reading import read_layer
from data.tables.answers import Answers
from geo.errors import BadInputError, BrokenFileError, CrsError
from geo.layers.columns import CANDIDATES, DISTRICTS, STATIONS, STOPS, WORKERS, YIZHAN

AREA = shapely.box(120.0, 36.0, 121.0, 37.0)
HEADER = "编号,名称,类型,经度,纬度,地址,开放时间,设施,联系电话,状态\n"
GOOD = "A1,甲站,驿站,120.38,36.07,海路1号,周一至周五 8:30-17:30,饮水、微波炉,0532-555,正常\n"


def write(tmp_path, text, encoding="utf-8", name="s.csv"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_headers_and_words_become_keys_in_every_encoding(tmp_path, encoding):
    reading = read_layer(STATIONS, write(tmp_path, HEADER + GOOD, encoding), area=AREA)
    assert reading.problems == ()
    (row,) = reading.good.to_dict("records")
    assert row["name"] == "甲站"
    assert row["kind"] == "outdoor_rest_station"
    assert row["amenities"] == "drinking_water;microwave"
    assert row["opening_hours"] == "Mo-Fr 08:30-17:30"
    assert row["status"] == "open"
    assert (row["geometry"].x, row["geometry"].y) == (120.38, 36.07)
    assert any(("gb18030" in r.zh) == (encoding == "gb18030") for r in reading.remarks)


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ("A1,甲,驿站,36.07,120.38,,,,,", "经度/纬度", "写反"),
        ("A1,甲,驿站,122.5,36.07,,,,,", "经度/纬度", "海里"),
        ("A1,甲,驿站,,36.07,,,,,", "经度/纬度", "坐标缺失"),
        ("A1,甲,驿战站,120.38,36.07,,,,,", "类型", "不认识"),
        ("A1,甲,驿站,120.38,36.07,,看情况,,,", "开放时间", "看不懂"),
        ("A1,甲,驿站,120.38,36.07,,,饮水、火锅,,", "设施", "火锅"),
        ("A1,,驿站,120.38,36.07,,,,,", "名称", "不能为空"),
    ],
)
def test_a_bad_row_is_named_with_row_column_value_and_mend(tmp_path, row, column, says):
    path = write(tmp_path, HEADER + GOOD.replace("A1", "A0") + row + "\n")
    reading = read_layer(STATIONS, path, area=AREA)
    (problem,) = reading.problems
    assert problem.row == 3
    assert problem.column == column
    assert says in problem.text.zh
    assert problem.text.zh + problem.mend.zh
    assert list(reading.good["id"]) == ["A0"]
    assert list(reading.rejects.index) == [3]


def test_duplicate_ids_and_places_are_told_with_the_row_they_repeat(tmp_path):
    other = GOOD.replace("A1", "A2")
    reading = read_layer(STATIONS, write(tmp_path, HEADER + GOOD + GOOD + other), area=AREA)
    assert [(p.row, p.column) for p in reading.problems] == [
        (3, "名称"),
        (3, "编号"),
        (4, "名称"),
    ]
    assert "第 2 行" in reading.problems[1].text.zh


def test_numbers_typed_as_text_are_read_and_words_among_them_refused(tmp_path):
    head = "编号,名称,群体,场所性质,人数,经度,纬度\n"
    rows = (
        "W1,甲,外卖骑手,工作,１２０,120.38,36.07\n"
        'W2,乙,快递员,居住,"1,200",120.39,36.07\n'
        "W3,丙,快递员,居住,约120人,120.40,36.07\n"
        "W4,丁,快递员,居住,-5,120.41,36.07\n"
    )
    reading = read_layer(WORKERS, write(tmp_path, head + rows), area=AREA)
    assert reading.good["workers"].tolist() == [120, 1200]
    assert [(p.row, p.value) for p in reading.problems] == [(4, "约120人"), (5, "-5")]


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_coordinates_are_converted_from_the_datum_named(tmp_path, datum):
    lon, lat = from_wgs84([[120.38, 36.07]], datum)[0]
    path = write(tmp_path, HEADER + GOOD.replace("120.38,36.07", f"{lon:.8f},{lat:.8f}"))
    point = read_layer(STATIONS, path, answers=Answers(datum=datum), area=AREA).good.geometry[0]
    assert point.distance(shapely.Point(120.38, 36.07)) < 1e-6


def test_datum_agrees_with_the_published_reference_point():
    lon, lat = from_wgs84([[113.912316, 22.543847]], Datum.GCJ02)[0]
    assert (lon, lat) == pytest.approx((113.9171764808363, 22.540796131694766), abs=1e-8)
    back = to_wgs84([[lon, lat]], Datum.GCJ02)[0]
    assert tuple(back) == pytest.approx((113.912316, 22.543847), abs=1e-6)


def test_a_constant_offset_against_known_stations_is_taken_for_a_wrong_datum(tmp_path):
    rows = [(f"A{i}", 120.30 + i * 0.01, 36.10 + i * 0.005) for i in range(6)]
    known = gpd.GeoDataFrame(
        {"id": [row[0] for row in rows]},
        geometry=[shapely.Point(row[1:]) for row in rows],
        crs=4326,
    )
    moved = from_wgs84([row[1:] for row in rows], Datum.GCJ02)
    text = "编号,名称,类型,经度,纬度\n" + "".join(
        f"{row[0]},{row[0]},驿站,{lon:.7f},{lat:.7f}\n"
        for row, (lon, lat) in zip(rows, moved, strict=True)
    )
    with pytest.raises(BadInputError, match="gcj02"):
        read_layer(STATIONS, write(tmp_path, text), area=AREA, known=present_of(STATIONS, known, 1))
    right = read_layer(
        STATIONS,
        write(tmp_path, text),
        area=AREA,
        known=present_of(STATIONS, known, 1),
        answers=Answers(datum=Datum.GCJ02),
    )
    assert len(right.good) == 6


def test_excel_with_a_title_row_whole_floats_and_dates(tmp_path):
    book = openpyxl.Workbook()
    for row in (
        ["2026年驿站名单"],
        ["编号", "名称", "类型", "经度", "纬度", "联系电话", "更新日期"],
        [1.0, "甲", "户外劳动者驿站", "120.38", 36.07, 13800000000.0, pd.Timestamp("2026-10-31")],
    ):
        book.active.append(row)
    path = tmp_path / "名单.xlsx"
    book.save(path)
    reading = read_layer(YIZHAN, path, area=AREA)
    (row,) = reading.good.to_dict("records")
    assert (row["id"], row["phone"], row["updated"]) == ("1", "13800000000", "2026-10-31")
    assert any("第 2 行" in remark.zh for remark in reading.remarks)


def test_map_files_are_read_and_one_without_a_reference_system_is_refused(tmp_path):
    frame = gpd.GeoDataFrame(
        {"adcode": ["370202"], "name": ["市南区"]}, geometry=[AREA], crs="EPSG:4326"
    )
    for name in ("d.geojson", "d.gpkg", "d.shp"):
        frame.to_crs(4549 if name == "d.gpkg" else 4326).to_file(tmp_path / name)
        reading = read_layer(DISTRICTS, tmp_path / name)
        assert reading.good["name"].tolist() == ["市南区"]
        assert reading.good.geometry[0].hausdorff_distance(AREA) < 1e-6
    frame.to_parquet(tmp_path / "d.parquet")
    assert len(read_layer(DISTRICTS, tmp_path / "d.parquet").good) == 1
    (tmp_path / "d.prj").unlink()
    with pytest.raises(CrsError, match=r"d\.shp"):
        read_layer(DISTRICTS, tmp_path / "d.shp")


def test_a_stated_district_becomes_its_code_and_a_contradiction_is_reported(tmp_path):
    districts = gpd.GeoDataFrame(
        {"adcode": ["370202", "370203"], "name": ["市南区", "市北区"]},
        geometry=[shapely.box(120, 36, 120.5, 37), shapely.box(120.5, 36, 121, 37)],
        crs=4326,
    )
    text = (
        "编号,名称,经度,纬度,区市\n1,甲,120.2,36.5,\n2,乙,120.7,36.5,市北\n3,丙,120.7,36.6,市南区\n"
    )
    reading = read_layer(CANDIDATES, write(tmp_path, text), area=AREA, districts=districts)
    assert reading.good["district"].tolist() == [None, "370203"]
    assert [(p.row, p.column) for p in reading.problems] == [(4, "区市")]


def test_missing_columns_and_unknown_files_are_refused_with_the_mend(tmp_path):
    with pytest.raises(BadInputError, match="类型"):
        read_layer(STATIONS, write(tmp_path, "编号,名称,经度,纬度\n1,a,120.1,36.1\n"))
    with pytest.raises(BrokenFileError, match="另存为"):
        read_layer(STATIONS, write(tmp_path, "<html>", name="a.xls"))
    with pytest.raises(BadInputError, match="表头"):
        read_layer(STATIONS, write(tmp_path, "1,2,3\n4,5,6\n"))
    with pytest.raises(BrokenFileError):
        read_layer(STATIONS, write(tmp_path, "not a zip", name="a.xlsx"))


def test_rejects_go_to_excel_as_text_so_that_no_formula_runs(tmp_path):
    path = write(tmp_path, HEADER + "A1,=1+1,驿站,999,36.07,,,,,\n")
    reading = read_layer(STATIONS, path, area=AREA)
    sheet = openpyxl.load_workbook(write_rejects(path, reading)).active
    cells = [cell for cell in sheet[2] if cell.value == "=1+1"]
    assert [cell.data_type for cell in cells] == ["s"]
    assert sheet["A2"].value == 2
    assert "坐标" in sheet["B2"].value


@pytest.mark.parametrize("layer", [STATIONS, YIZHAN, WORKERS, CANDIDATES, STOPS])
def test_a_template_can_be_imported_back_and_its_example_is_skipped(tmp_path, layer):
    path = tmp_path / f"{layer.name}.xlsx"
    write_template(layer, path)
    with pytest.raises(BadInputError, match="没有数据行"):
        read_layer(layer, path, area=AREA)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    for cell in sheet[2]:
        sheet.cell(3, cell.column, str(cell.value or "").replace("示例-1", "T1"))
    book.save(path)
    reading = read_layer(layer, path, area=AREA)
    assert reading.problems == ()
    assert reading.good["id"].tolist() == ["T1"]


def test_a_problem_names_file_row_the_files_own_header_our_field_value_and_mend(tmp_path):
    path = tmp_path / "名单.csv"
    path.write_text(
        "名称,群体,场所性质,从业人员数,适龄女职工,lng,latitude\n"
        "甲,快递员,工作地,三百,,120.38,36.07\n"
        "乙,快递员,工作地,10,20,120.38,36.08\n"
        "丙,快递员,工作地,10,,东边,36.09\n",
        encoding="utf-8",
    )
    reading = read_layer(WORKERS, path, area=AREA)
    assert [one.line.zh for one in reading.problems] == [
        "名单.csv 第 2 行，从业人员数（人数 workers）“三百”：不是数字。只写数字，不带“约”等字。",
        "名单.csv 第 3 行，适龄女职工（35-59岁女职工 women_35_59）“20”：35-59岁女职工 20 人，多于职工 10 人。请核对两个数。",
        "名单.csv 第 4 行，lng/latitude“东边，36.09”：坐标缺失或不是数字。请填写十进制度，如 120.3826。",
    ]
