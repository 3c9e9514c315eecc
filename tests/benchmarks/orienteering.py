"""Published orienteering instances (one vehicle, time windows) through our own front door.

`python tests/benchmarks/orienteering.py FOLDER` reads every ``*.txt`` of FOLDER in the Leuven
format, and ``optima.json`` where it is there. Targets: mean gap to the optimum at most 0.3 %, none
over 2 %, at most 30 s each on one core. PyVRP, given the same seconds and the best of three prize
scales, stands beside it where it is installed and asked for with ``--peer``.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path = [path for path in sys.path if Path(path).resolve() != Path(__file__).parent.resolve()]

from data.orienteering import read_optima, read_orienteering  # noqa: E402  after the path is mended
from geo.campaign.orienteering.instance import (  # noqa: E402
    Orienteering,
    RouteEffort,
    check_route,
    plan_route,
)
from geo.solving import AfterSeconds  # noqa: E402

_SCALES = (1_000, 10_000, 100_000)


@dataclass(frozen=True)
class Line:
    """One instance: what was found, what is proven, what is published."""

    instance: str
    value: float
    bound: float
    optimum: float | None
    gap: float
    seconds: float
    broken: int
    pyvrp: float | None


def main() -> None:
    """Run every instance of a folder and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peer", action="store_true", help="run PyVRP on each as well")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the lines here")
    wanted = parser.parse_args()
    optima = read_optima(wanted.folder)
    paths = sorted(wanted.folder.glob("*.txt"))
    instances = [read_orienteering(path) for path in paths if path.stem != "FORMAT"]
    if instances:
        plan_route(instances[0], effort=RouteEffort(1, 1, ((1.0, 0.5),), 10, 10))  # compiles
    print(f"{'instance':<10}{'value':>9}{'bound':>10}{'optimum':>9}{'gap':>8}{'s':>7}  note")
    lines = [_solve(one, optima.get(one.name), wanted.seed, peer=wanted.peer) for one in instances]
    _sum_up(lines)
    if wanted.json is not None:
        wanted.json.write_text(json.dumps([asdict(line) for line in lines], indent=1))


def _solve(instance: Orienteering, optimum: float | None, seed: int, *, peer: bool) -> Line:
    started = time.perf_counter()
    route = plan_route(instance, seed=seed, stop=AfterSeconds(15))
    spent = time.perf_counter() - started
    against = route.upper_bound if optimum is None else optimum
    gap = (against - route.prize) / against if against else 0.0
    other = _pyvrp(instance, spent) if peer else None
    line = Line(
        instance.name, route.prize, route.upper_bound, optimum, gap, spent,
        len(check_route(instance, route)), other,
    )  # fmt: skip
    note = "proven best" if route.is_proven else "bound open"
    note += f", {line.broken} rules broken" if line.broken else ""
    note += f", pyvrp {other:g}" if other is not None else ""
    shown = "-" if optimum is None else f"{optimum:g}"
    print(
        f"{line.instance:<10}{line.value:>9g}{line.bound:>10.1f}{shown:>9}{gap:>8.2%}{spent:>7.1f}  {note}",
        flush=True,
    )
    return line


def _sum_up(lines: list[Line]) -> None:
    known = [line for line in lines if line.optimum is not None]
    if known:
        mean = sum(line.gap for line in known) / len(known)
        worst = max(known, key=lambda line: line.gap)
        print(f"mean gap {mean:.3%}, worst {worst.gap:.2%} ({worst.instance})", end="; ")
    proven = sum(line.bound <= line.value for line in lines)
    slowest = max((line.seconds for line in lines), default=0.0)
    print(f"{proven} of {len(lines)} proven, at most {slowest:.1f} s each")
    rivals = [line for line in known if line.pyvrp is not None]
    if rivals:
        gaps = [(line.optimum - line.pyvrp) / line.optimum for line in rivals]
        print(
            f"pyvrp in the same seconds: mean gap {sum(gaps) / len(gaps):.3%}, worst {max(gaps):.2%}"
        )


def _pyvrp(instance: Orienteering, seconds: float) -> float:
    """Return the best prize PyVRP collects over all prize scales, in `seconds` altogether."""
    import pyvrp  # noqa: PLC0415  only here

    best = 0.0
    for scale in _SCALES:
        model = pyvrp.Model()
        places = [model.add_location(0, 0) for _ in instance.prize]
        depot = model.add_depot(places[0])
        model.add_vehicle_type(
            1, start_depot=depot, end_depot=depot, tw_early=int(instance.opens[0]),
            tw_late=int(instance.closes[0]),
        )  # fmt: skip
        for n in range(1, len(places)):
            model.add_client(
                places[n], service_duration=int(instance.stay[n]), required=False,
                tw_early=int(instance.opens[n]), tw_late=int(instance.closes[n]),
                prize=int(instance.prize[n] * scale), name=str(n),
            )  # fmt: skip
        for i, origin in enumerate(places):
            for j, target in enumerate(places):
                if i != j:
                    way = int(instance.travel[i, j])
                    model.add_edge(origin, target, way, way)
        spent = pyvrp.stop.MaxRuntime(max(seconds / len(_SCALES), 1.0))
        found = model.solve(spent, seed=1, display=False).best
        best = max(best, found.prizes() / scale if found.is_feasible() else 0.0)
    return best


if __name__ == "__main__":
    main()
