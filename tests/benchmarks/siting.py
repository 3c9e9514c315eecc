"""Siting measured: clustered cities, rules and money, OR-Library's graphs, and spopt beside it.

    python tests/benchmarks/siting.py [--quick] [--json FILE] [--pmed FOLDER] [--repeat N]
        [--seed N] [--no-spopt]

Each instance runs in a process of its own, so that peak memory is its own; code is compiled
before the clock starts. Ours is timed from points to proven plan, and so is HiGHS alone on the
same aggregated rows, with one thread as ours. spopt (with HiGHS through
PuLP) solves the same instance where it is installed and its dense matrix stays under 250 MB; it
gets the distance matrix ready made.
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
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import shortest_path
from scipy.spatial import cKDTree

from geo.siting.models.problem import CoveringProblem, covering_matrix
from geo.siting.models.rule import budget_rule, class_rules, count_rule
from geo.siting.solver.covering import Effort, solve_covering
from geo.siting.solver.exact import solve_mip
from geo.siting.solver.local_search import search
from geo.siting.solver.p_centre import solve_p_centre
from geo.siting.solver.p_median import solve_p_median
from geo.siting.solver.reduction import aggregate
from geo.solving import AfterSeconds

_DENSE_LIMIT = 250_000_000 / 8
_LIMIT_S = 110.0


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

    @property
    def name(self):
        """What the table calls it."""
        kind = " money, minima" if self.money else ""
        return f"{self.demands} x {self.candidates}{kind} ({self.clusters} clusters)"


FAMILIES = (
    Family(2_000, 300, 1_250.0, 20),
    Family(14_000, 2_000, 860.0, 100),
    Family(26_000, 10_000, 580.0, 100),
    Family(76_000, 10_000, 1_115.0, 100),
)
OTHERS = (
    Family(14_000, 2_000, 860.0, 100, clusters=15),
    Family(14_000, 2_000, 860.0, 100, clusters=400),
    Family(14_000, 2_000, 860.0, 100, money=True),
    Family(26_000, 10_000, 580.0, 100, money=True),
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


def covering_of(family):
    """Return the covering problem of a family's city."""
    demand, candidate, workers = city(family)
    near = cKDTree(demand).query_ball_point(candidate, family.reach_m)
    point = np.concatenate([np.array(rows, np.int64) for rows in near])
    site = np.repeat(np.arange(family.candidates), [len(rows) for rows in near])
    matrix = covering_matrix(site, point, family.candidates, family.demands)
    rules = (count_rule(family.candidates, family.sites),)
    return CoveringProblem(
        covers=matrix,
        weight=workers,
        rules=rules if not family.money else _money(candidate, family),
    )


def _money(candidate, family):
    """Return a budget for about as many sites, and ten districts (strips) with a minimum each."""
    rng = np.random.default_rng(family.seed)
    cost = np.rint(rng.lognormal(0, 0.5, len(candidate)) * 20) * 1_000 + 5_000
    strip = np.digitize(candidate[:, 0], np.quantile(candidate[:, 0], np.arange(0.1, 1, 0.1)))
    minima = class_rules([f"{one}" for one in strip], family.sites // 20)
    return (budget_rule(cost, float(family.sites * np.median(cost))), *minima)


def ours(family):
    """Build, solve and tell time, gap and memory."""
    solve_covering(covering_of(Family(400, 60, 900.0, 6)), effort=Effort(shakes=20))
    search(covering_of(Family(400, 60, 900.0, 6)), np.zeros(60, bool), np.ones(60), shakes=1)
    begin = time.perf_counter()
    problem = covering_of(family)
    answer = solve_covering(problem, stop=AfterSeconds(_LIMIT_S))
    return {
        "pairs": problem.covers.nnz,
        "seconds": time.perf_counter() - begin,
        "value": answer.value,
        "bound": answer.upper_bound,
        "gap": answer.gap,
        "status": str(answer.status),
        "peak_mb": peak_mb(),
    }


def highs_alone(family):
    """Give the same aggregated rows to HiGHS and nothing else; tell time, gap and memory."""
    begin = time.perf_counter()
    problem = aggregate(covering_of(family))
    found = solve_mip(problem, None, nodes=1_000_000, stop=AfterSeconds(_LIMIT_S))
    value = -np.inf if found.chosen is None else problem.value(found.chosen)
    return {
        "seconds": time.perf_counter() - begin,
        "value": value,
        "bound": found.bound,
        "gap": (found.bound - value) / found.bound if np.isfinite(found.bound) else np.inf,
        "peak_mb": peak_mb(),
    }


def spopt_same(family):
    """Build and solve the same with spopt and HiGHS; None where it cannot."""
    try:
        import pulp  # noqa: PLC0415
        from spopt.locate import MCLP  # noqa: PLC0415
    except ImportError:
        return None
    demand, candidate, workers = city(family)
    ways = np.linalg.norm(demand[:, None] - candidate[None], axis=2)
    begin = time.perf_counter()
    model = MCLP.from_cost_matrix(ways, workers, family.reach_m, p_facilities=family.sites)
    built = time.perf_counter() - begin
    model = model.solve(pulp.HiGHS(msg=False))
    return {
        "build_seconds": built,
        "seconds": time.perf_counter() - begin,
        "value": float(pulp.value(model.problem.objective)),
        "peak_mb": peak_mb(),
    }


def median_run(work, argument, repeat):
    """Run in fresh processes; return the run of median time."""
    runs = []
    for _ in range(repeat):
        with multiprocessing.get_context("fork").Pool(1) as pool:
            runs.append(pool.apply(work, (argument,)))
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


def run_families(families, repeat, *, spopt):
    """Print the covering table; return its rows."""
    print(
        f"{'demands x candidates':<42}{'pairs':>10} seconds    gap %    MB"
        "   HiGHS s    gap %    MB   spopt s  MB  ratio"
    )
    table = []
    for family in families:
        mine = median_run(ours, family, repeat)
        alone = median_run(highs_alone, family, repeat)
        small = family.demands * family.candidates <= _DENSE_LIMIT and not family.money
        peer = median_run(spopt_same, family, 1) if small and spopt else None
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
            f"{family.name:<42}{mine['pairs']:>10,} {mine['seconds']:>7.2f} "
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
    asked = reader.parse_args()
    families = FAMILIES[:1] if asked.quick else FAMILIES + OTHERS
    families = [replace(family, seed=asked.seed) for family in families]
    repeat = 1 if asked.quick else asked.repeat
    result = {
        "pmed": run_pmed(asked.pmed, quick=asked.quick) if asked.pmed else [],
        "covering": run_families(families, repeat, spopt=not asked.no_spopt),
    }
    if asked.json:
        asked.json.write_text(json.dumps(result, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
