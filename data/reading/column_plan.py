"""What every column of a file becomes, told before it counts; what is unclear is asked."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import pandas as pd

from data.geometry.datum import Datum
from data.tables.answers import IGNORED, Answers
from data.words.cells import is_yes_or_no
from data.words.header_words import PLACES, HeaderWords, datum_columns, read_header
from data.words.headers import (
    CELL,
    LAT,
    LON,
    LONLAT,
    amenity_named,
    header_key,
    is_own_name,
    nearest_field,
)
from data.words.settling import choose_field, field_shown, leave_out
from data.words.typed_numbers import number_of
from geo.errors import BadInputError
from geo.layers.columns import Layer
from geo.layers.vocabulary import Amenity
from geo.text import Text

_EXAMPLE_LENGTH = 40
"""Characters of an example that a message has room for."""
_LOOKED_AT = 50
"""Cells that show what a column holds."""
_PLAIN = Text("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnUse:
    """What one column of a file becomes.

    Attributes
    ----------
    header : str
        In the file.
    field : str | None
        The column of ours, or lon, lat, lonlat, h3; None where it is left out.
    factor : float
        What its numbers are multiplied by.
    unit : str
        As the header names it; empty where it names none.
    datum : Datum | None
        As the header of a coordinate names it.
    days : str
        Days its hours hold on; empty for all.
    example : str
        A cell of it.
    why : Text
        Why it is left out, or how it was understood where that is not plain.
    nearest : str | None
        The field whose name is closest, where it was not understood.
    amenity : Amenity | None
        The one amenity that its cells say a place has or has not.
    """

    header: str
    field: str | None
    factor: float = 1.0
    unit: str = ""
    datum: Datum | None = None
    days: str = ""
    example: str = ""
    why: Text = _PLAIN
    nearest: str | None = None
    amenity: Amenity | None = None

    @property
    def is_unknown(self) -> bool:
        """Whether nobody knows what the column is, and it holds something."""
        return self.why is _NOT_KNOWN and bool(self.example)


@dataclass(frozen=True)
class ColumnPlan:
    """All columns of a file.

    Attributes
    ----------
    uses : tuple[ColumnUse, ...]
        In the order of the file.
    asked : tuple[Text, ...]
        What must be settled before the file can be read.
    """

    uses: tuple[ColumnUse, ...]
    asked: tuple[Text, ...] = ()

    def of(self, field: str) -> ColumnUse | None:
        """Return the (first) column that becomes `field`, None if there is none."""
        return next((use for use in self.uses if use.field == field), None)

    def all_of(self, field: str) -> tuple[ColumnUse, ...]:
        """Return every column that becomes `field`: hours may stand in one a kind of day."""
        return tuple(use for use in self.uses if use.field == field)

    @property
    def headers(self) -> dict[str, str]:
        """The file's header by field."""
        return {use.field: use.header for use in reversed(self.uses) if use.field is not None}

    @property
    def datum(self) -> Datum | None:
        """What the headers of the coordinates name."""
        return next((use.datum for use in self.uses if use.datum is not None), None)


def plan_columns(
    layer: Layer, cells: pd.DataFrame, answers: Answers, *, cut: bool = False, placed: bool = False
) -> ColumnPlan:
    """Say what every column of `cells` becomes.

    Parameters
    ----------
    layer : Layer
        What the file is read as.
    cells : DataFrame
        Text under the file's own headers.
    answers : Answers
        What a person said about columns and datum.
    cut : bool
        Whether headers may be cut at ten letters (.dbf).
    placed : bool
        Whether rows have shapes of their own, so that coordinates in columns do not count.

    Raises
    ------
    BadInputError
        If an answer names no column of the file or no field of the layer.
    """
    _check_answers(layer, cells, answers)
    told = {
        header: answers.columns[header] for header in cells.columns if header in answers.columns
    }
    words = {header: _words(layer, header, told.get(header), cut=cut) for header in cells.columns}
    uses = [_use(layer, header, words[header], told, cells[header]) for header in cells.columns]
    named = datum_columns(cells.columns)
    uses = [
        replace(use, why=_SAYS_DATUM, nearest=None)
        if use.header in named and use.field is None and use.header not in told
        else use
        for use in uses
    ]
    uses = [_as_amenity(layer, use, told, cells[use.header]) for use in uses]
    if placed:
        uses = [_left(use, _GEOMETRY_HOLDS) if use.field in PLACES else use for use in uses]
    uses = _one_pair(uses, answers.datum)
    troubled = {header for header, one in words.items() if one.trouble and header not in told}
    uses, asked = _one_each(layer, uses, told, troubled)
    asked += [
        _troubled(layer, use, words[use.header])
        for use in uses
        if use.field is not None and use.header in troubled
    ]
    asked += _dropped(layer, uses, cells)
    asked += _unlike_pair(uses)
    asked += _packed_degrees(uses, cells)
    return ColumnPlan(tuple(uses), tuple(asked))


def _check_answers(layer: Layer, cells: pd.DataFrame, answers: Answers) -> None:
    fields = {column.name for column in layer.columns} | {LON, LAT, LONLAT, CELL, IGNORED}
    for header, field in answers.columns.items():
        if header not in cells.columns:
            headers = "、".join(cells.columns)
            raise BadInputError(
                Text(
                    f"文件里没有“{header}”这一列；现有列：{headers}。",
                    f"The file has no column {header!r}; there are {headers}.",
                )
            )
        if field not in fields:
            names = "、".join(sorted(fields - {IGNORED}))
            raise BadInputError(
                Text(
                    f"没有“{field}”这个字段；可用：{names}，或 - 表示不要这一列。",
                    f"There is no field {field!r}; there are {names}, or - to leave the column out.",
                )
            )


def _words(layer: Layer, header: str, told: str | None, *, cut: bool) -> HeaderWords:
    words = read_header(layer, header, cut=cut)
    if told is None:
        return words
    if told == IGNORED:
        return HeaderWords(field=None)
    # The field is the person's; a unit or datum the header names still holds.
    return words if words.field == told else HeaderWords(field=told)


def _use(
    layer: Layer, header: str, words: HeaderWords, told: Mapping[str, str], cells: pd.Series[str]
) -> ColumnUse:
    example = next(filter(None, cells.tolist()), "")[:_EXAMPLE_LENGTH]
    if header in told:
        why = _IGNORED if told[header] == IGNORED else _TOLD
    elif words.field is None:
        why = _RUNNING if header_key(header) in _RUNNING_HEADERS else _NOT_KNOWN
    else:
        why = _CUT if words.cut else _PLAIN
    nearest = nearest_field(layer, header) if why is _NOT_KNOWN else None
    return ColumnUse(
        header=header,
        field=words.field,
        factor=words.factor,
        unit=words.unit,
        datum=words.datum,
        days=words.days,
        example=example,
        why=why,
        nearest=nearest,
    )


def _as_amenity(
    layer: Layer, use: ColumnUse, told: Mapping[str, str], cells: pd.Series[str]
) -> ColumnUse:
    """Read a column called after an amenity whose cells say yes or no, or how many."""
    if use.header in told or use.field not in {None, "amenities"} or not use.example:
        return use
    amenity = amenity_named(layer, use.header)
    if amenity is None or not all(map(is_yes_or_no, cells.unique().tolist())):
        return use
    return replace(use, field="amenities", amenity=amenity, why=_HAS_OR_NOT, nearest=None)


def _left(use: ColumnUse, why: Text) -> ColumnUse:
    return replace(use, field=None, why=why, datum=None)


def _one_pair(uses: list[ColumnUse], datum: Datum | None) -> list[ColumnUse]:
    """Of coordinates in several datums keep one pair: the one asked for, else WGS-84, else GCJ-02."""
    pairs = {use.datum for use in uses if use.field in PLACES}
    if len(pairs) < 2:  # noqa: PLR2004 - nothing to choose
        return uses
    order = (datum, Datum.WGS84, Datum.GCJ02, Datum.BD09)
    whole = [one for one in order if one is not None and one in pairs and _is_whole(uses, one)]
    if not whole:
        return uses
    chosen = whole[0]
    why = Text(f"已用标明 {chosen} 的那一对坐标", f"the pair in {chosen} is used")
    return [
        _left(use, why) if use.field in PLACES and use.datum is not chosen else use for use in uses
    ]


def _unlike_pair(uses: Sequence[ColumnUse]) -> list[Text]:
    """Ask where longitude and latitude are said to be in different datums."""
    lon, lat = (next((use for use in uses if use.field == one), None) for one in (LON, LAT))
    if lon is None or lat is None or None in {lon.datum, lat.datum} or lon.datum is lat.datum:
        return []
    return [
        Text(
            f"“{lon.header}”是 {lon.datum}，“{lat.header}”却是 {lat.datum}：经度、纬度要用同一种坐标，请改列名。",
            f"{lon.header!r} is in {lon.datum} but {lat.header!r} in {lat.datum}: rename one of them.",
        )
    ]


def _packed_degrees(uses: Sequence[ColumnUse], cells: pd.DataFrame) -> list[Text]:
    """Ask where a header says degrees, minutes, seconds and cells are plain numbers: 120.2257."""
    return [
        Text(
            f"列“{use.header}”写明度分秒，格里却是“{use.example}”：是十进制度，还是把分秒写成了小数？十进制度请改列名，"
            "度分秒请写成 120°22′57″。",
            f"Column {use.header!r} says degrees, minutes, seconds, but holds {use.example!r}: decimal "
            "degrees, or minutes in the decimals? Rename it, or write 120°22′57″.",
        )
        for use in uses
        if use.field in PLACES
        and _DMS_HEADER.search(use.header)
        and any(number_of(text) == number_of(text) for text in cells[use.header].unique().tolist())
    ]


def _is_whole(uses: Sequence[ColumnUse], datum: Datum) -> bool:
    fields = {use.field for use in uses if use.datum is datum}
    return {LON, LAT} <= fields or LONLAT in fields


def _one_each(
    layer: Layer, uses: list[ColumnUse], told: Mapping[str, str], troubled: Collection[str]
) -> tuple[list[ColumnUse], list[Text]]:
    """Keep one column a field: the one a person named, else the one under the field's own name."""
    asked = []
    for field in dict.fromkeys(use.field for use in uses if use.field is not None):
        rivals = [use for use in uses if use.field == field]
        apart = [use.days or use.amenity for use in rivals]
        if len(rivals) == 1 or (all(apart) and len(set(apart)) == len(apart)):
            continue
        if sum(not one for one in apart) == 1 and len(set(apart)) == len(apart):
            continue  # one says it of all days, or of all amenities
        rivals = [use for use in rivals if use.example] or rivals
        named = [use for use in rivals if use.header in told]
        own = named or [use for use in rivals if is_own_name(layer, field, use.header)] or rivals
        if len(own) > 1:
            if all(use.header in troubled for use in own):
                continue
            asked.append(_several(layer, field, own))
            continue
        asked += [
            _alters(layer, use, field)
            for use in rivals
            if field in _CHANGES and use.header in troubled and use is not own[0]
        ]
        why = Text(f"已用“{own[0].header}”列", f"{own[0].header!r} is used")
        uses = [
            _left(use, why) if use.field == field and use.header != own[0].header else use
            for use in uses
        ]
    placed = [use.header for use in uses if use.field == LONLAT]
    pair = [use.header for use in uses if use.field in {LON, LAT}]
    if placed and pair:
        why = Text("经度、纬度已有单独的列", "lon and lat have columns of their own")
        uses = [_left(use, why) if use.field == LONLAT else use for use in uses]
    return uses, asked


def _several(layer: Layer, field: str, rivals: Sequence[ColumnUse]) -> Text:
    zh = "、".join(f"“{use.header}”" for use in rivals)
    en = ", ".join(repr(use.header) for use in rivals)
    like, drop = field_shown(layer, field), leave_out(rivals[-1].header)
    return Text(
        f"{zh} 都像{like.zh}，不知用哪一列：不要的请去掉，如{drop.zh}。",
        f"{en} all look like {like.en}: leave out what you do not want, for instance {drop.en}.",
    )


def _troubled(layer: Layer, use: ColumnUse, words: HeaderWords) -> Text:
    trouble = words.trouble or Text("", "")
    confirm, drop = choose_field(layer, use.header, str(use.field)), leave_out(use.header)
    return Text(
        f"列“{use.header}”：{trouble.zh}；请改列名；确实就是的请{confirm.zh}，不要的请{drop.zh}。",
        f"Column {use.header!r}: {trouble.en}; rename it. If it is what it looks like {confirm.en}; "
        f"otherwise {drop.en}.",
    )


_LOOKS: Mapping[str, re.Pattern[str]] = {
    "opening_hours": re.compile(
        r"(?:开放|营业|服务|运营|工作|接待|开门|值守).*(?:时间|时段|时刻)|^时间$|^时段$|hours"
    ),
    "active_hours": re.compile(
        r"(?:活动|工作|在岗|聚集|出勤|上班).*(?:时间|时段)|^时间$|^时段$|hours"
    ),
    "amenities": re.compile(
        r"设施|设备|配套|配备|服务功能|服务内容|amenit|facilit|饮水|微波炉|充电|空调|药箱|冰箱|雨具|雨伞|wi-?fi"
    ),
    "capacity": re.compile(r"接待|容纳|容量|承载|座位|capacity"),
    "phone": re.compile(r"电话|手机|联系方式|^tel|phone|mobile"),
    "cost_cny": re.compile(r"费用|造价|投资|预算|资金|cost|price"),
    "workers": re.compile(r"人数|职工数|从业人员|headcount"),
    "women_35_59": re.compile(r"女"),
    "status": re.compile(r"状态|是否开放|运营情况|运行情况|status"),
    "forbidden": re.compile(r"禁选|不可选|不宜"),
    "banned": re.compile(r"禁停|不可停|不能停"),
    "open_from": re.compile(r"最早|起始|开始"),
    "open_until": re.compile(r"最晚|截止|结束"),
}
"""Headers that look like a column whose loss would change what is computed."""
_CHANGES: Mapping[str, re.Pattern[str]] = {
    "opening_hours": re.compile(
        r"午休|中午休息|24 ?小时|全天|(?:休息|休馆|闭馆|公休|闭店|店休)(?:日|时间|情况)?$|(?:周末|节假日|假日|双休日|夏季|冬季|寒暑假)"
        r"(?:是否)?(?:开放|营业|休息|服务)|延时|夜间(?:开放|服务)"
    ),
}
"""Headers of columns that say more of a field that has a column of its own."""
_DMS_HEADER = re.compile(r"度分秒|\bdms\b", re.IGNORECASE)
_PAST = re.compile(r"更新|建成|创建|录入|投用|填报|采集|挂牌|启用|修改|登记|成立")
_HOURS_CELL = re.compile(
    r"\d{1,2}[:：点]\d{0,2}.{0,3}[-－—–~～至到].{0,3}\d{1,2}[:：点]|24 ?小时|Mo-Fr|7[*×xX]24"
)
_PHONE_CELL = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}")


def _dropped(layer: Layer, uses: Sequence[ColumnUse], cells: pd.DataFrame) -> list[Text]:
    """Ask for columns that look like one of weight and would be left out in silence."""
    filled = {use.field for use in uses}
    own = {column.name for column in layer.columns}
    asked = []
    for use in uses:
        if use.field is not None or use.why is not _NOT_KNOWN or not use.example:
            continue
        altered = _altered(use.header, filled)
        if altered is not None and altered in own:
            asked.append(_alters(layer, use, altered))
            continue
        look = _look(use.header, list(islice(filter(None, cells[use.header].tolist()), _LOOKED_AT)))
        wanted = next((field for field in look if field in own and field not in filled), None)
        if wanted is not None:
            like = field_shown(layer, wanted)
            take, drop = choose_field(layer, use.header, wanted), leave_out(use.header)
            asked.append(
                Text(
                    f"列“{use.header}”看不懂，像是{like.zh}（如“{use.example}”）：请{take.zh}，不要的"
                    f"请{drop.zh}。",
                    f"Column {use.header!r} is not known but looks like {like.en} (such as "
                    f"{use.example!r}): {take.en}, or {drop.en}.",
                )
            )
    return asked


def _altered(header: str, filled: Collection[str | None]) -> str | None:
    """Return the filled field whose meaning a column may change: 午休时间, 闭馆日, 是否24小时."""
    found = (field for field, words in _CHANGES.items() if words.search(header.lower()))
    return next((field for field in found if field in filled), None)


def _alters(layer: Layer, use: ColumnUse, field: str) -> Text:
    changed, drop = field_shown(layer, field), leave_out(use.header)
    return Text(
        f"列“{use.header}”会改变{changed.zh}的意思（如“{use.example}”）：请并入那一列写全，如“周一至周五 "
        f"8:30-17:30，午休12:00-13:30，周一闭馆”；确实无关的请{drop.zh}。",
        f"Column {use.header!r} may change what {changed.en} means (such as {use.example!r}): write it into "
        f"that column, or, if it does not matter, {drop.en}.",
    )


def _look(header: str, cells: Sequence[str]) -> list[str]:
    """Return the fields a column looks like, by its header and by its cells."""
    found = (
        []
        if _PAST.search(header)
        else [field for field, look in _LOOKS.items() if look.search(header.lower())]
    )
    filled = [text for text in cells if text]
    for fields, shape in (
        (("opening_hours", "active_hours"), _HOURS_CELL),
        (("phone",), _PHONE_CELL),
    ):
        if 2 * sum(bool(shape.search(text)) and "<" not in text for text in filled) > len(filled):
            found += fields
    return found


_RUNNING_HEADERS = frozenset({"序号", "行号", "no", "no.", "#"})
_RUNNING = Text("只是行的序号", "numbers the rows only")
_NOT_KNOWN = Text("未识别", "not known")
_SAYS_DATUM = Text("说明坐标系", "says the datum")
_HAS_OR_NOT = Text("逐项写有无", "has it or not")
_IGNORED = Text("按要求", "as told")
_TOLD = Text("按所选", "as chosen")
_CUT = Text("列名被截成 10 个字符", "the name was cut at ten letters")
_GEOMETRY_HOLDS = Text("位置以图形为准", "the shapes say where")
