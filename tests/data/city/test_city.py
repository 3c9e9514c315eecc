"""A real city from an extract: a small town drawn as OSM XML, and files that lack nearly all."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import geopandas as gpd
import osmnx
import pytest
from click.testing import CliRunner
from shapely import box

from api.command.main import build
from api.http.visibility import Reader, visible_layers
from api.stations.places import places_of
from api.stations.search import PlaceIndex
from data.importing import import_layer
from data.store.project import Project
from geo.errors import BadInputError, MissingError
from geo.layers.columns import WORKERS
from geo.text import Language

WEST, SOUTH = 120.30, 36.10


class Town:
    """Writes an extract: nodes by east and north in units of 0.001 degrees from a corner."""

    def __init__(self):
        self.nodes, self.ways, self.relations = [], [], []

    def node(self, east, north, **tags):
        number = len(self.nodes) + 1
        at = f'lon="{WEST + east / 1000:.7f}" lat="{SOUTH + north / 1000:.7f}"'
        self.nodes.append(f'<node id="{number}" version="1" {at}>{told(tags)}</node>')
        return number

    def way(self, places, **tags):
        refs = [one if isinstance(one, int) else self.node(*one) for one in places]
        return self.line(refs, **tags)

    def line(self, refs, **tags):
        number = len(self.ways) + 1
        inner = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        self.ways.append(f'<way id="{number}" version="1">{inner}{told(tags)}</way>')
        return number

    def area(self, west, south, east, north, **tags):
        corners = [(west, south), (east, south), (east, north), (west, north)]
        refs = [self.node(*corner) for corner in corners]
        return self.line([*refs, refs[0]], **tags)

    def district(self, name, level, box, **tags):
        ring = self.area(*box)
        members = f'<member type="way" ref="{ring}" role="outer"/>'
        tags = {
            "type": "boundary",
            "boundary": "administrative",
            "name": name,
            "admin_level": str(level),
            **tags,
        }
        self.relations.append(
            f'<relation id="{len(self.relations) + 1}" version="1">{members}{told(tags)}</relation>'
        )

    def write(self, path):
        path.write_text(
            '<osm version="0.6">' + "".join(self.nodes + self.ways + self.relations) + "</osm>",
            encoding="utf-8",
        )
        return path


def told(tags):
    return "".join(
        f'<tag k="{key.replace("__", ":")}" v="{value}"/>' for key, value in tags.items()
    )


def streets(town):
    """Two streets that cross, and two lanes."""
    cross = town.node(10, 10)
    town.way([(0, 10), cross, (20, 10)], highway="secondary", name="福州南路")
    town.way([(10, 0), cross, (10, 20)], highway="secondary", name="闽江路")
    town.way([(0, 5), (9, 5)], highway="residential")


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A city of two districts side by side, the west one with a subdistrict."""
    made = Town()
    streets(made)
    made.district("青岛市", 5, (-1, -1, 21, 21))
    made.district("市南区", 6, (-1, -1, 11.5, 21), division_code="370202")
    made.district("市北区", 6, (11.5, -1, 21, 21), division_code="999999")
    made.district("香港中路街道", 8, (-1, -1, 11.5, 21))
    made.node(10.3, 10.3, amenity="bank", name="中国银行", opening_hours="Mo-Fr 09:00-17:00")
    made.node(15, 10.2, amenity="bank", name="中国银行", opening_hours="on appointment")
    made.node(15.1, 10.2, amenity="bank", name="中国银行")
    made.node(5, 10.2, amenity="toilets")
    made.node(6, 10.2, amenity="toilets", access="private")
    made.node(40, 40, amenity="bank", name="市外银行")
    made.node(9, 9.8, amenity="restaurant", name="面馆")
    made.node(12, 9.8, amenity="restaurant")
    made.area(2, 11, 4, 13, building="apartments", building__levels="10", name="某小区")
    made.area(9.3, 10.1, 9.9, 10.8, amenity="parking")
    made.node(7, 9.7, amenity="hospital", name="市立医院")
    made.node(10, 15, highway="bus_stop", name="闽江路站")
    return made.write(tmp_path_factory.mktemp("town") / "town.osm")


def city(*arguments):
    outcome = CliRunner().invoke(build(Language.ZH), ["city", *map(str, arguments), "--json"])
    if outcome.exception:
        raise outcome.exception
    return json.loads(outcome.stdout)


@pytest.fixture(scope="module")
def made(town):
    folder = town.parent / "城"
    facts = city("--file", town, "--within", "青岛市", "--project", folder)
    return Project.open(folder), facts


def test_districts_and_subdistricts_have_codes_and_parents(made):
    """A code that OSM has wrong is the official one; subdistricts name their district."""
    project, facts = made
    rows = project.read("districts").set_index("name")
    assert rows["adcode"]["市南区"] == "370202"
    assert rows["adcode"]["市北区"] == "370203"
    assert rows["level"].to_dict() == {
        "市南区": "district",
        "市北区": "district",
        "香港中路街道": "subdistrict",
    }
    assert rows["parent"]["香港中路街道"] == "370202"
    assert any("999999" in remark for remark in facts["remarks"])


def test_every_layer_knows_both_levels(made):
    project, _ = made
    places = project.read("candidates").set_index("id")
    west = places[places["district"] == "370202"]
    assert set(west["subdistrict"]) == {"香港中路街道"}
    assert places[places["district"] == "370203"]["subdistrict"].isna().all()


def test_candidates_are_named_priced_and_not_verified(made):
    """One bank mapped twice is one; what lies outside or is private is none; no name is an id."""
    project, _ = made
    rows = project.read("candidates")
    banks = rows[rows["host"] == "bank"]
    assert len(banks) == 2
    assert set(banks["opening_hours"]) == {"Mo-Fr 09:00-17:00", None}
    assert set(banks["name"]) == {"中国银行（福州南路与闽江路口）", "中国银行（福州南路）"}
    assert rows[rows["host"] == "public_toilet"]["name"].tolist() == ["福州南路公共卫生间"]
    assert set(rows["verification"]) == {"unverified"}
    assert rows["cost_cny"].notna().all()
    assert "市外银行" not in set(rows["name"])


def test_a_place_for_the_bus_is_called_after_the_crossing_it_is_at(made):
    project, _ = made
    assert project.read("stops")["name"].tolist() == ["福州南路与闽江路口停车场"]
    assert set(project.read("stops")["verification"]) == {"unverified"}


def test_workers_say_that_they_are_estimated_and_from_what(made):
    """Every group is 1,000 parts; riders are where the restaurants are."""
    project, _ = made
    rows = project.read("workers")
    assert rows.groupby("group")["workers"].sum().eq(1000).all()
    assert set(rows["provenance"]) == {"estimated"}
    riders = rows[(rows["group"] == "delivery_rider") & (rows["setting"] == "work")]
    assert riders["estimated_from"].str.contains("relative;restaurant=1").all()
    assert not rows["name"].str.contains(r"[a-z]").any()


def test_a_city_that_is_not_in_the_file_is_refused_and_leaves_nothing(town, tmp_path):
    with pytest.raises(MissingError, match="没有叫“北京市”"):
        city("--file", town, "--within", "北京市", "--project", tmp_path / "京")
    assert not (tmp_path / "京").exists()
    assert not list(tmp_path.glob(".京*"))


def test_a_file_of_streets_alone_gives_crossings_and_says_so(tmp_path):
    bare = Town()
    streets(bare)
    facts = city("--file", bare.write(tmp_path / "bare.osm"), "--project", tmp_path / "路")
    project = Project.open(tmp_path / "路")
    assert project.read("candidates")["name"].tolist() == ["福州南路与闽江路口附近（待找场所）"]
    rests = {row["what"]: row["origin"] for row in facts["table"]}
    assert rests["Districts / subdistricts"] == "derived"
    assert rests["Places for the bus"] == "absent"
    assert rests["Workers"] == "estimated"


def test_prices_are_read_from_the_table_in_the_project(town, made):
    project, _ = made
    table = project.folder / "city" / "hosts.csv"
    table.write_text(
        table.read_text("utf-8-sig").replace("bank,银行,10000", "bank,银行,4321"), "gb18030"
    )
    city("--file", town, "--within", "青岛市", "--project", project.folder)
    rows = project.read("candidates")
    assert set(rows[rows["host"] == "bank"]["cost_cny"]) == {4321.0}


def test_a_list_replaces_the_estimate_of_its_groups_and_districts(town):
    """Riders listed in 市南 are no longer estimated there; couriers, and riders in 市北, still are."""
    folder = town.parent / "有名单"
    city("--file", town, "--within", "青岛市", "--project", folder)
    project = Project.open(folder)
    before = project.read("workers")
    path = folder / "骑手.csv"
    path.write_text(
        "编号,名称,群体,场所性质,人数,经度,纬度\nR1,骑手站,外卖骑手,工作,77,120.305,36.11\n",
        "utf-8",
    )
    import_layer(project, WORKERS, path, source="骑手.csv")
    for again in (False, True):
        if again:
            city("--file", town, "--within", "青岛市", "--project", folder)
        rows = project.read("workers")
        riders = rows[rows["group"] == "delivery_rider"]
        west = riders[riders["district"] == "370202"]
        assert west["id"].tolist() == ["R1"]
        kept = rows[rows["provenance"] == "estimated"]
        told = before[(before["group"] != "delivery_rider") | (before["district"] != "370202")]
        assert kept["workers"].sum() == told["workers"].sum()


def test_official_totals_are_shared_out_inside_their_district(town, tmp_path):
    """All 30 couriers of 市北 are there; groups without a total are left out, not made up."""
    totals = tmp_path / "总数.csv"
    totals.write_text("区市,群体,人数\n市北区,快递员,30\n市南区,快递员,12\n", "gb18030")
    folder = tmp_path / "总"
    facts = city("--file", town, "--within", "青岛市", "--project", folder, "--totals", totals)
    rows = Project.open(folder).read("workers")
    assert set(rows["group"]) == {"courier"}
    assert rows.groupby("district")["workers"].sum().to_dict() == {"370202": 12, "370203": 30}
    assert not rows["estimated_from"].str.contains("relative").any()
    assert {row["what"]: row["amount"] for row in facts["table"]}["Workers"] == "42"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("区市,群体,人数\n市东区,快递员,30\n", "第 2 行.*没有区市"),
        ("区市,群体,人数\n市北区,宇航员,30\n", "第 2 行.*宇航员"),
        ("区市,群体\n市北区,快递员\n", "人数"),
        ("区市,群体,人数\n市北区,快递员,3\n,快递员,9\n", "不止一次"),
    ],
)
def test_totals_that_cannot_be_right_are_refused_by_name(town, tmp_path, text, told):
    totals = tmp_path / "总数.csv"
    totals.write_text(text, "utf-8")
    with pytest.raises(BadInputError, match=told):
        city("--file", town, "--within", "青岛市", "--project", tmp_path / "总", "--totals", totals)


def test_places_are_found_by_anyone_with_where_they_are(made):
    """The bus stop is a public place; candidates and workers are still the planner's."""
    project, _ = made
    seen = visible_layers(
        {name: project.read(name) for name in ("places", "districts", "candidates", "workers")},
        Reader.ANYONE,
    )
    assert set(seen) == {"places", "districts"}
    found = PlaceIndex(places_of(seen)).find("闽江路站")[0]
    assert (found.name, found.address) == ("闽江路站", "市南区 香港中路街道 闽江路")


class Servers(BaseHTTPRequestHandler):
    """Stands in for Nominatim and Overpass: knows one place and hands out one extract."""

    town = None
    asked = ""

    def do_GET(self):
        place = [
            {
                "place_id": 1,
                "osm_type": "relation",
                "osm_id": 1,
                "lat": "36.11",
                "lon": "120.31",
                "boundingbox": ["36.10", "36.12", "120.30", "120.32"],
                "display_name": "青岛市",
                "class": "boundary",
                "type": "administrative",
                "importance": 0.5,
                "addresstype": "city",
                "name": "青岛市",
                "place_rank": 12,
                "geojson": {
                    "type": "Polygon",
                    "coordinates": [
                        [
                            [120.30, 36.10],
                            [120.32, 36.10],
                            [120.32, 36.12],
                            [120.30, 36.12],
                            [120.30, 36.10],
                        ]
                    ],
                },
            }
        ]
        self.answer(json.dumps(place).encode(), "application/json")

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        type(self).asked = parse_qs(self.rfile.read(length).decode())["data"][0]
        self.answer(self.town.read_bytes(), "application/xml")

    def answer(self, body, kind):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def test_a_place_is_downloaded_into_an_extract_and_read_as_one(town, tmp_path, monkeypatch):
    """From servers of our own: the box of the place is asked for, its name is the area taken."""
    Servers.town = town
    server = HTTPServer(("127.0.0.1", 0), Servers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(osmnx.settings, "nominatim_url", url + "/")
    monkeypatch.setattr(osmnx.settings, "overpass_url", url)
    monkeypatch.setattr(osmnx.settings, "use_cache", False)
    try:
        city("--place", "青岛市, 中国", "--project", tmp_path / "网")
    finally:
        server.shutdown()
        server.server_close()
    assert "[bbox:36.100000,120.300000,36.120000,120.320000]" in Servers.asked
    assert 'nwr["amenity"~"^(' in Servers.asked
    assert set(Project.open(tmp_path / "网").read("districts")["name"]) >= {"市南区", "市北区"}


def test_file_and_place_are_either_or(town, tmp_path):
    with pytest.raises(BadInputError, match="二选一"):
        city("--project", tmp_path / "无")
    with pytest.raises(BadInputError, match="二选一"):
        city("--file", town, "--place", "青岛", "--project", tmp_path / "两")


def test_an_area_the_file_cuts_off_is_told_by_name(tmp_path):
    """The outline of 崂山区 lacks a way: the box of the file is taken, and who is cut is said."""
    cut = Town()
    streets(cut)
    cut.district("崂山区", 6, (0, 0, 5, 5))
    cut.ways = [way for way in cut.ways if 'id="4"' not in way]
    facts = city("--file", cut.write(tmp_path / "cut.osm"), "--project", tmp_path / "裁")
    assert any("崂山区" in remark or "cut off" in remark for remark in facts["remarks"])
    with pytest.raises(MissingError, match="不完整"):
        city("--file", tmp_path / "cut.osm", "--within", "崂山区", "--project", tmp_path / "裁2")


def test_districts_somebody_imported_are_kept(town, tmp_path):
    """A file of bounds comes first: the extract's own areas are not taken."""
    project = Project.create(tmp_path / "自有", "自有")
    mine = gpd.GeoDataFrame(
        {"adcode": ["A1"], "name": ["本区"]}, geometry=[box(120.29, 36.09, 120.33, 36.13)], crs=4326
    )
    project.write("districts", mine, source="区.geojson")
    facts = city("--file", town, "--project", project.folder)
    assert project.read("districts")["name"].tolist() == ["本区"]
    assert set(project.read("candidates")["district"]) == {"A1"}
    assert facts["table"][0]["origin"] == "own"
