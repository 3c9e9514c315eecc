"""The p-median: p sites that make the total weighted way as short as can be (Hakimi 1964).

    min  sum_ij w_i d_ij x_ij
    s.t. sum_j x_ij = 1, x_ij <= y_j, sum_j y_j = p

Prices u on the assignments (Beasley 1985, EJOR 21; 1993) give the certified lower bound

    L(u) = sum_i u_i + sum of the p smallest  rho_j = sum_i min(0, w_i d_ij - u_i)

and rule out sites (by rho) and single ways (a way with ``w_i d_ij > u_i`` costs the difference on
top of L). Swaps as in Whitaker (1983) give the answer; HiGHS closes what is left open.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, vstack

from geo.errors import BadInputError, InfeasibleError
from geo.siting.exact import linear_program, proven_bound, solver
from geo.siting.rule import Flags, Floats
from geo.solving import Stop, never
from geo.text import Text

_PATIENCE = 30
_ROUNDS = 4
_SMALLEST_STEP = 1e-4
_NODES = 100_000


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
    """

    chosen: Flags
    cost: float
    lower_bound: float
    gap: float


def check_ways(ways: Floats, p: int) -> None:
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
    iterations: int = 1_000,
    seed: int = 0,
    stop: Stop = never,
) -> MedianAnswer:
    """Choose p sites of least total weighted way.

    Parameters
    ----------
    ways : (m, n) float64
        From each demand to each candidate, metres or seconds; inf where there is no way.
    weight : (m,) float64 | None
        Workers at each demand; 1 each when None.
    iterations : int
        Subgradient steps a round.
    """
    check_ways(ways, p)
    weighted = ways if weight is None else ways * np.asarray(weight, np.float64)[:, None]
    # No way counts as longer than any whole plan, so that it is taken only when forced.
    finite = weighted[np.isfinite(weighted)]
    weighted = np.where(np.isfinite(weighted), weighted, 1.0 + finite.max() * len(ways))
    step = 1.0 if bool(np.all(finite == np.rint(finite))) else 0.0
    chosen = _swapped(weighted, _greedy(weighted, p), stop)
    price = np.sort(weighted, axis=1)[:, min(1, weighted.shape[1] - 1)]
    bound = -np.inf
    for _ in range(_ROUNDS):
        cost = _cost(weighted, chosen)
        price, bound, better = _priced(weighted, p, price, cost, iterations, stop)
        better = _swapped(weighted, better, stop)
        if step:
            bound = float(np.ceil(bound - 1e-6))
        if _cost(weighted, better) >= cost or bound >= cost or stop():
            break
        chosen = better
    cost = _cost(weighted, chosen)
    if bound < cost - 1e-9 * cost and not stop():
        chosen, bound = _closed(weighted, p, price, chosen, bound, step, seed, stop)
        cost = _cost(weighted, chosen)
    bound = min(bound, cost)
    return MedianAnswer(chosen, cost, bound, (cost - bound) / cost if cost > 0 else 0.0)


def _cost(ways: Floats, chosen: Flags) -> float:
    return float(ways[:, chosen].min(axis=1).sum())


def _greedy(ways: Floats, p: int) -> Flags:
    chosen: Flags = np.zeros(ways.shape[1], np.bool_)
    near = np.full(len(ways), ways.max())
    for _ in range(p):
        saved = np.maximum(near[:, None] - ways, 0.0).sum(axis=0)
        saved[chosen] = -1.0
        best = int(np.argmax(saved))
        chosen[best] = True
        near = np.minimum(near, ways[:, best])
    return chosen


def _swapped(ways: Floats, chosen: Flags, stop: Stop) -> Flags:
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
        owner = csr_matrix((np.ones(len(ways)), (order[:, 0], np.arange(len(ways)))),
                           shape=(len(rows), len(ways)))  # fmt: skip
        change = owner @ lost - saved.sum(axis=0)
        change[:, chosen] = np.inf
        out, into = np.unravel_index(int(np.argmin(change)), change.shape)
        if change[out, into] >= -1e-9 * max(1.0, near.sum()):
            break
        chosen[rows[out]], chosen[into] = False, True
    return chosen


def _priced(
    ways: Floats, p: int, price: Floats, cost: float, iterations: int, stop: Stop
) -> tuple[Floats, float, Flags]:
    """Return the best prices, their bound and the best sites the relaxed problem chose."""
    best, bound, step, stalled = price, -np.inf, 1.0, 0
    found: Flags = np.zeros(ways.shape[1], np.bool_)
    found_cost = np.inf
    for _ in range(iterations):
        slack = np.minimum(ways - price[:, None], 0.0)
        rho = slack.sum(axis=0)
        open_rows = np.argpartition(rho, p - 1)[:p]
        value = float(price.sum() + rho[open_rows].sum())
        here = float(ways[:, open_rows].min(axis=1).sum())
        if here < found_cost:
            found, found_cost = np.isin(np.arange(ways.shape[1]), open_rows), here
        if value > bound + 1e-7 * abs(bound) or not np.isfinite(bound):
            best, bound, stalled = price, value, 0
        else:
            stalled += 1
        if stalled > _PATIENCE:
            step, stalled, price = step * 0.6, 0, best
        slope = 1.0 - (slack[:, open_rows] < 0).sum(axis=1)
        size = float((slope**2).sum())
        if size == 0 or step < _SMALLEST_STEP or bound >= cost - 1e-7 or stop():
            break
        price = price + step * max(1.02 * cost - value, 1e-9) / size * slope
    return best, bound, found


def _closed(
    ways: Floats, p: int, price: Floats, chosen: Flags, bound: float, step: float, seed: int,
    stop: Stop,
) -> tuple[Flags, float]:  # fmt: skip
    """Give HiGHS the sites and ways that anything better could use."""
    cost = _cost(ways, chosen)
    target = cost - max(step - 1e-6, 1e-9 * cost)
    rho = np.minimum(ways - price[:, None], 0.0).sum(axis=0)
    rank = np.sort(rho)
    raw = float(price.sum() + rank[:p].sum())
    entry = np.maximum(rho - rank[p - 1], 0.0)
    sites = np.flatnonzero(raw + entry <= target)
    must = np.isin(
        sites, np.flatnonzero(raw - rho + (rank[p] if p < len(rank) else np.inf) > target)
    )
    must &= rho[sites] <= rank[p - 1]
    extra = np.maximum(ways[:, sites] - price[:, None], 0.0) + entry[sites]
    demand, site = np.nonzero(raw + extra <= target)
    if len(np.unique(demand)) < len(ways) or len(sites) < p:
        return chosen, cost
    n, k = len(sites), len(demand)
    row = np.arange(k)
    one = np.ones(k)
    matrix = vstack(
        [
            csr_matrix((np.ones(n), (np.zeros(n, int), np.arange(n))), shape=(1, n + k)),
            csr_matrix((one, (demand, n + row)), shape=(len(ways), n + k)),
            csr_matrix(
                (
                    np.concatenate([one, -one]),
                    (np.concatenate([row, row]), np.concatenate([site, n + row])),
                ),
                shape=(k, n + k),
            ),
        ],
        "csr",
    )
    low = np.concatenate([[p], np.ones(len(ways)), np.zeros(k)]).astype(np.float64)
    high = np.concatenate([[p], np.ones(len(ways)), np.full(k, np.inf)]).astype(np.float64)
    gain = -np.concatenate([np.zeros(n), ways[demand, sites[site]]])
    lp = linear_program(matrix, low, high, gain, np.ones(n + k), n)
    lp.col_lower_ = np.concatenate([must.astype(np.float64), np.zeros(k)])
    highs = solver(nodes=_NODES, seed=seed, stop=stop)
    # Sites and ways are fixed already: HiGHS's own presolve took longer than it saved.
    highs.setOptionValue("presolve", "off")
    highs.passModel(lp)
    highs.run()
    proof = -proven_bound(highs)
    values = np.asarray(highs.getSolution().col_value)
    if len(values) >= n and round(float(values[:n].sum())) == p:
        found: Flags = np.zeros(ways.shape[1], np.bool_)
        found[sites[values[:n] > 0.5]] = True  # noqa: PLR2004 (rounding a 0/1)
        if int(found.sum()) == p and _cost(ways, found) < cost:
            chosen, cost = found, _cost(ways, found)
    if step and np.isfinite(proof):
        proof = float(np.ceil(proof - 1e-6))
    # Whatever was left out costs at least what was known.
    return chosen, max(bound, min(proof, cost))
