"""The bundled sample city: real districts and census populations, everything else invented."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

from data.sample.segment_packing import unpack_segments
from data.store.project import Project, appearing, refuse_project
from data.streets.folder import WHOLE_EARTH, write_streets
from data.streets.source import StreetSource
from geo.layers.columns import INPUT_LAYERS, conform, layers_studied
from geo.network.segments import Segments
from geo.solving import Progress, silent
from geo.text import Text

PACKED = Path(__file__).parent / "packed"
SAMPLE_LAYERS = tuple(name for name in INPUT_LAYERS if (PACKED / f"{name}.parquet").exists())
"""Layers of the sample: those packed with it."""

_STEP = Text("装入示例数据", "Installing the sample")


def load_layer(name: str) -> gpd.GeoDataFrame:
    """Return a layer of the sample (EPSG:4326, columns as in its schema)."""
    return conform(gpd.read_parquet(PACKED / f"{name}.parquet"), name)


def load_layers() -> dict[str, gpd.GeoDataFrame]:
    """Return those layers of the sample that a :class:`geo.study.study.Study` takes, by name."""
    return {name: load_layer(name) for name in layers_studied() if name in SAMPLE_LAYERS}


def load_segments() -> Segments:
    """Return the sample's streets."""
    return unpack_segments(PACKED)


def install(project: Project, progress: Progress = silent) -> None:
    """Write all layers and the compiled streets into `project`."""
    for number, name in enumerate(SAMPLE_LAYERS):
        project.write(name, load_layer(name), source="示例数据")
        progress(_STEP, (number + 1) / len(SAMPLE_LAYERS))
    # The invented city is whole: no street was cut off at its edge.
    write_streets(
        project.streets_folder,
        load_segments(),
        border=WHOLE_EARTH,
        source=StreetSource.SAMPLE,
        progress=progress,
    )


def install_at(folder: Path, name: str, progress: Progress = silent) -> Project:
    """Make the sample project in `folder`: whole, or not at all.

    Raises
    ------
    BadInputError
        If `folder` already is a project.
    """
    refuse_project(folder)
    with appearing(folder, name, sample=True) as project:
        install(project, progress)
    return Project.open(folder)
