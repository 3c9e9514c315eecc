"""Vector tiles, read back with an independent decoder."""

from __future__ import annotations

import geopandas as gpd
import mapbox_vector_tile
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPoint, Point, Polygon, box, shape

from api.ogc.tile_encoding import EXTENT, encode_layer
from api.ogc.tiling import TiledLayer, tile_corner
from geo.errors import BadInputError


def decoded(content: bytes):
    return mapbox_vector_tile.decode(content, default_options={"y_coord_down": True})


def tiled(*shapes, **columns):
    frame = gpd.GeoDataFrame(columns, geometry=list(shapes), crs="EPSG:4326")
    rows = [{name: values[row] for name, values in columns.items()} for row in range(len(shapes))]
    return TiledLayer.build(frame, rows)


def test_the_whole_world_has_its_middle_in_the_middle():
    content = encode_layer("points", tiled(Point(0, 0), name=["海"]).features(0, 0, 0))
    (feature,) = decoded(content)["points"]["features"]
    assert feature["geometry"]["coordinates"] == [EXTENT // 2, EXTENT // 2]
    assert feature["properties"] == {"name": "海"}


def test_properties_keep_their_types():
    layer = tiled(Point(0, 0), a=[1], b=[-5], c=[2.5], d=[True], e=[None], f=["1"], g=[{"x": 1}])
    (feature,) = decoded(encode_layer("x", layer.features(0, 0, 0)))["x"]["features"]
    assert feature["properties"] == {"a": 1, "b": -5, "c": 2.5, "d": True, "f": "1"}
    assert isinstance(feature["properties"]["d"], bool)


def test_shapes_survive():
    hole = Polygon(box(-60, -60, 60, 60).exterior, [box(-20, -20, 20, 20).exterior])
    line = LineString([(-90, 0), (0, 0), (90, 45)])
    layer = tiled(hole, line, MultiPoint([(10, 10), (-10, -10)]))
    polygon, road, points = decoded(encode_layer("x", layer.features(0, 0, 0)))["x"]["features"]
    assert polygon["geometry"]["type"] == "Polygon"
    assert len(polygon["geometry"]["coordinates"]) == 2
    drawn = shape(polygon["geometry"])
    assert drawn.is_valid
    side = EXTENT * 120 / 360
    assert drawn.envelope.bounds[2] - drawn.envelope.bounds[0] == pytest.approx(side, abs=1)
    assert len(drawn.interiors) == 1
    assert len(road["geometry"]["coordinates"]) == 3
    assert len(points["geometry"]["coordinates"]) == 2


def test_rings_run_as_the_format_wants():
    clockwise = Polygon([(-60, -60), (-60, 60), (60, 60), (60, -60)])
    for polygon in (clockwise, clockwise.reverse()):
        (feature,) = tiled(polygon).features(0, 0, 0)
        ring = feature.parts[0]
        following = np.roll(ring, -1, axis=0)
        assert (ring[:, 0] * following[:, 1] - following[:, 0] * ring[:, 1]).sum() > 0


def test_what_lies_elsewhere_is_left_out():
    layer = tiled(Point(120.3, 36.1))
    assert encode_layer("x", layer.features(1, 0, 0)) == b""
    assert encode_layer("x", layer.features(1, 1, 0)) != b""


@pytest.mark.parametrize("tile", [(-1, 0, 0), (0, 1, 0), (0, 0, 1), (3, -1, 0), (21, 0, 0)])
def test_there_is_no_such_tile(tile):
    with pytest.raises(BadInputError):
        tile_corner(*tile)


@hypothesis_settings(max_examples=60, deadline=None)
@given(
    points=st.lists(
        st.tuples(st.floats(-179, 179), st.floats(-80, 80)), min_size=1, max_size=20, unique=True
    ),
    zoom=st.integers(0, 4),
)
def test_every_point_lies_on_some_tile_where_it_belongs(points, zoom):
    layer = tiled(*(Point(*at) for at in points), number=list(range(len(points))))
    found = set()
    for column in range(1 << zoom):
        for row in range(1 << zoom):
            content = encode_layer("x", layer.features(zoom, column, row))
            if not content:
                continue
            for feature in decoded(content)["x"]["features"]:
                x, y = feature["geometry"]["coordinates"]
                assert -129 <= x <= EXTENT + 129
                assert -129 <= y <= EXTENT + 129
                if 0 <= x <= EXTENT and 0 <= y <= EXTENT:
                    found.add(feature["properties"]["number"])
                    lon = (column + x / EXTENT) / (1 << zoom) * 360 - 180
                    number = feature["properties"]["number"]
                    assert lon == pytest.approx(points[number][0], abs=360 / EXTENT)
    assert found == set(range(len(points)))


def test_served_tiles(client, lonlat):
    lon, lat = lonlat(2000, 0)
    zoom = 14
    column = int((lon + 180) / 360 * (1 << zoom))
    mercator = np.log(np.tan(np.pi / 4 + np.radians(lat) / 2))
    row = int((1 - mercator / np.pi) / 2 * (1 << zoom))
    response = client.get(f"/tiles/stations/{zoom}/{column}/{row}.mvt")
    assert response.status_code == 200
    names = [f["properties"]["id"] for f in decoded(response.content)["stations"]["features"]]
    assert "S3" in names
    again = client.get(
        f"/tiles/stations/{zoom}/{column}/{row}.mvt",
        headers={"If-None-Match": response.headers["etag"]},
    )
    assert again.status_code == 304
    assert client.get("/tiles/stations/14/0/0.mvt").status_code == 204
    assert client.get("/tiles/stations/3/8/0.mvt").status_code == 400
    described = client.get("/tiles/stations.json").json()
    assert described["tiles"][0].endswith("/tiles/stations/{z}/{x}/{y}.mvt")
    assert "contact" not in client.get("/tiles/bus_stops.json").text
