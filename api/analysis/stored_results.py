"""The results that hold, each layer read when somebody asks for it."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from pathlib import Path

import geopandas as gpd

from api.analysis.made_from import LAYERS_OF
from api.analysis.reuse import Notes
from data.store.geopackage import layers_in, read_geopackage
from data.store.summary_file import read_summary
from geo.layers.columns import RESULT_LAYERS
from geo.summary.run import RunSummary

TABLES = ("coverage_hours", "coverage_reach")
"""Names of the coverage tables beside the layers."""
GEOPACKAGE = "results.gpkg"
"""The file that holds the layers."""


class ResultLayers(MutableMapping[str, gpd.GeoDataFrame]):
    """Result layers by name, as a run stored them and as the next one changes them.

    What is sent of them to another process is what was changed; the rest is read there.

    Parameters
    ----------
    folder : Path
        Of the run.
    names : frozenset[str]
        Of the stored layers that count.
    """

    def __init__(self, folder: Path, names: frozenset[str]) -> None:
        self._path = folder / GEOPACKAGE
        self._stored = set(names)
        self._changed: dict[str, gpd.GeoDataFrame] = {}

    def __getitem__(self, name: str) -> gpd.GeoDataFrame:
        """Return the layer `name`, read now if it is a stored one."""
        if name in self._changed:
            return self._changed[name]
        if name not in self._stored:
            raise KeyError(name)
        return read_geopackage(self._path, name)

    def __setitem__(self, name: str, layer: gpd.GeoDataFrame) -> None:
        """Take `layer` instead of what is stored under `name`; nothing is written."""
        self._changed[name] = layer

    def __delitem__(self, name: str) -> None:
        """Leave out the layer `name`; nothing is written."""
        if name not in self:
            raise KeyError(name)
        self._changed.pop(name, None)
        self._stored.discard(name)

    def __contains__(self, name: object) -> bool:
        """Tell whether there is a layer `name`, without reading it."""
        return name in self._changed or name in self._stored

    def __iter__(self) -> Iterator[str]:
        """Yield the names in the order of the schemas."""
        return (name for name in RESULT_LAYERS if name in self)

    def __len__(self) -> int:
        """Return how many layers there are."""
        return len(self._stored | self._changed.keys())


def stored_layers(folder: Path) -> tuple[ResultLayers, RunSummary]:
    """Return the result layers and the summary that a run wrote into `folder`; empty if none.

    Steps whose figures another program wrote are left out.
    """
    if not (folder / GEOPACKAGE).exists():
        return ResultLayers(folder, frozenset()), RunSummary()
    summary, unread = read_summary(folder)
    gone = {name for part in unread for name in LAYERS_OF[part]}
    held = layers_in(folder / GEOPACKAGE) & RESULT_LAYERS.keys()
    return ResultLayers(folder, held - gone), summary


def read_back(notes: Notes) -> bool:
    """Whether all that a run takes over from the results before is as it was written."""
    files = (GEOPACKAGE, "summary.json", *(f"{name}.csv" for name in TABLES))
    return all(notes.intact(name) for name in files)
