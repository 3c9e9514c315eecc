"""Gaps of 100,000 demand points: the whole, and its clusters beside comparing all pairs.

Target: coverage and gaps of a real extract with 100,000 points and 2,000 stations within 20 s.
Without a file the sample's streets are taken; ``YIZHAN_EXTRACT`` names an .osm.pbf to take.
"""

from __future__ import annotations

import os
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from measuring import Row, arguments, compare, median_s, show
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from data.sample import load_segments
from data.streets.osm_file import read_segments
from geo.coverage.analyse import analyse_coverage
from geo.coverage.answer import Coverage
from geo.coverage.rule import CoverageRule
from geo.gaps.causes import blame
from geo.gaps.clusters import street_clusters
from geo.gaps.find import find_gaps
from geo.layers.vocabulary import Group, Kind, Mode, Setting
from geo.network.compile import compile_network
from geo.network.street_network import StreetNetwork
from geo.reach.catchments import catchments

LINK_M = 560.0
PEER_POINTS = 10_000
OPEN = ("24/7", "Mo-Fr 08:00-17:30", "Mo-Su 10:00-21:00", "Mo-Su 06:00-22:00")
THERE = ("24/7", "Mo-Su 10:00-21:00", "Mo-Su 05:00-12:00", "Mo-Su 18:00-02:00")


def main() -> None:
    """Run the jobs and print the table."""
    wanted = arguments(__doc__)
    extract = os.environ.get("YIZHAN_EXTRACT")
    segments = load_segments() if extract is None else read_segments(Path(extract))
    network = compile_network(segments, Mode.WALK)
    points, stations = (5_000, 100) if wanted.quick else (100_000, 2_000)
    where = "the sample" if extract is None else Path(extract).stem
    rows: list[Row] = []
    for count in (stations, stations // 10):
        job = f"{points:,} points, {count:,} stations, {where}"
        rows += gaps_of(network, points, count, job)
    show(rows, wanted.json)


def gaps_of(network: StreetNetwork, points: int, stations: int, job: str) -> list[Row]:
    """Time coverage with gaps, and the clusters against all pairs."""
    rng = np.random.default_rng(7)
    there, crowd = make_stations(network, rng, stations), make_workers(network, rng, points)
    rule = CoverageRule(kinds=())

    def whole() -> tuple[Coverage, gpd.GeoDataFrame]:
        coverage = analyse_coverage(network, there, crowd, rule)
        return coverage, find_gaps(network, coverage)

    coverage, gaps = whole()
    missed = coverage.workers_total - coverage.workers_covered
    assert gaps["workers"][gaps["cause"] != "closed_then"].sum() == round(missed)
    found = blame(network, coverage, None, 1.0)
    # All pairs of more would not fit in memory.
    rows = rng.permutation(np.flatnonzero(found.cause >= 0))[:PEER_POINTS]
    places, cause = coverage.demand.snapped.take(rows), found.cause[rows]

    def ours() -> np.ndarray:
        return street_clusters(network, places, cause, LINK_M)

    def all_pairs() -> np.ndarray:
        pairs = catchments(network, places, places, LINK_M)
        same = cause[pairs.site] == cause[pairs.point]
        links = (np.ones(int(same.sum()), np.int8), (pairs.site[same], pairs.point[same]))
        return connected_components(coo_matrix(links, (len(cause),) * 2), directed=False)[1]

    assert ours().max() == all_pairs().max()
    return [
        *compare(f"coverage and gaps, {job}", median_s(whole, 1), {}, f"{len(gaps):,} gaps"),
        *compare(
            f"clusters of {len(rows):,}, {stations:,} stations",
            median_s(ours),
            {"all pairs": median_s(all_pairs, 1)},
        ),
    ]


def places_on(network: StreetNetwork, rng: np.random.Generator, count: int) -> np.ndarray:
    """Points within some 30 m of streets."""
    segment = rng.choice(np.flatnonzero(network.reachable), count)
    start, end = (
        network.node_lonlat[network.start[segment]],
        network.node_lonlat[network.end[segment]],
    )
    along = start + (end - start) * rng.random((count, 1))
    return shapely.points(along + rng.normal(0, 3e-4, (count, 2)))


def make_stations(network: StreetNetwork, rng: np.random.Generator, count: int) -> gpd.GeoDataFrame:
    """Rest stations with one of four timetables."""
    return gpd.GeoDataFrame(
        {
            "id": [f"S{row}" for row in range(count)],
            "name": "站",
            "kind": str(Kind.OUTDOOR_REST_STATION),
            "status": "open",
            "amenities": "",
            "opening_hours": rng.choice(OPEN, count),
        },
        geometry=places_on(network, rng, count),
        crs=4326,
    )


def make_workers(network: StreetNetwork, rng: np.random.Generator, count: int) -> gpd.GeoDataFrame:
    """Concentrations of up to 40."""
    return gpd.GeoDataFrame(
        {
            "id": [f"W{row}" for row in range(count)],
            "workers": rng.integers(0, 40, count),
            "active_hours": rng.choice(THERE, count),
            "district": rng.choice(list("ABCDE"), count),
            "subdistrict": rng.choice(list("abcdefgh"), count),
            "group": rng.choice([str(one) for one in Group], count),
            "setting": rng.choice([str(one) for one in Setting], count),
        },
        geometry=places_on(network, rng, count),
        crs=4326,
    )


if __name__ == "__main__":
    main()
