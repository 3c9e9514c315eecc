"""Reads orienteering instances as the field publishes them (Leuven, TOPTW, one vehicle)."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geo.campaign.orienteering.instance import Orienteering
from geo.errors import BadInputError
from geo.text import Text

_FEWEST = 7
_CORDEAU = re.compile(r"pr\d", re.IGNORECASE)
_NUDGE = 1e-9
"""Keeps a distance that is a whole number of units from being cut below it by floating point."""


def read_orienteering(path: Path) -> Orienteering:
    """Read one instance; raises BadInputError with file and line for what cannot be read.

    A row of the file is ``i x y stay prize ... opens closes``; row 0 is where the tour starts and
    ends. Ways are straight lines cut, not rounded, to one decimal, for Cordeau's instances
    (``pr…``) to two, so times are whole tenths or hundredths.
    """
    rows = _rows(path)
    scale = 100 if _CORDEAU.match(path.stem) else 10
    xy, stay, prize = rows[:, 1:3], rows[:, 3], rows[:, 4]
    away = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    return Orienteering(
        travel=np.floor(away * scale + _NUDGE).astype(np.int64),
        opens=_whole(np.ceil(rows[:, -2] * scale - _NUDGE)),
        closes=_whole(np.floor(rows[:, -1] * scale + _NUDGE)),
        stay=_whole(np.ceil(stay * scale - _NUDGE)),
        prize=prize.astype(np.float64),
        name=path.stem,
    )


def read_optima(folder: Path) -> dict[str, float]:
    """Return the published optimum of each instance in ``optima.json``; empty without the file."""
    path = folder / "optima.json"
    if not path.is_file():
        return {}
    try:
        return {str(name): float(value) for name, value in json.loads(path.read_text()).items()}
    except (ValueError, AttributeError, TypeError) as error:
        raise BadInputError(
            Text(f"{path} 应为“算例名: 数值”的 JSON。", f"{path}: not a JSON of name and number.")
        ) from error


def _rows(path: Path) -> NDArray[np.float64]:
    """Return (n, 7) number, x, y, stay, prize, opens, closes; the head's lines are shorter."""
    rows: list[list[float]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        cells = line.split()
        if len(cells) < _FEWEST and not rows:
            continue
        try:
            values = [float(cell) for cell in cells]
        except ValueError as error:
            raise _bad(path, number) from error
        if 0 < len(values) < _FEWEST:
            raise _bad(path, number)
        if values:
            rows.append(values[:5] + values[-2:])
    if not rows:
        raise _bad(path, 0)
    return np.array(rows)


def _whole(values: NDArray[np.float64]) -> NDArray[np.int64]:
    return values.astype(np.int64)


def _bad(path: Path, line: int) -> BadInputError:
    return BadInputError(
        Text(
            f"{path.name} 第 {line} 行不是定向问题的地点（编号 x y 停留 得分 … 开始 结束）。",
            f"{path.name}, line {line}: not a place (number x y stay prize ... opens closes).",
        )
    )
