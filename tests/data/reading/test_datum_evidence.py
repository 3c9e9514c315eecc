"""Points beside the streets by the step of a datum are noticed."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest

from data.geometry.datum import Datum, from_wgs84
from data.reading.datum_evidence import datum_by_streets
from data.streets.osm_file import read_segments

STREETS = [
    (10, [1, 2, 3], {"highway": "secondary"}),
    (11, [2, 5, 4], {"highway": "residential"}),
]


@pytest.fixture
def streets(tmp_path, osm):
    return read_segments(osm(tmp_path, STREETS))


@pytest.fixture
def doors():
    """Return 30 doors 10 m east of the street that runs north from node 2."""
    return np.column_stack([np.full(30, 120.3101), np.linspace(36.1005, 36.1095, 30)])


def series(lonlat):
    return gpd.GeoSeries(gpd.points_from_xy(*np.asarray(lonlat).T), crs=4326)


def test_points_in_gcj02_taken_for_wgs84_are_told(streets, doors):
    told = datum_by_streets(series(from_wgs84(doors, Datum.GCJ02)), Datum.WGS84, streets)
    assert "像是 gcj02" in told.text.zh
    assert "--datum gcj02" in told.mend.zh


def test_points_where_they_are_and_points_too_few_are_not_doubted(streets, doors):
    assert datum_by_streets(series(doors), Datum.WGS84, streets) is None
    moved = series(from_wgs84(doors[:10], Datum.GCJ02))
    assert datum_by_streets(moved, Datum.WGS84, streets) is None
