"""The best that many good choices hold together: solved exactly among the candidates of any of them.

Good choices share most of their sites, so the candidates of all of them are few, and the best choice
among those few is often better than each (tour merging, Cook & Seymour 2003, INFORMS Journal on
Computing 15; for subsets in general Blum et al. 2016, Computers & Operations Research 68).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geo.arrays import Flags
from geo.siting.models.covering_problem import CoveringProblem
from geo.siting.solver.exact import solve_mip
from geo.siting.solver.reduction import among
from geo.solving import StoppingCriterion, never

_NODES = 200


def merged(
    problem: CoveringProblem,
    choices: Sequence[Flags],
    *,
    most_pairs: int,
    seed: int = 0,
    stop: StoppingCriterion = never,
) -> Flags:
    """Return the best choice found among the candidates of `choices`, never worse than each.

    Parameters
    ----------
    choices : sequence of (n,) bool
        Each keeps the rules.
    most_pairs : int
        Covering pairs at most; the best choices are merged, as many as fit.
    """
    ranked = sorted(choices, key=problem.value, reverse=True)
    held = ranked[0].copy()
    for one in ranked[1:]:
        both = held | one
        if int(np.diff(problem.covers.indptr)[both].sum()) <= most_pairs:
            held = both
    rows = np.flatnonzero(held | problem.forced)
    solved = solve_mip(among(problem, rows), ranked[0][rows], nodes=_NODES, seed=seed, stop=stop)
    best = ranked[0].copy()
    if solved.chosen is not None:
        found = np.zeros_like(best)
        found[rows] = solved.chosen
        if problem.value(found) > problem.value(best) and not problem.broken(found):
            best = found
    return best
