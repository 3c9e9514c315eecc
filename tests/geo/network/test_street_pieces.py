"""Pieces of streets and who stands on them.

```
  on its own   0 ------------------ 1        1,500 m, 300 m north of the main piece
  crumb            2 -- 3                      200 m, 50 m north of it
  main         4 ------------------------ 5  3,000 m
```
"""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from straight import straight_segments

from geo.coverage.street_pieces import StreetPieces, piece_shapes
from geo.crs import to_lonlat, to_metres
from geo.layers.vocabulary import ComponentStatus, Mode
from geo.network.compile import compile_network
from geo.network.segments import Access

_ORIGIN = to_metres([[120.3, 36.1]])[0]
_WALK = int(Access.WALK_FORWARD | Access.WALK_BACK)
_DRIVE = int(Access.DRIVE_FORWARD | Access.DRIVE_BACK)


def at(*places):
    return to_lonlat(np.array(places, float) + _ORIGIN)


def network(edges, nodes, mode=Mode.WALK, ways=()):
    access = ways or _WALK | _DRIVE
    return compile_network(straight_segments(at(*nodes), edges, access=access), mode)


_NODES = [(0, 300), (1500, 300), (500, 50), (700, 50), (0, 0), (3000, 0)]
CITY = network([(0, 1), (2, 3), (4, 5)], _NODES)


def pieces(city, workers, stations):
    demand = city.snap(at(*[place for place, _ in workers]))
    counts = np.array([count for _, count in workers], float)
    return StreetPieces.of(city, demand, counts, city.snap(at(*stations)))


def test_everybody_is_counted_on_the_street_nearest_to_them():
    found = pieces(
        CITY,
        [((100, 10), 40), ((600, 55), 3), ((600, 20), 2), ((100, 290), 7), ((0, 9000), 1)],
        [(200, 0), (610, 60)],
    )
    table = found.table.set_index("standing")
    assert table.index.tolist() == ["main", "apart", "crumb"]
    assert table["length_m"].tolist() == pytest.approx([3000, 1500, 200], rel=1e-3)
    assert table["workers"].tolist() == [42, 7, 3]
    assert table["stations"].tolist() == [1, 0, 1]
    assert found.cut_off["workers"].tolist() == [7]
    lon, lat = table.loc["apart", ["lon", "lat"]].astype(float)
    assert CITY.piece[CITY.snap([[lon, lat]]).segment].tolist() == [1]


def test_a_piece_with_a_station_is_not_cut_off():
    found = pieces(CITY, [((100, 290), 7)], [(1400, 310)])
    assert found.cut_off.empty
    assert found.of_standing(ComponentStatus.APART)["stations"].tolist() == [1]


def test_who_is_put_off_a_crumb_is_put_on_the_street_beside_it():
    place = CITY.snap(at((600, 55)))
    assert CITY.piece[place.segment].tolist() == [0]
    assert place.access_m[0] == pytest.approx(55, abs=0.1)


def test_streets_without_a_way_back_are_told_with_those_beside_them():
    """0 - 1 both ways, then 1 -> 2 for good: its far half is more than 100 m from where cars turn."""
    city = network(
        [(0, 1), (1, 2)],
        [(0, 0), (1000, 0), (1500, 0)],
        Mode.DRIVE,
        (_DRIVE, int(Access.DRIVE_FORWARD)),
    )
    found = pieces(city, [((1050, 5), 4), ((1400, 5), 6), ((500, 5), 9)], [(0, 0)])
    table = found.table.set_index("standing")
    assert table["workers"].to_dict() == {"main": 9, "no_return": 10}
    assert table.loc["no_return", "length_m"] == pytest.approx(500, rel=1e-3)
    assert city.snap(at((1050, 5), (1400, 5))).reachable.tolist() == [True, False]


def test_pieces_are_drawn_as_their_streets():
    (shape,) = piece_shapes(CITY, np.array([1]))
    assert shapely.equals_exact(
        shapely.normalize(shape),
        shapely.normalize(shapely.LineString(at((0, 300), (1500, 300)))),
        1e-6,
    )
