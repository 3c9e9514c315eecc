"""Lines and rings as short integer lists: the form in which pages carry geometry.

A list is ``[x0, y0, dx1, dy1, …]`` in steps of 1e-5 degrees (about 1 m), longitude first.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

STEPS_PER_DEGREE = 100_000
"""About 1 m a step: below a pixel at any zoom pages draw."""


def pack_coordinates(lonlat: NDArray[np.float64]) -> list[int]:
    """Pack (n, 2) lon/lat degrees (EPSG:4326); repeated vertices are dropped."""
    steps = np.rint(np.asarray(lonlat)[:, :2] * STEPS_PER_DEGREE).astype(np.int64)
    moved = np.ones(len(steps), dtype=bool)
    moved[1:] = (np.diff(steps, axis=0) != 0).any(axis=1)
    steps = steps[moved]
    steps[1:] -= steps[:-1].copy()
    return [int(step) for step in steps.ravel()]


def pack_lines(geometries: Iterable[BaseGeometry | None]) -> list[list[int]]:
    """Pack every line of (multi)lines (EPSG:4326) in order; empty ones give nothing."""
    parts = shapely.get_parts([item for item in geometries if item is not None])
    lonlat, line = shapely.get_coordinates(parts, return_index=True)
    if not len(lonlat):
        return []
    steps = np.rint(lonlat * STEPS_PER_DEGREE).astype(np.int64)
    begins = np.ones(len(steps), dtype=bool)
    begins[1:] = line[1:] != line[:-1]
    moved = begins.copy()
    moved[1:] |= (np.diff(steps, axis=0) != 0).any(axis=1)
    steps, begins = steps[moved], begins[moved]
    changes = np.diff(steps, axis=0, prepend=0)
    changes[begins] = steps[begins]
    flat = changes.ravel().tolist()
    edges = [*(2 * np.flatnonzero(begins)).tolist(), len(flat)]
    return [flat[start:end] for start, end in pairwise(edges)]


def pack_rings(geometry: BaseGeometry | None) -> list[list[int]]:
    """Pack outer and inner rings of a (multi)polygon (EPSG:4326), to be filled even-odd."""
    if geometry is None or geometry.is_empty:
        return []
    polygons = [part for part in shapely.get_parts([geometry]) if part.geom_type == "Polygon"]
    rings = shapely.get_rings(polygons)
    return [pack_coordinates(shapely.get_coordinates(ring)) for ring in rings]
