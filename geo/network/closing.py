"""Streets closed for a while: the same network without those an area or a drawn line touches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.errors import BadInputError
from geo.network.street_network import Snapped, StreetNetwork
from geo.text import Text

REACH_M = 15.0
"""A line drawn along a street is never drawn exactly: what lies so near it is closed too."""
_DEGREES_PER_M = 2e-5
"""More than a metre is anywhere people live: a margin only has to be wide enough."""
_MOVED_M = 200.0
"""A place whose own street is closed may be reached from another so much farther off."""


def closed_segments(network: StreetNetwork, area: BaseGeometry) -> NDArray[np.intp]:
    """Return the segments that `area` (EPSG:4326) touches, or that lie within 15 m of it.

    Raises
    ------
    BadInputError
        If the area is empty or not valid, or touches no street.
    """
    if area.is_empty or not area.is_valid:
        raise BadInputError(
            Text(
                "封路范围为空或自相交，请重新绘制。", "The closed area is empty or crosses itself."
            )
        )
    metric = shapely.transform(area, network.to_metres)
    near = shapely.buffer(metric, REACH_M, quad_segs=4)
    rows = _in_box(network, area)
    first, last = network.shape_offset[rows], network.shape_offset[rows + 1]
    sizes = last - first
    owner = np.repeat(np.arange(len(rows)), sizes)
    vertex = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes) + first[owner]
    lines = shapely.linestrings(network.to_metres(network.shape_lonlat[vertex]), indices=owner)
    touched: NDArray[np.intp] = rows[shapely.intersects(near, lines)]
    if not touched.size:
        raise BadInputError(
            Text(
                "封路范围没有碰到任何可行车道路，请在地图上重新绘制。",
                "The closed area touches no street of this network; draw it again.",
            )
        )
    return touched


def _in_box(network: StreetNetwork, area: BaseGeometry) -> NDArray[np.intp]:
    """Return the segments whose bounding box meets that of `area`, with a margin."""
    west, south, east, north = area.bounds
    margin = _DEGREES_PER_M * REACH_M
    starts = network.shape_offset[:-1]
    low = np.minimum.reduceat(network.shape_lonlat, starts, axis=0)
    high = np.maximum.reduceat(network.shape_lonlat, starts, axis=0)
    meets = (
        (low[:, 0] <= east + margin)
        & (high[:, 0] >= west - margin)
        & (low[:, 1] <= north + margin)
        & (high[:, 1] >= south - margin)
    )
    return np.flatnonzero(meets)


def without_segments(network: StreetNetwork, closed: NDArray[np.intp]) -> StreetNetwork:
    """Return `network` in which nobody travels along the segments `closed`."""
    forward, back, reachable = (
        np.array(flags, dtype=np.bool_)
        for flags in (network.forward, network.back, network.reachable)
    )
    for flags in (forward, back, reachable):
        flags[closed] = False
    return replace(network, forward=forward, back=back, reachable=reachable)


def moved_off(places: Snapped, closed: NDArray[np.intp], network: StreetNetwork) -> Snapped:
    """Return `places` with those on closed segments put on the nearest street that is open.

    Parameters
    ----------
    places : Snapped
        On the network with all streets.
    closed : (k,) int
        Segments closed.
    network : StreetNetwork
        The one without them. A place more than 200 m farther from its streets is unreachable.
    """
    rows = np.flatnonzero(np.isin(places.segment, closed))
    if not rows.size:
        return places
    again = network.snap(places.lonlat[rows])
    near = again.access_m <= places.access_m[rows] + _MOVED_M
    segment, fraction = places.segment.copy(), places.fraction.copy()
    access_m = places.access_m.copy()
    segment[rows] = np.where(near, again.segment, -1)
    fraction[rows] = np.where(near, again.fraction, 0.0)
    access_m[rows] = np.where(near, again.access_m, np.inf)
    return Snapped(places.lonlat, segment, fraction, access_m)
