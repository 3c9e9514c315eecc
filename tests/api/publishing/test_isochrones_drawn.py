"""Areas round a place of the tiny city, for planners."""

from __future__ import annotations

import shapely
from shapely.geometry import Point, shape


def test_areas_follow_the_streets_not_the_river(client, as_planner, lonlat):
    """From B, 8 minutes are 600 m on foot: along the road both ways, not over to E."""
    lon, lat = lonlat(1000, 0)
    asked = {"lon": lon, "lat": lat, "minutes": [8, 4]}
    told = client.post("/planning/isochrones", json=asked, headers=as_planner).json()
    assert told["type"] == "FeatureCollection"
    assert [area["properties"]["minutes"] for area in told["features"]] == [4, 8]
    small, large = (shape(area["geometry"]) for area in told["features"])
    assert shapely.difference(small, large).area < 1e-4 * small.area  # rounded to 0.1 m
    assert large.contains(Point(*lonlat(410, 0)))
    assert large.contains(Point(*lonlat(1590, 0)))
    assert not large.intersects(Point(*lonlat(390, 0)))
    assert not large.intersects(Point(*lonlat(1000, 590)))
    assert not small.intersects(Point(*lonlat(690, 0)))
    assert large.exterior.is_ccw


def test_it_needs_the_key_a_street_and_sensible_minutes(client, as_planner, lonlat):
    lon, lat = lonlat(1000, 0)
    assert client.post("/planning/isochrones", json={"lon": lon, "lat": lat}).status_code == 401

    def status(**asked):
        return client.post("/planning/isochrones", json=asked, headers=as_planner).status_code

    assert status(lon=lon, lat=lat, minutes=[]) == 400
    assert status(lon=lon, lat=lat, minutes=[500]) == 400
    far = dict(zip(("lon", "lat"), lonlat(0, -2500), strict=True))
    assert status(**far) == 422
