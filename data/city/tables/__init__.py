"""The tables a planner may edit: what a host costs, what draws which workers.

They come as examples, are copied to the project's folder ``city`` and read from there ever after.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from geo.errors import BadInputError
from geo.estimate.basis import Draw
from geo.estimate.weights import GroupFacts, Weights
from geo.hours import check_hours
from geo.layers.vocabulary import Group, Host, Setting
from geo.text import Text

FOLDER = "city"
"""Where in a project they lie."""
_HOSTS, _WEIGHTS, _GROUPS = "hosts.csv", "weights.csv", "groups.csv"
_YES = frozenset({"是", "yes", "true", "1", "TRUE"})


@dataclass(frozen=True, slots=True)
class HostPrice:
    """What a station at one kind of host is taken to cost (示例价目).

    Attributes
    ----------
    cost_cny : float
        To set it up.
    capacity : int
        Visitors a day.
    usual : bool
        Whether the kind is taken where none is named.
    """

    cost_cny: float
    capacity: int
    usual: bool


def editable(folder: Path, name: str) -> Path:
    """Return the project's own copy of a table, made of the example where there is none."""
    mine = folder / FOLDER / name
    if not mine.exists():
        mine.parent.mkdir(parents=True, exist_ok=True)
        with as_file(files("data.city.tables") / name) as example:
            # Excel takes a CSV for UTF-8 only where it begins with a mark.
            mine.write_text(example.read_text(encoding="utf-8"), encoding="utf-8-sig")
    return mine


def read_prices(folder: Path) -> Mapping[Host, HostPrice]:
    """Read what hosts cost from the project in `folder`.

    Raises
    ------
    BadInputError
        If a row names no host, a number is none, or a host is missing; the text names the row.
    """
    path = editable(folder, _HOSTS)
    prices = {}
    for number, row in rows_of(path):
        try:
            host = Host(row["host"])
            prices[host] = HostPrice(
                float(row["示例费用（元）"]), int(row["示例日接待（人）"]), row["默认选用"] in _YES
            )
        except (KeyError, ValueError) as error:
            raise bad_row(path, number, error) from error
    for host in Host:
        if host not in prices:
            raise BadInputError(
                Text(
                    f"{path}：缺少“{host.text.zh}”（{host}）一行。",
                    f"{path} lacks the host {host}.",
                )
            )
    return prices


def rows_of(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Return the rows of a CSV as Excel or an editor saves it, with their numbers in the file."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030")
    rows = csv.DictReader(text.splitlines())
    return [
        (number, {key: (value or "").strip() for key, value in row.items() if key})
        for number, row in enumerate(rows, start=2)
    ]


def bad_row(path: Path, number: int, error: Exception) -> BadInputError:
    """Return the error about a row that cannot be read."""
    return BadInputError(
        Text(
            f"{path} 第 {number} 行看不懂（{error}）：请改正。",
            f"{path} row {number} cannot be read ({error}).",
        )
    )


def read_weights(folder: Path) -> Weights:
    """Read what draws whom, and what is assumed of each group, from the project in `folder`.

    Raises
    ------
    BadInputError
        If a row cannot be read; the text names file and row.
    """
    per_unit: dict[tuple[Group, Setting], dict[Draw, float]] = {}
    path = editable(folder, _WEIGHTS)
    for number, row in rows_of(path):
        try:
            key = Group(row["group"]), Setting(row["setting"])
            weight = float(row["每一单位的权重"])
            per_unit.setdefault(key, {})[Draw(row["draw"])] = _not_negative(weight)
        except (KeyError, ValueError) as error:
            raise bad_row(path, number, error) from error
    return Weights(per_unit, _read_groups(folder))


def _read_groups(folder: Path) -> Mapping[Group, GroupFacts]:
    path, groups = editable(folder, _GROUPS), {}
    for number, row in rows_of(path):
        try:
            work, home = row["工作时间"], row["在居住地的时间"]
            check_hours(work)
            check_hours(home)
            groups[Group(row["group"])] = GroupFacts(
                float(row["居住地占比"]), work, home, row["普查行业"]
            )
        except (KeyError, ValueError) as error:
            raise bad_row(path, number, error) from error
    return groups


def _not_negative(number: float) -> float:
    if not 0 <= number < float("inf"):
        raise ValueError(number)
    return number
