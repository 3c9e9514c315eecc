"""Siting measured: clustered cities, rules and money, OR-Library's graphs, HiGHS and spopt beside it.

    python tests/benchmarks/siting.py [--quick] [--json FILE] [--pmed FOLDER] [--repeat N]
        [--seed N ...] [--no-spopt] [--only WORDS] [--limit SECONDS]
    python tests/benchmarks/siting.py --cell 2000x300 [--reach 1250] [--sites 20] [--clusters 60]
        [--shape SHAPE] [--model MODEL] [--with RULE ...] [--phases] [--seed N ...] [--limit SECONDS]

With ``--cell``, one cell of the table on the seeds named; else all cells listed here. Each run has
a process of its own, so that peak memory is its own, and ends by force at twice the limit; code is
compiled before the clock starts. Ours is what a planner's question runs
(:func:`geo.siting.plan.planned_model.solve_choice`), timed from points to proven plan; HiGHS alone
gets the same aggregated rows as it comes, presolve and all, with one thread as ours
(:mod:`siting_by_highs`). Seconds are processor time, which other work on the machine changes less;
the ratio is ours over HiGHS's. Who has not proven the plan within the limit is told with the gap
left. spopt (with HiGHS through PuLP) solves the plain ones where it is installed and its dense
matrix stays under 250 MB; it gets the distance matrix ready made.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from measuring import peak_mb
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import shortest_path
from siting_by_highs import by_highs, phases_by_highs
from siting_cities import RULES, SHAPES, Family, city, question, smaller

from geo.errors import InfeasibleError
from geo.siting.models.model import ModelKind
from geo.siting.plan.phases import staged
from geo.siting.plan.planned_model import solve_choice
from geo.siting.solver.p_centre import solve_p_centre
from geo.siting.solver.p_median import solve_p_median

_DENSE_LIMIT = 250_000_000 / 8
_LIMIT_S = 110.0
_SAME = 1e-6
"""Relative: what two sums of floats may differ by."""

FAMILIES = (
    Family(2_000, 300, 1_250.0, 20),
    Family(14_000, 2_000, 860.0, 100),
    Family(26_000, 10_000, 580.0, 100),
    Family(76_000, 10_000, 1_115.0, 100),
)
OTHERS = (
    Family(7_000, 1_000, 860.0, 50, clusters=8),
    Family(7_000, 1_000, 860.0, 50, clusters=8, rules=("money",)),
    Family(14_000, 2_000, 860.0, 100, clusters=15),
    Family(14_000, 2_000, 860.0, 100, clusters=400),
    Family(14_000, 2_000, 860.0, 100, rules=("money",)),
    Family(14_000, 2_000, 860.0, 100, rules=("money",), clusters=15),
    Family(14_000, 2_000, 860.0, 100, rules=("spacing",)),
    Family(14_000, 2_000, 860.0, 100, rules=("money", "spacing")),
    Family(26_000, 10_000, 580.0, 100, rules=("money",)),
    Family(14_000, 2_000, 860.0, 100, kind=ModelKind.GRADUAL),
    Family(14_000, 2_000, 860.0, 100, kind=ModelKind.P_MEDIAN),
    Family(14_000, 2_000, 860.0, 100, kind=ModelKind.P_MEDIAN, rules=("money",)),
    Family(14_000, 2_000, 860.0, 100, kind=ModelKind.LSCP),
    Family(14_000, 2_000, 860.0, 100, kind=ModelKind.BACKUP),
    Family(14_000, 2_000, 860.0, 100, kind=ModelKind.BACKUP, rules=("money",)),
    Family(2_000, 300, 1_250.0, 20, kind=ModelKind.CAPACITATED),
    Family(2_000, 300, 1_250.0, 20, kind=ModelKind.CAPACITATED, rules=("money",)),
    Family(2_000, 300, 1_250.0, 20, kind=ModelKind.P_CENTRE),
    Family(2_000, 300, 1_250.0, 20, kind=ModelKind.P_CENTRE, rules=("money",)),
)


def computed(limit_s):
    """Return a stopping criterion of `limit_s` seconds of processor time."""
    until_s = time.process_time() + limit_s
    return lambda: time.process_time() >= until_s


def ours(family, limit_s):
    """Build, solve and tell time, gap and memory."""
    _answered(smaller(family), limit_s)
    begin = time.process_time()
    value, bound = _answered(family, limit_s)
    return _row(value, bound, time.process_time() - begin)


def _answered(family, limit_s):
    """Return what a planner is told: value and bound; both infinite where no plan keeps the rules."""
    stop = computed(limit_s)
    choice, problem, data = question(family)
    try:
        answer, _ = solve_choice(choice, problem, data, stop=stop)
    except InfeasibleError:
        return -np.inf, -np.inf
    if not family.phases:
        return answer.value, answer.bound
    early = (family.sites // 2,)
    first = staged(problem, answer.chosen, early, prices=answer.prices, stop=stop).claims[0]
    return first.covered, first.bound


def highs_alone(family, limit_s):
    """Give the same aggregated rows to HiGHS and nothing else; tell time, gap and memory."""
    begin = time.process_time()
    choice, problem, data = question(family)
    stop = computed(limit_s)
    if family.phases:
        value, bound = phases_by_highs(problem, family.sites // 2, stop)
    else:
        value, bound = by_highs(choice, problem, data, stop)
    return _row(value, bound, time.process_time() - begin)


def _row(value, bound, seconds):
    value, bound = float(value), float(bound)
    largest = max(abs(value), abs(bound))
    gap = abs(bound - value) / largest if 0 < largest < np.inf else 0.0
    return {
        "seconds": seconds,
        "value": value,
        "bound": bound,
        "gap": gap if value == bound or largest < np.inf else np.inf,
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


def _told(pipe, work, given, most_s):
    resource.setrlimit(resource.RLIMIT_CPU, (int(most_s), int(most_s)))
    pipe.send(work(*given))


def _alone(work, given, limit_s):
    """Run in a fresh process; None where it cannot, all infinite where it was ended by force."""
    here, there = multiprocessing.Pipe(duplex=False)
    own = multiprocessing.get_context("fork")
    process = own.Process(target=_told, args=(there, work, given, 2 * limit_s + 20))
    process.start()
    there.close()
    try:
        return here.recv()
    except EOFError:
        return {**_row(-np.inf, np.inf, 2 * limit_s + 20), "peak_mb": np.nan}
    finally:
        process.join()


def median_run(repeat, work, limit_s, *given):
    """Return the run of median time."""
    runs = [_alone(work, given, limit_s) for _ in range(repeat)]
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
        f"{'demands x candidates':<52}{'seed':>5}  ours: s    gap %         value    MB"
        f"  HiGHS: s    gap %         value    MB  ratio"
    )
    table = []
    for family in families:
        mine = median_run(repeat, ours, limit_s, family, limit_s)
        alone = median_run(repeat, highs_alone, limit_s, family, limit_s)
        small = family.demands * family.candidates <= _DENSE_LIMIT
        fits = small and family.is_plain and spopt
        peer = median_run(1, spopt_same, limit_s, family) if fits else None
        row = {"instance": family.name, "seed": family.seed}
        table.append({**row, "ours": mine, "highs": alone, "spopt": peer})
        print(f"{family.name:<52}{family.seed:>5}", _line(mine, alone, peer), flush=True)
    return table


def _line(mine, alone, peer):
    """Return what the table says of one cell, with a word where the two contradict."""
    both = [
        f"{one['seconds']:>8.2f} {100 * one['gap']:>8.4f} {one['value']:>13.2f} {one['peak_mb']:>5.0f}"
        for one in (mine, alone)
    ]
    words = [*both, f"{mine['seconds'] / alone['seconds']:>5.2f}"]
    proven = mine["gap"] <= _SAME and alone["gap"] <= _SAME
    if proven and not np.isclose(mine["value"], alone["value"], rtol=_SAME, equal_nan=True):
        words.append("DIFFER")
    if peer is not None:
        ratio = peer["seconds"] / mine["seconds"]
        words.append(f"spopt {peer['seconds']:.1f} s, {peer['peak_mb']:.0f} MB, {ratio:.1f} x")
    return "  ".join(words)


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


def _asked():
    """Read the command line."""
    reader = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    reader.add_argument("--quick", action="store_true")
    reader.add_argument("--json", type=Path)
    reader.add_argument("--repeat", type=int, default=3)
    reader.add_argument("--pmed", type=Path, help="folder of OR-Library's pmed files")
    reader.add_argument("--seed", type=int, nargs="+", default=[1])
    reader.add_argument("--no-spopt", action="store_true")
    reader.add_argument("--only", default="", help="only instances whose name holds these words")
    reader.add_argument("--limit", type=float, default=_LIMIT_S, help="seconds for each proof")
    cell = reader.add_argument_group("one cell of the table")
    cell.add_argument("--cell", metavar="DEMANDSxCANDIDATES")
    cell.add_argument("--reach", type=float, default=860.0, help="metres")
    cell.add_argument(
        "--sites", type=int, default=0, help="a twentieth of the candidates, if not said"
    )
    cell.add_argument("--clusters", type=int, default=60)
    cell.add_argument("--shape", choices=SHAPES, default=SHAPES[0])
    cell.add_argument("--model", choices=[str(kind) for kind in ModelKind], default="mclp")
    cell.add_argument("--with", choices=RULES, nargs="+", default=[], dest="rules")
    cell.add_argument("--phases", action="store_true", help="the first half of the sites first")
    return reader.parse_args()


def _cell(asked):
    """Return the one cell asked for."""
    demands, candidates = (int(size) for size in asked.cell.split("x"))
    return Family(
        demands,
        candidates,
        asked.reach,
        asked.sites or max(2, candidates // 20),
        clusters=asked.clusters,
        shape=asked.shape,
        rules=tuple(asked.rules),
        kind=ModelKind(asked.model),
        phases=asked.phases,
    )


def main():
    """Measure and print."""
    asked = _asked()
    families = FAMILIES[:1] if asked.quick else FAMILIES + OTHERS
    families = [_cell(asked)] if asked.cell else families
    families = [
        replace(family, seed=seed)
        for family in families
        if asked.only in family.name
        for seed in asked.seed
    ]
    repeat = 1 if asked.quick or asked.cell else asked.repeat
    result = {
        "pmed": run_pmed(asked.pmed, quick=asked.quick) if asked.pmed else [],
        "covering": run_families(families, repeat, asked.limit, spopt=not asked.no_spopt),
    }
    if asked.json:
        asked.json.write_text(json.dumps(result, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
