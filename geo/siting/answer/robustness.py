"""How the plan stands if the head count is wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geo.siting.covering.local_search import Choice, improve
from geo.siting.covering.reduction import aggregate
from geo.siting.problem import CoveringProblem
from geo.siting.rule import Flags, Floats
from geo.solving import Stop, never

SWING = 0.2
"""Each demand is off by up to this share, up or down."""


def share_chosen(
    problem: CoveringProblem, chosen: Flags, *, runs: int = 20, seed: int = 0, stop: Stop = never
) -> Floats:
    """Return (n,) in what share of `runs` each candidate belongs to the plan.

    Each run draws every demand uniformly within ±20 % (all workers of a demand row together),
    and improves the plan by swaps until none helps: how much of it one would keep.
    """
    rng = np.random.default_rng(seed)
    hits = np.zeros(problem.n_candidates)
    done = 0
    for _ in range(runs):
        factor = rng.uniform(1.0 - SWING, 1.0 + SWING, len(problem.weight))
        if stop():
            break
        choice = Choice(aggregate(replace(problem, weight=problem.weight * factor)))
        for row in np.flatnonzero(chosen).tolist():
            choice.add(row)
        hits += improve(choice, rounds=5, stop=stop).chosen
        done += 1
    share: Floats = hits / done if done else np.full(problem.n_candidates, np.nan)
    return share
