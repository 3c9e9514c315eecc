"""The bundled sample city: real districts and census populations, everything else invented."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

from data.project import Project
from data.sample.packing import unpack_segments
from data.streets.folder import WHOLE_EARTH, write_streets
from geo.layers.columns import INPUT_LAYERS
from geo.layers.conform import conform
from geo.network.segments import Segments
from geo.solving import Progress, silent
from geo.text import Text

PACKED = Path(__file__).parent / "packed"
SAMPLE_LAYERS = tuple(name for name in INPUT_LAYERS if name != "weights")
"""Layers of the sample: its workers stand along the streets, no layer says better."""

_STEP = Text("装入示例数据", "Installing the sample")


def load_layer(name: str) -> gpd.GeoDataFrame:
    """Return a layer of the sample (EPSG:4326, columns as in its schema)."""
    return conform(gpd.read_parquet(PACKED / f"{name}.parquet"), name)


def load_segments() -> Segments:
    """Return the sample's streets."""
    return unpack_segments(PACKED)


def install(project: Project, progress: Progress = silent) -> None:
    """Write all layers and the compiled streets into `project`."""
    for number, name in enumerate(SAMPLE_LAYERS):
        project.write(name, load_layer(name), source="示例数据")
        progress(_STEP, (number + 1) / len(SAMPLE_LAYERS))
    # The invented city is whole: no street was cut off at its edge.
    write_streets(project.streets_folder, load_segments(), border=WHOLE_EARTH, progress=progress)
