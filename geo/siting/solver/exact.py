"""The MIP on what is still open, solved by HiGHS with a bounded wait."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, eye, hstack, vstack

from geo.arrays import Flags, Floats
from geo.highs import Highs, Program
from geo.siting.models.covering_problem import CoveringProblem
from geo.siting.solver.lagrangian import rules_as_rows
from geo.solving import StoppingCriterion, never

_PRESOLVE_PAIRS = 100_000
"""Covering pairs from which HiGHS shrinks the program first. Rows are merged and candidates fixed
already, so on 5,000 to 65,000 pairs its presolve made the proof 1.4 to 4.5 times as long; on 300,000
it took 32 s instead of 58."""


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """What HiGHS found.

    Attributes
    ----------
    chosen : (n,) bool | None
        None when it found no choice within its limits.
    bound : float
        No choice is worth more; inf when it proved nothing.
    infeasible : bool
        The rules contradict each other.
    nodes : int
        Branch-and-bound nodes.
    """

    chosen: Flags | None
    bound: float
    infeasible: bool
    nodes: int


def solve_mip(
    problem: CoveringProblem,
    start: Flags | None,
    *,
    charge: Floats | None = None,
    nodes: int = 2_000,
    presolve: bool | None = None,
    seed: int = 0,
    stop: StoppingCriterion = never,
) -> Solved:
    """Choose exactly: only candidates neither forced nor forbidden are left to the MIP.

    `charge` (n,) is what each candidate costs in the unit of weight, nothing when None. Whether
    HiGHS shrinks the program first is for the size of the table to decide where `presolve` is None.

    Demand the forced cover is a constant; demand one open candidate covers is folded into that
    candidate's own value; the rest gets a row each. The plain formulation is tight: its LP is
    often integral.
    """
    free = np.flatnonzero(~problem.forced & ~problem.forbidden)
    given = problem.covered(problem.forced)
    paid = np.zeros(problem.n_candidates) if charge is None else charge
    spent = float(paid[problem.forced].sum())
    if not len(free):
        broken = bool(problem.broken(problem.forced))
        value = -np.inf if broken else problem.value(problem.forced) - spent
        return Solved(None if broken else problem.forced, value, broken, 0)
    sub = problem.covers[free]
    reach = np.asarray(sub.getnnz(axis=0)).ravel()
    base = float(problem.weight[given].sum()) - spent
    alone = (~given) & (reach == 1) & (problem.weight > 0)
    shared = np.flatnonzero((~given) & (reach > 1) & (problem.weight > 0))
    own = sub @ np.where(alone, problem.weight, 0.0) - paid[free]
    matrix, low, high = _rows(problem, free, sub, shared)
    cost = np.concatenate([own, problem.weight[shared]])
    if presolve is None:
        presolve = sub.nnz > _PRESOLVE_PAIRS
    highs = Highs(seed=seed, nodes=nodes, presolve=presolve, stop=stop)
    ones = np.ones(len(cost))
    highs.load(
        Program(
            matrix=matrix,
            low=low,
            high=high,
            cost=cost,
            upper=ones,
            n_integer=len(free),
            offset=base,
        )
    )
    if start is not None:
        highs.begin_with(np.concatenate([start[free], problem.covered(start)[shared]]))
    highs.run()
    return _read(highs, problem, free)


def _rows(
    problem: CoveringProblem,
    free: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    sub: csr_matrix,
    shared: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
) -> tuple[csr_matrix, Floats, Floats]:
    """Return rules over the free candidates, then ``sum y - z >= 0`` rows."""
    rules, limit = rules_as_rows(problem)
    counts = [rule for rule in problem.rules if np.all(rule.coefficient == 1.0)]
    finite = [rule.high for rule in counts if np.isfinite(rule.high)]
    rules = vstack([rules, *(csr_matrix(np.ones(problem.n_candidates)) for _ in finite)], "csr")
    limit = np.concatenate([limit, finite]) - rules @ problem.forced.astype(np.float64)
    rules = rules[:, free]
    busy = np.diff(rules.indptr) > 0
    # A row without a free candidate still has to hold: keep it when it does not.
    busy |= limit < 0
    rules, limit = rules[busy], limit[busy]
    blank = csr_matrix((rules.shape[0], len(shared)))
    covering = hstack([sub[:, shared].T, -eye(len(shared))], "csr")
    matrix = vstack([hstack([rules, blank]), covering], "csr")
    low = np.concatenate([np.full(len(limit), -np.inf), np.zeros(len(shared))])
    high = np.concatenate([limit, np.full(len(shared), np.inf)])
    return matrix, low, high


def _read(
    highs: Highs,
    problem: CoveringProblem,
    free: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
) -> Solved:
    chosen = None
    if highs.has_answer:
        chosen = problem.forced.copy()
        chosen[free[highs.values[: len(free)] > 0.5]] = True  # noqa: PLR2004 (rounding a 0/1)
    return Solved(chosen, highs.ceiling, highs.is_infeasible, highs.nodes)
