"""Which layers anyone may read, and what of them.

Where stations are and when the bus comes is for everyone. Where workers gather, where the gaps
lie and which premises are being considered is planning data: it could steer landlords, or tell
strangers where domestic workers live, so it needs the planner's key. Contact persons are for bus
crews only.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from geo.layers.columns import LAYERS

PUBLIC_LAYERS: tuple[str, ...] = ("stations", "yizhan", "districts", "bus_stops", "bus_routes")
"""Layers that need no key."""

HIDDEN_COLUMNS: Mapping[str, frozenset[str]] = MappingProxyType(
    {"bus_stops": frozenset({"contact", "phone"})}
)
"""Columns of public layers that only key holders see."""


def may_read(layer: str, *, planner: bool) -> bool:
    """Tell whether the layer exists for this caller."""
    return layer in LAYERS and (planner or layer in PUBLIC_LAYERS)


def hidden_columns(layer: str, *, planner: bool) -> frozenset[str]:
    """Return the columns of `layer` this caller does not see."""
    return frozenset() if planner else HIDDEN_COLUMNS.get(layer, frozenset())
