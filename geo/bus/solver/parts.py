"""A part of a plan decided anew: a small integer program over the tours known.

What the other bus-days do is subtracted from every right-hand side; what is left is small enough to
be solved in a second. Several parts are decided at once, one a thread: HiGHS computes beside Python.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from geo.bus.solver.duties import Duty
from geo.bus.solver.master import Master
from geo.bus.solver.services import Tour
from geo.highs import INF, Highs, Program

_TINY = 1e-6
"""The solver's integrality tolerance."""
_MOST_TOURS = 1_000
"""Tours an integer program chooses from at most; the most promising by the LP's prices."""
_NODES = 200
"""Of a part: with 500 it gains 2 % more in a fifth more time, which is better spent on the next."""
_SAFETY_S = 600.0
"""Of wall time, in which it never gets: a busy machine must choose what an idle one does."""
_NEAR = 1e-4
"""Relative gap of a part: below what one person more would change."""


@dataclass(frozen=True, slots=True, eq=False)
class Decided:
    """A whole plan.

    Attributes
    ----------
    counts : (r,) int64
        How often each tour is driven.
    value : float
        Its objective; -inf where there is no such plan.
    missed : (d,) float64
        People missing at each district's floor.
    """

    counts: NDArray[np.int64]
    value: float
    missed: NDArray[np.float64]


class Parts:
    """The master problem over `tours`, of which any part can be decided anew.

    Parameters
    ----------
    master : Master
        Whose rows hold.
    tours : Sequence[Tour]
        What can be driven.
    seed : int
        Of the integer programs.
    """

    def __init__(self, master: Master, tours: Sequence[Tour], *, seed: int) -> None:
        self._rows, self._seed = master.rows_of(tours), seed
        calls = self._rows.tours[self._rows.visits]
        self._calls = calls.tocsc()
        self._bus_day = self._rows.tours[self._rows.bus_days].tocsc().indices

    def decide(self, held: NDArray[np.int64], better_than: float) -> Decided | None:
        """Return the best plan found that drives `held` (r,) and more; None if none is better."""
        some = self._fitting(held)
        bound, reduced = self._relaxed(held, some)
        if bound <= better_than:
            return None
        worth_it = bound + reduced > better_than
        best = np.argsort(-reduced, kind="stable")[:_MOST_TOURS]
        some = some[np.sort(best[worth_it[best]])]
        highs = self._loaded(held, some, n_whole=len(some))
        highs.limit(nodes=_NODES, seconds=_SAFETY_S, relative_gap=_NEAR)
        highs.seek_better(better_than - self._driving(held))
        highs.run()
        value = self._value(highs, held) if highs.has_answer else -INF
        if value <= better_than:
            return None
        counts = held.copy()
        counts[some] += np.rint(highs.values[: len(some)]).astype(np.int64)
        return Decided(counts, value, self._missed(highs, len(some)))

    def valued(self, counts: NDArray[np.int64]) -> Decided:
        """Return the plan that drives `counts` (r,); its value is -inf where that breaks a rule."""
        none = np.empty(0, np.int64)
        highs = self._loaded(counts, none)
        highs.run()
        if not highs.is_optimal:
            return Decided(counts, -INF, np.empty(0))
        return Decided(counts, self._value(highs, counts), self._missed(highs, 0))

    def _fitting(self, held: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the tours that can be driven once more beside those `held`."""
        left = self._rows.upper - self._rows.tours @ held
        visits = np.floor(left[self._rows.visits] + _TINY)
        times = visits[self._calls.indices] // self._calls.data
        often = np.minimum.reduceat(times, self._calls.indptr[:-1])
        free = left[self._rows.bus_days][self._bus_day]
        return np.flatnonzero((often >= 1) & (free >= 1 - _TINY))

    def _relaxed(
        self, held: NDArray[np.int64], some: NDArray[np.int64]
    ) -> tuple[float, NDArray[np.float64]]:
        """Return the LP's value and the reduced cost of each of `some` tours."""
        highs = self._loaded(held, some)
        highs.run()
        if not highs.is_optimal:
            return -INF, np.zeros(len(some))
        return self._value(highs, held), highs.reduced_costs[: len(some)]

    def _loaded(
        self, held: NDArray[np.int64], some: NDArray[np.int64], *, n_whole: int = 0
    ) -> Highs:
        rows = self._rows
        base = rows.tours @ held
        matrix = csr_matrix(hstack([rows.tours[:, some], rows.people]))
        worth = np.concatenate([rows.tour_worth[some], rows.people_worth])
        highs = Highs(seed=self._seed)
        highs.load(
            Program(
                matrix=matrix,
                low=rows.lower - base,
                high=rows.upper - base,
                cost=worth,
                upper=np.full(len(worth), INF),
                n_integer=n_whole,
            )
        )
        return highs

    def _value(self, highs: Highs, held: NDArray[np.int64]) -> float:
        return highs.objective + self._driving(held)

    def _driving(self, held: NDArray[np.int64]) -> float:
        """Return what the tours `held` add to the objective by themselves, nobody served."""
        return float(self._rows.tour_worth @ held)

    def _missed(self, highs: Highs, n_tours: int) -> NDArray[np.float64]:
        return highs.values[n_tours:][self._rows.missed]


def best_of_each(tours: Sequence[Tour], duties: Sequence[Duty]) -> list[Tour]:
    """Return `tours` without those that another of the same bus-days and visits makes needless.

    The other examines no fewer at any visit and drives no farther.
    """
    alike: dict[tuple[int, tuple[int, ...]], list[tuple[NDArray[np.float64], Tour]]]
    alike = defaultdict(list)
    for tour in sorted(tours, key=lambda one: (-one.total, one.km)):
        order = np.argsort(tour.services, kind="stable")
        key = duties[tour.duty].row, tuple(np.array(tour.services)[order].tolist())
        exams = np.array(tour.exams)[order]
        others = alike[key]
        if not any((more >= exams).all() and other.km <= tour.km for more, other in others):
            others.append((exams, tour))
    return [tour for others in alike.values() for _, tour in others]
