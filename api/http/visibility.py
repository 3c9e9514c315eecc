"""Who may read which layer, column and figure: the one list that every door is checked against.

Where stations are and when the bus comes is for everyone. Where workers gather, where the gaps
lie and which premises are being considered is planning data: it could steer landlords, or tell
strangers where domestic workers live, so it needs the planner's key. Contact persons and depots
are for bus crews too.

A layer without such a role is the planner's: a layer that is new is locked until somebody decides
otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from geo.layers.columns import LAYERS, layers_with
from geo.layers.roles import Role

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.summary.run import RunSummary


class Reader(IntEnum):
    """Who asks; each may read what those before it may."""

    ANYONE = 0
    BUS_CREW = 1
    PLANNER = 2


LAYER_READERS: Mapping[str, Reader] = MappingProxyType(
    {
        **dict.fromkeys(layers_with(Role.FOR_ANYONE), Reader.ANYONE),
        **dict.fromkeys(layers_with(Role.FOR_BUS_CREW), Reader.BUS_CREW),
    }
)
"""The least reader of each layer; every other layer is the planner's."""

COLUMN_READERS: Mapping[tuple[str, str], Reader] = MappingProxyType(
    {
        ("bus_stops", "contact"): Reader.BUS_CREW,
        ("bus_stops", "phone"): Reader.BUS_CREW,
    }
)
"""The least reader of columns that not everyone sees who may read their layer."""

PUBLIC_FIGURES = frozenset({"workers_total", "workers_rest_on", "bus"})
"""Figures of a run (fields of its summary) that anyone may read: what is decided and announced.

What planners weigh beside the bus (``bus_planning``) is not among them.
"""


def least_reader(layer: str) -> Reader:
    """Return who at least may read `layer`."""
    return LAYER_READERS.get(layer, Reader.PLANNER)


def may_read(layer: str, reader: Reader) -> bool:
    """Tell whether the layer exists for this reader."""
    return layer in LAYERS and reader >= least_reader(layer)


def hidden_columns(layer: str, reader: Reader) -> frozenset[str]:
    """Return the columns of `layer` this reader does not see."""
    return frozenset(
        column
        for (owner, column), least in COLUMN_READERS.items()
        if owner == layer and reader < least
    )


def visible_layers(
    layers: Mapping[str, gpd.GeoDataFrame], reader: Reader
) -> dict[str, gpd.GeoDataFrame]:
    """Return those of `layers` this reader may read, without the columns hidden from them."""
    return {
        name: frame.drop(columns=list(hidden_columns(name, reader)), errors="ignore")
        for name, frame in layers.items()
        if may_read(name, reader)
    }


def visible_figures(summary: RunSummary, reader: Reader) -> RunSummary:
    """Return what of a run's summary this reader may read: planners all, others the decided."""
    if reader is Reader.PLANNER:
        return summary
    return type(summary)(**{name: getattr(summary, name) for name in PUBLIC_FIGURES})
