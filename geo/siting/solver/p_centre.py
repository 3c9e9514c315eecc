"""The p-centre: sites that make the longest way as short as can be, by any of a planner's rules.

Minieka (1970, SIAM Review 12): the answer is one of the ways there are, and whether the sites
allowed suffice within a way is a set covering problem (LSCP; Toregas et al. 1971). Bisection over
the sorted ways finds the shortest within which parts of sites suffice, a linear program a step;
whole sites most often suffice there or a little beyond. Both sides are proven: they suffice at the
answer, and do not at the next shorter way. Ways are never rounded.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from geo.arrays import Flags, Floats
from geo.errors import InfeasibleError
from geo.highs import Highs, Program
from geo.reach.catchments import Catchments
from geo.siting.models.covering_problem import CoveringProblem, covering_matrix
from geo.siting.models.linear_rule import (
    count_rule,
)
from geo.siting.solver.lagrangian import most_chosen, rules_as_rows
from geo.siting.solver.p_median import check_costs
from geo.solving import StoppingCriterion, never
from geo.text import Text

_NODES = 100_000
"""A ceiling: whether a distance can be kept mostly shows at the root."""
_MOST_COMPARED = 2_000
"""Demands of which each pair is compared; more take longer than they save."""


@dataclass(frozen=True, slots=True, eq=False)
class CentreAnswer:
    """The best sites found and the proven floor.

    Attributes
    ----------
    chosen : (n,) bool
        Keep every rule.
    radius : float
        The longest way from any demand asked to its nearest site.
    lower_bound : float
        Certified: no sites allowed have a shorter longest way.
    gap : float
        ``(radius - lower_bound) / radius``; 0 is a proof of optimality.
    asked : (m,) bool
        Demand the radius is of: all that counts but what no way leads from.
    """

    chosen: Flags
    radius: float
    lower_bound: float
    gap: float
    asked: Flags


def solve_p_centre(
    ways: Floats,
    p: int,
    *,
    forced: Flags | None = None,
    forbidden: Flags | None = None,
    seed: int = 0,
    stop: StoppingCriterion = never,
) -> CentreAnswer:
    """Choose at most p sites of shortest longest way.

    Parameters
    ----------
    ways : (m, n) float64
        From each demand to each candidate, metres or seconds; inf where there is no way.
    forced, forbidden : (n,) bool | None
        Candidates that have to be, or may not be, among the p.
    """
    check_costs(ways, p)
    m, n = ways.shape
    point, site = np.nonzero(np.isfinite(ways))
    order = np.lexsort((point, site))
    site, point = site[order], point[order]
    pairs = Catchments.of_pairs(
        site.astype(np.int32),
        point.astype(np.int32),
        ways[point, site],  # type: ignore[arg-type] # as exact as they were given
        n,
        m,
    )
    none = np.empty(0, np.int64)
    problem = CoveringProblem(
        covers=covering_matrix(none, none, n, m),
        weight=np.ones(m),
        rules=(count_rule(n, p),),
        forced=np.zeros(n, np.bool_) if forced is None else forced,
        forbidden=np.zeros(n, np.bool_) if forbidden is None else forbidden,
    )
    return shortest_radius(problem, pairs, np.full(m, np.inf), seed=seed, stop=stop)


def shortest_radius(
    problem: CoveringProblem,
    pairs: Catchments,
    now: Floats,
    *,
    horizon: float = 0.0,
    seed: int = 0,
    stop: StoppingCriterion = never,
) -> CentreAnswer:
    """Choose by the rules of `problem` so that the longest way is shortest.

    Demand with no candidate allowed and no station within the longest of `pairs` is left out:
    nothing helps it. Where the sites do not suffice within that, the longest way is one of today's
    that is kept, and what is proven is that none is as short as the ways that are known.

    Parameters
    ----------
    problem : CoveringProblem
        Its weights say who counts (above 0); its rules hold, the count of sites among them.
    pairs : Catchments
        Ways as far as the longest radius worth trying.
    now : (m,) float64
        Way to the nearest existing station; inf where there is none.
    horizon : float
        How far `pairs` hold every way, where that is farther than the longest of them.

    Raises
    ------
    InfeasibleError
        Somebody is left without a way, whatever is chosen: neither a station nor a site.
    """
    trial = _Trial(problem, pairs, np.asarray(now, np.float64), seed, stop)
    steps = trial.steps
    high = len(steps) - 1
    chosen, _ = trial.within(high)
    if chosen is None:
        raise _too_few(problem, trial)
    chosen, high = _greedily(trial, chosen)
    low = proven = _relaxed(trial, high, stop)
    up = 1
    while low < high and not stop():
        # The relaxation's radius is most often next to the answer: go up from there.
        target = min(low + up - 1, (low + high) // 2)
        found, none = trial.within(target)
        if found is not None:
            chosen, high = found, min(target, trial.reached(found))
            continue
        low, up = target + 1, 2 * up
        # A search that gave up proves nothing; one that was exhausted, that no shorter will do.
        proven = low if none else proven
    radius = float(steps[high])
    # Beyond the ways that are known a candidate may lie nearer than who keeps a way of today.
    known = max(horizon, trial.longest, float(steps[trial.least]))
    bound = min(float(steps[min(proven, high)]), known)
    gap = (radius - bound) / radius if radius > 0 else 0.0
    return CentreAnswer(chosen, radius, bound, gap, trial.asked)


def _too_few(problem: CoveringProblem, trial: _Trial) -> InfeasibleError:
    """Say how many sites leave nobody without a way, where those allowed do not."""
    most, enough = most_chosen(problem), trial.enough()
    return InfeasibleError(
        Text(
            f"最多 {most} 处新站点不够：无论怎么选，都有职工既没有现有站点、也没有新站点可到。"
            f"不计其他约束，{enough} 处就能让他们都有站点可到：请增加站点数，或放宽其他约束。",
            f"{most} new sites at most do not suffice: whichever they are, somebody reaches neither a "
            f"station nor a site. Other rules aside, {enough} leave nobody out: allow more sites, or "
            "loosen the other rules.",
        )
    )


def _greedily(trial: _Trial, chosen: Flags) -> tuple[Flags, int]:
    """Return the shortest step that greedy covering suffices within, by bisection, and its sites."""
    low, high = trial.least, trial.reached(chosen)
    while low < high:
        middle = (low + high) // 2
        found = trial.greedy(middle)
        if found is None:
            low = middle + 1
        else:
            chosen, high = found, min(middle, trial.reached(found))
    return chosen, high


def _relaxed(trial: _Trial, high: int, stop: StoppingCriterion) -> int:
    """Return the shortest step that parts of sites suffice within: no whole ones do below."""
    low = trial.least
    while low < high and not stop():
        middle = (low + high) // 2
        if trial.is_refuted(middle):
            low = middle + 1
        else:
            high = middle
    return low


class _Trial:
    """Whether the sites allowed suffice within a radius, which is one of `steps`."""

    def __init__(
        self,
        problem: CoveringProblem,
        pairs: Catchments,
        now: Floats,
        seed: int,
        stop: StoppingCriterion,
    ) -> None:
        allowed = ~problem.forbidden[pairs.site]
        self._problem, self._seed, self._stop = problem, seed, stop
        self._site, self._point = pairs.site[allowed], pairs.point[allowed]
        self._way = pairs.cost[allowed].astype(np.float64)
        self._now = now
        best = now.copy()
        np.minimum.at(best, self._point, self._way)
        longest = float(pairs.cost.max(initial=0.0))
        self.asked: Flags = (problem.weight > 0) & (best <= longest)
        asked = self.asked[self._point]
        own = now[self.asked & np.isfinite(now)]
        self.longest = longest
        known = np.concatenate([self._way[asked], own, best[self.asked]])
        self.steps: Floats = np.unique(known) if len(known) else np.zeros(1)
        # Everybody asked goes at least to their own nearest.
        least = float(best[self.asked].max(initial=0.0))
        self.least = min(int(np.searchsorted(self.steps, least)), len(self.steps) - 1)

    def reached(self, chosen: Flags) -> int:
        """Return the step that (n,) `chosen` suffice within."""
        near = self._now.copy()
        taken = chosen[self._site]
        np.minimum.at(near, self._point[taken], self._way[taken])
        longest = float(near[self.asked].max(initial=0.0))
        return min(int(np.searchsorted(self.steps, longest)), len(self.steps) - 1)

    def enough(self) -> int:
        """Return how many sites greedy covering takes, rules aside, until all asked have a way."""
        free = replace(self._problem, rules=(), conflicts=self._problem.conflicts[:0])
        found = _greedy_cover(free, self._covers(len(self.steps) - 1))
        return 0 if found is None else int(found.sum())

    def greedy(self, step: int) -> Flags | None:
        """Return a choice that reaches all asked, if greedy covering finds one."""
        return _greedy_cover(self._problem, self._covers(step))

    def within(self, step: int) -> tuple[Flags | None, bool]:
        """Return a choice that reaches all asked, and whether there being none is proven."""
        covers = self._covers(step)
        if _is_out_of_reach(covers):
            return None, True
        found = _greedy_cover(self._problem, covers)
        if found is not None:
            return found, False
        highs = self._solved(covers, self._problem.n_candidates)
        if not highs.has_answer:
            return None, highs.is_infeasible
        chosen: Flags = highs.values > 0.5  # noqa: PLR2004 (rounding a 0/1)
        return chosen, False

    def is_refuted(self, step: int) -> bool:
        """Return whether not even parts of sites suffice."""
        covers = self._covers(step)
        return _is_out_of_reach(covers) or self._solved(covers, 0).is_infeasible

    def _covers(self, step: int) -> csr_matrix:
        radius, problem = self.steps[step], self._problem
        columns = np.flatnonzero(self.asked & (self._now > radius))
        near = self._way <= radius
        return covering_matrix(
            self._site[near], self._point[near], problem.n_candidates, len(problem.weight)
        )[:, columns]

    def _solved(self, covers: csr_matrix, n_integer: int) -> Highs:
        """Ask for any choice, of whole sites or of parts, that reaches all."""
        problem, n = self._problem, self._problem.n_candidates
        rules, limit = rules_as_rows(problem)
        asked = covers.T.tocsr()
        asked = _undominated(asked) if n_integer else asked
        matrix = vstack([asked, rules, csr_matrix(np.ones((1, n)))], "csr")
        low = np.concatenate([np.ones(asked.shape[0]), np.full(len(limit), -np.inf), [0.0]])
        most = np.append(limit, most_chosen(problem))
        highs = Highs(seed=self._seed, nodes=_NODES, stop=self._stop)
        highs.load(
            Program(
                matrix=matrix,
                low=low,
                high=np.concatenate([np.full(asked.shape[0], np.inf), most]),
                cost=np.zeros(n),
                upper=(~problem.forbidden).astype(np.float64),
                lower=problem.forced.astype(np.float64),
                n_integer=n_integer,
            )
        )
        highs.run()
        return highs


def _is_out_of_reach(covers: csr_matrix) -> bool:
    """Return whether somebody is covered by none."""
    return bool(covers.shape[1]) and int(covers.getnnz(axis=0).min()) == 0


def _undominated(rows: csr_matrix) -> csr_matrix:
    """Drop demands that are covered wherever another one is: they ask for nothing more."""
    if not rows.shape[0] or rows.shape[0] > _MOST_COMPARED:
        return rows
    within = np.unique(rows.toarray() > 0, axis=0)
    shared = within.astype(np.float32) @ within.T.astype(np.float32)
    size = within.sum(axis=1)
    implied = (shared == size[None, :]) & (size[None, :] < size[:, None])
    return csr_matrix(within[~implied.any(axis=1)].astype(np.float64))


def _greedy_cover(problem: CoveringProblem, covers: csr_matrix) -> Flags | None:
    """Take what covers most of what is left until all is; None where the rules do not allow it."""
    chosen = problem.forced.copy()
    left: NDArray[np.bool_] = np.ones(covers.shape[1], np.bool_)
    left[covers[np.flatnonzero(chosen)].indices] = False
    room = most_chosen(problem) - int(chosen.sum())
    for _ in range(room):
        if not left.any():
            break
        gain = np.where(problem.forbidden, 0.0, covers @ left.astype(np.float64))
        row = int(np.argmax(gain))
        if gain[row] <= 0:
            return None
        chosen[row] = True
        left[covers[row].indices] = False
    return None if left.any() or problem.broken(chosen) else chosen
