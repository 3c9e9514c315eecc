"""A layer's features as a Mapbox Vector Tile 2.1, within a bound that is told.

The package ``mapbox-vector-tile`` writes the format. A tile that would weigh more than
`MOST_BYTES` first leaves its long texts behind, which the layer's own rows hold, and then the
features drawn last; how many is told, never passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import shapely

from geo.json_shapes import JsonRow
from geo.layers.columns import Column

EXTENT = 4096
"""Units along a tile's edge."""

MOST_BYTES = 500_000
"""What one tile may weigh before compression."""

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"

_PROSE = ("_zh", "_en")


@dataclass(frozen=True, slots=True)
class TileFeature:
    """One feature in tile units.

    Attributes
    ----------
    number : int
        Id, a non-negative integer.
    shape : shapely.Geometry
        In whole tile units, y downward; outer rings clockwise on screen, inner ones against it.
    properties : JsonRow
        Text, numbers and flags; anything else is left out.
    """

    number: int
    shape: shapely.Geometry
    properties: JsonRow


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile and what it lacks.

    Attributes
    ----------
    content : bytes
        Empty when nothing lies on it.
    left_out : int
        Features that lie on it and are not in it.
    """

    content: bytes
    left_out: int = 0


def carried(columns: Sequence[Column]) -> list[Column]:
    """Return those of `columns` a tile may carry: one value a cell, and no sentences."""
    return [
        column for column in columns if column.dtype != "json" and not column.name.endswith(_PROSE)
    ]


def encode_tile(name: str, features: Sequence[TileFeature], short: frozenset[str]) -> Tile:
    """Return a tile with one layer.

    Parameters
    ----------
    name : str
        The layer's.
    features : sequence of TileFeature
        What lies on the tile, the most important first.
    short : frozenset[str]
        Properties that are kept where not all can be.
    """
    if not features:
        return Tile(b"")
    content = _encoded(name, features)
    if len(content) <= MOST_BYTES:
        return Tile(content)
    slim = [
        replace(one, properties={k: v for k, v in one.properties.items() if k in short})
        for one in features
    ]
    content, kept = _encoded(name, slim), len(slim)
    while len(content) > MOST_BYTES and kept > 1:
        kept = max(1, int(0.95 * kept * MOST_BYTES / len(content)))
        content = _encoded(name, slim[:kept])
    return Tile(content, len(slim) - kept)


def _encoded(name: str, features: Sequence[TileFeature]) -> bytes:
    rows = [
        {"id": one.number, "geometry": one.shape, "properties": _plain(one.properties)}
        for one in features
    ]
    options = {"extents": EXTENT, "y_coord_down": True, "check_winding_order": False}
    import mapbox_vector_tile  # noqa: PLC0415 - no worker's question needs it

    content: bytes = mapbox_vector_tile.encode(
        {"name": name, "features": rows}, default_options=options
    )
    return content


def _plain(properties: JsonRow) -> JsonRow:
    return {
        key: value
        for key, value in properties.items()
        if isinstance(value, str | int | float | bool)
    }
