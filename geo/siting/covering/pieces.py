"""A tighter bound for a city too large for one MIP: exact pieces, held together by prices.

Lagrangian decomposition (Guignard & Kim 1987, Mathematical Programming 39). Candidates are split
into pieces of a few sites each. Demand that one piece alone can cover keeps its full weight there;
demand on a border is worth its price u to each piece it borders on; every site pays the rules'
prices. Each piece is then a small covering problem of its own, solved in whole sites:

    sum over the border (w_i - u_i)  +  v b  +  sum over pieces of  max (worth covered - charges)

bounds every plan from above, and is never above the bound of the prices alone: what the linear
relaxation gained by splitting sites within a piece is gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from geo.siting.covering.exact import solve_mip
from geo.siting.covering.lagrangian import Prices
from geo.siting.covering.primal_dual import WORKERS
from geo.siting.covering.reduction import aggregate
from geo.siting.problem import CoveringProblem
from geo.siting.rule import Flags, Floats
from geo.solving import Stop, never

Labels = NDArray[np.int64]


def split(problem: CoveringProblem, chosen: Flags, most_sites: int) -> Labels:
    """Return (n,) the piece of each candidate: those around up to `most_sites` chosen sites.

    Candidates join the chosen site they share most demand with, or whoever already joined; then
    the neighbours that share most are merged.
    """
    seeds = np.flatnonzero(chosen)
    of = np.full(problem.n_candidates, -1)
    members = csr_matrix(
        (np.ones(len(seeds)), (np.arange(len(seeds)), seeds)),
        shape=(len(seeds), problem.n_candidates),
    )
    while True:
        left = np.flatnonzero(of < 0)
        reach = (members @ problem.covers).tocsr()
        reach.data[:] = problem.weight[reach.indices]
        overlap = (problem.covers[left] @ reach.T).tocsr()
        near = np.asarray(overlap.argmax(axis=1)).ravel()
        joins = np.asarray(overlap.max(axis=1).todense()).ravel() > 0
        if not joins.any():
            break
        of[left[joins]] = near[joins]
        inside = np.flatnonzero(of >= 0)
        members = csr_matrix(
            (np.ones(len(inside)), (of[inside], inside)),
            shape=(len(seeds), problem.n_candidates),
        )
    of[of < 0] = 0
    merged: Labels = _merged(problem, of, len(seeds), most_sites)[of]
    return merged


def _merged(problem: CoveringProblem, of: Labels, n: int, most_sites: int) -> Labels:
    """Return (n groups,) the piece of each group of candidates."""
    members = csr_matrix((np.ones(len(of)), (of, np.arange(len(of)))), shape=(n, len(of)))
    reach = (members @ problem.covers).tocsr()
    reach.data[:] = 1.0
    shared = np.asarray((reach.multiply(problem.weight) @ reach.T).todense())
    np.fill_diagonal(shared, 0.0)
    size, piece = np.ones(n), np.arange(n)
    while True:
        both = size[:, None] + size[None, :]
        worth = np.where(both <= most_sites, shared / both, 0.0)
        one, other = np.unravel_index(int(np.argmax(worth)), worth.shape)
        if worth[one, other] <= 0:
            return piece
        piece[piece == other] = one
        size[one], size[other] = both[one, other], np.inf
        shared[one] += shared[other]
        shared[:, one] = shared[one]
        shared[other] = shared[:, other] = shared[one, one] = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """One piece: whom its candidates cover and what that is worth, what each of them pays.

    `reduced` (n,) is what each brings at the prices alone, `bound` what all bring together.
    """

    problem: CoveringProblem
    charge: Floats
    reduced: Floats
    bound: float
    chosen: Flags


def tightened(
    problem: CoveringProblem,
    prices: Prices,
    chosen: Flags,
    *,
    most_sites: int,
    nodes: int,
    seed: int = 0,
    stop: Stop = never,
) -> float:
    """Return an upper bound no worse than that of `prices`, from pieces around `chosen` sites.

    Parameters
    ----------
    most_sites : int
        Chosen sites a piece: larger pieces prove more and take much longer.
    nodes : int
        Branch-and-bound nodes a piece at most.
    """
    edge = prices.edge
    if not np.isfinite(edge):
        return prices.bound
    of = split(problem, chosen, most_sites)
    border = _on_border(problem.covers, of)
    worth = np.where(border, prices.demand, problem.weight)
    inner = float((problem.weight - prices.demand)[~border].sum())
    bound = prices.constant - inner + edge * prices.count

    def solved(piece: _Piece) -> float:
        return piece.bound if stop() else _whole_bound(piece, nodes, seed, stop)

    pieces = _pieces(problem, prices, of, border, worth, chosen)
    with ThreadPoolExecutor(WORKERS) as pool:
        return min(prices.bound, bound + sum(pool.map(solved, list(pieces))))


def _on_border(covers: csr_matrix, of: Labels) -> Flags:
    """Return (m,) which demands candidates of more than one piece cover."""
    rows = of[np.repeat(np.arange(covers.shape[0]), np.diff(covers.indptr))]
    low = np.full(covers.shape[1], np.iinfo(np.int64).max)
    high = np.full(covers.shape[1], -1)
    np.minimum.at(low, covers.indices, rows)
    np.maximum.at(high, covers.indices, rows)
    border: Flags = low < high
    return border


def _pieces(
    problem: CoveringProblem, prices: Prices, of: Labels, border: Flags, worth: Floats,
    chosen: Flags,
) -> Iterator[_Piece]:  # fmt: skip
    """Yield the pieces, heaviest first, so that two cores end together."""
    reduced = prices.profit - prices.edge
    charge = problem.covers @ prices.demand - reduced
    for one in sorted(np.unique(of).tolist(), key=lambda k: (-int((of == k).sum()), k)):
        rows = np.flatnonzero((of == one) & ~problem.forbidden)
        covers = problem.covers[rows]
        inner = np.unique(covers.indices)
        inner = inner[~border[inner]]
        forced = problem.forced[rows]
        bring = np.where(forced, reduced[rows], np.maximum(reduced[rows], 0.0))
        bound = float((problem.weight - prices.demand)[inner].sum() + bring.sum())
        part = CoveringProblem(covers, worth, forced=forced)
        yield _Piece(part, charge[rows], reduced[rows], bound, chosen[rows])


def _whole_bound(piece: _Piece, nodes: int, seed: int, stop: Stop) -> float:
    """Return a bound on what whole sites bring the piece: rule out, then branch."""
    part = aggregate(piece.problem)
    chosen = _improved(part, piece.charge, piece.chosen | part.forced)
    value = part.value(chosen) - float(piece.charge[chosen].sum())
    slack = 1e-9 * max(1.0, abs(piece.bound))
    loose = ~part.forced
    never_in = loose & (piece.reduced < 0) & (piece.bound + piece.reduced <= value + slack)
    always = loose & (piece.reduced > 0) & (piece.bound - piece.reduced <= value + slack)
    left = replace(part, forbidden=never_in, forced=part.forced | always)
    solved = solve_mip(
        aggregate(left), chosen & ~never_in, charge=piece.charge, nodes=nodes, seed=seed, stop=stop
    )
    return min(piece.bound, max(solved.bound, value))


def _improved(problem: CoveringProblem, charge: Floats, chosen: Flags) -> Flags:
    """Add, drop or swap, the best first, while what is covered less what is paid grows."""
    while True:
        times = np.asarray(problem.covers[np.flatnonzero(chosen)].sum(axis=0)).ravel()
        gain = problem.covers @ np.where(times == 0, problem.weight, 0.0) - charge
        best, move = 1e-6, (-1, int(np.argmax(np.where(chosen, -np.inf, gain))))
        best, move = (gain[move[1]], move) if gain[move[1]] > best else (best, (-1, -1))
        for out in np.flatnonzero(chosen & ~problem.forced).tolist():
            covered = problem.covers[out].indices
            alone = np.zeros(len(problem.weight))
            alone[covered] = np.where(times[covered] == 1, problem.weight[covered], 0.0)
            back = charge[out] - alone.sum()
            swap = np.where(chosen, -np.inf, gain + problem.covers @ alone) + back
            into = int(np.argmax(swap))
            best, move = max(
                (best, move), (float(back), (out, -1)), (float(swap[into]), (out, into)),
                key=lambda one: one[0],
            )  # fmt: skip
        if move == (-1, -1):
            return chosen
        chosen = chosen.copy()
        chosen[[row for row in move[:1] if row >= 0]] = False
        chosen[[row for row in move[1:] if row >= 0]] = True
