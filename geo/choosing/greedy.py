"""Lazy greedy with swaps: a good plan in milliseconds, never the last word."""

from __future__ import annotations

import heapq

import numpy as np

from geo.choosing.problem import CoveringProblem, Flags, Floats, Ints

_PASSES = 3


def greedy(problem: CoveringProblem) -> Ints:
    """Open sites by largest gain (per unit of money when a budget binds), then swap.

    Fixed sites first, then the districts' minima, then the rest. The lazy evaluation rests on the
    gains' falling as sites are added (Minoux 1978). The answer may miss a district's minimum
    where spacing stands in the way; the exact solver decides that.
    """
    draft = _Draft(problem)
    for site in np.flatnonzero(problem.must_open):
        draft.open(int(site))
    for group, least in sorted(problem.minimum.items()):
        missing = least - sum(problem.groups[site] == group for site in draft.chosen)
        draft.fill(problem.groups == group, max(0, missing))
    draft.fill(np.ones(problem.n_sites, np.bool_), problem.count - len(draft.chosen))
    return _swapped(problem, np.array(draft.chosen, np.int32))


class _Draft:
    """A plan being filled."""

    def __init__(self, problem: CoveringProblem) -> None:
        self.problem = problem
        self.chosen: list[int] = []
        self._open_demand = problem.weight.copy()
        self._spent = 0.0
        self._blocked: Flags = ~problem.may_open

    def gain(self, site: int) -> float:
        """Return the weight `site` would newly cover."""
        return float(self._open_demand[self.problem.reach(site)].sum())

    def open(self, site: int) -> None:
        """Open `site` and block what may not stand beside it."""
        self._open_demand[self.problem.reach(site)] = 0.0
        self._spent += self.problem.costs[site]
        self._blocked[site] = True
        pairs = self.problem.conflicts
        self._blocked[pairs[pairs[:, 0] == site, 1]] = True
        self._blocked[pairs[pairs[:, 1] == site, 0]] = True
        self.chosen.append(site)

    def fill(self, among: Flags, count: int) -> None:
        """Open the `count` best of the sites `among`, as far as rules and money allow."""
        price = self._prices()
        queue = [
            (-self.gain(site) / price[site], site)
            for site in np.flatnonzero(among & ~self._blocked).tolist()
        ]
        heapq.heapify(queue)
        left = count
        while queue and left > 0:
            _, site = heapq.heappop(queue)
            cost = self.problem.costs[site]
            if self._blocked[site] or self._spent + cost > self.problem.budget:
                continue
            worth = -self.gain(site) / price[site]
            if queue and worth > queue[0][0]:
                heapq.heappush(queue, (worth, site))
                continue
            self.open(site)
            left -= 1

    def _prices(self) -> Floats:
        if not np.isfinite(self.problem.budget):
            return np.ones(self.problem.n_sites)
        return np.maximum(self.problem.costs, 1.0)


def _swapped(problem: CoveringProblem, chosen: Ints) -> Ints:
    """Exchange one site for another while that covers more and keeps the rules."""
    for _ in range(_PASSES):
        improved = False
        for position in range(len(chosen)):
            if problem.must_open[chosen[position]]:
                continue
            rest = np.delete(chosen, position)
            gains = problem.covers @ np.where(problem.times_covered(rest) > 0, 0, problem.weight)
            gains[~problem.may_open] = -1
            gains[rest] = -1
            for other in np.argsort(-gains, kind="stable")[:3]:
                if gains[other] <= gains[chosen[position]] + 1e-9:
                    break
                trial = np.append(rest, np.int32(other))
                if problem.allows(trial):
                    chosen, improved = trial, True
                    break
        if not improved:
            break
    return chosen
