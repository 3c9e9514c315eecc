"""Every destination within a limit of every point: the sparse table all analyses stand on."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from geo.errors import BadInputError
from geo.network.street_network import Snapped, StreetNetwork
from geo.reach.ends import access_cost, arriving, leaving
from geo.reach.kernels.bounding import bounded_pairs, in_turn
from geo.reach.kernels.ending import doors
from geo.text import Text

Ints = NDArray[np.int32]

_BATCH = 200
_STREETS_PER_BUCKET = 0.6
_MOST_BUCKETS = 4096


@dataclass(frozen=True, slots=True)
class Catchments:
    """All (site, point) pairs within a limit, sorted by site, then point.

    Attributes
    ----------
    site, point : (p,) int32
        Rows of the sites and points asked for.
    cost : (p,) float32
        From the point to the site, metres or seconds as asked, access legs included.
    n_sites, n_points : int
        How many there were to pair.
    """

    site: NDArray[np.int32]
    point: NDArray[np.int32]
    cost: NDArray[np.float32]
    n_sites: int
    n_points: int

    def csr(self) -> csr_matrix:
        """Return the costs as a (n_sites, n_points) sparse matrix."""
        return csr_matrix((self.cost, (self.site, self.point)), (self.n_sites, self.n_points))

    def by_point(self) -> NDArray[np.intp]:
        """Return the order that sorts the pairs by point, then cost."""
        return np.lexsort((self.cost, self.point))


def catchments(
    network: StreetNetwork,
    sites: Snapped,
    points: Snapped,
    limit: float,
    *,
    weight: str = "distance_m",
) -> Catchments:
    """Find every site each point can reach within `limit` (``<=``), travelling to the site.

    Parameters
    ----------
    network : StreetNetwork
        One mode's streets.
    sites, points : Snapped
        Destinations and travellers, snapped on `network`.
    limit : float
        Metres with weight "distance_m", seconds with "time_s".
    """
    site, point = np.empty(0, np.int32), np.empty(0, np.int32)
    cost = np.empty(0, np.float32)
    # All pairs are kept anyway; larger batches have more sites close to each other.
    batch = min(10 * _BATCH, max(_BATCH, len(sites) // 4))
    for part in catchments_in_batches(network, sites, points, limit, weight=weight, batch=batch):
        begin = len(site)
        for whole, piece in ((site, part.site), (point, part.point), (cost, part.cost)):
            whole.resize(begin + len(piece), refcheck=False)  # grows where it lies, no second copy
            whole[begin:] = piece
    return Catchments(site, point, cost, len(sites), len(points))


def catchments_in_batches(
    network: StreetNetwork,
    sites: Snapped,
    points: Snapped,
    limit: float,
    *,
    weight: str = "distance_m",
    batch: int = _BATCH,
) -> Iterator[Catchments]:
    """Yield the same pairs for `batch` sites at a time, so that memory stays bounded.

    Batches are searched on as many threads as there are processors, and yielded in order; no more
    of them are ready than threads.
    """
    _check_limit(limit)
    search = _Search.build(network, points, limit, weight)

    def searched(first: int) -> Catchments:
        rows = np.arange(first, min(first + batch, len(sites)))
        site, point, cost = search.pairs(sites.take(rows))
        return Catchments(site + np.int32(first), point, cost, len(sites), len(points))

    threads = min(os.cpu_count() or 1, -(-len(sites) // batch))
    if threads <= 1:
        yield from map(searched, range(0, len(sites), batch))
        return
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[Catchments]] = deque()
        for first in range(0, len(sites), batch):
            waiting.append(pool.submit(searched, first))
            if len(waiting) >= threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


@dataclass(frozen=True, slots=True)
class _Search:
    """What the searches of all sites share.

    Attributes
    ----------
    arcs : (indptr, head, weight)
        Arcs against the direction of travel.
    doors : (begin, point, cost)
        By which nodes the points are entered.
    places : (fraction, access, segment, by_segment)
        Where the points lie, and the points by rising segment.
    width, buckets : float, int
        Width, in the unit of the weight, and number of the buckets the nodes queue in.
    """

    network: StreetNetwork
    weight: str
    limit: float
    arcs: tuple[NDArray[Any], ...]
    doors: tuple[NDArray[Any], ...]
    places: tuple[NDArray[Any], ...]
    width: float
    buckets: int

    @classmethod
    def build(cls, network: StreetNetwork, points: Snapped, limit: float, weight: str) -> _Search:
        arcs = network.incoming
        arc_weight = network.weight(weight)[arcs.segment]
        ends = leaving(network, points, weight)
        by_segment = np.argsort(points.segment, kind="stable").astype(np.int32)
        reach = min(limit, float(arc_weight.sum()))
        width = max(_STREETS_PER_BUCKET * float(np.median(arc_weight)), reach / _MOST_BUCKETS, 1e-6)
        return cls(
            network, weight, limit,
            arcs=(arcs.indptr, arcs.head, arc_weight),
            doors=doors(ends.node, ends.cost, network.n_nodes),
            places=(*_place(points, weight), by_segment),
            width=width,
            buckets=int(reach / width) + 1,
        )  # fmt: skip

    def pairs(self, sites: Snapped) -> tuple[Ints, Ints, NDArray[np.float32]]:
        """Return site, point and cost of every pair, by site, then point."""
        entry, network = arriving(self.network, sites, self.weight), self.network
        order = np.argsort(entry.node.min(axis=1), kind="stable")
        count, point, cost = bounded_pairs(
            self.arcs, entry.node, entry.cost, order, self.doors, self.places,
            _place(sites, self.weight),
            (network.forward, network.back, network.weight(self.weight)),
            self.limit, self.width, self.buckets,
        )  # fmt: skip
        site, point, cost = in_turn(order, count, point, cost)
        return site, point, cost


def _place(points: Snapped, weight: str) -> tuple[NDArray[Any], ...]:
    return points.fraction, access_cost(points, weight), points.segment


def _check_limit(limit: float) -> None:
    if not limit >= 0:
        raise BadInputError(
            Text(f"范围 {limit} 应为不小于零的数。", f"The limit {limit} must be zero or more.")
        )
