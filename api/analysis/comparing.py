"""What changed between the results of two projects, or of one project and an earlier copy."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from data.store.project import Project
from data.store.summary_file import read_summary
from geo.coverage.comparison import Comparison, compare_coverage
from geo.errors import BadInputError, MissingError
from geo.json_shapes import JsonFacts
from geo.summary.coverage import CoverageFigures
from geo.text import Text


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
    BadInputError
        If another program wrote them.
    """
    stored = read_summary(_results_in(folder))
    if "coverage" in stored.unread:
        raise BadInputError(
            Text(
                f"{folder} 的结果由另一版程序写成，无法对比：请先在其中重新运行 yizhan coverage。",
                f"The results in {folder} were written by another program: run yizhan coverage "
                "there again first.",
            )
        )
    if stored.summary.coverage is None:
        raise _missing(folder)
    return _table(stored.summary.coverage)


def _table(coverage: CoverageFigures) -> pd.DataFrame:
    return pd.DataFrame([dict(row) for row in coverage.by_district_group])


def compare_with(earlier: pd.DataFrame, coverage: CoverageFigures) -> Comparison:
    """Compare `earlier`, from :func:`stored_coverage`, with the coverage of a run."""
    return compare_coverage(earlier, _table(coverage))


def comparison_facts(seen: Comparison) -> JsonFacts:
    """Return a comparison for machines: totals, rows by district, and every row."""
    return {
        "totals": seen.rows.sum(numeric_only=True).to_dict(),
        "by_district": seen.by("district").to_dict("records"),
        "rows": seen.rows.to_dict("records"),
    }


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
