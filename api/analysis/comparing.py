"""What changed between the results of two projects, or of one project and an earlier copy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from data.project import Project
from geo.coverage.comparison import Comparison, compare_coverage
from geo.errors import BrokenFileError, MissingError
from geo.text import Text

_TABLE = "coverage_by_district_group"


def stored_coverage(folder: Path) -> pd.DataFrame:
    """Return the coverage by district and group that is published in `folder`.

    Parameters
    ----------
    folder : Path
        A project, its results, or a copy of them made by ``yizhan export``.

    Raises
    ------
    MissingError
        If `folder` holds no results of coverage.
    BrokenFileError
        If they cannot be read.
    """
    stored = _stored(folder)
    if not isinstance(stored.get(_TABLE), list):
        raise _missing(folder)
    return pd.DataFrame(stored[_TABLE])


def compare_with(earlier: pd.DataFrame, summary: Mapping[str, Any]) -> Comparison:
    """Compare `earlier`, from :func:`stored_coverage`, with the figures of a run."""
    return compare_coverage(earlier, pd.DataFrame(summary[_TABLE]))


def comparison_facts(seen: Comparison) -> dict[str, Any]:
    """Return a comparison for machines: totals, rows by district, and every row."""
    return {
        "totals": seen.rows.sum(numeric_only=True).to_dict(),
        "by_district": seen.by("district").to_dict("records"),
        "rows": seen.rows.to_dict("records"),
    }


def _stored(folder: Path) -> Mapping[str, Any]:
    path = _results_in(folder) / "summary.json"
    if not path.is_file():
        raise _missing(folder)
    try:
        stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BrokenFileError(
            Text(f"{path} 已损坏，读不出结果。", f"{path} is broken: no results to read.")
        ) from error
    return stored


def _results_in(folder: Path) -> Path:
    """Return where `folder` keeps its results: a project's own, or itself."""
    try:
        return Project.open(folder).results_folder
    except MissingError:
        return folder


def _missing(folder: Path) -> MissingError:
    return MissingError(
        Text(
            f"{folder} 里没有可对比的覆盖结果：请先在其中运行 yizhan coverage。",
            f"{folder} holds no coverage to compare with: run yizhan coverage there first.",
        )
    )
