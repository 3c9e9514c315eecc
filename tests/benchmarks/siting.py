"""Siting measured: families of clustered cities, OR-Library's p-medians, and spopt beside it.

    python tests/benchmarks/siting.py [--quick] [--json FILE] [--pmed FOLDER] [--repeat N]

Each instance runs in a process of its own, so that peak memory is its own. spopt (with HiGHS
through PuLP) solves the same instance where it is installed and its dense matrix stays under
200 MB; it gets the distance matrix ready made.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import shortest_path
from scipy.spatial import cKDTree

from geo.siting.p_median import solve_p_median
from geo.siting.problem import CoveringProblem, covering_matrix
from geo.siting.rule import count_rule
from geo.siting.solve import solve_covering

_DENSE_LIMIT = 200_000_000 / 8
_HERE = Path(__file__).resolve()


@dataclass(frozen=True)
class Family:
    """One size of city: clustered demand and candidates on a 40 km plane, planar reach."""

    demands: int
    candidates: int
    reach_m: float
    sites: int


FAMILIES = (
    Family(2_000, 300, 1_250.0, 20),
    Family(14_000, 2_000, 860.0, 100),
    Family(26_000, 10_000, 580.0, 100),
    Family(76_000, 10_000, 1_115.0, 100),
)


def city(family, seed=1):
    """Return demand and candidate points (x, y metres) and whole-number workers."""
    rng = np.random.default_rng(seed)
    centre, spread = rng.uniform(0, 40_000, (60, 2)), rng.uniform(400, 2_500, 60)

    def scattered(n):
        of = rng.integers(0, 60, n)
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
    return CoveringProblem(matrix, workers, (count_rule(family.candidates, family.sites),))


def ours(family):
    """Solve and tell time, gap and memory."""
    problem = covering_of(family)
    begin = time.perf_counter()
    answer = solve_covering(problem)
    return {
        "pairs": problem.covers.nnz,
        "seconds": time.perf_counter() - begin,
        "value": answer.value,
        "bound": answer.upper_bound,
        "gap": answer.gap,
        "status": str(answer.status),
        "peak_mb": _peak_mb(),
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
        "peak_mb": _peak_mb(),
    }


def _peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def median_run(work, argument, repeat):
    """Run in fresh processes; return the run of median time."""
    runs = []
    for _ in range(repeat):
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            runs.append(pool.apply(work, (argument,)))
    if runs[0] is None:
        return None
    middle = statistics.median_low([run["seconds"] for run in runs])
    return next(run for run in runs if run["seconds"] == middle)


def pmed(path):
    """Solve one OR-Library file as p-median."""
    rows = [tuple(map(int, line.split())) for line in path.read_text().split("\n") if line.strip()]
    n, _, p = rows[0]
    edges = {(min(i, j) - 1, max(i, j) - 1): cost for i, j, cost in rows[1:]}
    ends = np.array(list(edges)).T
    graph = csr_matrix((np.array(list(edges.values()), float), (ends[0], ends[1])), shape=(n, n))
    ways = shortest_path(graph, directed=False)
    begin = time.perf_counter()
    answer = solve_p_median(ways, p)
    seconds = time.perf_counter() - begin
    return {"seconds": seconds, "cost": answer.cost, "bound": answer.lower_bound}


def run_families(families, repeat):
    """Print the covering table; return its rows."""
    print("demands x candidates   pairs     seconds  gap %    MB     spopt s  ratio  spopt value")
    table = []
    for family in families:
        mine = median_run(ours, family, repeat)
        small = family.demands * family.candidates <= _DENSE_LIMIT
        peer = median_run(spopt_same, family, 1) if small else None
        row = {"instance": f"{family.demands} x {family.candidates}", "ours": mine, "spopt": peer}
        table.append(row)
        text = "too large or not installed"
        if peer is not None:
            ratio = peer["seconds"] / mine["seconds"]
            text = f"{peer['seconds']:8.1f} {ratio:6.1f}  {peer['value']:.0f} (ours {mine['value']:.0f})"
        print(
            f"{row['instance']:<20} {mine['pairs']:>9,} {mine['seconds']:>9.2f} "
            f"{100 * mine['gap']:>8.4f} {mine['peak_mb']:>6.0f} {text}",
            flush=True,
        )
    return table


def run_pmed(folder, *, quick):
    """Print the p-median table; return its rows."""
    if not folder.is_dir():
        print(f"pmed: no folder {folder.name}, skipped")
        return []
    optima = json.loads((folder / "optima.json").read_text())
    names = sorted(optima, key=lambda name: int(name[4:]))[: 5 if quick else None]
    table = []
    for name in names:
        row = {
            "instance": name,
            "published": optima[name]["p_median"],
            **pmed(folder / f"{name}.txt"),
        }
        row["proven"] = row["cost"] == row["bound"] == row["published"]
        table.append(row)
        print(
            f"{name:<8} published {row['published']:>6} found {row['cost']:>8.0f} "
            f"bound {row['bound']:>8.0f} {row['seconds']:>7.2f} s "
            f"{'proven' if row['proven'] else 'OPEN'}",
            flush=True,
        )
    return table


def main():
    """Measure and print."""
    reader = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    reader.add_argument("--quick", action="store_true")
    reader.add_argument("--json", type=Path)
    reader.add_argument("--repeat", type=int, default=3)
    reader.add_argument("--pmed", type=Path, default=_HERE.parents[3] / "shared/siting/pmed")
    asked = reader.parse_args()
    families = FAMILIES[:1] if asked.quick else FAMILIES
    result = {
        "covering": run_families(families, 1 if asked.quick else asked.repeat),
        "p_median": run_pmed(asked.pmed, quick=asked.quick),
    }
    if asked.json:
        asked.json.write_text(json.dumps(result, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
