"""Tables and streets a caller brings, made into what the thinking expects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.crs import STORAGE_CRS
from geo.errors import BadInputError, CrsError
from geo.layers.columns import INPUT_LAYERS, Layer, conform
from geo.layers.vocabulary import Kind, Mode
from geo.network.compile import compile_network
from geo.network.length_tally import LengthTally
from geo.network.osmnx_graph import is_graph, ways_of_graph
from geo.network.segments import Segments
from geo.network.street_network import StreetNetwork
from geo.network.vehicle import Vehicle
from geo.text import Text

if TYPE_CHECKING:
    import networkx as nx


def as_layer(frame: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    """Return `frame` as the layer `name`: its columns, types and EPSG:4326.

    Columns the layer does not have are left out (:func:`unread_columns` tells them). Rows without an ``id`` or ``name`` are numbered,
    and the kind of a ``yizhan`` is known without being said.

    Raises
    ------
    CrsError
        If the frame does not say what its coordinates are.
    BadInputError
        If a needed column is missing or not filled, or a geometry is not the layer's; the text
        names the layer, the column and the row.
    """
    layer = INPUT_LAYERS[name]
    if frame.crs is None:
        raise CrsError(
            Text(
                f"图层“{layer.text.zh}”没有坐标系，请先 set_crs。",
                f"The layer {name} does not say its coordinate system; use set_crs first.",
            )
        )
    taken = frame.to_crs(STORAGE_CRS).reset_index(drop=True)
    if name == "yizhan" and "kind" not in taken:
        taken = taken.assign(kind=str(Kind.OUTDOOR_REST_STATION))
    numbered = [f"{name}-{number + 1}" for number in range(len(taken))]
    for column in ("id", "name"):
        if column not in taken and name != "districts":
            taken = taken.assign(**{column: numbered})
    _check_filled(taken, layer)
    _check_words(taken, layer)
    _check_geometry(taken, layer)
    return conform(taken, name)


def unread_columns(frame: gpd.GeoDataFrame, name: str) -> tuple[str, ...]:
    """Return the columns of `frame` that the layer `name` does not have."""
    known = {column.name for column in INPUT_LAYERS[name].columns} | {frame.geometry.name}
    return tuple(str(column) for column in frame.columns if column not in known)


def _check_filled(frame: gpd.GeoDataFrame, layer: Layer) -> None:
    for column in layer.columns:
        if not column.required:
            continue
        if column.name not in frame:
            raise BadInputError(
                Text(
                    f"图层“{layer.text.zh}”缺少列 {column.name}（{column.text.zh}）。",
                    f"The layer {layer.name} lacks the column {column.name}.",
                )
            )
        empty = np.flatnonzero(frame[column.name].isna())
        if len(empty):
            raise _bad(layer, column.name, int(empty[0]), "")


def _check_words(frame: gpd.GeoDataFrame, layer: Layer) -> None:
    for column in layer.columns:
        if column.words is None or column.dtype != "word" or column.name not in frame:
            continue
        known = {str(word) for word in column.words}
        for row, value in enumerate(frame[column.name]):
            if not pd.isna(value) and str(value) not in known:
                raise _bad(layer, column.name, row, str(value))


def _check_geometry(frame: gpd.GeoDataFrame, layer: Layer) -> None:
    kinds = frame.geometry.geom_type.to_numpy(object)
    for row, kind in enumerate(kinds):
        if kind not in layer.geometry:
            raise _bad(layer, "geometry", row, str(kind))


def _bad(layer: Layer, column: str, row: int, value: str) -> BadInputError:
    return BadInputError(
        Text(
            f"图层“{layer.text.zh}”第 {row + 1} 行 {column} 的值“{value}”不能用。",
            f"Row {row + 1} of the layer {layer.name}: {column} cannot be {value!r}.",
        )
    )


class CompiledStreets(Protocol):
    """Compiled streets, on disk or in memory."""

    def network(self, mode: Mode, *, vehicle: Vehicle | None = None) -> StreetNetwork:
        """Return the streets of one mode, without those too small for a `vehicle`."""


class StreetsInMemory:
    """Streets compiled when a mode is first asked for.

    Parameters
    ----------
    segments : Segments
        All streets, as the readers of :mod:`data.streets` make them.
    taken : LengthTally | None
        What of their source was taken, where they were read from one just now.
    """

    def __init__(self, segments: Segments, taken: LengthTally | None = None) -> None:
        self._segments = segments
        self.taken = taken
        self._compiled: dict[tuple[Mode, Vehicle | None], StreetNetwork] = {}

    def network(self, mode: Mode, *, vehicle: Vehicle | None = None) -> StreetNetwork:
        """Return the streets of one mode, without those too small for a `vehicle`."""
        key = (mode, vehicle)
        if key not in self._compiled:
            self._compiled[key] = compile_network(self._segments, mode, vehicle=vehicle)
        return self._compiled[key]


def as_streets(given: CompiledStreets | Segments | nx.MultiDiGraph) -> CompiledStreets:
    """Return compiled streets, or such as are compiled when a mode is first asked for.

    Raises
    ------
    BadInputError
        If `given` is none of these, or a graph without usable streets or a clear system.
    """
    if isinstance(given, Segments):
        return StreetsInMemory(given)
    if is_graph(given):
        ways = ways_of_graph(given)
        return StreetsInMemory(ways.segments(), ways.tally)
    if callable(getattr(given, "network", None)):
        return given
    kind = type(given).__name__
    raise BadInputError(
        Text(
            f"streets 是 {kind}，不是道路：请给 osmnx 的图、Segments 或已编译的路网。",
            f"streets is a {kind}, no streets: give an osmnx graph, Segments or compiled streets.",
        )
    )
