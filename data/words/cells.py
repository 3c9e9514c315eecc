"""Cells of a file turned into the values a column holds, or into a problem."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date

from data.words.headers import nearest_word, plain, word_of
from data.words.settling import choose_encoding
from data.words.typed_numbers import LARGEST, UNITS, factor_of, narrow, number_of, unit_in
from geo.errors import BadInputError
from geo.hours import ALWAYS, from_chinese
from geo.hours.opening_rules import DAY_MIN
from geo.layers.columns import Column
from geo.text import Text

Value = str | int | float | bool | None
Complaint = tuple[Text, Text]
"""What is wrong, and how to mend it."""

LONGEST_TEXT = 500
"""Characters a name, an address or another text may have."""

_NOTHING = frozenset(
    {
        "/",
        "\\",
        "-",
        "--",
        "—",
        "——",
        "null",
        "(null)",
        "<null>",
        "none",
        "nan",
        "\\n",
        "n/a",
        "nat",
    }
)
"""What people and programs write where there is nothing to say."""
_NONE = frozenset({"无", "暂无"})
"""Nothing too, though not of hours (never open?) and of flags (no)."""
_DITTO = frozenset({"同上", "同前", "同左", "〃", "″", "''", '"', "ditto"})
_ERROR = re.compile(
    r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|GETTING_DATA)|#{3,}", re.IGNORECASE
)
_CLOSED_THEN = re.compile(
    r"(?:全天)?(?:休息|休|关闭|闭馆|关门|停业|放假|[不未](?:开放|营业|上班|开门|开)|off|closed)",
    re.IGNORECASE,
)
_DOUBTFUL = re.compile(r"无|坏|故障|停用|维修|报修|计划|拟|待|未|筹|申请|撤|拆")
_HOW_MANY = re.compile(r"(\d{1,3})[个台套部把张间处]?")
_FLOATED = re.compile(r"(\d{5,})\.0+")
_CODES = frozenset({"id", "phone", "adcode", "parent", "district"})
_EXPONENT = re.compile(r"[+-]?\d+(?:\.\d+)?[eE][+-]\d+|[+-]?\d+\.\d+[eE]\d+")
_LOST = "\ufffd"
_GARBLED = re.compile(r"锟斤|烫烫|\?{3,}|[\u00c0-\u00ff][\u00a0-\u00bf]{1,2}[\u00c0-\u00ff]")
"""What text read in a wrong encoding looks like."""
_HAIR = 1e-6
"""Spreadsheets compute: nearer to a whole number than this it is one."""
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)(?::00)?", re.ASCII)
_YES = {"是", "有", "对", "yes", "true", "1", "y", "√", "✓", "✔", "☑"}
_NO = {"否", "无", "没有", "no", "false", "0", "n", "×", "✗", "✘", "✕", "☐", ""}
_SEPARATORS = re.compile(r"[;；、，,/|\s]+")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?")


_SAID_NOTHING = {
    spelling for word in _NOTHING | _NONE for spelling in (word, word.upper(), word.title())
} | {
    "NaN",
    "NaT",
}


class CellError(ValueError):
    """A cell that cannot be read; carries what is wrong and the mend."""

    def __init__(self, text: Text, mend: Text) -> None:
        super().__init__(text.en)
        self.text = text
        self.mend = mend


def read_cell(column: Column, text: str, *, factor: float = 1.0, days: str = "") -> Value:
    """Return the value of a cell; raise CellError if it cannot be one.

    An empty cell is None (False for a flag) unless the column is required.

    Parameters
    ----------
    column : Column
        What it must become.
    text : str
        What stands in the file, clean.
    factor : float
        What a number is multiplied by: the unit its header names.
    days : str
        Days of the week (OSM syntax) that hours hold on, where its header names them.
    """
    stripped = text.strip()
    if not stripped or is_nothing(column, stripped):
        if column.required:
            raise CellError(
                Text("不能为空。", "Must not be empty."), Text("请填写。", "Fill it in.")
            )
        return False if column.dtype == "flag" else None
    if _LOST in stripped or _GARBLED.search(stripped):
        how = choose_encoding()
        raise CellError(
            Text("有乱码（如“�”“锟斤拷”），原文已丢失。", "Characters of it were lost."),
            Text(
                f"请从原文件重新另存，或{how.zh}。",
                f"Save it anew, or {how.en}.",
            ),
        )
    if stripped in _DITTO:
        raise CellError(
            Text(
                "说与上面相同，排序后就分不清了。", "Says the same as above: a sort would lose it."
            ),
            Text("请把内容写全。", "Write it out."),
        )
    if "#" in stripped and _ERROR.fullmatch(stripped):
        raise CellError(
            Text(
                "是 Excel 的错误值，原值没有存下来。",
                "Is an error of Excel: its value was not kept.",
            ),
            Text(
                "请在 Excel 中打开核对，改正后重新导出。",
                "Open it in Excel, mend it, export it anew.",
            ),
        )
    if column.dtype in {"integer", "number"}:
        value = _number(column, stripped, factor)
        return _whole(value) if column.dtype == "integer" else value
    if days:
        return f"{days} {_times_only(stripped)}"
    return _READERS.get(column.dtype, _text)(column, stripped)


def is_nothing_word(word: str) -> bool:
    """Whether a word, in lower case, stands for nothing in whatever column."""
    return word in _NOTHING


def is_nothing(column: Column, text: str) -> bool:
    """Whether a cell says that there is nothing to say: /, —, NULL, 无."""
    word = text.lower()
    if is_nothing_word(word):
        return True
    return word in _NONE and column.dtype not in {"flag", "hours"} and not column.required


def are_plain_texts(column: Column, texts: Collection[str]) -> bool:
    """Whether every cell of a column of texts, stripped, is taken as it stands or is empty.

    Looks at all at once: lists have a hundred thousand different names, and hardly one is refused.
    """
    if (
        column.dtype in _READERS
        or column.dtype in {"integer", "number"}
        or (column.required and not all(texts))
    ):
        return False
    joined = "".join(texts)
    if (
        _LOST in joined
        or _GARBLED.search(joined)
        or "#" in joined
        or not set(texts).isdisjoint(_SAID_NOTHING | _DITTO)
    ):
        return False
    if max(map(len, texts), default=0) > LONGEST_TEXT:
        return False
    return column.name not in _CODES or not {"e", "E", "."} & set(joined)


def _text(column: Column, text: str) -> str:
    if column.name in _CODES and (floated := _FLOATED.fullmatch(text)):
        return floated[1]
    if column.name in _CODES and _EXPONENT.fullmatch(text):
        raise CellError(
            Text("是科学计数法，后面的数字已丢失。", "Is in scientific notation: digits are lost."),
            Text("请把原表这一列设为文本后重新导出。", "Make the column text and export it anew."),
        )
    if len(text) > LONGEST_TEXT:
        raise CellError(
            Text(
                f"有 {len(text):,} 个字，最多 {LONGEST_TEXT} 个。",
                f"Has {len(text):,} characters, {LONGEST_TEXT} at most.",
            ),
            Text("请缩短。", "Shorten it."),
        )
    return text


def _whole(value: float) -> int:
    # 0.7 万 is 7,000 although 0.7 times 10,000 is a hair less.
    if abs(value - round(value)) > _HAIR:
        raise CellError(
            Text("应为整数。", "Must be a whole number."), Text("去掉小数。", "Round it.")
        )
    return round(value)


def _number(column: Column, text: str, factor: float) -> float:
    unit = unit_in(text) if factor != 1.0 else ""
    if unit:
        # 9万元 under 万元 says it twice; 90000元 under 万元, or 3人 under 百人, may mean either.
        if factor_of(column.name, unit) != factor:
            raise CellError(
                Text(
                    f"格里写着单位“{unit}”，列名写的是另一个单位，不知按哪个算。",
                    f"Names the unit {unit!r}, and the header another one.",
                ),
                Text(
                    "请只写数字，单位只写在列名里。",
                    "Write the number only, its unit in the header.",
                ),
            )
        factor = 1.0
    value = number_of(text, UNITS.get(column.name, ())) * factor
    if value != value:  # noqa: PLR0124 - NaN
        raise CellError(
            Text("不是数字。", "Is not a number."),
            Text("只写数字，不带“约”等字。", "Write digits only."),
        )
    if value < 0:
        raise CellError(Text("不能为负数。", "Must not be negative."), Text("请改正。", "Mend it."))
    if value > LARGEST:
        raise CellError(
            Text("数太大。", "Is too large."), Text("请核对，或按单位改写。", "Check it.")
        )
    return round(value, 6)


def _time(_: Column, text: str) -> str:
    found = _CLOCK.fullmatch(narrow(text))
    if found is None or int(found[1]) * 60 + int(found[2]) > DAY_MIN:
        raise CellError(
            Text("不是时刻。", "Is no time of day."),
            Text("请按 24 小时制写成 08:30、17:00。", "Write it like 08:30 or 17:00."),
        )
    return f"{int(found[1]):02d}:{found[2]}"


def _times_only(text: str) -> str:
    """Read hours that name no days, or that there are none on them: their header names them."""
    if _CLOSED_THEN.fullmatch(narrow(text)):
        return "off"
    try:
        read = from_chinese(text)
    except BadInputError as error:
        raise CellError(error.text, Text("", "")) from error
    if read == ALWAYS:
        return "00:00-24:00"
    if not set(read) <= set("0123456789:-, "):
        raise CellError(
            Text(
                "列名已写明日子，这里只能写时间。", "The header names the days: write times only."
            ),
            Text("如 8:30-17:30。", "Such as 8:30-17:30."),
        )
    return read


def _flag(_: Column, text: str) -> bool:
    word = plain(text)
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise CellError(Text("应为“是”或“否”。", "Must be yes or no."), Text("请改正。", "Mend it."))


def is_yes_or_no(text: str) -> bool:
    """Whether a cell says yes or no, or how many there are."""
    word = plain(text)
    return (
        word in _YES
        or word in _NO
        or is_nothing_word(word)
        or _HOW_MANY.fullmatch(word) is not None
    )


def says_yes(text: str) -> bool:
    """Whether such a cell says yes, or a number above 0."""
    word = plain(text)
    many = _HOW_MANY.fullmatch(word)
    return word in _YES or (many is not None and int(many[1]) > 0)


def _date(_: Column, text: str) -> str:
    found = _DATE.fullmatch(narrow(text))
    try:
        if found:
            return date(*(int(part) for part in found.groups())).isoformat()
    except ValueError:
        pass
    raise CellError(
        Text("不是日期。", "Is not a date."), Text("写成 2026-10-31。", "Write 2026-10-31.")
    )


def _hours(_: Column, text: str) -> str:
    try:
        return from_chinese(text)
    except BadInputError as error:
        # What stands in the cell is told beside it.
        zh = error.text.zh.partition(f"“{text}”：")[2] or error.text.zh
        en = error.text.en.partition(f"{text!r}: ")[2] or error.text.en
        raise CellError(Text(zh, en), Text("", "")) from error


def _word(column: Column, text: str) -> str:
    word = word_of(column, text)
    if word is None:
        raise CellError(*_unknown(column, text))
    return str(word)


def _words(column: Column, text: str) -> str:
    found = set()
    for part in _SEPARATORS.split(text):
        if not part:
            continue
        beside = narrow(part).partition("(")[2]
        if beside and _DOUBTFUL.search(beside):
            raise CellError(
                Text(f"“{part}”：是有还是没有？", f"{part!r}: is it there or not?"),
                Text("有的才写，没有或不能用的请删去。", "Name only what is there and works."),
            )
        found.add(_word(column, part))
    return ";".join(sorted(found))


def _unknown(column: Column, text: str) -> Complaint:
    close = nearest_word(column, text)
    choices = "、".join(word.text.zh for word in column.words or ())
    hint_zh = f"是否应为“{close.text.zh}”？" if close is not None else ""
    hint_en = f"Did you mean {close.text.en!r}?" if close is not None else ""
    return (
        Text(f"不认识“{text}”。", f"{text!r} is not known."),
        Text(f"{hint_zh}可用：{choices}。", f"{hint_en} See the template for the choices."),
    )


_READERS: dict[str, Callable[[Column, str], Value]] = {
    "flag": _flag,
    "date": _date,
    "time": _time,
    "hours": _hours,
    "word": _word,
    "words": _words,
}
