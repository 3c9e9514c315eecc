"""What Windows refuses of a disk, refused here: files are published all the same."""

from __future__ import annotations

import fcntl
import os

import geopandas as gpd
import pytest
import shapely

from data.disk import copy_whole
from data.store.project import Project
from data.store.result_versions import new_results
from data.streets.folder import open_streets, write_streets
from data.streets.osm_file import read_segments
from geo.layers.vocabulary import Mode


@pytest.fixture(autouse=True)
def windows(monkeypatch):
    """Refuse to flush what is opened to read, and to rename onto a file that is there."""
    flush, rename = os.fsync, os.rename

    def windows_flush(number):
        if fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
            raise OSError(9, "Bad file descriptor")
        flush(number)

    def windows_rename(old, new, **named):
        if os.path.lexists(new):
            raise FileExistsError(17, "File exists", str(new))
        rename(old, new, **named)

    monkeypatch.setattr(os, "fsync", windows_flush)
    monkeypatch.setattr(os, "rename", windows_rename)


def test_a_layer_and_results_are_published_twice(tmp_path):
    project = Project.create(tmp_path / "城市", "城市")
    place = gpd.GeoDataFrame(
        {"id": ["a"], "name": ["a"]}, geometry=[shapely.Point(120, 36)], crs="EPSG:4326"
    )
    for number in (1, 2):
        assert project.write("depots", place) == number
        with new_results(project) as draft:
            (draft / "summary.json").write_text(str(number), encoding="utf-8")
        assert (project.results_folder / "summary.json").read_text("utf-8") == str(number)


def test_a_copy_replaces_the_copy_before(tmp_path):
    source, target = tmp_path / "a", tmp_path / "b"
    for words in ("one", "two"):
        source.write_text(words, encoding="utf-8")
        copy_whole(source, target)
        assert target.read_text("utf-8") == words


def test_streets_are_compiled_again_over_those_that_are_there(tmp_path, osm):
    segments = read_segments(osm(tmp_path, [(10, [1, 2], {"highway": "residential"})]))
    for _ in range(2):
        write_streets(tmp_path / "streets", segments, modes=[Mode.WALK])
    assert len(open_streets(tmp_path / "streets", verify=True).segments().start) == 1
