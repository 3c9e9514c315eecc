"""From street segments to one mode's network: access, lengths, times and connected pieces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from geo.arrays import Flags
from geo.crs import metric_crs_of
from geo.errors import BadInputError
from geo.layers.vocabulary import Mode
from geo.network.pieces import Pieces
from geo.network.segments import HIGHWAYS, Access, Segments, Trait
from geo.network.speeds import SpeedTable
from geo.network.street_hierarchy import elimination_order
from geo.network.street_network import StreetNetwork
from geo.network.turns import obey_turns
from geo.network.vehicle import Vehicle
from geo.text import Text

_WGS84 = Geod(ellps="WGS84")
_DIRECTIONS = {
    Mode.WALK: (Access.WALK_FORWARD, Access.WALK_BACK),
    Mode.EBIKE: (Access.EBIKE_FORWARD, Access.EBIKE_BACK),
    Mode.DRIVE: (Access.DRIVE_FORWARD, Access.DRIVE_BACK),
}
_BARRIERS = {
    Mode.WALK: (Trait.STOPS_WALK_AT_START, Trait.STOPS_WALK_AT_END),
    Mode.EBIKE: (Trait.STOPS_EBIKE_AT_START, Trait.STOPS_EBIKE_AT_END),
    Mode.DRIVE: (Trait.STOPS_DRIVE_AT_START, Trait.STOPS_DRIVE_AT_END),
}
_FERRY = HIGHWAYS.index("ferry")
_JUNCTION_M = 30.0
"""Signals nearer than this are of one junction: people wait once."""


def compile_network(
    segments: Segments,
    mode: Mode,
    *,
    speeds: SpeedTable | None = None,
    vehicle: Vehicle | None = None,
) -> StreetNetwork:
    """Keep what `mode` may use and measure it.

    Lengths are geodesic on WGS-84, so they hold on any longitude; nearest streets are found in
    EPSG:4549 inside its zone and in the local UTM zone elsewhere. What points may be put on are
    the pieces :mod:`geo.network.pieces` keeps.

    Parameters
    ----------
    segments : Segments
        All streets.
    mode : Mode
        Who travels. Only cars are held to banned turns.
    speeds : SpeedTable, optional
        Speeds and waits; the defaults where left out.
    vehicle : Vehicle, optional
        Also leave out streets too low, narrow, short or weak for it; for cars only.

    Raises
    ------
    BadInputError
        If the mode may use no street at all.
    """
    allowed = _allowed(segments, mode, vehicle)
    network = _measured(segments, np.flatnonzero(allowed), mode, speeds or SpeedTable())
    if mode is Mode.DRIVE:
        network = obey_turns(network, _banned(segments, allowed))
    return _numbered(_in_pieces(network, int(allowed.sum())))


def _allowed(segments: Segments, mode: Mode, vehicle: Vehicle | None) -> Flags:
    """Tell which segments `mode` may use at all; refuse streets of which it may use none."""
    forward, back = _DIRECTIONS[mode]
    allowed: Flags = (segments.access & (forward | back)) != 0
    if vehicle is not None:
        allowed &= vehicle.fits(segments)
    if not allowed.any():
        raise BadInputError(
            Text(
                f"路网中没有{mode.text.zh}可走的道路，请检查导入范围。",
                f"No street can be used {mode.text.en.lower()}; check the extract.",
            )
        )
    return allowed


def _measured(
    segments: Segments, usable: NDArray[np.intp], mode: Mode, speeds: SpeedTable
) -> StreetNetwork:
    """Return the `usable` segments as a network, not yet in pieces."""
    nodes, ends = np.unique(
        np.stack([segments.start[usable], segments.end[usable]]), return_inverse=True
    )
    travel = np.stack([(segments.access[usable] & flag) != 0 for flag in _DIRECTIONS[mode]])
    ends, nodes = _detached(ends.reshape(2, -1), nodes, _stopped(segments, usable, mode))
    offset, shape = _shapes(segments, usable)
    length_m = _lengths(offset, shape)
    return StreetNetwork(
        mode=mode,
        metric_crs=metric_crs_of(segments.node_lonlat[nodes]),
        node_lonlat=segments.node_lonlat[nodes],
        start=ends[0].astype(np.int32),
        end=ends[1].astype(np.int32),
        forward=travel[0],
        back=travel[1],
        length_m=length_m,
        time_s=_times(segments, usable, travel, length_m, mode, speeds),
        reachable=np.zeros(len(usable), np.bool_),
        piece=np.full(len(usable), -1, np.int32),
        shape_offset=offset,
        shape_lonlat=shape,
        name=segments.name[usable],
        highway=segments.highway[usable],
        names=segments.names,
        walk_m_s=speeds.walk_kmh / 3.6,
    )


def _numbered(network: StreetNetwork) -> StreetNetwork:
    """Renumber the nodes for the hierarchy; that also brings neighbours together in memory."""
    number = elimination_order(network.node_lonlat, network.start, network.end)
    return replace(
        network,
        node_lonlat=network.node_lonlat[np.argsort(number)],
        start=number[network.start],
        end=number[network.end],
    )


def _detached(
    ends: NDArray[np.intp], nodes: NDArray[np.int32], stopped: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
    """Let each end at a barrier lie at a node of its own, so that nobody passes."""
    copies = nodes[ends[stopped]]
    ends = ends.copy()
    ends[stopped] = len(nodes) + np.arange(len(copies))
    return ends, np.concatenate([nodes, copies])


def _stopped(segments: Segments, usable: NDArray[np.intp], mode: Mode) -> NDArray[np.bool_]:
    """Return the ends where a barrier stops `mode`, (2, m) bool."""
    traits = segments.traits[usable]
    return np.stack([(traits & flag) != 0 for flag in _BARRIERS[mode]])


def _banned(segments: Segments, allowed: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the banned turns with segments numbered among those allowed."""
    number = np.cumsum(allowed) - 1
    turns = segments.banned_turns.astype(np.int64)
    turns = turns[allowed[turns[:, 0]] & allowed[turns[:, 2]]]
    turns[:, [0, 2]] = number[turns[:, [0, 2]]]
    return turns


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
    travel: NDArray[np.bool_],
    length_m: NDArray[np.float64],
    mode: Mode,
    speeds: SpeedTable,
) -> NDArray[np.float64]:
    time_s = length_m / (speeds.speed_kmh(segments, mode)[usable] / 3.6)
    stated_s = segments.duration_s[usable].astype(np.float64)
    time_s = np.where(np.isnan(stated_s), time_s, stated_s)
    # Between the signals of one junction nobody waits a second time.
    waits = np.where(length_m < _JUNCTION_M, 0.0, _signal_waits(segments, usable, travel))
    time_s += waits * speeds.wait_s(mode)
    return time_s + _ferry_waits(segments, usable) * speeds.ferry_wait_s


def _signal_waits(
    segments: Segments, usable: NDArray[np.intp], travel: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return half a wait for each end at signals, so that going past them makes one.

    Signals that stand on one-way streets only, as at the stop line of a dual carriageway, are
    waited for where one comes to them: the piece behind them may be part of the junction.
    """
    ends = segments.start[usable], segments.end[usable]
    mixed = np.zeros(len(segments.node_lonlat), np.bool_)
    for nodes in ends:
        mixed[nodes[travel[0] & travel[1]]] = True
    waits = np.zeros(len(usable))
    signals = Trait.SIGNALS_AT_START, Trait.SIGNALS_AT_END
    for nodes, arrives, flag in zip(ends, travel[::-1], signals, strict=True):
        share = np.where(mixed[nodes], 0.5, arrives)
        waits += np.where((segments.traits[usable] & flag) != 0, share, 0.0)
    return waits


def _ferry_waits(segments: Segments, usable: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return half a wait for each end at which a ferry lands, so that a crossing makes one."""
    ferry = segments.highway == _FERRY
    ashore = np.zeros(len(segments.node_lonlat), np.bool_)
    ashore[segments.start[~ferry]] = True
    ashore[segments.end[~ferry]] = True
    landings = ashore[segments.start[usable]].astype(float) + ashore[segments.end[usable]]
    return np.where(ferry[usable], landings / 2, 0.0)


def _in_pieces(network: StreetNetwork, streets: int) -> StreetNetwork:
    """Return `network` with its pieces found and those kept marked `reachable`.

    Of what :func:`obey_turns` added after the `streets` nothing belongs to a piece.
    """
    found = Pieces.find(
        network.n_nodes,
        (network.start, network.end),
        (network.forward, network.back),
        network.length_m,
        streets,
    )
    kept = found.kept(network.shape_offset, network.shape_xy_m)
    return replace(network, piece=found.of_segment, reachable=found.among(kept))
