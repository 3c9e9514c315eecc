"""``coverage`` and ``export``: run parts of the main job, take the results."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import pandas as pd

from api.analysis.running import run_study
from api.analysis.street_words import piece_text
from api.border import border_remarks
from api.command.console import Console, Decorator, machine_option, project_option
from api.command.rule_options import RuleOptions
from data.store.project import Project
from data.streets.folder import open_streets
from geo.coverage.comparison import Comparison
from geo.coverage.rule import CoverageRule
from geo.study.rules import Part, StudyRules
from geo.summary.run import RunSummary, done
from geo.text import Language, Text
from maps.district_table import district_names
from maps.estimate_words import estimate_text

_COVERAGE = RuleOptions(CoverageRule)


def coverage_command(language: Language) -> click.Command:
    """Build ``yizhan coverage``."""
    against_help = Text(
        "与另一个项目、或用 yizhan export 留存的去年结果对比",
        "Compare with another project, or with results kept by yizhan export",
    )

    @click.command("coverage")
    @click.option(
        "--against",
        type=click.Path(file_okay=False, exists=True, path_type=Path),
        help=against_help.into(language),
    )
    @coverage_options(language)
    @project_option(language)
    @machine_option(language)
    @click.pass_context
    def coverage(
        context: click.Context,
        /,
        project: str,
        against: Path | None,
        as_json: bool,  # noqa: FBT001
        **_: object,
    ) -> None:
        from api.analysis.comparing import (  # noqa: PLC0415 - only where something is compared
            compare_with,
            comparison_facts,
            stored_coverage,
        )

        parameters = StudyRules(coverage=coverage_rule(context))
        earlier = None if against is None else stored_coverage(against)
        summary = run_parts(project, parameters, ("coverage",), language, as_json=as_json)
        console = Console(language, as_json=as_json)
        if earlier is None:
            console.answer(summary.to_json(), coverage_text(summary))
            return
        seen = compare_with(earlier, done(summary.coverage))
        names = district_names(
            {"districts": Project.open(Path(project)).read_or_empty("districts")}
        )
        console.answer(
            {**summary.to_json(), "comparison": comparison_facts(seen)},
            comparison_text(coverage_text(summary), seen, names),
        )

    return coverage


def export_command(language: Language) -> click.Command:
    """Build ``yizhan export``."""

    @click.command("export")
    @click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
    @project_option(language)
    @machine_option(language)
    def export(folder: Path, project: str, as_json: bool) -> None:  # noqa: FBT001
        from api.analysis.results import copy_results  # noqa: PLC0415 - brings in the maps

        copy_results(Project.open(Path(project)), folder)
        Console(language, as_json=as_json).answer(
            {"folder": str(folder)}, Text(f"结果已复制到 {folder}", f"Results copied to {folder}")
        )

    return export


def coverage_options(language: Language) -> Decorator:
    """Return the options that say when a worker counts as served."""
    return _COVERAGE.decorate(language)


def coverage_rule(context: click.Context) -> CoverageRule:
    """Read the coverage rule out of a command's options."""
    given = _COVERAGE.given(context)
    if {"limit_s", "limit_m"} <= given.keys():
        raise click.UsageError(
            Text("--minutes 和 --metres 请只给一个", "give --minutes or --metres, not both").both
        )
    return CoverageRule(**given)


def run_parts(
    project: str,
    parameters: StudyRules,
    parts: tuple[Part, ...],
    language: Language,
    *,
    as_json: bool,
) -> RunSummary:
    """Run `parts` of the main job with progress shown, and return the summary."""
    opened = Project.open(Path(project))
    with Console(language, as_json=as_json) as console:
        summary = run_study(
            opened, parameters, parts=parts, language=language, progress=console.progress
        )
    if "coverage" in parts:
        streets = open_streets(opened.streets_folder)
        for remark in border_remarks(opened, streets, rule=parameters.coverage):
            console.remark(remark)
    return summary


_WORKERS = Text("名职工", "workers")
_PARTS = Text("份（相对权重，不是人数）", "parts (weights, no numbers of people)")


def coverage_text(summary: RunSummary) -> Text:
    """Say the coverage of `summary` in one paragraph."""
    total, seen = done(summary.workers_total), done(summary.coverage)
    hours = seen.worker_hours_covered / (seen.worker_hours_total or 1.0)
    share = seen.covered_before / (total or 1.0)
    pieces = seen.street_pieces
    more = piece_text(pieces) if pieces.not_listed + len(pieces.listed) else None
    rests = None if summary.siting else estimate_text(summary, {})
    unit = _PARTS if summary.workers_rest_on == "relative" else _WORKERS
    return Text(
        f"覆盖：{seen.covered_before:,.0f} / {total:,.0f} {unit.zh}（{share:.1%}）；"
        f"按活动时段计 {hours:.1%}；缺口 {seen.gaps} 处。"
        + (f"\n道路连通情况，{more.zh}" if more else "")
        + (f"\n{rests.zh}" if rests else ""),
        f"Coverage: {seen.covered_before:,.0f} of {total:,.0f} {unit.en} ({share:.1%}); "
        f"{hours:.1%} of their active hours; {seen.gaps} gaps."
        + (f"\nStreets connected, {more.en}" if more else "")
        + (f"\n{rests.en}" if rests else ""),
    )


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
