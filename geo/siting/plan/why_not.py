"""Candidates beside the plan: what speaks against one, and which would stand by for a chosen site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.text import Text

if TYPE_CHECKING:
    from geo.siting.plan.brief import BriefPlan


@dataclass(frozen=True, slots=True)
class WhyNot:
    """What speaks against a candidate that is not in the plan.

    Attributes
    ----------
    workers_within : float
        Workers within the limit of it that no existing station covers.
    workers_new : float
        Those among them that the plan does not cover either.
    replaces : int | None
        Row of the chosen site it could best take the place of; None where the rules allow no swap.
    change : float | None
        Workers covered more (or, below 0, less) by that swap.
    blocked : tuple[Text, ...]
        Rules that keep it from being added as things are.
    """

    workers_within: float
    workers_new: float
    replaces: int | None
    change: float | None
    blocked: tuple[Text, ...]


def why_not(plan: BriefPlan, row: int) -> WhyNot:
    """Say what candidate `row`, which the plan leaves out, would add now and whom it could replace."""
    from geo.siting.solver.local_search import chosen_from  # noqa: PLC0415 - brings kernels

    problem, chosen = plan.problem, plan.chosen
    choice = chosen_from(problem, chosen)
    more = chosen.copy()
    more[row] = True
    blocked = tuple(text for text in problem.broken(more) if text not in problem.broken(chosen))
    swaps = np.array([choice.swap_values(one)[row] for one in plan.rows.tolist()], np.float64)
    best = int(np.argmax(swaps)) if len(swaps) and np.isfinite(swaps).any() else -1
    covered = problem.covers[row].indices
    return WhyNot(
        float(problem.weight[covered].sum()),
        float(choice.gain[row]),
        int(plan.rows[best]) if best >= 0 else None,
        float(swaps[best]) if best >= 0 else None,
        blocked,
    )


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
