"""The covering problem proven by HiGHS: an answer with its bound."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import coo_matrix, csr_matrix, vstack

from geo.errors import InfeasibleError
from geo.choosing.greedy import greedy
from geo.choosing.problem import CoveringProblem, Floats, Ints
from geo.text import Text

_ABSENT = highspy.kHighsInf


@dataclass(frozen=True, slots=True)
class Answer:
    """Sites with a certificate.

    Attributes
    ----------
    chosen : (q,) int32
        Candidates to open, ascending.
    covered : float
        Weight they cover.
    upper_bound : float
        No plan that keeps the rules covers more.
    status : str
        "optimal" when the bound is met to 1e-6, else "feasible".
    """

    chosen: Ints
    covered: float
    upper_bound: float
    status: str

    @property
    def gap(self) -> float:
        """How far from optimal the answer can be at most, as a share of the bound."""
        if self.upper_bound <= 0:
            return 0.0
        return max(0.0, (self.upper_bound - self.covered) / self.upper_bound)


@dataclass(frozen=True)
class _Rows:
    """Linear rows ``lower <= matrix @ (x, y) <= upper``."""

    matrix: csr_matrix
    lower: Floats
    upper: Floats


def solve_covering(
    problem: CoveringProblem, *, time_limit_s: float = 60.0, relative_gap: float = 1e-6
) -> Answer:
    """Solve to proven optimality, or as near as the time limit allows.

    Deterministic unless the time limit strikes: one thread, fixed seed.

    Raises
    ------
    InfeasibleError
        If no choice keeps all rules.
    """
    small = problem.aggregated()
    start = greedy(small)
    solver = _solver(small, integer=True)
    solver.setOptionValue("time_limit", time_limit_s)
    solver.setOptionValue("mip_rel_gap", relative_gap)
    if small.allows(start):
        solver.setSolution(_as_solution(small, start))
    solver.run()
    state = solver.getModelStatus()
    if state == highspy.HighsModelStatus.kInfeasible:
        raise InfeasibleError(
            Text(
                "各项约束互相冲突：区市最低数、最小间距、预算、必选点不能同时满足。"
                "请放宽其中一项后重试。",
                "The rules contradict each other: district minima, spacing, budget and fixed sites "
                "cannot all hold. Relax one of them.",
            )
        )
    return _answer(problem, small, solver, start)


def _answer(
    problem: CoveringProblem, small: CoveringProblem, solver: highspy.Highs, start: Ints
) -> Answer:
    """Take the better of the solver's plan and the start, and the solver's bound."""
    info = solver.getInfo()
    values = np.array(solver.getSolution().col_value)[: small.n_sites]
    found = np.flatnonzero(values > 0.5).astype(np.int32)  # noqa: PLR2004 - binary values
    plans = [plan for plan in (found, start) if small.allows(plan)]
    chosen = max(plans, key=small.covered)
    covered = problem.covered(chosen)
    total = float(small.weight[np.unique(small.demand)].sum())
    bound = min(float(info.mip_dual_bound), total)
    proven = bound - covered <= 1e-6 * max(1.0, bound)
    return Answer(
        np.sort(chosen), covered, max(bound, covered), "optimal" if proven else "feasible"
    )


def _as_solution(problem: CoveringProblem, chosen: Ints) -> highspy.HighsSolution:
    open_sites = np.zeros(problem.n_sites)
    open_sites[chosen] = 1.0
    served = (problem.times_covered(chosen) > 0).astype(np.float64)
    solution = highspy.HighsSolution()
    solution.col_value = np.concatenate([open_sites, served]).tolist()
    return solution


def upper_lines(problem: CoveringProblem, counts: tuple[int, ...]) -> list[tuple[float, float]]:
    """Return (value at 0 sites, slope per site) of lines above every plan's coverage.

    The relaxation's value is concave in the number of sites allowed, and the count row's dual
    price is its slope (LP duality), so each line bounds every number of sites.
    """
    small = problem.aggregated()
    lines: list[tuple[float, float]] = []
    for count in counts:
        solver = _solver(small, integer=False, count=count)
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            continue
        value = float(solver.getInfo().objective_function_value)
        price = abs(float(solver.getSolution().row_dual[0]))
        lines.append((value - price * count, price))
    return lines


def _solver(problem: CoveringProblem, *, integer: bool, count: int | None = None) -> highspy.Highs:
    n, m = problem.n_sites, len(problem.weight)
    rows = _rules(problem, problem.count if count is None else count)
    links = _links(problem)
    matrix = vstack([rows.matrix, links.matrix], format="csr")
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = n + m, matrix.shape[0]
    lp.col_cost_ = np.concatenate([np.zeros(n), problem.weight])
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_lower_ = np.concatenate([problem.must_open.astype(np.float64), np.zeros(m)])
    lp.col_upper_ = np.concatenate([problem.may_open.astype(np.float64), np.ones(m)])
    lp.row_lower_ = np.concatenate([rows.lower, links.lower])
    lp.row_upper_ = np.concatenate([rows.upper, links.upper])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = matrix.indptr
    lp.a_matrix_.index_ = matrix.indices
    lp.a_matrix_.value_ = matrix.data
    if integer:
        kinds = highspy.HighsVarType
        lp.integrality_ = [kinds.kInteger] * n + [kinds.kContinuous] * m
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", 1)
    solver.passModel(lp)
    return solver


def _links(problem: CoveringProblem) -> _Rows:
    """Demand is covered only by an open site: sum of its sites - y >= 0."""
    m = len(problem.weight)
    rows = np.concatenate([problem.demand, np.arange(m)])
    columns = np.concatenate([problem.site, problem.n_sites + np.arange(m)])
    values = np.concatenate([np.ones(len(problem.site)), -np.ones(m)])
    matrix = coo_matrix((values, (rows, columns)), (m, problem.n_sites + m)).tocsr()
    return _Rows(matrix, np.zeros(m), np.full(m, _ABSENT))


def _rules(problem: CoveringProblem, count: int) -> _Rows:
    """Return the count row first, then budget, minima and spacing."""
    n = problem.n_sites
    width = n + len(problem.weight)
    rows: list[tuple[Ints, Floats, float, float]] = [
        (np.arange(n, dtype=np.int32), np.ones(n), -_ABSENT, float(count))
    ]
    if np.isfinite(problem.budget):
        rows.append((np.arange(n, dtype=np.int32), problem.costs, -_ABSENT, problem.budget))
    for group, least in problem.minimum.items():
        members = np.flatnonzero(problem.groups == group).astype(np.int32)
        rows.append((members, np.ones(len(members)), float(least), _ABSENT))
    rows += [(pair, np.ones(2), -_ABSENT, 1.0) for pair in problem.conflicts]
    index = np.concatenate([np.full(len(row[0]), i) for i, row in enumerate(rows)])
    column = np.concatenate([row[0] for row in rows])
    value = np.concatenate([row[1] for row in rows])
    matrix = coo_matrix((value, (index, column)), (len(rows), width)).tocsr()
    return _Rows(matrix, np.array([row[2] for row in rows]), np.array([row[3] for row in rows]))
