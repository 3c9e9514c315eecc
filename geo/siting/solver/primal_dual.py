"""Prices for the covering relaxation by a primal-dual method: two sparse products a step.

The linear relaxation, every rule and the plain count written as ``R y <= b``, is the saddle point

    max over y in [lower, upper], min over 0 <= u <= w, v >= 0 of
        sum_i w_i - u_i + sum_i u_i (cover y)_i + v (b - R y)

Primal-dual hybrid gradient (Chambolle & Pock 2011) with their diagonal step lengths, Halpern
anchoring with reflection and restarts (Lu & Yang 2024, "Restarted Halpern PDHG for linear
programming"; Applegate et al. 2021 for the restarts and the balance of the two step lengths).
Any prices it passes prove a bound. Four million pairs take some milliseconds a step and are near
the relaxation's optimum within a thousand steps, where a simplex root needs minutes.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from geo.arrays import Floats
from geo.siting.models.covering_problem import CoveringProblem

_TINY = 1e-12
"""Keeps a division from zero."""
THREADED_PAIRS, WORKERS = 200_000, 2
"""Pairs from which a product of millions is worth handing to threads, and how many: a small machine
has two cores."""
_ENOUGH, _SOME, _LONG = 0.2, 0.8, 0.36
"""When to restart: the shares that PDLP takes (Applegate et al. 2021; its sufficient, necessary and
artificial restarts)."""


class Point(NamedTuple):
    """Both sides' variables, and what they give the other side.

    `demand` (m,) u, `rule` (r,) v, `share` (n,) y, `profit` (n,) ``cover' u - R' v``,
    `hits` (m,) ``cover y``, `used` (r,) ``R y``.
    """

    demand: Floats
    rule: Floats
    share: Floats
    profit: Floats
    hits: Floats
    used: Floats


@njit(cache=True, nogil=True)
def _sums(
    indptr: NDArray[np.int32],
    indices: NDArray[np.int32],
    values: Floats,
    out: Floats,
    first: int,
    last: int,
) -> None:
    for row in range(first, last):
        total = 0.0
        for k in range(indptr[row], indptr[row + 1]):
            total += values[indices[k]]
        out[row] = total


class _Product:
    """A 0/1 matrix times a vector, on two threads where that pays; each row summed in order."""

    def __init__(self, matrix: csr_matrix, pool: ThreadPoolExecutor | None) -> None:
        self._indptr, self._indices, self._pool = matrix.indptr, matrix.indices, pool
        cuts = np.linspace(0, matrix.nnz, WORKERS + 1)[1:-1] if pool else np.empty(0)
        ends = [0, *np.searchsorted(matrix.indptr, cuts).tolist(), matrix.shape[0]]
        self._spans = list(pairwise(ends))

    def __call__(self, values: Floats) -> Floats:
        out = np.empty(len(self._indptr) - 1)

        def part(span: tuple[int, int]) -> None:
            _sums(self._indptr, self._indices, values, out, *span)

        list(map(part, self._spans) if self._pool is None else self._pool.map(part, self._spans))
        return out


@dataclass
class PrimalDual:
    """The search: steps from a point, anchored, restarted when it has come near enough.

    Parameters
    ----------
    problem : CoveringProblem
        Best aggregated first.
    rows, limit : csr_matrix, (r,) float64
        ``R y <= b``.
    pool : ThreadPoolExecutor | None
        Where the sparse products may run side by side.
    """

    problem: CoveringProblem
    rows: csr_matrix
    limit: Floats
    pool: ThreadPoolExecutor | None = None
    balance: float = 1.0

    def __post_init__(self) -> None:
        """Set the step lengths: each variable in its own unit."""
        problem, size = self.problem, abs(self.rows)
        by_demand = problem.covers.T.tocsr()
        self._cover, self._hit = (_Product(one, self.pool) for one in (problem.covers, by_demand))
        self._by_candidate = self.rows.T.tocsr()
        mass = problem.covers @ problem.weight
        total = np.maximum(np.asarray(size.sum(axis=1)).ravel(), _TINY)
        scale = np.maximum(((size != 0) @ mass) / total, _TINY)
        self._of_share = 1.0 / np.maximum(mass + size.T @ scale, _TINY)
        degree = np.maximum(np.diff(by_demand.indptr), 1)
        self._of_demand = np.maximum(problem.weight / degree, _TINY)
        self._of_rule = scale / total
        self._low, self._high = problem.forced.astype(float), (~problem.forbidden).astype(float)
        self._anchored, self._steps = 0, 0
        self._first = self._before = np.inf

    def start(self, demand: Floats, rule: Floats, share: Floats) -> None:
        """Begin at these prices and shares."""
        self._anchor(self._seen(demand, rule, np.clip(share, self._low, self._high)))

    def _seen(self, demand: Floats, rule: Floats, share: Floats) -> Point:
        profit = self._cover(demand) - self._by_candidate @ rule
        return Point(demand, rule, share, profit, self._hit(share), self.rows @ share)

    def _anchor(self, point: Point) -> None:
        self._here = self._anchor_point = point
        self._anchored, self._before = 0, np.inf

    def step(self) -> Point:
        """Return the next point: its prices prove a bound, its shares lean to the optimum's."""
        here, weight = self._here, self.problem.weight
        share = here.share + self._of_share / self.balance * here.profit
        share = np.minimum(np.maximum(share, self._low), self._high)
        hits, used = self._hit(share), self.rows @ share
        lift = self._of_demand * self.balance * (2.0 * hits - here.hits - 1.0)
        demand = np.minimum(np.maximum(here.demand - lift, 0.0), weight)
        over = self._of_rule * self.balance * (2.0 * used - here.used - self.limit)
        rule = np.maximum(here.rule + over, 0.0)
        profit = self._cover(demand) - self._by_candidate @ rule
        new = Point(demand, rule, share, profit, hits, used)
        self._steps += 1
        if self._near_enough(new):
            self._rebalance(new)
            self._anchor(new)
        else:
            self._anchored += 1
            self._here = self._reflected(new)
        return new

    def _reflected(self, new: Point) -> Point:
        part = self._anchored / (self._anchored + 1)
        return Point(
            *(
                part * (2.0 * after - before) + (1.0 - part) * anchor
                for after, before, anchor in zip(new, self._here, self._anchor_point, strict=True)
            )
        )

    def _near_enough(self, new: Point) -> bool:
        """Restart when the steps have become much shorter, or a little and lengthen again."""
        length = self._length(new, self._here)
        if self._anchored == 0:
            self._first = length
            return False
        before, self._before = self._before, length
        return (
            length < _ENOUGH * self._first
            or before < min(length, _SOME * self._first)
            or self._anchored > max(_LONG * self._steps, 1.0 / _LONG)
        )

    def _length(self, one: Point, other: Point) -> float:
        share, price = self._distances(one, other)
        return float(np.sqrt(self.balance * share + price / self.balance))

    def _distances(self, one: Point, other: Point) -> tuple[float, float]:
        share = float(((one.share - other.share) ** 2 / self._of_share).sum())
        price = float(((one.demand - other.demand) ** 2 / self._of_demand).sum())
        return share, price + float(((one.rule - other.rule) ** 2 / self._of_rule).sum())

    def _rebalance(self, new: Point) -> None:
        """Move the balance half-way to where both sides travelled as far, on the log scale."""
        share, price = self._distances(new, self._anchor_point)
        if share > _TINY and price > _TINY:
            self.balance = float(np.sqrt(self.balance * np.sqrt(price / share)))
