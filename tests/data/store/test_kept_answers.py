"""What was answered for one file of an office holds for its next one, and is told."""

from __future__ import annotations

import geopandas as gpd
import openpyxl
import pytest
import shapely

from data.importing import import_layer
from data.store.project import Project
from data.tables.answers import Answers
from geo.errors import YizhanError
from geo.layers.columns import INPUT_LAYERS

HEAD = ["编号", "名称", "经度", "纬度"]
ROW = ["S1", "甲驿站", 120.3826, 36.0671]


@pytest.fixture
def project(tmp_path):
    return Project.create(tmp_path / "city", "城", sample=False)


def imported(project, path, *, keep=False, **answers):
    found = import_layer(
        project,
        INPUT_LAYERS["yizhan"],
        path,
        source=path.name,
        answers=Answers(**answers),
        keep_answers=keep,
    )
    return found.reading


def book(path, name):
    made = openpyxl.Workbook()
    for title, rows in (("市南", [HEAD, ROW]), ("市北", [HEAD, ["S2", name, 120.39, 36.07]])):
        tab = made.create_sheet(title)
        for row in rows:
            tab.append(row)
    made.save(path)
    return path


def test_the_sheet_that_was_chosen_is_chosen_again(project, tmp_path):
    with pytest.raises(YizhanError, match="--table"):
        imported(project, book(tmp_path / "a.xlsx", "乙"))
    imported(project, book(tmp_path / "a.xlsx", "乙"), table="市北", keep=True)
    reading = imported(project, book(tmp_path / "b.xlsx", "丙"))
    assert reading.good["name"].tolist() == ["丙"]
    assert "表 市北" in " ".join(remark.zh for remark in reading.remarks)
    assert imported(project, book(tmp_path / "c.xlsx", "丁"), table="市南").good["id"][0] == "S1"


def test_the_encoding_and_the_datum_are_remembered(project, tmp_path):
    text = "id,name,lon,lat,address\nS1,臺灣驛站,120.3826,36.0671,臺灣驛站甲乙丙丁戊己庚\n"
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_bytes(text.encode("big5"))
    with pytest.raises(YizhanError):
        imported(project, tmp_path / "a.csv")
    imported(project, tmp_path / "a.csv", encoding="big5", keep=True)
    assert imported(project, tmp_path / "b.csv").good["name"][0] == "臺灣驛站"


def test_a_reference_system_holds_only_for_files_of_the_same_headers(project, tmp_path):
    frame = gpd.GeoDataFrame(
        {"id": ["S1"], "name": ["甲"]}, geometry=[shapely.Point(120.3826, 36.0671)], crs=4326
    ).to_crs(4549)
    for name, one in (("a", frame), ("b", frame.assign(tel="1"))):
        one.to_file(tmp_path / f"{name}.shp")
        (tmp_path / f"{name}.prj").unlink()
    imported(project, tmp_path / "a.shp", crs="EPSG:4549", keep=True)
    reading = imported(project, tmp_path / "a.shp")
    assert reading.good.geometry[0].x == pytest.approx(120.3826, abs=1e-6)
    with pytest.raises(YizhanError, match="坐标系"):
        imported(project, tmp_path / "b.shp")
