"""The MIP on what is still open, solved by HiGHS with a bounded wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

# The Python class above this one prints a banner on construction.
from highspy._core import _Highs
from highspy._core.cb import HighsCallbackType
from scipy.sparse import csr_matrix, eye, hstack, vstack

from geo.siting.covering.lagrangian import rows_of
from geo.siting.problem import CoveringProblem
from geo.siting.rule import Flags, Floats
from geo.solving import Stop, never

_INTERRUPTS = (
    HighsCallbackType.kCallbackMipInterrupt,
    HighsCallbackType.kCallbackSimplexInterrupt,
    HighsCallbackType.kCallbackIpmInterrupt,
)
_IMPOSSIBLE = (
    highspy.HighsModelStatus.kInfeasible,
    highspy.HighsModelStatus.kUnboundedOrInfeasible,
)


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


def linear_program(
    matrix: csr_matrix, low: Floats, high: Floats, cost: Floats, upper: Floats, n_integer: int
) -> highspy.HighsLp:
    """Pack ``max cost x, low <= matrix x <= high, 0 <= x <= upper``, the first columns integer."""
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, np.zeros(len(cost)), upper
    lp.row_lower_, lp.row_upper_ = low, high
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr, matrix.indices
    lp.a_matrix_.value_ = matrix.data
    lp.sense_ = highspy.ObjSense.kMaximize
    kinds = [highspy.HighsVarType.kInteger] * n_integer
    lp.integrality_ = kinds + [highspy.HighsVarType.kContinuous] * (len(cost) - n_integer)
    return lp


def solver(*, nodes: int, seed: int, stop: Stop, relative_gap: float = 0.0) -> Any:  # noqa: ANN401 (highspy has no types)
    """Make a silent, repeatable HiGHS that asks `stop` between iterations and nodes."""
    highs = _Highs()
    for name, value in (
        ("output_flag", False), ("mip_rel_gap", relative_gap), ("mip_abs_gap", 1e-6),
        ("mip_max_nodes", nodes), ("random_seed", seed), ("threads", 1),
    ):  # fmt: skip
        highs.setOptionValue(name, value)
    if stop is not never:
        _listen(highs, stop)
    return highs


def _listen(highs: Any, stop: Stop) -> None:  # noqa: ANN401
    def asked(kind: Any, message: str, out: Any, answer: Any, data: Any) -> None:  # noqa: ANN401, ARG001
        if answer is not None and stop():
            answer.user_interrupt = True

    highs.setCallback(asked, None)
    for kind in _INTERRUPTS:
        highs.startCallback(kind)


def solve_mip(
    problem: CoveringProblem,
    start: Flags | None,
    *,
    charge: Floats | None = None,
    nodes: int = 2_000,
    seed: int = 0,
    stop: Stop = never,
) -> Solved:
    """Choose exactly: only candidates neither forced nor forbidden are left to the MIP.

    `charge` (n,) is what each candidate costs in the unit of weight, nothing when None.

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
    highs = solver(nodes=nodes, seed=seed, stop=stop)
    # Rows are merged and candidates fixed already: HiGHS's own presolve doubled the time.
    highs.setOptionValue("presolve", "off")
    lp = linear_program(matrix, low, high, cost, np.ones(len(cost)), len(free))
    lp.offset_ = base
    highs.passModel(lp)
    if start is not None:
        _give(highs, np.concatenate([start[free], problem.covered(start)[shared]]))
    highs.run()
    return _read(highs, problem, free)


def _rows(
    problem: CoveringProblem,
    free: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    sub: csr_matrix,
    shared: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
) -> tuple[csr_matrix, Floats, Floats]:
    """Return rules over the free candidates, then ``sum y - z >= 0`` rows."""
    rules, limit = rows_of(problem)
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


def _give(highs: Any, values: Floats) -> None:  # noqa: ANN401
    solution = highspy.HighsSolution()
    solution.col_value = [float(value) for value in values]
    highs.setSolution(solution)


def _read(
    highs: Any,  # noqa: ANN401
    problem: CoveringProblem,
    free: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
) -> Solved:
    status = highs.getModelStatus()
    info = highs.getInfo()
    infeasible = status in _IMPOSSIBLE
    values = np.asarray(highs.getSolution().col_value)
    chosen = None
    if not infeasible and info.primal_solution_status == 2 and len(values) >= len(free):  # noqa: PLR2004 (feasible)
        chosen = problem.forced.copy()
        chosen[free[values[: len(free)] > 0.5]] = True  # noqa: PLR2004 (rounding a 0/1)
    return Solved(chosen, proven_bound(highs), infeasible, int(info.mip_node_count))


def proven_bound(highs: Any) -> float:  # noqa: ANN401
    """Return what no choice of a maximising model exceeds: -inf if none exists, inf if unknown."""
    status = highs.getModelStatus()
    if status in _IMPOSSIBLE:
        return -np.inf
    info = highs.getInfo()
    bound = float(info.mip_dual_bound)
    rooted = status == highspy.HighsModelStatus.kOptimal or info.mip_node_count > 0
    # Interrupted before the root was solved, the figure reported is no bound.
    return bound if rooted and np.isfinite(bound) else np.inf
