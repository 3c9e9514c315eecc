"""Every destination within a limit of every point: the sparse table all analyses stand on."""

from __future__ import annotations

import mmap
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from geo.arrays import Ints32
from geo.errors import BadInputError
from geo.network.street_network import Snapped, StreetNetwork
from geo.reach.ends import Ends, access_cost, arriving
from geo.reach.kernels.bounding import bounded_pairs, put
from geo.reach.kernels.ending import doors
from geo.text import Text

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_FEW = 32
"""Sites a part at least: less is not worth a thread."""
_PARTS = 8
"""Parts a thread: sites reach differently far, and no thread waits long for the last."""
_ROOM = 1 << 20
"""Pairs: room beyond one site with every point; what is full is handed on and begun anew."""
_STREETS_PER_BUCKET = 0.12
"""Chosen by trial: narrower buckets stay empty, wider ones settle streets twice."""
_MOST_BUCKETS = 4096
"""Chosen: they stay in the cache."""


@dataclass(frozen=True)
class Catchments:
    """All (site, point) pairs within a limit, sorted by site, then point.

    Attributes
    ----------
    begin : (n_sites + 1,) int64
        Where each site's pairs begin.
    point : (p,) int32
        Rows of the points asked for.
    cost : (p,) float32
        From the point to the site, metres or seconds as asked, access legs included. Computed in
        float64 and rounded by at most 2^-23 of itself (0.2 mm at 1.5 km), never above the limit:
        who is within it is decided before rounding.
    n_points : int
        How many points there were to pair.
    """

    begin: NDArray[np.int64]
    point: Ints32
    cost: NDArray[np.float32]
    n_points: int

    @classmethod
    def of_pairs(
        cls, site: Ints32, point: Ints32, cost: NDArray[np.float32], n_sites: int, n_points: int
    ) -> Catchments:
        """Take pairs that are sorted by site, then point."""
        return cls(np.searchsorted(site, np.arange(n_sites + 1)), point, cost, n_points)

    @property
    def n_sites(self) -> int:
        """How many sites there were to pair."""
        return len(self.begin) - 1

    @cached_property
    def site(self) -> Ints32:
        """Rows of the sites asked for, (p,); made when first asked for, as `begin` takes less."""
        return np.repeat(np.arange(self.n_sites, dtype=np.int32), np.diff(self.begin))

    def csr(self) -> csr_matrix:
        """Return the costs as a (n_sites, n_points) sparse matrix."""
        from scipy.sparse import csr_matrix  # noqa: PLC0415 - only the solvers ask for it

        return csr_matrix((self.cost, self.point, self.begin), (self.n_sites, self.n_points))

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
    _check_limit(limit)
    search = _Search.build(network, sites, points, limit, weight)
    rows, threads = search.nearby(np.arange(len(sites))), os.cpu_count() or 1
    if threads == 1 or len(sites) < 2 * _FEW:
        return search.joined(search.found(rows))
    parts = np.array_split(rows, min(_PARTS * threads, len(sites) // _FEW))
    with ThreadPoolExecutor(threads) as pool:
        return search.joined([piece for found in pool.map(search.found, parts) for piece in found])


@dataclass(frozen=True, slots=True)
class _Piece:
    """What was found for some sites, one after the other.

    Attributes
    ----------
    rows, count : (r,) int64
        The sites and how many pairs each has.
    columns : [(p,) int32, (p,) float32]
        Point and cost of the pairs; whoever has copied one takes it away.
    """

    rows: NDArray[np.intp]
    count: NDArray[np.int64]
    columns: list[NDArray[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """What the searches of all sites share.

    Attributes
    ----------
    entry : Ends
        Where the sites are entered.
    doors : (begin, point)
        Which points are left by which nodes.
    arcs, points, sites, street : tuples
        As :func:`bounded_pairs` takes them.
    width, buckets : float, int
        Width, in the unit of the weight, and number of the buckets the nodes queue in.
    """

    entry: Ends
    doors: tuple[Ints32, Ints32]
    arcs: tuple[NDArray[Any], ...]
    points: tuple[NDArray[Any], ...]
    sites: tuple[NDArray[Any], ...]
    street: tuple[NDArray[Any], ...]
    limit: float
    width: float
    buckets: int

    @classmethod
    def build(
        cls, network: StreetNetwork, sites: Snapped, points: Snapped, limit: float, weight: str
    ) -> _Search:
        arcs, whole = network.incoming, network.weight(weight)
        entry = arriving(network, sites, weight)
        farthest = entry.cost.max(initial=0.0, where=np.isfinite(entry.cost)) + whole.sum()
        reach = min(limit, float(farthest))
        width = max(_STREETS_PER_BUCKET * float(whole.mean()), reach / _MOST_BUCKETS, 1e-6)
        return cls(
            entry=entry,
            doors=doors(
                points.segment,
                points.fraction,
                network.start,
                network.end,
                network.back,
                network.forward,
                network.n_nodes,
            ),
            arcs=(arcs.indptr, arcs.head, arcs.segment, whole),
            points=_place(network, points, weight),
            sites=_place(network, sites, weight),
            street=(network.forward, network.back, whole, network.start, network.end),
            limit=limit,
            width=width,
            buckets=int(reach / width) + 2,
        )

    def nearby(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Put sites near each other one after the other, as the numbers of their nodes do."""
        return rows[np.argsort(self.entry.node[rows].min(axis=1), kind="stable")]

    def found(self, rows: NDArray[np.intp]) -> list[_Piece]:
        """Search from the sites `rows`, one after the other."""
        n_nodes, room, pieces = len(self.doors[0]) - 1, len(self.points[0]) + _ROOM, []
        node_cost = _memory(np.float64, n_nodes)
        while len(rows):
            columns = [_memory(np.int32, room), _memory(np.float32, room)]
            count = bounded_pairs(
                _indices(self.arcs),
                (self.entry.node, self.entry.cost),
                rows,
                _indices(self.doors),
                _indices(self.points),
                _indices(self.sites),
                _indices(self.street),
                self.limit,
                self.width,
                self.buckets,
                node_cost,
                *columns,
            )
            found = [column[: count.sum()] for column in columns]
            pieces.append(_Piece(rows[: len(count)], count, found))
            rows = rows[len(count) :]
        return pieces

    def joined(self, pieces: list[_Piece]) -> Catchments:
        """Put the pairs of all pieces in the order of their sites, and let go of the pieces."""
        begin = np.zeros(len(self.entry.node) + 1, np.int64)
        for piece in pieces:
            begin[piece.rows + 1] = piece.count
        np.cumsum(begin, out=begin)
        point, cost = (_memory(kind, int(begin[-1])) for kind in (np.int32, np.float32))
        for whole in (point, cost):
            for piece in pieces:
                put(piece.rows, begin, piece.columns.pop(0), whole)
        return Catchments(begin, point, cost, len(self.points[0]))


def _place(network: StreetNetwork, points: Snapped, weight: str) -> tuple[NDArray[Any], ...]:
    return points.fraction, access_cost(network, points, weight), points.segment


def _indices(arrays: tuple[NDArray[Any], ...]) -> tuple[NDArray[Any], ...]:
    """Return the same arrays, those of int32 seen as uint32."""
    return tuple(a.view(np.uint32) if a.dtype == np.int32 else a for a in arrays)


def _memory(kind: type[np.generic], size: int) -> NDArray[Any]:
    """Return zeros that take no memory until something is written.

    Taken from the system and given back to it at once: what an allocator would keep of such
    pieces for later use came to more than the answer itself.
    """
    length = max(size, 1) * np.dtype(kind).itemsize
    own = {"flags": mmap.MAP_PRIVATE} if hasattr(mmap, "MAP_PRIVATE") else {}  # Windows has none.
    return np.frombuffer(mmap.mmap(-1, length, **own), kind, size)


def _check_limit(limit: float) -> None:
    if not limit >= 0:
        raise BadInputError(
            Text(f"范围 {limit} 应为不小于零的数。", f"The limit {limit} must be zero or more.")
        )
