"""How evenly a service is spread over the workers: Lorenz curve, Gini, Theil, worst-served tenth.

Each worker of a point has the point's amount x of the service (hours a week with a station open
in reach, visits a day it can take). With workers in order of rising amount:

- **Lorenz curve** (Lorenz 1905): share of the service that the worst-served share p of the
  workers has, L(p); the diagonal is perfect equality.
- **Gini** (Gini 1912): twice the area between the diagonal and the curve, 0 (all alike) to
  nearly 1 (one has everything).
- **Theil T** (Theil 1967): mean of (x/μ) ln(x/μ), with 0 ln 0 = 0; 0 when all are alike. It
  parts exactly into what lies between groups and what lies within them.
- **Worst-served tenth**: the mean amount of the tenth of all workers that have least; the point
  at the edge counts in part.

Nobody served at all is no inequality: with a mean of 0 Gini and Theil are 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.arrays import Floats

_TENTH = 0.1
"""The part of the people that "the worst served tenth" means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Equity:
    """How evenly an amount is spread.

    Attributes
    ----------
    workers : float
        How many have it.
    mean : float
        Amount per worker.
    people_share, amount_share : (m,) float64
        The Lorenz curve from (0, 0) to (1, 1), a vertex for every distinct amount.
    gini, theil : float
        See the module.
    worst_tenth : float
        Mean amount of the worst-served tenth of the workers.
    """

    workers: float
    mean: float
    people_share: Floats
    amount_share: Floats
    gini: float
    theil: float
    worst_tenth: float

    def share_of_worst(self, part: float) -> float:
        """Return the share of the whole amount that the worst-served `part` (0 to 1) has."""
        return float(np.interp(part, self.people_share, self.amount_share))


def measure_equity(amount: Floats, workers: Floats) -> Equity:
    """Measure how evenly `amount` (per worker, not negative) is spread over `workers`, (n,) both."""
    kept = workers > 0
    levels, member = np.unique(amount[kept], return_inverse=True)
    people = np.bincount(member, workers[kept], minlength=len(levels)).astype(np.float64)
    total, whole = float(people.sum()), float(people @ levels)
    rising = np.concatenate([[0.0], np.cumsum(people)]) / max(total, 1e-300)
    held = np.concatenate([[0.0], np.cumsum(people * levels)])
    share = held / whole if whole > 0 else rising
    return Equity(
        workers=total,
        mean=whole / total if total > 0 else 0.0,
        people_share=rising,
        amount_share=share,
        gini=1.0 - float(np.sum(np.diff(rising) * (share[1:] + share[:-1]))) if whole else 0.0,
        theil=_theil(levels, people),
        worst_tenth=float(np.interp(_TENTH, rising, held)) / (_TENTH * total) if total > 0 else 0.0,
    )


def _theil(levels: Floats, people: Floats) -> float:
    total, whole = people.sum(), people @ levels
    if whole <= 0:
        return 0.0
    relative = levels[levels > 0] * total / whole
    return float(people[levels > 0] @ (relative * np.log(relative)) / total)


@dataclass(frozen=True, slots=True)
class TheilParts:
    """Theil's T in two parts that add up to it.

    Attributes
    ----------
    between : float
        What would remain if everyone had the mean of their group.
    within : float
        What lies inside the groups, each weighted by its share of the amount.
    """

    between: float
    within: float


def theil_parts(amount: Floats, workers: Floats, groups: pd.Series) -> TheilParts:
    """Part Theil's T of `amount` by `groups`, (n,) all (Theil 1967; Bourguignon 1979)."""
    rows = equity_by(amount, workers, groups)
    held = rows["workers"].to_numpy() * rows["mean"].to_numpy()
    between = measure_equity(rows["mean"].to_numpy(np.float64), rows["workers"].to_numpy()).theil
    within = float(held @ rows["theil"].to_numpy()) / max(float(held.sum()), 1e-300)
    return TheilParts(between, within)


def equity_by(amount: Floats, workers: Floats, groups: pd.Series) -> pd.DataFrame:
    """Return one row a group: workers, mean, gini, theil, worst_tenth and in_worst_tenth.

    `in_worst_tenth` are the group's workers among the worst-served tenth of all; the column adds
    up to a tenth of the workers. Ties at the edge of the tenth are shared out evenly.
    """
    codes, names = pd.factorize(groups, sort=True)
    worst = workers * worst_tenth(amount, workers)
    rows = []
    for code, name in enumerate(names):
        member = codes == code
        seen = measure_equity(amount[member], workers[member])
        rows.append(
            {
                groups.name: name,
                "workers": seen.workers,
                "mean": seen.mean,
                "gini": seen.gini,
                "theil": seen.theil,
                "worst_tenth": seen.worst_tenth,
                "in_worst_tenth": float(worst[member].sum()),
            }
        )
    return pd.DataFrame(rows)


def worst_tenth(amount: Floats, workers: Floats) -> Floats:
    """Return the part of each point's workers among the worst-served tenth of all, (n,) 0 to 1."""
    levels, member = np.unique(amount, return_inverse=True)
    people = np.bincount(member, workers, minlength=len(levels))
    before = np.cumsum(people) - people
    left = _TENTH * people.sum() - before
    part = np.divide(left, people, out=np.zeros(len(levels)), where=people > 0)
    share: Floats = np.clip(part, 0.0, 1.0)[member]
    return share
