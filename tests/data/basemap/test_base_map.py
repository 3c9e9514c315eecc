"""The base map of a small invented coast, drawn here in hundredths of a degree.

```
 0.10 +-----------------------------------+   land north of the coastline, sea south of it
      |  wood    lake      A3 ══════════  |   a motorway, a railway, a house, a park by name
      |   ▒▒      ≈≈        + rail +      |
 0.05 |~~~~~~~~~~~~~~ coast ~~~~~~~~~~~~~~|   land is left of a coastline: it runs east
      |        (o) island                 |
 0.00 +-----------------------------------+
    0.00                                 0.10
```
"""

from __future__ import annotations

import gzip
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, Point, box

from data.basemap import tile_writing
from data.basemap.archive import open_base_map, store_base_map
from data.basemap.beyond import land_beyond, land_with_districts
from data.basemap.building import (
    base_map_from_file,
    base_map_of_project,
    stored_base_map,
)
from data.basemap.coast import BROKEN_COAST, NO_COAST, shore
from data.basemap.extract import CREDIT, read_extract
from data.basemap.osm_words import area_of, label_of, level_of, line_of
from data.basemap.own import own_base_map
from data.basemap.themes import (
    COLUMNS,
    FIELDS,
    BaseMap,
    Theme,
    border_lines,
    inland,
    table,
    zoom_for_area,
)
from data.basemap.thinning import ground_of, thinned
from data.basemap.tile_writing import write_tiles
from data.osm.osm_features import name_of
from data.store.project import Project
from geo.errors import BadInputError, BrokenFileError

BOX = (0.0, 0.0, 0.1, 0.1)
ISLAND = [(0.03, 0.02), (0.04, 0.02), (0.04, 0.03), (0.03, 0.03), (0.03, 0.02)]


def osm(tmp_path: Path, ways, nodes=(), name="coast.osm") -> Path:
    """Write an extract of `ways` as (points, tags) and `nodes` as (point, tags)."""
    lines = ['<osm version="0.6"><bounds minlat="0" minlon="0" maxlat="0.1" maxlon="0.1"/>']
    ids: dict[tuple[float, float], int] = {}
    for points, _ in ways:
        for point in points:
            ids.setdefault(point, len(ids) + 1)
    tagged = lambda tags: "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())  # noqa: E731
    lines += [f'<node id="{i}" lon="{x}" lat="{y}" version="1"/>' for (x, y), i in ids.items()]
    lines += [
        f'<node id="{1000 + i}" lon="{x}" lat="{y}" version="1">{tagged(tags)}</node>'
        for i, ((x, y), tags) in enumerate(nodes)
    ]
    for number, (points, tags) in enumerate(ways, 1):
        refs = "".join(f'<nd ref="{ids[point]}"/>' for point in points)
        lines.append(f'<way id="{number}" version="1">{refs}{tagged(tags)}</way>')
    path = tmp_path / name
    path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return path


def square(x: float, y: float, side: float = 0.01):
    return [(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)]


COAST = [(-0.02, 0.05), (0.02, 0.045), (0.06, 0.055), (0.12, 0.05)]
WAYS = [
    (COAST, {"natural": "coastline"}),
    (ISLAND, {"natural": "coastline"}),
    (square(0.01, 0.07), {"landuse": "forest"}),
    (square(0.03, 0.07), {"natural": "water", "name": "镜湖", "name:en": "Mirror Lake"}),
    (square(0.05, 0.08, 0.0004), {"building": "yes"}),
    (square(0.07, 0.06), {"leisure": "park", "name": "人民公园"}),
    ([(0.0, 0.09), (0.05, 0.09), (0.11, 0.09)], {"highway": "motorway", "ref": "A3;E41"}),
    ([(0.06, 0.07), (0.09, 0.07)], {"railway": "rail"}),
    ([(0.06, 0.072), (0.09, 0.072)], {"railway": "abandoned"}),
    ([(0.02, 0.06), (0.02, 0.08)], {"highway": "residential", "name": "海边路", "tunnel": "yes"}),
]
NODES = [
    (
        (0.05, 0.07),
        {"place": "town", "name": "Hamn", "name:zh": "海港鎮", "name:zh-Hans": "海港镇"},
    ),
    ((0.051, 0.071), {"amenity": "hospital"}),
    ((0.052, 0.071), {"railway": "station", "station": "subway", "name": "海港"}),
]


@pytest.fixture(scope="module")
def extract(tmp_path_factory) -> Path:
    return osm(tmp_path_factory.mktemp("osm"), WAYS, NODES)


@pytest.fixture(scope="module")
def drawn(extract) -> BaseMap:
    return read_extract(extract)


def test_what_an_extract_holds_is_sorted_into_themes(drawn):
    rows = {theme: len(drawn.tables[theme]) for theme in Theme}
    assert rows == {
        Theme.LAND: 1,
        Theme.BUILT: 0,
        Theme.GREEN: 2,
        Theme.WATER: 1,
        Theme.WATERWAY: 0,
        Theme.AIRPORT: 0,
        Theme.BUILDING: 1,
        Theme.STREET: 2,
        Theme.RAIL: 1,
        Theme.BORDER: 0,
        Theme.PLACE: 1,
        Theme.POI: 3,
    }
    assert drawn.credit == CREDIT
    assert all(list(frame.columns) == [*COLUMNS, "geometry"] for frame in drawn.tables.values())
    assert all(frame.crs == "EPSG:4326" for frame in drawn.tables.values())


def test_nothing_is_drawn_beyond_what_the_extract_covers(drawn):
    whole = box(*BOX).buffer(1e-9)
    for frame in drawn.tables.values():
        assert frame.geometry.within(whole).all()


def test_names_are_simplified_chinese_where_that_is_told(drawn):
    assert drawn.tables[Theme.PLACE]["name"].tolist() == ["海港镇"]
    assert drawn.tables[Theme.PLACE]["name_en"].tolist() == ["Hamn"]
    labels = drawn.tables[Theme.POI].set_index("name")
    assert labels["kind"].to_dict() == {
        "海港": "metro_station",
        "镜湖": "water",
        "人民公园": "park",
    }
    assert labels.geometry.geom_type.eq("Point").all()


def test_streets_keep_number_and_level(drawn):
    streets = drawn.tables[Theme.STREET].set_index("kind")
    assert streets["ref"].to_dict() == {"motorway": "A3", "residential": None}
    assert streets["level"].to_dict() == {"motorway": 0, "residential": -1}


@pytest.mark.parametrize(
    ("spot", "land"),
    [((0.05, 0.08), True), ((0.05, 0.01), False), ((0.035, 0.025), True), ((0.02, 0.02), False)],
)
def test_land_is_left_of_the_coastline(drawn, spot, land):
    shape = drawn.tables[Theme.LAND].geometry.iloc[0]
    assert shape.contains(Point(spot)) == land


def test_land_and_sea_fill_the_box():
    """Half land, half sea, an island: areas that can be added on paper."""
    lines = np.array([LineString([(0.0, 0.05), (0.1, 0.05)]), LineString(ISLAND)])
    found = shore(lines, BOX)
    assert found.remarks == ()
    assert found.shape.area == pytest.approx(0.1 * 0.05 + 0.01 * 0.01)


def test_a_coast_that_ends_within_is_led_on_to_the_side():
    lines = np.array([LineString([(0.005, 0.05), (0.095, 0.05)])])
    found = shore(lines, BOX)
    assert found.shape.area == pytest.approx(0.005)


def test_a_coast_that_contradicts_itself_is_told():
    """Two coasts run the same way: the strip between is sea to one and land to the other."""
    channel = np.array(
        [LineString([(0.1, 0.04), (0.0, 0.04)]), LineString([(0.0, 0.06), (0.1, 0.06)])]
    )
    assert shore(channel, BOX).remarks == ()
    assert shore(channel, BOX).shape.area == pytest.approx(0.008)
    crossed = np.array(
        [LineString([(0.1, 0.04), (0.0, 0.04)]), LineString([(0.1, 0.06), (0.0, 0.06)])]
    )
    found = shore(crossed, BOX)
    assert found.remarks == (BROKEN_COAST,)
    assert found.shape.contains(Point(0.05, 0.05))


def test_without_a_coast_all_is_land_and_that_is_told(tmp_path):
    found = read_extract(osm(tmp_path, WAYS[2:]))
    assert found.remarks == (NO_COAST,)
    assert found.tables[Theme.LAND].geometry.iloc[0].area == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"natural": "water", "water": "river"}, "river"),
        ({"landuse": "residential"}, "residential"),
        ({"building": "no", "landuse": "grass"}, "grass"),
        ({"highway": "pedestrian"}, None),
        ({"highway": "pedestrian", "area": "yes"}, "square"),
        ({"amenity": "parking", "location": "underground"}, None),
        ({"boundary": "administrative"}, None),
    ],
)
def test_areas_by_tag(tags, kind):
    drawn = area_of(tags)
    assert (None if drawn is None else drawn.kind) == kind


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"highway": "footway", "footway": "sidewalk"}, "sidewalk"),
        ({"highway": "service", "service": "parking_aisle"}, "driveway"),
        ({"highway": "pedestrian", "area": "yes"}, None),
        ({"railway": "rail", "service": "yard"}, "rail_yard"),
        ({"railway": "construction"}, None),
        ({"route": "ferry"}, "ferry"),
    ],
)
def test_lines_by_tag(tags, kind):
    drawn = line_of(tags)
    assert (None if drawn is None else drawn.kind) == kind


def test_labels_need_a_name():
    assert label_of({"amenity": "hospital"}) is None
    assert label_of({"amenity": "hospital", "name": "一院"}).kind == "hospital"
    assert name_of({"name": " ", "name:zh": "湖"}) == "湖"
    assert level_of({"tunnel": "culvert"}) == 0
    assert level_of({"bridge": "viaduct"}) == 1


def test_a_big_area_is_seen_from_afar():
    """At zoom z a square of 1 degree at the equator covers (512/360 · 2^z)² pixels."""
    shapes = np.array([box(0, -0.5, 1, 0.5), box(0, 0, 0.001, 0.001)])
    near, far = zoom_for_area(shapes, 12.0)[::-1]
    assert 1.4222**2 * 4**far >= 12 > 1.4222**2 * 4 ** (far - 1)
    assert near - far in {9, 10}


def test_from_afar_only_what_is_large_is_drawn(drawn):
    assert len(thinned(Theme.BUILDING, drawn.tables[Theme.BUILDING], 10)) == 0
    assert len(thinned(Theme.STREET, drawn.tables[Theme.STREET], 6)) == 1
    assert len(thinned(Theme.STREET, drawn.tables[Theme.STREET], 14)) == 2
    for theme in Theme:
        assert list(thinned(theme, drawn.tables[theme], 12).columns) == [*FIELDS[theme], "geometry"]


def test_lines_that_run_on_are_joined():
    pieces = table(
        [LineString([(0, 0), (0.05, 0)]), LineString([(0.05, 0), (0.1, 0)])],
        kind="primary",
        name="长江路",
        min_zoom=8,
    )
    assert len(thinned(Theme.STREET, pieces, 14)) == 1


def test_of_labels_too_close_the_first_by_rank_stays():
    labels = table(
        [Point(0, 0), Point(0.0001, 0), Point(0.5, 0.5)],
        kind="town",
        name=["小", "大", "远"],
        rank=[5, 1, 5],
    )
    assert set(thinned(Theme.PLACE, labels, 10)["name"]) == {"大", "远"}
    assert set(thinned(Theme.PLACE, labels, 14)["name"]) == {"小", "大", "远"}


def test_a_polygon_of_many_vertices_is_cut_and_keeps_its_ground():
    """A star of 4,000 vertices: its pieces are small, overlap a little, and cover it whole."""
    turn = np.linspace(0, 2 * np.pi, 4001)
    reach = 0.04 + 0.01 * np.cos(40 * turn)
    star = shapely.Polygon(
        np.column_stack([0.05 + reach * np.cos(turn), 0.05 + reach * np.sin(turn)])
    )
    pieces = thinned(Theme.GREEN, table([star], kind="wood"), 14).geometry.to_numpy()
    assert len(pieces) > 4
    assert shapely.symmetric_difference(shapely.union_all(pieces), star).area < 1e-9
    assert shapely.get_num_coordinates(pieces).max() < 2000


def test_land_with_a_rough_coast_is_cut_whole():
    """The whole land around Qingdao once broke GEOS' quick clipping."""
    district = districts([("370202", "市南区", box(119.5, 35.6, 121.4, 37.1))])
    land = land_with_districts(district, (117.0, 34.0, 123.0, 39.0))
    pieces = thinned(Theme.LAND, table([land], kind="land"), 13).geometry.to_numpy()
    assert shapely.symmetric_difference(shapely.union_all(pieces), land).area < 1e-3


def test_for_a_single_file_land_water_green_and_rail_are_kept(drawn):
    found = ground_of(drawn)
    assert set(found["theme"]) == {"land", "water", "green", "rail"}
    assert found["min_zoom"].is_monotonic_increasing
    assert found["theme"].iloc[0] == "land"


def tiles_of(path: Path) -> dict[tuple[int, int, int], dict]:
    with closing(sqlite3.connect(path)) as archive:
        rows = archive.execute("SELECT * FROM tiles").fetchall()
    return {
        (zoom, column, row): mapbox_vector_tile.decode(gzip.decompress(content))
        for zoom, column, row, content in rows
    }


def test_one_tile_holds_all_themes_and_can_be_decoded(drawn, tmp_path):
    tally = write_tiles(drawn, tmp_path / "tiles.mbtiles", name="海岸")
    found = tiles_of(tmp_path / "tiles.mbtiles")
    assert tally.tiles == len(found)
    assert {zoom for zoom, _, _ in found} == set(range(4, 15))
    deepest = [layers for (zoom, _, _), layers in found.items() if zoom == 14]
    themes = set().union(*deepest)
    assert themes == {"land", "green", "water", "building", "street", "rail", "place", "poi"}
    streets = [f for layers in deepest for f in layers.get("street", {}).get("features", [])]
    assert {f["properties"]["kind"] for f in streets} == {"motorway", "residential"}
    assert [path.name for path in tmp_path.iterdir()] == ["tiles.mbtiles"]


def test_the_archive_says_whom_to_name(drawn, tmp_path):
    write_tiles(drawn, tmp_path / "tiles.mbtiles", name="海岸")
    with closing(sqlite3.connect(tmp_path / "tiles.mbtiles")) as archive:
        facts = dict(archive.execute("SELECT name, value FROM metadata").fetchall())
    assert facts["attribution"] == "© OpenStreetMap 贡献者"
    assert facts["format"] == "pbf"
    assert facts["bounds"] == "0.000000,0.000000,0.100000,0.100000"
    assert {layer["id"] for layer in json.loads(facts["json"])["vector_layers"]} == set(Theme)


def test_a_tile_that_is_too_large_leaves_out_buildings_first(drawn, tmp_path, monkeypatch):
    write_tiles(drawn, tmp_path / "whole.mbtiles", name="")
    whole = tiles_of(tmp_path / "whole.mbtiles")
    with_house = next(place for place, layers in whole.items() if "building" in layers)
    monkeypatch.setattr(tile_writing, "MOST_BYTES", 250)
    tally = write_tiles(drawn, tmp_path / "small.mbtiles", name="")
    small = tiles_of(tmp_path / "small.mbtiles")
    assert tally.left_out[Theme.BUILDING] >= 1
    assert "building" not in small[with_house]
    assert "street" in small[with_house] or "street" not in whole[with_house]


def test_a_project_keeps_the_base_map_of_an_extract(extract, tmp_path):
    project = Project.create(tmp_path / "p", "海岸")
    held = base_map_from_file(project, extract)
    assert held.facts.made_from["extract"] == "coast.osm"
    assert held.credit == CREDIT
    assert base_map_of_project(project).version == held.version
    assert stored_base_map(project).version == held.version
    assert held.tile(14, 2**13, 2**13 - 3) is not None
    assert held.tile(14, 0, 0) is None
    assert held.tile(3, 0, 0) is None
    near = held.within((0.0, 0.06, 0.02, 0.1))
    assert near[Theme.GREEN]["kind"].tolist() == ["wood"]
    assert len(near[Theme.BUILDING]) == 0


def test_the_same_extract_gives_the_same_version(extract, tmp_path):
    """Browsers keep tiles for a year by version: the same drawing must not be fetched again."""
    versions = {
        base_map_from_file(Project.create(tmp_path / name, "海岸"), extract).version
        for name in ("a", "b")
    }
    assert len(versions) == 1


def test_only_the_last_two_builds_stay(extract, tmp_path):
    project = Project.create(tmp_path / "p", "海岸")
    builds = [base_map_from_file(project, extract).build.name for _ in range(3)]
    left = {path.name for path in project.base_map_folder.glob("build-*")}
    assert left == set(builds[1:])


def test_districts_of_the_project_are_drawn_in_place_of_the_extracts(extract, tmp_path):
    project = Project.create(tmp_path / "p", "海岸")
    project.write("districts", districts([("370001", "海港镇", box(0, 0.05, 0.05, 0.1))]))
    held = base_map_from_file(project, extract)
    places = held.theme(Theme.PLACE)
    assert places[["kind", "name"]].to_numpy().tolist() == [["district", "海港镇"]]


def districts(rows) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        [
            {
                "adcode": code,
                "name": name,
                "level": "district",
                "parent": "370000",
                "population": 1,
                "source": "test",
                "geometry": shape,
            }
            for code, name, shape in rows
        ],
        crs="EPSG:4326",
    )


WEST, EAST = box(119.9, 36.0, 120.0, 36.2), box(120.0, 36.0, 120.1, 36.2)


def test_a_border_between_districts_is_drawn_once():
    lines = border_lines({"district": np.array([WEST, EAST])})
    assert shapely.length(lines.geometry.to_numpy()).sum() == pytest.approx(0.2 * 3 + 0.1 * 4)


def test_a_border_along_the_coast_is_not_drawn():
    land = box(119.9, 36.0, 120.1, 36.2)
    lines = inland(border_lines({"district": np.array([WEST, EAST])}), land)
    assert shapely.length(lines.geometry.to_numpy()).sum() == pytest.approx(0.2, abs=0.005)


def test_a_project_without_an_extract_draws_its_districts(tmp_path):
    project = Project.create(tmp_path / "p", "两区")
    assert base_map_of_project(project) is None
    project.write("districts", districts([("370001", "西区", WEST), ("370002", "东区", EAST)]))
    first = base_map_of_project(project)
    assert set(first.theme(Theme.PLACE)["name"]) == {"西区", "东区"}
    assert "没有 OSM 文件" in first.remarks[0].zh
    assert base_map_of_project(project).build == first.build
    project.write("districts", districts([("370001", "南区", WEST)]))
    assert set(base_map_of_project(project).theme(Theme.PLACE)["name"]) == {"南区"}


def test_neighbours_are_land_and_the_sea_is_sea():
    """A district around Qingdao's centre: Weifang's land north-west of it, the Yellow Sea south-east."""
    district = districts([("370202", "市南区", box(120.3, 36.05, 120.5, 36.3))])
    land = land_with_districts(district, (119.0, 35.5, 121.5, 37.0))
    assert land.contains(Point(119.3, 36.7))
    assert not land.contains(Point(121.3, 35.8))
    assert land.contains(Point(120.4, 36.1))
    around = land_beyond((120.0, 36.0, 120.6, 36.5))
    assert not around.contains(Point(120.4, 36.2))
    assert around.contains(Point(119.0, 36.5))
    assert around.contains(Point(121.0, 37.0))


def test_nothing_at_all_has_no_base_map():
    assert own_base_map(None, None, credit=None) is None


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("roads.geojson", b"{}", BadInputError),
        ("cut.osm.pbf", b"\0\0\0\rgarbage", BrokenFileError),
        ("empty.osm", b"", BrokenFileError),
        ("nothing.osm", b'<osm version="0.6"></osm>', BadInputError),
    ],
)
def test_what_is_no_extract_is_refused(tmp_path, name, content, error):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(error, match=name):
        read_extract(tmp_path / name)


def test_a_file_with_ways_before_nodes_is_refused_with_the_mend(tmp_path):
    path = osm(tmp_path, WAYS, name="ways_first.osm")
    lines = path.read_text(encoding="utf-8").splitlines()
    nodes = [line for line in lines if line.startswith("<node")]
    rest = [line for line in lines if not line.startswith("<node")]
    path.write_text("\n".join([*rest[:-1], *nodes, rest[-1]]), encoding="utf-8")
    with pytest.raises(BadInputError, match="osmium sort"):
        read_extract(path)


def test_a_write_that_fails_leaves_the_base_map_that_was(drawn, tmp_path, monkeypatch):
    held = store_base_map(tmp_path, drawn, name="", made_from={})
    monkeypatch.setattr(
        "data.basemap.archive._write_themes", lambda *_: (_ for _ in ()).throw(OSError("full"))
    )
    with pytest.raises(OSError, match="full"):
        store_base_map(tmp_path, drawn, name="", made_from={})
    assert open_base_map(tmp_path).build == held.build
    assert [path.name for path in tmp_path.glob("build-*")] == [held.build.name]


def test_a_broken_manifest_is_named(tmp_path):
    (tmp_path / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(BrokenFileError, match=r"manifest\.json"):
        open_base_map(tmp_path)
