"""From street segments to one mode's network: access, lengths, times and the reachable part."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geo.crs import METRIC_CRS
from geo.errors import BadInputError
from geo.layers.vocabulary import Mode
from geo.network.segments import Access, Segments, Trait
from geo.network.speeds import SpeedTable
from geo.network.street_network import StreetNetwork
from geo.text import Text

_WGS84 = Geod(ellps="WGS84")
_QINGDAO_LON = (118.5, 121.5)
_DIRECTIONS = {
    Mode.WALK: (Access.WALK_FORWARD, Access.WALK_BACK),
    Mode.EBIKE: (Access.EBIKE_FORWARD, Access.EBIKE_BACK),
    Mode.DRIVE: (Access.DRIVE_FORWARD, Access.DRIVE_BACK),
}


def compile_network(
    segments: Segments, mode: Mode, *, speeds: SpeedTable | None = None
) -> StreetNetwork:
    """Keep what `mode` may use and measure it.

    Lengths are geodesic on WGS-84, so they hold on any longitude; nearest streets are found in
    EPSG:4549 inside its zone and in the local UTM zone elsewhere. The reachable part is the
    largest strongly connected component: from anywhere in it one gets anywhere in it.

    Raises
    ------
    BadInputError
        If the mode may use no street at all.
    """
    flag_forward, flag_back = _DIRECTIONS[mode]
    usable = np.flatnonzero(segments.access & (flag_forward | flag_back))
    if len(usable) == 0:
        raise BadInputError(
            Text(
                f"路网中没有{mode.text.zh}可走的道路，请检查导入范围。",
                f"No street can be used {mode.text.en.lower()}; check the extract.",
            )
        )
    nodes, ends = np.unique(
        np.stack([segments.start[usable], segments.end[usable]]), return_inverse=True
    )
    start, end = ends.reshape(2, -1).astype(np.int32)
    forward = (segments.access[usable] & flag_forward) != 0
    back = (segments.access[usable] & flag_back) != 0
    offset, shape = _shapes(segments, usable)
    length_m = _lengths(offset, shape)
    return StreetNetwork(
        mode=mode,
        metric_crs=_metric_crs(segments.node_lonlat[nodes]),
        node_lonlat=segments.node_lonlat[nodes],
        start=start,
        end=end,
        forward=forward,
        back=back,
        length_m=length_m,
        time_s=_times(segments, usable, length_m, mode, speeds or SpeedTable()),
        reachable=_reachable(len(nodes), start, end, forward, back),
        shape_offset=offset,
        shape_lonlat=shape,
        name=segments.name[usable],
        highway=segments.highway[usable],
        names=segments.names,
    )


def _metric_crs(lonlat: NDArray[np.float64]) -> str:
    middle = np.median(lonlat, axis=0)
    if _QINGDAO_LON[0] <= middle[0] <= _QINGDAO_LON[1]:
        return METRIC_CRS
    zone = int((middle[0] + 180) // 6) + 1
    return f"EPSG:{(32600 if middle[1] >= 0 else 32700) + zone}"


def _shapes(
    segments: Segments, usable: NDArray[np.intp]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Gather the vertices of the `usable` segments."""
    first = segments.shape_offset[usable]
    sizes = segments.shape_offset[usable + 1] - first
    offset = np.concatenate([[0], np.cumsum(sizes)])
    rows = np.arange(offset[-1]) + np.repeat(first - offset[:-1], sizes)
    return offset, segments.shape_lonlat[rows]


def _lengths(offset: NDArray[np.int64], shape: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the geodesic length of each segment in metres."""
    _, _, step_m = _WGS84.inv(shape[:-1, 0], shape[:-1, 1], shape[1:, 0], shape[1:, 1])
    step_m[offset[1:-1] - 1] = 0.0
    return np.add.reduceat(np.append(step_m, 0.0), offset[:-1])


def _times(
    segments: Segments,
    usable: NDArray[np.intp],
    length_m: NDArray[np.float64],
    mode: Mode,
    speeds: SpeedTable,
) -> NDArray[np.float64]:
    time_s = length_m / (speeds.speed_kmh(segments, mode)[usable] / 3.6)
    if mode is Mode.DRIVE:
        traits = segments.traits[usable]
        ends = ((traits & Trait.SIGNALS_AT_START) != 0).astype(float)
        ends += (traits & Trait.SIGNALS_AT_END) != 0
        time_s += ends * speeds.signal_s / 2
    return time_s


def _reachable(
    n_nodes: int,
    start: NDArray[np.int32],
    end: NDArray[np.int32],
    forward: NDArray[np.bool_],
    back: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    tail = np.concatenate([start[forward], end[back]])
    head = np.concatenate([end[forward], start[back]])
    graph = coo_matrix((np.ones(len(tail), np.int8), (tail, head)), (n_nodes, n_nodes))
    _, part = connected_components(graph.tocsr(), directed=True, connection="strong")
    largest = np.bincount(part).argmax()
    inside: NDArray[np.bool_] = (part[start] == largest) & (part[end] == largest)
    return inside
