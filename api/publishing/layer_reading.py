"""Reads all layers of a project: rows that break a schema are left out and told, never served."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial

import geopandas as gpd

from data.store.geopackage import layers_in, read_sound
from data.store.project import Project
from data.store.stored_rows import SoundRows
from geo.errors import YizhanError
from geo.layers.columns import INPUT_LAYERS, RESULT_LAYERS
from geo.text import Text

_Held = tuple[gpd.GeoDataFrame | None, tuple[Text, ...]]
"""A layer's sound rows, None if it cannot be read at all, and what was left out."""


def read_layers(
    project: Project, gone: Collection[str]
) -> tuple[dict[str, gpd.GeoDataFrame], dict[str, tuple[Text, ...]]]:
    """Return input and result layers (EPSG:4326) without those `gone`, and what was left out."""
    held = {
        name: _sound(partial(project.read_sound, name))
        for name in INPUT_LAYERS
        if project.has(name)
    }
    held |= {name: told for name, told in _results(project).items() if name not in gone}
    layers = {name: frame for name, (frame, _) in held.items() if frame is not None}
    return layers, {name: told for name, (_, told) in held.items() if told}


def layers_of_run(project: Project) -> dict[str, gpd.GeoDataFrame]:
    """Return the input layers that the last run wrote beside its results."""
    path = project.results_folder / "results.gpkg"
    held = layers_in(path) if path.is_file() else frozenset()
    found = {
        name: _sound(partial(read_sound, path, name))[0] for name in INPUT_LAYERS if name in held
    }
    return {name: frame for name, frame in found.items() if frame is not None}


def _results(project: Project) -> dict[str, _Held]:
    path = project.results_folder / "results.gpkg"
    if not path.is_file():
        return {}
    held = layers_in(path)
    return {name: _sound(partial(read_sound, path, name)) for name in RESULT_LAYERS if name in held}


def _sound(read: Callable[[], SoundRows]) -> _Held:
    """Take what can be relied on: one wrong row never takes the service down."""
    try:
        found = read()
    except YizhanError as error:
        return None, (error.text,)
    return found.rows, tuple(problem.line for problem in found.problems)
