"""Kinds of files as clerks of street offices and exports of platforms hand them over.

More of what :mod:`office_kinds` holds, each answer stated before it was tried: headers over three
lines, signatures and totals, blanks written as words, ticks by amenity, a datum said in a column, a
remark or a name, tables side by side, and map files with parts missing.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import shapely
import xlsxwriter
from binary_sheets import xlsb
from office_kinds import (
    FEATURE,
    GPX,
    HEAD,
    HOURS,
    LAT,
    LON,
    PLACE,
    ROW,
    Kind,
    copied,
    in_datum,
    layer_file,
    one,
    packed,
    raw,
    sheet,
    text,
    worker,
)
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from data.geometry.datum import Datum
from data.tables.answers import Answers

Writer = Callable[[Path], Path]
FULL = ["S1", "甲驿站", "0532-85551234", LON, LAT, "8:30-17:30", 30]
FULL_RIGHT = {**PLACE, "phone": "0532-85551234", "opening_hours": "08:30-17:30", "capacity": 30}
GCJ02 = in_datum(Datum.GCJ02)
GCJ02_LON, GCJ02_LAT = (float(part) for part in GCJ02.split(","))
MANY = "".join(
    f"S{number},市南区第{number}号驿站,{LON + number * 0.001:.4f},{LAT},香港中路{number}号\n"
    for number in range(1, 40)
)
NEW = f"S99,李沧区新增驿站,{LON},{LAT},李村街道中心\n"
PLACEMARK = f"<Placemark><name>甲驿站</name><Point><coordinates>{LON},{LAT},0</coordinates></Point></Placemark>"
OTHER = "<Placemark><name>乙驿站</name><Point><coordinates>120.39,36.08,0</coordinates></Point></Placemark>"
FOLDERS = f"<Folder><name>市南</name>{PLACEMARK}</Folder><Folder><name>市北</name>{OTHER}</Folder>"


def merged(*ranges: str) -> Callable[[openpyxl.Workbook], None]:
    """Return a change that merges ranges of cells."""

    def change(book: openpyxl.Workbook) -> None:
        for one_range in ranges:
            book.active.merge_cells(one_range)

    return change


def called(title: str) -> Callable[[openpyxl.Workbook], None]:
    """Return a change that gives the sheet its name."""

    def change(book: openpyxl.Workbook) -> None:
        book.active.title = title

    return change


def _zeros_shown(book: openpyxl.Workbook) -> None:
    book.active["A2"].number_format = "000"


def _since_1904(book: openpyxl.Workbook) -> None:
    book.epoch = CALENDAR_MAC_1904


def _two_districts(book: openpyxl.Workbook) -> None:
    book.active.title = "市南"
    other = book.create_sheet("市北")
    other.append(HEAD)
    other.append(["S2", "乙驿站", 120.39, 36.08])


def with_pinyin(folder: Path) -> Path:
    """Write a workbook whose names carry their pinyin."""
    (folder / "raw").mkdir()
    plain = folder / "raw" / "s.xlsx"
    with xlsxwriter.Workbook(plain) as book:
        sheet_ = book.add_worksheet()
        sheet_.write_row(0, 0, HEAD)
        sheet_.write_row(1, 0, ROW)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(folder / "s.xlsx", "w") as new:
        for name in old.namelist():
            held = old.read(name).decode()
            held = held.replace(
                "<t>甲驿站</t>",
                '<t>甲驿站</t><rPh sb="0" eb="1"><t>jia</t></rPh><phoneticPr fontId="1"/>',
            )
            new.writestr(name, held)
    return folder / "s.xlsx"


def geojson(**more: object) -> Writer:
    """Return a writer of a collection with these members more."""
    members = {"type": "FeatureCollection", **more, "features": more.get("features", [FEATURE])}
    return raw(json.dumps(members, ensure_ascii=False), "s.geojson")


def named_system(name: str) -> dict[str, object]:
    """Return the member of GeoJSON that names a reference system."""
    return {"type": "name", "properties": {"name": name}}


def without(suffix: str) -> Writer:
    """Return a writer of a shapefile that lacks one of its files."""

    def write(folder: Path) -> Path:
        layer_file("s.shp", encoding="utf-8")(folder)
        (folder / f"s{suffix}").unlink()
        return folder / "s.shp"

    return write


def cut_names(folder: Path) -> Path:
    """Write a shapefile with 日接待能力 cut at ten bytes, in the middle of 能."""
    path = layer_file("s.shp", {"日接待": [30]}, encoding="utf-8")(folder)
    name = "日接待".encode()
    table = path.with_suffix(".dbf")
    table.write_bytes(table.read_bytes().replace(name + b"\0\0", name + b"\xe8\0"))
    return path


def in_capitals(folder: Path) -> Path:
    """Write a shapefile with names as DOS wrote them."""
    layer_file("s.shp", encoding="utf-8")(folder)
    for part in list(folder.iterdir()):
        part.rename(folder / part.name.upper())
    return folder / "S.SHP"


def changed_geopackage(*statements: str) -> Writer:
    """Return a writer of a GeoPackage after these statements of SQL."""

    def write(folder: Path) -> Path:
        path = layer_file("s.gpkg", layer="yizhan")(folder)
        with contextlib.closing(sqlite3.connect(path)) as book:
            for statement in statements:
                book.execute(statement)
            book.commit()
        return path

    return write


def kml(body: str, space: str = ' xmlns="http://www.opengis.net/kml/2.2"') -> Writer:
    """Return a writer of a KML document."""
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return raw(f"{head}<kml{space}><Document>{body}</Document></kml>", "s.kml")


def two_lists(folder: Path) -> Path:
    """Write an archive of one list for each district."""
    with zipfile.ZipFile(folder / "s.zip", "w") as archive:
        archive.writestr("市南.csv", f"编号,名称,经度,纬度\nS1,甲驿站,{LON},{LAT}\n")
        archive.writestr("市北.csv", "编号,名称,经度,纬度\nS2,乙驿站,120.39,36.08\n")
    return folder / "s.zip"


def plain_parquet(folder: Path) -> Path:
    """Write a table without shapes."""
    cells = {"编号": ["S1"], "名称": ["甲驿站"], "经度": [LON], "纬度": [LAT]}
    pd.DataFrame(cells).to_parquet(folder / "s.parquet")
    return folder / "s.parquet"


ATTRIBUTES = (
    "create table 说明(fid integer primary key, 备注 text)",
    "insert into gpkg_contents(table_name,data_type,identifier,srs_id) values('说明','attributes','说明',0)",
)
VIEW = (
    "create view v as select fid, geom, 编号, 名称 from yizhan",
    "insert into gpkg_contents(table_name,data_type,identifier,srs_id) values('v','features','v',4326)",
    "insert into gpkg_geometry_columns values('v','geom','POINT',4326,0,0)",
)
NO_SYSTEM = ("update gpkg_contents set srs_id=-1", "update gpkg_geometry_columns set srs_id=-1")
"""Statements for :func:`changed_geopackage`."""


def row_of(headers: str, cells: str) -> Writer:
    """Return a writer of one record with these columns more."""
    return text(f"编号,名称,经度,纬度,{headers}\nS1,甲驿站,{LON},{LAT},{cells}\n")


def candidate(header: str, cell: str) -> Writer:
    """Return a writer of one candidate with one column more."""
    return text(f"编号,名称,经度,纬度,{header}\nC1,甲点,{LON},{LAT},{cell}\n")


def strict(writer: Writer) -> Writer:
    """Return a writer of a workbook as Excel saves it as strict Open XML."""
    spaces = (
        (
            "http://schemas.openxmlformats.org/spreadsheetml/2006",
            "http://purl.oclc.org/ooxml/spreadsheetml",
        ),
        (
            "http://schemas.openxmlformats.org/officeDocument/2006",
            "http://purl.oclc.org/ooxml/officeDocument",
        ),
    )

    def write(folder: Path) -> Path:
        (folder / "raw").mkdir()
        made = writer(folder / "raw")
        with zipfile.ZipFile(made) as old, zipfile.ZipFile(folder / made.name, "w") as new:
            for name in old.namelist():
                held = old.read(name)
                for usual, other in spaces:
                    held = held.replace(usual.encode(), other.encode())
                new.writestr(name, held)
        return folder / made.name

    return write


def _filtered(book: openpyxl.Workbook) -> None:
    book.active.auto_filter.ref = "A1:D3"
    book.active.row_dimensions[3].hidden = True


def _far_corner(book: openpyxl.Workbook) -> None:
    book.active["XFD1048576"] = "x"


def _far_below(book: openpyxl.Workbook) -> None:
    book.active["A20000"] = "注：完"


def _pivot(book: openpyxl.Workbook) -> None:
    pivot = book.create_sheet("透视", 0)
    for row in (["行标签", "求和项:日接待能力"], ["市南区", 30], ["总计", 30]):
        pivot.append(row)


KINDS: list[Kind] = [
    Kind("a password that was set", copied("password.xlsx"), refused="密码"),
    Kind(
        "a sheet of WPS (.et), merged",
        copied("wps.et"),
        {"rows": 3, "all:opening_hours": ["08:30-17:30"] * 3},
    ),
    Kind("strict Open XML, whole", strict(sheet([HEAD, ROW])), PLACE),
    Kind(
        "strict Open XML, a formula without a value",
        strict(sheet([[*HEAD, "日接待能力"], [*ROW, "=10+20"]])),
        refused="公式",
    ),
    Kind("binary workbook", xlsb([HEAD, ROW]), PLACE),
    Kind(
        "binary workbook, an error",
        xlsb([[*HEAD, "日接待能力"], [*ROW, 30]], errors={(1, 4)}),
        refused="#N/A",
    ),
    Kind(
        "binary workbook, merged over a hidden row",
        xlsb(
            [[*HEAD, "开放时间"], [*ROW, "8:30-17:30"], ["S2", "乙驿站", 120.39, 36.07]],
            merges=[(1, 2, 4, 4)],
            hidden={2},
        ),
        {"all:opening_hours": ["08:30-17:30"] * 2, "remark": "隐藏"},
    ),
    Kind(
        "rows that a filter hides",
        sheet([HEAD, ROW, ["S2", "乙驿站", 120.39, 36.07]], _filtered),
        {"rows": 2, "remark": "隐藏或筛掉"},
    ),
    Kind(
        "a pivot before the list",
        sheet([[*HEAD, "日接待能力"], [*ROW, 30]], _pivot),
        {"capacity": 30},
    ),
    Kind(
        "photos in cells",
        sheet([[*HEAD, "现场照片"], [*ROW, '=DISPIMG("ID_1",1)']]),
        PLACE,
    ),
    Kind(
        "three header lines merged",
        sheet(
            [
                ["青岛市户外劳动者驿站基本情况统计表"],
                ["序号", "基本信息", None, None, "位置信息", None, "服务信息", None],
                [None, "编号", "名称", "联系电话", "坐标", None, "开放时间", "日接待能力"],
                [None, None, None, None, "经度", "纬度", None, None],
                [1, *FULL],
            ],
            merged(
                "A1:H1",
                "A2:A4",
                "B2:D2",
                "E2:F2",
                "G2:H2",
                "E3:F3",
                "B3:B4",
                "C3:C4",
                "D3:D4",
                "G3:G4",
                "H3:H4",
            ),
        ),
        FULL_RIGHT,
    ),
    Kind(
        "signatures merged below",
        sheet(
            [HEAD, ROW, ["填表人：张三    审核人：李四    填报日期：2026-11-01"]], merged("A3:D3")
        ),
        {"rows": 1},
    ),
    Kind(
        "signatures spread over cells",
        sheet([HEAD, ROW, ["填表人：", "张三", "审核人：", "李四"]]),
        {"rows": 1},
    ),
    Kind(
        "a total of places in words",
        sheet(
            [
                ["序号", *HEAD, "日接待能力"],
                [1, *ROW, 30],
                ["共计3个站点", None, None, None, None, 30],
            ]
        ),
        {"rows": 1},
    ),
    Kind("remarks with dates", sheet([[*HEAD, "备注"], [*ROW, dt.datetime(2026, 5, 1)]]), PLACE),
    Kind(
        "phone with .0",
        text(f"编号,名称,经度,纬度,联系电话\nS1,甲驿站,{LON},{LAT},13800138000.0\n"),
        {"phone": "13800138000"},
    ),
    Kind(
        "full-width coordinates",
        text("编号,名称,经度,纬度\nS1,甲驿站,１２０．３８２６,３６．０６７１\n"),
        PLACE,
    ),
    Kind(
        "coordinates times a million",
        text("编号,名称,经度,纬度\nS1,甲驿站,120382600,36067100\n"),
        refused="坐标",
    ),
    Kind("men and women in one cell", worker("人数", "男12女30"), refused="数字", layer="workers"),
    Kind("count 3.2万人", worker("人数", "3.2万人"), {"workers": 32000}, layer="workers"),
    Kind("count 300余人", worker("人数", "300余人"), refused="数字", layer="workers"),
    Kind(
        "count with its women",
        worker("人数", "300人（含女职工120人）"),
        refused="数字",
        layer="workers",
    ),
    Kind("count header 万人", worker("人数（万人）", "1.2"), {"workers": 12000}, layer="workers"),
    Kind(
        "hours on two lines of a cell",
        text(
            f'编号,名称,经度,纬度,开放时间\nS1,甲驿站,{LON},{LAT},"周一至周五 8:30-17:30\n周六 9:00-12:00"\n'
        ),
        {HOURS: "Mo-Fr 08:30-17:30; Sa 09:00-12:00"},
    ),
    Kind(
        "a summary beside the list",
        sheet(
            [
                [*HEAD, None, "街道", "站点数"],
                [*ROW, None, "香港中路街道", 5],
                ["S2", "乙驿站", 120.39, 36.07, None, "八大湖街道", 3],
                ["S3", "丙驿站", 120.37, 36.07],
            ]
        ),
        refused="并排",
    ),
    Kind(
        "two lists side by side",
        sheet([[*HEAD, None, *HEAD], [*ROW, None, "S2", "乙驿站", 120.39, 36.07]]),
        refused="两列",
    ),
    Kind(
        "headers in two languages",
        sheet([HEAD, ["id", "name", "lon", "lat"], ROW]),
        {"rows": 1, **PLACE},
    ),
    Kind(
        "English first, Chinese below",
        sheet([["id", "name", "lon", "lat"], HEAD, ROW]),
        {"rows": 1, **PLACE},
    ),
    Kind(
        "a line of rules below the header",
        sheet([HEAD, ["必填", "必填", "必填", "必填"], ROW]),
        {"rows": 1, **PLACE},
    ),
    Kind(
        "a line of units below the header",
        sheet([[*HEAD, "日接待能力"], ["", "", "度", "度", "人"], [*ROW, 30]]),
        {"rows": 1, "capacity": 30},
    ),
    Kind(
        "a line of unit hundreds below",
        text(
            f"名称,群体,场所性质,人数,经度,纬度\n,,,百人,度,度\n甲园区,快递员,工作地,3,{LON},{LAT}\n"
        ),
        {"workers": 300},
        layer="workers",
    ),
    Kind("#N/A as a name", text(f"编号,名称,经度,纬度\nS1,#N/A,{LON},{LAT}\n"), refused="错误值"),
    Kind("#REF! as an address", one("地址", "#REF!"), refused="错误值"),
    Kind("##### saved as text", one("地址", "########"), refused="错误值"),
    Kind(
        "NULL of a database",
        text(f"编号,名称,经度,纬度,地址,联系电话\nS1,甲驿站,{LON},{LAT},NULL,NULL\n"),
        {"address": None, "phone": None},
    ),
    Kind(
        "nan of a program as name",
        text(f"编号,名称,经度,纬度\nS1,nan,{LON},{LAT}\n"),
        refused="不能为空",
    ),
    Kind(
        "slash for nothing",
        text(
            f"编号,名称,经度,纬度,地址,联系电话,开放时间,日接待能力\nS1,甲驿站,{LON},{LAT},/,/,/,/\n"
        ),
        {"address": None, "phone": None, HOURS: None, "remark": "4 格写着“/”"},
    ),
    Kind(
        "dashes for nothing",
        text(f"编号,名称,经度,纬度,地址,联系电话,日接待能力\nS1,甲驿站,{LON},{LAT},——,-,—\n"),
        {"address": None, "phone": None},
    ),
    Kind(
        "无 for nothing",
        text(f"编号,名称,经度,纬度,地址,联系电话,设施\nS1,甲驿站,{LON},{LAT},无,无,无\n"),
        {"phone": None, "amenities": None},
    ),
    Kind("a date as serial", one("更新日期", "45960"), refused="日期"),
    Kind(
        "a flag as a tick",
        text(f"编号,名称,经度,纬度,禁选,必选\nC1,甲点,{LON},{LAT},✓,✗\n"),
        {"forbidden": True, "fixed": False},
        layer="candidates",
    ),
    Kind(
        "a flag as 有 and 无",
        text(f"编号,名称,经度,纬度,禁选,必选\nC1,甲点,{LON},{LAT},有,无\n"),
        {"forbidden": True, "fixed": False},
        layer="candidates",
    ),
    Kind(
        "amenities as columns of ticks",
        text(f"编号,名称,经度,纬度,饮水机,微波炉,空调\nS1,甲驿站,{LON},{LAT},√,×,有\n"),
        {"amenities": "air_conditioning;drinking_water"},
    ),
    Kind(
        "amenities under one merged heading",
        sheet(
            [
                ["编号", "名称", "经度", "纬度", "服务设施", None, None],
                [None, None, None, None, "饮水机", "微波炉", "WiFi"],
                [*ROW, "有", "无", "有"],
            ],
            merged("E1:G1", "A1:A2", "B1:B2", "C1:C2", "D1:D2"),
        ),
        {"amenities": "drinking_water;wifi"},
    ),
    Kind(
        "amenities as counts",
        text(f"编号,名称,经度,纬度,饮水机,微波炉\nS1,甲驿站,{LON},{LAT},2,0\n"),
        {"amenities": "drinking_water"},
    ),
    Kind("amenities with numbers", one("设施", "1.饮水机 2.微波炉 3.空调"), refused="不认识"),
    Kind("amenities with 等", one("设施", "饮水机、微波炉等"), refused="不认识"),
    Kind("hours 早8晚10", one("开放时间", "早8晚10"), {HOURS: "08:00-22:00"}),
    Kind("hours 24h", one("开放时间", "24h"), {HOURS: "24/7"}),
    Kind(
        "two phones on two lines",
        text(f'编号,名称,经度,纬度,联系电话\nS1,甲驿站,{LON},{LAT},"0532-85551234\n13800138000"\n'),
        {"phone": "0532-85551234 13800138000"},
        quiet="电话",
    ),
    Kind(
        "the datum in a column, one for all",
        text(f"编号,名称,经度,纬度,坐标系\nS1,甲驿站,{GCJ02},GCJ02\n"),
        PLACE,
    ),
    Kind(
        "the datum in a column, by row",
        text(
            f"编号,名称,经度,纬度,坐标类型\nS1,甲驿站,{GCJ02},高德\nS2,乙驿站,120.39,36.07,WGS84\n"
        ),
        refused="坐标",
    ),
    Kind(
        "the source says AMap",
        text(
            f"编号,名称,经度,纬度,数据来源\nS1,甲驿站,{GCJ02},高德地图\nS2,乙驿站,{GCJ02},高德地图\n"
        ),
        doubt="gcj02",
    ),
    Kind(
        "the remark says AMap",
        text(
            f"编号,名称,经度,纬度,备注\nS1,甲驿站,{GCJ02},坐标取自百度地图\nS2,乙驿站,{GCJ02},坐标取自百度地图\n"
        ),
        doubt="bd09",
    ),
    Kind(
        "the file's name says GCJ02",
        text(f"编号,名称,经度,纬度\nS1,甲驿站,{GCJ02}\n", name="驿站（高德坐标）.csv"),
        PLACE,
    ),
    Kind(
        "the sheet's name says GCJ02",
        sheet([HEAD, ["S1", "甲驿站", GCJ02_LON, GCJ02_LAT]], called("火星坐标GCJ02")),
        PLACE,
    ),
    Kind(
        "a note below says AMap",
        text(f"编号,名称,经度,纬度\nS1,甲驿站,{GCJ02}\n注：以上坐标均为高德坐标,,,\n"),
        PLACE,
    ),
    Kind("pair 高德坐标", text(f'编号,名称,高德坐标\nS1,甲驿站,"{GCJ02}"\n'), PLACE),
    Kind(
        "degrees and decimal minutes",
        text("编号,名称,经度,纬度\nS1,甲驿站,120°22.956′,36°4.026′\n"),
        PLACE,
    ),
    Kind(
        "度分秒 words",
        text("编号,名称,经度,纬度\nS1,甲驿站,东经120度22分57.36秒,北纬36度4分1.56秒\n"),
        PLACE,
    ),
    Kind("NMEA", text("编号,名称,经度,纬度\nS1,甲驿站,12022.956,3604.026\n"), refused="坐标"),
    Kind(
        "one row of three swapped",
        text(
            f"编号,名称,经度,纬度\nS1,甲驿站,{LON},{LAT}\nS2,乙驿站,36.07,120.39\nS3,丙驿站,120.37,36.07\n"
        ),
        refused="写反",
    ),
    Kind(
        "sep=; after a mark",
        raw(
            b"\xef\xbb\xbf" + f"sep=;\r\n编号;名称;经度;纬度\r\nS1;甲驿站;{LON};{LAT}\r\n".encode(),
            "s.csv",
        ),
        PLACE,
    ),
    Kind(
        "quoted sep",
        raw(f'"sep=;"\r\n编号;名称;经度;纬度\r\nS1;甲驿站;{LON};{LAT}\r\n'.encode(), "s.csv"),
        PLACE,
    ),
    Kind(
        "NUL bytes",
        raw(f"编号,名称,经度,纬度\nS1,甲\0驿站,{LON},{LAT}\n".encode(), "s.csv"),
        {"name": "甲驿站"},
    ),
    Kind(
        "one line in another encoding",
        raw(f"编号,名称,经度,纬度,地址\n{MANY}".encode("gbk") + NEW.encode(), "s.csv"),
        refused="编码",
    ),
    Kind(
        "one GBK line in UTF-8",
        raw(f"编号,名称,经度,纬度,地址\n{MANY}".encode() + NEW.encode("gbk"), "s.csv"),
        refused="编码",
    ),
    Kind("one column only", text("名称\n甲驿站\n"), refused="表头"),
    Kind(
        "questionnaire numbers in headers",
        text(
            f"提交时间（自动）,1、驿站编号（必填）,2、驿站名称（必填）,3、经度：,4、纬度：\n2026-11-01 10:00,S1,甲驿站,{LON},{LAT}\n"
        ),
        {"name": "甲驿站", "id": "S1", **PLACE},
    ),
    Kind(
        "an export line above the header",
        sheet([["导出时间：2026-11-01 10:00:00"], HEAD, ROW]),
        PLACE,
    ),
    Kind("a table at C5", sheet([[], [], [], [], [None, None, *HEAD], [None, None, *ROW]]), PLACE),
    Kind(
        "tabs to keep text",
        text(f"编号,名称,经度,纬度,联系电话\n\tS1,甲驿站,{LON},{LAT},13800138000\t\n"),
        {"phone": "13800138000", "id": "S1"},
    ),
    Kind(
        "cost with ¥",
        text(f'编号,名称,经度,纬度,建设费用（元）\nC1,甲点,{LON},{LAT},"￥15,000.00"\n'),
        {"cost_cny": 15000.0},
        layer="candidates",
    ),
    Kind(
        "cost 1.5万元",
        text(f"编号,名称,经度,纬度,建设费用\nC1,甲点,{LON},{LAT},1.5万元\n"),
        {"cost_cny": 15000.0},
        layer="candidates",
    ),
    Kind(
        "dates from 1904",
        sheet([[*HEAD, "更新日期"], [*ROW, dt.datetime(2026, 10, 31)]], _since_1904),
        {"updated": "2026-10-31"},
    ),
    Kind("pinyin above a name", with_pinyin, {"name": "甲驿站"}),
    Kind(
        "one header merged over two coordinates",
        sheet([["编号", "名称", "经纬度", None], ROW], merged("C1:D1")),
        refused="经纬度",
    ),
    Kind(
        "title lines of districts between",
        sheet(
            [HEAD, ["一、市南区"], ROW, ["二、市北区"], ["S2", "乙驿站", 120.39, 36.08]],
            merged("A2:D2", "A4:D4"),
        ),
        {"rows": 2},
    ),
    Kind(
        "a form, label beside value",
        sheet([["驿站登记表"], ["编号", "S1", "名称", "甲驿站"], ["经度", LON, "纬度", LAT]]),
        refused="登记表",
    ),
    Kind(
        "a table on its side",
        sheet(
            [
                ["编号", "S1", "S2"],
                ["名称", "甲驿站", "乙驿站"],
                ["经度", 120.38, 120.39],
                ["纬度", 36.07, 36.08],
            ]
        ),
        refused="横",
    ),
    Kind("an id shown as 001", sheet([HEAD, [1, *ROW[1:]]], _zeros_shown), {"id": "001"}),
    Kind(
        "header and men/women below",
        sheet(
            [
                ["名称", "群体", "场所性质", "人数", None, None, "经度", "纬度"],
                [None, None, None, "合计", "男", "女", None, None],
                ["甲园区", "快递员", "工作地", 30, 20, 10, LON, LAT],
            ],
            merged("D1:F1", "A1:A2", "B1:B2", "C1:C2", "G1:G2", "H1:H2"),
        ),
        refused="--column",
        layer="workers",
    ),
    Kind(
        "GeoJSON with bbox and CRS84",
        geojson(bbox=[120, 36, 121, 37], crs=named_system("urn:ogc:def:crs:OGC:1.3:CRS84")),
        PLACE,
    ),
    Kind("GeoJSON in EPSG:4490", geojson(crs=named_system("urn:ogc:def:crs:EPSG::4490")), PLACE),
    Kind(
        "GeoJSON with a null shape",
        geojson(
            features=[
                FEATURE,
                {
                    "type": "Feature",
                    "properties": {"编号": "S2", "名称": "乙驿站"},
                    "geometry": None,
                },
            ]
        ),
        refused="第 2 行",
    ),
    Kind(
        "GeoJSON with a key twice",
        raw(
            '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"编号":"S1","名称":"甲驿站","名称":"乙驿站"},"geometry":{"type":"Point","coordinates":[120.3826,36.0671]}}]}',
            "s.geojson",
        ),
        refused="名称",
    ),
    Kind(
        "GeoJSON with latitude first",
        geojson(features=[{**FEATURE, "geometry": {"type": "Point", "coordinates": [LAT, LON]}}]),
        refused="写反",
    ),
    Kind(
        "GeoJSON in GBK",
        raw(json.dumps(FEATURE, ensure_ascii=False).encode("gbk"), "s.geojson"),
        refused="编码",
    ),
    Kind(
        "GeoJSON with a byte-order mark",
        raw(b"\xef\xbb\xbf" + json.dumps(FEATURE, ensure_ascii=False).encode(), "s.geojson"),
        PLACE,
    ),
    Kind(
        "GeoJSON called by its datum",
        raw(
            json.dumps(
                {**FEATURE, "geometry": {"type": "Point", "coordinates": [GCJ02_LON, GCJ02_LAT]}},
                ensure_ascii=False,
            ),
            "驿站_gcj02.geojson",
        ),
        refused="gcj02",
    ),
    Kind(
        "JSON of ArcGIS",
        raw(
            json.dumps(
                {
                    "displayFieldName": "",
                    "fieldAliases": {},
                    "geometryType": "esriGeometryPoint",
                    "spatialReference": {"wkid": 4490},
                    "fields": [
                        {"name": "编号", "type": "esriFieldTypeString", "alias": "编号"},
                        {"name": "名称", "type": "esriFieldTypeString", "alias": "名称"},
                    ],
                    "features": [
                        {
                            "attributes": {"编号": "S1", "名称": "甲驿站"},
                            "geometry": {"x": LON, "y": LAT},
                        }
                    ],
                },
                ensure_ascii=False,
            ),
            "s.json",
        ),
        PLACE,
    ),
    Kind(
        "a list of objects in JSON",
        raw(
            json.dumps(
                [{"编号": "S1", "名称": "甲驿站", "经度": LON, "纬度": LAT}], ensure_ascii=False
            ),
            "s.json",
        ),
        refused="GeoJSON",
    ),
    Kind("shapefile without .prj", without(".prj"), refused="--crs"),
    Kind("shapefile without .dbf", without(".dbf"), refused=".dbf"),
    Kind("shapefile without .shx", without(".shx"), refused=".shx"),
    Kind(
        "shapefile with heights",
        layer_file("s.shp", place=shapely.Point(LON, LAT, 12.0), encoding="utf-8"),
        PLACE,
    ),
    Kind("shapefile in capitals", in_capitals, PLACE),
    Kind("a zip of .shp alone", packed(without(".dbf"), inside=""), refused=".dbf"),
    Kind("GeoPackage with a view", changed_geopackage(*VIEW), PLACE),
    Kind("GeoPackage with a table of notes", changed_geopackage(*ATTRIBUTES), PLACE),
    Kind("GeoPackage of no system", changed_geopackage(*NO_SYSTEM), refused="--crs"),
    Kind("Xian 1980", layer_file("s.gpkg", crs=4610), refused="Xian"),
    Kind("KML by folders", kml(FOLDERS), refused="--table"),
    Kind(
        "KML by folders, all told",
        kml(FOLDERS),
        {"rows": 2, "name": "甲驿站"},
        answers=Answers(table="全部"),
    ),
    Kind(
        "KML MultiGeometry of one",
        kml(
            PLACEMARK.replace("<Point>", "<MultiGeometry><Point>").replace(
                "</Point>", "</Point></MultiGeometry>"
            )
        ),
        PLACE,
    ),
    Kind(
        "KML of two geometries",
        kml(
            PLACEMARK.replace(
                "<Point>",
                "<MultiGeometry><Point><coordinates>120.4,36.1,0</coordinates></Point><Point>",
            ).replace("</Point></Placemark>", "</Point></MultiGeometry></Placemark>")
        ),
        refused="多",
    ),
    Kind("KML without a namespace", kml(PLACEMARK, ""), PLACE),
    Kind(
        "KML with SchemaData",
        kml(
            '<Schema name="s" id="s"><SimpleField name="编号" type="string"/></Schema>'
            + PLACEMARK.replace(
                "<Point>",
                '<ExtendedData><SchemaData schemaUrl="#s"><SimpleData name="编号">S1</SimpleData></SchemaData></ExtendedData><Point>',
            )
        ),
        {"id": "S1"},
    ),
    Kind(
        "KML with a polygon",
        kml(
            PLACEMARK
            + "<Placemark><name>范围</name><Polygon><outerBoundaryIs><LinearRing><coordinates>120.38,36.06 120.39,36.06 120.39,36.07 120.38,36.06</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
        ),
        refused="面",
    ),
    Kind("a zip of lists by district", two_lists, refused="--table"),
    Kind("a zip of lists, all told", two_lists, {"rows": 2}, answers=Answers(table="全部")),
    Kind(
        "GPX of points and tracks",
        raw(
            GPX.replace(
                "</gpx>",
                '<trk><name>路</name><trkseg><trkpt lat="36" lon="120"/><trkpt lat="36.1" lon="120"/></trkseg></trk></gpx>',
            ),
            "s.gpx",
        ),
        refused="--table",
    ),
    Kind("parquet without shapes", plain_parquet, refused="图形"),
    Kind(
        "GeoJSON text in a cell",
        text(
            '编号,名称,geometry\nS1,甲驿站,"{""type"":""Point"",""coordinates"":[120.3826,36.0671]}"\n'
        ),
        refused="坐标",
    ),
    Kind(
        "EWKT",
        text("编号,名称,geom\nS1,甲驿站,SRID=4326;POINT(120.3826 36.0671)\n"),
        refused="坐标",
    ),
    Kind("an Excel of Word", raw(b"PK\x03\x04" + b"0" * 600, "s.xlsx"), refused="Excel"),
    Kind("a Word file", raw(b"PK\x03\x04" + b"0" * 600, "s.docx"), refused="docx"),
    Kind(
        "spaces between cells",
        text(f"编号 名称 经度 纬度\nS1 甲驿站 {LON} {LAT}\n", name="s.txt"),
        refused="表头",
    ),
    Kind("pair on two lines", text('编号,名称,坐标\nS1,甲驿站,"120.3826\n36.0671"\n'), PLACE),
    Kind(
        "pair with names",
        text('编号,名称,坐标\nS1,甲驿站,"经度：120.3826，纬度：36.0671"\n'),
        PLACE,
    ),
    Kind("pair X Y", text('编号,名称,坐标\nS1,甲驿站,"X:120.3826,Y:36.0671"\n'), refused="坐标"),
    Kind(
        "women without workers' age",
        text(
            f"名称,群体,场所性质,人数,女职工数,经度,纬度\n甲园区,快递员,工作地,30,10,{LON},{LAT}\n"
        ),
        refused="--column",
        layer="workers",
    ),
    Kind(
        "groups in one cell",
        text(f"名称,群体,场所性质,人数,经度,纬度\n甲园区,快递员、外卖员,工作地,30,{LON},{LAT}\n"),
        refused="不认识",
        layer="workers",
    ),
    Kind(
        "groups as columns of counts",
        text(f"名称,场所性质,快递员,外卖员,经度,纬度\n甲园区,工作地,30,20,{LON},{LAT}\n"),
        refused="群体",
        layer="workers",
    ),
    Kind("a status 已建成", one("状态", "已建成"), refused="不认识"),
    Kind("capacity 30人次/日", one("日接待能力", "30人次/日"), {"capacity": 30}),
    Kind(
        "a half-width katakana mark",
        one("地址", "香港中路１０号（Ａ座）"),
        {"address": "香港中路１０号（Ａ座）"},
    ),
    Kind(
        "header with note in next line",
        sheet(
            [
                [
                    "编号",
                    "名称",
                    "经度\n（十进制度，保留6位小数）",
                    "纬度\n（十进制度，保留6位小数）",
                ],
                ROW,
            ]
        ),
        PLACE,
    ),
    Kind(
        "header 经度E 纬度N",
        text(f"编号,名称,经度E,纬度N\nS1,甲驿站,{LON},{LAT}\n"),
        refused="经度",
    ),
    Kind(
        "two sheets by district",
        sheet([HEAD, ROW], _two_districts),
        refused="--table",
    ),
    Kind(
        "old longitude beside the new",
        text(f"编号,名称,经度（旧）,纬度（旧）,经度,纬度\nS1,甲驿站,120.5,36.2,{LON},{LAT}\n"),
        PLACE,
    ),
    Kind(
        "an hour column a day",
        text(
            f"编号,名称,经度,纬度,周一至周五开放时间,周六开放时间\nS1,甲驿站,{LON},{LAT},8:30-17:30,9:00-12:00\n"
        ),
        {"week": "Mo-Fr 08:30-17:30; Sa 09:00-12:00"},
    ),
    Kind("status column 是否开放", one("是否开放", "否"), right={"status": "suspended"}),
    Kind(
        "closed for repair in the hours",
        one("开放时间", "8:30-17:30（装修暂停开放）"),
        refused="开放时间",
    ),
    Kind(
        "rows struck by 已撤销 in remarks",
        text(f"编号,名称,经度,纬度,备注\nS1,甲驿站,{LON},{LAT},\nS2,乙驿站,120.39,36.08,已撤销\n"),
        doubt="撤销",
    ),
    # columns that say more of another, and cells that say two things
    Kind(
        "an hour column for holidays",
        row_of("开放时间,节假日开放时间", "8:30-17:30,休息"),
        {HOURS: "08:30-17:30; PH off"},
    ),
    Kind(
        "weekend hours before the others",
        row_of("周末开放时间,开放时间", "9:00-12:00,8:30-17:30"),
        {"week": "Mo-Fr 08:30-17:30; Sa,Su 09:00-12:00"},
    ),
    Kind(
        "weekends closed by column",
        row_of("工作日开放时间,周末开放时间", "8:30-17:30,不开放"),
        {"week": "Mo-Fr 08:30-17:30"},
    ),
    Kind(
        "summer hours beside the others",
        row_of("开放时间,夏季开放时间", "8:30-17:30,8:00-18:30"),
        refused="夏季开放时间",
    ),
    Kind(
        "a lunch break in a column of its own",
        row_of("开放时间,午休时间", "8:30-17:30,12:00-13:00"),
        refused="午休时间",
    ),
    Kind(
        "a closing day in a column of its own",
        row_of("开放时间,闭馆日", "8:30-17:30,周一"),
        refused="闭馆日",
    ),
    Kind(
        "whether 24 hours in a column of its own",
        row_of("开放时间,是否24小时", "8:30-17:30,是"),
        refused="24小时",
    ),
    Kind(
        "a remark on weekends", row_of("开放时间,备注", "8:30-17:30,周末不开放"), doubt="开放时间"
    ),
    Kind("whether in use", row_of("是否在用", "否"), {"status": "suspended"}),
    Kind("an amenity that is broken", one("设施", "饮水、微波炉（损坏）"), refused="有还是没有"),
    Kind("an amenity that is planned", one("设施", "饮水、空调（计划配备）"), refused="有还是没有"),
    Kind(
        "ditto marks",
        text(f"编号,名称,经度,纬度,地址\nS1,甲,{LON},{LAT},香港路1号\nS2,乙,120.39,36.07,〃\n"),
        refused="写全",
    ),
    Kind(
        "the unit in header and cell",
        candidate("造价（万元）", "9万元"),
        {"cost_cny": 90000.0},
        layer="candidates",
    ),
    Kind(
        "two units in header and cell",
        candidate("造价（万元）", "90000元"),
        refused="单位",
        layer="candidates",
    ),
    Kind("raised digits", worker("人数", "5²"), refused="数字", layer="workers"),
    Kind(
        "ids a program has made 1.0",
        text(f"编号,名称,经度,纬度\n1.0,甲,{LON},{LAT}\n2.0,乙,120.39,36.07\n"),
        {"id": "1"},
    ),
    Kind(
        "minutes packed into decimals",
        text("编号,名称,经度（度分秒）,纬度（度分秒）\nS1,甲,120.225736,36.040156\n"),
        refused="度分秒",
    ),
    Kind(
        "Xian 1980 in a title",
        text(f"西安80坐标系,,,\n编号,名称,经度,纬度\nS1,甲,{LON},{LAT}\n"),
        refused="CGCS2000",
    ),
    Kind(
        "a local system in a title",
        text(f"青岛城建坐标系,,,\n编号,名称,经度,纬度\nS1,甲,{LON},{LAT}\n"),
        refused="CGCS2000",
    ),
    Kind(
        "two datums in one pair",
        text(f"编号,名称,高德经度,百度纬度\nS1,甲,{LON},{LAT}\n"),
        refused="同一种坐标",
    ),
    Kind(
        "a column filled from row 62 on",
        text(
            "编号,名称,经度,纬度,接待容量人数\n"
            + "".join(
                f"S{number},甲{number},{LON + number / 1000},{LAT},\n" for number in range(60)
            )
            + "S99,乙,120.39,36.07,30\n"
        ),
        refused="--column",
    ),
    # map files as programs save them
    Kind("a system of GeoJSON called GCJ02", geojson(crs=named_system("GCJ02")), refused="gcj02"),
    Kind("names of a shapefile cut within a character", cut_names, {"capacity": 30}),
    Kind(
        "KML in GBK",
        raw(
            f'<?xml version="1.0" encoding="GBK"?><kml><Document>{PLACEMARK}</Document></kml>'.encode(
                "gbk"
            ),
            "s.kml",
        ),
        refused="UTF-8",
    ),
    Kind(
        "KML with latitude first",
        kml(PLACEMARK.replace(f"{LON},{LAT}", f"{LAT},{LON}")),
        refused="写反",
    ),
    Kind(
        "names read in a wrong encoding",
        text(f"编号,名称,经度,纬度\nS1,{'甲驿站'.encode().decode('latin1')},{LON},{LAT}\n"),
        refused="乱码",
    ),
    Kind(
        "names that are question marks",
        text(f"编号,名称,经度,纬度\nS1,????,{LON},{LAT}\n"),
        refused="乱码",
    ),
    Kind("a cell at the far corner", sheet([HEAD, ROW], _far_corner), refused="XFD1048576"),
    Kind("a cell far below", sheet([HEAD, ROW], _far_below), {"rows": 1}),
]
