"""What changed between two plans or two years: rows that add up to the change of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.errors import BadInputError
from geo.text import Text

AMOUNTS = ("workers", "workers_covered", "worker_hours", "worker_hours_covered")
"""What :meth:`geo.coverage.answer.Coverage.table` adds up."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two coverage tables side by side.

    Attributes
    ----------
    keys : tuple[str, ...]
        Columns that name a row.
    rows : DataFrame
        `keys`, then for every amount its ``_before``, ``_after`` and ``_change``; a row that one
        side lacks counts as 0 there.
    """

    keys: tuple[str, ...]
    rows: pd.DataFrame

    def by(self, *keys: str) -> pd.DataFrame:
        """Return the rows added up by some of the keys."""
        summed: pd.DataFrame = self.rows.groupby(list(keys), as_index=False).sum(numeric_only=True)
        return summed

    def total(self, amount: str, side: str = "change") -> float:
        """Return an amount of the whole: `side` is "before", "after" or "change"."""
        return float(self.rows[f"{amount}_{side}"].sum())

    def share(self, side: str, covered: str = "workers_covered", of: str = "workers") -> float:
        """Return the share covered on one side, NaN where there is nobody."""
        whole = self.total(of, side)
        return self.total(covered, side) / whole if whole else np.nan


def compare_coverage(
    before: pd.DataFrame, after: pd.DataFrame, keys: Sequence[str] = ("district", "group")
) -> Comparison:
    """Set two tables (rows by `keys`, columns AMOUNTS) side by side.

    Raises
    ------
    BadInputError
        If a table lacks a column or has a row twice.
    """
    for name, table in (("before", before), ("after", after)):
        lacking = [column for column in (*keys, *AMOUNTS) if column not in table.columns]
        if lacking or table.duplicated(list(keys)).any():
            raise BadInputError(
                Text(
                    f"对比表 {name} 缺少列 {lacking} 或有重复的行：请重新运行 yizhan coverage。",
                    f"Table {name} lacks {lacking} or has a row twice: run yizhan coverage again.",
                )
            )
    sides = before[[*keys, *AMOUNTS]].merge(
        after[[*keys, *AMOUNTS]], on=list(keys), how="outer", suffixes=("_before", "_after")
    )
    amounts = [column for column in sides.columns if column not in keys]
    sides[amounts] = sides[amounts].fillna(0.0)
    for amount in AMOUNTS:
        sides[f"{amount}_change"] = sides[f"{amount}_after"] - sides[f"{amount}_before"]
    ordered = [f"{amount}_{side}" for amount in AMOUNTS for side in ("before", "after", "change")]
    return Comparison(tuple(keys), sides[[*keys, *ordered]])
