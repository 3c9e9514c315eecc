"""A certified upper bound by Lagrangian relaxation, whatever the size, and candidates it rules out.

Relaxing ``z_i <= sum y_j`` with prices ``0 <= u_i <= w_i`` and the rules with prices ``v >= 0``
(Galvão & ReVelle 1996; Fisher 1981) leaves a choice of the ``count`` best profits
``rho_j = sum_(i covered by j) u_i - (v R)_j``:

    L(u, v) = sum_i (w_i - u_i) + v b + sum of the `count` largest max(rho_j, 0)

``L`` bounds every feasible choice from above for any prices, so the search for good prices
(:mod:`geo.siting.solver.primal_dual`) may end at any step; the bound equals the linear relaxation's in
the limit. A candidate whose being chosen (or not) would bring the bound to the best known value
or below is fixed (Beasley 1993), and what stays open is small enough for a MIP solver.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, vstack

from geo.arrays import Flags, Floats
from geo.siting.models.covering_problem import CoveringProblem
from geo.siting.models.linear_rule import (
    LinearRule,
)
from geo.siting.solver.primal_dual import THREADED_PAIRS, WORKERS, Point, PrimalDual
from geo.solving import StoppingCriterion, never

_EVERY = 10
"""Steps from one proof to the next: a proof goes through the table as a step does."""
_LEAST_GAIN, _WINDOW = 2e-6, 0.3
"""The steps end where the last `_WINDOW` of them lowered the bound by less than this share of it:
two workers in a million."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Multipliers:
    """The best prices found and what they prove.

    Attributes
    ----------
    bound : float
        No feasible choice covers more.
    demand : (m,) float64
        Multipliers u.
    rule : (r + 1,) float64
        Multipliers v of the rows of :func:`rules_as_rows`, then of the plain count.
    profit : (n,) float64
        rho of each candidate.
    constant : float
        ``sum (w - u) + v b``.
    count : int
        How many candidates may be chosen at most.
    taken, forced : (n,) bool
        What the relaxed problem chooses at these prices, and what it had to.
    share : (n,) float64
        The linear relaxation's fractional choice, nearly: a guide to a good choice.
    balance : float
        Step lengths to go on with.
    """

    bound: float
    demand: Floats
    rule: Floats
    profit: Floats
    constant: float
    count: int
    taken: Flags
    forced: Flags
    share: Floats
    balance: float

    @property
    def edge(self) -> float:
        """What one more candidate must bring to be taken: the count's price."""
        if int(self.taken.sum()) < self.count:
            return 0.0
        return float(self.profit[self.taken & ~self.forced].min(initial=np.inf))

    def bound_for(self, counts: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Floats:
        """Return upper bounds if at most each of `counts` candidates were allowed."""
        best = np.sort(np.maximum(self.profit, 0.0))[::-1]
        total = np.concatenate([[0.0], np.cumsum(best)])
        bounds: Floats = self.constant + total[np.minimum(counts, len(best))]
        return bounds

    def ruled_out(self, value: float) -> tuple[Flags, Flags]:
        """Return which candidates cannot be (must be) chosen in anything better than `value`."""
        loose, edge = self.taken & ~self.forced, self.edge
        following = max(float(self.profit[~self.taken].max(initial=0.0)), 0.0)
        value += 1e-9 * max(1.0, abs(value))
        never_in: Flags = ~self.taken & (self.bound - edge + self.profit <= value)
        always: Flags = loose & (self.bound - self.profit + following <= value)
        return never_in, always


def rules_as_rows(problem: CoveringProblem) -> tuple[csr_matrix, Floats]:
    """Write the rules (the plain count aside) and conflicts as ``R y <= b``."""
    parts, limit = [], []
    for rule in problem.rules:
        if is_plain_count(rule):
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


def is_plain_count(rule: LinearRule) -> bool:
    """Return whether the rule is "at most so many in all" and no more."""
    return _is_count(rule.coefficient) and np.isinf(rule.low)


def _is_count(coefficient: Floats) -> bool:
    return bool(np.all(coefficient == 1.0))


def most_chosen(problem: CoveringProblem) -> int:
    """Return how many candidates the count rules (all coefficients 1) allow."""
    highs = [rule.high for rule in problem.rules if _is_count(rule.coefficient)]
    return int(min([*highs, problem.n_candidates]))


def lagrangian_bound(
    problem: CoveringProblem,
    value: float,
    *,
    iterations: int = 2_000,
    stop: StoppingCriterion = never,
    start: Multipliers | None = None,
) -> Multipliers:
    """Search the prices that prove the lowest upper bound, by primal-dual steps.

    Parameters
    ----------
    problem : CoveringProblem
        Best aggregated first.
    value : float
        The best value known: the search ends when the bound meets it.
    iterations : int
        Steps at most; fewer when the bound hardly falls any more.
    start : Multipliers | None
        Multipliers to go on from; otherwise half of each demand's weight.

    Raises
    ------
    ValueError
        Less than one iteration.
    """
    if iterations < 1:
        message = "at least one iteration is needed to price"
        raise ValueError(message)
    rows, limit = rules_as_rows(problem)
    count = most_chosen(problem)
    every = vstack([rows, csr_matrix(np.ones(problem.n_candidates))], "csr")
    best: Multipliers | None = None
    history: list[float] = []
    with _pool(problem) as pool:
        search = PrimalDual(problem, every, np.append(limit, count), pool)
        _begin(search, start, len(limit) + 1, count)
        for step in range(iterations):
            point = search.step()
            if step % _EVERY and step + 1 < iterations:
                continue
            prices = proof(problem, limit, count, point, search.balance)
            best = prices if best is None or prices.bound < best.bound else best
            history.append(best.bound)
            if best.bound <= value + 1e-9 * abs(value) or _faded(history) or stop():
                break
    return best  # type: ignore[return-value] # the first step always proves something


@contextmanager
def _pool(problem: CoveringProblem) -> Iterator[ThreadPoolExecutor | None]:
    if problem.covers.nnz < THREADED_PAIRS:
        yield None
        return
    with ThreadPoolExecutor(WORKERS) as pool:
        yield pool


def _begin(search: PrimalDual, start: Multipliers | None, n_rows: int, count: int) -> None:
    n = search.problem.n_candidates
    if start is None:
        search.start(search.problem.weight / 2.0, np.zeros(n_rows), np.full(n, count / max(n, 1)))
    else:
        search.balance = start.balance
        search.start(start.demand, start.rule, start.share)


def _faded(history: list[float]) -> bool:
    """Tell whether the last third of the search hardly lowered the bound."""
    back = int(len(history) * (1.0 - _WINDOW))
    fall = history[back] - history[-1]
    return len(history) > 2 * _EVERY and fall < _LEAST_GAIN * abs(history[-1])


def proof(
    problem: CoveringProblem, limit: Floats, count: int, point: Point, balance: float = 1.0
) -> Multipliers:
    """Return what the prices at `point` prove; the count is kept exactly, not priced."""
    profit = point.profit + point.rule[-1]
    profit[problem.forbidden] = -np.inf
    taken = _most_profitable(profit, count, problem.forced)
    constant = float((problem.weight - point.demand).sum() + point.rule[:-1] @ limit)
    return Multipliers(
        bound=constant + float(profit[taken].sum()),
        demand=point.demand,
        rule=point.rule,
        profit=profit,
        constant=constant,
        count=count,
        taken=taken,
        forced=problem.forced,
        share=point.share,
        balance=balance,
    )


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
