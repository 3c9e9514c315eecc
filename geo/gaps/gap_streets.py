"""Gaps as the streets they are: what of the network lies in a gap and is not served."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.coverage.answer import Coverage
from geo.layers.vocabulary import Cause
from geo.network.street_network import StreetNetwork
from geo.reach.reached import node_costs

_OF_PLACE = {str(Cause.TOO_FAR), str(Cause.UNREACHABLE)}
"""Causes of which a street within reach of a station has no part."""


def gap_streets(gaps: gpd.GeoDataFrame, coverage: Coverage) -> gpd.GeoDataFrame:
    """Return `gaps` with the streets in them in the place of their outlines (EPSG:4326).

    Of a gap of place a street is left out where a station is within the limit of both its ends. A
    gap without any street keeps its outline.

    Parameters
    ----------
    gaps : GeoDataFrame
        GAPS columns, polygons (EPSG:4326).
    coverage : Coverage
        What they are the gaps of.
    """
    network = coverage.network
    outlines = shapely.transform(np.asarray(gaps.geometry.array, object), network.to_metres)
    lines = _lines(network)
    gap, segment = shapely.STRtree(lines).query(outlines, predicate="intersects")
    stays = ~_served(coverage)[segment] | ~gaps["cause"].isin(_OF_PLACE).to_numpy()[gap]
    gap, segment = gap[stays], segment[stays]
    parts = shapely.intersection(lines[segment], outlines[gap])
    pieces, owner = shapely.get_parts(parts, return_index=True)
    is_line = shapely.get_dimensions(pieces) == 1
    pieces, owner = pieces[is_line], gap[owner[is_line]]
    order = np.argsort(owner, kind="stable")
    shapes = outlines.copy()
    if len(order):
        rows, number = np.unique(owner[order], return_inverse=True)
        shapes[rows] = shapely.multilinestrings(pieces[order], indices=number)
    return gaps.set_geometry(list(shapely.transform(shapes, network.to_lonlat)), crs=gaps.crs)


def _served(coverage: Coverage) -> NDArray[np.bool_]:
    """Return the segments with a station within the limit of both ends."""
    network, rule = coverage.network, coverage.rule
    cost = node_costs(network, coverage.places, rule.limit, rule.weight)
    served: NDArray[np.bool_] = np.isfinite(cost[network.start]) & np.isfinite(cost[network.end])
    return served


def _lines(network: StreetNetwork) -> NDArray[np.object_]:
    owner = np.repeat(np.arange(len(network.start)), np.diff(network.shape_offset))
    return np.asarray(shapely.linestrings(network.shape_xy_m, indices=owner), object)
