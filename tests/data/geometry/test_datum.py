"""The coordinate systems of Chinese maps, against a library of its own authors."""

from __future__ import annotations

import geocoordinates_ffi as china
import numpy as np
import pytest

from data.geometry.datum import Datum, from_wgs84, to_wgs84

_METRES = 111_000.0
"""A degree of latitude, and at least one of longitude."""
FOREIGN = [(24.94, 60.17), (139.7, 35.6), (-70.0, -30.0), (72.0, 30.0), (105.0, 55.9)]
THEIRS = {
    Datum.GCJ02: (china.Gcj02, china.wgs84_to_gcj02, china.gcj02_to_wgs84_refined),
    Datum.BD09: (china.Bd09, china.wgs84_to_bd09, china.bd09_to_wgs84_refined),
}


def places(count=3000):
    """Places all over China and its seas, and the corners of the city."""
    random = np.random.default_rng(7)
    spread = np.column_stack((random.uniform(73, 136, count), random.uniform(3, 54, count)))
    return np.vstack((spread, [(119.5, 35.6), (121.0, 37.2), (105.0, 35.0)]))


def in_turn(convert, kind, pairs):
    found = (convert(kind(lon=lon, lat=lat)) for lon, lat in pairs.tolist())
    return np.array([(one.lon, one.lat) for one in found])


@pytest.mark.parametrize("datum", THEIRS)
def test_places_agree_with_the_library_to_a_millimetre(datum):
    kind, there, back = THEIRS[datum]
    theirs = in_turn(there, china.Wgs84, places())
    assert np.abs(from_wgs84(places(), datum) - theirs).max() * _METRES < 0.001
    assert np.abs(to_wgs84(theirs, datum) - in_turn(back, kind, theirs)).max() * _METRES < 0.001
    assert np.abs(to_wgs84(theirs, datum) - places()).max() * _METRES < 0.001


@pytest.mark.parametrize("datum", THEIRS)
def test_places_abroad_are_not_shifted_by_gcj02(datum):
    abroad = in_turn(THEIRS[datum][1], china.Wgs84, np.array(FOREIGN))
    assert np.abs(from_wgs84(FOREIGN, datum) - abroad).max() * _METRES < 0.001
    if datum is Datum.GCJ02:
        assert from_wgs84(FOREIGN, datum).tolist() == [list(place) for place in FOREIGN]


def test_what_is_no_position_is_none_afterwards():
    strange = [(np.nan, 36.0), (120.0, np.inf), (36.1, 120.3), (500_000.0, 4_000_000.0)]
    for datum in THEIRS:
        assert np.isnan(to_wgs84(strange, datum)).all()
        assert np.isnan(from_wgs84(strange, datum)).all()
    assert to_wgs84([], Datum.GCJ02).shape == (0, 2)
