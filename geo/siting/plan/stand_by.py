"""Who stands by for a chosen site: the candidate that would best take its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from geo.siting.plan.brief import BriefPlan


@dataclass(frozen=True, slots=True)
class StandBy:
    """A candidate in the place of a chosen site.

    Attributes
    ----------
    row : int
        Of the candidate.
    change : float
        Workers covered more (or, below 0, less) by that swap.
    """

    row: int
    change: float


def stand_by(plan: BriefPlan, row: int) -> StandBy | None:
    """Return the candidate that would best take the place of chosen `row`; None if the rules allow none."""
    from geo.siting.solver.local_search import chosen_from  # noqa: PLC0415 - brings kernels

    values = chosen_from(plan.problem, plan.chosen).swap_values(row)
    values[plan.chosen] = -np.inf
    best = int(np.argmax(values))
    return StandBy(best, float(values[best])) if np.isfinite(values[best]) else None
