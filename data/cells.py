"""Cells of a file turned into the values a column holds, or into a problem."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from data.headers import nearest_word, plain, word_of
from data.table import number_of
from geo.errors import BadInputError
from geo.hours import from_chinese
from geo.layers.columns import Column
from geo.text import Text

Value = str | int | float | bool | None
Complaint = tuple[Text, Text]
"""What is wrong, and how to mend it."""

_YES = {"是", "yes", "true", "1", "y", "√"}
_NO = {"否", "no", "false", "0", "n", "×", ""}
_SEPARATORS = re.compile(r"[;；、，,/|\s]+")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?")


class CellError(ValueError):
    """A cell that cannot be read; carries what is wrong and the mend."""

    def __init__(self, text: Text, mend: Text) -> None:
        super().__init__(text.en)
        self.text = text
        self.mend = mend


def read_cell(column: Column, text: str) -> Value:
    """Return the value of a cell; raise CellError if it cannot be one.

    An empty cell is None (False for a flag) unless the column is required.
    """
    stripped = text.strip()
    if not stripped:
        if column.required:
            raise CellError(
                Text("不能为空。", "Must not be empty."), Text("请填写。", "Fill it in.")
            )
        return False if column.dtype == "flag" else None
    return _READERS.get(column.dtype, _text)(column, stripped)


def _text(_: Column, text: str) -> str:
    return text


def _integer(column: Column, text: str) -> int:
    value = _number(column, text)
    if value != int(value):
        raise CellError(
            Text("应为整数。", "Must be a whole number."), Text("去掉小数。", "Round it.")
        )
    return int(value)


def _number(_: Column, text: str) -> float:
    value = number_of(text)
    if value != value or value in {float("inf"), float("-inf")}:  # noqa: PLR0124 - NaN
        raise CellError(
            Text("不是数字。", "Is not a number."),
            Text("只写数字，不带“约”“人”等字。", "Write digits only."),
        )
    if value < 0:
        raise CellError(Text("不能为负数。", "Must not be negative."), Text("请改正。", "Mend it."))
    return value


def _flag(_: Column, text: str) -> bool:
    word = plain(text)
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise CellError(Text("应为“是”或“否”。", "Must be yes or no."), Text("请改正。", "Mend it."))


def _date(_: Column, text: str) -> str:
    found = _DATE.fullmatch(text)
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
        raise CellError(error.text, Text("", "")) from error


def _word(column: Column, text: str) -> str:
    word = word_of(column, text)
    if word is None:
        raise CellError(*_unknown(column, text))
    return str(word)


def _words(column: Column, text: str) -> str:
    found = set()
    for part in _SEPARATORS.split(text):
        if part:
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
    "integer": _integer,
    "number": _number,
    "flag": _flag,
    "date": _date,
    "hours": _hours,
    "word": _word,
    "words": _words,
}
