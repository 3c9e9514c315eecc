"""What a project's layers may hold: nothing that breaks their schema, whoever wrote the file."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from data.geometry.shapes import shape_complaints, unpacked
from data.reading.reading import read_layer
from data.store.project import Project
from data.store.stored_rows import sound_rows
from geo.errors import BadInputError, CrsError
from geo.layers.columns import ACTIONS, DISTRICTS, INPUT_LAYERS, STATIONS, WORKERS, conform

POINT = shapely.Point(120.3, 36.1)
LINE = shapely.LineString([(120.3, 36.1), (120.4, 36.1)])
AREA = shapely.box(120.2, 36.0, 120.5, 36.3)
POINTS = shapely.MultiPoint([(120.3, 36.1), (120.4, 36.1)])
ONE_POINT = shapely.MultiPoint([(120.3, 36.1)])
BOW_TIE = shapely.Polygon([(120, 36), (121, 37), (121, 36), (120, 37)])


def stations(*shapes, **columns):
    count = len(shapes)
    cells = {
        "id": [f"S{number}" for number in range(count)],
        "name": [f"站{number}" for number in range(count)],
        "kind": ["shared_workers_home"] * count,
        **columns,
    }
    return gpd.GeoDataFrame(cells, geometry=list(shapes), crs="EPSG:4326")


@pytest.fixture
def project(tmp_path):
    return Project.create(tmp_path / "城市", "城市")


def put(project, frame, layer="stations", number=1):
    """Save a layer over the project's file, as QGIS would."""
    frame.to_file(project.folder / "layers" / f"{layer}.{number}.gpkg", layer=layer, driver="GPKG")


@pytest.mark.parametrize(
    ("layer", "shape", "wrong"),
    [
        (STATIONS, POINT, None),
        (STATIONS, LINE, "几何是线"),
        (STATIONS, AREA, "几何是面"),
        (STATIONS, POINTS, "几何是多点"),
        (STATIONS, shapely.GeometryCollection([POINT, LINE]), "几何是混合几何"),
        (STATIONS, shapely.Point(), "坐标缺失"),
        (STATIONS, None, "坐标缺失"),
        (STATIONS, shapely.Point(np.inf, 36), "经纬度范围"),
        (STATIONS, shapely.Point(3_500_000, 36), "经纬度范围"),
        (WORKERS, AREA, None),
        (WORKERS, LINE, "应为点、面、多面"),
        (WORKERS, BOW_TIE, "自相交"),
        (DISTRICTS, POINT, "应为面、多面"),
    ],
)
def test_every_shape_a_layer_cannot_hold_is_named(layer, shape, wrong):
    told = shape_complaints(layer, np.array([POINT if layer != DISTRICTS else AREA, shape], object))
    assert set(told) == ({1} if wrong else set())
    if wrong:
        assert wrong in told[1][0].zh


def test_a_multipoint_of_one_is_that_point_and_of_two_is_refused():
    read = unpacked(STATIONS, np.array([ONE_POINT, POINTS, None], object))
    assert read[0] == POINT
    assert set(shape_complaints(STATIONS, read)) == {1, 2}


@pytest.mark.parametrize("shape", [LINE, AREA, POINTS])
def test_a_file_with_such_a_station_is_refused_by_row(tmp_path, shape):
    path = tmp_path / "站点.geojson"
    stations(POINT, shape).to_file(path, driver="GeoJSON")
    reading = read_layer(STATIONS, path)
    (problem,) = reading.problems
    assert problem.row == 2
    assert "应为点" in problem.text.zh
    assert len(reading.good) == 1


def test_nothing_that_breaks_the_schema_is_ever_stored(project):
    with pytest.raises(BadInputError, match=r"第 2 行.*几何是线"):
        project.write("stations", stations(POINT, LINE), source="x.geojson")
    with pytest.raises(BadInputError, match="没有一行"):
        project.write("stations", stations(), source="x.geojson")
    with pytest.raises(BadInputError, match="编号重复"):
        project.write("stations", stations(POINT, POINT, id=["a", "a"]))
    assert not project.has("stations")


def test_a_file_changed_in_qgis_is_refused_by_name_and_its_sound_rows_can_be_had(project):
    project.write("stations", stations(POINT), source="good")
    put(project, stations(POINT, LINE, POINTS, POINT))
    with pytest.raises(BadInputError, match=r"stations\.1\.gpkg.*第 2 行.*几何是线"):
        project.read("stations")
    found = project.read_sound("stations")
    assert found.rows["id"].tolist() == ["S0", "S3"]
    assert [problem.row for problem in found.problems] == [2, 3]


def test_cells_that_are_none_are_told_emptied_or_leave_their_row_out(project):
    project.write("stations", stations(POINT), source="good")
    odd = stations(
        POINT,
        POINT,
        POINT,
        POINT,
        POINT,
        kind=["shared_workers_home", "饭店", "shared_workers_home", "shared_workers_home", None],
        capacity=["20", "20", "很多", "-3", "7"],
        opening_hours=["24/7", "24/7", "24/7", "随缘", "24/7"],
        amenities=["wifi;toilet", "", "", "sauna", ""],
    )
    put(project, odd)
    found = project.read_sound("stations")
    assert found.rows["id"].tolist() == ["S0", "S2", "S3"]
    assert found.rows["capacity"].isna().tolist() == [False, True, True]
    assert found.rows["opening_hours"].tolist() == ["24/7", "24/7", None]
    assert sorted((one.row, one.column) for one in found.problems) == [
        (2, "类型"),
        (3, "日接待能力"),
        (4, "开放时间"),
        (4, "日接待能力"),
        (4, "设施"),
        (5, "类型"),
    ]


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_file_in_another_reference_system_is_converted_and_without_one_refused(project):
    project.write("stations", stations(POINT), source="good")
    put(project, stations(POINT).to_crs(4549))
    read = project.read("stations").geometry.iloc[0]
    assert shapely.distance(read, POINT) < 1e-9
    put(project, stations(POINT).set_crs(None, allow_override=True))
    with pytest.raises(CrsError, match="坐标系"):
        project.read("stations")


def test_a_missing_column_leaves_nothing_and_says_which(project):
    project.write("stations", stations(POINT), source="good")
    put(project, stations(POINT).drop(columns="kind"))
    found = project.read_sound("stations")
    assert found.rows.empty
    assert "缺少列 kind" in found.problems[0].line.zh


def test_every_input_layer_has_a_door(project):
    """A layer added later is held against its schema too."""
    for name, layer in INPUT_LAYERS.items():
        shape = POINT if "Point" in layer.geometry else AREA
        wrong = LINE
        cells = {column.name: ["1", "2"] for column in layer.columns if column.dtype == "text"}
        for column in layer.columns:
            if column.required and column.dtype != "text":
                first = str(next(iter(column.words))) if column.words else 1
                cells[column.name] = [first, first]
        frame = gpd.GeoDataFrame(cells, geometry=[shape, wrong], crs=4326)
        with pytest.raises(BadInputError, match="几何是线"):
            project.write(name, frame)
        assert project.write(name, frame.iloc[:1]) == 1


def test_an_earlier_version_comes_back_as_the_newest(project):
    project.write("stations", stations(POINT, POINT), source="一.xlsx")
    project.write("stations", stations(POINT), source="二.xlsx")
    assert project.restore("stations", 1) == 3
    assert len(project.read("stations")) == 2
    newest = project.versions("stations")[-1]
    assert (newest.rows, newest.source, newest.restored) == (2, "一.xlsx", 1)
    assert len(project.read("stations", version=2)) == 1
    with pytest.raises(BadInputError, match="就是第 3 版"):
        project.restore("stations", 3)
    put(project, stations(LINE), number=2)
    with pytest.raises(BadInputError, match="几何是线"):
        project.restore("stations", 2)
    assert len(project.versions("stations")) == 3


def test_a_move_may_cost_hours_but_no_action_costs_less_than_nothing():
    """What a move's old place gives up can be more than the hours it adds after the others."""
    row = {"target_id": "S1", "name": "老站", "worker_hours": -7700.0, "worker_hours_lost": -7700.0}
    row |= {"hours_per_10k_cny": -6416.7, "runner_up_loss": -1.0, "cost_cny": 12_000.0}
    frame = gpd.GeoDataFrame([row], geometry=[POINT], crs="EPSG:4326")
    kept = sound_rows(ACTIONS, conform(frame, "actions"))
    assert kept.problems == ()
    assert kept.rows["worker_hours"].tolist() == [-7700.0]
    dear = sound_rows(ACTIONS, conform(frame.assign(cost_cny=-1.0), "actions"))
    assert [problem.column for problem in dear.problems] == ["费用（元）"]
