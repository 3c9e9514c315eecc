"""A tighter bound for a city too large for one MIP: exact subproblems, held together by prices.

Lagrangian decomposition (Guignard & Kim 1987, Mathematical Programming 39). Candidates are split
into subproblems of a few sites each. Demand that one subproblem alone can cover keeps its full
weight there; demand on a border is worth its price u to each subproblem it borders on; every site
pays the rules' prices. Each is then a small covering problem of its own, solved in whole sites:

    sum over the border (w_i - u_i)  +  v b  +  sum over subproblems max (worth covered - charges)

bounds every plan from above, and is never above the bound of the prices alone: what the linear
relaxation gained by splitting sites within a subproblem is gone. With all other subproblems
exact, a candidate is ruled out (or in) by what its own alone still leaves open.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from geo.arrays import Flags, Floats
from geo.siting.models.covering_problem import CoveringProblem
from geo.siting.solver.exact import solve_mip
from geo.siting.solver.lagrangian import Multipliers
from geo.siting.solver.primal_dual import WORKERS
from geo.siting.solver.reduction import aggregate
from geo.solving import StoppingCriterion, never

Labels = NDArray[np.int64]


def split(problem: CoveringProblem, chosen: Flags, most_sites: int) -> Labels:
    """Return (n,) the subproblem of each candidate: those around up to `most_sites` chosen sites.

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
    """Return (n groups,) the subproblem of each group of candidates."""
    members = csr_matrix((np.ones(len(of)), (of, np.arange(len(of)))), shape=(n, len(of)))
    reach = (members @ problem.covers).tocsr()
    reach.data[:] = 1.0
    shared = np.asarray((reach.multiply(problem.weight) @ reach.T).todense())
    np.fill_diagonal(shared, 0.0)
    size, subproblem = np.ones(n), np.arange(n)
    while True:
        both = size[:, None] + size[None, :]
        worth = np.where(both <= most_sites, shared / both, 0.0)
        one, other = np.unravel_index(int(np.argmax(worth)), worth.shape)
        if worth[one, other] <= 0:
            return subproblem
        subproblem[subproblem == other] = one
        size[one], size[other] = both[one, other], np.inf
        shared[one] += shared[other]
        shared[:, one] = shared[one]
        shared[other] = shared[:, other] = shared[one, one] = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Decomposed:
    """What the subproblems prove together.

    Attributes
    ----------
    bound : float
        No feasible choice covers more.
    chosen : (n,) bool
        The best choice known of every subproblem by itself: nearly allowed, nearly the best.
    flipped : (n,) float64
        The bound if that candidate were chosen where the prices leave it out, or the other way
        round: its own subproblem by the prices, all others exactly.
    wanted : (n,) bool
        Which candidates the prices choose.
    forced : (n,) bool
        Which candidates every choice holds.
    """

    bound: float
    chosen: Flags
    flipped: Floats
    wanted: Flags
    forced: Flags

    def ruled_out(self, value: float) -> tuple[Flags, Flags]:
        """Return which candidates cannot be (must be) chosen in anything better than `value`."""
        settled = (self.flipped <= value + 1e-9 * max(1.0, abs(value))) & ~self.forced
        return settled & ~self.wanted, settled & self.wanted


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Subproblem:
    """One subproblem: its candidates, whom they cover and what that is worth, what each pays.

    `reduced` (n,) is what each brings at the prices alone, `bound` what all bring together.
    """

    rows: Labels
    problem: CoveringProblem
    charge: Floats
    reduced: Floats
    bound: float
    chosen: Flags


def tightened(
    problem: CoveringProblem,
    prices: Multipliers,
    chosen: Flags,
    *,
    most_sites: int,
    nodes: int,
    seed: int = 0,
    stop: StoppingCriterion = never,
) -> Decomposed:
    """Return a bound no worse than that of `prices`, from subproblems around `chosen` sites.

    Parameters
    ----------
    most_sites : int
        Chosen sites a subproblem: larger subproblems prove more and take much longer.
    nodes : int
        Branch-and-bound nodes a subproblem at most.
    """
    edge = prices.edge
    reduced = prices.profit - edge
    if not np.isfinite(edge):
        unknown = np.full(problem.n_candidates, np.inf)
        return Decomposed(prices.bound, chosen, unknown, reduced > 0, problem.forced)
    of = split(problem, chosen, most_sites)
    border = _on_border(problem.covers, of)
    worth = np.where(border, prices.demand, problem.weight)
    inner = float((problem.weight - prices.demand)[~border].sum())

    def solved(subproblem: _Subproblem) -> tuple[float, Flags]:
        if stop():
            return subproblem.bound, subproblem.chosen
        return _whole(subproblem, nodes, seed, stop)

    subproblems = list(_subproblems(problem, prices, of, border, worth, chosen))
    with ThreadPoolExecutor(WORKERS) as pool:
        found = list(pool.map(solved, subproblems))
    bound = prices.constant - inner + edge * prices.count + sum(one for one, _ in found)
    together, flipped = problem.forced.copy(), bound - np.abs(reduced)
    for subproblem, (proven, best) in zip(subproblems, found, strict=True):
        together[subproblem.rows] = best
        flipped[subproblem.rows] += np.minimum(
            subproblem.bound - proven, np.abs(reduced[subproblem.rows])
        )
    return Decomposed(min(prices.bound, bound), together, flipped, reduced > 0, problem.forced)


def _on_border(covers: csr_matrix, of: Labels) -> Flags:
    """Return (m,) which demands candidates of more than one subproblem cover."""
    rows = of[np.repeat(np.arange(covers.shape[0]), np.diff(covers.indptr))]
    low = np.full(covers.shape[1], np.iinfo(np.int64).max)
    high = np.full(covers.shape[1], -1)
    np.minimum.at(low, covers.indices, rows)
    np.maximum.at(high, covers.indices, rows)
    border: Flags = low < high
    return border


def _subproblems(
    problem: CoveringProblem,
    prices: Multipliers,
    of: Labels,
    border: Flags,
    worth: Floats,
    chosen: Flags,
) -> Iterator[_Subproblem]:
    """Yield the subproblems, heaviest first, so that two cores end together."""
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
        part = CoveringProblem(covers=covers, weight=worth, forced=forced)
        yield _Subproblem(
            rows=rows,
            problem=part,
            charge=charge[rows],
            reduced=reduced[rows],
            bound=bound,
            chosen=chosen[rows],
        )


def _whole(
    subproblem: _Subproblem, nodes: int, seed: int, stop: StoppingCriterion
) -> tuple[float, Flags]:
    """Return a bound on what whole sites bring, and the best: rule out, then branch."""
    part = aggregate(subproblem.problem)
    chosen = _improved(part, subproblem.charge, subproblem.chosen | part.forced)
    value = part.value(chosen) - float(subproblem.charge[chosen].sum())
    slack = 1e-9 * max(1.0, abs(subproblem.bound))
    loose = ~part.forced
    never_in = (
        loose & (subproblem.reduced < 0) & (subproblem.bound + subproblem.reduced <= value + slack)
    )
    always = (
        loose & (subproblem.reduced > 0) & (subproblem.bound - subproblem.reduced <= value + slack)
    )
    left = replace(part, forbidden=never_in, forced=part.forced | always)
    solved = solve_mip(
        aggregate(left),
        chosen & ~never_in,
        charge=subproblem.charge,
        nodes=nodes,
        seed=seed,
        stop=stop,
    )
    bound = min(subproblem.bound, max(solved.bound, value))
    if solved.chosen is not None:
        reached = part.value(solved.chosen) - float(subproblem.charge[solved.chosen].sum())
        chosen = solved.chosen if reached > value else chosen
    return bound, chosen


_LEAST = 1e-6
"""A move that brings less is none: sums differ by that much in their last digits."""


def _improved(problem: CoveringProblem, charge: Floats, chosen: Flags) -> Flags:
    """Add, drop or swap, the best first, while what is covered less what is paid grows."""
    while True:
        times = np.asarray(problem.covers[np.flatnonzero(chosen)].sum(axis=0)).ravel()
        gain = problem.covers @ np.where(times == 0, problem.weight, 0.0) - charge
        added = np.where(chosen, -np.inf, gain)
        first = int(np.argmax(added))
        best, move = (added[first], (-1, first)) if added[first] > _LEAST else (_LEAST, (-1, -1))
        for out in np.flatnonzero(chosen & ~problem.forced).tolist():
            covered = problem.covers[out].indices
            alone = np.zeros(len(problem.weight))
            alone[covered] = np.where(times[covered] == 1, problem.weight[covered], 0.0)
            back = charge[out] - alone.sum()
            swap = np.where(chosen, -np.inf, gain + problem.covers @ alone) + back
            into = int(np.argmax(swap))
            best, move = max(
                (best, move),
                (float(back), (out, -1)),
                (float(swap[into]), (out, into)),
                key=lambda one: one[0],
            )
        if move == (-1, -1):
            return chosen
        chosen = chosen.copy()
        chosen[[row for row in move[:1] if row >= 0]] = False
        chosen[[row for row in move[1:] if row >= 0]] = True
