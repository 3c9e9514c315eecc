"""Closing streets on a ladder: two long streets and three rungs, 500 m apart.

```
3 ───── 4 ───── 5
│       │       │
0 ───── 1 ───── 2
```
"""

from __future__ import annotations

import numpy as np
import pytest
from shapely import LineString, Point, Polygon, box
from straight import straight_segments

from geo.crs import to_lonlat, to_metres
from geo.errors import BadInputError
from geo.layers.vocabulary import Mode
from geo.network.closing import closed_segments, moved_off, without_segments
from geo.network.compile import compile_network
from geo.reach.matrix import matrix

_WEST = to_metres([[120.30, 36.10]])[0]
_AT = [(0, 0), (500, 0), (1000, 0), (0, 500), (500, 500), (1000, 500)]
_ENDS = [(0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (1, 4), (2, 5)]


def place(east_m, north_m):
    lon, lat = to_lonlat([[_WEST[0] + east_m, _WEST[1] + north_m]])[0]
    return float(lon), float(lat)


@pytest.fixture
def ladder(drive_segments):
    return compile_network(drive_segments, Mode.DRIVE)


@pytest.fixture
def drive_segments():
    nodes = np.array([place(*at) for at in _AT])
    return straight_segments(nodes, _ENDS)


def test_the_way_round_a_closed_street_is_as_long_as_the_ladder_says(ladder):
    """0 to 2 is 1,000 m along the bottom; without 0-1 it is up, across and down: 2,000 m."""
    ends = ladder.snap([place(0, 0), place(1000, 0)])
    assert matrix(ladder, ends, ends).distance_m[0, 1] == pytest.approx(1000, abs=3)
    closed = closed_segments(ladder, LineString([place(200, -50), place(200, 50)]))
    assert len(closed) == 1
    after = without_segments(ladder, closed)
    ends = moved_off(ends, closed, after)
    assert matrix(after, ends, ends).distance_m[0, 1] == pytest.approx(2000, abs=6)
    assert ladder.forward[closed].all()  # the network itself is as it was


def test_a_place_on_a_closed_street_is_reached_from_the_next_or_not_at_all(ladder):
    places = ladder.snap([place(30, 5), place(250, 5)])
    closed = closed_segments(ladder, LineString([place(200, -50), place(200, 50)]))
    after = moved_off(places, closed, without_segments(ladder, closed))
    assert after.reachable.tolist() == [True, False]


def test_an_area_closes_all_it_touches(ladder):
    corner = Polygon(box(*place(400, -100), *place(600, 100)).exterior.coords)
    assert len(closed_segments(ladder, corner)) == 3


@pytest.mark.parametrize("area", [Point(), LineString([place(5000, 5000), place(5100, 5000)])])
def test_what_closes_nothing_is_refused(ladder, area):
    with pytest.raises(BadInputError):
        closed_segments(ladder, area)
