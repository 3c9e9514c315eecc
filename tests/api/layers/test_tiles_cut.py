"""Vector tiles, read back with GDAL and with the package that wrote them."""

from __future__ import annotations

import geopandas as gpd
import mapbox_vector_tile
import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPoint, Point, Polygon, box, shape

from api.ogc import tile_encoding
from api.ogc.tile_encoding import EXTENT, TileFeature, carried, encode_tile
from api.ogc.tiling import TiledLayer, tile_corner
from geo.errors import BadInputError
from geo.layers.columns import LAYERS


def decoded(content: bytes):
    return mapbox_vector_tile.decode(content, default_options={"y_coord_down": True})


def drawn(name, features):
    return encode_tile(name, features, frozenset()).content


def tiled(*shapes, **columns):
    frame = gpd.GeoDataFrame(columns, geometry=list(shapes), crs="EPSG:4326")
    rows = [{name: values[row] for name, values in columns.items()} for row in range(len(shapes))]
    return TiledLayer.build(frame, rows)


def test_the_whole_world_has_its_middle_in_the_middle():
    content = drawn("points", tiled(Point(0, 0), name=["海"]).features(0, 0, 0))
    (feature,) = decoded(content)["points"]["features"]
    assert feature["geometry"]["coordinates"] == [EXTENT // 2, EXTENT // 2]
    assert feature["properties"] == {"name": "海"}


def test_properties_keep_their_types():
    layer = tiled(Point(0, 0), a=[1], b=[-5], c=[2.5], d=[True], e=[None], f=["1"], g=[{"x": 1}])
    (feature,) = decoded(drawn("x", layer.features(0, 0, 0)))["x"]["features"]
    assert feature["properties"] == {"a": 1, "b": -5, "c": 2.5, "d": True, "f": "1"}
    assert isinstance(feature["properties"]["d"], bool)


def test_shapes_survive():
    hole = Polygon(box(-60, -60, 60, 60).exterior, [box(-20, -20, 20, 20).exterior])
    line = LineString([(-90, 0), (0, 0), (90, 45)])
    layer = tiled(hole, line, MultiPoint([(10, 10), (-10, -10)]))
    polygon, road, points = decoded(drawn("x", layer.features(0, 0, 0)))["x"]["features"]
    assert polygon["geometry"]["type"] == "Polygon"
    assert len(polygon["geometry"]["coordinates"]) == 2
    area = shape(polygon["geometry"])
    assert area.is_valid
    side = EXTENT * 120 / 360
    assert area.envelope.bounds[2] - area.envelope.bounds[0] == pytest.approx(side, abs=1)
    assert len(area.interiors) == 1
    assert len(road["geometry"]["coordinates"]) == 3
    assert len(points["geometry"]["coordinates"]) == 2


def test_rings_run_as_the_format_wants():
    hole = Polygon(box(-60, -60, 60, 60).exterior, [box(-20, -20, 20, 20).exterior])
    for polygon in (hole, hole.reverse()):
        (feature,) = tiled(polygon).features(0, 0, 0)
        rings = [feature.shape.exterior, *feature.shape.interiors]
        areas = []
        for ring in rings:
            at = np.asarray(ring.coords)
            areas.append((at[:-1, 0] * at[1:, 1] - at[1:, 0] * at[:-1, 1]).sum())
        assert areas[0] > 0 > areas[1]


def test_gdal_reads_the_same(tmp_path):
    hole = Polygon(box(-60, -60, 60, 60).exterior, [box(-20, -20, 20, 20).exterior])
    layer = tiled(hole, box(100, 10, 100.1, 10.1), name=["大", "小"], workers=[5, 7])
    path = tmp_path / "0.mvt"
    path.write_bytes(drawn("gaps", layer.features(0, 0, 0)))
    frame = pyogrio.read_dataframe(path, layer="gaps")
    assert frame["name"].tolist() == ["大", "小"]
    assert frame["workers"].tolist() == [5, 7]
    assert frame.geometry.is_valid.all()
    assert len(shapely.get_rings(shapely.get_parts(frame.geometry[0]))) == 2


@pytest.mark.parametrize("zoom", [0, 1, 3, 6])
def test_no_feature_is_dropped_however_small(zoom):
    rng = np.random.default_rng(7)
    at = np.column_stack([rng.uniform(119.6, 121, 60), rng.uniform(35.6, 37.1, 60)])
    areas = [Point(*xy).buffer(10.0 ** rng.uniform(-6, -2)) for xy in at[:30]]
    slivers = [box(x, y, x + 0.2, y + 1e-7) for x, y in at[30:40]]
    lines = [LineString([(x, y), (x + 1e-6, y)]) for x, y in at[40:50]]
    points = [Point(*xy) for xy in at[50:]]
    shapes = [*areas, *slivers, *lines, *points]
    layer = tiled(*shapes, number=list(range(len(shapes))))
    seen = {}
    for column in range(1 << zoom):
        for row in range(1 << zoom):
            content = drawn("x", layer.features(zoom, column, row))
            for feature in decoded(content)["x"]["features"] if content else ():
                seen[feature["properties"]["number"]] = feature["geometry"]["type"]
    assert set(seen) == set(range(len(shapes)))
    assert {seen[number] for number in range(40)} <= {"Polygon", "MultiPolygon"}


def test_a_small_area_is_drawn_as_a_pixel_where_it_lies():
    (feature,) = tiled(box(90, 45, 90.001, 45.001)).features(0, 0, 0)
    west, south, east, north = feature.shape.bounds
    assert (east - west, north - south) == (16, 16)
    assert (west + east) / 2 == pytest.approx(EXTENT * 270 / 360, abs=1)


def test_a_tile_that_is_too_big_says_what_it_leaves_out(monkeypatch):
    monkeypatch.setattr(tile_encoding, "MOST_BYTES", 2000)
    rng = np.random.default_rng(3)
    features = [
        TileFeature(
            number,
            Point(*rng.integers(0, EXTENT, 2)),
            {"rank": number, "name": f"一个很长的名字 {number}" * 5},
        )
        for number in range(400)
    ]
    few = encode_tile("x", features[:10], frozenset({"rank"}))
    assert few.left_out == 0
    some = encode_tile("x", features[:60], frozenset({"rank"}))
    assert some.left_out == 0
    assert {tuple(f["properties"]) for f in decoded(some.content)["x"]["features"]} == {("rank",)}
    many = encode_tile("x", features, frozenset({"rank"}))
    kept = [f["properties"]["rank"] for f in decoded(many.content)["x"]["features"]]
    assert len(many.content) <= 2000
    assert many.left_out == 400 - len(kept) > 0
    assert kept == list(range(len(kept)))


def test_described_fields_are_those_the_tiles_carry(client, as_planner):
    for name in ("stations", "yizhan", "districts", "gaps", "bus_stops", "workers"):
        described = client.get(f"/tiles/{name}.json", headers=as_planner).json()
        tile = client.get(f"/tiles/{name}/0/0/0.mvt", headers=as_planner)
        assert tile.headers["x-features-left-out"] == "0"
        held = {
            key
            for feature in decoded(tile.content)[name]["features"]
            for key in feature["properties"]
        }
        assert set(described["vector_layers"][0]["fields"]) == held, name
    assert "workers_by_group" not in {column.name for column in carried(LAYERS["gaps"].columns)}


def test_what_lies_elsewhere_is_left_out():
    layer = tiled(Point(120.3, 36.1))
    assert drawn("x", layer.features(1, 0, 0)) == b""
    assert drawn("x", layer.features(1, 1, 0)) != b""


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
            content = drawn("x", layer.features(zoom, column, row))
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


def test_the_streets_of_gaps_are_tiles_for_planners(client, as_planner):
    """One tile far out holds them all, as lines that carry what the gaps carry."""
    address = "/planning/gap-streets/0/0/0.mvt"
    assert client.get(address).status_code == 401
    answer = client.get(address, headers=as_planner)
    assert answer.status_code == 200
    layer = mapbox_vector_tile.decode(answer.content)["gap_streets"]
    outlines = client.get("/tiles/gaps/0/0/0.mvt", headers=as_planner)
    gaps = mapbox_vector_tile.decode(outlines.content)["gaps"]
    told = [one["properties"] for one in layer["features"]]
    assert told == [one["properties"] for one in gaps["features"]]
