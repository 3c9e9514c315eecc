"""What one header says: the field, and the unit, datum or days it names beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from data.geometry.datum import Datum
from data.words.headers import LAT, LON, LONLAT, header_key, known_headers, known_spellings
from data.words.typed_numbers import factor_of
from geo.layers.columns import Layer
from geo.text import Text

PLACES = (LON, LAT, LONLAT)
"""Fields that hold coordinates."""

_DATUMS = (
    (
        Datum.GCJ02,
        re.compile(
            r"gcj[-_ ]?0?2|gcj|火星(?:坐标系?)?|国测局|(?:高德|腾讯|谷歌中国)(?:地图)?|amap|gaode|tencent"
        ),
    ),
    (Datum.BD09, re.compile(r"bd[-_ ]?0?9(?:ll)?|bd(?=_)|(?<=_)bd$|百度(?:地图)?|baidu")),
    (
        Datum.WGS84,
        re.compile(
            r"wgs[-_ ]?(?:19)?84|wgs|gps|cgcs[-_ ]?2000|国家2000|大地2000|2000坐标系|天地图|北斗|epsg:?(?:4326|4490)"
        ),
    ),
)
_DATUM_COLUMN = re.compile(
    r"坐标(?:参考)?(?:系统?|类型|体系|标准|格式|种类)|(?:经纬度)?坐标系(?:名称)?|datum|coord(?:inate)?[-_ ]?(?:type|system|sys)"
)
_BRACKETS = re.compile(r"[(\[【〔{<](.*?)[)\]】〕}>]")
_NUMBERED = re.compile(
    r"^(?:\d{1,2}|[一二三四五六七八九十]{1,2}|\([\d一二三四五六七八九十]{1,2}\))[、.)]"
)
"""The number of a question, as questionnaires put before their headers."""
_EDGES = "_-:/·.、,"
_SYSTEM = re.compile(r"坐标系统?|坐标(?=经度|纬度)")
_HARMLESS = re.compile(
    r"|非?必填项?|选填|可选|必选项?|单选|多选|可多选|下拉.*|是/?或?否|有/?或?无|y/n|请.*|如.*|例.*|格式.*|示例.*"
    r"|参考.*|\d{4}年?|\d{4}年\d{1,2}月|.*见.*|小数.*|数字|整数|文本|hh:mm|24小时制|填.*|现有|以.*隔开?|用.*隔开?"
    r"|.*分隔|保留.*|精确.*|不?超过.*|十进制度?|自动|东经|北纬|e|n|lo?ng?|lat|度分秒|dms|中文|osm.*|号码|手机或座机|座机或手机|手机|座机|固话"
)
_STORED_AS = re.compile(
    r"(?:n?(?:var)?char2?|text|string|decimal|numeric|number|double|float|(?:big|small)?int(?:eger)?|date(?:time)?"
    r"|timestamp)(?:\([\d,]*)?"
)
"""Types of a database's columns, which exports write beneath the headers."""
_OTHER = re.compile(r"曾用|旧|^原|别名|简称|英文|拼音|备用|第二|历史")
_SEASON = re.compile(r"夏|冬|春|秋|季|寒假|暑假|暑期")
_DAYS = {
    "工作日": "Mo-Fr",
    "周一至周五": "Mo-Fr",
    "周一到周五": "Mo-Fr",
    "平日": "Mo-Fr",
    "平时": "Mo-Fr",
    "周末": "Sa,Su",
    "双休日": "Sa,Su",
    "周六周日": "Sa,Su",
    "周六日": "Sa,Su",
    "休息日": "Sa,Su",
    "周六至周日": "Sa,Su",
    "周六": "Sa",
    "周日": "Su",
    "星期六": "Sa",
    "星期日": "Su",
    "节假日": "PH",
    "法定节假日": "PH",
    "节日": "PH",
    "假日": "PH",
    "weekdays": "Mo-Fr",
    "weekend": "Sa,Su",
}
_HOURS = frozenset({"opening_hours", "active_hours"})
_DBF_NAME = range(9, 11)
_LEAST_PREFIX = 3
"""Characters: a shorter beginning fits too many headers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderWords:
    """A header understood.

    Attributes
    ----------
    field : str | None
        The column of ours, LON, LAT, LONLAT or CELL; None where it is none of them.
    datum : Datum | None
        Named by the header of a coordinate.
    factor : float
        What numbers are multiplied by: 10000 under 万元.
    unit : str
        As named.
    days : str
        Days of the week (OSM syntax) that hours under it hold on; empty for all.
    trouble : Text | None
        A word beside the name that may change the meaning and is not known.
    cut : bool
        Whether the name was cut at ten letters by the .dbf format.
    """

    field: str | None
    datum: Datum | None = None
    factor: float = 1.0
    unit: str = ""
    days: str = ""
    trouble: Text | None = None
    cut: bool = False


@lru_cache(maxsize=4096)
def read_header(layer: Layer, header: str, *, cut: bool = False) -> HeaderWords:
    """Read one header of a file of `layer`; `cut` says that names may be cut at ten letters."""
    known = known_headers(layer)
    text = _NUMBERED.sub("", header_key(header))
    if text in known:
        return HeaderWords(field=known[text])
    base = _BRACKETS.sub("", text).strip(_EDGES)
    beside = [word.strip() for word in _BRACKETS.findall(text)]
    datum, place = _datum_in(base, known)
    if datum is not None:
        return _qualified(HeaderWords(field=place, datum=datum), beside)
    if base in known:
        return _qualified(HeaderWords(field=known[base]), beside)
    found = _with_unit(base, known) or _with_days(base, known)
    if found is not None:
        return _qualified(found, beside)
    if cut and (field := _cut_name(layer, header)) is not None:
        return HeaderWords(field=field, cut=True)
    return HeaderWords(field=None)


def is_fill_in_rule(text: str) -> bool:
    """Whether a cell beneath a header says how to fill the column in: 必填, 文本, 十进制度."""
    key = header_key(text).strip("()[]")
    if _STORED_AS.fullmatch(key):
        return True
    return bool(key) and all(_HARMLESS.fullmatch(part) for part in re.split(r"[,;]", key))


def datum_named(text: str) -> Datum | None:
    """Return the one datum that `text` names; None if it names none or several."""
    plain = header_key(text)
    named = {datum for datum, words in _DATUMS if words.search(plain)}
    return named.pop() if len(named) == 1 else None


def datum_columns(headers: Iterable[str]) -> list[str]:
    """Return the headers of columns that say what coordinates are in: 坐标系, 坐标类型."""
    return [one for one in headers if _DATUM_COLUMN.fullmatch(header_key(one).strip("*:"))]


def bare_of_datum(header: str) -> str:
    """Return a header without the datum it names: 高德经度 and wgs84_lng are 经度 and lng."""
    text = header_key(header)
    for _, words in _DATUMS:
        text = words.sub("", text)
    return _SYSTEM.sub("", text).strip(_EDGES)


def _datum_in(base: str, known: dict[str, str]) -> tuple[Datum | None, str | None]:
    """Read 高德经度, wgs84_lng and the like."""
    for datum, words in _DATUMS:
        if words.search(base):
            rest = words.sub("", base).strip(_EDGES)
            for one in (rest, _SYSTEM.sub("", rest).strip(_EDGES)):
                if known.get(one) in PLACES:
                    return datum, known[one]
    return None, None


def _with_unit(base: str, known: dict[str, str]) -> HeaderWords | None:
    """Read 建设费用万元 and 人数/百人."""
    for size in range(1, min(len(base), 9)):
        name, unit = base[:-size].rstrip(_EDGES), base[-size:].strip(_EDGES)
        field = known.get(name)
        factor = None if field is None or not unit else factor_of(field, unit)
        if field is not None and factor is not None:
            return HeaderWords(field=field, factor=factor, unit=unit)
    return None


def _with_days(base: str, known: dict[str, str]) -> HeaderWords | None:
    """Read 工作日开放时间, 周末营业时间 and 夏季开放时间."""
    for size in range(2, min(len(base), 9)):
        field = known.get(base[size:])
        if field in _HOURS:
            return _changed(HeaderWords(field=field), base[:size])
    return None


def _qualified(words: HeaderWords, beside: list[str]) -> HeaderWords:
    for one in beside:
        words = _beside(words, one)
    return words


def _beside(words: HeaderWords, text: str) -> HeaderWords:
    """Take what stands in brackets beside the name into account."""
    field = words.field
    if field is None:
        return words
    named = datum_named(text) if field in PLACES else None
    if named is not None and words.datum in {None, named}:
        return replace(words, datum=named)
    factor = factor_of(field, text.removeprefix("单位:").removeprefix("单位"))
    if factor is not None:
        return replace(words, factor=factor, unit=text)
    if _OTHER.search(text):
        return HeaderWords(field=None)
    plain = all(_HARMLESS.fullmatch(part) for part in re.split(r"[,;]", text)) or field not in {
        *_COUNTED,
        *_HOURS,
        *PLACES,
    }
    return words if plain else _changed(words, text)


def _changed(words: HeaderWords, text: str) -> HeaderWords:
    """Take a word into account that changes what cells mean."""
    if words.field not in _HOURS:
        return replace(words, trouble=_unknown_word(text))
    if text in _DAYS:
        return replace(words, days=_DAYS[text])
    if _SEASON.search(text):
        return replace(words, trouble=_SEASONAL)
    return replace(words, trouble=_unknown_word(text))


def _cut_name(layer: Layer, header: str) -> str | None:
    """Return the one field whose name a .dbf header was cut from."""
    sizes = {len(header.encode()), len(header.encode("gb18030"))}
    if not sizes & set(_DBF_NAME) or len(header) < _LEAST_PREFIX:
        return None
    start = header_key(header)
    fields = {field for name, field in known_spellings(layer) if name.startswith(start)}
    return fields.pop() if len(fields) == 1 else None


def _unknown_word(word: str) -> Text:
    return Text(
        f"列名里的“{word}”是什么意思不清楚",
        f"what {word!r} beside the name means is not known",
    )


_SEASONAL = Text(
    "按季节分列的时间请合写在一列（如 5月1日至9月30日 06:00-20:00；10月1日至4月30日 08:00-17:00，"
    "或 May-Sep 06:00-20:00; Oct-Apr 08:00-17:00）",
    "hours by season must stand in one column, such as May-Sep 06:00-20:00; Oct-Apr 08:00-17:00",
)
_COUNTED = frozenset(
    {"workers", "women_35_59", "population", "capacity", "cost_cny", "buses", "weight"}
)
