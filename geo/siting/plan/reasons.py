"""Why each site was chosen: whom it newly covers, what is lost without it, who could stand in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.arrays import Flags
from geo.layers.vocabulary import Group, Setting
from geo.siting.models.covering_problem import CoveringProblem
from geo.siting.solver.local_search import CandidateSet
from geo.text import Text

_GROUPS_NAMED = 3
"""As many as a sentence holds."""
_NOBODY = 1e-9
"""Part of the weight covered that counts as none: what sums of floats are off."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Reason:
    """One chosen site's part in the plan.

    Attributes
    ----------
    row : int
        The candidate.
    new : (d,) int64
        Demands it newly covers when opened in rank order.
    lost : float
        Workers nobody covers if it alone is left out of the whole plan.
    overlap : float
        Workers it covers who other chosen sites cover too.
    runner_up : int
        The candidate that could best take its place and would itself add somebody; -1 when there
        is none.
    runner_up_loss : float
        Workers the plan loses by that swap; nan when there is none.
    """

    row: int
    new: NDArray[np.int64]
    lost: float
    overlap: float
    runner_up: int
    runner_up_loss: float


def reasons(problem: CoveringProblem, ranked: Sequence[int]) -> list[Reason]:
    """Give every chosen site, in rank order, its reason."""
    choice = CandidateSet(problem)
    for row in ranked:
        choice.add(int(row))
    seen: Flags = np.zeros(len(problem.weight), np.bool_)
    given = []
    for row in ranked:
        covered = problem.covers[int(row)].indices.astype(np.int64)
        new = covered[~seen[covered] & (problem.weight[covered] > 0)]
        seen[covered] = True
        lost = choice.lost_without(int(row))
        total = float(problem.weight[covered].sum())
        other, loss = _runner_up(choice, int(row), lost)
        given.append(
            Reason(
                row=int(row),
                new=new,
                lost=lost,
                overlap=total - lost,
                runner_up=other,
                runner_up_loss=loss,
            )
        )
    return given


def _runner_up(choice: CandidateSet, row: int, lost: float) -> tuple[int, float]:
    change = choice.swap_values(row)
    best = int(np.argmax(change))
    # One that would cover nobody the others do not stands in for nothing.
    if not change[best] + lost > _NOBODY * max(1.0, choice.value):
        return -1, float("nan")
    return best, max(0.0, -float(change[best]))


def by_word(demand: pd.DataFrame, rows: NDArray[np.int64], column: str) -> dict[str, float]:
    """Add the workers of `rows` up by `column` ("group" or "setting"), most first."""
    words, workers = demand[column].array.take(rows), demand["workers"].array.take(rows)
    sums: dict[str, float] = {}
    # A site has some hundred rows at most, and there are hundreds of sites: no groupby.
    for word, amount in zip(words, workers, strict=True):
        sums[str(word)] = sums.get(str(word), 0.0) + float(amount)
    ordered = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    return {name: round(amount, 1) for name, amount in ordered if amount > 0}


def groups_text(amounts: dict[str, float]) -> Text:
    """Name the groups with most, in brackets; nothing where there are none."""
    named = [(Group(name).text, amount) for name, amount in amounts.items()][:_GROUPS_NAMED]
    if not named:
        return Text("", "")
    return Text(
        "（" + "、".join(f"{text.zh} {amount:z,.0f}" for text, amount in named) + "）",
        " (" + ", ".join(f"{text.en} {amount:z,.0f}" for text, amount in named) + ")",
    )


def sentence(
    new_by_group: dict[str, float],
    new_by_setting: dict[str, float],
    reason: Reason,
    *,
    nearest: Text,
    runner_up: Text,
    robust: float,
    cost_per_worker: float | None = None,
    gaps: Sequence[str] = (),
) -> Text:
    """Put the reason of a site that adds somebody into words a committee can read."""
    total = sum(new_by_group.values())
    most = groups_text(new_by_group)
    zh = [f"新增覆盖 {total:z,.0f} 名职工" + most.zh]
    en = [f"newly covers {total:z,.0f} workers" + most.en]
    places = [(Setting(name).text, amount) for name, amount in new_by_setting.items()]
    if places:
        zh.append("其中" + "、".join(f"{text.zh} {amount:z,.0f} 名" for text, amount in places))
        en.append(", ".join(f"{text.en.lower()} {amount:z,.0f}" for text, amount in places))
    zh += [nearest.zh, f"去掉后 {reason.lost:z,.0f} 名职工失去覆盖", runner_up.zh]
    en += [nearest.en, f"without it {reason.lost:z,.0f} workers lose cover", runner_up.en]
    if gaps:
        zh.append("填补缺口 " + "、".join(gaps))
        en.append("closes gaps " + ", ".join(gaps))
    if reason.overlap > 0:
        zh.append(f"另有 {reason.overlap:z,.0f} 人其他推荐站点也能覆盖")
        en.append(f"{reason.overlap:z,.0f} more are also covered by other recommended sites")
    if cost_per_worker is not None:
        zh.append(f"每新增覆盖 1 人 {cost_per_worker:z,.0f} 元")
        en.append(f"CNY {cost_per_worker:z,.0f} per worker newly covered")
    if np.isfinite(robust):
        zh.append(f"人数 ±20 % 的试算中 {robust:.0%} 入选")
        en.append(f"chosen in {robust:.0%} of runs with demand off by up to 20 %")
    return _joined(zh, en)


def sentence_of_rule(
    rules: Sequence[Text],
    *,
    nearest: Text,
    hours: float | None,
    cost_cny: float | None,
    equals: Text,
) -> Text:
    """Say of a site that adds nobody which rules alone put it in, and what it spends."""
    zh = ["只因“" + "”“".join(rule.zh for rule in rules) + "”入选，不新增覆盖职工"]
    en = ['here only because of "' + '" and "'.join(rule.en for rule in rules) + '", adds nobody']
    if cost_cny is not None:
        zh.append(f"费用 {cost_cny:z,.0f} 元")
        en.append(f"costs CNY {cost_cny:z,.0f}")
    if hours:
        zh.append(f"每周多服务 {hours:z,.0f} 人时")
        en.append(f"serves {hours:z,.0f} more worker-hours a week")
    zh += [equals.zh, nearest.zh]
    en += [equals.en, nearest.en]
    return _joined(zh, en)


def _joined(zh: list[str], en: list[str]) -> Text:
    en[0] = en[0][0].upper() + en[0][1:]
    return Text(
        "；".join(part for part in zh if part) + "。",
        "; ".join(part for part in en if part) + ".",
    )
