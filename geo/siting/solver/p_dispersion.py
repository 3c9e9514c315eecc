"""The p-dispersion problem: p sites whose two nearest are as far apart as can be (Kuby 1987).

Geographical Analysis 19:  ``max D,  D <= d_jk  for any two sites chosen,  sum y_j = p``.

The answer is one of the distances there are, and whether p sites lie at least so far apart is a
question of a stable set (Sayah & Irnich 2017, EJOR 256): bisection over the distances proves both
sides. Each pair that lies nearer is a row where they are few; HiGHS makes cliques of them. Where they
are many, all candidates in a circle of that diameter exclude each other; circles are added where two
sites chosen without them lie too near, until none do or no choice is left. Taking the farthest site next is at worst half as
good as the best (Ravi, Rosenkrantz & Tayi 1994, Operations Research 42), so no distance beyond
twice of what it reaches has to be looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix, vstack
from scipy.spatial import cKDTree

from geo.arrays import Flags, Floats
from geo.errors import BadInputError
from geo.highs import Highs, Program
from geo.siting.models.covering_problem import CoveringProblem, too_near
from geo.siting.models.linear_rule import LinearRule
from geo.siting.solver.infeasibility import explain
from geo.siting.solver.lagrangian import rules_as_rows
from geo.solving import StoppingCriterion, never
from geo.text import Text

_NODES, _ROUNDS = 20, 15
"""Branch-and-bound nodes, and how often circles are added, before a distance is given up and the
search ends with a gap: 20 of 600 sites on a plane took 8 s to prove; of 3,000 a distance given up
took 6 s, and with 100 sites 26 s."""
_MOST_PAIRS, _PAIRED_NODES = 100_000, 1_000
"""Pairs up to which each is a row, and nodes for those: 20 of 300 on a grid took 1 to 2 s to prove,
which circles left 8 % open after 8; 50 of 1,000 in clusters 12 s, left 19 % open by circles. With
20 of 3,000, about a million pairs, nothing came of it in minutes."""
_SHAKES = 1_200
"""Swaps from other starts, over the number of sites: 2 s for 20 of 3,000."""
_SLACK = 1e-9
"""Part of a distance that two sites may be nearer than it says: sums of floats are off."""


@dataclass(frozen=True, slots=True, eq=False)
class DispersionAnswer:
    """The best sites found and the proven ceiling.

    Attributes
    ----------
    chosen : (n,) bool
        The p sites; they keep every rule.
    spacing_m : float
        Straight way between the two nearest of them; 0 where two share a place.
    upper_bound_m : float
        Certified: no p sites allowed lie farther apart.
    gap : float
        ``(upper_bound_m - spacing_m) / upper_bound_m``; 0 is a proof of optimality.
    """

    chosen: Flags
    spacing_m: float
    upper_bound_m: float
    gap: float


def widest_spacing(
    problem: CoveringProblem,
    xy_m: Floats,
    p: int,
    *,
    prefer: Floats | None = None,
    seed: int = 0,
    stop: StoppingCriterion = never,
) -> DispersionAnswer:
    """Choose exactly `p` candidates by the rules of `problem`, as far apart as can be.

    Parameters
    ----------
    problem : CoveringProblem
        Its rules, conflicts and marks hold; what is covered does not count.
    xy_m : (n, 2) float64
        Candidates, EPSG:4549 metres.
    p : int
        Sites, 2 at least.
    prefer : (n,) float64 | None
        Sites give way to others with more of it where the plan stays as far apart.

    Raises
    ------
    BadInputError
        Less than two sites.
    InfeasibleError
        No p candidates keep the rules; the text names those that fight.
    """
    if p < 2:  # noqa: PLR2004 (one site is far from none)
        raise BadInputError(
            Text("站点间距模型至少要 2 个站点。", "Two sites at least are needed to lie apart.")
        )
    exactly = LinearRule(Text(f"正好 {p} 个站点", f"exactly {p} sites"), np.ones(len(xy_m)), p, p)
    ruled = replace(problem, rules=(*problem.rules, exactly))
    search = _Search(ruled, xy_m, p, seed, stop)
    return search.run(np.zeros(len(xy_m)) if prefer is None else prefer)


class _Search:
    """The best sites so far, and the distances still open."""

    def __init__(
        self, problem: CoveringProblem, xy_m: Floats, p: int, seed: int, stop: StoppingCriterion
    ) -> None:
        self._problem, self._xy, self._p, self._seed, self._stop = problem, xy_m, p, seed, stop
        self._centres = xy_m[_farthest_first(problem, xy_m, min(3 * p, len(xy_m)))[0]]
        chosen, reached = _farthest_first(problem, xy_m, p)
        self._ceiling = min(2.0 * reached, _spacing(xy_m, problem.forced))
        self._chosen = chosen if not problem.broken(chosen) else explain(problem, seed=seed)
        self._best = _spacing(xy_m, self._chosen)
        self._shake()

    def _shake(self) -> None:
        """Move some sites at random, swap until nothing gets better, from the best each time."""
        rng = np.random.default_rng(self._seed)
        loose = np.flatnonzero(~self._problem.forbidden & ~self._problem.forced)
        for shake in range(max(10, _SHAKES // self._p)):
            if self._stop() or not len(loose):
                return
            chosen = self._chosen.copy()
            movable = np.flatnonzero(chosen & ~self._problem.forced)
            size = min(len(movable), int((~chosen[loose]).sum()), shake and 1 + self._p // 10)
            chosen[rng.choice(movable, size, replace=False)] = False
            chosen[rng.choice(loose[~chosen[loose]], size, replace=False)] = True
            found = _swapped(self._problem, self._xy, chosen)
            if not self._problem.broken(found):
                self._take(found)

    def run(self, prefer: Floats) -> DispersionAnswer:
        steps = self._steps()
        low = int(np.searchsorted(steps, self._best, "right"))
        high = proven = len(steps)
        while low < high and not self._stop():
            middle = (low + high) // 2
            found, none = self._apart(float(steps[middle]))
            if found is None and not none:
                break
            if found is None:
                high = proven = middle
                continue
            self._take(found)
            low = max(middle + 1, int(np.searchsorted(steps, self._best, "right")))
        self._favour(prefer)
        bound = max(self._best, float(steps[proven - 1])) if proven else self._best
        return DispersionAnswer(
            self._chosen, self._best, bound, (bound - self._best) / bound if bound > 0 else 0.0
        )

    def _favour(self, prefer: Floats) -> None:
        """Change sites, one by one, for those with more of `prefer` that lie as far apart."""
        for row in np.flatnonzero(self._chosen & ~self._problem.forced).tolist():
            rest = self._chosen.copy()
            rest[row] = False
            away = cKDTree(self._xy[rest]).query(self._xy)[0]
            fits = ~rest & ~self._problem.forbidden & (away >= self._best * (1 - _SLACK))
            into = int(np.argmax(np.where(fits, prefer, -np.inf)))
            rest[into] = True
            if prefer[into] > prefer[row] and not self._problem.broken(rest):
                self._take(rest)

    def _steps(self) -> Floats:
        """Return the distances between candidates allowed that may be the answer, rising."""
        allowed = np.flatnonzero(~self._problem.forbidden)
        tree = cKDTree(self._xy[allowed])
        near = tree.query_pairs(self._ceiling * (1 + _SLACK), output_type="ndarray")
        ends = self._xy[allowed[near]]
        length = np.linalg.norm(ends[:, 0] - ends[:, 1], axis=1)
        steps: Floats = np.unique(np.append(length[length >= self._best], self._best))
        return steps

    def _take(self, found: Flags | None) -> None:
        if found is not None and _spacing(self._xy, found) >= self._best * (1 - _SLACK):
            self._chosen, self._best = found, max(self._best, _spacing(self._xy, found))

    def _apart(self, spacing_m: float) -> tuple[Flags | None, bool]:
        """Return p sites at least so far apart, and whether there being none is proven."""
        within = spacing_m * (1 - _SLACK)
        for _ in range(_ROUNDS):
            highs = self._solved(within)
            if not highs.has_answer:
                return None, highs.is_infeasible
            chosen: Flags = highs.values > 0.5  # noqa: PLR2004 (rounding a 0/1)
            points = self._xy[chosen]
            near = too_near(points, within)
            if not len(near):
                return chosen, False
            self._centres = np.concatenate([self._centres, points[near].mean(axis=1)])
        return None, False

    def _solved(self, within: float) -> Highs:
        """Choose p sites so far apart, or with one at most in each circle of so wide a diameter."""
        problem, n = self._problem, self._problem.n_candidates
        rows, limit = rules_as_rows(problem)
        tree = cKDTree(self._xy)
        few = int(tree.count_neighbors(tree, within)) <= n + 2 * _MOST_PAIRS
        exclusive = (
            _pairs(self._xy, within) if few else _circles(self._xy, self._centres, within / 2)
        )
        nodes = _PAIRED_NODES if few else _NODES
        highs = Highs(seed=self._seed, nodes=nodes, stop=self._stop)
        highs.load(
            Program(
                matrix=vstack([rows, exclusive], "csr"),
                low=np.full(len(limit) + exclusive.shape[0], -np.inf),
                high=np.concatenate([limit, np.ones(exclusive.shape[0])]),
                cost=np.zeros(n),
                upper=(~problem.forbidden).astype(np.float64),
                lower=problem.forced.astype(np.float64),
                n_integer=n,
            )
        )
        highs.run()
        return highs


def _farthest_first(problem: CoveringProblem, xy_m: Floats, p: int) -> tuple[Flags, float]:
    """Return p candidates, each the farthest from those before; how far the last of them was."""
    chosen = problem.forced.copy()
    if not chosen.any():
        middle = np.linalg.norm(xy_m - xy_m[~problem.forbidden].mean(axis=0), axis=1)
        chosen[int(np.argmax(np.where(problem.forbidden, -1.0, middle)))] = True
    away = np.where(problem.forbidden, -1.0, np.inf)
    for row in np.flatnonzero(chosen).tolist():
        away = np.minimum(away, np.linalg.norm(xy_m - xy_m[row], axis=1))
    reached = float(np.linalg.norm(np.ptp(xy_m, axis=0)))
    while int(chosen.sum()) < p:
        row = int(np.argmax(np.where(chosen, -1.0, away)))
        if chosen[row] or problem.forbidden[row]:
            break
        reached = float(away[row])
        chosen[row] = True
        away = np.minimum(away, np.linalg.norm(xy_m - xy_m[row], axis=1))
    return chosen, reached


def _swapped(problem: CoveringProblem, xy_m: Floats, chosen: Flags) -> Flags:
    """Move one of the two nearest sites to where it lies farthest from all others, while that helps."""
    best = _spacing(xy_m, chosen)
    while True:
        rows = np.flatnonzero(chosen)
        away = np.linalg.norm(xy_m[:, None] - xy_m[rows], axis=2)
        between = away[rows] + np.diag(np.full(len(rows), np.inf))
        moves = []
        for k in np.unravel_index(int(np.argmin(between)), between.shape):
            if problem.forced[rows[k]]:
                continue
            lonely = np.delete(away, k, axis=1).min(axis=1)
            into = int(np.argmax(np.where(chosen | problem.forbidden, -1.0, lonely)))
            moved = chosen.copy()
            moved[[rows[k], into]] = [False, True]
            moves.append((_spacing(xy_m, moved), moved))
        better = max(moves, key=lambda move: move[0], default=(0.0, chosen))
        if better[0] <= best * (1 + _SLACK) or problem.broken(better[1]):
            return chosen
        best, chosen = better


def _spacing(xy_m: Floats, chosen: Flags) -> float:
    """Return the straight way between the two nearest of the chosen; infinite for less than two."""
    points = xy_m[chosen]
    if len(points) < 2:  # noqa: PLR2004
        return float(np.inf)
    return float(cKDTree(points).query(points, k=2)[0][:, 1].min())


def _pairs(xy_m: Floats, within: float) -> csr_matrix:
    """Return the (k, n) pairs of candidates that lie nearer than `within`."""
    near = too_near(xy_m, within)
    ends = np.arange(len(near)).repeat(2), near.ravel()
    return csr_matrix((np.ones(near.size), ends), shape=(len(near), len(xy_m)))


def _circles(xy_m: Floats, centres: Floats, radius_m: float) -> csr_matrix:
    """Return (k, n) which candidates lie within each circle; those with two at least.

    Any two in one lie less than its diameter apart, so one at most of them may be chosen.
    """
    inside = cKDTree(xy_m).query_ball_point(centres, np.nextafter(radius_m, 0.0))
    rows = [np.array(row, np.int64) for row in inside if len(row) > 1]
    begin = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    members = np.concatenate([np.empty(0, np.int64), *rows])
    return csr_matrix((np.ones(len(members)), members, begin), shape=(len(rows), len(xy_m)))
