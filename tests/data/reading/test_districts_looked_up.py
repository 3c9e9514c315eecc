"""Which district a row lies in does not depend on what was imported first."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from data.reading.present import present_of
from data.reading.reading import read_layer
from data.store.project import Project
from geo.layers.columns import DISTRICTS, WORKERS

WEST, EAST = shapely.box(120.0, 36.0, 120.5, 37.0), shapely.box(120.5, 36.0, 121.0, 37.0)
ROWS = (
    "编号,名称,群体,场所性质,人数,经度,纬度,区市\n"
    "1,甲,快递员,工作,10,120.2,36.5,\n"
    "2,乙,快递员,工作,10,120.7,36.5,市北\n"
    "3,丙,快递员,工作,10,120.7,36.6,370203\n"
    "4,丁,快递员,工作,10,120.501,36.7,市南区\n"
)


def districts(*shapes):
    codes, names = ["370202", "370203"], ["市南区", "市北区"]
    return gpd.GeoDataFrame({"adcode": codes, "name": names}, geometry=list(shapes), crs=4326)


def bring(project, layer, path):
    known = project.read_sound("districts").rows if project.has("districts") else None
    reading = read_layer(layer, path, area=project.area(), districts=known)
    assert not reading.problems
    project.write(layer.name, reading.good, source=path.name)


@pytest.fixture
def files(tmp_path):
    borders, workers = tmp_path / "区市.geojson", tmp_path / "职工.csv"
    districts(WEST, EAST).to_file(borders, driver="GeoJSON")
    workers.write_text(ROWS, encoding="utf-8")
    return {"districts": (DISTRICTS, borders), "workers": (WORKERS, workers)}


def test_both_orders_of_import_give_the_same_districts(tmp_path, files):
    found = []
    for order in (("districts", "workers"), ("workers", "districts")):
        project = Project.create(tmp_path / order[0], "城")
        for name in order:
            bring(project, *files[name])
        found.append(project.read("workers")["district"].tolist())
    assert found[0] == found[1] == ["370202", "370203", "370203", "370202"]


def test_new_borders_move_the_rows_that_state_nothing(tmp_path, files):
    project = Project.create(tmp_path / "城", "城")
    bring(project, *files["districts"])
    bring(project, *files["workers"])
    project.write("districts", districts(EAST, WEST))
    assert project.read("workers")["district"].tolist() == ["370203", "370203", "370203", "370202"]


def test_districts_can_be_imported_again(files):
    """Their key is the adcode; the check for a wrong datum asked for ids."""
    layer, path = files["districts"]
    read = read_layer(layer, path, known=present_of(layer, districts(WEST, EAST), 1))
    assert len(read.good) == 2


@pytest.mark.parametrize(
    "columns", [{"level": [None, None, "街道"]}, {"parent": [None, None, "370202"]}]
)
def test_a_subdistrict_does_not_win_over_its_district(tmp_path, files, columns):
    """Said by level or by parent: rows keep the district's code and get the subdistrict's name."""
    project = Project.create(tmp_path / "城", "城")
    beneath = {
        "adcode": ["370202", "370203", "370202001"],
        "name": ["市南区", "市北区", "某街道"],
        **columns,
    }
    project.write("districts", gpd.GeoDataFrame(beneath, geometry=[WEST, EAST, WEST], crs=4326))
    bring(project, *files["workers"])
    rows = project.read("workers")
    assert rows["district"].tolist() == ["370202", "370203", "370203", "370202"]
    assert rows["subdistrict"].tolist() == ["某街道", None, None, None]
