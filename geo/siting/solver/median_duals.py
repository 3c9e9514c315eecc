"""The p-median's Lagrangian bound: prices on the assignments, raised until they prove enough.

With a price u on every demand's being served, the relaxed problem takes the p sites that save
the most (Beasley 1985, EJOR 21):

    L(u) = sum_i u_i + sum of the p smallest  rho_j,   rho_j = sum_i min(0, w_i d_ij - u_i)

No p sites cost less, whatever the prices; at the best prices L is the bound of the strong linear
relaxation. A site whose coming (or staying out) would lift L beyond the best known cost is fixed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo.arrays import Flags, Floats
from geo.solving import StoppingCriterion, never

_AVERAGED = 0.05
"""Chosen: how often a site was taken is averaged over the last twenty or so."""
_INERTIA = 0.3
"""Of the last direction (Camerini, Fratta & Maffioli 1975); chosen by trial on pmed1-40."""
_SHRINK = 0.6
"""Of a step that stalls; chosen by trial on pmed1-40."""
_SMALLEST_STEP = 2e-3
"""Chosen: smaller steps change digits of the bound that nobody reads."""
_AHEAD = 0.3
"""How far beyond the level is aimed; chosen by trial on pmed1-40."""


@dataclass(frozen=True, slots=True, eq=False)
class MedianPrices:
    """The best prices found.

    Attributes
    ----------
    bound : float
        No allowed p sites cost less.
    price : (m,) float64
        u of each demand.
    rho : (k,) float64
        What each site adds to the bound when taken, 0 or less.
    share : (k,) float64
        How often the relaxed problem took each site lately, from 0 to 1.
    """

    bound: float
    price: Floats
    rho: Floats
    share: Floats

    def ruled_out(self, must: Flags, p: int, level: float) -> tuple[Flags, Flags]:
        """Return which sites cannot be (must be) among p sites that cost at most `level`."""
        rank = np.argsort(np.where(must, -np.inf, self.rho), kind="stable")
        taken: Flags = np.zeros(len(rank), np.bool_)
        taken[rank[:p]] = True
        last = self.rho[rank[p - 1]] if int(must.sum()) < p else -np.inf
        following = self.rho[rank[p]] if p < len(rank) else np.inf
        never_in: Flags = ~taken & (self.bound - last + self.rho > level)
        always: Flags = taken & ~must & (self.bound - self.rho + following > level)
        return never_in, always


@njit(cache=True, nogil=True)
def _relaxed(
    ways: Floats, price: Floats, must: Flags, p: int, rho: Floats, hits: Floats
) -> tuple[float, NDArray[np.int64]]:
    """Fill what each site saves and how many taken sites serve each demand; return L, the taken."""
    k, m = ways.shape
    key = np.empty(k)
    for j in range(k):
        total = 0.0
        for i in range(m):
            total += min(ways[j, i] - price[i], 0.0)
        rho[j] = total
        key[j] = -np.inf if must[j] else total
    taken = np.argsort(key, kind="mergesort")[:p]
    bound = price.sum()
    hits[:] = 0.0
    for j in taken:
        bound += rho[j]
        for i in range(m):
            if ways[j, i] < price[i]:
                hits[i] += 1.0
    return bound, taken


def raise_bound(
    ways: Floats,
    price: Floats,
    must: Flags,
    p: int,
    level: float,
    *,
    iterations: int,
    step: float = 1.0,
    patience: int = 10,
    stop: StoppingCriterion = never,
) -> MedianPrices:
    """Search prices by the deflected subgradient method until the bound passes `level`.

    Parameters
    ----------
    ways : (k, m) float64
        Weighted way from each site still allowed to each demand, contiguous by site.
    price : (m,) float64
        To start from.
    must : (k,) bool
        Sites that have to be taken, at most p.
    level : float
        A bound above this proves what was asked; the search ends there.
    """
    price = price.copy()
    best = MedianPrices(-np.inf, price, np.zeros(len(ways)), np.zeros(len(ways)))
    rho, hits = np.empty(len(ways)), np.empty(len(price))
    share, direction, stalled = np.zeros(len(ways)), np.zeros(len(price)), 0
    for _ in range(iterations):
        value, taken = _relaxed(ways, price, must, p, rho, hits)
        share *= 1.0 - _AVERAGED
        share[taken] += _AVERAGED
        stalled = 0 if value > best.bound + 1e-6 * abs(value) else stalled + 1
        if value > best.bound:
            best = MedianPrices(value, price.copy(), rho.copy(), share)
        if best.bound > level or step < _SMALLEST_STEP or stop():
            break
        if stalled > patience:
            step, stalled, price = step * _SHRINK, 0, best.price.copy()
            direction[:] = 0.0
            continue
        direction = _INERTIA * direction + (1.0 - _INERTIA) * (1.0 - hits)
        size = float(direction @ direction)
        if size == 0:
            break
        # Aim beyond the level: steps that aim at it only creep up to it.
        aim = level + _beyond(level) + _AHEAD * (level - value)
        price += step * max(aim - value, 1e-9) / size * direction
    return best


def _beyond(level: float) -> float:
    return max(2e-4 * abs(level), 1e-9)
