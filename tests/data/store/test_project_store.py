"""The project folder: versions, one writer, and no half-written layer after a crash."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import textwrap

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from filelock import FileLock
from shapely import Point

from data.store import geopackage
from data.store.geopackage import FormerFile, layers_in, read_geopackage, write_geopackage
from data.store.project import Project
from geo.crs import STORAGE_CRS
from geo.errors import BadInputError, BrokenFileError, CrsError, MissingError
from geo.text import Text


def depots(*ids):
    return gpd.GeoDataFrame(
        {"id": list(ids), "name": list(ids)},
        geometry=[shapely.Point(120.1 + i * 0.01, 36.1) for i in range(len(ids))],
        crs="EPSG:4326",
    )


@pytest.fixture
def project(tmp_path):
    return Project.create(tmp_path / "城市", "城市")


def test_every_import_is_a_version_and_old_ones_stay_readable(project):
    assert project.write("depots", depots("a"), source="一.csv") == 1
    assert project.write("depots", depots("b", "c"), source="二.csv") == 2
    assert project.read("depots")["id"].tolist() == ["b", "c"]
    assert project.read("depots", version=1)["id"].tolist() == ["a"]
    assert [(v.number, v.rows, v.source) for v in project.versions("depots")] == [
        (1, 1, "一.csv"),
        (2, 2, "二.csv"),
    ]


def test_missing_things_say_what_to_do(project, tmp_path):
    with pytest.raises(MissingError, match="yizhan import workers"):
        project.read("workers")
    with pytest.raises(MissingError, match="yizhan init"):
        Project.open(tmp_path / "none")
    with pytest.raises(MissingError, match="depots"):
        project.write("nonsense", depots("a"))
    with pytest.raises(BadInputError, match="已经是一个项目"):
        Project.create(project.folder, "again")
    (project.folder / "project.json").write_text("{")
    with pytest.raises(BrokenFileError):
        Project.open(project.folder)


def test_a_second_writer_is_turned_away(project):
    with (
        FileLock(project.folder / ".lock"),
        pytest.raises(BadInputError, match="另一个程序"),
    ):
        project.write("depots", depots("a"))
    assert not project.has("depots")


@pytest.mark.parametrize("moment", ["os.fsync", "pathlib.Path.replace"])
@pytest.mark.parametrize("call", [1, 2])
def test_a_crash_at_any_step_leaves_the_last_good_version(project, moment, call):
    project.write("depots", depots("a"), source="good")
    script = f"""
        import os, pathlib, sys
        from pathlib import Path
        import geopandas as gpd, shapely
        from data.store.project import Project
        real, calls = {moment}, []
        def die(*arguments):
            calls.append(1)
            if len(calls) == {call}:
                os._exit(9)
            return real(*arguments)
        {moment} = die
        frame = gpd.GeoDataFrame({{"id": ["b"], "name": ["b"]}},
                                 geometry=[shapely.Point(120, 36)], crs=4326)
        Project.open(Path(sys.argv[1])).write("depots", frame, source="bad")
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(project.folder)], check=False
    )
    assert done.returncode == 9
    after = Project.open(project.folder)
    assert after.read("depots")["id"].tolist() == ["a"]
    assert after.write("depots", depots("c")) == 2
    assert after.read("depots")["id"].tolist() == ["c"]


def test_a_geopackage_in_another_reference_system_is_refused_and_nothing_written(tmp_path):
    with pytest.raises(CrsError):
        write_geopackage(tmp_path / "x.gpkg", {"depots": depots("a").to_crs(4549)})
    assert list(tmp_path.iterdir()) == []


def test_every_layer_of_a_geopackage_is_described_by_its_credit(tmp_path):
    """QGIS shows it; a layer without rows and one written in parts have it too."""
    many = gpd.GeoDataFrame(
        {"id": [str(row) for row in range(10_001)]},
        geometry=gpd.points_from_xy(np.full(10_001, 120.3), np.full(10_001, 36.1)),
        crs=STORAGE_CRS,
    )
    credit = Text("行政区边界 © 某某", "Boundaries © somebody")
    for said, told in ((credit, "行政区边界 © 某某 / Boundaries © somebody"), (None, "")):
        path = tmp_path / f"made{len(told)}.gpkg"
        write_geopackage(path, {"many": many, "none": many.head(0)}, credit=said)
        with sqlite3.connect(path) as store:
            held = dict(store.execute("SELECT table_name, description FROM gpkg_contents"))
        assert held == {"many": told, "none": told}
        assert len(read_geopackage(path, "many")) == 10_001


def test_rows_by_the_ten_thousand_come_back_as_they_were_written(tmp_path):
    """They are written as one stream; columns may be empty for whole parts of it."""
    n = 25_000
    lonlat = np.random.default_rng(5).normal([120.3, 36.1], 0.05, (n, 2))
    many = gpd.GeoDataFrame(
        {
            "id": [f"S{row}" for row in range(n)],
            "note": [None] * n,
            "late": [None] * (n - 1) + ["末"],
            "count": pd.array([None, *range(n - 1)], "Int64"),
            "share": np.linspace(0, 1, n),
            "open": np.arange(n) % 2 == 0,
        },
        geometry=shapely.points(lonlat),
        crs=STORAGE_CRS,
    )
    path = tmp_path / "x.gpkg"
    write_geopackage(path, {"first": many.head(3), "many": many})
    back = read_geopackage(path, "many")
    assert back["id"].tolist() == many["id"].tolist()
    assert back["note"].isna().all()
    assert back["late"].dropna().tolist() == ["末"]
    assert back["count"].isna().tolist() == many["count"].isna().tolist()
    assert back["count"].sum() == many["count"].sum()
    assert back["share"].tolist() == many["share"].tolist()
    assert back["open"].tolist() == many["open"].tolist()
    assert np.array_equal(shapely.get_coordinates(back.geometry), lonlat)
    with sqlite3.connect(path) as store:
        assert store.execute("SELECT COUNT(*) FROM rtree_many_geom").fetchone() == (n,)


def places(*names):
    """Points with names, in the order given."""
    at = [Point(120.3 + 0.01 * place, 36.1) for place in range(len(names))]
    return gpd.GeoDataFrame({"id": list(names)}, geometry=at, crs=STORAGE_CRS)


@pytest.mark.parametrize(
    ("same", "now", "copied"),
    [
        ({"stay"}, {"stay": places("a"), "change": places("new", "newer")}, True),
        ({"stay"}, {"stay": places("a"), "change": places()}, False),
        ({"stay"}, {"stay": places("a"), "other": places("new")}, False),
        (set(), {"stay": places("b"), "change": places("new")}, True),
    ],
)
def test_layers_that_stay_are_taken_over_and_nothing_of_the_others_is_left(
    tmp_path, monkeypatch, same, now, copied
):
    """Rows that went are not in the file any more, not even in its free pages."""
    former, path = tmp_path / "former.gpkg", tmp_path / "x.gpkg"
    write_geopackage(former, {"stay": places("a"), "change": places(*["gone-for-good"] * 300)})
    was, written = former.read_bytes(), []
    write = geopackage._write_layer
    monkeypatch.setattr(
        geopackage, "_write_layer", lambda *told: (written.append(told[1]), write(*told))
    )
    write_geopackage(path, now, former=FormerFile(former, frozenset(same)))
    assert written == [name for name in now if not (copied and name in same)]
    for name, rows in now.items():
        assert gpd.read_file(path, layer=name)["id"].tolist() == rows["id"].tolist()
    assert layers_in(path) == now.keys()
    assert b"gone-for-good" not in path.read_bytes()
    assert former.read_bytes() == was
