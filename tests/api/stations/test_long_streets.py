"""Which crossings are offered to whoever names a long street: a few, all along it, none far away."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from straight import straight_segments

from api.publishing.street_names import crossings_along
from geo.crs import to_lonlat, to_metres

ORIGIN = to_metres([[120.3, 36.1]])[0]


@pytest.fixture(scope="module")
def along():
    """A street of 10 km with a lane every 500 m, called by the metre, and a street of 900 m."""
    east = np.arange(0, 10_001, 500.0)
    corners = np.column_stack([east, np.zeros(len(east))])
    beside = np.add(corners, [0, 200])
    n = len(east)
    ends = [(i, i + 1) for i in range(n - 1)] + [(i, n + i) for i in range(n)]
    short = [(2 * n, 2 * n + 1), (2 * n + 1, 2 * n + 2)]
    away = np.array([[0, 5000], [450, 5000], [900, 5000]])
    names = ["长街", *(f"{metre:.0f}巷" for metre in east), "短街"]
    segments = straight_segments(
        to_lonlat(ORIGIN + np.vstack([corners, beside, away])),
        np.array(ends + short, np.int32),
        name=[0] * (n - 1) + list(range(1, n + 1)) + [n + 1] * 2,
        names=tuple(names),
    )
    return crossings_along(SimpleNamespace(segments=lambda: segments))


def at(east_m, north_m=0.0):
    return to_lonlat([np.add(ORIGIN, [east_m, north_m])])[0]


def test_crossings_are_spread_along_a_long_street(along):
    told = along("长街", *at(5000))
    assert sorted(name for name, _, _ in told) == ["2000巷", "4000巷", "6000巷", "8000巷"]
    for name, lon, lat in told:
        np.testing.assert_allclose([lon, lat], at(float(name[:-1])), atol=1e-6)


def test_at_its_end_only_what_is_near_is_offered(along):
    told = [int(name[:-1]) for name, _, _ in along("长街", *at(0))]
    assert len(told) == 4
    assert all(300 <= metre <= 3000 for metre in told)


def test_short_and_unknown_streets_and_places_elsewhere_have_none(along):
    assert along("短街", *at(450, 5000)) == []
    assert along("您的位置", *at(5000)) == []
    assert along("长街", 121.5, 36.1) == []
