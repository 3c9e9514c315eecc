"""How a command says what changed between two coverages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from geo.coverage.comparison import Comparison
from geo.text import Text


def comparison_text(now: Text, seen: Comparison, names: Mapping[str, str]) -> Text:
    """Say the coverage `now`, then what changed in all and by district, one line each.

    Parameters
    ----------
    names : Mapping[str, str]
        Districts by adcode.
    """
    lines = [now, _line(Text("合计", "In all"), seen.rows.sum(numeric_only=True))]
    for _, row in seen.by("district").iterrows():
        code = str(row["district"])
        name = names.get(code, code)
        lines.append(_line(Text(name or "区市不详", name or "No district"), row))
    return Text("\n".join(line.zh for line in lines), "\n".join(line.en for line in lines))


def _line(name: Text, row: pd.Series[Any]) -> Text:
    workers = [_share(row, "workers", side) for side in ("before", "after")]
    hours = [_share(row, "worker_hours", side) for side in ("before", "after")]
    change = f"{row['workers_covered_change']:+,.0f}"
    return Text(
        f"{name.zh}：覆盖 {' → '.join(workers)}（{change} 人），工时 {' → '.join(hours)}",
        f"{name.en}: covered {' → '.join(workers)} ({change} workers), "
        f"worker-hours {' → '.join(hours)}",
    )


def _share(row: pd.Series[Any], amount: str, side: str) -> str:
    whole = row[f"{amount}_{side}"]
    return f"{row[f'{amount}_covered_{side}'] / whole:.1%}" if whole else "—"
