"""Tables and streets a caller brings, made into what the thinking expects."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from typing import TYPE_CHECKING, Protocol, TypeVar

import geopandas as gpd
import pandas as pd
from pydantic import BaseModel

from geo.crs import STORAGE_CRS
from geo.errors import BadInputError
from geo.layers.columns import INPUT_LAYERS, Layer, conform
from geo.layers.vocabulary import Kind, Mode
from geo.network.compile import compile_network
from geo.network.length_tally import LengthTally
from geo.network.osmnx_graph import is_graph, ways_of_graph
from geo.network.segments import Segments
from geo.network.street_network import StreetNetwork
from geo.network.vehicle import Vehicle
from geo.study.table_checks import SEPARATOR, check_is_table, check_table
from geo.text import Text

if TYPE_CHECKING:
    import networkx as nx


Rules = TypeVar("Rules", bound=BaseModel)

_NEAR_DEGREES = 0.2
"""Some 20 km: more than an extract of streets lacks at its edge, less than to the next city."""


def check_names(names: Iterable[str]) -> None:
    """Refuse a name that no input layer has, raising BadInputError."""
    for name in names:
        if name not in INPUT_LAYERS:
            known = ", ".join(INPUT_LAYERS)
            raise BadInputError(
                Text(
                    f"没有图层 {name}；Study(…) 可用的图层：{known}。",
                    f"There is no layer {name}; Study(…) takes {known}.",
                )
            )


def as_layer(frame: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    """Return `frame` as the layer `name`: its columns, types and EPSG:4326.

    Columns the layer does not have are left out (:func:`unread_columns` tells them). Rows without an
    ``id`` or ``name`` are numbered, and the kind of a ``yizhan`` is known without being said.

    Raises
    ------
    CrsError
        If the frame does not say what its coordinates are.
    BadInputError
        If it is no table, or not this layer; the text names layer, column, row, value and mend.
    """
    layer = INPUT_LAYERS[name]
    check_is_table(frame, layer)
    taken = frame.to_crs(STORAGE_CRS).reset_index(drop=True)
    if name == "yizhan":
        kind = taken["kind"] if "kind" in taken else pd.Series(None, taken.index, dtype=object)
        taken = taken.assign(kind=kind.astype(object).fillna(str(Kind.OUTDOOR_REST_STATION)))
    numbered = [f"{name}-{number + 1}" for number in range(len(taken))]
    for column in ("id", "name"):
        if column not in taken and name != "districts":
            taken = taken.assign(**{column: numbered})
    taken = taken.assign(**_plain(taken, layer))
    check_table(taken, layer, frame.columns)
    return conform(taken, name)


def _plain(frame: gpd.GeoDataFrame, layer: Layer) -> dict[str, pd.Series]:
    """Return the columns whose cells may be Python objects, as the texts the layer has for them."""
    return {
        column.name: frame[column.name].map(_as_text)
        for column in layer.columns
        if column.dtype in {"words", "date", "time"} and column.name in frame
    }


def _as_text(cell: object) -> object:
    """Return a list of words, a date or a time as text; what is neither as it is."""
    if isinstance(cell, list | tuple):
        return SEPARATOR.join(map(str, cell))
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    return f"{cell:%Y-%m-%d}" if isinstance(cell, date) and not pd.isna(cell) else cell


def as_rules(given: Rules | None, kind: type[Rules]) -> Rules:
    """Return the rules `given`, the usual ones for None.

    Raises
    ------
    BadInputError
        If they are rules of another kind, or none.
    """
    if given is None:
        return kind()
    if isinstance(given, kind):
        return given
    name = kind.__name__
    raise BadInputError(
        Text(
            f"{given!r} 不是 {name}：请写 {name}(…)，各项说明见 help({name})。",
            f"{given!r} is no {name}: give {name}(…); help({name}) tells its fields.",
        )
    )


def unread_columns(frame: gpd.GeoDataFrame, name: str) -> tuple[str, ...]:
    """Return the columns of `frame` that the layer `name` does not have."""
    known = {column.name for column in INPUT_LAYERS[name].columns} | {frame.geometry.name}
    return tuple(str(column) for column in frame.columns if column not in known)


def check_near(frame: gpd.GeoDataFrame, name: str, streets: Segments) -> None:
    """Refuse a layer (EPSG:4326) of which no row lies within `_NEAR_DEGREES` of the streets' box."""
    if frame.empty or not len(streets.node_lonlat):
        return
    low, high = streets.node_lonlat.min(axis=0), streets.node_lonlat.max(axis=0)
    west, south = (low - _NEAR_DEGREES).tolist()
    east, north = (high + _NEAR_DEGREES).tolist()
    if len(frame.cx[west:east, south:north]):
        return
    lies = " ".join(f"{degrees:.2f}" for degrees in frame.total_bounds)
    streets_lie = " ".join(f"{degrees:.2f}" for degrees in (*low, *high))
    told = INPUT_LAYERS[name].text
    raise BadInputError(
        Text(
            f"图层“{told.zh}”（{name}）没有一行在道路附近：图层在 {lies}，道路在 {streets_lie}（西 南 东 北，度）。"
            "请核对坐标系、经纬度是否颠倒，以及是不是同一个城市。",
            f"No row of the layer {name} lies near the streets: it is at {lies}, they are at {streets_lie} (west south "
            "east north, degrees). Check the coordinate system, whether longitude and latitude are swapped, and the "
            "city.",
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
        self.segments = segments
        self.taken = taken
        self._compiled: dict[tuple[Mode, Vehicle | None], StreetNetwork] = {}

    def network(self, mode: Mode, *, vehicle: Vehicle | None = None) -> StreetNetwork:
        """Return the streets of one mode, without those too small for a `vehicle`."""
        key = (mode, vehicle)
        if key not in self._compiled:
            self._compiled[key] = compile_network(self.segments, mode, vehicle=vehicle)
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
            f"streets 是 {kind}，不是道路：请给 osmnx 的图、data.streets.osm_file.read_segments(文件) 读到的道路，"
            "或已编译的路网。",
            f"streets is a {kind}, no streets: give an osmnx graph, what data.streets.osm_file.read_segments(file) "
            "reads, or compiled streets.",
        )
    )
