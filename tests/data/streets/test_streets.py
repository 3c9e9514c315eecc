"""Streets from OSM files and on disk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import networkx as nx
import numpy as np
import osmnx
import pytest
from pyproj import Geod

from data.disk import held
from data.streets.folder import open_streets, write_streets
from data.streets.osm_file import read_segments
from data.streets.place import configure, download_streets, simplified
from data.streets.speed_file import read_speeds
from geo.errors import BadInputError, BrokenFileError, MissingError
from geo.layers.vocabulary import Mode
from geo.network.compile import compile_network
from geo.network.osmnx_graph import ways_of_graph
from geo.network.segments import HIGHWAYS, Access, Trait
from geo.network.vehicle import Vehicle
from geo.reach.labels import nearest
from geo.reach.matrix import matrix
from geo.reach.route import route

CROSSING = [
    (10, [1, 2, 3], {"highway": "secondary", "name": "海路"}),
    (11, [2, 5, 4], {"highway": "residential", "name": "山路", "oneway": "yes"}),
    (12, [1, 3], {"building": "yes"}),
]


def test_ways_are_cut_where_they_meet_and_keep_their_shape(tmp_path, osm):
    segments = read_segments(osm(tmp_path, CROSSING, {2: {"highway": "traffic_signals"}}))
    assert len(segments.node_lonlat) == 4
    assert len(segments.start) == 3
    assert np.diff(segments.shape_offset).tolist() == [2, 2, 3]
    assert segments.names == ("海路", "山路")
    assert [HIGHWAYS[kind] for kind in segments.highway] == ["secondary"] * 2 + ["residential"]
    assert segments.traits[0] == Trait.SIGNALS_AT_END
    assert segments.traits[1] == Trait.SIGNALS_AT_START


def test_a_way_whose_node_the_extract_lacks_is_cut_there(tmp_path, osm):
    segments = read_segments(osm(tmp_path, [(11, [1, 2, 5, 4], {"highway": "path"})], missing=[2]))
    assert len(segments.start) == 1
    assert segments.shape_lonlat.tolist() == [[120.31, 36.105], [120.31, 36.11]]
    assert segments.traits.tolist() == [Trait.CUT_AT_START]


def test_barriers_and_signals_inside_a_way_cut_it(tmp_path, osm):
    street = [(11, [2, 5, 4], {"highway": "residential"}), (12, [2, 3], {"highway": "residential"})]
    path = osm(tmp_path, street, {5: {"barrier": "bollard"}, 2: {"highway": "traffic_signals"}})
    segments = read_segments(path)
    assert len(segments.start) == 3
    assert segments.traits.tolist() == [
        Trait.SIGNALS_AT_START | Trait.STOPS_DRIVE_AT_END,
        Trait.STOPS_DRIVE_AT_START,
        Trait.SIGNALS_AT_START,
    ]
    on_foot, by_car = (compile_network(segments, mode) for mode in (Mode.WALK, Mode.DRIVE))
    assert on_foot.reachable.all()
    assert on_foot.piece.tolist() == [0, 0, 0]
    assert by_car.piece.tolist() == [0, 1, 0]


FOUR_WAYS = [
    (10, [1, 2], {"highway": "residential"}),
    (11, [2, 3], {"highway": "residential"}),
    (12, [2, 5, 4], {"highway": "residential"}),
]


def _restriction(what, origin=10, target=12, **tags):
    members = [("way", origin, "from"), ("node", 2, "via"), ("way", target, "to")]
    return members, {"restriction": what} | tags


@pytest.mark.parametrize(
    ("rule", "banned"),
    [
        (_restriction("no_left_turn"), [[0, 1, 2, 0]]),
        (_restriction("only_straight_on", target=11), [[0, 1, 2, 0]]),
        (_restriction("no_entry", origin=12, target=10), [[2, 0, 0, 1]]),
        (_restriction("no_left_turn", **{"except": "psv"}), [[0, 1, 2, 0]]),
        (_restriction("no_left_turn", **{"except": "motorcar"}), []),
        (_restriction("no_u_turn", target=10), []),
        (_restriction("no_left_turn", target=99), []),
        (_restriction("give_way"), []),
    ],
)
def test_turn_restrictions_become_banned_turns(tmp_path, rule, banned, osm):
    segments = read_segments(osm(tmp_path, FOUR_WAYS, relations=[rule]))
    assert segments.banned_turns.tolist() == banned


def test_limits_speeds_and_names_come_from_the_way(tmp_path, osm):
    tags = {
        "highway": "primary",
        "name": "Sea Road",
        "name:zh": "海路",
        "maxspeed": "30 mph",
        "maxheight": "12'6&quot;",
        "maxweight": "7.5",
        "maxwidth": "2.5",
        "maxlength": "10",
        "hgv": "no",
    }
    segments = read_segments(osm(tmp_path, [(10, [1, 2], tags)]))
    assert segments.names == ("海路",)
    assert segments.maxspeed_kmh[0] == pytest.approx(48.28, abs=0.01)
    limits = (
        segments.max_height_m,
        segments.max_weight_t,
        segments.max_width_m,
        segments.max_length_m,
    )
    assert np.concatenate(limits) == pytest.approx([3.81, 7.5, 2.5, 10])
    assert segments.traits[0] == Trait.NO_LARGE
    assert not Vehicle().fits(segments)[0]


def test_a_clip_keeps_the_ways_that_touch_it(tmp_path, osm):
    path = osm(tmp_path, CROSSING)
    inside = read_segments(path, clip=(120.305, 36.104, 120.315, 36.12))
    assert [HIGHWAYS[kind] for kind in inside.highway] == ["residential"]
    with pytest.raises(BadInputError, match="道路"):
        read_segments(path, clip=(121.0, 36.0, 121.1, 36.1))


def test_broken_and_empty_files_say_so(tmp_path, osm):
    (tmp_path / "broken.osm.pbf").write_bytes(b"\x00\x00\x00\x0dnothing like a blob")
    with pytest.raises(BrokenFileError, match="broken"):
        read_segments(tmp_path / "broken.osm.pbf")
    whole = osm(tmp_path, CROSSING)
    (tmp_path / "cut.osm").write_bytes(whole.read_bytes()[:300])
    with pytest.raises(BrokenFileError, match=r"cut\.osm"):
        read_segments(tmp_path / "cut.osm")
    with pytest.raises(BadInputError, match="道路"):
        read_segments(osm(tmp_path, [(1, [1, 2], {"building": "yes"})]))
    with pytest.raises(BadInputError, match=r"\.dwg"):
        read_segments(tmp_path / "roads.dwg")


def test_a_downloaded_graph_gives_the_same_streets_as_the_file(tmp_path, osm):
    """Two ways in a row, the second slower and against its oneway, a bollard and signals."""
    ways = [
        (10, [1, 2], {"highway": "residential", "name": "海路", "maxspeed": "50"}),
        (11, [2, 5, 4], {"highway": "residential", "maxspeed": "30", "oneway": "-1"}),
    ]
    path = osm(tmp_path, ways, {5: {"barrier": "bollard"}, 1: {"highway": "traffic_signals"}})
    configure()
    graph = osmnx.graph_from_xml(path, simplify=False, retain_all=True)
    here, there = read_segments(path), ways_of_graph(simplified(graph)).segments()
    assert len(here.start) == len(there.start) == 3
    assert sorted(here.maxspeed_kmh) == sorted(there.maxspeed_kmh)
    for mode in (Mode.WALK, Mode.DRIVE):
        ours, theirs = (compile_network(one, mode) for one in (here, there))
        assert sorted(ours.length_m) == pytest.approx(sorted(theirs.length_m))
        assert sorted(ours.time_s) == pytest.approx(sorted(theirs.time_s))
        assert ours.n_nodes == theirs.n_nodes
        assert (ours.forward & ours.back).sum() == (theirs.forward & theirs.back).sum()


@pytest.mark.parametrize(
    ("failure", "told"),
    [(ConnectionError("no route"), "连不上"), (ValueError("nothing"), "没有“某地”")],
)
def test_a_download_that_fails_says_why(monkeypatch, failure, told):
    def fail(*_, **__):
        raise failure

    monkeypatch.setattr(osmnx, "graph_from_place", fail)
    with pytest.raises(BrokenFileError, match=told):
        download_streets("某地")


def test_a_download_says_what_share_of_the_streets_was_taken(monkeypatch):
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    for node, lon in ((1, 120.30), (2, 120.31), (3, 120.32)):
        graph.add_node(node, x=lon, y=36.1)
    for start, end, kind in ((1, 2, "residential"), (2, 3, "raceway")):
        for one, other in ((start, end), (end, start)):
            graph.add_edge(one, other, osmid=start, highway=kind, oneway=False, length=900.0)
    monkeypatch.setattr(osmnx, "graph_from_place", lambda *_, **__: graph)
    found = download_streets("某地")
    assert len(found.segments.start) == 1
    assert "raceway" in found.tally.text().zh


def test_a_file_of_another_kind_or_order_says_what_to_do(tmp_path):
    (tmp_path / "empty.osm.pbf").write_bytes(b"")
    (tmp_path / "page.osm").write_text("<html>404 Not Found</html>")
    for name in ("empty.osm.pbf", "page.osm"):
        with pytest.raises(BrokenFileError, match=name):
            read_segments(tmp_path / name)
    way = '<way id="1" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="path"/></way>'
    node = '<node id="{}" lon="120.3" lat="36.{}" version="1"/>'
    unsorted = way + node.format(1, 1) + node.format(2, 2)
    (tmp_path / "unsorted.osm").write_text(f'<osm version="0.6">{unsorted}</osm>')
    assert len(read_segments(tmp_path / "unsorted.osm").start) == 1
    (tmp_path / "bare.osm").write_text(f'<osm version="0.6">{way}</osm>')
    with pytest.raises(BadInputError, match="缺少节点坐标"):
        read_segments(tmp_path / "bare.osm")
    nx.write_graphml(nx.path_graph(3), tmp_path / "path.graphml")
    with pytest.raises(BadInputError, match="osmnx"):
        read_segments(tmp_path / "path.graphml")
    (tmp_path / "cut.graphml").write_text("<graphml>")
    with pytest.raises(BrokenFileError, match="cut"):
        read_segments(tmp_path / "cut.graphml")


def test_graphml_of_osmnx_gives_the_same_streets(tmp_path, osm):
    osmnx.settings.cache_folder = osmnx.settings.data_folder = str(tmp_path)
    osmnx.settings.useful_tags_way = ["highway", "name", "oneway"]
    path = osm(tmp_path, CROSSING[:2])
    graph = osmnx.graph_from_xml(path, retain_all=True)
    osmnx.save_graphml(graph, tmp_path / "city.graphml")
    here, there = read_segments(path), read_segments(tmp_path / "city.graphml")
    assert len(here.start) == len(there.start)
    assert sorted(here.access.tolist()) == sorted(there.access.tolist())


def test_compiled_streets_open_by_memory_map_and_equal_what_was_written(tmp_path, osm):
    segments = read_segments(osm(tmp_path, CROSSING))
    write_streets(tmp_path / "streets", segments)
    streets = open_streets(tmp_path / "streets", verify=True)
    network = streets.network(Mode.DRIVE)
    assert isinstance(network.length_m, np.memmap)
    assert network.names == ("海路", "山路")
    assert streets.segments().shape_lonlat.tolist() == segments.shape_lonlat.tolist()


def test_a_damaged_or_missing_street_folder_is_told(tmp_path, osm):
    with pytest.raises(MissingError, match="yizhan fetch"):
        open_streets(tmp_path)
    folder = tmp_path / "streets"
    streets = write_streets(folder, read_segments(osm(tmp_path, CROSSING)), modes=[Mode.WALK])
    with pytest.raises(MissingError, match="驾车"):
        streets.network(Mode.DRIVE)
    damaged = streets.build / "walk" / "length_m.npy"
    damaged.write_bytes(damaged.read_bytes()[:-8] + b"\0" * 8)
    with pytest.raises(BrokenFileError, match="length_m"):
        open_streets(folder, verify=True)
    damaged.write_bytes(damaged.read_bytes()[:-8])
    with pytest.raises(BrokenFileError, match="length_m"):
        open_streets(folder)
    damaged.unlink()
    with pytest.raises(BrokenFileError, match="length_m"):
        open_streets(folder)


_WRITE = """
import os, sys
from pathlib import Path
import data.streets.folder as folder
from data.streets.osm_file import read_segments
from data.streets.place import configure, download_streets, simplified
segments = read_segments(Path(sys.argv[2]))
"""


def test_a_crash_while_compiling_leaves_the_old_streets(tmp_path, osm):
    folder, path = tmp_path / "streets", osm(tmp_path, CROSSING)
    write_streets(folder, read_segments(path))
    crash = """
folder._publish = lambda *_: os._exit(9)
folder.write_streets(Path(sys.argv[1]), segments)
"""
    done = subprocess.run([sys.executable, "-c", _WRITE + crash, folder, path], check=False)
    assert done.returncode == 9
    assert open_streets(folder, verify=True).network(Mode.WALK).n_nodes == 4
    opened = open_streets(folder)
    write_streets(folder, read_segments(path))
    assert opened.network(Mode.DRIVE).n_nodes == 4
    assert len(list(folder.glob("build-*"))) == 2
    write_streets(folder, read_segments(path))
    assert len(list(folder.glob("build-*"))) == 2
    assert json.loads((folder / "manifest.json").read_text())["nodes"] == 4


def test_killed_at_any_moment_the_last_good_streets_remain(tmp_path, osm):
    """A process writes without end, now for all modes, now for walking; it is killed meanwhile."""
    folder, path = tmp_path / "streets", osm(tmp_path, CROSSING)
    write_streets(folder, read_segments(path))
    endless = """
from geo.layers.vocabulary import Mode
print("ready", flush=True)
while True:
    folder.write_streets(Path(sys.argv[1]), segments)
    folder.write_streets(Path(sys.argv[1]), segments, modes=[Mode.WALK])
"""
    for wait_s in (0.005, 0.02, 0.05):
        with subprocess.Popen(
            [sys.executable, "-c", _WRITE + endless, folder, path], stdout=subprocess.PIPE
        ) as process:
            process.stdout.readline()
            time.sleep(wait_s)
            process.kill()
        streets = open_streets(folder, verify=True)
        assert streets.network(Mode.WALK).n_nodes == 4
    write_streets(folder, read_segments(path))
    assert len(list(folder.glob("build-*"))) == 2


def test_two_cannot_write_at_once(tmp_path, osm):
    segments = read_segments(osm(tmp_path, CROSSING))
    with held(tmp_path / ".lock"), pytest.raises(BadInputError, match="另一个程序"):
        write_streets(tmp_path, segments)
    assert write_streets(tmp_path, segments).nodes == 4


def test_streets_remember_their_border_and_their_speeds(tmp_path, osm):
    (tmp_path / "speeds.json").write_text('{"walk_kmh": 3.6, "drive_kmh": {"secondary": 20}}')
    segments = read_segments(osm(tmp_path, CROSSING))
    speeds = read_speeds(tmp_path)
    streets = write_streets(tmp_path / "streets", segments, speeds=speeds)
    assert streets.border == (120.30, 36.10, 120.32, 36.11)
    assert streets.speeds == speeds
    walk, drive = streets.network(Mode.WALK), streets.network(Mode.DRIVE)
    assert walk.time_s == pytest.approx(walk.length_m)
    assert walk.walk_m_s == drive.walk_m_s == pytest.approx(1.0)
    assert drive.time_s[0] == pytest.approx(drive.length_m[0] / (20 / 3.6))
    bus = streets.network(Mode.DRIVE, vehicle=Vehicle())
    assert bus.time_s == pytest.approx(drive.time_s)
    box = write_streets(tmp_path / "streets", segments, border=(120.0, 36.0, 121.0, 37.0)).border
    assert box == (120.0, 36.0, 121.0, 37.0)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("{walk_kmh: 4}", "JSON"),
        ("[4.5]", "最外层"),
        ('{"walking": 4}', "walking"),
        ('{"walk_kmh": "4"}', "数字"),
        ('{"walk_kmh": true}', "数字"),
        ('{"walk_kmh": -4}', "walk_kmh 为 -4"),
        ('{"drive_kmh": 40}', "drive_kmh"),
        ('{"drive_kmh": {"alley": 5}}', "alley"),
        ('{"drive_kmh": {"primary": "fast"}}', "primary"),
        ('{"posted_share": 2}', "posted_share"),
    ],
)
def test_a_wrong_speed_file_says_what_to_mend(tmp_path, written, told):
    (tmp_path / "speeds.json").write_text(written, encoding="utf-8")
    with pytest.raises(BadInputError, match=told) as caught:
        read_speeds(tmp_path)
    assert str(caught.value).startswith("speeds.json：")


def test_a_route_names_its_streets_and_adds_up(tmp_path, osm):
    streets = write_streets(tmp_path / "s", read_segments(osm(tmp_path, CROSSING)))
    way = route(streets.network(Mode.WALK), [[120.302, 36.10]], [[120.31, 36.108]])
    assert [step.name for step in way.steps] == ["海路", "山路", ""]
    assert sum(step.distance_m for step in way.steps) == pytest.approx(way.distance_m, rel=1e-3)
    assert way.lonlat[0] == pytest.approx([120.302, 36.10], abs=1e-6)
    assert way.lonlat[-1] == pytest.approx([120.31, 36.108], abs=1e-6)


def _extract(name):
    folder = Path(os.environ.get("YIZHAN_OSM_EXTRACTS", Path(__file__).parents[4] / "shared/osm"))
    path = folder / name
    if not path.exists():
        pytest.skip(f"no extract {path}; set YIZHAN_OSM_EXTRACTS to a folder that has {name}")
    return path


def test_drive_times_on_a_real_extract_equal_networkx(tmp_path):
    """2,025 pairs in Liechtenstein against networkx on a graph built from the arrays."""
    segments = read_segments(_extract("liechtenstein-latest.osm.pbf"))
    network = write_streets(tmp_path / "s", segments, modes=[Mode.DRIVE]).network(Mode.DRIVE)
    graph = nx.MultiDiGraph()
    for row in range(len(network.start)):
        start, end, time_s = int(network.start[row]), int(network.end[row]), network.time_s[row]
        if network.forward[row]:
            graph.add_edge(start, end, time_s=float(time_s))
        if network.back[row]:
            graph.add_edge(end, start, time_s=float(time_s))
    inside = np.unique(network.start[network.reachable])
    chosen = np.random.default_rng(7).choice(inside, 45, replace=False)
    places = network.snap(network.node_lonlat[chosen])
    assert places.access_m.max() < 0.01
    table = matrix(network, places, places).time_s
    for row, node in enumerate(chosen.tolist()):
        reach = nx.single_source_dijkstra_path_length(graph, node, weight="time_s")
        expected = [reach.get(other, np.inf) for other in chosen.tolist()]
        np.testing.assert_allclose(table[row], expected, rtol=1e-3, atol=0.1)


def test_walks_on_all_pieces_of_a_real_city_equal_networkx():
    """80 corners of Baltimore, every second one off the main piece, against the uncompiled streets."""
    segments = read_segments(_extract("baltimore.osm.pbf"))
    network = compile_network(segments, Mode.WALK)
    graph = nx.MultiDiGraph()
    geod = Geod(ellps="WGS84")
    for row in range(len(segments.start)):
        first, last = segments.shape_offset[row : row + 2]
        length_m = geod.line_length(*segments.shape_lonlat[first:last].T)
        start, end = int(segments.start[row]), int(segments.end[row])
        flags = int(segments.access[row])
        ends = [
            (node, row) if segments.traits[row] & stop else node
            for node, stop in ((start, Trait.STOPS_WALK_AT_START), (end, Trait.STOPS_WALK_AT_END))
        ]
        if flags & Access.WALK_FORWARD:
            graph.add_edge(*ends, length_m=length_m)
        if flags & Access.WALK_BACK:
            graph.add_edge(*ends[::-1], length_m=length_m)
    parts = sorted(nx.strongly_connected_components(graph), key=len, reverse=True)
    rng = np.random.default_rng(3)
    apart = [node for part in parts[1:] for node in part if isinstance(node, int)]
    main = [node for node in parts[0] if isinstance(node, int)]
    chosen = [int(node) for nodes in (main, apart) for node in rng.choice(sorted(nodes), 60)]
    places = network.snap(segments.node_lonlat[chosen])
    exact = places.access_m < 0.01  # those on crumbs were put beside
    chosen, places = np.array(chosen)[exact], places.take(exact)
    assert len(chosen) > 100
    table = np.full((len(chosen), len(chosen)), np.inf)
    found = nearest(network, places, places, k=len(chosen))
    rows, ranks = np.nonzero(found.site >= 0)
    table[rows, found.site[rows, ranks]] = found.cost[rows, ranks]
    for row, node in enumerate(chosen.tolist()):
        reach = nx.single_source_dijkstra_path_length(graph, node, weight="length_m")
        expected = [reach.get(other, np.inf) for other in chosen.tolist()]
        np.testing.assert_allclose(table[row], expected, rtol=1e-6, atol=0.03)
    assert np.isinf(table).any()
    assert (np.isfinite(table).sum(axis=1) > 1).mean() > 0.9
