"""Coverage for every kind, mode and hour, and gaps; beside it the same from public libraries.

The peers go the whole way from streets, stations and workers to worker-hours covered, see
:mod:`coverage_by_libraries`; the answers are compared. Without ``--extract`` on the sample; target: 168 hours x 6 kinds x 3 modes in under 10 s on two
cores. With an OpenStreetMap extract, on its streets with 100,000 demand points and 2,000 stations
put beside them at random (seeded); target: under 20 s and 2 GB for the whole process.
"""

from __future__ import annotations

import resource
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from coverage_by_libraries import by_pandana, by_scipy
from measuring import Row, arguments, compare, median_s, show

from data.sample import load_layer, load_segments
from data.streets.osm_file import read_segments
from geo.coverage.analyse import analyse_coverage, coverage_by_kind
from geo.coverage.capacity import measure_capacity
from geo.coverage.rule import CoverageRule
from geo.coverage.tables import hours_table
from geo.coverage.uncertainty import measure_uncertainty
from geo.gaps.find import find_gaps
from geo.hours import HOURS_A_WEEK, week_mask
from geo.layers.vocabulary import Group, Mode
from geo.network.compile import compile_network
from geo.network.segments import Segments
from geo.network.street_network import StreetNetwork

_POINTS, _STATIONS, _DISTRICTS = 100_000, 2_000, 10
_KIB_A_GB = 1024**2


def main() -> None:
    """Run all jobs and print the table."""
    wanted = arguments(__doc__, extract="streets of a real place")
    modes = [Mode.WALK] if wanted.quick else list(Mode)
    rows = on_an_extract(wanted.extract, modes) if wanted.extract else on_the_sample(modes)
    show(rows, wanted.json)


def on_the_sample(modes: list[Mode]) -> list[Row]:
    """Time the whole table on the sample, and one coverage against libraries."""
    segments = load_segments()
    networks = {mode: compile_network(segments, mode) for mode in modes}
    stations = pd.concat([load_layer("stations"), load_layer("yizhan")], ignore_index=True)
    workers = load_layer("workers")
    return [
        *whole_table(networks, stations, workers, "target 10 s for 3 modes"),
        *parts(networks[Mode.WALK], stations, workers),
        *against_libraries(networks[Mode.WALK], stations, workers),
    ]


def on_an_extract(path: Path, modes: list[Mode]) -> list[Row]:
    """Time the whole table on real streets, and say how much memory it took."""
    segments = read_segments(path)
    networks = {mode: compile_network(segments, mode) for mode in modes}
    rng = np.random.default_rng(2021)
    stations, workers = _stations(segments, rng), _workers(segments, rng)
    rows = whole_table(networks, stations, workers, f"{path.name}; target 20 s for 3 modes")
    rows += against_libraries(networks[Mode.WALK], stations, workers)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB_A_GB
    print(f"peak memory of the process {peak:.2f} GB (target 2 GB)")
    return rows


def whole_table(
    networks: dict[Mode, StreetNetwork],
    stations: gpd.GeoDataFrame,
    workers: gpd.GeoDataFrame,
    note: str,
) -> list[Row]:
    """Time coverage of every kind by every mode in every hour, summed by district and group."""

    def table() -> list[pd.DataFrame]:
        return [
            hours_table(
                coverage_by_kind(network, stations, workers, CoverageRule(mode=mode, kinds=()))
            )
            for mode, network in networks.items()
        ]

    label = f"168 h x 6 kinds x {len(networks)} modes, {len(stations)} stations"
    return compare(label, median_s(table, 1), {}, note)


def parts(
    network: StreetNetwork, stations: gpd.GeoDataFrame, workers: gpd.GeoDataFrame
) -> list[Row]:
    """Time coverage, its range, room and gaps; check the sum hour by hour with a plain loop."""
    rule = CoverageRule(kinds=())
    seen = analyse_coverage(network, stations, workers, rule)
    masks = np.array([week_mask(hours) for hours in seen.stations["opening_hours"]])
    total = 0.0
    for hour in range(HOURS_A_WEEK):
        open_now = masks[seen.pairs.site, hour]
        covered = np.zeros(len(seen.demand), bool)
        covered[seen.pairs.point[open_now]] = True
        present = seen.demand.active[seen.demand.owner, hour]
        total += float(seen.demand.workers[covered & present].sum())
    assert np.isclose(total, seen.worker_hours_covered)
    jobs = {
        "coverage of the sample, on foot": lambda: analyse_coverage(
            network, stations, workers, rule
        ),
        "its range (1,000 draws)": lambda: measure_uncertainty(seen, workers_error=0.1),
        "room at its stations": lambda: measure_capacity(seen),
        "gaps of the sample": lambda: find_gaps(network, seen),
    }
    return [row for name, job in jobs.items() for row in compare(name, median_s(job), {})]


def against_libraries(
    network: StreetNetwork, stations: gpd.GeoDataFrame, workers: gpd.GeoDataFrame
) -> list[Row]:
    """Time one coverage on foot, rest stations alone, against scipy and pandana; compare answers.

    Areas of workers are left out: how they are spread along streets is our own.
    """
    rule = CoverageRule()
    people = workers[workers.geom_type == "Point"].reset_index(drop=True)
    rest = stations[rule.of_kind(stations)].reset_index(drop=True)
    words = {*rest["opening_hours"].fillna(""), *people["active_hours"].fillna("")}
    masks = {hours: week_mask(hours) for hours in words}
    given = network, rest, people, masks, rule.limit

    def ours() -> float:
        return analyse_coverage(network, rest, people, rule).worker_hours_covered

    peers, told = {}, []
    for name, job in (("scipy", by_scipy), ("pandana", by_pandana)):
        if name == "pandana" and find_spec(name) is None:
            peers[name] = "not installed"
            continue
        answers: list[float] = []
        once = partial(_kept, answers, partial(job, *given))
        peers[name] = median_s(once, 3 if name == "scipy" else 1, warm=name == "scipy")
        told.append(f"{name} {answers[-1] / ours() - 1:+.2%}")
    job = f"worker-hours of {len(people):,} places, {len(rest):,} stations"
    return compare(job, median_s(ours), peers, "answers: " + ", ".join(told))


def _kept(answers: list[float], job: Callable[[], tuple[float, np.ndarray]]) -> None:
    """Do `job` and keep its answer."""
    answers.append(job()[0])


def _beside_streets(segments: Segments, rng: np.random.Generator, count: int) -> gpd.GeoSeries:
    """Return points within some 50 m of street corners (EPSG:4326)."""
    corner = rng.integers(len(segments.node_lonlat), size=count)
    lon, lat = (segments.node_lonlat[corner] + rng.normal(0, 2.5e-4, (count, 2))).T
    return gpd.GeoSeries(gpd.points_from_xy(lon, lat), crs=4326)


def _stations(segments: Segments, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Return stations with the kinds, hours and capacities of the sample's."""
    like = pd.concat([load_layer("stations"), load_layer("yizhan")], ignore_index=True)
    rows = like.iloc[rng.integers(len(like), size=_STATIONS)].reset_index(drop=True)
    return gpd.GeoDataFrame(rows, geometry=_beside_streets(segments, rng, _STATIONS))


def _workers(segments: Segments, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Return concentrations with the hours of the sample's."""
    hours = load_layer("workers")["active_hours"].to_numpy()
    count = rng.integers(5, 200, size=_POINTS)
    table = {
        "id": [f"W{row}" for row in range(_POINTS)],
        "group": rng.choice([str(group) for group in Group], _POINTS),
        "setting": "work",
        "workers": count,
        "women_35_59": count // 10,
        "active_hours": rng.choice(hours, _POINTS),
        "district": rng.integers(_DISTRICTS, size=_POINTS).astype(str),
        "subdistrict": None,
    }
    return gpd.GeoDataFrame(table, geometry=_beside_streets(segments, rng, _POINTS))


if __name__ == "__main__":
    main()
