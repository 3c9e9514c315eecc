"""Stops proposed from OpenStreetMap: what may hold a bus, listed for staff, banned until verified."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner
from pandas.testing import assert_frame_equal

from api.command.main import build
from data.excel.stop_proposals import write_stop_proposals
from data.osm.osm_places import read_bus_places
from data.reading.reading import read_layer
from data.store.project import Project
from geo.errors import BadInputError, BrokenFileError, MissingError
from geo.layers.columns import STOPS
from geo.text import Language

AT = (120.38, 36.07)


def square(first, side_m):
    """Return nodes and references of a square of `side_m`, and its south-west corner's shift."""
    lon, lat = side_m / 90_000, side_m / 111_000
    west, south = AT[0] + first * 1e-4, AT[1]
    corners = [(west, south), (west + lon, south), (west + lon, south + lat), (west, south + lat)]
    nodes = "".join(
        f'<node id="{first + i}" version="1" lon="{x:.7f}" lat="{y:.7f}"/>'
        for i, (x, y) in enumerate(corners)
    )
    return nodes, "".join(f'<nd ref="{first + i}"/>' for i in (0, 1, 2, 3, 0))


def way(number, side_m, **tags):
    nodes, refs = square(number * 10, side_m)
    told = "".join(f'<tag k="{k.replace("_", ":")}" v="{v}"/>' for k, v in tags.items())
    return nodes, f'<way id="{number}" version="1">{refs}{told}</way>'


@pytest.fixture
def extract(tmp_path):
    """Five car parks, of which one takes a bus; a square and a bus station as points."""
    parts = [
        way(
            1, 30, amenity="parking", name="东站停车场", addr_street="东路", addr_housenumber="8号"
        ),
        way(2, 10, amenity="parking"),
        way(3, 30, amenity="parking", parking="underground"),
        way(4, 30, amenity="parking", access="private"),
        way(5, 30, amenity="parking", maxheight="2.1 m"),
    ]
    points = (
        '<node id="901" version="1" lon="120.40" lat="36.07"><tag k="place" v="square"/></node>'
        '<node id="902" version="1" lon="120.41" lat="36.07"><tag k="amenity" v="bus_station"/>'
        '<tag k="name" v="=1+1"/></node>'
    )
    path = tmp_path / "small.osm"
    path.write_text(
        '<osm version="0.6">'
        + "".join(nodes for nodes, _ in parts)
        + points
        + "".join(shape for _, shape in parts)
        + "</osm>",
        encoding="utf-8",
    )
    return path


def given(tmp_path):
    path = tmp_path / "stops.csv"
    path.write_text(
        "编号,名称,场所性质,最早到达,禁停,必到,经度,纬度\nS1,老站,居住地,09:00,否,是,120.39,36.07\n",
        encoding="utf-8",
    )
    return path


def test_only_open_ground_with_room_for_a_bus_is_proposed(extract):
    places = read_bus_places(extract).set_index("id")
    assert sorted(places.index) == ["osm-n901", "osm-n902", "osm-w1"]
    park = places.loc["osm-w1"]
    assert park["area_m2"] == pytest.approx(900, rel=0.03)
    assert (park["name"], park["address"], park["kind"].zh) == ("东站停车场", "东路8号", "停车场")
    assert np.isnan(places.loc["osm-n901", "area_m2"])
    assert places.loc["osm-n901", "name"] == "广场"


def test_the_list_imported_unread_bans_every_place(extract, tmp_path):
    """The stops there are stay as they are; names are text, even one that a sheet would compute."""
    places = read_bus_places(extract)
    stops = read_layer(STOPS, given(tmp_path)).good
    path = tmp_path / "list.xlsx"
    write_stop_proposals(path, places.assign(workers_near=500.0), stops, sample=True)
    assert "© OpenStreetMap" in openpyxl.load_workbook(path).active.oddFooter.left.text
    read = read_layer(STOPS, path)
    assert read.problems == ()
    assert_frame_equal(read.good.iloc[:1], stops)
    frame = read.good.iloc[1:]
    assert frame["banned"].all()
    assert sorted(frame["name"]) == sorted(places["name"])
    assert "=1+1" in set(frame["name"])
    there = places.set_index("id").loc[frame["id"]].get_coordinates().to_numpy()
    assert frame.get_coordinates().to_numpy() == pytest.approx(there, abs=1e-6)


def test_no_extract_and_a_cut_one_are_refused(extract, tmp_path):
    with pytest.raises(BadInputError, match="osm"):
        read_bus_places(tmp_path / "list.xlsx")
    cut = tmp_path / "cut.osm"
    cut.write_bytes(extract.read_bytes()[:900])
    with pytest.raises(BrokenFileError, match=r"cut\.osm"):
        read_bus_places(cut)


SPOT = gpd.points_from_xy([120.4], [36.07], crs="EPSG:4326")


def with_workers(tmp_path):
    """A project of one concentration."""
    project = Project.create(tmp_path / "城", "城")
    near = {
        "id": ["W"],
        "name": ["东头"],
        "group": ["courier"],
        "setting": ["work"],
        "workers": [500.0],
        "women_35_59": [None],
        "active_hours": [None],
    }
    project.write("workers", gpd.GeoDataFrame(near, geometry=SPOT))
    return project


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (("--least", "9999"), "职工最多 500 人，都不到 9999 人"),
        (("--apart", "9000"), "都在已有停靠点 9000 米之内"),
    ],
)
def test_no_stop_found_is_told_and_writes_nothing(extract, tmp_path, option, told):
    """It was an empty workbook and exit 0."""
    project = with_workers(tmp_path)
    stop = {column.name: [None] for column in STOPS.columns} | {"id": ["P1"], "name": ["东头"]}
    project.write("stops", gpd.GeoDataFrame(stop, geometry=SPOT))
    out = tmp_path / "空.xlsx"
    asked = [
        "bus",
        "stops",
        "--file",
        str(extract),
        "--out",
        str(out),
        "--project",
        str(project.folder),
        *option,
    ]
    caught = CliRunner().invoke(build(Language.ZH), asked).exception
    assert isinstance(caught, MissingError)
    assert told in caught.text.zh
    assert not out.exists()


def test_an_extract_of_streets_alone_is_told(tmp_path):
    project = with_workers(tmp_path)
    bare = tmp_path / "streets.osm"
    bare.write_text('<osm version="0.6"></osm>', encoding="utf-8")
    asked = [
        "bus",
        "stops",
        "--file",
        str(bare),
        "--out",
        str(tmp_path / "空.xlsx"),
        "--project",
        str(project.folder),
    ]
    caught = CliRunner().invoke(build(Language.ZH), asked).exception
    assert isinstance(caught, MissingError)
    assert "没有停车场、广场" in caught.text.zh
