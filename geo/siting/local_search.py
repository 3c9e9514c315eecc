"""A good choice fast: greedy by coverage gained, then swaps, within the rules.

Greedy for coverage is within 1 - 1/e of the optimum for a plain count (Nemhauser, Wolsey &
Fisher 1978); gains are kept up to date instead of looked for again, so the whole run reads each
pair once (the lazy evaluation of Minoux 1978 without its queue). The swap is Teitz & Bart's
(1968) vertex substitution, best improvement. Ties go to the lower row, so the answer is the same
on every machine.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from geo.siting.problem import CoveringProblem
from geo.siting.rule import Flags, Floats
from geo.solving import Stop, never

_EPS = 1e-7


class Choice:
    """A set of candidates, with what any one more, or any swap, would bring.

    Parameters
    ----------
    problem : CoveringProblem
        Best aggregated first.
    """

    def __init__(self, problem: CoveringProblem) -> None:
        self.problem = problem
        self._by_demand = problem.covers.T.tocsr()
        self._uses = np.array([rule.coefficient for rule in problem.rules]).reshape(
            len(problem.rules), problem.n_candidates
        )
        self._low = np.array([rule.low for rule in problem.rules])
        self._high = np.array([rule.high for rule in problem.rules])
        self._clash = _symmetric(problem.conflicts, problem.n_candidates)
        self.chosen: Flags = np.zeros(problem.n_candidates, np.bool_)
        self.times = np.zeros(len(problem.weight), np.int64)
        self.gain: Floats = problem.covers @ problem.weight
        self._used = np.zeros(len(problem.rules))
        self._clashes = np.zeros(problem.n_candidates, np.int64)

    @property
    def value(self) -> float:
        """Weight covered."""
        return float(self.problem.weight[self.times > 0].sum())

    def add(self, row: int) -> None:
        """Choose candidate `row`."""
        columns = _row(self.problem.covers, row)
        fresh = columns[self.times[columns] == 0]
        self.times[columns] += 1
        self.gain -= self._worth(fresh)
        self._count(row, 1)

    def drop(self, row: int) -> None:
        """Give candidate `row` up."""
        columns = _row(self.problem.covers, row)
        self.times[columns] -= 1
        self.gain += self._worth(columns[self.times[columns] == 0])
        self._count(row, -1)

    def _count(self, row: int, sign: int) -> None:
        self.chosen[row] = sign > 0
        self._used += sign * self._uses[:, row]
        self._clashes[_row(self._clash, row)] += sign

    def _worth(self, demands: NDArray[np.integer]) -> Floats:
        """Return (n,) the weight of `demands` by the candidates that cover them."""
        part = self._by_demand[demands]
        amount = np.repeat(self.problem.weight[demands], np.diff(part.indptr))
        worth = np.bincount(part.indices, amount, minlength=self.problem.n_candidates)
        return worth.astype(np.float64)

    def only_by(self, row: int) -> NDArray[np.integer]:
        """Return the demands that chosen `row` alone covers."""
        columns = _row(self.problem.covers, row)
        alone: NDArray[np.integer] = columns[self.times[columns] == 1]
        return alone

    def lost_without(self, row: int) -> float:
        """Return the weight covered by chosen `row` alone."""
        return float(self.problem.weight[self.only_by(row)].sum())

    def swap_values(self, row: int) -> Floats:
        """Return (n,) what covering changes by if each candidate took chosen `row`'s place.

        ``-inf`` where the rules forbid the swap.
        """
        alone = self.only_by(row)
        change = self.gain + self._worth(alone) - float(self.problem.weight[alone].sum())
        change[~self.may_replace(row)] = -np.inf
        return change

    def may_replace(self, row: int) -> Flags:
        """Return (n,) which candidates may take chosen `row`'s place."""
        after = (self._used - self._uses[:, row])[:, None] + self._uses
        near = self._clashes.copy()
        near[_row(self._clash, row)] -= 1
        fits = np.all(after <= self._high[:, None] + _EPS, axis=0)
        # A minimum not met yet must not get worse.
        floor = np.minimum(self._low, self._used)[:, None]
        fits &= np.all(after >= floor - _EPS, axis=0)
        free: Flags = fits & (near == 0) & ~self.chosen & ~self.problem.forbidden
        return free

    def may_add(self) -> Flags:
        """Return (n,) which candidates fit beside the chosen under maxima and conflicts."""
        fits = np.all(self._used[:, None] + self._uses <= self._high[:, None] + _EPS, axis=0)
        free: Flags = fits & (self._clashes == 0) & ~self.chosen & ~self.problem.forbidden
        return free

    def short(self) -> Flags:
        """Return (r,) which rules' minima are not met yet."""
        unmet: Flags = self._used < self._low - _EPS
        return unmet

    def helps(self, unmet: Flags) -> Flags:
        """Return (n,) which candidates count towards any of the `unmet` minima."""
        useful: Flags = np.any(self._uses[unmet] > 0, axis=0)
        return useful


def _row(matrix: csr_matrix, row: int) -> NDArray[np.integer]:
    columns: NDArray[np.integer] = matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]
    return columns


def _symmetric(pairs: NDArray[np.int64], n: int) -> csr_matrix:
    ends = np.concatenate([pairs, pairs[:, ::-1]])
    return csr_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(n, n))


def greedy(choice: Choice, order: list[int] | None = None) -> Choice:
    """Add to `choice`: the forced, then for each minimum, then the best gains, while rules allow.

    `order` collects the rows as they are added. The result may miss a minimum that greed walled
    off; :meth:`~geo.siting.problem.CoveringProblem.broken` tells.
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
        if not free[best] or (choice.gain[best] <= _EPS and not unmet.any()):
            return choice
        choice.add(best)
        taken.append(best)


def improve(choice: Choice, *, rounds: int = 20, stop: Stop = never) -> Choice:
    """Swap chosen for unchosen while any swap covers more, at most `rounds` times through."""
    scale = _EPS * max(1.0, choice.value)
    for _ in range(rounds):
        improved = False
        for row in np.flatnonzero(choice.chosen & ~choice.problem.forced).tolist():
            if stop():
                return choice
            change = choice.swap_values(row)
            best = int(np.argmax(change))
            if change[best] > scale:
                choice.drop(row)
                choice.add(best)
                improved = True
        if not improved:
            break
    return greedy(choice)
