"""Other plans worth as much as the one found: which candidates they can hold, and the cheapest."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo.arrays import Flags, Floats
from geo.siting.models.covering_problem import CoveringProblem
from geo.siting.models.model import Floor, Goal, Model
from geo.siting.solver.formulation import solve_program
from geo.siting.solver.lagrangian import Multipliers
from geo.siting.solver.reduction import aggregate
from geo.solving import StoppingCriterion, never
from geo.text import Text

NODES = 2_000
"""Chosen: a plan is there already; a cheaper one is not worth waiting for."""
AS_GOOD = Text("不少于已定方案", "no less than the plan")
_SAME = 1e-9
"""Relative: values nearer than this are one."""
_MOST_PAIRS = 40_000
"""Covering pairs; above, no other plan is looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """The problem without the candidates that no plan as good can hold.

    Attributes
    ----------
    small : CoveringProblem
        Rows merged; the candidates left out are forbidden.
    rows : (h,) int64
        The candidates left.
    least : float
        What a plan as good covers at least.
    """

    small: CoveringProblem
    rows: NDArray[np.int64]
    least: float


def held_by(problem: CoveringProblem, chosen: Flags, prices: Multipliers) -> Held | None:
    """Leave out by reduced cost what no plan as good as `chosen` holds; None if still too large.

    Parameters
    ----------
    prices : Multipliers
        Of this very problem, or of one with fewer rules.
    """
    value = problem.value(chosen)
    slack = _SAME * max(1.0, value)
    out, _ = prices.ruled_out(value - 2 * slack)
    left = ~(out | problem.forbidden) | chosen | problem.forced
    small = aggregate(replace(problem, forbidden=~left))
    if small.covers.nnz > _MOST_PAIRS:
        return None
    return Held(small, np.flatnonzero(left), value - slack)


def cheapest_as_good(
    problem: CoveringProblem,
    chosen: Flags,
    cost: Floats,
    prices: Multipliers,
    *,
    seed: int = 0,
    stop: StoppingCriterion = never,
) -> Flags:
    """Return the cheapest plan found that covers as much as `chosen`, itself if none is cheaper."""
    held = held_by(problem, chosen, prices)
    if held is None or stop() or not bool(np.isfinite(cost).all()):
        return chosen
    everyone = np.ones(len(held.small.weight), np.bool_)
    floor = Floor(AS_GOOD, everyone, held.least)
    model = Model(problem=held.small, goal=Goal.SPEND, cost=cost, floors=(floor,))
    found = solve_program(model, nodes=NODES, seed=seed, stop=stop)
    if found.chosen is None or cost[found.chosen].sum() >= cost[chosen].sum():
        return chosen
    return found.chosen
