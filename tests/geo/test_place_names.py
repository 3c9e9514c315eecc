"""What a spot is called, on two streets that cross.

```
        闽江路
          │
──────────┼────────── 福州南路     (a lane that is a mere number, 10, runs south)
          │
```
"""

from __future__ import annotations

import numpy as np
import pytest

from geo.place_names import NamedPlaces, PlaceNames, called, crossing, told_apart

WEST, SOUTH = 120.30, 36.10
STEP = 0.01


class Streets:
    """Three segments of one street and one of another, by hand."""

    node_lonlat = np.array(
        [
            (WEST, SOUTH),
            (WEST + STEP, SOUTH),
            (WEST + 2 * STEP, SOUTH),
            (WEST + STEP, SOUTH + STEP),
            (WEST, SOUTH - STEP),
        ]
    )
    start = np.array([0, 1, 1, 0], np.int32)
    end = np.array([1, 2, 3, 4], np.int32)
    shape_offset = np.array([0, 2, 4, 6, 8])
    shape_lonlat = node_lonlat[[0, 1, 1, 2, 1, 3, 0, 4]]
    name = np.array([0, 0, 1, 2], np.int32)
    names = ("福州南路", "闽江路", "10")


def where(east, north, places=None):
    return PlaceNames(Streets(), places).where(np.array([(WEST + east, SOUTH + north)]))[0]


def test_a_spot_at_a_crossing_is_called_after_both_streets():
    assert where(STEP + 0.0004, 0.0004) == "福州南路与闽江路口"


def test_a_spot_on_a_street_is_called_after_it():
    assert where(0.003, 0.0005) == "福州南路"


def test_a_spot_far_from_streets_is_called_after_what_is_near():
    village = NamedPlaces(["王哥庄"], np.array([(WEST, SOUTH - STEP)]))
    assert where(0, -STEP, village) == "王哥庄"
    assert where(0, -STEP) == ""


def test_no_spots_have_no_names():
    assert PlaceNames(Streets()).where(np.empty((0, 2))) == []


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("福州南路", "闽江路", "福州南路与闽江路口"),
        ("香港中路", "海航大道", "香港中路与海航大道路口"),
        ("Mannerheimintie", "Kaivokatu", "Mannerheimintie / Kaivokatu"),
    ],
)
def test_a_crossing_is_called_as_people_say(one, other, told):
    assert crossing(one, other) == told


def test_names_alike_are_told_apart_by_street_then_by_number():
    names = ["中国银行", "中国银行", "中国银行", "面馆"]
    hints = ["福州南路", "闽江路", "闽江路", "闽江路"]
    assert told_apart(names, hints) == [
        "中国银行（福州南路）",
        "中国银行（闽江路） 1",
        "中国银行（闽江路） 2",
        "面馆",
    ]
    assert called("Kaivokatu", "停车场") == "Kaivokatu 停车场"
