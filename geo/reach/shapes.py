"""Parts of streets as lines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.network.street_network import StreetNetwork

Floats = NDArray[np.float64]


def shares(xy_m: Floats) -> Floats:
    """Return each vertex's position along a line in metres, from 0 to 1, (k,)."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy_m, axis=0).T))])
    whole: Floats = along / (along[-1] or 1.0)
    return whole


def part(line: Floats, along: Floats, begin: float, end: float) -> Floats:
    """Cut a line, (k, 2) in any unit, between two positions; reversed where `end` is before."""
    low, high = min(begin, end), max(begin, end)
    inner = line[(along > low) & (along < high)]
    tips = np.column_stack([np.interp([low, high], along, line[:, axis]) for axis in (0, 1)])
    cut = np.vstack([tips[:1], inner, tips[1:]])
    return cut if begin <= end else cut[::-1]


def rows_of(network: StreetNetwork, segment: int) -> slice:
    """Return where a segment's vertices lie in the network's shapes."""
    return slice(int(network.shape_offset[segment]), int(network.shape_offset[segment + 1]))
