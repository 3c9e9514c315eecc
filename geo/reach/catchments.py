"""Every destination within a limit of every point: the sparse table all analyses stand on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from geo.network.street_network import Snapped, StreetNetwork
from geo.reach.ends import arriving, leaving, same_edge
from geo.reach.searches import bounded_pairs

_BATCH = 2000


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
    parts = list(catchments_in_batches(network, sites, points, limit, weight=weight))
    return Catchments(
        np.concatenate([part.site for part in parts] or [np.empty(0, np.int32)]),
        np.concatenate([part.point for part in parts] or [np.empty(0, np.int32)]),
        np.concatenate([part.cost for part in parts] or [np.empty(0, np.float32)]),
        len(sites),
        len(points),
    )


def catchments_in_batches(
    network: StreetNetwork,
    sites: Snapped,
    points: Snapped,
    limit: float,
    *,
    weight: str = "distance_m",
    batch: int = _BATCH,
) -> Iterator[Catchments]:
    """Yield the same pairs for `batch` sites at a time, so that memory stays bounded."""
    arcs = network.incoming
    arc_weight = network.weight(weight)[arcs.segment]
    node, cost, owner = leaving(network, points, weight).seeds()
    order = np.argsort(node, kind="stable")
    door_ptr = np.zeros(network.n_nodes + 1, np.int64)
    np.cumsum(np.bincount(node, minlength=network.n_nodes), out=door_ptr[1:])
    entry = arriving(network, sites, weight)
    for first in range(0, len(sites), batch):
        rows = slice(first, min(first + batch, len(sites)))
        n_rows = rows.stop - rows.start
        site, point, total = bounded_pairs(
            arcs.indptr, arcs.head, arc_weight,
            np.arange(0, 2 * n_rows + 1, 2), entry.node[rows].ravel(), entry.cost[rows].ravel(),
            door_ptr, owner[order], cost[order], float(limit),
        )  # fmt: skip
        direct = same_edge(network, points, sites.take(np.arange(rows.start, rows.stop)), weight)
        within = direct.cost <= limit
        site = np.concatenate([site, direct.destination[within]]) + first
        point = np.concatenate([point, direct.origin[within]])
        total = np.concatenate([total, direct.cost[within]])
        yield _cheapest(site, point, total, len(sites), len(points))


def _cheapest(
    site: NDArray[np.int32],
    point: NDArray[np.int32],
    cost: NDArray[np.float64],
    n_sites: int,
    n_points: int,
) -> Catchments:
    """Keep the cheapest of pairs met twice, in order."""
    order = np.lexsort((cost, point, site))
    site, point, cost = site[order], point[order], cost[order]
    keep = np.ones(len(site), np.bool_)
    keep[1:] = (site[1:] != site[:-1]) | (point[1:] != point[:-1])
    return Catchments(
        site[keep].astype(np.int32),
        point[keep].astype(np.int32),
        cost[keep].astype(np.float32),
        n_sites,
        n_points,
    )
