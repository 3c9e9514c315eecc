"""Straight streets between given nodes: what most tests of streets stand on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from geo.network.segments import HIGHWAYS, Segments

EVERYONE = 63
"""Walkers, e-bikes and cars, both ways."""


def straight_segments(
    lonlat: ArrayLike,
    ends: ArrayLike,
    *,
    highway: str | Sequence[str] = "residential",
    access: int | Sequence[int] = EVERYONE,
    **columns: ArrayLike,
) -> Segments:
    """Return a straight street for each pair of nodes.

    Parameters
    ----------
    lonlat : (n, 2)
        Nodes (EPSG:4326).
    ends : (m, 2)
        Nodes of each street; parallels and loops are kept.
    highway, access : one for all, or one each
        Street class, and :class:`geo.network.segments.Access` flags.
    **columns
        Other columns of :class:`geo.network.segments.Segments`, made of its types.
    """
    nodes = np.asarray(lonlat, np.float64)
    start, end = np.asarray(ends, np.int32).reshape(-1, 2).T.copy()
    m = len(start)
    kinds = [highway] * m if isinstance(highway, str) else highway
    unlimited = np.full(m, np.nan, np.float32)
    held = {
        "traits": np.zeros(m, np.uint16),
        "maxspeed_kmh": unlimited,
        "max_height_m": unlimited,
        "max_weight_t": unlimited,
        "name": np.full(m, -1, np.int32),
        "names": (),
        "way_id": np.zeros(m, np.int64),
    }
    for name, values in columns.items():
        usual = held.get(name)
        held[name] = np.asarray(values, usual.dtype) if isinstance(usual, np.ndarray) else values
    return Segments(
        node_lonlat=nodes,
        start=start,
        end=end,
        shape_offset=np.arange(0, 2 * m + 1, 2),
        shape_lonlat=np.stack([nodes[start], nodes[end]], axis=1).reshape(-1, 2),
        highway=np.array([HIGHWAYS.index(kind) for kind in kinds], np.uint8),
        access=np.broadcast_to(np.asarray(access, np.uint8), m).copy(),
        **held,
    )
