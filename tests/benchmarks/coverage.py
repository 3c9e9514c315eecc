"""Coverage of the sample for every kind, mode and hour, and gaps, checked by a plain loop.

Target: 168 hours x 6 kinds x 3 modes in under 10 s on two cores.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from measuring import Row, arguments, compare, median_s, show

from data.sample import load_layer, load_segments
from geo.coverage.analyse import Coverage, analyse_coverage
from geo.coverage.gaps import find_gaps
from geo.coverage.rule import CoverageRule
from geo.hours import HOURS_A_WEEK, week_mask
from geo.layers.vocabulary import Kind, Mode
from geo.network.compile import compile_network
from geo.network.street_network import StreetNetwork


def main() -> None:
    """Run all jobs and print the table."""
    wanted = arguments(__doc__)
    segments = load_segments()
    modes = [Mode.WALK] if wanted.quick else list(Mode)
    networks = {mode: compile_network(segments, mode) for mode in modes}
    stations = pd.concat([load_layer("stations"), load_layer("yizhan")], ignore_index=True)
    workers = load_layer("workers")

    def week() -> dict[tuple[Kind, Mode], np.ndarray]:
        return {
            (kind, mode): by_hour(
                analyse_coverage(network, stations, workers,
                                 CoverageRule(mode=mode, kinds=(kind,)))
            )
            for mode, network in networks.items()
            for kind in Kind
        }  # fmt: skip

    rows: list[Row] = []
    label = f"168 h x 6 kinds x {len(networks)} modes"
    rows += compare(label, median_s(week, 1), {}, "target 10 s for 3 modes")
    rows += against_a_loop(networks[Mode.WALK], stations, workers)
    show(rows, wanted.json)


def by_hour(seen: Coverage) -> np.ndarray:
    """Return the share of the workers present who are covered, hour by hour, (168,)."""
    present = seen.demand.active[seen.demand.owner] * seen.demand.workers[:, None]
    return (present * seen.open_hours).sum(axis=0) / np.maximum(present.sum(axis=0), 1)


def against_a_loop(
    network: StreetNetwork, stations: pd.DataFrame, workers: pd.DataFrame
) -> list[Row]:
    """Check the hour-by-hour sum against a plain loop; time coverage and gaps."""
    rule = CoverageRule()
    seen = analyse_coverage(network, stations, workers, rule)
    masks = np.array([week_mask(hours) for hours in seen.stations["opening_hours"]])

    def loop() -> float:
        total = 0.0
        for hour in range(HOURS_A_WEEK):
            open_now = masks[seen.pairs.site, hour]
            covered = np.zeros(len(seen.demand), bool)
            covered[seen.pairs.point[open_now]] = True
            present = seen.demand.active[seen.demand.owner, hour]
            total += float(seen.demand.workers[covered & present].sum())
        return total

    assert np.isclose(loop(), seen.worker_hours_covered)
    whole = median_s(lambda: analyse_coverage(network, stations, workers, rule))
    rows = compare("coverage of the sample, on foot", whole, {}, "agrees with a plain loop")
    return [
        *rows,
        *compare("gaps of the sample", median_s(lambda: find_gaps(network, seen), 1), {}),
    ]


if __name__ == "__main__":
    main()
