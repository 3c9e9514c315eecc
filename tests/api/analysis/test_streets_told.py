"""What ``fetch`` and ``coverage`` say of streets that do not hang together.

```
  peninsula   11 ------------------ 12       1,500 m; W1 7 workers
                     (water, 300 m)
  shore       1 --------------------------- 2    3,000 m; S station, W2 8 workers
  crumb            21 -- 22                  200 m, 40 m south of the shore; W3 3 workers
```
"""

from __future__ import annotations

import json

import geopandas as gpd
import pytest
from click.testing import CliRunner
from shapely import Point

from api.command.main import build
from data.store.project import Project
from data.store.project_study import open_study
from geo.crs import to_lonlat, to_metres
from geo.layers.vocabulary import Mode
from geo.text import Language

_ORIGIN = to_metres([[120.3, 36.1]])[0]
_NODES = {1: (0, 0), 2: (3000, 0), 11: (0, 300), 12: (1500, 300), 21: (500, -40), 22: (700, -40)}


def place(east_m, north_m):
    return to_lonlat([[_ORIGIN[0] + east_m, _ORIGIN[1] + north_m]])[0]


def yizhan(*arguments):
    outcome = CliRunner().invoke(build(Language.ZH), [str(one) for one in arguments])
    assert outcome.exit_code == 0, outcome.output
    return outcome.stdout


def streets(folder):
    nodes = "".join(
        '<node id="{}" lon="{:.7f}" lat="{:.7f}" version="1"/>'.format(ref, *place(*at))
        for ref, at in _NODES.items()
    )
    ways = "".join(
        f'<way id="{a}" version="1"><nd ref="{a}"/><nd ref="{b}"/><tag k="highway" v="{kind}"/></way>'
        for a, b, kind in ((1, 2, "residential"), (11, 12, "residential"), (21, 22, "footway"))
    )
    path = folder / "shore.osm"
    path.write_text(f'<osm version="0.6">{nodes}{ways}</osm>', "utf-8")
    return path


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "city"
    yizhan("init", folder)
    people = [(100, 310, 7), (200, 10, 8), (600, -45, 3)]
    frame = gpd.GeoDataFrame(
        {
            "id": ["W1", "W2", "W3"],
            "name": ["示例一", "示例二", "示例三"],
            "group": "courier",
            "setting": "work",
            "workers": [count for *_, count in people],
        },
        geometry=[Point(place(east_m, north_m)) for east_m, north_m, _ in people],
        crs=4326,
    )
    frame.to_file(tmp_path / "workers.geojson")
    frame.iloc[1:2][["geometry"]].assign(id="S1", name="示例站", opening_hours="24/7").to_file(
        tmp_path / "yizhan.geojson"
    )
    for layer in ("workers", "yizhan"):
        yizhan("import", layer, tmp_path / f"{layer}.geojson", "--project", folder)
    return folder


def test_fetch_lists_pieces_and_crumbs_with_their_length_and_workers(project, tmp_path):
    facts = json.loads(yizhan("fetch", "--file", streets(tmp_path), "--project", project, "--json"))
    walk, drive = facts["pieces"][0], facts["pieces"][2]
    assert (walk["mode"], drive["mode"]) == ("walk", "drive")
    assert walk["main"]["stations"] == 1
    assert walk["cut_off"] == {
        "pieces": 1,
        "length_m": pytest.approx(1500, abs=1),
        "workers": 7,
        "stations": 0,
    }
    assert walk["crumbs"]["workers"] == 3
    assert [row["standing"] for row in walk["listed"]] == ["apart", "crumb"]
    assert drive["crumbs"]["pieces"] == 0
    said = yizhan("fetch", "--again", "--project", project)
    assert "步行：主路网 3.0 公里；另有 1 片道路与它不相通、各自计算，1.5 公里，职工 7 人" in said
    assert "1 段零碎未采用（短于 1 公里且离其他道路不到 100 米），0.2 公里" in said


def test_coverage_tells_who_is_cut_off_and_the_map_draws_their_streets(project, tmp_path):
    yizhan("fetch", "--file", streets(tmp_path), "--project", project)
    said = yizhan("coverage", "--project", project)
    assert "11 / 18 名职工" in said
    assert "1.5 公里（120." in said
    folder = Project.open(project).results_folder
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    assert (summary["cut_off_workers"], summary["unreachable_workers"]) == (7, 0)
    assert summary["street_pieces"]["cut_off"]["workers"] == 7
    (gap,) = gpd.read_file(folder / "results.gpkg", layer="gaps").to_dict("records")
    assert (gap["cause"], gap["workers"]) == ("unreachable", 7)
    page = (folder / "maps" / "planner.html").read_text("utf-8")
    assert "与主路网不相通：1.5 公里，职工 7 人，站点 0 个" in page
    assert "零碎道路未采用：0.2 公里，其旁职工 3 人" in page


def test_streets_compiled_before_pieces_were_kept_are_compiled_anew(project, tmp_path):
    yizhan("fetch", "--file", streets(tmp_path), "--project", project)
    path = project / "streets" / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    build = project / "streets" / manifest["build"]
    (build / "walk" / "piece.npy").unlink()
    del manifest["files"]["walk/piece.npy"]
    path.write_text(json.dumps(manifest | {"format": 3}), "utf-8")
    network = open_study(Project.open(project)).network(Mode.WALK)
    assert network.reachable.tolist() == [True, True, False]
    yizhan("fetch", "--again", "--project", project)
    assert json.loads(path.read_text("utf-8"))["format"] == 4
