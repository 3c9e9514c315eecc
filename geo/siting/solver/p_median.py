"""The p-median: p sites that make the total weighted way as short as can be (Hakimi 1964).

    min  sum_ij w_i d_ij x_ij
    s.t. sum_j x_ij = 1, x_ij <= y_j, sum_j y_j = p

Greedy and swaps (Whitaker 1983) give an answer; branching on the sites with Lagrangian bounds
(Christofides & Beasley 1982, EJOR 10) proves it. Each node keeps only the sites that its bound
cannot rule out and starts from its parent's prices, so that a node costs milliseconds; no linear
program is ever written down.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from geo.arrays import Flags, Floats
from geo.errors import BadInputError, InfeasibleError
from geo.siting.solver.median_duals import MedianPrices, raise_bound
from geo.solving import Progress, StoppingCriterion, never, silent
from geo.text import Text

_ROOT_PATIENCE = 20
"""Iterations without a better bound before the step shrinks; chosen by trial on pmed1-40."""
_AGAIN = 0.3
"""Step when the root is bounded anew, near prices that are good already."""
_DEEPER = 0.5
"""Step in a node: its site is forced or gone, and prices have farther to go."""
_NODE_ITERATIONS = 400
"""Chosen: a node starts from its parent's prices."""


@dataclass(frozen=True, slots=True, eq=False)
class MedianAnswer:
    """The best sites found and how far from the best possible they can be at most.

    Attributes
    ----------
    chosen : (n,) bool
        The p sites.
    cost : float
        Total weighted way.
    lower_bound : float
        Certified: no p sites have less.
    gap : float
        ``(cost - lower_bound) / cost``; 0 is a proof of optimality.
    nodes : int
        Branches looked at.
    """

    chosen: Flags
    cost: float
    lower_bound: float
    gap: float
    nodes: int


def check_costs(ways: Floats, p: int) -> None:
    """Refuse a count that does not fit and ways that are negative or missing."""
    if not 1 <= p <= ways.shape[1]:
        raise BadInputError(
            Text(
                f"站点数 {p} 须在 1 与候选点数 {ways.shape[1]} 之间。",
                f"p = {p} must lie between 1 and the {ways.shape[1]} candidates.",
            )
        )
    if np.isnan(ways).any() or bool((ways < 0).any()):
        raise BadInputError(
            Text("距离不能为负或缺失。", "Distances must not be negative or missing.")
        )
    cut_off = np.flatnonzero(np.isinf(ways).all(axis=1))
    if len(cut_off):
        raise InfeasibleError(
            Text(
                f"第 {cut_off[0] + 1} 个需求点到任何候选点都不通。",
                f"Demand row {cut_off[0] + 1} can reach no candidate.",
            )
        )


def solve_p_median(
    ways: Floats,
    p: int,
    *,
    weight: Floats | None = None,
    forced: Flags | None = None,
    iterations: int = 2_000,
    nodes: int = 100_000,
    stop: StoppingCriterion = never,
    progress: Progress = silent,
) -> MedianAnswer:
    """Choose p sites of least total weighted way.

    Parameters
    ----------
    ways : (m, n) float64
        From each demand to each candidate, metres or seconds; inf where there is no way.
    weight : (m,) float64 | None
        Workers at each demand; 1 each when None.
    forced : (n,) bool | None
        Candidates that have to be among the p.
    iterations : int
        Price steps before branching.
    nodes : int
        Branches at most.
    """
    check_costs(ways, p)
    must = np.zeros(ways.shape[1], np.bool_) if forced is None else forced
    if int(must.sum()) > p:
        raise BadInputError(
            Text(
                f"必选 {int(must.sum())} 个，多于站点数 {p}；请减少必选或增加站点数。",
                f"{int(must.sum())} sites are fixed where {p} may open; fix fewer or allow more.",
            )
        )
    weighted = ways if weight is None else ways * np.asarray(weight, np.float64)[:, None]
    # No way counts as longer than any whole plan, so that it is taken only when forced.
    finite = weighted[np.isfinite(weighted)]
    weighted = np.where(np.isfinite(weighted), weighted, 1.0 + finite.max() * len(ways))
    whole = bool(np.all(finite == np.rint(finite)))
    tree = _Tree(weighted, p, must, whole=whole, stop=stop, progress=progress)
    return tree.run(iterations, nodes)


@dataclass(frozen=True, slots=True, eq=False)
class _Node:
    """The plans among `sites` that take all of those marked `must`."""

    sites: NDArray[np.int64]
    must: Flags
    price: Floats
    bound: float


class _Tree:
    """Branch and bound, depth first, over which sites are taken."""

    def __init__(
        self,
        ways: Floats,
        p: int,
        forced: Flags,
        *,
        whole: bool,
        stop: StoppingCriterion,
        progress: Progress,
    ) -> None:
        self._forced = forced
        self._ways, self._p, self._stop, self._progress = ways, p, stop, progress
        self._by_site = np.ascontiguousarray(ways.T)
        self._whole = whole
        self._nodes = 0
        self._chosen = _swapped(ways, _greedy(ways, p, forced), forced, stop)
        self._cost = _cost(ways, self._chosen)

    @property
    def _level(self) -> float:
        """Cost above which nothing is better than the best known."""
        return self._cost - (1.0 - 1e-6 if self._whole else 1e-9 * self._cost)

    def run(self, iterations: int, nodes: int) -> MedianAnswer:
        self._progress(Text("求下界", "Bounding"), 0.1)
        open_nodes = [self._root(iterations)]
        while open_nodes and self._nodes < nodes and not self._stop():
            node = open_nodes.pop()
            if node.bound <= self._level:
                self._nodes += 1
                open_nodes += self._branches(node, iterations)
                self._progress(Text("精确求解", "Proving"), 0.5)
        self._progress(Text("选址完成", "Sites chosen"), 1.0)
        return self._answer(min((node.bound for node in open_nodes), default=np.inf))

    def _root(self, iterations: int) -> _Node:
        n = self._ways.shape[1]
        price = np.sort(self._ways, axis=1)[:, min(1, n - 1)]
        must = self._forced
        prices = raise_bound(
            self._by_site,
            price,
            must,
            self._p,
            self._level,
            iterations=iterations,
            patience=_ROOT_PATIENCE,
            stop=self._stop,
        )
        self._round(np.arange(n), must, prices.share)
        return _Node(np.arange(n), must, prices.price, prices.bound)

    def _branches(self, node: _Node, iterations: int) -> list[_Node]:
        """Bound `node` anew; return its two parts, if any, the one that takes the site last."""
        deep = self._nodes > 1
        prices = raise_bound(
            np.ascontiguousarray(self._by_site[node.sites]),
            node.price,
            node.must,
            self._p,
            self._level,
            iterations=_NODE_ITERATIONS if deep else iterations,
            step=_DEEPER if deep else _AGAIN,
            stop=self._stop,
        )
        bound = max(prices.bound, node.bound)
        if bound > self._level:
            return []
        self._round(node.sites, node.must, prices.share)
        left, share = self._fixed(node, prices, bound)
        if len(left.sites) < self._p or int(left.must.sum()) >= self._p:
            return self._leaf(left)
        pick = int(np.argmax(np.where(left.must, -1.0, 1.0 - np.abs(2.0 * share - 1.0))))
        without = np.arange(len(left.sites)) != pick
        return [
            _Node(left.sites[without], left.must[without], prices.price, bound),
            _Node(left.sites, left.must | ~without, prices.price, bound),
        ]

    def _fixed(self, node: _Node, prices: MedianPrices, bound: float) -> tuple[_Node, Floats]:
        never_in, always = prices.ruled_out(node.must, self._p, self._level)
        keep = ~never_in
        must = (node.must | always)[keep]
        return _Node(node.sites[keep], must, prices.price, bound), prices.share[keep]

    def _leaf(self, node: _Node) -> list[_Node]:
        if int(node.must.sum()) == self._p:
            self._round(node.sites, node.must, node.must.astype(np.float64))
        return []

    def _round(self, sites: NDArray[np.int64], must: Flags, share: Floats) -> None:
        """Take the sites the relaxation favours, and swap where that beats the best known."""
        order = np.argsort(-np.where(must, 2.0, share), kind="stable")
        chosen: Flags = np.zeros(self._ways.shape[1], np.bool_)
        chosen[sites[order[: self._p]]] = True
        if self._nodes == 0 or _cost(self._ways, chosen) < self._cost:
            chosen = _swapped(self._ways, chosen, self._forced, self._stop)
        if int(chosen.sum()) == self._p and _cost(self._ways, chosen) < self._cost:
            self._chosen, self._cost = chosen, _cost(self._ways, chosen)

    def _answer(self, bound: float) -> MedianAnswer:
        if self._whole and np.isfinite(bound):
            bound = float(np.ceil(bound - 1e-6))
        bound = min(bound, self._cost)
        gap = (self._cost - bound) / self._cost if self._cost > 0 else 0.0
        return MedianAnswer(self._chosen, self._cost, bound, gap, self._nodes)


def _cost(ways: Floats, chosen: Flags) -> float:
    return float(ways[:, chosen].min(axis=1).sum())


def _greedy(ways: Floats, p: int, forced: Flags) -> Flags:
    chosen: Flags = forced.copy()
    near = np.minimum(ways.max(), ways[:, forced].min(axis=1, initial=np.inf))
    for _ in range(p - int(forced.sum())):
        saved = np.maximum(near[:, None] - ways, 0.0).sum(axis=0)
        saved[chosen] = -1.0
        best = int(np.argmax(saved))
        chosen[best] = True
        near = np.minimum(near, ways[:, best])
    return chosen


def _swapped(ways: Floats, chosen: Flags, forced: Flags, stop: StoppingCriterion) -> Flags:
    """Swap one site for another while the total gets shorter (Whitaker's fast interchange)."""
    chosen = chosen.copy()
    while not stop():
        rows = np.flatnonzero(chosen)
        if len(rows) == ways.shape[1]:
            break
        order = np.argsort(ways[:, rows], axis=1, kind="stable")
        first = np.take_along_axis(ways[:, rows], order, axis=1)
        near = first[:, 0]
        second = first[:, 1] if len(rows) > 1 else np.full(len(ways), ways.max() + 1.0)
        saved = np.maximum(near[:, None] - ways, 0.0)
        # If the nearest site leaves, its demands fall to the newcomer or to their second.
        lost = np.minimum(second[:, None], ways) - np.minimum(near[:, None], ways)
        owner = csr_matrix(
            (np.ones(len(ways)), (order[:, 0], np.arange(len(ways)))), shape=(len(rows), len(ways))
        )
        change = owner @ lost - saved.sum(axis=0)
        change[:, chosen] = np.inf
        change[forced[rows]] = np.inf
        out, into = np.unravel_index(int(np.argmin(change)), change.shape)
        if change[out, into] >= -1e-9 * max(1.0, near.sum()):
            break
        chosen[rows[out]], chosen[into] = False, True
    return chosen
