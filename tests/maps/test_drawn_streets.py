"""The streets of all maps are packed once: each map takes as many of them as it can carry."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from shapely import LineString

from geo.errors import BadInputError
from maps.ground.drawn_streets import drawn_streets
from maps.ground.packed_base_map import base_map


@pytest.fixture
def streets():
    """香港路 in two pieces that meet, a trunk road, a lane with many bends, and a path.

    ```
    (0,0) ── 香港路 ── (1,0) ── 香港路 ── (2,0)
    ```
    """
    bends = [(number / 100, number % 2) for number in range(50)]
    rows = [
        ("secondary", "香港路", [(0, 0), (1, 0)]),
        ("trunk", None, [(0, 1), (0, 2)]),
        ("secondary", "香港路", [(1, 0), (2, 0)]),
        ("residential", "弯路", bends),
        ("path", "小径", [(0, 3), (0, 4)]),
    ]
    return gpd.GeoDataFrame(
        {"class": [one[0] for one in rows], "name": [one[1] for one in rows]},
        geometry=[LineString(np.array(one[2]) / 100 + [120, 36]) for one in rows],
        crs="EPSG:4326",
    )


def test_pieces_of_one_street_are_joined_and_a_path_is_not_drawn(streets):
    drawn = drawn_streets(streets)
    assert drawn["name"].tolist() == ["", "香港路", "弯路"]
    assert drawn["rank"].tolist() == [1, 3, 6]
    assert drawn["lines"].iloc[1] == "[[12000000,3600000,1000,0,1000,0]]"
    assert drawn.total_bounds.tolist() == [120, 36, 120.02, 36.02]


@pytest.mark.parametrize("most", [400_000, 10, 1])
def test_a_map_of_packed_streets_is_the_map_of_the_streets(streets, most):
    packed = base_map({"drawn_streets": drawn_streets(streets)}, max_vertices=most)
    assert packed["streets"] == base_map({"streets": streets}, max_vertices=most)["streets"]
    assert [one["name"] for one in packed["streets"]] == ["", "香港路", "弯路"][
        : 3 if most > 10 else 2 if most > 1 else 1
    ]


def test_streets_without_a_class_are_refused(streets):
    with pytest.raises(BadInputError, match="class"):
        drawn_streets(streets.drop(columns="class"))
