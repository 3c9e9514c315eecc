"""One way from a place to another: its line on the map and what to do on the road."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import UnreachableError
from geo.network.street_network import Snapped, StreetNetwork
from geo.reach.ends import arriving, leaving, same_edge
from geo.reach.kernels.searching import search
from geo.text import Text

Floats = NDArray[np.float64]
_UNNAMED = Text("无名道路", "unnamed road")


@dataclass(frozen=True, slots=True)
class Step:
    """One street of a route.

    Attributes
    ----------
    text : Text
        What to do, with the street's name and length.
    name : str
        Street name, empty where it has none.
    distance_m : float
        Length along it.
    """

    text: Text
    name: str
    distance_m: float


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
        Streets in order.
    """

    distance_m: float
    time_s: float
    lonlat: Floats
    steps: tuple[Step, ...]


def route(network: StreetNetwork, origin_lonlat: ArrayLike, destination_lonlat: ArrayLike) -> Route:
    """Find the fastest way between two points (EPSG:4326).

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
    direct = same_edge(network, origin, destination, "time_s")
    arcs = network.outgoing
    node, cost_s, _ = leaving(network, origin, "time_s").seeds()
    _, cost_m, _ = leaving(network, origin, "distance_m").seeds()
    reached_s, reached_m, parent = search(
        arcs.indptr, arcs.head, network.time_s[arcs.segment], network.length_m[arcs.segment],
        node, cost_s, cost_m, np.inf,
    )  # fmt: skip
    entry_s = arriving(network, destination, "time_s")
    entry_m = arriving(network, destination, "distance_m")
    total_s = reached_s[entry_s.node[0]] + entry_s.cost[0]
    side = int(total_s.argmin())
    if len(direct.cost) and direct.cost[0] <= total_s[side]:
        return _along_one_edge(network, origin, destination, direct.cost[0], direct.length_m[0])
    if not np.isfinite(total_s[side]):
        raise UnreachableError(Text("两地之间没有可走的路。", "No way leads there."))
    last = int(entry_s.node[0, side])
    total_m = float(reached_m[last] + entry_m.cost[0, side])
    pieces = _pieces(network, origin, destination, parent, last, side)
    lonlat = np.vstack([line for _, line in pieces])
    return Route(total_m, float(total_s[side]), _without_repeats(lonlat), _steps(network, pieces))


def _pieces(
    network: StreetNetwork,
    origin: Snapped,
    destination: Snapped,
    parent: NDArray[np.int64],
    last: int,
    side: int,
) -> list[tuple[int, Floats]]:
    """Return (segment, line travelled) from origin to destination."""
    arcs = network.outgoing
    tails = np.repeat(np.arange(network.n_nodes), np.diff(arcs.indptr))
    path: list[tuple[int, Floats]] = []
    node = last
    while parent[node] >= 0:
        arc = int(parent[node])
        segment, tail = int(arcs.segment[arc]), int(tails[arc])
        line = _shape(network, segment)
        ahead = network.start[segment] == tail and network.forward[segment]
        path.append((segment, line if ahead else line[::-1]))
        node = tail
    first, final = int(origin.segment[0]), int(destination.segment[0])
    start_at, end_at = float(origin.fraction[0]), float(destination.fraction[0])
    to_end = network.end[first] == node and network.forward[first]
    leave = _part(network, first, start_at, 1.0 if to_end else 0.0)
    arrive = _part(network, final, float(side), end_at)
    return [(first, leave), *reversed(path), (final, arrive)]


def _shape(network: StreetNetwork, segment: int) -> Floats:
    return network.shape_lonlat[network.shape_offset[segment] : network.shape_offset[segment + 1]]


def _part(network: StreetNetwork, segment: int, begin: float, end: float) -> Floats:
    """Cut a segment between two positions (0 to 1); reversed where `end` is before `begin`."""
    line = _shape(network, segment)
    xy_m = network.to_metres(line)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy_m, axis=0).T))])
    along /= along[-1] or 1.0
    low, high = min(begin, end), max(begin, end)
    inner = line[(along > low) & (along < high)]
    tips = np.column_stack([np.interp([low, high], along, line[:, axis]) for axis in (0, 1)])
    cut = np.vstack([tips[:1], inner, tips[1:]])
    return cut if begin <= end else cut[::-1]


def _along_one_edge(
    network: StreetNetwork, origin: Snapped, destination: Snapped, time_s: float, distance_m: float
) -> Route:
    segment = int(origin.segment[0])
    line = _part(network, segment, float(origin.fraction[0]), float(destination.fraction[0]))
    steps = _steps(network, [(segment, line)])
    return Route(float(distance_m), float(time_s), _without_repeats(line), steps)


def _without_repeats(lonlat: Floats) -> Floats:
    moved = np.ones(len(lonlat), np.bool_)
    moved[1:] = (lonlat[1:] != lonlat[:-1]).any(axis=1)
    kept = lonlat[moved]
    return kept if len(kept) > 1 else np.repeat(lonlat[:1], 2, axis=0)


def _steps(network: StreetNetwork, pieces: list[tuple[int, Floats]]) -> tuple[Step, ...]:
    """Join the pieces of one street into one step."""
    lengths: list[tuple[str, float]] = []
    for segment, line in pieces:
        number = int(network.name[segment])
        name = network.names[number] if number >= 0 else ""
        xy_m = network.to_metres(line)
        length_m = float(np.hypot(*np.diff(xy_m, axis=0).T).sum())
        if lengths and lengths[-1][0] == name:
            lengths[-1] = (name, lengths[-1][1] + length_m)
        else:
            lengths.append((name, length_m))
    return tuple(
        Step(
            Text(
                f"沿{name or _UNNAMED.zh}行驶 {length_m:,.0f} 米",
                f"Follow {name or _UNNAMED.en} for {length_m:,.0f} m",
            ),
            name,
            length_m,
        )
        for name, length_m in lengths
    )
