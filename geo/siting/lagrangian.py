"""A certified upper bound by Lagrangian relaxation, whatever the size, and candidates it rules out.

Relaxing ``z_i <= sum y_j`` with prices ``0 <= u_i <= w_i`` and the rules with prices ``v >= 0``
(Galvão & ReVelle 1996; Fisher 1981) leaves a choice of the ``count`` best profits
``rho_j = sum_(i covered by j) u_i - (v R)_j``:

    L(u, v) = sum_i (w_i - u_i) + v b + sum of the `count` largest max(rho_j, 0)

``L`` bounds every feasible choice from above for any prices, so the search for good prices may
end at any iteration. Each iteration reads every pair once: four million pairs take about ten
milliseconds, where the root LP of a MIP solver takes minutes. The bound equals the LP's in the
limit. A candidate whose being chosen (or not) would bring the bound to the best known value or
below is fixed (Beasley 1993), and what stays open is small enough for a MIP solver.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix

from geo.siting.problem import CoveringProblem
from geo.siting.rule import Flags, Floats
from geo.solving import Stop, never

_PATIENCE = 30
_MEMORY = 0.02
_SMALLEST_STEP = 1e-5


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """The best prices found and what they prove.

    Attributes
    ----------
    bound : float
        No feasible choice covers more.
    demand : (m,) float64
        Prices u.
    rule : (r,) float64
        Prices v of the rows of :attr:`rows`.
    profit : (n,) float64
        rho of each candidate.
    constant : float
        ``sum (w - u) + v b``.
    count : int
        How many candidates may be chosen at most.
    taken, forced : (n,) bool
        What the relaxed problem chooses at these prices, and what it had to.
    often : (n,) float64
        How often the relaxed problem chose each lately: near the LP's fractional choice, and a
        better guide to a good choice than `taken` (the volume algorithm of Barahona & Anbil 2000).
    """

    bound: float
    demand: Floats
    rule: Floats
    profit: Floats
    constant: float
    count: int
    taken: Flags
    forced: Flags
    often: Floats

    def bound_for(self, counts: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Floats:
        """Return upper bounds if at most each of `counts` candidates were allowed."""
        best = np.sort(np.maximum(self.profit, 0.0))[::-1]
        total = np.concatenate([[0.0], np.cumsum(best)])
        bounds: Floats = self.constant + total[np.minimum(counts, len(best))]
        return bounds

    def ruled_out(self, value: float) -> tuple[Flags, Flags]:
        """Return which candidates cannot be (must be) chosen in anything better than `value`."""
        loose = self.taken & ~self.forced
        full = int(self.taken.sum()) >= self.count
        edge = float(self.profit[loose].min(initial=np.inf)) if full else 0.0
        following = max(float(self.profit[~self.taken].max(initial=0.0)), 0.0)
        value += 1e-9 * max(1.0, abs(value))
        never_in: Flags = ~self.taken & (self.bound - edge + self.profit <= value)
        always: Flags = loose & (self.bound - self.profit + following <= value)
        return never_in, always


def rows_of(problem: CoveringProblem) -> tuple[csr_matrix, Floats]:
    """Write the rules (the plain count aside) and conflicts as ``R y <= b``."""
    from scipy.sparse import vstack  # noqa: PLC0415

    parts, limit = [], []
    for rule in problem.rules:
        if _is_count(rule.coefficient) and np.isinf(rule.low):
            continue
        if np.isfinite(rule.high):
            parts.append(csr_matrix(rule.coefficient))
            limit.append(rule.high)
        if np.isfinite(rule.low):
            parts.append(csr_matrix(-rule.coefficient))
            limit.append(-rule.low)
    k = len(problem.conflicts)
    ends = np.arange(k).repeat(2), problem.conflicts.ravel()
    parts.append(csr_matrix((np.ones(2 * k), ends), shape=(k, problem.n_candidates)))
    return vstack(parts, format="csr"), np.concatenate([np.array(limit), np.ones(k)])


def _is_count(coefficient: Floats) -> bool:
    return bool(np.all(coefficient == 1.0))


def most_chosen(problem: CoveringProblem) -> int:
    """Return how many candidates the count rules (all coefficients 1) allow."""
    highs = [rule.high for rule in problem.rules if _is_count(rule.coefficient)]
    return int(min([*highs, problem.n_candidates]))


@dataclass
class _Search:
    """The prices being moved."""

    demand: Floats
    rule: Floats
    step: float = 1.0
    stalled: int = 0


def price(
    problem: CoveringProblem,
    value: float,
    *,
    iterations: int = 800,
    stop: Stop = never,
    start: Prices | None = None,
) -> Prices:
    """Search the prices that prove the lowest upper bound, by the subgradient method.

    Parameters
    ----------
    problem : CoveringProblem
        Best aggregated first.
    value : float
        The best value known (Polyak's step length needs it).
    iterations : int
        At most; fewer when the bound meets `value` or the steps fade out.
    start : Prices | None
        Prices to go on from; otherwise each demand's weight over how many cover it.
    """
    rows, limit = rows_of(problem)
    by_demand = problem.covers.T.tocsr()
    by_candidate = rows.T.tocsr()
    count = most_chosen(problem)
    state = _Search(problem.weight / 2.0, np.zeros(len(limit)))
    if start is not None:
        state = _Search(start.demand.copy(), start.rule.copy(), step=0.5)
    best: Prices | None = None
    often = np.zeros(problem.n_candidates)
    slope_u = np.zeros(len(problem.weight))
    slope_v = np.zeros(len(limit))
    for _ in range(iterations):
        profit = problem.covers @ state.demand - by_candidate @ state.rule
        profit[problem.forbidden] = -np.inf
        taken = _most_profitable(profit, count, problem.forced)
        constant = float((problem.weight - state.demand).sum() + state.rule @ limit)
        bound = constant + float(profit[taken].sum())
        if best is None or bound < best.bound - 1e-9 * abs(bound):
            stalled = best is not None and best.bound - bound < 1e-6 * abs(bound)
            best = Prices(
                bound, state.demand.copy(), state.rule.copy(), profit, constant, count,
                taken, problem.forced, often,
            )  # fmt: skip
            state.stalled = state.stalled + 1 if stalled else 0
        else:
            state.stalled += 1
        if state.stalled > _PATIENCE:
            state.step, state.stalled = state.step * 0.6, 0
            state.demand, state.rule = best.demand.copy(), best.rule.copy()
        if best.bound <= value + 1e-9 * abs(value) or state.step < _SMALLEST_STEP or stop():
            break
        often += _MEMORY * (taken - often)
        hits = np.asarray(by_demand @ taken.astype(np.float64))
        # dL/du_i = hits - 1; at a border of [0, w] only the inward part counts.
        slope_u = 0.3 * slope_u + 0.7 * (hits - 1.0)
        slope_v = 0.3 * slope_v + 0.7 * (limit - np.asarray(rows @ taken.astype(np.float64)))
        blocked = ((state.demand <= 0) & (slope_u > 0)) | (
            (state.demand >= problem.weight) & (slope_u < 0)
        )
        move_u = np.where(blocked, 0.0, slope_u)
        move_v = np.where((state.rule <= 0) & (slope_v > 0), 0.0, slope_v)
        # Weights differ by orders of magnitude: move each price in its own unit.
        size = float((move_u**2 * problem.weight).sum()) + float((move_v**2).sum()) * _unit(problem)
        if size <= 0:
            break
        length = state.step * max(bound - value, 1e-6 * abs(bound)) / size
        state.demand = np.clip(state.demand - length * move_u * problem.weight, 0.0, problem.weight)
        state.rule = np.maximum(state.rule - length * move_v * _unit(problem), 0.0)
    if best is None:
        message = "at least one iteration is needed to price"
        raise ValueError(message)
    return replace(best, often=often)


def _unit(problem: CoveringProblem) -> float:
    return float(problem.weight.mean()) if len(problem.weight) else 1.0


def _most_profitable(profit: Floats, count: int, forced: Flags) -> Flags:
    """Return which candidates the relaxed problem chooses: the forced, then the best above 0."""
    taken = forced.copy()
    room = count - int(forced.sum())
    open_profit = np.where(forced, -np.inf, profit)
    if 0 < room < len(profit):
        order = np.argpartition(-open_profit, room)[:room]
    else:
        order = np.arange(len(profit)) if room > 0 else np.empty(0, np.int64)
    taken[order[open_profit[order] > 0]] = True
    return taken
