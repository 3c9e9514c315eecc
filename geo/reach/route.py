"""One way from a place to another: its line on the map and what to do on the road."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.arrays import Floats
from geo.errors import UnreachableError
from geo.network.street_network import Snapped, StreetNetwork
from geo.reach.climbs import Climbs
from geo.reach.ends import arriving, leaving, same_edge
from geo.reach.kernels.searching import search
from geo.reach.steps import Step, steps
from geo.text import Text

_SLACK_S = 1e-6
"""Sums in another order differ by less."""


@dataclass(frozen=True, slots=True)
class Route:
    """The fastest way between two places.

    Attributes
    ----------
    distance_m, time_s : float
        Both access legs included.
    lonlat : (k, 2) float64
        The line from street to street (EPSG:4326).
    steps : tuple[Step, ...]
        Streets in order, and the arrival.
    """

    distance_m: float
    time_s: float
    lonlat: Floats
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a segment, travelled from `begin` to `end`, positions from 0 to 1."""

    segment: int
    begin: float
    end: float


def route(network: StreetNetwork, origin_lonlat: ArrayLike, destination_lonlat: ArrayLike) -> Route:
    """Find the fastest way between two points (EPSG:4326).

    How long it takes is known from two climbs of the hierarchy; a search no longer than that finds
    the streets.

    Raises
    ------
    UnreachableError
        If either point has no street within reach or no way leads from one to the other.
    """
    origin, destination = network.snap(origin_lonlat), network.snap(destination_lonlat)
    if not (origin.reachable[0] and destination.reachable[0]):
        raise UnreachableError(
            Text("起点或终点附近没有可走的道路。", "No usable street near the start or the end.")
        )
    away, here = (
        Climbs.away(network, origin, "time_s"),
        Climbs.here(network, destination, "time_s"),
    )
    time_s = float(away.meet(0, here, np.zeros(1, np.intp))[0][0])
    direct = same_edge(network, origin, destination, "time_s")
    if len(direct.cost) and direct.cost[0] <= time_s:
        begin, end = float(origin.fraction[0]), float(destination.fraction[0])
        pieces = [_Piece(int(origin.segment[0]), begin, end)]
        return _route(
            network, destination, pieces, float(direct.length_m[0]), float(direct.cost[0])
        )
    if not np.isfinite(time_s):
        raise UnreachableError(Text("两地之间没有可走的路。", "No way leads there."))
    pieces, distance_m, time_s = _searched(network, origin, destination, time_s + _SLACK_S)
    return _route(network, destination, pieces, distance_m, time_s)


def _searched(
    network: StreetNetwork, origin: Snapped, destination: Snapped, limit_s: float
) -> tuple[list[_Piece], float, float]:
    """Return the parts of streets from origin to destination, their metres and seconds."""
    arcs = network.outgoing
    out_s, out_m = leaving(network, origin, "time_s"), leaving(network, origin, "distance_m")
    node, cost_s, _ = out_s.seeds()
    reached_s, reached_m, parent = search(
        arcs.indptr,
        arcs.head,
        network.time_s[arcs.segment],
        network.length_m[arcs.segment],
        node,
        cost_s,
        out_m.seeds()[1],
        limit_s,
    )
    in_s, in_m = (
        arriving(network, destination, "time_s"),
        arriving(network, destination, "distance_m"),
    )
    total_s = reached_s[in_s.node[0]] + in_s.cost[0]
    side = int(total_s.argmin())
    last = int(in_s.node[0, side])
    first, path = _traced(network, parent, last)
    at_start = out_s.node[0] == first
    leave = int(np.where(at_start, out_s.cost[0], np.inf).argmin())
    pieces = [
        _Piece(int(origin.segment[0]), float(origin.fraction[0]), float(leave)),
        *path,
        _Piece(int(destination.segment[0]), float(side), float(destination.fraction[0])),
    ]
    return pieces, float(reached_m[last] + in_m.cost[0, side]), float(total_s[side])


def _traced(
    network: StreetNetwork, parent: NDArray[np.int64], node: int
) -> tuple[int, list[_Piece]]:
    """Follow the arcs back from `node`; return the node they begin at and the whole segments."""
    arcs = network.outgoing
    path: list[_Piece] = []
    while parent[node] >= 0:
        arc = int(parent[node])
        segment = int(arcs.segment[arc])
        tail = int(np.searchsorted(arcs.indptr, arc, "right")) - 1
        ahead = network.start[segment] == tail and bool(network.forward[segment])
        path.append(_Piece(segment, 0.0, 1.0) if ahead else _Piece(segment, 1.0, 0.0))
        node = tail
    return node, path[::-1]


def _route(
    network: StreetNetwork,
    destination: Snapped,
    pieces: list[_Piece],
    distance_m: float,
    time_s: float,
) -> Route:
    lines: list[Floats] = []
    legs: list[tuple[str, Floats, float]] = []
    for piece in pieces:
        rows = vertices_of(network, piece.segment)
        xy_m = network.shape_xy_m[rows]
        along = shares(xy_m)
        lines.append(part(network.shape_lonlat[rows], along, piece.begin, piece.end))
        number = int(network.name[piece.segment])
        legs.append(
            (
                network.names[number] if number >= 0 else "",
                part(xy_m, along, piece.begin, piece.end),
                abs(piece.end - piece.begin) * float(network.length_m[piece.segment]),
            )
        )
    lonlat = _without_repeats(np.vstack(lines))
    words = steps(legs, network.mode, float(destination.access_m[0]))
    return Route(distance_m, time_s, lonlat, words)


def _without_repeats(lonlat: Floats) -> Floats:
    moved = np.ones(len(lonlat), np.bool_)
    moved[1:] = (lonlat[1:] != lonlat[:-1]).any(axis=1)
    kept = lonlat[moved]
    return kept if len(kept) > 1 else np.repeat(lonlat[:1], 2, axis=0)


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


def vertices_of(network: StreetNetwork, segment: int) -> slice:
    """Return where a segment's vertices lie in the network's shapes."""
    return slice(int(network.shape_offset[segment]), int(network.shape_offset[segment + 1]))
