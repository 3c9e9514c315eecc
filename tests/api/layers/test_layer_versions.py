"""Layers are never lost: no import empties one, and every version can come back."""

from __future__ import annotations

import json

import geopandas as gpd
import pytest
from click.testing import CliRunner
from shapely.geometry import LineString, Point
from starlette.testclient import TestClient

from api.app import create_app
from api.command.main import build, run
from api.settings import Settings
from data.store.project import Project
from geo.text import Language

KEY = "test-planner-key-0123456789"
KEYED = {"X-API-Key": KEY}
GOOD = "编号,名称,类型,经度,纬度\nS1,一,职工之家,120.30,36.10\nS2,二,职工之家,120.31,36.10\n"
ALL_BAD = "编号,名称,类型,经度,纬度\nS1,一,饭店,120.30,36.10\nS2,二,职工之家,不知道,36.10\n"


def told(*arguments, language=Language.ZH):
    done = CliRunner().invoke(
        build(language), [str(one) for one in arguments], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture
def project(tmp_path):
    project = Project.create(tmp_path / "城", "城")
    for name, text in (("一.csv", GOOD), ("二.csv", GOOD.rsplit("S2", 1)[0])):
        (tmp_path / name).write_text(text, encoding="utf-8")
        told("import", "stations", tmp_path / name, "--project", project.folder)
    return project


@pytest.mark.parametrize("accept", [[], ["--accept-good-rows"]])
def test_a_file_without_one_good_row_changes_nothing(project, tmp_path, capsys, accept):
    path = tmp_path / "坏.csv"
    path.write_text(ALL_BAD, encoding="utf-8")
    asked = ["import", "stations", str(path), "--project", str(project.folder), *accept]
    assert run(asked) == 1
    assert "没有一行可以导入" in capsys.readouterr().err
    assert len(project.versions("stations")) == 2
    assert len(project.read("stations")) == 1


@pytest.mark.parametrize("accept", ["false", "true"])
def test_the_service_refuses_it_just_so(tmp_path, make_project_in, accept):
    project = make_project_in(tmp_path / "city")
    with TestClient(create_app(Settings(project=project.folder, planner_key=KEY))) as client:
        sent = client.post(
            "/planning/imports/stations",
            files={"file": ("坏.csv", ALL_BAD.encode())},
            data={"accept_good_rows": accept},
            headers=KEYED,
        ).json()
        assert sent["version"] is None
        assert any("没有一行可以导入" in remark for remark in sent["remarks"])
        assert len(project.versions("stations")) == 1


def test_map_files_come_through_the_same_door(project, tmp_path, capsys):
    path = tmp_path / "线.geojson"
    line = LineString([(120.3, 36.1), (120.4, 36.1)])
    cells = {"编号": ["L1"], "名称": ["线"], "类型": ["职工之家"]}
    gpd.GeoDataFrame(cells, geometry=[line], crs=4326).to_file(path, driver="GeoJSON")
    asked = ["import", "stations", str(path), "--project", str(project.folder)]
    assert run([*asked, "--accept-good-rows"]) == 1
    error = capsys.readouterr().err
    assert "几何是线，应为点" in error
    assert len(project.versions("stations")) == 2


def test_versions_are_listed_and_one_comes_back(project):
    listed = told("layers", "--project", project.folder)
    assert "第 2 版" in listed
    assert "2 行  一.csv" in listed
    facts = json.loads(told("layers", "--project", project.folder, "--json"))["layers"]["stations"]
    assert [(one["version"], one["rows"], one["current"]) for one in facts] == [
        (1, 2, False),
        (2, 1, True),
    ]
    back = json.loads(
        told("layers", "restore", "stations", 1, "--project", project.folder, "--json")
    )
    assert (back["version"], back["rows"]) == (3, 2)
    assert len(project.read("stations")) == 2
    english = told("layers", "--project", project.folder, language=Language.EN)
    assert "(version 1 restored)  <- current" in english


def test_what_cannot_be_restored_says_so(project, capsys):
    asked = ["layers", "restore", "stations", "9", "--project", str(project.folder)]
    assert run(asked) == 1
    assert "第 9 版" in capsys.readouterr().err
    asked[3] = "2"
    assert run(asked) == 1
    assert "现在就是第 2 版" in capsys.readouterr().err


def test_districts_imported_late_say_which_rows_disagree(project, tmp_path):
    """Stations that name a district far away were taken before there were districts."""
    stations = project.read("stations").assign(district="市南区")
    project.write("stations", stations)
    squares = [Point(120.9, 36.1).buffer(0.1), Point(120.3, 36.1).buffer(0.1)]
    cells = {"区划代码": ["370202", "370203"], "名称": ["市南区", "市北区"]}
    path = tmp_path / "区市.geojson"
    gpd.GeoDataFrame(cells, geometry=squares, crs=4326).to_file(path, driver="GeoJSON")
    for _ in range(2):
        asked = ("import", "districts", path, "--project", project.folder, "--json")
        (remark,) = json.loads(told(*asked))["remarks"]
        assert "1 行的区市与新边界不符" in remark
