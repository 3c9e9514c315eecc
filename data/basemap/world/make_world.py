"""Pack the world's land from ``land-10m.json`` of the npm package ``world-atlas@2.0.2``.

``python -m data.basemap.world.make_world land-10m.json`` writes ``land.npz`` beside this file:
rings as steps on a grid of 0.0001 degrees (about 10 m; the data are good to some 500 m).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyogrio
import shapely

GRID_DEGREES = 1e-4
"""Some 10 m; the land itself is good to 500 m."""


def pack(source: Path, target: Path) -> None:
    """Read TopoJSON land from `source`, mend it, write it to `target`."""
    shapes = shapely.get_parts(pyogrio.read_dataframe(source).geometry.to_numpy())
    sound = shapely.set_precision(shapely.make_valid(shapes), GRID_DEGREES)
    parts = shapely.get_parts(shapely.get_parts(sound))  # Mended shapes nest.
    parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    _, lonlat, (ring, polygon) = shapely.to_ragged_array(parts)
    steps = np.diff(np.round(lonlat / GRID_DEGREES).astype(np.int32), axis=0, prepend=0)
    np.savez_compressed(
        target, steps=steps, ring=ring.astype(np.int32), polygon=polygon.astype(np.int32)
    )


if __name__ == "__main__":
    pack(Path(sys.argv[1]), Path(__file__).with_name("land.npz"))
