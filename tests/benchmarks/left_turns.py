"""What a longer wait for left turns at signals would change, measured by searches over turns.

Our networks go from node to node and let everyone turn round anywhere, so that a left turn could
never cost more than going straight on and coming back. Whether it should cost more at all is
measured here where that does not matter: nodes are streets in one direction, arcs are turns. Even
as much again as the mean wait, for every left turn at signals, makes trips 3 % longer at most; that
is less than the wait itself is known to, and the mean wait has left turns in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from measuring import Row, compare, median_s
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from geo.layers.vocabulary import Mode
from geo.network.compile import compile_network
from geo.network.segments import Access, Segments, Trait
from geo.network.street_network import StreetNetwork

_NEAR_M = 30.0
_TURNING_ROUND_S = 60.0
_ACCESS = {
    Mode.EBIKE: Access.EBIKE_FORWARD | Access.EBIKE_BACK,
    Mode.DRIVE: Access.DRIVE_FORWARD | Access.DRIVE_BACK,
}


def left_turns(name: str, segments: Segments, mode: Mode, left_s: float) -> list[Row]:
    """Say what `left_s` more for every left turn at signals changes between 100 streets."""
    segments = replace(segments, banned_turns=segments.banned_turns[:0])
    network = compile_network(segments, mode)
    arcs = _Arcs.of(network)
    came, gone = arcs.turns(network.n_nodes)
    left = arcs.left(came, gone) & _signalled(network, segments, mode)[arcs.head[came]]
    back = arcs.segment[came] == arcs.segment[gone]
    inside = np.flatnonzero(network.reachable[arcs.segment])
    some = np.random.default_rng(3).choice(inside, 100, replace=False)
    time_s = network.time_s[arcs.segment]

    def times(more_s):
        cost = (time_s[came] + time_s[gone]) / 2 + _TURNING_ROUND_S * back + more_s * left
        graph = coo_matrix((np.maximum(cost, 1e-9), (came, gone)), 2 * [len(time_s)]).tocsr()
        return dijkstra(graph, indices=some)[:, some]

    plain = times(0.0)
    pair = np.isfinite(plain) & (plain > 0)
    ratio = times(left_s)[pair] / plain[pair]
    note = (
        f"{(ratio > 1.01).mean():.1%} of the pairs longer by over 1 %; mean {ratio.mean():.3f}, "
        f"p95 {np.percentile(ratio, 95):.2f}"
    )
    job = f"{mode} times, {name}: left at signals +{left_s:g} s"
    return compare(job, median_s(lambda: times(left_s), 1, warm=False), {}, note)


@dataclass(frozen=True, slots=True)
class _Arcs:
    """Streets in one direction: ends, segment, and how one sets out and arrives (x, y in metres)."""

    tail: np.ndarray
    head: np.ndarray
    segment: np.ndarray
    setting_out: np.ndarray
    arriving: np.ndarray

    @classmethod
    def of(cls, network: StreetNetwork) -> _Arcs:
        along, against = np.flatnonzero(network.forward), np.flatnonzero(network.back)
        first, last, xy_m = (
            network.shape_offset[:-1],
            network.shape_offset[1:] - 1,
            network.shape_xy_m,
        )
        out, to = xy_m[first + 1] - xy_m[first], xy_m[last] - xy_m[last - 1]
        return cls(
            np.append(network.start[along], network.end[against]),
            np.append(network.end[along], network.start[against]),
            np.append(along, against),
            np.vstack([out[along], -to[against]]),
            np.vstack([to[along], -out[against]]),
        )

    def turns(self, n_nodes: int) -> tuple[np.ndarray, np.ndarray]:
        """Return every pair of arcs of which the second goes on where the first ends."""
        order = np.argsort(self.tail, kind="stable")
        begin = np.searchsorted(self.tail[order], np.arange(n_nodes + 1))
        count = np.diff(begin)[self.head]
        came = np.repeat(np.arange(len(self.head)), count)
        step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        return came, order[begin[self.head[came]] + step]

    def left(self, came: np.ndarray, gone: np.ndarray) -> np.ndarray:
        """Tell which turns go by 45 degrees and more to the left, turning round left out."""
        one, two = self.arriving[came], self.setting_out[gone]
        angle = np.degrees(
            np.arctan2(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0], (one * two).sum(axis=1))
        )
        return (angle >= 45) & (self.segment[came] != self.segment[gone])


def _signalled(network: StreetNetwork, segments: Segments, mode: Mode) -> np.ndarray:
    """Tell which junctions of three streets and more have signals, or a stop line within 30 m."""
    used = (segments.access & _ACCESS[mode]) != 0
    start, end, traits = network.start, network.end, segments.traits[used]
    here = np.zeros(network.n_nodes, bool)
    here[start[(traits & Trait.SIGNALS_AT_START) != 0]] = True
    here[end[(traits & Trait.SIGNALS_AT_END) != 0]] = True
    near, short = here.copy(), network.length_m < _NEAR_M
    near[start[short & here[end]]] = True
    near[end[short & here[start]]] = True
    return near & (np.bincount(np.append(start, end), minlength=network.n_nodes) > 2)
