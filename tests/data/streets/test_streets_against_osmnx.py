"""Shortest ways on a drawn town against osmnx's reader and networkx's search.

osmnx reads the same file by its own rules for one-way streets, networkx searches, and pyproj
measures: nothing of ours takes part. All 48 x 48 ordered pairs must agree, on foot and by car.
``tests/benchmarks/streets_against_osrm.py`` does the same on real extracts against OSRM.
"""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import numpy as np
import osmnx
import pytest
from pyproj import Geod

from data.streets.osm_file import read_segments
from geo.layers.vocabulary import Mode
from geo.network.compile import compile_network
from geo.reach.matrix import matrix

SIDE = 12


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A warped grid of 144 crossings; half its streets are one-way, a third of these backward."""
    rng = np.random.default_rng(11)
    rows, columns = np.divmod(np.arange(SIDE * SIDE), SIDE)
    lonlat = np.column_stack([120.3 + 0.002 * columns, 36.1 + 0.0015 * rows])
    lonlat = (lonlat + rng.normal(0, 2e-4, lonlat.shape)).round(7)
    lines = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    tags = ["no", "yes", "yes", "-1"]
    text = "".join(
        f'<node id="{i + 1}" lon="{lon:.7f}" lat="{lat:.7f}" version="1"/>'
        for i, (lon, lat) in enumerate(lonlat.tolist())
    )
    for number, line in enumerate([*lines, *lines.T], start=1):
        refs = "".join(f'<nd ref="{node + 1}"/>' for node in line.tolist())
        oneway = tags[rng.integers(4)] if number not in {1, SIDE, SIDE + 1, 2 * SIDE} else "no"
        text += (
            f'<way id="{number}" version="1">{refs}<tag k="highway" v="residential"/>'
            f'<tag k="oneway" v="{oneway}"/></way>'
        )
    path = tmp_path_factory.mktemp("town") / "town.osm"
    path.write_text(f'<osm version="0.6">{text}</osm>')
    return path, lonlat, rng.choice(SIDE * SIDE, 48, replace=False)


@pytest.mark.parametrize(("mode", "both_ways"), [(Mode.WALK, True), (Mode.DRIVE, False)])
def test_all_shortest_ways_agree(town, mode, both_ways):
    path, lonlat, chosen = town
    network = compile_network(read_segments(path), mode)
    by_length = replace(network, time_s=network.length_m)
    places = by_length.snap(lonlat[chosen])
    ours_m = matrix(by_length, places, places).distance_m
    graph = osmnx.graph_from_xml(path, bidirectional=both_ways, simplify=False, retain_all=True)
    measure = Geod(ellps="WGS84")
    for start, end, data in graph.edges(data=True):
        (x, y), (u, v) = lonlat[start - 1], lonlat[end - 1]
        data["geodesic_m"] = measure.inv(x, y, u, v)[2]
    for row, node in enumerate(chosen.tolist()):
        reach = nx.single_source_dijkstra_path_length(graph, node + 1, weight="geodesic_m")
        theirs_m = [reach.get(other + 1, np.inf) for other in chosen.tolist()]
        np.testing.assert_allclose(ours_m[row], theirs_m, rtol=1e-6, atol=0.02)
    assert np.allclose(ours_m, ours_m.T) == both_ways
