"""Boxes of degrees: widened by metres, and what two have in common."""

from __future__ import annotations

import numpy as np

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees (EPSG:4326)."""
METRES_PER_DEGREE = 111_320.0
MARGIN_M = 5_000.0
"""How far beyond the districts streets and maps reach unless told: who lives at the edge goes on."""


def covering_box(places: Box, margin_m: float) -> Box:
    """Return the box around `places` widened by `margin_m` on every side."""
    west, south, east, north = places
    lat = margin_m / METRES_PER_DEGREE
    lon = lat / np.cos(np.radians((south + north) / 2))
    return west - lon, south - lat, east + lon, north + lat


def common_box(one: Box, other: Box) -> Box | None:
    """Return what two boxes have in common, None if nothing."""
    west, south, east, north = (*map(max, one[:2], other[:2]), *map(min, one[2:], other[2:]))
    return (west, south, east, north) if west < east and south < north else None
