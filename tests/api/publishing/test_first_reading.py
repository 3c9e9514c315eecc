"""A service starts from what it kept of the layers, and never from what they were before."""

from __future__ import annotations

import shutil

import geopandas as gpd
import numpy as np
import pytest
import shapely
from starlette.testclient import TestClient

from api.app import create_app
from api.http.problems import HttpError
from api.publishing import layer_reading
from api.publishing.editions import read_edition
from api.publishing.first_reading import STAGE, FirstReading
from api.settings import Settings
from data.sample import load_layer
from data.store.credit import credit_of, sources_of
from data.store.geopackage import write_geopackage
from data.store.project_stages import FOLDER
from geo.summary.run import RunSummary
from geo.text import Text


@pytest.fixture
def project(make_project_in, tmp_path):
    return make_project_in(tmp_path / "city")


@pytest.fixture
def reads(monkeypatch):
    """How often all layers were read."""
    counted = []

    def read(*given, inner=layer_reading.read_layers):
        counted.append(given)
        return inner(*given)

    monkeypatch.setattr(layer_reading, "read_layers", read)
    return counted


def edition_of(project):
    edition, keep = read_edition(project.folder)
    keep()
    return edition


def kept_files(project):
    return sorted((project.folder / FOLDER).glob(f"{STAGE}.*.npz"))


def test_it_is_the_same_read_back():
    layers = {name: load_layer(name) for name in ("stations", "yizhan", "districts")}
    faults = {"stations": (Text("第 3 行没有名称", "row 3 has no name"),)}
    told = FirstReading.of(layers, faults, RunSummary())
    back = FirstReading.from_parts(told.parts())
    assert back.directory.rows == told.directory.rows
    assert back.directory.expressions == told.directory.expressions
    for name in ("lonlat", "kinds", "amenities", "serving", "hours"):
        np.testing.assert_array_equal(getattr(back.directory, name), getattr(told.directory, name))
    assert shapely.equals_exact(back.districts, told.districts).all()
    assert (back.counts, back.faults) == (told.counts, faults)


def test_of_nothing_it_is_nothing_read_back():
    back = FirstReading.from_parts(FirstReading.of({}, {}, RunSummary()).parts())
    assert (len(back.directory), len(back.districts), back.counts) == (0, 0, {})


def test_a_second_start_reads_layers_only_when_they_are_looked_at(project, reads):
    first = edition_of(project)
    assert len(reads) == 1
    second = edition_of(project)
    assert second.directory.rows == first.directory.rows
    assert second.first.counts == first.first.counts
    assert len(reads) == 1
    assert {*second.layers} == {*first.layers}
    assert len(reads) == 2
    assert second.layers["yizhan"].equals(first.layers["yizhan"])


def test_the_services_first_answers_are_the_same_from_what_was_kept(project, lonlat):
    def asked():
        lon, lat = lonlat(1000, 0)
        with TestClient(create_app(Settings(project=project.folder))) as client:
            nearest = client.get("/nearest", params={"lon": lon, "lat": lat}).json()
            home = client.get("/", headers={"Accept": "text/html"}).text
            return nearest["stations"], home, client.get("/health").json()

    before = asked()
    assert len(kept_files(project)) == 1
    assert [one["id"] for one in before[0]] == ["S1", "S3", "S2"]
    assert asked() == before


def test_another_version_of_a_layer_is_read_anew(project, reads):
    edition_of(project)
    rows = project.read("yizhan")
    project.write("yizhan", rows[rows["id"] != "S1"], source="list.xlsx")
    assert "S1" not in edition_of(project).directory.by_id
    assert len(reads) == 2


def test_a_layer_edited_in_its_place_is_read_anew(project):
    """As QGIS does: the version is the same and the file is not."""
    edition_of(project)
    path = project.path("yizhan")
    rows = gpd.read_file(path, layer="yizhan")
    path.unlink()
    write_geopackage(path, {"yizhan": rows.assign(name="改了名的驿站")})
    assert {row["name"] for row in edition_of(project).directory.rows} >= {"改了名的驿站"}


def test_other_results_are_read_anew(project, reads):
    edition_of(project)
    gaps = project.results_folder / "results.gpkg"
    shutil.copy(project.path("yizhan"), gaps.parent / "other.gpkg")
    gaps.unlink(missing_ok=True)
    assert "gaps" not in edition_of(project).first.counts
    assert len(reads) == 2


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
        lambda path: path.write_bytes(b""),
        lambda path: np.savez(path, told=np.frombuffer(b"{}", np.uint8), lonlat=np.zeros((0, 2))),
        lambda path: np.savez(
            path,
            **{**np.load(path), "lonlat": np.zeros((1, 2))},
        ),
    ],
    ids=["half", "empty", "other", "too few places"],
)
def test_what_was_kept_and_is_broken_is_made_again(project, reads, spoil):
    first = edition_of(project)
    (path,) = kept_files(project)
    spoil(path)
    again = edition_of(project)
    assert again.directory.rows == first.directory.rows
    assert len(reads) == 2
    edition_of(project)
    assert len(reads) == 2


def test_what_was_published_while_it_was_read_is_not_kept(project, monkeypatch):
    """Files that changed between their digest and their reading would be kept under a wrong name."""
    inner = layer_reading.read_layers
    waiting = [True]

    def read(*given):
        if waiting:
            waiting.pop()
            rows = project.read("yizhan")
            project.write("yizhan", rows[rows["id"] != "S1"], source="list.xlsx")
        return inner(*given)

    monkeypatch.setattr(layer_reading, "read_layers", read)
    with TestClient(create_app(Settings(project=project.folder))):
        pass
    assert len(kept_files(project)) == 1
    assert "S1" not in edition_of(project).directory.by_id


def test_layers_that_changed_since_are_not_shown_beside_the_first_reading(project):
    edition_of(project)
    edition = edition_of(project)
    rows = project.read("yizhan")
    project.write("yizhan", rows[rows["id"] != "S1"], source="list.xlsx")
    for look in (lambda: len(edition.layers), lambda: edition.summary):
        with pytest.raises(HttpError, match="正在重新读取") as told:
            look()
        assert told.value.status == 503


def test_whom_to_name_is_told_from_what_was_kept():
    districts = load_layer("districts").assign(source="© OpenStreetMap contributors")
    told = FirstReading.of({"districts": districts}, {}, RunSummary())
    back = FirstReading.from_parts(told.parts())
    assert credit_of(None, back.boundaries) == credit_of(None, sources_of(districts)) is not None
