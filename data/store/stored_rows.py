"""The door of stored layers: what a layer of a project may hold, and what of it does not fit.

A project's GeoPackages open in QGIS, and whoever saves one there may break what the program relies
on. Rows are held against the layer's schema whenever they are written and whenever they are read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.geometry.shapes import Complaint, shape_complaints, unpacked
from data.words.cell_problem import Problem
from geo.errors import BadInputError
from geo.hours import check_hours
from geo.layers.columns import Column, Dtype, Layer
from geo.text import Text

_MOST_TOLD = 5
"""As many as a message has room for."""


@dataclass(frozen=True)
class SoundRows:
    """A stored layer without what breaks its schema.

    Attributes
    ----------
    rows : GeoDataFrame
        Rows that fit; a cell that does not and that a row can do without is empty.
    problems : tuple[Problem, ...]
        What was left out, by row (the feature's number in the GeoPackage).
    """

    rows: gpd.GeoDataFrame
    problems: tuple[Problem, ...]


def key_of(layer: Layer) -> str:
    """Return the column whose values tell the rows of `layer` apart."""
    return "adcode" if layer.name == "districts" else "id"


def sound_rows(layer: Layer, frame: gpd.GeoDataFrame) -> SoundRows:
    """Hold `frame` (EPSG:4326, its index the rows' numbers) against the schema of `layer`."""
    numbers = frame.index.to_numpy()
    shapes = unpacked(layer, frame.geometry.to_numpy())
    frame = frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))
    keep = np.ones(len(frame), np.bool_)
    problems = []
    for position, (text, mend) in shape_complaints(layer, shapes).items():
        problems.append(Problem(int(numbers[position]), "geometry", "", text, mend))
        keep[position] = False
    for column in layer.columns:
        if column.name not in frame:
            if column.required:
                problems.append(_absent(column))
                keep[:] = False
            continue
        told = _complaints(column, frame[column.name])
        if column.name == key_of(layer):
            told |= _repeated(frame[column.name])
        bad = sorted(told)
        for position in bad:
            value = frame[column.name].iloc[position]
            shown = "" if _empty(value) else str(value)
            problems.append(Problem(int(numbers[position]), column.text.zh, shown, *told[position]))
        if column.required:
            keep[bad] = False
        elif bad:
            frame = frame.assign(**{column.name: _emptied(frame[column.name], bad)})
    kept = frame if keep.all() else frame[keep]
    return SoundRows(kept, tuple(sorted(problems, key=lambda problem: problem.row)))


def refuse_problems(where: str, problems: tuple[Problem, ...]) -> None:
    """Raise BadInputError naming the first of `problems` of the layer called `where`, if any."""
    if not problems:
        return
    first = problems[:_MOST_TOLD]
    more = len(problems) - len(first)
    zh, en = (
        "；".join(problem.line.zh.rstrip("。") for problem in first),
        "; ".join(problem.line.en.rstrip(". ") for problem in first),
    )
    raise BadInputError(
        Text(
            f"{where} 不符合图层要求：{zh}" + (f"；另有 {more} 处" if more else "") + "。",
            f"{where} breaks the layer's schema: {en}" + (f"; {more} more" if more else "") + ".",
        )
    )


def _absent(column: Column) -> Problem:
    return Problem(
        0,
        column.text.zh,
        "",
        Text(f"缺少列 {column.name}。", f"The column {column.name} is missing."),
        Text("请补上后重新导入。", "Add it and import again."),
    )


def _repeated(values: pd.Series[Any]) -> dict[int, Complaint]:
    """Complain about keys that an earlier row has."""
    again = values.duplicated() & ~_empties(values)
    complaint = (
        Text("编号重复。", "The ID was used before."),
        Text("每行编号必须不同。", "Every row needs its own."),
    )
    return dict.fromkeys(np.flatnonzero(again).tolist(), complaint)


def _complaints(column: Column, values: pd.Series[Any]) -> dict[int, Complaint]:
    """Return what is wrong with the cells of `column`, by position."""
    empty = _empties(values)
    told: dict[int, Complaint] = {}
    if column.required:
        told |= dict.fromkeys(np.flatnonzero(empty).tolist(), _MUST_BE_FILLED)
    fits = _FITS.get(column.dtype)
    if fits is None:
        return told
    codes, found = pd.factorize(values.where(~empty, None), use_na_sentinel=True)
    for code, value in enumerate(found):
        if not fits(column, value):
            here = np.flatnonzero(codes == code).tolist()
            told |= dict.fromkeys(here, _MEANINGLESS[column.dtype])
    return told


def _empty(value: object) -> bool:
    return value is None or value is pd.NA or value != value or value == ""  # noqa: PLR0124 - NaN


def _empties(values: pd.Series[Any]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (values.isna() | (values.astype(object) == "")).to_numpy(np.bool_)
    return found


def _emptied(values: pd.Series[Any], positions: list[int]) -> pd.Series[Any]:
    mended = values.astype(object).copy()
    mended.iloc[positions] = None
    return mended


def _is_number(column: Column, value: object) -> bool:
    try:
        number = float(str(value))
    except ValueError:
        return False
    return abs(number) < float("inf") and (column.signed or number >= 0.0)


def _is_whole(column: Column, value: object) -> bool:
    return _is_number(column, value) and float(str(value)).is_integer()


def _is_flag(_: Column, value: object) -> bool:
    return value in {True, False}


def _is_word(column: Column, value: object) -> bool:
    return str(value) in {str(word) for word in column.words or ()}


def _are_words(column: Column, value: object) -> bool:
    return all(_is_word(column, part.strip()) for part in str(value).split(";") if part.strip())


def _is_hours(_: Column, value: object) -> bool:
    try:
        check_hours(str(value))
    except BadInputError:
        return False
    return True


_FITS: Mapping[Dtype, Callable[[Column, object], bool]] = {
    "number": _is_number,
    "integer": _is_whole,
    "flag": _is_flag,
    "word": _is_word,
    "words": _are_words,
    "hours": _is_hours,
}
_MUST_BE_FILLED: Complaint = (
    Text("不能为空。", "Must not be empty."),
    Text("请填写。", "Fill it in."),
)
_A_NUMBER: Complaint = (
    Text("应为不小于 0 的数字。", "Must be a number of 0 or more."),
    Text("请改正。", "Mend it."),
)
_A_WORD: Complaint = (
    Text("不是可用的词。", "Is no word of the closed set."),
    Text("可用的词见 yizhan template。", "yizhan template lists the words."),
)
_MEANINGLESS: Mapping[Dtype, Complaint] = {
    "number": _A_NUMBER,
    "integer": (
        Text("应为不小于 0 的整数。", "Must be a whole number of 0 or more."),
        _A_NUMBER[1],
    ),
    "flag": (Text("应为是或否。", "Must be true or false."), _A_NUMBER[1]),
    "word": _A_WORD,
    "words": _A_WORD,
    "hours": (
        Text("看不懂这个开放时间。", "The opening hours cannot be read."),
        Text("写成 Mo-Fr 08:00-17:30 或 24/7。", "Write Mo-Fr 08:00-17:30 or 24/7."),
    ),
}
