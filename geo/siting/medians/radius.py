"""The p-centre beside existing stations: the longest way, in whole minutes, as short as can be.

Whether the sites allowed suffice within a radius is a set covering problem (Minieka 1970), here
with all the planner's rules; bisection over the radii proves both sides: they suffice at the
answer, and do not one step shorter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from geo.errors import InfeasibleError
from geo.reach.catchments import Catchments
from geo.siting.models.formulation import solve_program
from geo.siting.models.front import ModelAnswer
from geo.siting.models.model import Floor, Goal, Model
from geo.siting.models.textbook import covers_of
from geo.siting.problem import CoveringProblem
from geo.siting.rule import Flags, Floats
from geo.siting.solve import SolveStatus
from geo.solving import Stop, never
from geo.text import Text


def shortest_radius(
    problem: CoveringProblem,
    pairs: Catchments,
    now: Floats,
    *,
    unit: float,
    nodes: int = 2_000,
    seed: int = 0,
    stop: Stop = never,
) -> ModelAnswer:
    """Choose by the rules of `problem` so that the longest way is shortest.

    Demand with no candidate and no station within reach of `pairs` is left out: nothing helps it.

    Parameters
    ----------
    problem : CoveringProblem
        Its weights say who counts (above 0); its rules hold, the count of sites among them.
    pairs : Catchments
        Ways as far as the longest radius worth trying.
    now : (m,) float64
        Way to the nearest existing station; inf where there is none.
    unit : float
        Radii are multiples of it.

    Raises
    ------
    InfeasibleError
        Even the longest ways of `pairs` do not suffice.
    """
    ways = np.ceil(pairs.cost.astype(np.float64) / unit)
    own, longest = np.ceil(now / unit), int(ways.max(initial=0.0))
    best = own.copy()
    np.minimum.at(best, pairs.point, ways)
    asked = (problem.weight > 0) & (best <= longest)
    trial = _Trial(problem, pairs, nodes, seed, stop)
    low, high = int(best[asked].max(initial=0.0)), longest
    chosen, _ = trial.within(asked & (own > high), high * unit)
    if chosen is None:
        raise InfeasibleError(
            Text(
                f"即使放宽到 {high * unit:g}，允许的站点数仍不够：请增加站点数或放宽约束。",
                f"Even within {high * unit:g} the sites allowed do not suffice: allow more.",
            )
        )
    proven = low
    while low < high and not stop():
        middle = (low + high) // 2
        found, none = trial.within(asked & (own > middle), middle * unit)
        if found is not None:
            chosen, high = found, middle
            continue
        low = middle + 1
        # A search that gave up proves nothing; one that was exhausted, that no shorter will do.
        proven = low if none else proven
    value, bound = high * unit, min(proven, high) * unit
    gap = (value - bound) / value if value > 0 else 0.0
    return ModelAnswer(
        chosen, value, bound, gap, SolveStatus.OPTIMAL if gap <= 0 else SolveStatus.BOUNDED
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Trial:
    """Whether the sites allowed suffice within a radius."""

    problem: CoveringProblem
    pairs: Catchments
    nodes: int
    seed: int
    stop: Stop

    def within(self, asked: Flags, radius: float) -> tuple[Flags | None, bool]:
        """Return a choice that reaches all `asked`, and whether there being none is proven."""
        columns = np.flatnonzero(asked)
        covers = covers_of(self.pairs, radius)[:, columns]
        if len(columns) and int(covers.getnnz(axis=0).min()) == 0:
            return None, True
        size = len(columns)
        part = replace(self.problem, covers=covers, weight=np.ones(size))
        floor = Floor(Text("全部", "all"), np.ones(size, np.bool_), float(size))
        model = Model(part, Goal.SPEND, floors=(floor,))
        found = solve_program(model, nodes=self.nodes, seed=self.seed, stop=self.stop)
        return found.chosen, found.infeasible
