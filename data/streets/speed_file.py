"""``speeds.json`` of a project: the speeds and waits it wants otherwise than the defaults.

```json
{"walk_kmh": 4.2, "signal_s": 20, "drive_kmh": {"primary": 40, "residential": 18}}
```

Keys are those of :class:`geo.network.speeds.SpeedTable`; what is left out keeps its default.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import NoReturn

from geo.errors import BadInputError
from geo.json_shapes import JsonBody
from geo.network.speeds import SpeedTable
from geo.text import Text

NAME = "speeds.json"


def read_speeds(folder: Path) -> SpeedTable:
    """Return the speeds of a project folder, the defaults where it has no ``speeds.json``.

    Raises
    ------
    BadInputError
        If the file is no JSON object, or has a key or a value that cannot be used.
    """
    path = folder / NAME
    if not path.exists():
        return SpeedTable()
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        _refuse(f"不是有效的 JSON（{error}）", f"it is no valid JSON ({error})")
    return speeds_from(entries)


def speeds_from(entries: object) -> SpeedTable:
    """Return the table that `entries` (as JSON has them) describe."""
    if not isinstance(entries, dict):
        _refuse("最外层须为 { }", "its outermost must be { }")
    known = [entry.name for entry in fields(SpeedTable)]
    for key, value in entries.items():
        if key not in known:
            names = ", ".join(known)
            _refuse(f"不认识的项 {key}，可用 {names}", f"unknown key {key}; use {names}")
        if key == "drive_kmh":
            if not isinstance(value, dict):
                _refuse(f"{key} 须为 {{道路等级: 速度}}", f"{key} must be {{class: speed}}")
            for name, speed in value.items():
                _check_number(f"drive_kmh.{name}", speed)
        else:
            _check_number(key, value)
    try:
        return SpeedTable(**entries)
    except BadInputError as error:
        _refuse(error.text.zh, error.text.en)


def speed_entries(speeds: SpeedTable) -> JsonBody:
    """Return a table as JSON has it; the inverse of :func:`speeds_from`."""
    values = {entry.name: getattr(speeds, entry.name) for entry in fields(speeds)}
    return {
        name: dict(value) if isinstance(value, Mapping) else value for name, value in values.items()
    }


def _check_number(key: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        _refuse(f"{key} 为 {value!r}，须为数字", f"{key} is {value!r}; it must be a number")


def _refuse(zh: str, en: str) -> NoReturn:
    raise BadInputError(
        Text(f"{NAME}：{zh}，请改正后重试。", f"{NAME}: {en}; mend it and try again.")
    )
