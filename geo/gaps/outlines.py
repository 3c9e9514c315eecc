"""The ground a group of places stands for: near them, and nearer to them than to any other."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]

_QUARTER_SEGMENTS = 4
_SAME_PLACE_M = 1.0


def outlines(xy_m: Floats, label: NDArray[np.intp], n_groups: int, radius_m: float) -> Shapes:
    """Draw every group as the ground within `radius_m` of it and nearest to it, (n_groups,).

    Outlines of groups overlap only where they share a place; none reaches over a place that is
    in no group. Places within a metre count as one.

    Parameters
    ----------
    xy_m : (n, 2) float64
        All places in metres, also those in no group.
    label : (n,) int
        Group of each place, -1 for none.
    n_groups : int
        How many groups there are; each has at least one place.
    radius_m : float
        How far the ground reaches, metres.
    """
    _, first, place = np.unique(
        np.round(xy_m / _SAME_PLACE_M), axis=0, return_index=True, return_inverse=True
    )
    spots = xy_m[first]
    grouped = label >= 0
    pairs = np.unique(np.column_stack([label[grouped], place.ravel()[grouped]]), axis=0)
    discs: Shapes = np.asarray(
        shapely.buffer(shapely.points(spots), radius_m, quad_segs=_QUARTER_SEGMENTS)
    )
    cells = _nearest_ground(spots, 2 * radius_m)
    starts = np.searchsorted(pairs[:, 0], np.arange(n_groups + 1))
    mine = [pairs[starts[group] : starts[group + 1], 1] for group in range(n_groups)]
    near = [discs[rows[0]] if len(rows) == 1 else shapely.union_all(discs[rows]) for rows in mine]
    # Cells share their edges to the last digit, so joining them leaves no seam.
    own = [
        cells[rows[0]] if len(rows) == 1 else shapely.coverage_union_all(cells[rows])
        for rows in mine
    ]
    shapes: Shapes = np.asarray(shapely.intersection(np.array(own), np.array(near)), dtype=object)
    return shapes


def _nearest_ground(spots: Floats, margin_m: float) -> Shapes:
    """Return the ground nearest to each spot (its Voronoi cell), to a margin around all."""
    ground = shapely.box(*(spots.min(axis=0) - margin_m), *(spots.max(axis=0) + margin_m))
    if len(spots) == 1:
        return np.array([ground], dtype=object)
    cells = shapely.voronoi_polygons(shapely.multipoints(spots), extend_to=ground, ordered=True)
    return np.asarray(shapely.get_parts(cells), dtype=object)
