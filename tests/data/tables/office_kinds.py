"""A hundred kinds of files as offices, map programs and platforms hand them over, made by script.

Every kind has its right answer, stated before it was tried: what the first record holds, or that the
file is refused, and which word the refusal must have so that a person can act on it. ``python
tests/data/tables/office_kinds.py`` prints what became of each.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import tempfile
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import openpyxl
import shapely

from data.geometry.datum import Datum, from_wgs84
from data.reading.reading import Reading, read_layer
from data.tables.answers import Answers
from geo.errors import YizhanError
from geo.hours import week_mask
from geo.layers.columns import INPUT_LAYERS

LON, LAT = 120.3826, 36.0671
HERE = shapely.Point(LON, LAT)
HEAD = ["编号", "名称", "经度", "纬度"]
ROW = ["S1", "甲驿站", LON, LAT]
CITY = shapely.box(119.5, 35.5, 121.1, 37.2)
"""The land rows must lie on."""
NEAR_DEGREES = 2e-5


@dataclass(frozen=True)
class Kind:
    """One kind of file.

    Attributes
    ----------
    name : str
        What is special about it.
    write : Callable[[Path], Path]
        Makes the file in a folder.
    right : dict[str, object]
        What the first record holds where it is read; ``rows`` is how many there are.
    refused : str
        Where it must not be read: a word of the refusal.
    doubt : str
        A word of what is told before it counts, though it is read.
    layer : str
        What it is read as.
    answers : Answers
        What a person says of it.
    quiet : str
        A word that must not be told: a false alarm.
    """

    name: str
    write: Callable[[Path], Path]
    right: dict[str, object] = field(default_factory=dict)
    refused: str = ""
    doubt: str = ""
    layer: str = "yizhan"
    answers: Answers = field(default_factory=Answers)
    quiet: str = ""


def text(rows: str, encoding: str = "utf-8", name: str = "s.csv") -> Callable[[Path], Path]:
    """Return a writer of delimited text."""

    def write(folder: Path) -> Path:
        (folder / name).write_bytes(rows.encode(encoding))
        return folder / name

    return write


def one(header: str, cell: str, encoding: str = "utf-8") -> Callable[[Path], Path]:
    """Return a writer of one record with one more column."""
    row = f'S1,甲驿站,{LON},{LAT},"{cell}"'
    return text(f"编号,名称,经度,纬度,{header}\n{row}\n", encoding)


def worker(header: str, cells: str, place: str = f"{LON},{LAT}") -> Callable[[Path], Path]:
    """Return a writer of one concentration of workers with these columns more."""
    return text(f"名称,群体,场所性质,{header},经度,纬度\n甲园区,快递员,工作地,{cells},{place}\n")


def sheet(
    rows: list[list[object]],
    change: Callable[[openpyxl.Workbook], object] | None = None,
    name: str = "s.xlsx",
) -> Callable[[Path], Path]:
    """Return a writer of a workbook."""

    def write(folder: Path) -> Path:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        if change is not None:
            change(book)
        book.save(folder / name)
        return folder / name

    return write


def ods(xml_rows: str, name: str = "s.ods") -> Callable[[Path], Path]:
    """Return a writer of an OpenDocument sheet with these rows."""
    spaces = (
        " ".join(
            f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
            for short in ("office", "table", "text")
        )
        + ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.2">'
        f'<office:body><office:spreadsheet><table:table table:name="名单">{xml_rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )

    def write(folder: Path) -> Path:
        with zipfile.ZipFile(folder / name, "w") as book:
            book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            book.writestr("content.xml", content)
            book.writestr(
                "META-INF/manifest.xml",
                '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
                '<manifest:file-entry manifest:full-path="/" manifest:media-type='
                '"application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>',
            )
        return folder / name

    return write


def cells_of(*values: object, more: str = "") -> str:
    """Write a row of an OpenDocument sheet."""

    def cell(value: object) -> str:
        if value is None:
            return "<table:table-cell/>"
        if isinstance(value, str) and value.startswith("<"):
            return value
        if isinstance(value, str):
            return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
        return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'

    return f"<table:table-row{more}>{''.join(map(cell, values))}</table:table-row>"


def layer_file(
    name: str,
    more: dict[str, list[object]] | None = None,
    place: shapely.Geometry = HERE,
    crs: object = 4326,
    **how: object,
) -> Callable[[Path], Path]:
    """Return a writer of a map file of one record."""

    def write(folder: Path) -> Path:
        frame = gpd.GeoDataFrame(
            {"编号": ["S1"], "名称": ["甲驿站"], **(more or {})}, geometry=[place], crs=4326
        )
        if crs != 4326:
            frame = frame.to_crs(crs)
        if name.endswith(".parquet"):
            frame.to_parquet(folder / name)
        else:
            frame.to_file(folder / name, **how)
        return folder / name

    return write


def raw(content: str | bytes, name: str) -> Callable[[Path], Path]:
    """Return a writer of these very bytes."""

    def write(folder: Path) -> Path:
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder / name

    return write


def copied(name: str) -> Callable[[Path], Path]:
    """Return a writer of a file that no library of ours can make."""
    return raw((Path(__file__).parent / "office_files" / name).read_bytes(), name)


def packed(
    writer: Callable[[Path], Path],
    *,
    inside: str,
    name: str = "s.zip",
    more: dict[str, bytes] | None = None,
) -> Callable[[Path], Path]:
    """Return a writer of an archive of what `writer` makes, in the folder `inside`."""

    def write(folder: Path) -> Path:
        (folder / "in").mkdir()
        made = writer(folder / "in")
        with zipfile.ZipFile(folder / name, "w") as archive:
            for part in sorted(made.parent.iterdir()):
                archive.write(part, f"{inside}{part.name}")
            for part_name, content in (more or {}).items():
                archive.writestr(part_name, content)
        return folder / name

    return write


def in_datum(datum: Datum) -> str:
    """Return the place in another datum, as text."""
    ((lon, lat),) = from_wgs84([[LON, LAT]], datum).tolist()
    return f"{lon:.6f},{lat:.6f}"


def rewritten(
    writer: Callable[[Path], Path], part: str, old: str, new: str
) -> Callable[[Path], Path]:
    """Return a writer of a workbook with a piece of one part replaced."""

    def write(folder: Path) -> Path:
        (folder / "raw").mkdir()
        made = writer(folder / "raw")
        with zipfile.ZipFile(made) as book, zipfile.ZipFile(folder / made.name, "w") as out:
            for name in book.namelist():
                held = book.read(name)
                if part in name:
                    held = held.decode().replace(old, new).encode()
                out.writestr(name, held)
        return folder / made.name

    return write


KML = f"""<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>驿站</name>
<Placemark><name>甲驿站</name><ExtendedData><Data name="编号"><value>S1</value></Data></ExtendedData>
<Point><coordinates>{LON},{LAT},0</coordinates></Point></Placemark></Document></kml>"""
GPX = f"""<?xml version="1.0"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="{LAT}" lon="{LON}"><name>甲驿站</name></wpt></gpx>"""
TOPO = json.dumps(
    {
        "type": "Topology",
        "objects": {
            "yizhan": {
                "type": "GeometryCollection",
                "geometries": [
                    {
                        "type": "Point",
                        "coordinates": [LON, LAT],
                        "properties": {"编号": "S1", "名称": "甲驿站"},
                    }
                ],
            }
        },
        "arcs": [],
    }
)
FEATURE = {
    "type": "Feature",
    "properties": {"编号": "S1", "名称": "甲驿站"},
    "geometry": {"type": "Point", "coordinates": [LON, LAT]},
}
HOURS = "opening_hours"
PLACE = {"name": "甲驿站", "geometry": HERE}


def hours(cell: str, right: str = "", *, refused: str = "") -> Kind:
    """Return the kind of a cell of hours."""
    answer = {HOURS: right} if right else {}
    return Kind(f"hours {cell}", one("开放时间", cell), answer, refused)


def _images(book: openpyxl.Workbook) -> None:
    sheet_ = book.active
    sheet_.auto_filter.ref = "A1:D2"
    sheet_.freeze_panes = "A2"
    sheet_["A2"].comment = openpyxl.comments.Comment("请核对", "张三")
    chart = openpyxl.chart.BarChart()
    sheet_.add_chart(chart, "H2")
    sheet_.conditional_formatting.add(
        "C2:D9", openpyxl.formatting.rule.CellIsRule(operator="lessThan", formula=["1"])
    )


def _hidden_and_old(book: openpyxl.Workbook) -> None:
    old = book.create_sheet("旧", 0)
    old.append(HEAD)
    old.append(["OLD", "旧驿站", 120.4, 36.1])
    old.sheet_state = "veryHidden"


def _percent(book: openpyxl.Workbook) -> None:
    book.active["E2"] = 0.3
    book.active["E2"].number_format = "0%"


def _times(book: openpyxl.Workbook) -> None:
    book.active["E2"].number_format = "h:mm"
    book.active["F2"].number_format = "h:mm"


def _groups(book: openpyxl.Workbook) -> None:
    book.active.merge_cells("A2:A4")
    book.active.merge_cells("A5:A6")


OWN = '<table:table-cell table:number-rows-spanned="2" office:value-type="string"><text:p>8:30-17:30</text:p></table:table-cell>'
ERROR = '<table:table-cell office:value-type="string" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>'

KINDS: list[Kind] = [
    # hours as signs and lists have them
    hours("24小时营业（节假日除外）", "24/7; PH off"),
    hours(
        "周一至周五8:30-11:30，13:30-17:30（法定节假日除外）",
        "Mo-Fr 08:30-11:30,13:30-17:30; PH off",
    ),
    hours("夏令时8:00-18:00，冬令时8:30-17:30", refused="季"),
    hours(
        "夏季（5月1日-9月30日）8:00-18:00；冬季（10月1日-4月30日）8:30-17:30",
        "May 01-Sep 30 08:00-18:00; Oct 01-Apr 30 08:30-17:30",
    ),
    hours("８：３０—１７：３０", "08:30-17:30"),
    hours("8点半到17点半", "08:30-17:30"),
    hours("早8:00—晚8:00", "08:00-20:00"),
    hours("上午9:00-12:00 下午14:00-18:00", "09:00-12:00,14:00-18:00"),
    hours("每周二、四、六 9:00-16:00", "Tu,Th,Sa 09:00-16:00"),
    hours("单周周六 9:00-12:00", refused="单"),
    hours("双休日休息，其余8:30-17:00", "Sa-Su off; Mo-Fr 08:30-17:00"),
    hours("营业时间：06:30~22:00", "06:30-22:00"),
    hours("日出至日落", refused="日出"),
    hours("随商场营业时间", refused="开放时间"),
    hours("电话预约", refused="预约"),
    hours("9:00-21:00（周一闭馆）", "Tu-Su 09:00-21:00; Mo off"),
    hours("全天", "24/7"),
    hours("0:00-24:00", "24/7"),
    hours("8:30-17:30（午休12:00-13:30）", "08:30-12:00,13:30-17:30"),
    hours("22:00-次日6:00", "22:00-06:00"),
    hours("工作日9:00-17:00，周末及节假日10:00-16:00", "Mo-Fr 09:00-17:00; Sa-Su,PH 10:00-16:00"),
    # counts, phones, names, codes
    *(
        Kind(f"a count written {cell}", worker("人数", cell), refused="数字", layer="workers")
        for cell in ("约300", "300左右", "≥300", "300+", "300-500", "三百", "300（估）", "近300人")
    ),
    Kind("a count with 人", worker("人数", "300 人"), {"workers": 300}, layer="workers"),
    Kind("a count full-width", worker("人数", "３００"), {"workers": 300}, layer="workers"),
    Kind(
        "a count with a Chinese comma", worker("人数", "1，200"), {"workers": 1200}, layer="workers"
    ),
    Kind("a count with halves", worker("人数", "30.5"), refused="整数", layer="workers"),
    Kind("a count below zero", worker("人数", "-5"), refused="负", layer="workers"),
    Kind(
        "a count in percent", sheet([[*HEAD, "日接待能力"], [*ROW, None]], _percent), refused="整数"
    ),
    Kind(
        "more women than workers",
        worker("人数,35-59岁女职工", "10,20"),
        refused="多于",
        layer="workers",
    ),
    Kind(
        "women among workers",
        worker("人数,35-59岁女职工", "20,10"),
        {"women_35_59": 10},
        layer="workers",
    ),
    Kind(
        "a phone with an extension",
        one("联系电话", "0532-85550000转801"),
        {"phone": "0532-85550000转801"},
    ),
    Kind(
        "a phone as a number",
        sheet([[*HEAD, "联系电话"], [*ROW, 13800138000]]),
        {"phone": "13800138000"},
    ),
    Kind(
        "a phone that lost its zero",
        sheet([[*HEAD, "联系电话"], [*ROW, 53285550000]]),
        {"phone": "53285550000"},
        doubt="电话",
    ),
    Kind(
        "a phone with a name",
        one("联系电话", "张三 13800138000"),
        {"phone": "张三 13800138000"},
        doubt="电话",
    ),
    Kind(
        "names with brackets",
        text(f"编号,名称,经度,纬度\nS1,甲驿站（市南·香港中路店）,{LON},{LAT}\n"),
        {"name": "甲驿站（市南·香港中路店）"},
    ),
    Kind(
        "a line break within a name",
        text(f'编号,名称,经度,纬度\nS1,"甲\n驿站",{LON},{LAT}\n'),
        {"name": "甲 驿站"},
    ),
    Kind(
        "an id with a leading zero",
        text(f"编号,名称,经度,纬度\n007,甲驿站,{LON},{LAT}\n"),
        {"id": "007"},
    ),
    Kind(
        "an id of 18 digits as a number",
        sheet([HEAD, [370202199001011234, *ROW[1:]]]),
        refused="科学计数",
    ),
    Kind(
        "district codes as numbers",
        sheet([[*HEAD, "区市代码"], [*ROW, 370202]]),
        {"district": "370202"},
    ),
    Kind(
        "district codes of twelve digits",
        sheet([[*HEAD, "区市代码"], [*ROW, 370202000000]]),
        refused="区市",
    ),
    Kind("a district as 青岛市市南区", one("所属区市", "青岛市市南区"), refused="区市"),
    # places
    Kind(
        "longitude and latitude swapped",
        text(f"编号,名称,经度,纬度\nS1,甲驿站,{LAT},{LON}\n"),
        refused="写反",
    ),
    *(
        Kind(f"degrees as {cell}", text(f'编号,名称,经纬度\nS1,甲驿站,"{cell}"\n'), PLACE)
        for cell in (
            "120°22′57.36″E 36°4′1.56″N",
            'N36°4\'1.56"" E120°22\'57.36""',
            "东经120°22′57.36″，北纬36°04′01.56″",
            "120.3826°E,36.0671°N",
            "[120.3826,36.0671]",
            "120.3826/36.0671",
            "36.0671N,120.3826E",
        )
    ),
    Kind(
        "degrees with a hyphen",
        text("编号,名称,经度,纬度\nS1,甲驿站,120-22-57.36,36-4-1.56\n"),
        refused="坐标",
    ),
    Kind(
        "degrees with blanks",
        text("编号,名称,经度,纬度\nS1,甲驿站,120 22 57.36,36 4 1.56\n"),
        refused="坐标",
    ),
    Kind(
        "degrees with a comma",
        text("编号;名称;经度;纬度\nS1;甲驿站;120,3826;36,0671\n"),
        refused="坐标",
    ),
    Kind(
        "metres in columns", text("编号,名称,X,Y\nS1,甲驿站,534471.2,3993188.4\n"), refused="坐标"
    ),
    Kind(
        "GCJ-02 named in the header",
        text(f"编号,名称,经度(GCJ02),纬度(GCJ02)\nS1,甲驿站,{in_datum(Datum.GCJ02)}\n"),
        PLACE,
    ),
    Kind(
        "BD-09 named in a title",
        text(f"百度坐标,,,\n编号,名称,经度,纬度\nS1,甲驿站,{in_datum(Datum.BD09)}\n"),
        PLACE,
    ),
    Kind("a place in the sea", text("编号,名称,经度,纬度\nS1,甲驿站,123.5,35.0\n"), refused="海"),
    Kind("zeros for no place", text("编号,名称,经度,纬度\nS1,甲驿站,0,0\n"), refused="海"),
    Kind(
        "WKT in a column of its own",
        text("编号,名称,geom\nS1,甲驿站,POINT(120.3826 36.0671)\n"),
        PLACE,
    ),
    Kind("WKT called wkt", text('编号,名称,WKT\nS1,甲驿站,"POINT (120.3826 36.0671)"\n'), PLACE),
    Kind(
        "near-duplicates",
        text(f"编号,名称,经度,纬度\nS1,甲驿站,{LON},{LAT}\nS2,甲驿站,{LON + 0.0003},{LAT}\n"),
        {"rows": 2},
        doubt="同一处",
    ),
    Kind(
        "an id twice",
        text(f"编号,名称,经度,纬度\nS1,甲驿站,{LON},{LAT}\nS1,乙驿站,120.39,36.07\n"),
        refused="重复",
    ),
    # text files
    Kind("GBK without a mark", text(f"编号,名称,经度,纬度\nS1,甲驿站,{LON},{LAT}\n", "gbk"), PLACE),
    Kind(
        "tabs", text(f"编号\t名称\t经度\t纬度\nS1\t甲驿站\t{LON}\t{LAT}\n", "gbk", "s.txt"), PLACE
    ),
    Kind("semicolons", text(f"编号;名称;经度;纬度\nS1;甲驿站;{LON};{LAT}\n"), PLACE),
    Kind(
        "quoted line breaks",
        text(f'编号,名称,备注,经度,纬度\nS1,甲驿站,"一\n二\n三",{LON},{LAT}\n'),
        PLACE,
    ),
    Kind("old Macintosh line ends", text(f"编号,名称,经度,纬度\rS1,甲驿站,{LON},{LAT}\r"), PLACE),
    Kind(
        "notes between rows",
        text(
            f"编号,名称,经度,纬度\nS1,甲驿站,{LON},{LAT}\n注：以下为新增,,,\nS2,乙驿站,120.39,36.07\n"
        ),
        {"rows": 2},
    ),
    Kind(
        "headers with units and stars",
        text(f"*编号（必填）,*名称,经度（°）,纬度（°）\nS1,甲驿站,{LON},{LAT}\n"),
        PLACE,
    ),
    Kind(
        "headers with a line break",
        sheet([["编\n号", "名\n称", "经度\n（E）", "纬度\n（N）"], ROW]),
        PLACE,
    ),
    Kind(
        "a column of running numbers",
        text(f"序号,编号,名称,经度,纬度\n1,S1,甲驿站,{LON},{LAT}\n"),
        {"id": "S1"},
    ),
    Kind("an empty column between", text(f"编号,名称,,经度,纬度\nS1,甲驿站,,{LON},{LAT}\n"), PLACE),
    # workbooks
    Kind(
        "hours in two time cells",
        sheet([[*HEAD, "开门时间", "关门时间"], [*ROW, dt.time(8, 30), dt.time(17, 30)]], _times),
        refused="--column",
    ),
    Kind(
        "a date where hours belong",
        sheet([[*HEAD, "开放时间"], [*ROW, dt.datetime(2026, 8, 30)]]),
        refused="开放时间",
    ),
    Kind(
        "hours that became a date",
        sheet([[*HEAD, "开放时间"], [*ROW, dt.time(8, 30)]]),
        refused="开放时间",
    ),
    Kind("a date as text", one("更新日期", "2026年10月31日"), {"updated": "2026-10-31"}),
    Kind("a date of two parts", one("更新日期", "2026.10"), refused="日期"),
    Kind("a date of eight digits", one("更新日期", "20261031"), refused="日期"),
    Kind(
        "merged group headings",
        sheet(
            [
                ["区市", *HEAD],
                ["市南区", *ROW],
                [None, "S2", "乙驿站", 120.39, 36.07],
                [None, "S3", "丙驿站", 120.37, 36.07],
                ["市北区", "S4", "丁驿站", 120.36, 36.08],
                [None, "S5", "戊驿站", 120.36, 36.09],
            ],
            _groups,
        ),
        {"rows": 5, "district": "市南区"},
    ),
    Kind(
        "formulas without a value", sheet([[*HEAD, "日接待能力"], [*ROW, "=10+20"]]), refused="公式"
    ),
    Kind("filters, comments, charts", sheet([HEAD, ROW], _images), PLACE),
    Kind("a very hidden sheet", sheet([HEAD, ROW], _hidden_and_old), PLACE),
    Kind(
        "strict OOXML",
        rewritten(
            sheet([HEAD, ROW]),
            "xl/",
            "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            "http://purl.oclc.org/ooxml/spreadsheetml/main",
        ),
        PLACE,
    ),
    Kind(
        "a password",
        raw(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, "s.xlsx"),
        refused="Excel",
    ),
    Kind(
        "a picture called .xlsx", raw(b"\x89PNG\r\n\x1a\n" + b"\0" * 600, "s.xlsx"), refused="Excel"
    ),
    Kind(
        "a web page called .xls",
        raw("<html><table><tr><td>编号</td></tr></table></html>", "s.xls"),
        refused="另存为",
    ),
    Kind(
        "a KML that links elsewhere",
        raw(
            KML.replace(
                "<Placemark>",
                "<NetworkLink><Link><href>http://a/b.kml</href></Link></NetworkLink><Placemark>",
            ),
            "s.kml",
        ),
        refused="NetworkLink",
    ),
    Kind(
        "a virtual layer called .kml",
        raw('<?xml version="1.0"?><OGRVRTDataSource></OGRVRTDataSource>', "s.kml"),
        refused="kml",
    ),
    Kind(
        "XML of Excel 2003",
        raw('<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "s.xls"),
        refused="另存为",
    ),
    Kind(
        "ods, merged over rows",
        ods(
            cells_of(*HEAD, "开放时间")
            + cells_of(*ROW, OWN)
            + cells_of("S2", "乙驿站", 120.39, 36.07, "<table:covered-table-cell/>")
        ),
        {"rows": 2, "all:opening_hours": ["08:30-17:30"] * 2},
    ),
    Kind(
        "ods, an error cell",
        ods(cells_of(*HEAD, "日接待能力") + cells_of(*ROW, ERROR)),
        refused="错误值",
    ),
    Kind(
        "ods, hidden rows",
        ods(
            cells_of(*HEAD)
            + cells_of(*ROW)
            + cells_of("S2", "乙驿站", 120.39, 36.07, more=' table:visibility="collapse"')
        ),
        {"rows": 2, "remark": "隐藏"},
    ),
    # map files
    Kind("KML", raw(KML, "s.kml"), PLACE),
    Kind("KMZ", packed(raw(KML, "doc.kml"), inside="", name="s.kmz"), PLACE),
    Kind("GPX", raw(GPX, "s.gpx"), PLACE),
    Kind(
        "GeoJSON by lines", raw(json.dumps(FEATURE, ensure_ascii=False) + "\n", "s.geojsonl"), PLACE
    ),
    Kind(
        "GeoJSON by lines called .geojson",
        raw((json.dumps(FEATURE) + "\n") * 1, "s.geojson"),
        PLACE,
    ),
    Kind("TopoJSON", raw(TOPO, "s.topojson"), PLACE),
    Kind("TopoJSON called .json", raw(TOPO, "s.json"), refused="坐标系"),
    Kind(
        "MapInfo TAB",
        raw("!table\n!version 300\n!charset WindowsSimpChinese\n", "s.tab"),
        refused="MapInfo",
    ),
    Kind("MapInfo MIF", packed(raw("Version 300\n", "s.mif"), inside=""), refused=".mif"),
    Kind("FlatGeobuf", layer_file("s.fgb", driver="FlatGeobuf"), PLACE),
    Kind(
        "DXF",
        raw(
            "0\nSECTION\n2\nENTITIES\n0\nPOINT\n10\n534471\n20\n3993188\n0\nENDSEC\n0\nEOF\n",
            "s.dxf",
        ),
        refused="dxf",
    ),
    Kind(
        "a zip in a zip",
        packed(
            packed(layer_file("s.shp", encoding="gbk"), inside="驿站/", name="内.zip"), inside="外/"
        ),
        refused=".zip",
    ),
    Kind(
        "a shapefile three folders down",
        packed(layer_file("s.shp", encoding="utf-8"), inside="一/二/三/", more={"读我.txt": b"x"}),
        PLACE,
    ),
    Kind("GeoPackage in CGCS2000 metres", layer_file("s.gpkg", crs=4549), PLACE),
    Kind(
        "polygons over half the city",
        layer_file(
            "s.geojson",
            {"群体": ["快递员"], "场所性质": ["工作地"], "人数": [30]},
            shapely.box(119.7, 35.7, 120.9, 37.0),
        ),
        {"workers": 30},
        doubt="全市",
        layer="workers",
    ),
]


def outcome(kind: Kind, folder: Path) -> tuple[str, str]:
    """Read one kind; return right, refused, refused badly or wrong, and what was said."""
    path = kind.write(folder)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reading = read_layer(
                INPUT_LAYERS[kind.layer],
                path,
                answers=kind.answers,
                area=CITY,
                districts=DISTRICTS,
            )
    except YizhanError as error:
        return _refusal(kind, error.text.zh)
    if reading.problems:
        return _refusal(kind, " ".join(problem.line.zh for problem in reading.problems))
    said = " ".join(problem.line.zh for problem in reading.doubts)
    if kind.refused:
        return "wrong", f"read: {reading.good.iloc[0].dropna().to_dict()}"
    differs = _differences(kind, reading)
    if kind.quiet and kind.quiet in said:
        differs.append(f"a false alarm: {said}")
    if kind.doubt and kind.doubt not in said:
        differs.append(f"nothing said of {kind.doubt}: {said}")
    return ("wrong", "; ".join(differs)) if differs else ("right", said)


DISTRICTS = gpd.GeoDataFrame(
    {
        "adcode": ["370202", "370203"],
        "name": ["市南区", "市北区"],
        "level": ["district"] * 2,
        "parent": [None] * 2,
    },
    geometry=[shapely.box(119.5, 35.5, 121.1, 36.075), shapely.box(119.5, 36.075, 121.1, 37.2)],
    crs=4326,
)


def _refusal(kind: Kind, said: str) -> tuple[str, str]:
    if kind.refused:
        return ("right" if kind.refused in said else "refused badly"), said
    return "refused", said


def _differences(kind: Kind, reading: Reading) -> list[str]:
    found = []
    for name, value in kind.right.items():
        seen = _seen(reading, name, value)
        if name == "geometry":
            same = seen.distance(value) <= NEAR_DEGREES
        elif name == "district":
            same = seen in {value, "370202"}
        else:
            same = (value is None and seen is None) or seen == value
        if not same:
            found.append(f"{name} {seen!r} for {value!r}")
    return found


def _seen(reading: Reading, name: str, value: object) -> object:
    """Return what a reading holds under a name of :attr:`Kind.right`."""
    if name == "rows":
        return len(reading.good)
    if name == "remark":
        return value if any(str(value) in one.zh for one in reading.remarks) else None
    if name == "week":
        hours_ = reading.good[HOURS].iloc[0]
        return value if week_mask(hours_).tolist() == week_mask(str(value)).tolist() else hours_
    if name.startswith("all:"):
        return reading.good[name[4:]].tolist()
    return reading.good[name].iloc[0]


def main() -> int:
    """Print what became of every kind."""
    counts: Counter[str] = Counter()
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as folder:
            try:
                what, said = outcome(kind, Path(folder))
            except Exception as error:  # noqa: BLE001 - a traceback is the worst of outcomes
                what, said = "traceback", f"{type(error).__name__}: {error}"
        counts[what] += 1
        sys.stdout.write(
            f"{what:14s}{kind.name}\n"
            if what == "right"
            else f"{what:14s}{kind.name}\n      {said[:300]}\n"
        )
    sys.stdout.write(f"{len(KINDS)} kinds: {dict(counts)}\n")
    return 1 if counts["wrong"] + counts["traceback"] else 0


if __name__ == "__main__":
    sys.exit(main())
