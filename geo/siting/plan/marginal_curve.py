"""Coverage against the number of sites, with a bound as a band above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from geo.arrays import Floats
from geo.siting.models.covering_problem import CoveringProblem
from geo.siting.solver.local_search import CandidateSet
from geo.siting.solver.reduction import aggregate
from geo.siting.solver.relaxation import multipliers_by_count
from geo.solving import StoppingCriterion, never

_KNOTS = 8
"""Chosen: bounds are computed at eight counts and hold between them."""


def marginal_curve(
    problem: CoveringProblem,
    ranked: Sequence[int],
    before: float,
    *,
    iterations: int = 150,
    stop: StoppingCriterion = never,
) -> pd.DataFrame:
    """Return ``sites, covered, upper_bound`` for 0 to twice as many sites as were ranked.

    `covered` follows the ranked sites and then adds the best next ones (money, districts and
    spacing aside). `upper_bound` holds for every choice of that many sites: Lagrangian prices
    found for one number of sites bound all others too, so a few knots make the whole band.
    """
    free = aggregate(replace(problem, rules=(), conflicts=problem.conflicts[:0]))
    free = replace(free, forced=np.zeros_like(free.forced))
    choice = CandidateSet(free)
    covered = [0.0]
    for row in ranked:
        choice.add(int(row))
        covered.append(choice.value)
    while len(covered) <= 2 * len(ranked):
        open_gain = np.where(choice.chosen | free.forbidden, -np.inf, choice.gain)
        best = int(np.argmax(open_gain))
        if open_gain[best] <= 0:
            break
        choice.add(best)
        covered.append(choice.value)
    value = np.array(covered)
    bound = np.maximum(_bounds(free, value, iterations=iterations, stop=stop), value)
    return pd.DataFrame(
        {
            "sites": np.arange(len(value)),
            "covered": before + value,
            "upper_bound": before + bound,
        }
    )


def _bounds(
    problem: CoveringProblem, value: Floats, *, iterations: int, stop: StoppingCriterion
) -> Floats:
    counts = np.arange(len(value), dtype=np.int64)
    bound: Floats = np.full(len(value), float(problem.weight.sum()))
    bound[0] = 0.0
    knots = np.unique(np.linspace(1, max(1, len(value) - 1), _KNOTS).astype(np.int64))
    # From many to few: the relaxation with one site alone takes the simplex method longest.
    knots = knots[knots < len(value)][::-1]
    found = multipliers_by_count(
        problem, knots.tolist(), value[knots].tolist(), iterations=iterations, stop=stop
    )
    for prices in found:
        bound = np.minimum(bound, prices.bound_for(counts))
    return bound
