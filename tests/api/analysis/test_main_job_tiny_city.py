"""Import, gaps, siting, bus, API and page on one street whose numbers are done by hand.

```
0 m      200      1500    1700       2600  2850 2900    3000 m
S(24/7)  W1 10    W2 20   C1         C2    T    W3 30     |
└──────────────────── 一号路 ──────────────────────────────┘
```

A quarter of an hour on foot is 1,125 m (75 m a minute). The station S reaches W1 only: 10 of 60.
C1 (200 m from W2, 1,200 m from W3) would add 20; C2 (1,100 m and 300 m) adds 50. The bus stop T
has W3 within 800 m: with a turn-out of 15 % it examines 4.5 people and drives 2 x 2,850 m.
"""

from __future__ import annotations

import json
import mmap
import os
import re
import shutil
import signal
import socket
from html import unescape

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner
from shapely import Point, box
from starlette.testclient import TestClient

from api import own_process
from api.analysis import meanwhile, results, reuse
from api.app import create_app
from api.command.main import build, run
from api.settings import Settings
from data.store.geopackage import read_geopackage
from data.store.project import Project
from data.store.project_study import open_study
from geo.coverage.rule import CoverageRule
from geo.crs import to_lonlat, to_metres
from geo.errors import BadInputError
from geo.text import Language

_WEST = to_metres([[120.30, 36.10]])[0]
_EVERY_DAY = "Mo-Su 08:00-18:00"


def place(east_m, north_m=0.0):
    lon, lat = to_lonlat([[_WEST[0] + east_m, _WEST[1] + north_m]])[0]
    return float(lon), float(lat)


def table(folder, name, header, rows):
    lines = [header, *(",".join(str(cell) for cell in row) for row in rows)]
    path = folder / f"{name}.csv"
    path.write_text("\n".join(lines), encoding="gb18030")
    return path


def street(folder):
    """One 3 km street in seven OSM nodes."""
    places = [place(500 * number) for number in range(7)]
    nodes = "".join(
        f'<node id="{i}" lon="{lon:.7f}" lat="{lat:.7f}" version="1"/>'
        for i, (lon, lat) in enumerate(places, start=1)
    )
    refs = "".join(f'<nd ref="{i}"/>' for i in range(1, 8))
    tags = '<tag k="highway" v="residential"/><tag k="name" v="一号路"/>'
    path = folder / "street.osm"
    path.write_text(
        f'<osm version="0.6">{nodes}<way id="9" version="1">{refs}{tags}</way></osm>', "utf-8"
    )
    return path


def district(folder):
    west, south = place(-2000, -2000)
    east, north = place(5000, 2000)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    feature = {
        "type": "Feature",
        "properties": {"adcode": "370202", "name": "市南区"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    path = folder / "districts.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), "utf-8")
    return path


def layers(folder):
    """The city's tables as an office would send them."""
    return {
        "districts": district(folder),
        "yizhan": table(
            folder,
            "驿站",
            "编号,名称,经度,纬度,开放时间,状态",
            [("S", "一号驿站", *place(0), "24小时", "正常")],
        ),
        "workers": table(
            folder,
            "职工",
            "编号,名称,群体,场所性质,人数,活动时间,经度,纬度",
            [
                ("W1", "东头", "外卖骑手", "工作", 10, _EVERY_DAY, *place(200)),
                ("W2", "中段", "快递员", "工作", 20, _EVERY_DAY, *place(1500)),
                ("W3", "西头", "保安员", "工作", 30, _EVERY_DAY, *place(2900)),
            ],
        ),
        "candidates": table(
            folder,
            "候选",
            "编号,名称,依托单位类型,经度,纬度",
            [("C1", "银行", "银行", *place(1700)), ("C2", "社区", "社区", *place(2600))],
        ),
        "depots": table(
            folder, "车场", "编号,名称,车辆数,经度,纬度", [("D", "车场", 1, *place(0))]
        ),
        "stops": table(
            folder,
            "停靠点",
            "编号,名称,场所性质,最早到达,最晚离开,经度,纬度",
            [("T", "广场", "工作", "09:00", "17:00", *place(2850))],
        ),
    }


def yizhan(*arguments):
    """Run the command; return its JSON answer."""
    outcome = CliRunner().invoke(build(Language.ZH), [str(one) for one in arguments])
    assert outcome.exit_code == 0, outcome.output
    return json.loads(outcome.stdout)


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    project = folder / "城"
    yizhan("init", project, "--json")
    for layer, path in layers(folder).items():
        facts = yizhan("import", layer, path, "--project", project, "--json")
        assert facts["rejected"] == 0
    yizhan("fetch", "--file", street(folder), "--project", project, "--json")
    yizhan("coverage", "--project", project, "--json")
    yizhan("site", "--count", 1, "--project", project, "--json")
    arguments = ("--buses", 1, "--days", 1, "--first-day", "2026-11-25", "--project", project)
    summary = yizhan("bus", *arguments, "--json")
    return project, summary


def test_coverage_is_what_the_street_says(city):
    _, summary = city
    assert summary["workers_total"] == 60
    assert summary["covered_before"] == 10
    assert summary["worker_hours_total"] == 60 * 70
    assert summary["worker_hours_covered"] == 10 * 70


def test_coverage_says_its_range_its_week_and_its_tables(city):
    """A fifth more time reaches 1,350 m, a fifth less 900 m: still W1 alone."""
    project, summary = city
    assert summary["coverage_range"]["rows"][1]["workers"] == pytest.approx(10 / 60)
    assert sum(summary["coverage_by_hour"]["covered"]) == pytest.approx(700)
    assert summary["coverage_bands"]["time_s"] == [
        {"within": 300.0, "workers": 10.0},
        {"within": 600.0, "workers": 10.0},
        {"within": 900.0, "workers": 10.0},
    ]
    hours = pd.read_csv(Project.open(project).results_folder / "coverage_hours.csv")
    rest = hours[hours["kind"] == "outdoor_rest_station"]
    assert rest["worker_hours"].sum() == pytest.approx(60 * 70)
    assert rest["worker_hours_covered"].sum() == pytest.approx(700)


_UNIX = {
    os: "fork nice getuid geteuid killpg setsid statvfs pread posix_fadvise sched_getaffinity sysconf",
    signal: "SIGKILL SIGALRM SIGHUP alarm setitimer",
    mmap: "MAP_PRIVATE MAP_ANONYMOUS MAP_SHARED PROT_READ PROT_WRITE",
    socket: "SO_REUSEPORT AF_UNIX",
}
"""What Windows has not, and the main job might use."""


def test_a_system_without_the_calls_of_unix_answers_the_same(city, tmp_path, monkeypatch):
    """As on Windows, a process beside the run starts empty and is sent what it does."""
    project, summary = city
    copy = tmp_path / "城"
    shutil.copytree(project, copy)
    shutil.rmtree(copy / "stages")
    for module in (meanwhile, own_process, reuse):
        monkeypatch.setattr(module, "can_copy", lambda: False)
    for module in (meanwhile, results):
        monkeypatch.setattr(module, "is_worth_a_process", lambda _: True)
    for module, names in _UNIX.items():
        for name in names.split():
            monkeypatch.delattr(module, name)
    yizhan("coverage", "--minutes", 20, "--project", copy, "--json")
    arguments = ("--buses", 1, "--days", 1, "--first-day", "2026-11-25", "--project", copy)
    again = yizhan("bus", *arguments, "--json")
    assert again["workers_total"] == summary["workers_total"]
    assert again["bus_workers_served"] == summary["bus_workers_served"]


def test_a_second_run_against_the_first_says_what_changed_row_by_row(city, tmp_path):
    project, _ = city
    kept = tmp_path / "去年"
    yizhan("export", kept, "--project", project, "--json")
    copy = tmp_path / "今年"
    shutil.copytree(project, copy)
    arguments = ("--minutes", 25, "--against", kept, "--project", copy)
    seen = yizhan("coverage", *arguments, "--json")["comparison"]
    assert seen["totals"]["workers_covered_before"] == pytest.approx(10)
    assert seen["totals"]["workers_covered_change"] == pytest.approx(20)
    assert sum(row["workers_covered_change"] for row in seen["rows"]) == pytest.approx(20)
    told = CliRunner().invoke(build(Language.ZH), [str(one) for one in ("coverage", *arguments)])
    assert "合计：覆盖 16.7% → 50.0%（+20 人）" in told.stdout
    assert "市南区：覆盖 16.7% → 50.0%" in told.stdout


def test_a_folder_without_results_cannot_be_compared_with(city, tmp_path, capsys):
    project, _ = city
    arguments = ["coverage", "--against", str(tmp_path), "--project", str(project)]
    assert run(arguments) == 1
    assert "yizhan coverage" in capsys.readouterr().err


def test_a_week_not_announced_is_refused_and_the_results_stay(city, tmp_path, capsys):
    project, _ = city
    copy = tmp_path / "城"
    shutil.copytree(project, copy)
    office = table(
        tmp_path,
        "职工",
        "编号,名称,群体,场所性质,人数,活动时间,经度,纬度",
        [("W1", "东头", "快递员", "工作", 10, "Mo-Fr 08:00-18:00", *place(200))],
    )
    yizhan("import", "workers", office, "--project", copy, "--json")
    before = (Project.open(copy).results_folder / "summary.json").read_bytes()
    assert run(["coverage", "--week", "2031-10-01", "--project", str(copy)]) == 1
    assert "尚未公布" in capsys.readouterr().err
    assert (Project.open(copy).results_folder / "summary.json").read_bytes() == before
    told = yizhan("coverage", "--week", "2026-10-01", "--project", copy, "--json")
    assert told["coverage_week"] == "2026-09-28"
    assert told["worker_hours_total"] == 10 * 10 * 3


def test_gaps_hold_exactly_the_uncovered_workers_and_how_far_they_are(city):
    project, _ = city
    gaps = read_geopackage(Project.open(project).results_folder / "results.gpkg", "gaps")
    assert gaps["workers"].tolist() == [30, 20]
    assert gaps["nearest_m"].tolist() == pytest.approx([2900, 1500], abs=1)
    assert set(gaps["cause"]) == {"too_far"}
    assert gaps["hours"].tolist() == ["每天 8:00–18:00"] * 2


def test_the_best_site_covers_both_and_is_proven(city):
    project, summary = city
    assert summary["covered_after"] == pytest.approx(60)
    assert summary["siting_upper_bound"] == pytest.approx(60)
    assert summary["siting_gap"] == pytest.approx(0, abs=1e-9)
    sites = read_geopackage(Project.open(project).results_folder / "results.gpkg", "sites")
    (site,) = sites.to_dict("records")
    assert site["target_id"] == "C2"
    assert site["workers_new"] == pytest.approx(50)
    assert site["nearest_m"] == pytest.approx(2600, abs=1)
    assert site["runner_up_id"] == "C1"
    assert site["runner_up_loss"] == pytest.approx(30)


def test_the_bus_examines_the_turn_out_of_the_one_stop(city):
    project, summary = city
    assert summary["bus_workers_served"] == pytest.approx(4.5)
    assert summary["bus_upper_bound"] >= 4.5 - 1e-9
    assert summary["bus_km"] == pytest.approx(5.7, abs=0.01)
    stops = read_geopackage(Project.open(project).results_folder / "results.gpkg", "bus_stops")
    assert stops[["stop_id", "day"]].to_numpy().tolist() == [["T", "2026-11-25"]]
    assert stops["start"][0] >= "09:00"
    assert stops["depart"][0] <= "17:00"


def test_the_workbook_and_the_maps_name_what_was_found(city):
    project, _ = city
    book = openpyxl.load_workbook(Project.open(project).results_folder / "results.xlsx")
    cells = {str(cell.value) for sheet in book for row in sheet for cell in row}
    assert {"社区", "广场"} <= cells
    for page in ("planner", "worker", "bus"):
        html = (Project.open(project).results_folder / "maps" / f"{page}.html").read_text("utf-8")
        assert "示例数据" not in html


def test_turn_out_and_rush_hours_are_the_planners(city, tmp_path):
    """30 people in reach, of whom 20 to 50 % come; the bus takes ten times as long to get there."""
    project = tmp_path / "copy"
    shutil.copytree(city[0], project)
    told = ("--turnout", 0.2, 0.4, 0.5, "--rush", "06:00-20:00", 10)
    arguments = ("--buses", 1, "--days", 1, "--first-day", "2026-11-25", "--project", project)
    summary = yizhan("bus", *arguments, *told, "--json")
    assert summary["bus_workers_served"] == pytest.approx(12)
    assert summary["bus_served_range"] == pytest.approx([6, 15])
    assert summary["bus_rush_hours"] == {"06:00-20:00": 10.0}
    slow = read_geopackage(Project.open(project).results_folder / "results.gpkg", "bus_stops")
    free = read_geopackage(Project.open(city[0]).results_folder / "results.gpkg", "bus_stops")
    assert slow["drive_s"].iloc[0] == pytest.approx(10 * free["drive_s"].iloc[0], abs=1)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (("--turnout", 0.3, 0.2, 0.4), "0.3/0.2/0.4"),
        (("--rush", "07:00-09:00", 0), "07:00-09:00"),
        (("--rush", "7-25", 1.5), "07:00-25:00"),
        (("--rush", "7-9", 1.5, "--rush", "7-9", 2), "两次"),
        (("--rush", "7-9", 1.5, "--rush", "8-10", 2), "重叠"),
    ],
)
def test_turn_out_and_rush_hours_that_cannot_be_meant_are_refused(city, given, named):
    arguments = ["bus", *given, "--project", city[0]]
    outcome = CliRunner().invoke(build(Language.ZH), [str(one) for one in arguments])
    assert isinstance(outcome.exception, BadInputError)
    assert named in outcome.exception.text.zh


@pytest.mark.parametrize(
    ("command", "told", "named"),
    [
        (("bus", "--days", 1), {"rush_hours": {"7-25": 1.5}}, "rush_hours"),
        (("bus", "--days", 1), {"rush_hours": "7-9"}, "'7-9'"),
        (
            ("site", "--actions", "--most", "open=1"),
            {"prices": {"move_cny": -5}},
            "prices.move_cny 无效（-5）",
        ),
        (
            ("site", "--actions", "--most", "open=1"),
            {"prices": {"new_hours": "8:30-5:30"}},
            "prices.new_hours",
        ),
    ],
)
def test_what_a_planner_wrote_wrong_in_the_project_file_is_named(
    city, tmp_path, command, told, named
):
    project = tmp_path / "copy"
    shutil.copytree(city[0], project)
    file = project / "project.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | told), "utf-8")
    arguments = [*command, "--project", project]
    outcome = CliRunner().invoke(build(Language.ZH), [str(one) for one in arguments])
    assert isinstance(outcome.exception, BadInputError)
    for part in (str(file), named):
        assert part in outcome.exception.text.zh


def test_the_service_answers_from_the_same_numbers(city):
    project, _ = city
    lon, lat = place(1500)
    with TestClient(create_app(Settings(project=project))) as client:
        answer = client.get("/nearest", params={"lon": lon, "lat": lat, "mode": "walk"}).json()
        (station,) = answer["stations"]
        assert station["id"] == "S"
        assert station["way"]["distance_m"] == pytest.approx(1500, abs=1)
        assert station["way"]["time_s"] == pytest.approx(1200, abs=1)
        page = client.post("/nearest-station", data={"lon": lon, "lat": lat}).text
        assert "一号驿站" in page


def test_a_bad_file_changes_nothing_and_exits_with_one(city, tmp_path, capsys):
    project, _ = city
    bad = table(tmp_path, "坏", "编号,名称,经度,纬度", [("X", "海上", 125.0, 36.1)])
    code = run(["import", "yizhan", str(bad), "--project", str(project)])
    assert code == 1
    said = capsys.readouterr().err
    assert "第 2 行" in said
    assert "没有一行可以导入" in said
    assert not list(tmp_path.glob("*退回*"))


def test_good_rows_are_taken_and_the_others_written_beside(city, tmp_path):
    project, _ = city
    mixed = table(
        tmp_path,
        "混",
        "编号,名称,经度,纬度",
        [("S", "一号驿站", *place(0)), ("X", "海上", 125.0, 36.1)],
    )
    arguments = ("--accept-good-rows", "--project", project, "--json")
    facts = yizhan("import", "yizhan", mixed, *arguments)
    assert (facts["imported"], facts["rejected"]) == (1, 1)
    assert [path.name for path in tmp_path.glob("*.xlsx")] == ["混-退回.xlsx"]


def test_an_area_of_workers_follows_the_layer_of_weights_once_there_is_one(city, tmp_path):
    """The whole street is one area of two nodes, half the people at each; all homes are at S."""
    project = tmp_path / "城"
    shutil.copytree(city[0], project)
    opened = Project.open(project)
    area = box(*place(-50, -50), *place(3050, 50))
    workers = opened.read("workers").iloc[:1].set_geometry([area], crs=4326)
    opened.write("workers", workers)
    before = open_study(opened).coverage(CoverageRule())
    assert (before.workers_covered, before.workers_total) == (5, 10)
    homes = gpd.GeoDataFrame({"id": ["B"], "weight": [40.0]}, geometry=[Point(*place(0))], crs=4326)
    opened.write("weights", homes)
    assert open_study(opened).coverage(CoverageRule()).workers_covered == 10


def test_without_any_price_actions_are_not_compared_and_that_is_said(city):
    project, _ = city
    summary = yizhan("site", "--count", 1, "--actions", "--project", project, "--json")
    assert "improve_gain" not in summary
    assert "没有费用" in summary["improve_skipped"]
    assert "cost" in summary["improve_skipped_en"]


def import_costs(project, folder):
    """Give both candidates of the city what building them costs, CNY."""
    priced = table(
        folder,
        "候选",
        "编号,名称,依托单位类型,建设费用,经度,纬度",
        [("C1", "银行", "银行", 10000, *place(1700)), ("C2", "社区", "社区", 20000, *place(2600))],
    )
    yizhan("import", "candidates", priced, "--project", project, "--json")


def test_one_budget_weighs_every_kind_of_action(city, tmp_path):
    """C2 costs 20,000 and is open 45 h (its host's hours are not known): 50 x 45 = 2,250.

    The planner's own prices let a new place have a microwave and charge nothing for hours.
    """
    project, _ = city
    import_costs(project, tmp_path)
    arguments = ("site", "--count", 1, "--actions", "--project", project, "--json")
    summary = yizhan(*arguments)
    assert summary["improve_budget_cny"] == 20000
    assert summary["improve_prices_are_examples"]
    assert summary["improve_build_only_gain"] >= 50 * 45
    assert summary["improve_gain"] >= summary["improve_build_only_gain"]
    assert summary["improve_needs"][0]["total"] == 60 * 70
    actions = read_geopackage(Project.open(project).results_folder / "results.gpkg", "actions")
    assert actions["worker_hours"].sum() == pytest.approx(summary["improve_gain"], abs=1)
    assert actions["cost_cny"].sum() <= 20000
    said = CliRunner().invoke(build(Language.ZH), [str(one) for one in arguments[:-1]]).stdout
    assert "比只新建" in said
    assert "示例价目" in said


def test_a_planners_prices_stand_in_the_project_file(city, tmp_path):
    project, _ = city
    import_costs(project, tmp_path)
    path = project / "project.json"
    facts = json.loads(path.read_text("utf-8"))
    free = {"name": "全天开放", "added": "24小时", "fixed_cny": 0, "weekly_hour_cny": 0}
    facts["prices"] = {"hours": [free], "amenity_cny": {}, "move_cny": 1}
    path.write_text(json.dumps(facts), "utf-8")
    arguments = ("--actions", "--budget", 20000, "--count", 1, "--project", project, "--json")
    summary = yizhan("site", *arguments)
    assert not summary["improve_prices_are_examples"]
    assert summary["improve_cost_cny"] <= 20000


def test_models_and_quotas_are_reached_from_the_command(city, capsys):
    project, _ = city
    fewest = yizhan("site", "--model", "partial", "--target", 0.4, "--project", project, "--json")
    assert fewest["siting_objective"]["value"] == 1
    assert fewest["covered_after"] >= 24
    farthest = yizhan("site", "--model", "p_centre", "--count", 1, "--project", project, "--json")
    assert farthest["siting_objective"]["bound"] <= farthest["siting_objective"]["value"]
    assert run(["site", "--at-least", "市南区=3", "--project", str(project)]) == 1
    assert "市南区至少 3 个（候选点 2 个）" in capsys.readouterr().err
    assert run(["site", "--at-least", "城阳=3", "--project", str(project)]) == 1
    assert "没有区市" in capsys.readouterr().err
    assert run(["site", "--host-at-most", "casino=1", "--project", str(project)]) == 2
    assert run(["site", "--favour", "courier", "--project", str(project)]) == 2


def test_what_a_partial_run_leaves_belongs_together(city, tmp_path):
    """Sites chosen over another coverage go with their figures; the same coverage keeps them."""
    copy = tmp_path / "城"
    shutil.copytree(city[0], copy)
    yizhan("site", "--count", 1, "--project", copy, "--json")
    same = yizhan("coverage", "--project", copy, "--json")
    assert same["sites"] == 1
    assert "site" not in same["withdrawn"]
    other = yizhan("coverage", "--minutes", 25, "--project", copy, "--json")
    assert "site" in other["withdrawn"]
    assert not {"sites", "covered_after", "siting_cost_cny"} & other.keys()
    results = Project.open(copy).results_folder
    assert read_geopackage(results / "results.gpkg", "sites").empty
    page = (results / "maps" / "planner.html").read_text(encoding="utf-8")
    assert "是按先前的数据或规则得出的" in page
    again = yizhan("site", "--count", 1, "--minutes", 25, "--project", copy, "--json")
    assert again["sites"] == 1
    assert "site" not in again["withdrawn"]


def test_a_new_layer_makes_the_results_stale_and_the_old_one_makes_them_hold(city, tmp_path):
    copy = tmp_path / "城"
    shutil.copytree(city[0], copy)
    more = table(
        tmp_path,
        "驿站",
        "编号,名称,经度,纬度,开放时间,状态",
        [("S", "一号驿站", *place(100), "24小时", "正常")],
    )
    yizhan("site", "--count", 1, "--project", copy, "--json")
    before = Project.open(copy).versions("yizhan")[-1].number
    told = yizhan("import", "yizhan", more, "--project", copy, "--json")
    assert any("在上次计算后有更新" in remark for remark in told["remarks"])
    back = yizhan("layers", "restore", "yizhan", before, "--project", copy, "--json")
    assert not any("户外劳动者驿站" in remark for remark in back["remarks"])


def test_the_maps_on_disk_link_to_the_files_beside_them(city):
    """Every relative link of every page in the results folder leads to a file that is there."""
    results = Project.open(city[0]).results_folder
    followed = set()
    for page in results.rglob("*.html"):
        for href in re.findall(r"""<a\b[^>]*?\bhref="([^"]+)\"""", page.read_text("utf-8")):
            if not re.match(r"[a-z]+:|#", href):
                target = (page.parent / unescape(href)).resolve()
                assert target.is_file(), (page.name, href)
                followed.add(target.relative_to(results.resolve()).as_posix())
    written = {
        path.relative_to(results).as_posix() for path in results.rglob("*") if path.is_file()
    }
    assert written - followed == {"summary.json", ".made.json"}


def test_all_that_is_made_of_openstreetmap_says_so(city):
    """The extract is OpenStreetMap's: maps, day sheets and every sheet of every workbook."""
    results = Project.open(city[0]).results_folder
    pages = [
        *(results / "maps").glob("*.html"),
        *(results / "bus-sheets").glob("day-sheets-*.html"),
    ]
    assert len(pages) == 4
    for page in pages:
        assert "© OpenStreetMap" in page.read_text("utf-8"), page.name
    for book in (results / "results.xlsx", results / "bus" / "bus.xlsx"):
        for sheet in openpyxl.load_workbook(book):
            assert "© OpenStreetMap" in sheet.oddFooter.left.text, sheet.title
