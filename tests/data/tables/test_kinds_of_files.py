"""More kinds of files than those of the cases: each read as it is meant, or refused."""

from __future__ import annotations

import datetime as dt
import json
import zipfile

import geopandas as gpd
import openpyxl
import pytest
import shapely

from data.geometry.datum import Datum
from data.reading.reading import read_layer
from data.tables.answers import Answers
from geo.errors import YizhanError
from geo.layers.columns import INPUT_LAYERS

H = "编号,名称,经度,纬度"
R = "S1,甲,120.3826,36.0671"
HL = ["编号", "名称", "经度", "纬度"]
RL = ["S1", "甲", 120.3826, 36.0671]
HERE = shapely.Point(120.3826, 36.0671)


def read(path, layer="yizhan"):
    return read_layer(INPUT_LAYERS[layer], path)


def csv(tmp_path, text, encoding="utf-8", name="s.csv"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def sheet(tmp_path, rows, change=None, more=(), name="s.xlsx"):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for title, its_rows in more:
        tab = book.create_sheet(title)
        for row in its_rows:
            tab.append(row)
    if change is not None:
        change(book)
    book.save(tmp_path / name)
    return tmp_path / name


def one_row(reading):
    assert reading.problems == ()
    (row,) = reading.good.to_dict("records")
    return row


def is_refused(path, layer="yizhan"):
    try:
        return bool(read(path, layer).problems)
    except YizhanError:
        return True


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("经纬度", "120.3826，36.0671"),
        ("经纬度", "36.0671,120.3826"),
        ("坐标", "(120.3826, 36.0671)"),
        ("坐标", "东经120.3826° 北纬36.0671°"),
        ("坐标", "POINT(120.3826 36.0671)"),
        ("经纬度", "120.3826 36.0671"),
        ("经纬度", "经度：120.3826，纬度：36.0671"),
        ("经纬度", "E120.3826,N36.0671"),
        ("经纬度", "120°22′57.36″，36°4′1.56″"),
    ],
)
def test_longitude_and_latitude_in_one_column(tmp_path, header, cell):
    reading = read(csv(tmp_path, f'编号,名称,{header}\nS1,甲,"{cell}"\n'))
    assert one_row(reading)["geometry"].distance(HERE) < 1e-8


@pytest.mark.parametrize(
    "cells",
    [
        "120度22分57.36秒,36度4分1.56秒",
        "120°22.956′,36°4.026′",
        "120.3826°E,36.0671°N",
        "１２０．３８２６,３６．０６７１",
    ],
)
def test_degrees_as_people_write_them(tmp_path, cells):
    reading = read(csv(tmp_path, f"{H}\nS1,甲,{cells}\n"))
    assert one_row(reading)["geometry"].distance(HERE) < 1e-8


@pytest.mark.parametrize(
    "cells",
    [
        "534000,3994000",
        "120382600,36067100",
        "0,0",
        "W120.3826,36.0671",
        "120°72′,36°4′",
        "1.203826E+02,3.60671E+01",
    ],
)
def test_what_is_no_place_in_degrees_is_refused(tmp_path, cells):
    assert is_refused(csv(tmp_path, f"{H}\nS1,甲,{cells}\n"))


@pytest.mark.parametrize(
    ("lon", "lat", "datum"),
    [
        ("百度经度", "百度纬度", Datum.BD09),
        ("bd_lng", "bd_lat", Datum.BD09),
        ("lng_bd09", "lat_bd09", Datum.BD09),
        ("经度(百度坐标)", "纬度(百度坐标)", Datum.BD09),
        ("高德经度", "高德纬度", Datum.GCJ02),
        ("gcj02_lng", "gcj02_lat", Datum.GCJ02),
        ("经度（腾讯地图）", "纬度（腾讯地图）", Datum.GCJ02),
        ("火星坐标经度", "火星坐标纬度", Datum.GCJ02),
        ("WGS84经度", "WGS84纬度", Datum.WGS84),
        ("经度（GPS）", "纬度（GPS）", Datum.WGS84),
    ],
)
def test_headers_name_the_datum_in_many_ways(tmp_path, lon, lat, datum):
    reading = read(csv(tmp_path, f"编号,名称,{lon},{lat}\n{R}\n"))
    assert reading.datum is datum


@pytest.mark.parametrize(
    "text",
    [f"坐标系：GCJ-02,,,\n{H}\n{R}\n", f"{H}\n{R}\n注：坐标取自高德坐标拾取器,,,\n"],
)
def test_a_title_or_a_note_names_the_datum(tmp_path, text):
    assert read(csv(tmp_path, text)).datum is Datum.GCJ02


@pytest.mark.parametrize(
    ("layer", "header", "cell", "field", "value"),
    [
        ("candidates", "费用（千元）", "3", "cost_cny", 3000.0),
        ("candidates", "建设费用万元", "2.5", "cost_cny", 25000.0),
        ("candidates", "建设费用", "2.5万元", "cost_cny", 25000.0),
        ("yizhan", "日接待能力（人次/天）", "30", "capacity", 30),
        ("yizhan", "日接待能力", "30人", "capacity", 30),
        ("yizhan", "开放时间（周末）", "9:00-12:00", "opening_hours", "Sa,Su 09:00-12:00"),
        ("yizhan", "联系电话", '="053285550000"', "phone", "053285550000"),
    ],
)
def test_units_days_and_protected_text(tmp_path, layer, header, cell, field, value):
    reading = read(csv(tmp_path, f"{H},{header}\n{R},{cell}\n"), layer)
    assert one_row(reading)[field] == value


@pytest.mark.parametrize(
    ("layer", "header", "cell"),
    [
        ("candidates", "费用（美元）", "3"),
        ("yizhan", "日接待能力（人次/月）", "900"),
        ("yizhan", "日接待能力", "30-50"),
        ("yizhan", "日接待能力", "30余人"),
        ("yizhan", "开放时间（试运行）", "9:00-12:00"),
    ],
)
def test_what_changes_a_figure_and_is_not_known_is_refused(tmp_path, layer, header, cell):
    assert is_refused(csv(tmp_path, f"{H},{header}\n{R},{cell}\n"), layer)


@pytest.mark.parametrize("header", ["人数（男）", "女职工人数"])
def test_parts_of_the_workers_are_not_all_of_them(tmp_path, header):
    text = f"编号,名称,群体,场所性质,{header},经度,纬度\nW1,甲,快递员,工作地,30,120.38,36.07\n"
    assert is_refused(csv(tmp_path, text), "workers")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "gb18030", "utf-8-sig"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "，"])
def test_encodings_and_separators(tmp_path, encoding, separator):
    text = f"{H}\n{R}\n".replace(",", separator)
    assert one_row(read(csv(tmp_path, text, encoding, "s.txt")))["name"] == "甲"


@pytest.mark.parametrize(
    "text",
    [
        f"{H},地址,设施\n{R},香港中路1号,2层,饮水\n",
        f'{H},地址\n{R},"海路"1号\n',
        f"{H}\nS1,甲\ufffd,120.3826,36.0671\n",
    ],
)
def test_cells_that_moved_or_lost_characters_are_refused(tmp_path, text):
    assert is_refused(csv(tmp_path, text))


def test_big5_taken_for_gb18030_would_be_other_characters(tmp_path):
    text = "id,name,lon,lat,address\nS1,臺灣驛站名稱甲乙丙丁,120.38,36.06,臺灣驛站名稱戊己\n"
    assert is_refused(csv(tmp_path, text, "big5"))


def test_a_header_over_two_rows(tmp_path):
    rows = [
        ["编号", "名称", "坐标", None, "开放时间", None],
        [None, None, "经度", "纬度", "工作日", "周末"],
        [*RL, "8:30-17:30", "9:00-12:00"],
    ]

    def merge(book):
        book.active.merge_cells("C1:D1")
        book.active.merge_cells("E1:F1")

    row = one_row(read(sheet(tmp_path, rows, merge)))
    assert row["geometry"] == HERE
    assert row["opening_hours"] == "Mo-Fr 08:30-17:30; Sa,Su 09:00-12:00"


def test_rows_that_are_no_records_are_left_out_and_told(tmp_path):
    rows = [
        ["市总工会一览表"],
        HL,
        ["市南区"],
        RL,
        HL,
        ["市北区"],
        ["S2", "乙", 120.39, 36.07],
        ["总 计", 2],
        ["填报人：张三"],
    ]

    def merge(book):
        book.active.merge_cells("A3:D3")
        book.active.merge_cells("A6:D6")

    reading = read(sheet(tmp_path, rows, merge))
    assert reading.problems == ()
    assert reading.good["id"].tolist() == ["S1", "S2"]
    assert [(one.row, one.why.zh) for one in reading.table.left_out] == [
        (3, "标题行"),
        (5, "又一行表头"),
        (6, "标题行"),
        (8, "合计行"),
        (9, "说明文字"),
    ]


def test_hidden_sheets_and_empty_ones_are_passed_over(tmp_path):
    def hide(book):
        book["Sheet"].sheet_state = "hidden"

    path = sheet(
        tmp_path, [HL, ["OLD", "旧", 120.39, 36.08]], hide, [("驿站", [HL, RL]), ("Sheet3", [])]
    )
    assert one_row(read(path))["id"] == "S1"


@pytest.mark.parametrize("value", ["=10+20", "#DIV/0!"])
def test_a_formula_without_a_value_and_an_error_are_no_empty_cells(tmp_path, value):
    (problem,) = read(sheet(tmp_path, [[*HL, "日接待能力"], [*RL, value]])).problems
    assert (problem.row, problem.column) == (2, "日接待能力")


def test_an_amount_merged_over_rows_is_not_given_to_each(tmp_path):
    rows = [
        ["名称", "群体", "场所性质", "人数", "经度", "纬度"],
        ["甲", "快递员", "工作地", 300, 120.3826, 36.0671],
        ["乙", "快递员", "工作地", None, 120.3926, 36.0671],
    ]
    path = sheet(tmp_path, rows, lambda book: book.active.merge_cells("D2:D3"))
    assert any("D2:D3" in problem.text.zh for problem in read(path, "workers").problems)


def test_cells_of_dates_times_and_flags(tmp_path):
    stops = [[*HL, "最早到达", "最晚离开", "必到"], [*RL, dt.time(8, 30), dt.time(17), True]]
    row = one_row(read(sheet(tmp_path, stops), "stops"))
    assert (row["open_from"], row["open_until"], row["must_visit"]) == ("08:30", "17:00", True)
    dated = [[*HL, "更新日期"], [*RL, dt.datetime(2026, 10, 31, 14, 5)]]
    assert one_row(read(sheet(tmp_path, dated)))["updated"] == "2026-10-31"
    assert is_refused(sheet(tmp_path, [[*HL, "更新日期"], [*RL, 45961]]))


def test_a_number_of_more_digits_than_excel_keeps_is_no_id(tmp_path):
    assert is_refused(sheet(tmp_path, [HL, [370203199001011234567, *RL[1:]]]))


def test_the_content_counts_not_the_ending(tmp_path):
    path = sheet(tmp_path, [HL, RL])
    for name in ("a.csv", "a.xls", "a.et", "a.xlsm"):
        one_row(read(path.rename(tmp_path / name)))
        path = tmp_path / name
    one_row(read(csv(tmp_path, f"{H}\n{R}\n".replace(",", "\t"), "gb18030", "list.xls")))


@pytest.fixture
def frame():
    return gpd.GeoDataFrame({"id": ["S1"], "name": ["市南驿站"]}, geometry=[HERE], crs=4326)


def test_projected_and_raised_points_come_home(tmp_path, frame):
    frame.to_crs(3857).to_file(tmp_path / "m.gpkg")
    assert one_row(read(tmp_path / "m.gpkg"))["geometry"].distance(HERE) < 1e-8
    raised = frame.set_geometry([shapely.Point(120.3826, 36.0671, 12)])
    raised.to_file(tmp_path / "z.geojson")
    reading = read(tmp_path / "z.geojson")
    assert one_row(reading)["geometry"] == HERE
    assert any("高程" in remark.zh for remark in reading.remarks)


def test_a_reference_system_its_coordinates_contradict_is_refused(tmp_path, frame):
    frame.set_crs(4549, allow_override=True).to_file(tmp_path / "a.gpkg")
    with pytest.raises(YizhanError, match="却是经纬度"):
        read(tmp_path / "a.gpkg")
    metres = frame.to_crs(4549).set_crs(4326, allow_override=True)
    metres.to_file(tmp_path / "b.gpkg")
    with pytest.raises(YizhanError, match="EPSG:4549"):
        read(tmp_path / "b.gpkg")
    frame.to_crs(4610).to_file(tmp_path / "c.gpkg")
    with pytest.raises(YizhanError, match="误差可达百米"):
        read(tmp_path / "c.gpkg")


def test_a_reference_system_of_another_world_is_refused(tmp_path, frame):
    frame.to_file(tmp_path / "moon.geojson")
    moon = Answers(crs="+proj=longlat +R=1737400 +no_defs +type=crs")
    with pytest.raises(YizhanError, match="不能换算"):
        read_layer(INPUT_LAYERS["yizhan"], tmp_path / "moon.geojson", answers=moon)


def test_names_cut_at_ten_letters_and_the_encoding_of_the_dbf(tmp_path, frame):
    wide = frame.assign(opening_ho=["Mo-Fr 08:00-17:00"])
    wide.to_file(tmp_path / "g.shp", encoding="gbk")
    row = one_row(read(tmp_path / "g.shp"))
    assert (row["name"], row["opening_hours"]) == ("市南驿站", "Mo-Fr 08:00-17:00")
    (tmp_path / "g.cpg").write_text("UTF-8")
    with pytest.raises(YizhanError, match="gb18030"):
        read(tmp_path / "g.shp")


def test_archives_of_sheets_and_of_nothing(tmp_path):
    path = sheet(tmp_path, [HL, RL])
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(path, "名单/名单.xlsx")
        archive.writestr("__MACOSX/._名单.xlsx", b"x")
        archive.writestr("说明.docx", b"x")
    assert one_row(read(tmp_path / "a.zip"))["name"] == "甲"
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("说明.docx", b"x")
    with pytest.raises(YizhanError, match=r"docx"):
        read(tmp_path / "b.zip")


@pytest.mark.parametrize("place", [None, {"type": "Point", "coordinates": [36.0671, 120.3826]}])
def test_features_without_or_with_swapped_places_are_refused(tmp_path, place):
    feature = {"type": "Feature", "properties": {"id": "S1", "name": "甲"}, "geometry": place}
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    assert is_refused(csv(tmp_path, text, name="s.geojson"))
