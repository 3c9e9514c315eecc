"""Kinds of files as programs export them and offices keep them: a third hundred, stated beforehand.

More of what :mod:`office_kinds` and :mod:`clerk_kinds` hold: exports of ERP and survey platforms, sheets
grouped, protected and subtotalled, decimal commas, marks in odd places, map files of older and
newer programs with parts that do not agree.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import shapely
import xlsxwriter
from office_kinds import (
    FEATURE,
    HEAD,
    HERE,
    HOURS,
    LAT,
    LON,
    PLACE,
    ROW,
    Kind,
    cells_of,
    in_datum,
    layer_file,
    ods,
    one,
    packed,
    raw,
    rewritten,
    sheet,
    text,
    worker,
)
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from data.geometry.datum import Datum
from data.tables.answers import Answers

Writer = Callable[[Path], Path]
FULL_HEAD = [*HEAD, "开放时间", "联系电话", "日接待能力"]
FULL = [*ROW, "8:30-17:30", "0532-85551234", 30]
FULL_RIGHT = {**PLACE, HOURS: "08:30-17:30", "phone": "0532-85551234", "capacity": 30}
TWO = [HEAD, ROW, ["S2", "乙驿站", 120.39, 36.08]]
BOTH = {"all:name": ["甲驿站", "乙驿站"]}
LINE = f"S1,甲驿站,{LON},{LAT}"
TOP = "编号,名称,经度,纬度"


def placed(lon: str, lat: str) -> Writer:
    """Return a writer of one record whose coordinates are written so."""
    return text(f'{TOP}\nS1,甲驿站,"{lon}","{lat}"\n')


def _protected(book: openpyxl.Workbook) -> None:
    book.active.protection.sheet = True
    book.active.protection.set_password("1234")
    book.security.lockStructure = True


def _validated(book: openpyxl.Workbook) -> None:
    rule = DataValidation(type="list", formula1='"户外劳动者驿站,爱心妈妈小屋"', allow_blank=True)
    book.active.add_data_validation(rule)
    rule.add("E2:E500")


def _grouped(book: openpyxl.Workbook) -> None:
    book.active.row_dimensions.group(2, 3, outline_level=1, hidden=True)
    book.active.column_dimensions.group("B", "C", outline_level=1, hidden=True)


def _as_table(book: openpyxl.Workbook) -> None:
    book.active.add_table(Table(displayName="名单表", ref="A1:D3"))


def _pictures_first(book: openpyxl.Workbook) -> None:
    book.create_sheet("现场照片", 0)


def _chart_sheet(book: openpyxl.Workbook) -> None:
    book.create_chartsheet("图表", 0)


def _codes(book: openpyxl.Workbook) -> None:
    codes = book.create_sheet("数据字典", 0)
    for row in (["代码", "名称"], ["1", "户外劳动者驿站"], ["2", "爱心妈妈小屋"]):
        codes.append(row)


def _guide(book: openpyxl.Workbook) -> None:
    guide = book.create_sheet("填报说明", 0)
    guide.append(["一、请逐行填写名称、经度、纬度；"])
    guide.append(["二、不要改动列名。"])


def _percent_shown(book: openpyxl.Workbook) -> None:
    book.active["E2"].number_format = "0.0%"


def _thousands(book: openpyxl.Workbook) -> None:
    book.active["E2"].number_format = '#,##0"人"'


def _rounded(book: openpyxl.Workbook) -> None:
    book.active["C2"].number_format = "0.00"


def _as_text(book: openpyxl.Workbook) -> None:
    for name in ("C2", "D2"):
        book.active[name].number_format = "@"


def _rich(folder: Path) -> Path:
    with xlsxwriter.Workbook(folder / "s.xlsx") as book:
        page, bold = book.add_worksheet(), book.add_format({"bold": True})
        page.write_row(0, 0, HEAD)
        page.write_row(1, 0, ROW)
        page.write_rich_string(1, 1, "甲", bold, "驿站")
    return folder / "s.xlsx"


def _links(folder: Path) -> Path:
    with xlsxwriter.Workbook(folder / "s.xlsx") as book:
        page = book.add_worksheet()
        page.write_row(0, 0, [*HEAD, "地址"])
        page.write_row(1, 0, ROW)
        page.write_url(1, 1, "https://example.org/", string="甲驿站")
        page.write_formula(1, 4, "='[别处.xlsx]Sheet1'!A1", None, "香港中路1号")
    return folder / "s.xlsx"


def _computed(value: object) -> Writer:
    def write(folder: Path) -> Path:
        with xlsxwriter.Workbook(folder / "s.xlsx") as book:
            page = book.add_worksheet()
            page.write_row(0, 0, [*HEAD, "日接待能力"])
            page.write_row(1, 0, ROW)
            page.write_formula(1, 4, "=10*3", None, value)
        return folder / "s.xlsx"

    return write


def _subtotals(book: openpyxl.Workbook) -> None:
    for row in (["市南区 计数", "", 2, None], ["总计数", "", 2, None]):
        book.active.append(row)


def _macro(folder: Path) -> Path:
    book = openpyxl.Workbook()
    for row in (HEAD, ROW):
        book.active.append(row)
    book.save(folder / "s.xlsx")
    made = folder / "s.xlsm"
    with zipfile.ZipFile(folder / "s.xlsx") as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            held = old.read(name)
            if name == "[Content_Types].xml":
                held = held.replace(
                    b"spreadsheetml.sheet.main+xml", b"ms-excel.sheet.macroEnabled.main+xml"
                ).replace(b"openxmlformats-officedocument.ms-", b"ms-")
            new.writestr(name, held)
    return made


def geojson(change: Callable[[dict[str, object]], object], name: str = "s.geojson") -> Writer:
    """Return a writer of a collection of one feature, changed."""
    whole: dict[str, object] = {"type": "FeatureCollection", "features": [dict(FEATURE)]}
    change(whole)
    return raw(json.dumps(whole, ensure_ascii=False), name)


def feature(**parts: object) -> Writer:
    """Return a writer of a collection of one feature with these parts instead."""
    return geojson(lambda whole: whole.update(features=[{**FEATURE, **parts}]))


def shapefile(**more: object) -> Writer:
    """Return a writer of a shapefile of one record."""
    return layer_file("s.shp", encoding="utf-8", **more)


def with_part(writer: Writer, suffix: str, content: str) -> Writer:
    """Return a writer of a shapefile with a part of its own words."""

    def write(folder: Path) -> Path:
        made = writer(folder)
        made.with_suffix(suffix).write_text(content)
        return made

    return write


def geopackage(*statements: str) -> Writer:
    """Return a writer of a GeoPackage changed by SQL."""

    def write(folder: Path) -> Path:
        made = layer_file("s.gpkg", layer="yizhan", driver="GPKG")(folder)
        with sqlite3.connect(made) as store:
            for statement in statements:
                store.execute(statement)
        return made

    return write


def _without_place(folder: Path) -> Path:
    frame = gpd.GeoDataFrame(
        {"编号": ["S1", "S2"], "名称": ["甲驿站", "乙驿站"]}, geometry=[HERE, None], crs=4326
    )
    frame.to_file(folder / "s.gpkg", layer="yizhan", driver="GPKG")
    return folder / "s.gpkg"


def _database(folder: Path) -> Path:
    """Write a file geodatabase, which is a folder, into an archive, as ArcGIS users send it."""
    made = _driver("数据.gdb", "OpenFileGDB", layer="yizhan")(folder)
    with zipfile.ZipFile(folder / "s.zip", "w") as archive:
        for part in sorted(made.iterdir()):
            archive.write(part, f"数据.gdb/{part.name}")
    return folder / "s.zip"


def _second_layer(name: str) -> Writer:
    def write(folder: Path) -> Path:
        made = layer_file("s.gpkg", layer="yizhan", driver="GPKG")(folder)
        frame = gpd.read_file(made)
        frame.to_file(made, layer=name, driver="GPKG")
        return made

    return write


def _driver(name: str, driver: str, **how: object) -> Writer:
    def write(folder: Path) -> Path:
        frame = gpd.GeoDataFrame({"编号": ["S1"], "名称": ["甲驿站"]}, geometry=[HERE], crs=4326)
        pyogrio.write_dataframe(frame, folder / name, driver=driver, **how)
        return folder / name

    return write


def _gzipped(writer: Writer) -> Writer:
    def write(folder: Path) -> Path:
        made = writer(folder)
        (folder / f"{made.name}.gz").write_bytes(gzip.compress(made.read_bytes()))
        return folder / f"{made.name}.gz"

    return write


def _parquet(frame: pd.DataFrame) -> Writer:
    def write(folder: Path) -> Path:
        frame.to_parquet(folder / "s.parquet")
        return folder / "s.parquet"

    return write


PLAIN = pd.DataFrame({"编号": ["S1"], "名称": ["甲驿站"], "经度": [LON], "纬度": [LAT]})
KML_STYLE = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
POINT = f"<Point><coordinates>{LON},{LAT}</coordinates></Point>"


def kml(inside: str) -> Writer:
    """Return a writer of a KML document."""
    return raw(KML_STYLE.format(inside), "s.kml")


KINDS: list[Kind] = [
    # sheets of offices and exports of platforms
    Kind("a protected sheet and structure", sheet([FULL_HEAD, FULL], _protected), FULL_RIGHT),
    Kind(
        "drop-down lists to row 500",
        sheet([[*HEAD, "类型"], [*ROW, "户外劳动者驿站"]], _validated),
        {"rows": 1, **PLACE},
    ),
    Kind("rows and columns grouped and folded", sheet(TWO, _grouped), {**BOTH, "remark": "隐藏"}),
    Kind("a table object of Excel", sheet(TWO, _as_table), BOTH),
    Kind("a sheet of photos before the list", sheet(TWO, _pictures_first), BOTH),
    Kind("a chart sheet before the list", sheet(TWO, _chart_sheet), BOTH),
    Kind("a sheet of codes before the list", sheet(TWO, _codes), BOTH),
    Kind("a sheet of instructions before the list", sheet(TWO, _guide), BOTH),
    Kind("only photos, no list", sheet([[]], _pictures_first), refused="表头"),
    Kind("macros (.xlsm)", _macro, PLACE),
    Kind("letters in two fonts", _rich, PLACE),
    Kind("links and a cell of another workbook", _links, {**PLACE, "address": "香港中路1号"}),
    Kind("a computed number", _computed(30), {**PLACE, "capacity": 30}),
    Kind("a computed text", _computed("30人"), {**PLACE, "capacity": 30}),
    Kind("a computed nothing", _computed(""), refused="没有存它的结果"),
    Kind("counts of groups below", sheet(TWO, _subtotals), BOTH),
    Kind(
        "a number shown as percent",
        sheet([[*HEAD, "日接待能力"], [*ROW, 0.305]], _percent_shown),
        refused="整数",
    ),
    Kind(
        "a number shown with 人",
        sheet([[*HEAD, "日接待能力"], [*ROW, 1200]], _thousands),
        {**PLACE, "capacity": 1200},
    ),
    Kind("coordinates shown rounded", sheet([HEAD, ROW], _rounded), PLACE),
    Kind(
        "coordinates kept as text",
        sheet([HEAD, ["S1", "甲驿站", str(LON), str(LAT)]], _as_text),
        PLACE,
    ),
    Kind("a percent written out", one("日接待能力", "30%"), refused="不是数字"),
    Kind("a total on top", sheet([HEAD, ["合计", "共2个", None, None], *TWO[1:]]), BOTH),
    Kind(
        "a subtotal a district",
        sheet(
            [
                [*HEAD, "区市"],
                [*ROW, "市南区"],
                ["市南区小计", 1, None, None, ""],
                ["S2", "乙驿站", 120.39, 36.08, "市北区"],
                ["市北区小计", 1, None, None, ""],
            ]
        ),
        BOTH,
    ),
    Kind(
        "running numbers restart",
        sheet(
            [
                ["序号", "名称", "经度", "纬度"],
                [1, "甲驿站", LON, LAT],
                [1, "乙驿站", 120.39, 36.08],
            ]
        ),
        BOTH,
    ),
    Kind(
        "two headers, units beneath",
        sheet(
            [
                ["编号", "名称", "坐标", None, "日接待能力"],
                [None, None, "经度(°)", "纬度(°)", "人"],
                [*ROW, 30],
            ],
            lambda book: book.active.merge_cells("C1:D1"),
        ),
        {**PLACE, "capacity": 30},
    ),
    Kind(
        "codes of fields beneath the header",
        sheet([HEAD, ["id", "name", "lon", "lat"], ROW]),
        {**PLACE, "rows": 1},
    ),
    Kind(
        "types of fields beneath the header",
        sheet([HEAD, ["VARCHAR(20)", "VARCHAR(50)", "DECIMAL(10,6)", "DECIMAL(10,6)"], ROW]),
        {**PLACE, "rows": 1},
    ),
    Kind(
        "a page header every so many rows",
        sheet(
            [
                HEAD,
                ROW,
                ["第1页 共2页", None, None, None],
                HEAD,
                ["S2", "乙驿站", 120.39, 36.08],
                ["第2页 共2页", None, None, None],
            ]
        ),
        BOTH,
    ),
    Kind(
        "an ERP dump with fixed text",
        text(
            f"*** 导出报表 ***\n公司：某某\n日期：2026-10-31\n\n{TOP}\n{LINE}\n*** 报表结束 ***\n"
        ),
        {**PLACE, "rows": 1},
    ),
    Kind(
        "an SQL client's dump",
        text(
            f"编号|名称|经度|纬度\n---+---+---+---\nS1|甲驿站|{LON}|{LAT}\n(1 row)\n", name="s.txt"
        ),
        {**PLACE, "rows": 1},
    ),
    Kind(
        "a Markdown table",
        text(
            f"| 编号 | 名称 | 经度 | 纬度 |\n| --- | --- | --- | --- |\n| S1 | 甲驿站 | {LON} | {LAT} |\n",
            name="s.txt",
        ),
        {**PLACE, "rows": 1},
    ),
    Kind(
        "fixed widths",
        text(
            f"编号    名称      经度        纬度\nS1      甲驿站    {LON}    {LAT}\n", name="s.txt"
        ),
        refused="表头",
    ),
    Kind("a phone in scientific notation", one("联系电话", "1.38E+10"), refused="科学计数法"),
    Kind(
        "a phone as a float of Excel",
        sheet([[*HEAD, "联系电话"], [*ROW, 13800001111.0]]),
        {**PLACE, "phone": "13800001111"},
    ),
    Kind("a phone masked", one("联系电话", "138****1111"), PLACE, doubt="电话"),
    Kind("capacity a range", one("日接待能力", "20-30"), refused="不是数字"),
    Kind("capacity with ≥", one("日接待能力", "≥30"), refused="不是数字"),
    Kind("capacity a Chinese numeral", one("日接待能力", "三十"), refused="不是数字"),
    Kind("capacity 1,200", one("日接待能力", "1,200"), {**PLACE, "capacity": 1200}),
    Kind("capacity 1 200", one("日接待能力", "1 200"), refused="不是数字"),
    # coordinates
    Kind("hemispheres before", placed(f"E{LON}", f"N{LAT}"), PLACE),
    Kind("hemispheres after", placed(f"{LON}E", f"{LAT}N"), PLACE),
    Kind("hemispheres in words", placed(f"东经{LON}", f"北纬{LAT}"), PLACE),
    Kind("hemispheres in words after", placed(f"{LON}°东经", f"{LAT}°北纬"), PLACE),
    Kind("western longitude", placed(f"W{LON}", f"N{LAT}"), refused="经度"),
    Kind("degree signs", placed(f"{LON}°", f"{LAT}°"), PLACE),
    Kind("degrees and colons", placed("120:22:57.4", "36:04:01.6"), PLACE),
    Kind("degrees, minutes in words", placed("120度22分57.4秒", "36度4分1.6秒"), PLACE),
    Kind(
        "swapped in one row of two",
        text(f"{TOP}\n{LINE}\nS2,乙驿站,36.08,120.39\n"),
        refused="写反",
    ),
    Kind("headers swapped", text(f"编号,名称,纬度,经度\nS1,甲驿站,{LON},{LAT}\n"), refused="写反"),
    Kind("X is north, Y is east", text(f"编号,名称,X,Y\nS1,甲驿站,{LAT},{LON}\n"), refused="写反"),
    Kind("metres of CGCS2000", text("编号,名称,X,Y\nS1,甲驿站,534000,3994000\n"), refused="米"),
    Kind(
        "Mercator metres", text("编号,名称,经度,纬度\nS1,甲驿站,13401000,4313000\n"), refused="米"
    ),
    Kind(
        "a decimal comma",
        text(
            f"编号;名称;经度;纬度\nS1;甲驿站;{str(LON).replace('.', ',')};{str(LAT).replace('.', ',')}\n"
        ),
        refused="坐标",
    ),
    Kind(
        "a Chinese full stop in numbers",
        placed(str(LON).replace(".", "。"), str(LAT).replace(".", "。")),
        refused="经度",
    ),
    Kind("two points in a number", placed("120.38.26", "36.07.1"), refused="经度"),
    Kind("coordinates in brackets", one("坐标", f"({LON}, {LAT})"), PLACE),
    Kind("coordinates as JSON", text(f'编号,名称,坐标\nS1,甲驿站,"[{LON}, {LAT}]"\n'), PLACE),
    Kind(
        "coordinates with names",
        text(f'编号,名称,位置\nS1,甲驿站,"lng:{LON},lat:{LAT}"\n'),
        refused="'位置=lonlat'",
    ),
    Kind("pair latitude first", text(f'编号,名称,坐标\nS1,甲驿站,"{LAT},{LON}"\n'), right=PLACE),
    Kind("pair called latlng", text(f'编号,名称,latlng\nS1,甲驿站,"{LAT},{LON}"\n'), PLACE),
    Kind(
        "AMap's own field",
        text(f'id,name,location\nS1,甲驿站,"{in_datum(Datum.GCJ02)}"\n'),
        refused="'location=lonlat'",
    ),
    Kind("a place off by a digit", placed("12.038264", str(LAT)), refused="范围"),
    Kind(
        "all places cut to three digits",
        text(TOP + "\n" + "".join(f"S{n},站{n},120.{380 + n},36.{70 + n}\n" for n in range(5))),
        {"rows": 5},
    ),
    # text
    Kind(
        "a mark in the middle of the file",
        text(f"{TOP}\n{LINE}\n\ufeffS2,乙驿站,120.39,36.08\n"),
        {**BOTH, "all:id": ["S1", "S2"]},
    ),
    Kind("a mark twice", text(f"\ufeff\ufeff{TOP}\n{LINE}\n"), PLACE),
    Kind("mixed line ends", text(f"{TOP}\r\n{LINE}\rS2,乙驿站,120.39,36.08\n"), BOTH),
    Kind("no line end at the end", text(f"{TOP}\n{LINE}"), {**PLACE, "rows": 1}),
    Kind("blank lines between", text(f"{TOP}\n\n{LINE}\n\n\nS2,乙驿站,120.39,36.08\n\n"), BOTH),
    Kind("commas at every end", text(f"{TOP},,,\n{LINE},,,\n"), PLACE),
    Kind("too few cells in a row", text(f"{TOP},联系电话\n{LINE}\n"), {**PLACE, "phone": None}),
    Kind("quotes of Word", text(f"{TOP}\n“S1”,“甲驿站”,{LON},{LAT}\n"), {"rows": 1}),
    Kind("single quotes", text(f"{TOP}\n'S1','甲驿站','{LON}','{LAT}'\n"), refused="坐标"),
    Kind(
        "doubled quotes within",
        text(f'{TOP}\nS1,"甲""南""驿站",{LON},{LAT}\n'),
        {"name": '甲"南"驿站'},
    ),
    Kind(
        "a quote within a name", text(f'{TOP}\nS1,甲"南"驿站,{LON},{LAT}\n'), {"name": '甲"南"驿站'}
    ),
    Kind("backslash quotes", text(f'{TOP}\nS1,"甲\\"南\\"驿站",{LON},{LAT}\n'), refused="引号"),
    Kind("cells with tabs", text(f"{TOP}\nS1,\t甲驿站\t,\t{LON},{LAT}\n"), PLACE),
    Kind(
        "lines that are comments",
        text(f"# 导出于 2026-10-31\n{TOP}\n# 市南区\n{LINE}\n"),
        {**PLACE, "rows": 1},
    ),
    Kind("UTF-16 without a mark", text(f"{TOP}\n{LINE}\n", "utf-16-le"), PLACE),
    Kind("UTF-32", text(f"{TOP}\n{LINE}\n", "utf-32"), PLACE),
    Kind(
        "Big5",
        text("編號,名稱,經度,緯度\nS1,甲驛站與職工之家服務點,120.38,36.07\n", "big5"),
        refused="编码",
    ),
    Kind("tabs in a .csv", text(f"{TOP}\n{LINE}\n".replace(",", "\t")), PLACE),
    Kind("a pipe in a .csv", text(f"{TOP}\n{LINE}\n".replace(",", "|")), PLACE),
    Kind("HTML entities", one("地址", "A&amp;B 大厦"), doubt="网页代码 &amp;"),
    Kind("a web form's export with tags", one("地址", "<p>香港中路</p>"), doubt="网页代码 <p>"),
    # map files
    Kind(
        "GeoJSON with an old crs member",
        geojson(
            lambda whole: whole.update(
                crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4549"}},
                features=[
                    {**FEATURE, "geometry": {"type": "Point", "coordinates": [534000.0, 3994000.0]}}
                ],
            )
        ),
        {"rows": 1},
    ),
    Kind(
        "GeoJSON with a wrong crs member",
        geojson(
            lambda whole: whole.update(crs={"type": "name", "properties": {"name": "EPSG:4549"}})
        ),
        refused="米",
    ),
    Kind(
        "GeoJSON with heights",
        feature(geometry={"type": "Point", "coordinates": [LON, LAT, 12.5]}),
        {"name": "甲驿站"},
    ),
    Kind(
        "GeoJSON with numbers as text",
        feature(geometry={"type": "Point", "coordinates": [str(LON), str(LAT)]}),
        refused="坐标缺失",
    ),
    Kind(
        "GeoJSON with four numbers",
        feature(geometry={"type": "Point", "coordinates": [LON, LAT, 1, 2]}),
        {"name": "甲驿站"},
    ),
    Kind(
        "GeoJSON, one feature alone",
        raw(json.dumps(FEATURE, ensure_ascii=False), "s.geojson"),
        PLACE,
    ),
    Kind(
        "GeoJSON, a geometry alone",
        raw(json.dumps(FEATURE["geometry"]), "s.geojson"),
        refused="名称",
    ),
    Kind(
        "GeoJSON with nested properties",
        feature(properties={"编号": "S1", "名称": "甲驿站", "详情": {"电话": "1"}}),
        PLACE,
    ),
    Kind(
        "GeoJSON cut off",
        raw(json.dumps({"type": "FeatureCollection", "features": [FEATURE]})[:-12], "s.geojson"),
        refused="不完整",
    ),
    Kind(
        "GeoJSON of lines with record separators",
        raw("\x1e" + json.dumps(FEATURE, ensure_ascii=False) + "\n", "s.geojsons"),
        PLACE,
    ),
    Kind("NDJSON", raw(json.dumps(FEATURE, ensure_ascii=False) + "\n", "s.ndjson"), PLACE),
    Kind(
        "GeoJSON packed with gzip",
        _gzipped(
            raw(json.dumps({"type": "FeatureCollection", "features": [FEATURE]}), "s.geojson")
        ),
        refused="不支持",
    ),
    Kind(
        "GeoJSON in GCJ-02, said in properties",
        feature(
            properties={"编号": "S1", "名称": "甲驿站", "坐标系": "GCJ02"},
            geometry={
                "type": "Point",
                "coordinates": [float(one_) for one_ in in_datum(Datum.GCJ02).split(",")],
            },
        ),
        refused="gcj02",
    ),
    Kind(
        "a .cpg that is wrong",
        with_part(layer_file("s.shp", encoding="gb18030"), ".cpg", "UTF-8"),
        refused=".cpg",
    ),
    Kind(
        "a .cpg that says 936",
        with_part(layer_file("s.shp", encoding="gb18030"), ".cpg", "936"),
        PLACE,
    ),
    Kind(
        "a .cpg that says OEM",
        with_part(layer_file("s.shp", encoding="gb18030"), ".cpg", "OEM"),
        {"rows": 1},
    ),
    Kind("an empty .prj", with_part(shapefile(), ".prj", ""), refused="坐标系"),
    Kind("a .prj of Web Mercator", layer_file("s.shp", crs=3857, encoding="utf-8"), PLACE),
    Kind(
        "a .prj of Beijing 1954",
        with_part(
            shapefile(),
            ".prj",
            'GEOGCS["GCS_Beijing_1954",DATUM["D_Beijing_1954",SPHEROID["Krasovsky_1940",6378245.0,298.3]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]',
        ),
        refused="Beijing",
    ),
    Kind(
        "shapefile of lines",
        shapefile(place=shapely.LineString([(LON, LAT), (LON + 0.01, LAT)])),
        refused="线",
    ),
    Kind("shapefile of areas", shapefile(place=HERE.buffer(0.001)), refused="面"),
    Kind("GeoPackage with an old copy of the layer", _second_layer("yizhan_old"), PLACE),
    Kind("GeoPackage with two like layers", _second_layer("补充"), PLACE),
    Kind("GeoPackage with a row without a place", _without_place, refused="坐标缺失"),
    Kind("GeoPackage of WAL", geopackage("PRAGMA journal_mode=WAL"), PLACE),
    Kind("FlatGeobuf in metres", layer_file("s.fgb", crs=4549, driver="FlatGeobuf"), PLACE),
    Kind("GeoParquet in metres", layer_file("s.parquet", crs=4549), PLACE),
    Kind("parquet with columns of coordinates", _parquet(PLAIN), refused="CSV"),
    Kind("a FileGDB folder in a zip", _database, PLACE),
    Kind("GML", _driver("s.gml", "GML"), refused="不支持"),
    Kind("a SQLite of Spatialite", _driver("s.sqlite", "SQLite"), refused="不支持"),
    Kind(
        "KML with a track",
        kml(
            f"<Placemark><name>甲驿站</name><LineString><coordinates>{LON},{LAT} {LON + 0.01},{LAT}</coordinates></LineString></Placemark>"
        ),
        refused="线",
    ),
    Kind(
        "KML with a description in HTML",
        kml(
            f"<Placemark><name>甲驿站</name><description><![CDATA[<b>电话</b>：0532-85551234]]></description>{POINT}</Placemark>"
        ),
        PLACE,
    ),
    Kind(
        "KML with blanks in coordinates",
        kml(
            f"<Placemark><name>甲驿站</name><Point><coordinates>\n {LON}, {LAT}, 0 \n</coordinates></Point></Placemark>"
        ),
        PLACE,
    ),
    Kind(
        "KML placemarks of one name",
        kml(
            f"<Placemark><name>驿站</name>{POINT}</Placemark><Placemark><name>驿站</name>{POINT}</Placemark>"
        ),
        refused="都相同",
    ),
    Kind("KML without a name", kml(f"<Placemark>{POINT}</Placemark>"), refused="名称"),
    # cells and layers
    Kind("hours with AM/PM", one("开放时间", "8:30AM-5:30PM"), {HOURS: "08:30-17:30"}),
    Kind("hours with dots", one("开放时间", "8.30-17.30"), {HOURS: "08:30-17:30"}),
    Kind(
        "hours as a fraction of a day",
        sheet([[*HEAD, "开放时间"], [*ROW, 0.354166]]),
        refused="开放时间",
    ),
    Kind(
        "hours as two times in one cell",
        one("开放时间", "08:30:00-17:30:00"),
        {HOURS: "08:30-17:30"},
    ),
    Kind("hours with a clock of four digits", one("开放时间", "0830-1730"), refused="看不懂"),
    Kind("a status in words", one("状态", "正常运行"), {"rows": 1}),
    Kind(
        "women in percent",
        worker("职工人数,其中35-59岁女职工", "100,40%"),
        refused="--column",
        layer="workers",
    ),
    Kind("workers as a range", worker("职工人数", "100-200"), refused="不是数字", layer="workers"),
    Kind("workers with 约", worker("职工人数", "约300"), refused="不是数字", layer="workers"),
    Kind("workers 1.2千", worker("职工人数", "1.2千"), {"workers": 1200}, layer="workers"),
    Kind(
        "a number with a space before its unit",
        worker("职工人数", "300 人"),
        {"workers": 300},
        layer="workers",
    ),
    Kind(
        "money in 元/年",
        text(f"编号,名称,建设费用（元/年）,经度,纬度\nC1,甲,1500,{LON},{LAT}\n"),
        refused="元/年",
        layer="candidates",
    ),
    Kind(
        "ods with a decimal comma shown",
        ods(cells_of(*HEAD) + cells_of("S1", "甲驿站", LON, LAT)),
        PLACE,
    ),
    Kind(
        "a date as 2026/10/31 0:00", one("更新日期", "2026/10/31 0:00"), {"updated": "2026-10-31"}
    ),
    Kind(
        "a date of Excel as text 2026-10-31 00:00:00",
        one("更新日期", "2026-10-31 00:00:00"),
        {"updated": "2026-10-31"},
    ),
    Kind("a date as 31/10/2026", one("更新日期", "31/10/2026"), refused="不是日期"),
    Kind(
        "a real date",
        sheet([[*HEAD, "更新日期"], [*ROW, dt.date(2026, 10, 31)]]),
        {"updated": "2026-10-31"},
    ),
    Kind(
        "a zip with notes and a list",
        packed(
            text(f"{TOP}\n{LINE}\n"),
            inside="",
            more={"说明.docx": b"PK", "__MACOSX/._s.csv": b"x", ".DS_Store": b"x"},
        ),
        PLACE,
    ),
    Kind(
        "a cell's entity of XML",
        rewritten(sheet([HEAD, ROW]), "sheet1", "&#31449;", "&#31449;&#10;（南）"),
        {"name": "甲驿站 （南）"},
    ),
    Kind("a name that is a number", sheet([HEAD, ["S1", 12345, LON, LAT]]), {"name": "12345"}),
    Kind(
        "told by an answer",
        text(f"编号,名称,东,北\nS1,甲驿站,{LON},{LAT}\n"),
        PLACE,
        answers=Answers(columns={"东": "lon", "北": "lat"}),
    ),
]
