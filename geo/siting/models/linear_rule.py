"""One linear rule over the candidates, with the words a planner knows it by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from geo.arrays import Floats
from geo.errors import BadInputError
from geo.text import Text

YUAN_A_UNIT = 10_000.0
"""Yuan in the unit money is counted in (万元)."""


@dataclass(frozen=True, slots=True, eq=False)
class LinearRule:
    """``low <= sum(coefficient * chosen) <= high``.

    Attributes
    ----------
    text : Text
        What a planner calls the rule; shown when rules fight and where one binds.
    coefficient : (n,) float64
        What each candidate uses of it, non-negative.
    low, high : float
        Bounds, both included; ``-inf`` or ``inf`` for none.
    money : bool
        Whether it counts money, in units of 10,000 yuan (万元): a rule then weighs about as much
        as a count, which the search for prices needs to converge.
    """

    text: Text
    coefficient: Floats
    low: float = -np.inf
    high: float = np.inf
    money: bool = False

    def __post_init__(self) -> None:
        """Refuse negative or missing coefficients and a reversed range."""
        if not np.all(np.isfinite(self.coefficient)) or np.any(self.coefficient < 0):
            raise BadInputError(
                Text(
                    f"约束“{self.text.zh}”含有负数或缺失的系数，请检查候选点数据。",
                    f'Rule "{self.text.en}" has negative or missing coefficients; '
                    "check the candidates.",
                )
            )
        if self.low > self.high:
            raise BadInputError(
                Text(
                    f"约束“{self.text.zh}”的下限 {self.low:g} 大于上限 {self.high:g}。",
                    f'Rule "{self.text.en}" wants at least {self.low:g} and at most {self.high:g}.',
                )
            )


def count_rule(n_candidates: int, count: int) -> LinearRule:
    """At most `count` candidates."""
    return LinearRule(
        Text(f"总数不超过 {count} 个", f"at most {count} sites"),
        np.ones(n_candidates),
        high=float(count),
    )


def budget_rule(cost_cny: Floats, budget_cny: float) -> LinearRule:
    """At most `budget_cny` yuan in all (budgeted covering; Khuller, Moss & Naor 1999)."""
    text = Text(f"总费用不超过 {budget_cny:z,.0f} 元", f"at most CNY {budget_cny:z,.0f}")
    return money_rule(text, cost_cny, budget_cny)


def money_rule(text: Text, cost_cny: Floats, most_cny: float) -> LinearRule:
    """At most `most_cny` yuan of the (n,) costs."""
    cost = np.asarray(cost_cny, np.float64) / YUAN_A_UNIT
    return LinearRule(text, cost, high=float(most_cny) / YUAN_A_UNIT, money=True)


def class_rules(
    classes: Sequence[str],
    minimum: int | Mapping[str, int] = 0,
    maximum: Mapping[str, int] | None = None,
    *,
    names: Mapping[str, Text] | None = None,
) -> tuple[LinearRule, ...]:
    """Bound how many candidates of each class (district, kind, host) are chosen.

    Parameters
    ----------
    classes : (n,) sequence of str
        The class of each candidate; empty text belongs to none.
    minimum : int | Mapping[str, int]
        The same for every class that has a candidate, or one by class.
    maximum : Mapping[str, int] | None
        By class; none where absent.
    names : Mapping[str, Text] | None
        What people call the classes.
    """
    member = np.asarray([str(name) for name in classes])
    present = [name for name in np.unique(member).tolist() if name]
    least = minimum if isinstance(minimum, Mapping) else dict.fromkeys(present, minimum)
    most = maximum or {}
    rules = []
    for name in sorted({*present, *least, *most} - {""}):
        inside = (member == name).astype(np.float64)
        text = (names or {}).get(name, Text(name, name))
        have = int(inside.sum())
        if least.get(name, 0) > 0:
            rules.append(
                LinearRule(_least(text, least[name], have), inside, low=float(least[name]))
            )
        if name in most:
            rules.append(LinearRule(_most(text, most[name]), inside, high=float(most[name])))
    return tuple(rules)


def _least(text: Text, least: int, have: int) -> Text:
    return Text(
        f"{text.zh}至少 {least} 个（候选点 {have} 个）",
        f"{text.en} needs at least {least} (has {have} candidates)",
    )


def _most(text: Text, most: int) -> Text:
    return Text(f"{text.zh}最多 {most} 个", f"{text.en} takes at most {most}")
