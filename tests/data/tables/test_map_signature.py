"""A map file is opened as what it is called, never as a list of other files to read."""

from __future__ import annotations

import zipfile

import pytest

from data.reading.reading import read_layer
from data.sample import load_layer
from data.store.geopackage import write_geopackage
from data.streets.osm_file import read_streets
from geo.errors import BrokenFileError
from geo.layers.columns import STATIONS


def _virtual(tmp_path):
    """A virtual layer that names a list elsewhere on this machine."""
    write_geopackage(tmp_path / "secret.gpkg", {"stations": load_layer("stations").head(3)})
    return (
        '<OGRVRTDataSource><OGRVRTLayer name="a">'
        f"<SrcDataSource>{tmp_path / 'secret.gpkg'}</SrcDataSource>"
        "<SrcLayer>stations</SrcLayer></OGRVRTLayer></OGRVRTDataSource>"
    )


@pytest.mark.parametrize("ending", [".geojson", ".json", ".gpkg", ".shp"])
def test_a_virtual_layer_under_another_name_is_refused(tmp_path, ending):
    path = tmp_path / f"list{ending}"
    path.write_text(_virtual(tmp_path))
    with pytest.raises(BrokenFileError, match=ending):
        read_layer(STATIONS, path)
    if ending != ".json":
        with pytest.raises(BrokenFileError, match=ending):
            read_streets(path)


def test_so_is_one_in_an_archive(tmp_path):
    with zipfile.ZipFile(tmp_path / "list.zip", "w") as archive:
        archive.writestr("list.geojson", _virtual(tmp_path))
    with pytest.raises(BrokenFileError, match="geojson"):
        read_layer(STATIONS, tmp_path / "list.zip")


@pytest.mark.parametrize("before", ["", "\ufeff", " \r\n"])
def test_what_may_stand_before_a_json_text_may_stand_there(tmp_path, before):
    text = load_layer("stations").head(3).to_json()
    (tmp_path / "list.geojson").write_text(before + text, encoding="utf-8")
    assert len(read_layer(STATIONS, tmp_path / "list.geojson").good) == 3
