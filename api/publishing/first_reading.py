"""What the first answers need of a project's layers, kept in the project as long as those stay.

Reading all layers and holding each row against its schema takes the greater part of a start. What
workers ask first needs little of it: that is kept as a stage of the project (see
:mod:`data.store.project_stages`), named by the content of every layer and by the program, and the layers
themselves are read behind the first answers.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

from api.stations.directory import Directory, read_directory
from data.program import program_stamp
from data.store.credit import sources_of
from data.store.project import Project
from data.store.project_stages import ProjectStages
from geo.arrays import Floats, Parts, Shapes, array_of
from geo.layers.columns import INPUT_LAYERS
from geo.text import Text

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.summary.run import RunSummary

Layers = Mapping[str, "gpd.GeoDataFrame"]
Faults = Mapping[str, tuple[Text, ...]]
STAGE = "first_reading"
_READS = tuple(INPUT_LAYERS)


@dataclass(frozen=True, eq=False, kw_only=True)
class FirstReading:
    """What the first answers need of the layers.

    Attributes
    ----------
    directory : Directory
        The stations.
    districts : (n,) Geometry
        Degrees, EPSG:4326; none where the project has none.
    counts : Mapping[str, int]
        How many sound rows each layer has that can be read.
    faults : Mapping[str, tuple[Text, ...]]
        What was left out of layers, by layer.
    boundaries : tuple[str, ...]
        Whose the districts' boundaries are, see :func:`data.store.credit.sources_of`.
    bus_workers_served : float | None
        How many workers the published plan of the bus serves; None before one.
    """

    directory: Directory
    districts: Shapes
    counts: Mapping[str, int]
    faults: Faults
    boundaries: tuple[str, ...]
    bus_workers_served: float | None

    @classmethod
    def of(cls, layers: Layers, faults: Faults, summary: RunSummary) -> FirstReading:
        """Take it from the layers (EPSG:4326) themselves, and the figures of the last run."""
        districts = layers.get("districts")
        return cls(
            directory=read_directory(layers),
            districts=np.array([] if districts is None else districts.geometry, dtype=object),
            counts={name: len(frame) for name, frame in layers.items()},
            faults=faults,
            boundaries=sources_of(districts),
            bus_workers_served=None if summary.bus is None else summary.bus.workers_served,
        )

    def parts(self) -> Parts:
        """Return it as arrays, see :meth:`from_parts`."""
        told = {
            "rows": self.directory.rows,
            "counts": self.counts,
            "faults": {name: [[t.zh, t.en] for t in told] for name, told in self.faults.items()},
            "boundaries": self.boundaries,
            "bus_workers_served": self.bus_workers_served,
        }
        shapes = shapely.to_wkb(self.districts).tolist()
        return {
            "told": np.frombuffer(json.dumps(told, allow_nan=False).encode(), np.uint8),
            "lonlat": self.directory.lonlat,
            "shapes": np.frombuffer(b"".join(shapes), np.uint8),
            "ends": np.cumsum([0, *map(len, shapes)]),
        }

    @classmethod
    def from_parts(cls, parts: Parts) -> FirstReading:
        """Return what :meth:`parts` was made of; raise KeyError or ValueError where it is none."""
        told = json.loads(array_of(parts, "told").tobytes())
        lonlat: Floats = array_of(parts, "lonlat")
        if lonlat.shape != (len(told["rows"]), 2):
            message = "as many places as rows"
            raise ValueError(message)
        shapes, ends = array_of(parts, "shapes").tobytes(), array_of(parts, "ends").tolist()
        encoded = [shapes[start:end] for start, end in pairwise(ends)]
        return cls(
            directory=Directory.of(told["rows"], lonlat),
            districts=np.array(shapely.from_wkb(encoded), dtype=object),
            counts=told["counts"],
            faults={
                name: tuple(Text(*pair) for pair in pairs) for name, pairs in told["faults"].items()
            },
            boundaries=tuple(told["boundaries"]),
            bus_workers_served=told["bus_workers_served"],
        )


class KeptReading:
    """Where a project keeps its first reading, for layers and results as they are now.

    Parameters
    ----------
    project : Project
        The project.
    """

    def __init__(self, project: Project) -> None:
        self._stages = ProjectStages(project)
        folder = project.results_folder
        results = [_digest(folder / name) for name in ("results.gpkg", "summary.json")]
        self._rule = f"{results} {program_stamp(('api',))} {shapely.__version__}"

    def load(self) -> FirstReading | None:
        """Return what was kept for these contents, None for nothing."""
        parts = self._stages.load(STAGE, _READS, self._rule)
        if parts is None:
            return None
        try:
            return FirstReading.from_parts(parts)
        except (KeyError, TypeError, ValueError, shapely.errors.GEOSException):
            self._stages.forget(STAGE, _READS, self._rule)
            return None

    def save(self, first: FirstReading) -> None:
        """Keep it, where the folder may be written."""
        self._stages.save(STAGE, _READS, self._rule, first.parts())


def _digest(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class LayersRead(Mapping[str, "gpd.GeoDataFrame"]):
    """Layers that are read when first looked at.

    Parameters
    ----------
    read : callable
        Reads them all; raises where they are no longer what they were.
    """

    def __init__(self, read: Callable[[], Layers]) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._held: Layers | None = None

    def __getitem__(self, name: str) -> gpd.GeoDataFrame:
        """Return a layer."""
        return self._all[name]

    def __iter__(self) -> Iterator[str]:
        """Go through the layers' names."""
        return iter(self._all)

    def __len__(self) -> int:
        """Return how many layers there are."""
        return len(self._all)

    @property
    def _all(self) -> Layers:
        with self._lock:
            if self._held is None:
                self._held = self._read()
            return self._held
