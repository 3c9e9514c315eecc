"""Siting measured: clustered cities, rules and money, OR-Library's graphs, HiGHS and spopt beside it.

    python tests/benchmarks/siting.py [--quick] [--json FILE] [--pmed FOLDER] [--repeat N]
        [--seed N] [--no-spopt] [--only WORDS] [--limit SECONDS]

Each instance runs in a process of its own, so that peak memory is its own; code is compiled before
the clock starts. Ours is what a planner's question runs (:func:`geo.siting.plan.planned_model.solve_choice`),
timed from points to proven plan; HiGHS alone gets the same aggregated rows as it comes, presolve
and all, with one thread as ours. For the p-centre and the set covering it gets the textbook's
programs. Seconds are processor time, which other work on the machine changes less; who has not
proven the plan within the limit is told with the gap left. The models not listed are programs that
we give to HiGHS ourselves. spopt (with HiGHS through PuLP) solves the plain ones where it is
installed and its dense matrix stays under 250 MB; it gets the distance matrix ready made.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import statistics
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from measuring import peak_mb
from scipy.sparse import csr_matrix, diags, eye, hstack, vstack
from scipy.sparse.csgraph import shortest_path
from scipy.spatial import cKDTree

from geo.coverage.rule import VISITS_PER_WORKER_DAY
from geo.highs import Highs, Program
from geo.reach.catchments import Catchments
from geo.siting.models.covering_problem import CoveringProblem, covering_matrix, too_near
from geo.siting.models.linear_rule import budget_rule, class_rules, count_rule
from geo.siting.models.model import ModelKind
from geo.siting.models.textbook import gradual_covering, p_median_beside
from geo.siting.plan.planned_model import ModelChoice, ModelData, solve_choice
from geo.siting.solver.exact import solve_mip
from geo.siting.solver.lagrangian import most_chosen, rules_as_rows
from geo.siting.solver.p_centre import solve_p_centre
from geo.siting.solver.p_median import solve_p_median
from geo.siting.solver.reduction import aggregate

_DENSE_LIMIT = 250_000_000 / 8
_LIMIT_S = 110.0
_SPACING_M = 300.0


@dataclass(frozen=True)
class Family:
    """One size of city: clustered demand and candidates on a 40 km plane, planar reach."""

    demands: int
    candidates: int
    reach_m: float
    sites: int
    seed: int = 1
    clusters: int = 60
    money: bool = False
    spaced: bool = False
    kind: ModelKind = ModelKind.MCLP

    @property
    def name(self):
        """What the table calls it."""
        more = [str(self.kind)] if self.kind is not ModelKind.MCLP else []
        more += ["money, minima"] * self.money + ["spacing"] * self.spaced
        rules = " ".join(["", *more])
        return f"{self.demands} x {self.candidates}{rules} ({self.clusters} clusters)"


FAMILIES = (
    Family(2_000, 300, 1_250.0, 20),
    Family(14_000, 2_000, 860.0, 100),
    Family(26_000, 10_000, 580.0, 100),
    Family(76_000, 10_000, 1_115.0, 100),
)
OTHERS = (
    Family(7_000, 1_000, 860.0, 50, clusters=8),
    Family(7_000, 1_000, 860.0, 50, clusters=8, money=True),
    Family(14_000, 2_000, 860.0, 100, clusters=15),
    Family(14_000, 2_000, 860.0, 100, clusters=400),
    Family(14_000, 2_000, 860.0, 100, money=True),
    Family(14_000, 2_000, 860.0, 100, money=True, clusters=15),
    Family(14_000, 2_000, 860.0, 100, spaced=True),
    Family(14_000, 2_000, 860.0, 100, money=True, spaced=True),
    Family(26_000, 10_000, 580.0, 100, money=True),
    Family(14_000, 2_000, 860.0, 100, kind=ModelKind.GRADUAL),
    Family(14_000, 2_000, 860.0, 100, kind=ModelKind.P_MEDIAN),
    Family(14_000, 2_000, 860.0, 100, kind=ModelKind.P_MEDIAN, money=True),
    Family(14_000, 2_000, 860.0, 100, kind=ModelKind.LSCP),
    Family(14_000, 2_000, 860.0, 100, kind=ModelKind.BACKUP),
    Family(14_000, 2_000, 860.0, 100, kind=ModelKind.BACKUP, money=True),
    Family(2_000, 300, 1_250.0, 20, kind=ModelKind.CAPACITATED),
    Family(2_000, 300, 1_250.0, 20, kind=ModelKind.CAPACITATED, money=True),
    Family(2_000, 300, 1_250.0, 20, kind=ModelKind.P_CENTRE),
    Family(2_000, 300, 1_250.0, 20, kind=ModelKind.P_CENTRE, money=True),
)


def city(family):
    """Return demand and candidate points (x, y metres) and whole-number workers."""
    rng, k = np.random.default_rng(family.seed), family.clusters
    centre, spread = rng.uniform(0, 40_000, (k, 2)), rng.uniform(400, 2_500, k)

    def scattered(n):
        of = rng.integers(0, k, n)
        return centre[of] + rng.normal(size=(n, 2)) * spread[of][:, None]

    demand, candidate = scattered(family.demands), scattered(family.candidates)
    return demand, candidate, np.rint(rng.lognormal(3, 1, family.demands)) + 1


def ways_of(demand, candidate, reach_m):
    """Return the catchments of planar ways within `reach_m`."""
    near = cKDTree(demand).query_ball_point(candidate, reach_m, return_sorted=True)
    point = np.concatenate([np.array(rows, np.int32) for rows in near])
    site = np.repeat(np.arange(len(candidate), dtype=np.int32), [len(rows) for rows in near])
    way = np.linalg.norm(demand[point] - candidate[site], axis=1).astype(np.float32)
    return Catchments.of_pairs(site, point, way, len(candidate), len(demand))


def question(family):
    """Return what a planner's question hands the solver: choice, plain covering, data."""
    demand, candidate, workers = city(family)
    pairs = ways_of(demand, candidate, family.reach_m)
    is_counted = family.kind is not ModelKind.LSCP
    rules = (count_rule(family.candidates, family.sites),) if is_counted else ()
    spacing_m = _SPACING_M if family.spaced else 0.0
    problem = CoveringProblem(
        covers=covering_matrix(pairs.site, pairs.point, pairs.n_sites, pairs.n_points),
        weight=workers,
        rules=rules if not family.money else _money(candidate, family),
        conflicts=too_near(candidate, spacing_m),
    )
    is_centre = family.kind is ModelKind.P_CENTRE
    wide = ways_of(demand, candidate, 60_000.0) if is_centre else None
    data = ModelData(
        pairs=pairs,
        weight=workers,
        already=np.zeros(family.demands, bool),
        districts=["*"] * family.demands,
        limit=family.reach_m,
        in_seconds=False,
        way_now=np.full(family.demands, np.inf),
        capacity=_room(workers, family),
        xy_m=candidate,
    )
    return ModelChoice(kind=family.kind, wide=wide), problem, data


def _money(candidate, family):
    """Return a count, a budget for about as many sites, and ten districts with a minimum each."""
    rng = np.random.default_rng(family.seed)
    cost = np.rint(rng.lognormal(0, 0.5, len(candidate)) * 20) * 1_000 + 5_000
    strip = np.digitize(candidate[:, 0], np.quantile(candidate[:, 0], np.arange(0.1, 1, 0.1)))
    minima = class_rules([f"{one}" for one in strip], family.sites // 20)
    return (budget_rule(cost, float(family.sites * np.median(cost))), *minima)


def _room(workers, family):
    """Return visitors a day of each candidate: all together about half of what is asked for."""
    rng = np.random.default_rng(family.seed)
    each = workers.sum() * VISITS_PER_WORKER_DAY / (2 * family.sites)
    return np.rint(each * rng.lognormal(0, 0.5, family.candidates))


def computed(limit_s):
    """Return a stopping criterion of `limit_s` seconds of processor time."""
    until_s = time.process_time() + limit_s
    return lambda: time.process_time() >= until_s


def ours(family, limit_s):
    """Build, solve and tell time, gap and memory."""
    for kind in {ModelKind.MCLP, family.kind}:
        small = Family(400, 60, 900.0, 6, kind=kind, money=family.money, spaced=family.spaced)
        solve_choice(*question(small))
    begin = time.process_time()
    choice, problem, data = question(family)
    answer, _ = solve_choice(choice, problem, data, stop=computed(limit_s))
    return {
        "pairs": problem.covers.nnz,
        "seconds": time.process_time() - begin,
        "value": answer.value,
        "bound": answer.bound,
        "gap": answer.gap,
        "status": str(answer.status),
        "peak_mb": peak_mb(),
    }


def highs_alone(family, limit_s):
    """Give the same aggregated rows to HiGHS and nothing else; tell time, gap and memory."""
    begin = time.process_time()
    choice, problem, data = question(family)
    stop = computed(limit_s)
    solve = {
        ModelKind.LSCP: _fewest,
        ModelKind.P_CENTRE: _by_bisection,
        ModelKind.BACKUP: _twice,
        ModelKind.CAPACITATED: _within_room,
    }.get(family.kind, _covered)
    value, bound = solve(choice, problem, data, stop)
    largest = max(abs(value), abs(bound))
    return {
        "seconds": time.process_time() - begin,
        "value": value,
        "bound": bound,
        "gap": abs(bound - value) / largest if np.isfinite(largest) else np.inf,
        "peak_mb": peak_mb(),
    }


def _covered(choice, problem, data, stop):
    """Maximise what is covered, on the rows of the model."""
    model = {
        ModelKind.GRADUAL: lambda: gradual_covering(
            data.pairs,
            data.weight,
            1,
            steps=[(data.limit * part, share) for part, share in choice.steps],
        ),
        ModelKind.P_MEDIAN: lambda: p_median_beside(
            data.pairs, data.weight, 1, now=data.way_now, limit=data.limit
        ),
    }.get(choice.kind)
    rows = problem
    if model is not None:
        kept = {name: getattr(problem, name) for name in ("rules", "conflicts")}
        rows = replace(model().problem, **kept)
    found = solve_mip(aggregate(rows), None, nodes=1_000_000, presolve=True, stop=stop)
    return -np.inf if found.chosen is None else rows.value(found.chosen), found.bound


def _fewest(choice, problem, data, stop):
    """Cover all that can be with the fewest sites: ``min sum y, A y >= 1``."""
    del choice, data
    rows = aggregate(problem).covers.T.tocsr()
    found = _least(rows, problem, np.ones(problem.n_candidates), stop)
    value = float((found.values > 0.5).sum()) if found.has_answer else np.inf
    return value, -found.ceiling


def _twice(choice, problem, data, stop):
    """Second covers count for less: ``max sum w (z + t u), z + u <= sum y``."""
    del data
    rows = aggregate(problem)
    n, m = rows.covers.shape
    cover = hstack([rows.covers.T, -eye(m), -eye(m)])
    gain = np.concatenate([np.zeros(n), rows.weight, choice.twice * rows.weight])
    return _most(problem, [(cover, np.zeros(m), np.full(m, np.inf))], gain, stop)


def _within_room(choice, problem, data, stop):
    """Serve within room: ``max sum w x, sum_j x <= 1, x <= y, sum_i w x <= k y``."""
    rows = aggregate(problem)
    n, m = rows.covers.shape
    pairs = rows.covers.tocoo()
    size, each = len(pairs.row), np.arange(len(pairs.row))
    room = np.minimum(data.capacity / choice.visits_per_worker_day, rows.covers @ rows.weight)
    weight = rows.weight[pairs.col]
    once = hstack([csr_matrix((m, n)), csr_matrix((np.ones(size), (pairs.col, each)))])
    chosen = hstack([csr_matrix((np.ones(size), (each, pairs.row)), (size, n)), -eye(size)])
    within = hstack([diags(room), csr_matrix((-weight, (pairs.row, each)), (n, size))])
    blocks = [
        (once, np.zeros(m), np.ones(m)),
        (chosen, np.zeros(size), np.ones(size)),
        (within, np.zeros(n), room),
    ]
    return _most(problem, blocks, np.concatenate([np.zeros(n), weight]), stop)


def _most(problem, blocks, gain, stop):
    """Return value and bound of HiGHS after ``max gain x`` with the rules and `blocks` of rows kept."""
    rules, limit = rules_as_rows(problem)
    counted = vstack([rules, csr_matrix(np.ones((1, problem.n_candidates)))])
    matrix, low, high = zip(*blocks, strict=True)
    most = np.append(limit, most_chosen(problem))
    blank = csr_matrix((len(most), len(gain) - problem.n_candidates))
    highs = Highs(stop=stop)
    highs.load(
        Program(
            matrix=vstack([hstack([counted, blank]), *matrix], "csr"),
            low=np.concatenate([np.full(len(most), -np.inf), *low]),
            high=np.concatenate([most, *high]),
            cost=gain,
            upper=np.ones(len(gain)),
            n_integer=problem.n_candidates,
        )
    )
    highs.run()
    return highs.objective if highs.has_answer else -np.inf, highs.ceiling


def _by_bisection(choice, problem, data, stop):
    """Bisect over the ways there are; each step is a set covering within the rules."""
    del data
    pairs = choice.wide
    steps = np.unique(pairs.cost)
    low, high = 0, len(steps) - 1
    while low < high and not stop():
        middle = (low + high) // 2
        near = pairs.cost <= steps[middle]
        rows = covering_matrix(
            pairs.point[near], pairs.site[near], pairs.n_points, problem.n_candidates
        )
        found = _least(rows, problem, np.zeros(problem.n_candidates), stop)
        if not found.is_infeasible and not found.has_answer:
            break
        low, high = (middle + 1, high) if found.is_infeasible else (low, middle)
    return float(steps[high]), float(steps[low])


def _least(rows, problem, cost, stop):
    """Return HiGHS after ``min cost y`` with every row covered and the rules kept."""
    rules, limit = rules_as_rows(problem)
    count = most_chosen(problem)
    matrix = vstack([rows, rules, csr_matrix(np.ones((1, problem.n_candidates)))], "csr")
    low = np.concatenate([np.ones(rows.shape[0]), np.full(len(limit) + 1, -np.inf)])
    high = np.concatenate([np.full(rows.shape[0], np.inf), limit, [count]])
    highs = Highs(stop=stop)
    highs.load(
        Program(
            matrix=matrix,
            low=low,
            high=high,
            cost=-cost,
            upper=np.ones(len(cost)),
            n_integer=len(cost),
        )
    )
    highs.run()
    return highs


def spopt_same(family):
    """Build and solve the same with spopt and HiGHS; None where it cannot."""
    try:
        import pulp  # noqa: PLC0415
        from spopt.locate import MCLP  # noqa: PLC0415
    except ImportError:
        return None
    demand, candidate, workers = city(family)
    ways = np.linalg.norm(demand[:, None] - candidate[None], axis=2)
    begin = time.process_time()
    model = MCLP.from_cost_matrix(ways, workers, family.reach_m, p_facilities=family.sites)
    built = time.process_time() - begin
    model = model.solve(pulp.HiGHS(msg=False))
    return {
        "build_seconds": built,
        "seconds": time.process_time() - begin,
        "value": float(pulp.value(model.problem.objective)),
        "peak_mb": peak_mb(),
    }


def median_run(repeat, work, *given):
    """Run in fresh processes; return the run of median time."""
    runs = []
    for _ in range(repeat):
        with multiprocessing.get_context("fork").Pool(1) as pool:
            runs.append(pool.apply(work, given))
    if runs[0] is None:
        return None
    middle = statistics.median_low([run["seconds"] for run in runs])
    return next(run for run in runs if run["seconds"] == middle)


def pmed(path):
    """Solve one OR-Library file as p-median and as p-centre."""
    rows = [tuple(map(int, line.split())) for line in path.read_text().split("\n") if line.strip()]
    n, _, p = rows[0]
    edges = {(min(i, j) - 1, max(i, j) - 1): cost for i, j, cost in rows[1:]}
    ends = np.array(list(edges)).T
    graph = csr_matrix((np.array(list(edges.values()), float), (ends[0], ends[1])), shape=(n, n))
    ways = shortest_path(graph, directed=False)
    solve_p_median(ways[:30, :30], 2)
    begin = time.perf_counter()
    median = solve_p_median(ways, p)
    middle = time.perf_counter()
    centre = solve_p_centre(ways, p)
    return {
        "p_median": (median.cost, median.lower_bound, middle - begin),
        "p_center": (centre.radius, centre.lower_bound, time.perf_counter() - middle),
    }


def run_families(families, repeat, limit_s, *, spopt):
    """Print the covering table; return its rows."""
    print(
        f"{'demands x candidates':<52}{'pairs':>10} seconds    gap %    MB"
        "   HiGHS s    gap %    MB   spopt s  MB  ratio"
    )
    table = []
    for family in families:
        mine = median_run(repeat, ours, family, limit_s)
        alone = median_run(repeat, highs_alone, family, limit_s)
        plain = family.kind is ModelKind.MCLP and not family.money and not family.spaced
        small = family.demands * family.candidates <= _DENSE_LIMIT
        peer = median_run(1, spopt_same, family) if small and plain and spopt else None
        table.append(
            {
                "instance": family.name,
                "seed": family.seed,
                "ours": mine,
                "highs": alone,
                "spopt": peer,
            }
        )
        text = "not run: too large, rules it lacks, or not installed"
        if peer is not None:
            ratio = peer["seconds"] / mine["seconds"]
            text = (
                f"{peer['seconds']:8.1f} {peer['peak_mb']:>5.0f} {ratio:6.1f}  "
                f"its value {peer['value']:.0f}, ours {mine['value']:.0f}"
            )
        print(
            f"{family.name:<52}{mine['pairs']:>10,} {mine['seconds']:>7.2f} "
            f"{100 * mine['gap']:>8.4f} {mine['peak_mb']:>5.0f} {alone['seconds']:>9.2f} "
            f"{100 * alone['gap']:>8.4f} {alone['peak_mb']:>5.0f}  {text}",
            flush=True,
        )
    return table


def run_pmed(folder, *, quick):
    """Print the p-median and p-centre table; return its rows."""
    if not folder.is_dir():
        print(f"pmed: no folder {folder.name}, skipped")
        return []
    optima = json.loads((folder / "optima.json").read_text())
    names = sorted(optima, key=lambda name: int(name[4:]))[: 5 if quick else None]
    table = []
    for name in names:
        solved = pmed(folder / f"{name}.txt")
        row = {"instance": name}
        for model, (found, bound, seconds) in solved.items():
            published = optima[name][model]
            row[model] = {"found": found, "bound": bound, "seconds": seconds}
            row[model]["proven"] = found == bound == published
            verdict = "proven" if row[model]["proven"] else f"PUBLISHED {published}"
            print(
                f"{name:<7}{model} {found:>6.0f} >= {bound:>6.0f} {seconds:>6.2f} s {verdict}  ",
                end="",
            )
        print(flush=True)
        table.append(row)
    for model in ("p_median", "p_center"):
        spent = sum(row[model]["seconds"] for row in table)
        longest = max(row[model]["seconds"] for row in table)
        proven = sum(row[model]["proven"] for row in table)
        print(
            f"{model}: {proven} of {len(table)} proven, longest {longest:.1f} s, all {spent:.1f} s"
        )
    return table


def main():
    """Measure and print."""
    reader = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    reader.add_argument("--quick", action="store_true")
    reader.add_argument("--json", type=Path)
    reader.add_argument("--repeat", type=int, default=3)
    reader.add_argument("--pmed", type=Path, help="folder of OR-Library's pmed files")
    reader.add_argument("--seed", type=int, default=1)
    reader.add_argument("--no-spopt", action="store_true")
    reader.add_argument("--only", default="", help="only instances whose name holds these words")
    reader.add_argument("--limit", type=float, default=_LIMIT_S, help="seconds for each proof")
    asked = reader.parse_args()
    families = FAMILIES[:1] if asked.quick else FAMILIES + OTHERS
    families = [
        replace(family, seed=asked.seed) for family in families if asked.only in family.name
    ]
    repeat = 1 if asked.quick else asked.repeat
    result = {
        "pmed": run_pmed(asked.pmed, quick=asked.quick) if asked.pmed else [],
        "covering": run_families(families, repeat, asked.limit, spopt=not asked.no_spopt),
    }
    if asked.json:
        asked.json.write_text(json.dumps(result, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
