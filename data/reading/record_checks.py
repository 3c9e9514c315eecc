"""Records looked at whole: what no single cell shows, refused or told before it counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.reading.column_plan import ColumnPlan
from data.tables.table import Table
from data.words.cell_problem import PLACE, Problem
from geo.crs import METRIC_CRS, STORAGE_CRS, to_metres
from geo.layers.columns import Layer
from geo.layers.roles import Role
from geo.layers.vocabulary import YIZHAN_KIND, Status
from geo.text import Text

NEAR_M = 50.0
"""Two places of one name nearer than this are likely one place."""
CITY_SHARE = 0.5
"""An area larger than this part of the city is no place where workers gather."""

_GONE = re.compile(
    r"[已被]?(?:撤销|撤点|停用|停业|停运|关停|作废|拆除|关闭|撤除|取缔)|暂停|未开放|未启用|在建|筹建|装修中|拟建|已搬"
)
_OF_HOURS = re.compile(
    r"(?:周[一二三四五六日末]|星期|双休|节假日|假期|工作日|夏季|冬季|夜间|中午|午间|全天).{0,12}(?:开放|休息|关闭|闭馆|营业|延长|服务)"
    r"|(?:开放|营业|延长).{0,4}\d{1,2}[:：点时]|不开放|24 ?小时"
)
_PHONE = re.compile(
    r"(?:\+?86-?)?(?:1[3-9]\d{9}|(?:0\d{2,3}-?)?[2-9]\d{6,7}(?:[-转]\d{1,6})?|(?:400|800)-?\d{3}-?\d{4}|1\d{4}|12\d{3})"
)
_PHONE_MARKS = re.compile(r"[ ()（）—－]")
_PHONES_BETWEEN = re.compile(r"[/;,、，；]| {2,}")
_PHONES_APART = re.compile(r"[/;,、，； ]+")
_WEB_CODE = re.compile(
    r"&(?:[a-z]{2,6}|#\d{2,5}|#x[\da-f]{2,5});|</?[a-z]{1,6}(?: [^<>]*)?/?>", re.IGNORECASE
)
_COARSE_DEGREES = 3
"""Decimals: with fewer a place is off by up to 1 km."""
_COARSE_ROWS = 3
"""Fewer rows may be round by chance."""
_HAIR_DEGREES = 1e-7
"""1 cm: nearer to a round number than this it is one."""


def check_records(
    layer: Layer, table: Table, frame: gpd.GeoDataFrame, area: shapely.Geometry | None
) -> tuple[list[Problem], list[Problem]]:
    """Look at records whole; return what is wrong, and what looks wrong.

    Parameters
    ----------
    layer : Layer
        What the rows are.
    table : Table
        As read, for row numbers.
    frame : GeoDataFrame
        Values and shapes (EPSG:4326, None where there is none), in the rows' order.
    area : Geometry | None
        The city (EPSG:4326).
    """
    wrong = [*_more_women(table, frame), *_ends_before_it_begins(table, frame)]
    doubts = [
        *_near_twins(table, frame),
        *_other_kinds(layer, table, frame),
        *_strange_phones(table, frame),
        *_web_code(table, frame),
    ]
    if layer.name != "districts":
        doubts += _over_half_the_city(table, frame, area)
        doubts += _coarse(frame)
    return wrong, doubts


def closed_in_words(
    layer: Layer, table: Table, plan: ColumnPlan, frame: gpd.GeoDataFrame
) -> Iterator[Problem]:
    """Tell of places that words in another column say are closed, while they count as open."""
    if Role.STATIONS not in layer.roles:
        return
    counted = frame["status"].isna() | (frame["status"] == str(Status.OPEN))
    other = [use.header for use in plan.uses if use.field in {None, "name"}]
    for header in other:
        cells = table.cells[header]
        said = {word for word in cells.unique().tolist() if _GONE.search(word)}
        for position in np.flatnonzero((cells.isin(said) & counted).to_numpy()).tolist():
            yield Problem(
                int(table.numbers[position]),
                header,
                str(cells.iloc[position]),
                Text("像是不再开放，仍按开放计。", "It may be closed, but counts as open."),
                Text(
                    "若不开放，请加“状态”列写“关闭”或“暂停”，或删去这一行。",
                    "If so, add a column 状态 that says 关闭 or 暂停, or delete the row.",
                ),
            )


def hours_in_words(table: Table, plan: ColumnPlan, frame: gpd.GeoDataFrame) -> Iterator[Problem]:
    """Tell of remarks that say more of the hours than their own column does."""
    if "opening_hours" not in frame:
        return
    known = frame["opening_hours"].notna()
    for use in plan.uses:
        if use.field is not None or not use.is_unknown:
            continue
        cells = table.cells[use.header]
        said = {word for word in cells.unique().tolist() if _OF_HOURS.search(word)}
        for position in np.flatnonzero((cells.isin(said) & known).to_numpy()).tolist():
            yield Problem(
                int(table.numbers[position]),
                use.header,
                str(cells.iloc[position]),
                Text(
                    "像是说开放时间，没有计入。", "It seems to speak of hours, and is not counted."
                ),
                Text("若是请并入开放时间一列。", "If so write it into the column of hours."),
            )


def _more_women(table: Table, frame: gpd.GeoDataFrame) -> Iterator[Problem]:
    if not {"workers", "women_35_59"} <= set(frame.columns):
        return
    workers, women = (_figures(frame[name]) for name in ("workers", "women_35_59"))
    for position in np.flatnonzero(women > workers).tolist():
        few, many = f"{workers[position]:.0f}", f"{women[position]:.0f}"
        yield Problem(
            int(table.numbers[position]),
            "women_35_59",
            many,
            Text(
                f"35-59岁女职工 {many} 人，多于职工 {few} 人。", f"{many} women of {few} workers."
            ),
            Text("请核对两个数。", "Check both figures."),
        )


def _figures(values: pd.Series[Any]) -> NDArray[np.float64]:
    """Return whole numbers as floats, NaN where there is none."""
    return np.array([np.nan if one is None else one for one in values.tolist()], np.float64)


def _ends_before_it_begins(table: Table, frame: gpd.GeoDataFrame) -> Iterator[Problem]:
    if not {"open_from", "open_until"} <= set(frame.columns):
        return
    for row, begin, end in zip(
        table.numbers.tolist(), frame["open_from"], frame["open_until"], strict=True
    ):
        if begin is not None and end is not None and end <= begin:
            yield Problem(
                row,
                "open_until",
                f"{begin}-{end}",
                Text(
                    "最晚离开不晚于最早到达；大蓬车不过夜停靠。",
                    "It ends before it begins; the bus does not stay over midnight.",
                ),
                Text("请核对两个时刻，过夜的写到 24:00。", "Check both; write 24:00 at most."),
            )


def _near_twins(table: Table, frame: gpd.GeoDataFrame) -> Iterator[Problem]:
    """Tell of places of one name that lie nearer than NEAR_M, though not at one spot."""
    shapes = frame.geometry.to_numpy()
    placed = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    alike = ["name", *(name for name in ("group", "setting") if name in frame)]
    named = np.flatnonzero(placed & frame["name"].notna().to_numpy())
    several = named[frame.iloc[named][alike].duplicated(keep=False).to_numpy()]
    if not len(several):
        return
    xy_m = to_metres(shapely.get_coordinates(shapely.centroid(shapes[several])))
    places = np.asarray(shapely.points(xy_m), object)
    near = shapely.STRtree(places).query(places, predicate="dwithin", distance=NEAR_M)
    which = frame.iloc[several][alike].groupby(alike, dropna=False, sort=False).ngroup().to_numpy()
    numbers = table.numbers.tolist()
    pairs = near[:, (near[0] < near[1]) & (which[near[0]] == which[near[1]])]
    for one, other in sorted(pairs.T.tolist()):
        apart_m = shapely.distance(places[one], places[other])
        where = table.row_name(numbers[several[one]])
        yield Problem(
            numbers[several[other]],
            "name",
            str(frame["name"].iloc[several[other]]),
            Text(
                f"与{where.zh}同名，只相距 {apart_m:.0f} 米，可能是同一处。",
                f"Same name as {where.en}, {apart_m:.0f} m away: maybe one place.",
            ),
            Text("若是同一处请删去一行。", "If it is one place, delete one."),
        )


def _other_kinds(layer: Layer, table: Table, frame: gpd.GeoDataFrame) -> Iterator[Problem]:
    """Tell of rest stations among the stations, and of other kinds among the rest stations."""
    if Role.STATIONS not in layer.roles:
        return
    here = layer.name == "yizhan"
    kinds = frame["kind"]
    strange = kinds.notna() & ((kinds == str(YIZHAN_KIND)) != here)
    for position in np.flatnonzero(strange.to_numpy()).tolist():
        other = "stations" if here else "yizhan"
        yield Problem(
            int(table.numbers[position]),
            "kind",
            str(kinds.iloc[position]),
            Text(
                f"这一类属于图层 {other}，两处都有会重复计算。",
                f"This kind belongs to the layer {other}; in both it counts twice.",
            ),
            Text(f"请移到 {other}。", f"Move it to {other}."),
        )


def _strange_phones(table: Table, frame: gpd.GeoDataFrame) -> Iterator[Problem]:
    if "phone" not in frame:
        return
    for position, phone in enumerate(frame["phone"].tolist()):
        if phone is None or _PHONE.fullmatch(phone) or _are_phones(phone):
            continue
        yield Problem(
            int(table.numbers[position]),
            "phone",
            str(phone),
            Text("不像电话号码。", "Looks like no phone number."),
            Text("请核对位数。", "Check its digits."),
        )


def _web_code(table: Table, frame: gpd.GeoDataFrame) -> Iterator[Problem]:
    """Tell of names and addresses with the code of a web page in them, which are shown as they stand."""
    for column in ("name", "address"):
        if column not in frame or not _WEB_CODE.search(" ".join(filter(None, frame[column]))):
            continue
        for position, text in enumerate(frame[column].tolist()):
            found = None if text is None else _WEB_CODE.search(text)
            if found is not None:
                yield Problem(
                    int(table.numbers[position]),
                    column,
                    text,
                    Text(
                        f"里面有网页代码 {found[0]}，会原样显示。",
                        f"It holds the code {found[0]} of a web page, shown as it stands.",
                    ),
                    Text("请改成要显示的文字。", "Write what is to be shown."),
                )


def _are_phones(text: str) -> bool:
    """Whether a cell holds one number or several, with spaces and brackets as people write them."""
    return any(
        all(
            _PHONE.fullmatch(_PHONE_MARKS.sub("", part))
            for part in between.split(text)
            if part.strip()
        )
        for between in (_PHONES_BETWEEN, _PHONES_APART)
    )


def _over_half_the_city(
    table: Table, frame: gpd.GeoDataFrame, area: shapely.Geometry | None
) -> Iterator[Problem]:
    shapes = frame.geometry.to_numpy()
    if area is None or not (shapely.area(shapes) > 0).any():
        return
    city_m2, *areas_m2 = gpd.GeoSeries([area, *shapes], crs=STORAGE_CRS).to_crs(METRIC_CRS).area
    for row, area_m2 in zip(table.numbers.tolist(), areas_m2, strict=True):
        if area_m2 > CITY_SHARE * city_m2:
            yield Problem(
                row,
                "geometry",
                f"{area_m2 / 1e6:,.0f} km²",
                Text(
                    f"占全市面积 {area_m2 / city_m2:.0%}，人会摊到全市。",
                    f"Takes {area_m2 / city_m2:.0%} of the city: workers spread all over.",
                ),
                Text("请改成真实的聚集范围。", "Draw where they really gather."),
            )


def _coarse(frame: gpd.GeoDataFrame) -> Iterator[Problem]:
    """Tell when points are written so roughly, or so alike, that they stand for no place."""
    shapes = frame.geometry.to_numpy()
    points = np.flatnonzero(shapely.get_type_id(shapes) == 0)
    if len(points) < _COARSE_ROWS:
        return
    lonlat = shapely.get_coordinates(shapes[points])
    same = pd.DataFrame(lonlat).duplicated(keep=False).to_numpy()
    if same.sum() * 2 > len(points) and len({tuple(pair) for pair in lonlat.tolist()}) == 1:
        yield Problem(
            0,
            PLACE,
            f"{lonlat[0, 0]:.6f}, {lonlat[0, 1]:.6f}",
            Text(f"{len(points)} 行都在同一个点。", f"All {len(points)} rows lie at one point."),
            Text("请核对坐标。", "Check the coordinates."),
        )
    scaled = lonlat * 10 ** (_COARSE_DEGREES - 1)
    rough = (np.abs(scaled - scaled.round()) < _HAIR_DEGREES).all(axis=1)
    if rough.sum() * 2 > len(points):
        yield Problem(
            0,
            PLACE,
            f"{lonlat[0, 0]:g}, {lonlat[0, 1]:g}",
            Text(
                f"{int(rough.sum())} 行的坐标只有两位小数或更少，误差可达 1 公里。",
                f"{int(rough.sum())} rows have two decimals or fewer: off by up to 1 km.",
            ),
            Text("请用至少五位小数。", "Give five decimals or more."),
        )
