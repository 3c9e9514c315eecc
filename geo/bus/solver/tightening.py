"""The bound made tighter by rows that fractions of tours break and whole tours keep.

Of three stops that may be visited once each, no more than one tour visits two (subset rows:
Jepsen, Petersen, Spoorendonk & Pisinger, Operations Research 56, 2008). Such rows are added to a
copy of the LP where they bite; their prices are fines of tours, which pricing charges to all that
it finds (:class:`geo.bus.solver.pricing.Fines`). After every round the Lagrangian bound holds as
it does without the rows, wherever the rounds end.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from geo.bus.solver.generation import MOST_UNFORGOTTEN, Pricer
from geo.bus.solver.master import DualValues, Master
from geo.bus.solver.services import Tour
from geo.highs import INF, Highs, Program
from geo.solving import StoppingCriterion

_TINY = 1e-7
"""The solver's feasibility tolerance."""
_BROKEN = 0.02
"""Tours by which a row must be broken to be added."""
_AT_ONCE = 40
"""Rows added at once, the most broken."""
_NEAR = 1e-4
"""Share by which the bound may stay above the LP before rows are added to it."""
_Triple = tuple[int, int, int]


def tighten(
    master: Master,
    pricer: Pricer,
    bound: float,
    *,
    enough: float,
    max_rounds: int,
    stop: StoppingCriterion,
) -> float:
    """Return an upper bound on the people served, no higher than `bound`.

    Where floors take whole tours nothing is gained: services are priced by copies then, which have
    no fines.

    Parameters
    ----------
    master, pricer
        The master problem, its LP without the price of kilometres closed or nearly so (if it is
        not, nothing is gained), and who prices for it. Neither is changed.
    bound : float
        The bound known.
    enough : float
        A bound with which to be content.
    max_rounds, stop
        When to give up; the bound is valid all the same.
    """
    if bound <= enough or master.floors_take_tours or stop():
        return bound
    copy = _Copy(master)
    copy.solve()
    is_closed = True
    for _ in range(max_rounds):
        if bound <= enough or stop() or (is_closed and not copy.cut()):
            break
        prices = copy.solve()
        value, added = copy.price(pricer, prices)
        bound = min(bound, value)
        is_closed = not added or value - prices.objective <= _NEAR * value
        copy.solve()
    return bound


class _Copy:
    """The LP of a master problem, driving free of charge, and the rows added to it."""

    def __init__(self, master: Master) -> None:
        rows = master.rows_of(master.tours)
        self._master, self._bus_days = master, rows.upper[rows.bus_days]
        self._once = np.flatnonzero(rows.upper[rows.visits] == 1)
        self._n_stops = rows.visits.stop - rows.visits.start
        self._n_rows, self._first = rows.people.shape
        self._tours = list(master.tours)
        self._known = set(self._tours)
        self._triples: list[_Triple] = []
        self._highs = Highs()
        cost = np.concatenate([-rows.people_worth, np.zeros(len(self._tours))])
        self._highs.load(
            Program(
                matrix=csr_matrix(hstack([rows.people, rows.tours])),
                low=rows.lower,
                high=rows.upper,
                cost=cost,
                upper=np.full(len(cost), INF),
                maximise=False,
            )
        )

    def solve(self) -> DualValues:
        """Solve the LP and return its prices, the fines of the added rows left to `fines`."""
        self._highs.run()
        dual = -self._highs.row_prices
        prices = self._master.priced(dual[: self._n_rows], -self._highs.objective)
        self._fines = np.clip(dual[self._n_rows :], 0.0, None)
        return prices

    def price(self, pricer: Pricer, prices: DualValues) -> tuple[float, int]:
        """Add the tours that are missing; return the bound, and how many they are."""
        charged = self._charged()
        fined = [self._triples[number] for number in charged]
        best, added = prices.bus_day.copy(), 0
        priced = pricer.price_fined(prices, fined, self._fines[charged])
        for duty, found in zip(pricer.duties, priced, strict=True):
            best[duty.row] = max(best[duty.row], found.best)
            added += sum(self._add(tour) for tour in found.tours)
        rest = prices.rest + float(self._fines.sum())
        return rest + float(best @ self._bus_days), added

    def _charged(self) -> list[int]:
        """Return the dearest fines of whose stops pricing can remember all.

        The others are charged to no tour: then the bound is no tighter by them, but still one.
        """
        kept: list[int] = []
        stops: set[int] = set()
        for number in np.argsort(-self._fines, kind="stable").tolist():
            more = stops.union(self._triples[number])
            if self._fines[number] > _TINY and len(more) <= MOST_UNFORGOTTEN:
                kept.append(number)
                stops = more
        return kept

    def _add(self, tour: Tour) -> bool:
        if tour in self._known:
            return False
        self._known.add(tour)
        self._tours.append(tour)
        entries = self._master.entries(tour)
        for row, triple in enumerate(self._triples, self._n_rows):
            times = self._times(tour, triple)
            if times:
                entries[row] = times
        self._highs.add_column(0.0, INF, np.array([*entries]), np.array([*entries.values()]))
        return True

    def cut(self) -> int:
        """Add the rows most broken by the last solution; return how many."""
        weights = self._highs.values[self._first :]
        driven = np.flatnonzero(weights > _TINY)
        calls = np.zeros((len(driven), self._n_stops))
        for row, number in enumerate(driven.tolist()):
            calls[row, self._master.stops_of(self._tours[number])] = 1.0
        broken = _broken(calls[:, self._once], weights[driven])
        triples: list[_Triple] = [tuple(self._once[list(one)].tolist()) for one in broken]
        new = [triple for triple in triples if triple not in self._triples][:_AT_ONCE]
        for triple in new:
            self._triples.append(triple)
            times = np.array([self._times(tour, triple) for tour in self._tours])
            on = np.flatnonzero(times)
            self._highs.add_row(-INF, 1.0, self._first + on, times[on].astype(np.float64))
        return len(new)

    def _times(self, tour: Tour, triple: _Triple) -> int:
        """Return how many pairs of visits `tour` makes among `triple`."""
        return sum(stop in triple for stop in self._master.stops_of(tour).tolist()) // 2


def _broken(calls: NDArray[np.float64], weights: NDArray[np.float64]) -> list[_Triple]:
    """Return the triples of columns of which tours with two exceed one together, worst first.

    Parameters
    ----------
    calls : (t, p) float64
        1 where a tour calls at a stop.
    weights : (t,) float64
        How often each tour is driven.
    """
    pair = (calls.T * weights) @ calls
    np.fill_diagonal(pair, 0.0)
    found: list[tuple[float, _Triple]] = []
    for first, second in np.argwhere(np.triu(pair > _TINY)).tolist():
        both = calls[:, first] * calls[:, second] * weights
        beyond = pair[first, second] + pair[first] + pair[second] - 2 * (both @ calls) - 1.0
        beyond[[first, second]] = -1.0
        for third in np.flatnonzero(beyond > _BROKEN).tolist():
            a, b, c = sorted((first, second, third))
            found.append((-float(beyond[third]), (a, b, c)))
    return list(dict.fromkeys(triple for _, triple in sorted(found)))
