"""Street files as editors, Overpass, osmnx and planning offices write them, each with its answer."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import osmnx
import pytest
import shapely
from shapely import LineString, Point

from data.geometry.datum import Datum, from_wgs84
from data.streets.line_layer import LineColumns
from data.streets.osm_file import read_segments, read_streets
from geo.errors import BadInputError, YizhanError
from geo.layers.vocabulary import Mode
from geo.network.compile import compile_network
from geo.network.posted import duration_s
from geo.network.segments import HIGHWAYS
from geo.reach.matrix import matrix

CASES = Path(__file__).parent / "street_cases"
AT = {
    1: (120.30, 36.10),
    2: (120.31, 36.10),
    3: (120.32, 36.10),
    5: (120.31, 36.11),
    6: (120.32, 36.11),
}


def between(segments, one, other, mode=Mode.WALK):
    network = compile_network(segments, mode)
    places = network.snap([one, other])
    table = matrix(network, places, places)
    return table.distance_m[0, 1], table.time_s[0, 1], table.time_s[1, 0]


def test_negative_ids_of_an_editor_are_read():
    way_m, *_ = between(read_segments(CASES / "negative_ids.osm"), AT[3], AT[6])
    assert way_m == pytest.approx(1109.6, abs=0.5)


@pytest.mark.parametrize(
    ("name", "other", "metres"),
    [("any_order.osm", AT[6], 2910.5), ("ways_first.osm", AT[3], 1801.0)],
)
def test_nodes_may_come_after_their_ways(name, other, metres):
    way_m, *_ = between(read_segments(CASES / name), AT[1], other)
    assert way_m == pytest.approx(metres, abs=0.5)
    near = read_segments(CASES / name, clip=(120.29, 36.09, 120.301, 36.2))
    assert set(near.way_id.tolist()) == {10}


def test_a_street_whose_edges_were_joined_and_partly_reversed_is_open_both_ways():
    segments = read_segments(CASES / "reversed_list.graphml")
    _, there_s, back_s = between(segments, AT[1], AT[3], Mode.DRIVE)
    assert there_s == back_s == pytest.approx(1801 / (30 * 0.85 / 3.6), abs=1)


def test_a_projected_graph_is_read_through_its_reference_system():
    segments = read_segments(CASES / "projected.graphml")
    assert segments.node_lonlat.min(axis=0) == pytest.approx([120.3, 36.1], abs=1e-6)
    way_m, *_ = between(segments, AT[1], AT[5])
    assert way_m == pytest.approx(2010, abs=1)


def test_of_several_speeds_joined_into_one_street_the_lowest_holds_and_is_told():
    found = read_streets(CASES / "merged_tags.graphml")
    _, time_s, _ = between(found.segments, AT[1], AT[3], Mode.DRIVE)
    assert time_s == pytest.approx(1801 / (20 * 0.85 / 3.6), abs=1)
    assert "有 1 段道路合并了几段" in found.tally.text().zh


def test_a_ferry_takes_as_long_as_it_says():
    """1,440 s on foot, 600 s of waiting and the half hour of the crossing."""
    _, time_s, _ = between(read_segments(CASES / "ferry.osm"), (120.31, 36.1), (120.24, 36.05))
    assert time_s == pytest.approx(3840, abs=3)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("00:30", 1800),
        ("25", 1500),
        ("1:30", 5400),
        ("01:30:30", 5430),
        ("PT1H30M", 5400),
        ("P1DT2H", 93600),
        ("PT", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("0", None),
    ],
)
def test_durations_are_minutes_clocks_or_periods(text, seconds):
    read = duration_s(text)
    assert np.isnan(read) if seconds is None else read == seconds


@pytest.mark.parametrize("name", ["square_relation.osm", "square_way.osm"])
def test_a_square_is_walked_along_its_edge_however_it_is_drawn(name):
    way_m, *_ = between(read_segments(CASES / name), (120.3, 36.1), (120.302, 36.102))
    assert way_m == pytest.approx(402, abs=1)


def test_what_was_deleted_or_is_there_twice_is_told_and_left_out(tmp_path):
    text = (CASES / "any_order.osm").read_text("utf-8")
    way = '<way id="{}" version="2"{}><nd ref="1"/><nd ref="6"/><tag k="highway" v="path"/></way>'
    more = (
        way.format(50, " action='delete'") + way.format(51, ' visible="false"') + way.format(11, "")
    )
    path = tmp_path / "edited.osm"
    path.write_text(text.replace("</osm>", more + "</osm>"), "utf-8")
    found = read_streets(path)
    assert sorted(set(found.segments.way_id.tolist())) == [10, 11]
    assert [HIGHWAYS[kind] for kind in found.segments.highway[found.segments.way_id == 11]] == [
        "path"
    ]
    left = {
        (row["class"], why) for row in found.tally.facts()["classes"] for why in row["left_out_m"]
    }
    assert ("path", "deleted") in left
    assert ("residential", "repeated") in left


def test_what_share_of_each_class_was_taken_is_told(tmp_path, osm):
    ways = [
        (10, [1, 2, 3], {"highway": "residential"}),
        (11, [2, 5, 4], {"highway": "construction"}),
        (12, [1, 5], {"highway": "service", "access": "private"}),
        (13, [1, 4], {"railway": "rail"}),
    ]
    facts = read_streets(osm(tmp_path, ways)).tally.facts()
    rows = {row["class"]: row for row in facts["classes"]}
    assert rows["residential"]["taken_m"] == pytest.approx(1801, rel=5e-3)
    assert rows["construction"]["left_out_m"] == {"no_street": pytest.approx(1111, rel=5e-3)}
    assert list(rows["service"]["left_out_m"]) == ["nobody"]
    assert set(rows) == {"residential", "construction", "service"}
    assert facts["share"] == pytest.approx(1801 / facts["file_m"], rel=5e-3)


@pytest.mark.parametrize("kind", ["directed", "projected", "undirected", "old"])
def test_graphs_of_osmnx_give_the_same_streets_however_they_were_saved(tmp_path, osm, kind):
    ways = [
        (10, [1, 2, 3], {"highway": "residential"}),
        (11, [2, 5, 4], {"highway": "residential", "oneway": "yes"}),
        (12, [4, 3], {"highway": "residential"}),
    ]
    path = osm(tmp_path, ways)
    osmnx.settings.cache_folder = osmnx.settings.data_folder = str(tmp_path)
    osmnx.settings.useful_tags_way = ["highway", "name", "oneway"]
    graph = osmnx.graph_from_xml(path, retain_all=True)
    if kind == "projected":
        graph = osmnx.project_graph(graph)
    if kind == "undirected":
        graph = osmnx.convert.to_undirected(graph)
    if kind == "old":
        for *_, data in graph.edges(data=True):
            data.pop("reversed", None)
    osmnx.save_graphml(graph, tmp_path / "city.graphml")
    here, there = (
        compile_network(read_segments(one), Mode.DRIVE) for one in (path, tmp_path / "city.graphml")
    )
    for a, b in ((AT[1], (120.31, 36.11)), ((120.31, 36.11), AT[1]), (AT[3], (120.31, 36.107))):
        one, other = (matrix(n, n.snap([a]), n.snap([b])).distance_m[0, 0] for n in (here, there))
        assert one == pytest.approx(other, abs=0.5)


def test_a_graph_that_does_not_say_its_system_or_its_directions_is_refused(tmp_path):
    graph = nx.MultiDiGraph()
    graph.add_node(1, x="532000", y="3994000")
    graph.add_node(2, x="532100", y="3994000")
    graph.add_edge(1, 2, osmid="7", highway="residential", oneway="True")
    nx.write_graphml(graph, tmp_path / "metres.graphml")
    with pytest.raises(BadInputError, match="坐标系"):
        read_segments(tmp_path / "metres.graphml")
    lost = nx.MultiGraph(crs="epsg:4326")
    lost.add_node(1, x="120.3", y="36.1")
    lost.add_node(2, x="120.31", y="36.1")
    lost.add_edge(1, 2, osmid="7", highway="residential", oneway="True")
    nx.write_graphml(lost, tmp_path / "lost.graphml")
    with pytest.raises(BadInputError, match="方向已丢失"):
        read_segments(tmp_path / "lost.graphml")


def lines(*rows, crs=4326):
    table = [{**columns, "geometry": LineString(line)} for line, columns in rows]
    return gpd.GeoDataFrame(table, geometry="geometry", crs=crs)


CROSS = lines(
    (
        [(120.30, 36.10), (120.32, 36.10)],
        {"道路等级": "主干路", "路名": "海路", "单行": "否", "限速": "40"},
    ),
    (
        [(120.31, 36.09), (120.31, 36.11)],
        {"道路等级": "支路", "路名": "山路", "单行": "是", "限速": None},
    ),
)


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "shp"])
def test_an_offices_own_lines_are_noded_and_their_columns_told(tmp_path, suffix):
    """Two lines that cross without a common point: the office means a junction."""
    path = tmp_path / f"roads.{suffix}"
    CROSS.to_crs(4549).to_file(path, encoding="GB18030" if suffix == "shp" else None)
    found = read_streets(path)
    assert len(found.segments.start) == 4
    assert found.segments.names == ("海路", "山路")
    assert {HIGHWAYS[kind] for kind in found.segments.highway} == {"primary", "tertiary"}
    way_m, there_s, back_s = between(found.segments, (120.30, 36.10), (120.31, 36.11))
    assert way_m == pytest.approx(900.5 + 1109.6, abs=1)
    _, there_s, back_s = between(found.segments, (120.305, 36.1), (120.315, 36.1), Mode.DRIVE)
    assert there_s == back_s == pytest.approx(900.5 / (40 * 0.85 / 3.6), abs=1)
    told = found.tally.text().zh
    assert "道路等级 → class" in told
    assert "有 1 处道路相交而没有公共点，已按路口连通" in told


def test_lines_in_another_datum_are_brought_home_and_an_extract_has_none(tmp_path):
    moved = CROSS.geometry.map(
        lambda line: shapely.transform(line, lambda lonlat: from_wgs84(lonlat, Datum.GCJ02))
    )
    CROSS.set_geometry(moved).to_file(tmp_path / "gcj.geojson")
    found = read_streets(tmp_path / "gcj.geojson", columns=LineColumns(datum=Datum.GCJ02))
    assert found.segments.node_lonlat[:, 0].min() == pytest.approx(120.30, abs=1e-5)
    assert found.segments.node_lonlat[:, 1].max() == pytest.approx(36.11, abs=1e-5)
    assert "gcj02" in found.tally.text().zh
    (tmp_path / "city.osm").write_text("<osm/>")
    with pytest.raises(BadInputError, match="不用 --datum"):
        read_streets(tmp_path / "city.osm", columns=LineColumns(datum=Datum.GCJ02))


def test_lines_on_different_levels_or_split_at_nodes_are_not_joined_where_they_cross(tmp_path):
    CROSS.assign(bridge=["yes", None]).to_file(tmp_path / "bridge.geojson")
    CROSS.assign(u=[1, 3], v=[2, 4]).to_file(tmp_path / "nodes.geojson")
    for name in ("bridge", "nodes"):
        found = read_streets(tmp_path / f"{name}.geojson")
        assert len(found.segments.start) == 2
        assert "有 1 处道路相交而没有公共点，按立交计" in found.tally.text().zh


def test_an_end_that_touches_a_line_is_a_junction(tmp_path):
    near = 36.10 + 0.3 / 111_000
    lines(
        ([(120.30, 36.10), (120.32, 36.10)], {"highway": "primary"}),
        ([(120.31, near), (120.31, 36.11)], {"highway": "residential"}),
        ([(120.315, 36.10 + 3 / 111_000), (120.315, 36.11)], {"highway": "residential"}),
    ).to_file(tmp_path / "tee.geojson")
    segments = read_segments(tmp_path / "tee.geojson")
    assert between(segments, AT[1], (120.31, 36.11))[0] == pytest.approx(2010, abs=2)
    assert between(segments, AT[1], (120.315, 36.11))[0] == np.inf


def test_directions_of_geofabrik_and_joined_one_way_parts_are_read(tmp_path):
    two = lines(
        ([AT[1], AT[2]], {"fclass": "residential", "oneway": "T"}),
        ([AT[2], AT[3]], {"fclass": "residential", "oneway": "B"}),
    )
    two.to_file(tmp_path / "fab.geojson")
    access = read_segments(tmp_path / "fab.geojson").access
    assert [int(a) & 48 for a in access] == [32, 48]
    two.assign(oneway=["T", "F"]).to_file(tmp_path / "unclear.geojson")
    with pytest.raises(BadInputError, match="不明确"):
        read_segments(tmp_path / "unclear.geojson")


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
@pytest.mark.parametrize(
    ("frame", "told"),
    [
        (lines(([AT[1], AT[2]], {"宽度": 7})), "没有认出道路等级列"),
        (lines(([AT[1], AT[2]], {"等级": "甲"})), "甲（1 条"),
        (lines(([AT[1], AT[2]], {"highway": "primary", "fclass": "primary"})), "--column"),
        (lines(([AT[1], AT[2]], {"highway": "primary", "限速": "快"})), "第 1 条线"),
        (lines(([AT[1], AT[2]], {"highway": "primary", "限速": 4000})), "第 1 条线"),
        (lines(([AT[1], AT[2]], {"highway": "primary", "oneway": "东向"})), "单行列"),
        (
            lines(([(532000, 3994000), (532100, 3994000)], {"highway": "primary"}), crs=None),
            "EPSG:4549",
        ),
        (gpd.GeoDataFrame({"highway": ["x"]}, geometry=[Point(AT[1])], crs=4326), "没有线"),
    ],
)
def test_what_is_not_clear_in_a_line_layer_is_refused_with_the_mend(tmp_path, frame, told):
    path = tmp_path / "roads.gpkg"
    frame.to_file(path)
    with pytest.raises(BadInputError, match=told):
        read_segments(path)


def test_a_planner_settles_what_is_not_clear(tmp_path):
    path = tmp_path / "roads.gpkg"
    lines(([AT[1], AT[2]], {"代号": "甲"}), ([AT[2], AT[3]], {"代号": "乙"})).to_file(
        path, layer="路"
    )
    lines(([AT[1], AT[5]], {"x": 1})).to_file(path, layer="河")
    with pytest.raises(BadInputError, match="--table"):
        read_segments(path)
    settled = LineColumns("路", {"代号": "class"}, {"甲": "primary", "*": "none"})
    found = read_streets(path, columns=settled)
    assert [HIGHWAYS[kind] for kind in found.segments.highway] == ["primary"]
    assert found.tally.share == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("name", sorted(one.name for one in CASES.iterdir()))
def test_broken_street_files_are_refused_not_crashed_on(tmp_path, name):
    """40 mutants of each: bytes changed, cut out, doubled. Read, or refused with a sentence."""
    rng = random.Random(name)  # noqa: S311 - not for secrets
    whole = (CASES / name).read_bytes()
    refused = 0
    for number in range(40):
        path = tmp_path / f"{number}-{name}"
        path.write_bytes(_mutant(whole, rng))
        try:
            read_segments(path)
        except YizhanError as error:
            refused += bool(str(error))
    assert refused


def test_broken_line_layers_are_refused_not_crashed_on(tmp_path):
    CROSS.to_file(tmp_path / "roads.geojson")
    whole = (tmp_path / "roads.geojson").read_bytes()
    rng = random.Random(7)  # noqa: S311 - not for secrets
    refused = 0
    for number in range(60):
        path = tmp_path / f"{number}.geojson"
        path.write_bytes(_mutant(whole, rng))
        try:
            read_segments(path)
        except YizhanError:
            refused += 1
    assert refused
    shutil.copy(CASES / "ferry.osm", tmp_path / "ferry.gpkg")
    with pytest.raises(YizhanError):
        read_segments(tmp_path / "ferry.gpkg")


def _mutant(whole, rng):
    """Return `whole` with one to four small accidents."""
    text = bytearray(whole)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(text))
        size = rng.randint(1, 40)
        what = rng.choice(["change", "cut", "double", "digit", "end"])
        if what == "change":
            text[at] = rng.randrange(256)
        elif what == "cut":
            del text[at : at + size]
        elif what == "double":
            text[at:at] = text[at : at + size]
        elif what == "digit":
            text[at:at] = rng.choice([b"-", b"9" * 20, b".", b"e9", b"nan", b'"'])
        elif rng.random() < 0.2:
            del text[at:]
        if not text:
            break
    return bytes(text)
