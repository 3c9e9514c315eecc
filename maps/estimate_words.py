"""What people read where an answer rests on estimated workers."""

from __future__ import annotations

from collections.abc import Mapping

from geo.summary.figures import EstimateFigures
from geo.summary.run import RunSummary
from geo.text import Text

_ALL = 0.9995
"""Shares above read as 100 %."""


def estimate_mark(summary: RunSummary) -> Text | None:
    """Return what stands where 示例 would: 估算, or that the figures are no people; None if neither."""
    if summary.workers_rest_on == "relative":
        return Text("估算 · 相对权重，不是人数", "ESTIMATE 估算: weights, no numbers of people")
    return Text("估算", "ESTIMATE 估算") if summary.workers_rest_on else None


def estimate_text(summary: RunSummary, names: Mapping[str, str]) -> Text | None:
    """Return how much of the answer is estimated and how far other weights move it; None if none.

    Parameters
    ----------
    summary : RunSummary
        Of a run.
    names : Mapping[str, str]
        Districts by adcode.
    """
    told = summary.coverage and summary.coverage.estimate
    if not told:
        return None
    share = told.estimated / (told.total or 1.0)
    lists = _districts(told, names)
    covered = _pair(told.covered)
    zh = (
        f"职工有 {share:.0%} 为估算"
        + ("（没有总数，是相对权重，不是人数）" if told.relative else "")
        + (f"；有名单的：{lists}" if lists else "")
        + f"。吸引点权重换 {told.runs} 组（每项在三分之一到三倍之间）试算：现覆盖 {covered}"
    )
    en = (
        f"{share:.0%} of the workers are estimated"
        + (" (no totals: weights, no numbers of people)" if told.relative else "")
        + (f"; listed: {lists}" if lists else "")
        + f". Under {told.runs} other weightings (each a third to three times) {covered} are "
        "covered now"
    )
    plan = summary.siting and summary.siting.estimate
    if plan:
        zh += (
            f"，建成后 {_pair(plan.after)}；推荐的 {len(plan.kept)} 处中 {plan.staying} 处"
            "在至少八成试算里仍入选"
        )
        en += (
            f", {_pair(plan.after)} with the sites; of the {len(plan.kept)} recommended "
            f"{plan.staying} stay under at least four of five"
        )
    return Text(zh + "。", en + ".")


def _districts(told: EstimateFigures, names: Mapping[str, str]) -> str:
    """Return the districts whose workers are listed, at least in part."""
    return "、".join(
        names.get(code, code) + ("" if share <= 1 - _ALL else f"（{1 - share:.0%}）")
        for code, share in told.by_district.items()
        if code and share < _ALL
    )


def _pair(pair: tuple[float, float]) -> str:
    low, high = pair
    return f"{low:.0%}–{high:.0%}"
