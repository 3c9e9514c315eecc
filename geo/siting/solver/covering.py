"""The solver's front: a covering problem in; the best choice found, its bound and its gap out."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from geo.arrays import Flags, Floats
from geo.errors import BadInputError
from geo.siting.models.covering_problem import CoveringProblem
from geo.siting.solver.decomposition import Decomposed, tightened
from geo.siting.solver.exact import Solved, solve_mip
from geo.siting.solver.infeasibility import explain
from geo.siting.solver.lagrangian import Multipliers, is_plain_count
from geo.siting.solver.local_search import (
    FEW_ROUNDS,
    CandidateSet,
    chosen_from,
    greedy,
    merged,
    search_from,
    swap_while_better,
)
from geo.siting.solver.reduction import aggregate, among
from geo.siting.solver.relaxation import best_multipliers
from geo.solving import Progress, SolveStatus, StoppingCriterion, never, silent
from geo.text import Text

_ROUNDS = 3
"""How often HiGHS starts again because its answer, improved, rules out more."""
_CLOSED = 1e-9
"""A gap that sums of floats leave."""
_EASY = 0.1
"""Share of the MIP's table below which HiGHS ends it without a search before."""
_MERGES, _PATIENCE = 12, 2
"""Rounds of searching at most, and in a row without a better choice."""
_SELDOM = 1e-3
"""Share of a candidate in the relaxation below which it counts as never chosen."""
_CORE_SITES = 2_000
"""Candidates the search moves among, those the prices favour: all, in most cities."""
_PIECES = ((7, 20), (14, 100), (28, 500))
"""Sites of a subproblem and branch-and-bound nodes for it, round by round."""
_WIDE = 14
"""Sites of the subproblems after which more candidates are chosen among: few are still open."""
_PIECE_PAIRS = 180_000
"""Pairs of a subproblem at most, about; many are solved in a round."""
_HAMPERED = 2.0
"""Times the MIP's table that HiGHS is given where rules hamper swaps: nothing else would end it."""
_FAVOURED_NODES = 10
"""Branch-and-bound nodes among the candidates the prices favour. Where rules hamper swaps they are
the search: on 14,000 x 2,000 in 15 clusters with money and minima, swaps and prices left 0.6 % open,
the 250 candidates of the relaxation's choice 0.02 % after 3 s, and 400 all but 2 in 405,000 workers.
With so good a choice the subproblems rule out two candidates in three before HiGHS starts."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to try; iteration counts, so that any machine gives the same answer.

    Attributes
    ----------
    iterations : int
        Primal-dual steps of the bound, on tables too large for the simplex method.
    shakes : int
        How often each iterated search shakes its choice; 0 leaves the search out.
    nodes : int
        Branch-and-bound nodes of each MIP.
    mip_pairs : int
        Largest covering table given to the MIP solver; its root LP cannot be bounded otherwise.
    relative_gap : float
        Stop when the answer is proven this near the optimum.
    """

    iterations: int = 2_000
    shakes: int = 1_000
    nodes: int = 2_000
    mip_pairs: int = 150_000
    relative_gap: float = 0.0

    def __post_init__(self) -> None:
        """Refuse an effort that could prove nothing."""
        if self.iterations < 1 or min(self.shakes, self.nodes) < 0 or self.relative_gap < 0:
            raise BadInputError(
                Text(
                    f"迭代次数 {self.iterations}、节点数 {self.nodes} 或目标差距无效。",
                    f"Iterations {self.iterations} must be at least 1; nodes and gap 0 or more.",
                )
            )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CoveringAnswer:
    """The best choice found and how far from the best possible it can be at most.

    Attributes
    ----------
    chosen : (n,) bool
        Keeps every rule.
    value : float
        Weight it covers.
    upper_bound : float
        Certified: no choice that keeps the rules covers more.
    gap : float
        ``(upper_bound - value) / upper_bound``.
    status : SolveStatus
        Whether the gap is closed.
    prices : Multipliers
        The dual prices behind the bound (of the aggregated rows).
    statistics : Mapping[str, float]
        Rows, pairs, iterations, nodes, seconds by step.
    """

    chosen: Flags
    value: float
    upper_bound: float
    gap: float
    status: SolveStatus
    prices: Multipliers
    statistics: Mapping[str, float] = field(default_factory=dict)


def solve_covering(
    problem: CoveringProblem,
    *,
    seed: int = 0,
    effort: Effort | None = None,
    stop: StoppingCriterion = never,
    progress: Progress = silent,
) -> CoveringAnswer:
    """Choose what covers the most, within the rules, and prove how good it is.

    Aggregated rows; greedy and swaps; prices and their bound, from the linear relaxation where the
    table is small; where much is left open, a search among the candidates the prices favour, its
    choices merged, or HiGHS among them where rules hamper swaps; then parts of the city solved
    exactly, which lower the bound and rule out most candidates; HiGHS on those left open, again
    while the answer improves. `stop` is asked between iterations and nodes; the best answer so far
    is returned with its bound.

    Raises
    ------
    InfeasibleError
        No choice keeps all rules; the text names those that fight.
    """
    return _Solving(problem, seed, effort or Effort(), stop, progress).run()


class _Solving:
    """One run: the best choice and bound so far."""

    def __init__(
        self,
        problem: CoveringProblem,
        seed: int,
        effort: Effort,
        stop: StoppingCriterion,
        progress: Progress,
    ) -> None:
        self._clock = time.perf_counter()
        self._whole = problem
        self._problem = aggregate(problem)
        self._seed, self._effort, self._stop, self._progress = seed, effort, stop, progress
        weight = self._problem.weight
        self._step = 1.0 if bool(np.all(weight == np.rint(weight))) else 0.0
        self._bound = float(weight.sum())
        self._chosen = problem.forced
        self._value = -np.inf
        self._proofs: list[Decomposed] = []
        self.statistics: dict[str, float] = {
            "pairs": float(problem.covers.nnz),
            "rows": float(len(weight)),
            "pairs_aggregated": float(self._problem.covers.nnz),
            "nodes": 0.0,
        }
        self._note("seconds_reduce")

    def run(self) -> CoveringAnswer:
        self._progress(Text("贪心与交换", "Greedy and swaps"), 0.05)
        self._first()
        self._note("seconds_start")
        self._progress(Text("求上界", "Bounding"), 0.2)
        prices = self._bounded()
        self._note("seconds_bound")
        self._progress(Text("改进方案", "Searching"), 0.3)
        self._search(prices)
        self._note("seconds_search")
        self._progress(Text("分片求解", "Solving piece by piece"), 0.5)
        self._by_pieces(prices)
        self._note("seconds_pieces")
        self._progress(Text("精确求解", "Proving"), 0.8)
        self._prove(prices)
        self._note("seconds_mip")
        self._progress(Text("选址完成", "Sites chosen"), 1.0)
        return self._answer(prices)

    def _note(self, name: str) -> None:
        now = time.perf_counter()
        self.statistics[name] = now - self._clock
        self._clock = now

    @property
    def _is_hampered(self) -> bool:
        """Whether rules beside the count forbid most swaps."""
        problem = self._problem
        return bool(len(problem.conflicts)) or not all(map(is_plain_count, problem.rules))

    def _first(self) -> None:
        start = swap_while_better(greedy(CandidateSet(self._problem)), stop=self._stop).chosen
        if self._problem.broken(start):
            feasible = explain(self._problem, seed=self._seed)
            start = swap_while_better(chosen_from(self._problem, feasible), stop=self._stop).chosen
        self._take(start)

    def _bounded(self) -> Multipliers:
        prices = best_multipliers(
            self._problem,
            self._value,
            iterations=self._effort.iterations,
            seed=self._seed,
            stop=self._stop,
        )
        self._lower_bound_to(prices.bound)
        self._take(self._rounded(prices.share))
        return prices

    def _search(self, prices: Multipliers) -> None:
        """Improve the choice among the candidates the prices favour, where much is left open."""
        if not self._effort.shakes or self._small(prices, share=_EASY):
            return
        if self._is_hampered:
            self._choose_among(prices, prices.share > _SELDOM)
        else:
            self._shake(prices)

    def _shake(self, prices: Multipliers) -> None:
        """Shake among those, always from the start; merge what comes."""
        rows = np.flatnonzero(self._core(prices))
        part, odds = among(self._problem, rows), prices.share[rows]
        start, failed = self._chosen[rows], 0
        for seed in range(_MERGES):
            if self._closed or self._stop() or failed == _PATIENCE:
                return
            found = search_from(
                part,
                start,
                odds,
                seed=[self._seed, seed],
                shakes=self._effort.shakes,
                stop=self._stop,
            )
            best = merged(
                part,
                [self._chosen[rows], *found],
                most_pairs=self._effort.mip_pairs,
                seed=self._seed,
                stop=self._stop,
            )
            chosen = np.zeros_like(self._chosen)
            chosen[rows] = best
            failed = 0 if self._take(chosen) else failed + 1

    def _core(self, prices: Multipliers) -> Flags:
        left = self._open(prices)
        order = np.lexsort((-prices.profit, prices.share <= _SELDOM))
        core = self._chosen | left.forced
        core[order[:_CORE_SITES]] = True
        return core & ~left.forbidden | self._chosen

    def _choose_among(self, prices: Multipliers, candidates: Flags) -> None:
        """Choose exactly, as far as a few nodes go, among `candidates` that are still open."""
        if self._closed or self._stop():
            return
        left = self._open(prices)
        rows = np.flatnonzero(candidates & ~left.forbidden | left.forced | self._chosen)
        solved = solve_mip(
            among(left, rows),
            self._chosen[rows],
            nodes=_FAVOURED_NODES,
            seed=self._seed,
            stop=self._stop,
        )
        if solved.chosen is not None:
            chosen = np.zeros_like(self._chosen)
            chosen[rows] = solved.chosen
            self._learn(replace(solved, chosen=chosen))

    def _favoured(self, prices: Multipliers) -> Flags:
        """Return as many of the candidates the prices favour as HiGHS chooses among with ease."""
        left, most = self._open(prices), _EASY * self._effort.mip_pairs
        order = np.lexsort((-prices.profit, prices.share <= _SELDOM, left.forbidden))
        size = int((~left.forbidden).sum())
        while size > 1 and among(left, order[:size]).covers.nnz > most:
            size //= 2
        favoured: Flags = np.zeros_like(self._chosen)
        favoured[order[:size]] = True
        return favoured

    def _rounded(self, score: Floats) -> Flags:
        """Return the candidates of highest score above 0 that keep the rules, improved."""
        choice = CandidateSet(self._problem)
        order = np.argsort(-score, kind="stable")
        for row in order[score[order] > _SELDOM].tolist():
            if choice.may_add()[row]:
                choice.add(row)
        return swap_while_better(greedy(choice), rounds=FEW_ROUNDS, stop=self._stop).chosen

    def _take(self, chosen: Flags) -> bool:
        """Keep `chosen` if it is allowed and better; tell whether it was."""
        value = self._problem.value(chosen)
        if value <= self._value or self._problem.broken(chosen):
            return False
        self._chosen, self._value = chosen.copy(), value
        return True

    def _lower_bound_to(self, bound: float) -> None:
        if self._step:
            bound = float(np.floor(bound + 1e-6 * max(1.0, abs(bound) * 1e-3)))
        self._bound = max(min(self._bound, bound), self._value)

    @property
    def _gap(self) -> float:
        return (self._bound - self._value) / self._bound if self._bound > 0 else 0.0

    @property
    def _closed(self) -> bool:
        return self._gap <= max(self._effort.relative_gap, _CLOSED)

    def _small(self, prices: Multipliers, *, share: float) -> bool:
        """Return whether what is open is no more than `share` of the MIP's table."""
        return self._open_pairs(prices) <= share * self._effort.mip_pairs

    def _fits(self, prices: Multipliers) -> bool:
        """Return whether HiGHS is to end it."""
        return self._small(prices, share=_HAMPERED if self._is_hampered else 1.0)

    def _open_pairs(self, prices: Multipliers) -> float:
        """Count the covering pairs of candidates and demand not settled yet."""
        left = self._open(prices)
        rows = np.flatnonzero(~left.forced & ~left.forbidden)
        self.statistics["open_candidates"] = float(len(rows))
        live = ~left.covered(left.forced)
        return float((left.covers[rows] @ live.astype(np.float64)).sum())

    def _prove(self, prices: Multipliers) -> None:
        for _ in range(_ROUNDS):
            if self._closed or self._stop():
                return
            if not self._fits(prices):
                return
            solved = solve_mip(
                aggregate(self._open(prices)),
                self._chosen,
                nodes=self._effort.nodes,
                seed=self._seed,
                stop=self._stop,
            )
            improved = self._learn(solved)
            # All that was fixed away is no better than the best known.
            self._lower_bound_to(max(solved.bound, self._value))
            if not improved:
                return

    def _by_pieces(self, prices: Multipliers) -> None:
        """Solve subproblems exactly, larger and larger: a lower bound, more ruled out."""
        pairs, chosen = self._problem.covers.nnz, int(self._chosen.sum())
        most = max(1, _PIECE_PAIRS * chosen // max(pairs, 1))
        for sites, nodes in _PIECES:
            if self._closed or self._small(prices, share=_EASY) or self._stop():
                return
            pieced = tightened(
                self._problem,
                prices,
                self._chosen,
                most_sites=min(sites, most),
                nodes=nodes,
                seed=self._seed,
                stop=self._stop,
            )
            self._proofs.append(pieced)
            self._lower_bound_to(pieced.bound)
            self._take(self._rounded(pieced.chosen * (1.0 + prices.share)))
            if self._is_hampered and sites == _WIDE:
                self._choose_among(prices, self._favoured(prices))
            if sites >= most:
                return

    def _open(self, prices: Multipliers) -> CoveringProblem:
        """Fix what cannot be part of anything better than the best known."""
        target = self._value + max(self._step - 1e-6, 0.0)
        problem = self._problem
        proofs: tuple[Multipliers | Decomposed, ...] = (prices, *self._proofs)
        for proof in proofs:
            never_in, always = proof.ruled_out(target)
            problem = replace(
                problem, forbidden=problem.forbidden | never_in, forced=problem.forced | always
            )
        return problem

    def _learn(self, solved: Solved) -> bool:
        """Take the MIP's choice, improved; tell whether it was better."""
        self.statistics["nodes"] += max(0, solved.nodes)
        if solved.chosen is None:
            return False
        taken = self._take(solved.chosen)
        better = swap_while_better(
            chosen_from(self._problem, solved.chosen), rounds=FEW_ROUNDS, stop=self._stop
        ).chosen
        return self._take(better) or taken

    def _answer(self, prices: Multipliers) -> CoveringAnswer:
        status = SolveStatus.OPTIMAL if self._gap <= _CLOSED else SolveStatus.BOUNDED
        return CoveringAnswer(
            chosen=self._chosen,
            value=self._whole.value(self._chosen),
            upper_bound=self._bound,
            gap=self._gap,
            status=status,
            prices=prices,
            statistics=dict(self.statistics),
        )
