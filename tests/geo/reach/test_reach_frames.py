"""Tables in, tables out: a street of 1 km with three stations and two workers."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from straight import straight_segments

from geo.errors import BadInputError
from geo.layers.vocabulary import Mode
from geo.network.compile import compile_network
from geo.reach import frames

CORNER = np.array([520_000.0, 3_990_000.0])


def table(names, east, crs="EPSG:4549"):
    places = shapely.points(CORNER + [[x, 0.0] for x in east])
    return gpd.GeoDataFrame(index=names, geometry=list(places), crs="EPSG:4549").to_crs(crs)


@pytest.fixture(scope="module")
def network():
    ends = table(["a", "b"], [0, 1000], "EPSG:4326").geometry
    lonlat = np.column_stack([ends.x, ends.y])
    return compile_network(straight_segments(lonlat, [(0, 1)]), Mode.WALK)


STATIONS = ["S1", "S2", "S3"], [100, 500, 900]
WORKERS = ["W1", "W2"], [150, 800]


@pytest.mark.parametrize("crs", ["EPSG:4549", "EPSG:4326"])
def test_the_nearest_are_named(network, crs):
    found = frames.nearest(network, table(*WORKERS, crs), table(*STATIONS), k=2)
    assert found["point"].tolist() == ["W1", "W1", "W2", "W2"]
    assert found["site"].tolist() == ["S1", "S2", "S3", "S2"]
    assert found["rank"].tolist() == [1, 2, 1, 2]
    assert found["distance_m"].to_numpy() == pytest.approx([50, 350, 100, 300], rel=1e-3)


def test_pairs_within_a_limit_are_named(network):
    found = frames.catchments(network, table(*STATIONS), table(*WORKERS), 310.0)
    assert list(zip(found["site"], found["point"], strict=True)) == [
        ("S1", "W1"),
        ("S2", "W2"),
        ("S3", "W2"),
    ]
    assert found["distance_m"].to_numpy() == pytest.approx([50, 300, 100], rel=1e-3)


def test_a_matrix_has_a_row_for_every_pair(network):
    found = frames.matrix(network, table(*WORKERS), table(*STATIONS))
    assert len(found) == 6
    row = found.set_index(["origin", "destination"]).loc[("W1", "S3")]
    assert row["distance_m"] == pytest.approx(750, rel=1e-3)
    assert row["time_s"] == pytest.approx(750 / 1.25, rel=1e-3)


def test_areas_are_named(network):
    found = frames.isochrones(network, table(*WORKERS), [60, 120])
    assert found["point"].tolist() == ["W1", "W1", "W2", "W2"]
    assert found.crs == "EPSG:4326"


def test_a_table_without_a_crs_or_with_other_shapes_is_refused(network):
    bare = table(*WORKERS)
    bare = bare.set_crs(None, allow_override=True)
    with pytest.raises(BadInputError, match="crs"):
        frames.snap(network, bare)
    areas = table(*WORKERS)
    areas.geometry = areas.buffer(10)
    with pytest.raises(BadInputError, match="W1"):
        frames.snap(network, areas)
