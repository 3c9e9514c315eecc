"""A good choice fast: greedy by coverage gained, then swaps, within the rules.

Greedy for coverage is within 1 - 1/e of the optimum for a plain count (Nemhauser, Wolsey &
Fisher 1978); gains are kept up to date instead of looked for again, so the whole run reads each
pair once (the lazy evaluation of Minoux 1978 without its queue). The moves themselves are
compiled (:mod:`geo.siting.solver.swaps`). Ties go to the lower row, so the answer is the same on every
machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from geo.arrays import Flags, Floats
from geo.siting.models.covering_problem import CoveringProblem
from geo.siting.solver.exact import solve_mip
from geo.siting.solver.primal_dual import WORKERS
from geo.siting.solver.reduction import among
from geo.siting.solver.swaps import (
    EPS,
    ChoiceState,
    Tables,
    addable,
    copied,
    give_up,
    lost,
    replaceable,
    shaken,
    swap_through,
    take,
)
from geo.solving import StoppingCriterion, never

FEW_ROUNDS = 5
"""Rounds of swaps where many choices are compared and none is the answer: chosen."""
_MOST_MOVES = 4
"""Sites that one shake moves at most: more undo what was found, fewer are swapped back."""
_SLACK = 5e-4
"""Share of its value that a search may lose before it goes on from the best again."""
_SEARCHES = 4
"""Two on each of two cores: one that only climbs, one that may step down."""
_AT_ONCE = 50
"""Shakes from one question whether to stop to the next."""
_NODES = 200
"""Of branch and bound when choices are merged: the bound is looked for elsewhere."""


class CandidateSet:
    """A set of candidates, with what any one more, or any swap, would bring.

    Parameters
    ----------
    problem : CoveringProblem
        Best aggregated first.
    """

    def __init__(self, problem: CoveringProblem) -> None:
        n = problem.n_candidates
        self.problem = problem
        self.tables = _tables(problem)
        self.state = ChoiceState(
            np.zeros(n, np.bool_),
            np.zeros(len(problem.weight), np.int64),
            problem.covers @ problem.weight,
            np.zeros(len(problem.rules)),
            np.zeros(n, np.int64),
        )

    @property
    def chosen(self) -> Flags:
        """(n,) which candidates are chosen."""
        return self.state.chosen

    @property
    def times(self) -> NDArray[np.int64]:
        """(m,) how many of the chosen cover each demand."""
        return self.state.times

    @property
    def gain(self) -> Floats:
        """(n,) weight that each candidate would newly cover."""
        return self.state.gain

    @property
    def value(self) -> float:
        """Weight covered."""
        return float(self.problem.weight[self.times > 0].sum())

    def add(self, row: int) -> None:
        """Choose candidate `row`."""
        take(self.tables, self.state, row)

    def drop(self, row: int) -> None:
        """Give candidate `row` up."""
        give_up(self.tables, self.state, row)

    def only_by(self, row: int) -> NDArray[np.integer]:
        """Return the demands that chosen `row` alone covers."""
        covers = self.problem.covers
        columns = covers.indices[covers.indptr[row] : covers.indptr[row + 1]]
        alone: NDArray[np.integer] = columns[self.times[columns] == 1]
        return alone

    def lost_without(self, row: int) -> float:
        """Return the weight covered by chosen `row` alone."""
        return float(self.problem.weight[self.only_by(row)].sum())

    def swap_values(self, row: int) -> Floats:
        """Return (n,) what covering changes by if each candidate took chosen `row`'s place.

        ``-inf`` where the rules forbid the swap.
        """
        regained = np.zeros(len(self.gain))
        loss = lost(self.tables, self.state, row, regained, 1.0)
        change = self.gain + regained - loss
        change[~self.may_replace(row)] = -np.inf
        return change

    def may_replace(self, row: int) -> Flags:
        """Return (n,) which candidates may take chosen `row`'s place."""
        return replaceable(self.tables, self.state, row)

    def may_add(self) -> Flags:
        """Return (n,) which candidates fit beside the chosen under maxima and conflicts."""
        return addable(self.tables, self.state)

    def short(self) -> Flags:
        """Return (r,) which rules' minima are not met yet."""
        unmet: Flags = self.state.used < self.tables.low - EPS
        return unmet

    def helps(self, unmet: Flags) -> Flags:
        """Return (n,) which candidates count towards any of the `unmet` minima."""
        useful: Flags = np.any(self.tables.uses[unmet] > 0, axis=0)
        return useful

    def swap_through(self) -> bool:
        """Swap every chosen but the forced, in turn, where that covers more; tell if any did."""
        scale = EPS * max(1.0, self.value)
        every, regained = np.ones(len(self.gain), np.bool_), np.empty(len(self.gain))
        return bool(swap_through(self.tables, self.state, every, scale, regained))


class _IteratedSearch:
    """One search on from a choice: where it is, and the best it came by."""

    def __init__(self, choice: CandidateSet, odds: Floats, seed: Sequence[int]) -> None:
        self.best = choice
        self._here = copied(choice.state)
        self._drawn = np.cumsum(odds)
        self._draws = np.random.SeedSequence(seed).generate_state(1, np.uint64).astype(np.uint64)

    def shake(self, times: int, slack: float) -> float:
        """Shake `times` over; go on from what is at most `slack` worse than the best."""
        tables, best = self.best.tables, self.best.state
        return float(
            shaken(tables, best, self._here, self._drawn, self._draws, times, _MOST_MOVES, slack)
        )


def _tables(problem: CoveringProblem) -> Tables:
    n, by_demand = problem.n_candidates, problem.covers.T.tocsr()
    clash = _symmetric(problem.conflicts, n)
    uses = np.array([rule.coefficient for rule in problem.rules], np.float64)
    return Tables(
        _index(problem.covers.indptr),
        _index(problem.covers.indices),
        _index(by_demand.indptr),
        _index(by_demand.indices),
        np.ascontiguousarray(problem.weight, np.float64),
        uses.reshape(len(problem.rules), n),
        np.array([rule.low for rule in problem.rules], np.float64),
        np.array([rule.high for rule in problem.rules], np.float64),
        _index(clash.indptr),
        _index(clash.indices),
        # Copies: one that may not be written to is another type to the compiler, compiled anew.
        problem.forced.copy(),
        problem.forbidden.copy(),
    )


def _index(values: NDArray[np.integer]) -> NDArray[np.int32]:
    return values.astype(np.int32, copy=False)


def _symmetric(pairs: NDArray[np.int64], n: int) -> csr_matrix:
    ends = np.concatenate([pairs, pairs[:, ::-1]])
    return csr_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(n, n))


def greedy(choice: CandidateSet, order: list[int] | None = None) -> CandidateSet:
    """Add to `choice`: the forced, then for each minimum, then the best gains, while rules allow.

    `order` collects the rows as they are added. The result may miss a minimum that greed walled
    off; :meth:`~geo.siting.models.covering_problem.CoveringProblem.broken` tells.
    """
    taken = [] if order is None else order
    for row in np.flatnonzero(choice.problem.forced & ~choice.chosen).tolist():
        choice.add(row)
        taken.append(row)
    while True:
        free = choice.may_add()
        unmet = choice.short()
        if unmet.any() and (free & choice.helps(unmet)).any():
            free &= choice.helps(unmet)
        best = int(np.argmax(np.where(free, choice.gain, -np.inf)))
        if not free[best] or (choice.gain[best] <= EPS and not unmet.any()):
            return choice
        choice.add(best)
        taken.append(best)


def swap_while_better(
    choice: CandidateSet, *, rounds: int = 20, stop: StoppingCriterion = never
) -> CandidateSet:
    """Swap chosen for unchosen while any swap covers more, at most `rounds` times through."""
    for _ in range(rounds):
        if stop() or not choice.swap_through():
            break
    return greedy(choice)


def search_from(
    problem: CoveringProblem,
    chosen: Flags,
    odds: Floats,
    *,
    seed: Sequence[int] = (0,),
    shakes: int = 2_000,
    stop: StoppingCriterion = never,
) -> list[Flags]:
    """Return the best choices iterated searches come to, each shaking `chosen` its own way.

    Parameters
    ----------
    chosen : (n,) bool
        Where all begin; keeps the rules.
    odds : (n,) float64
        How readily each candidate is drawn, 0 or more.
    seed : Sequence[int]
        The searches' draws; the answer does not depend on how they share the cores.
    shakes : int
        Of each search.
    """
    odds = np.where(problem.forbidden, 0.0, np.maximum(odds, 0.0))
    if not odds.sum() > 0:
        return [chosen]
    searches = [
        _IteratedSearch(chosen_from(problem, chosen), odds, [*seed, k]) for k in range(_SEARCHES)
    ]
    most_slack = _SLACK * problem.value(chosen)

    def walk(k: int) -> Flags:
        for done in range(0, shakes, _AT_ONCE):
            if stop():
                break
            # Half of the searches only climb; the others may also step down, less and less.
            slack = (k % 2) * most_slack * (1.0 - done / shakes)
            searches[k].shake(min(_AT_ONCE, shakes - done), slack)
        return searches[k].best.chosen

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(walk, range(_SEARCHES)))


def chosen_from(problem: CoveringProblem, chosen: Flags) -> CandidateSet:
    """Return the (n,) `chosen` as a choice to go on from."""
    choice = CandidateSet(problem)
    for row in np.flatnonzero(chosen).tolist():
        choice.add(row)
    return choice


def merged(
    problem: CoveringProblem,
    choices: Sequence[Flags],
    *,
    most_pairs: int,
    seed: int = 0,
    stop: StoppingCriterion = never,
) -> Flags:
    """Return the best choice found among the candidates of `choices`, never worse than each.

    Parameters
    ----------
    choices : sequence of (n,) bool
        Each keeps the rules.
    most_pairs : int
        Covering pairs at most; the best choices are merged, as many as fit.
    """
    ranked = sorted(choices, key=problem.value, reverse=True)
    held = ranked[0].copy()
    for one in ranked[1:]:
        both = held | one
        if int(np.diff(problem.covers.indptr)[both].sum()) <= most_pairs:
            held = both
    rows = np.flatnonzero(held | problem.forced)
    solved = solve_mip(among(problem, rows), ranked[0][rows], nodes=_NODES, seed=seed, stop=stop)
    best = ranked[0].copy()
    if solved.chosen is not None:
        found = np.zeros_like(best)
        found[rows] = solved.chosen
        if problem.value(found) > problem.value(best) and not problem.broken(found):
            best = found
    return best
