"""Where invented things stand: beside streets, shared out over the districts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import to_lonlat, to_metres
from geo.layers.vocabulary import Mode
from geo.network.compile import compile_network
from geo.network.segments import Segments

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Ground:
    """Street corners people can walk to, with district and street name.

    Attributes
    ----------
    lonlat : (n, 2) float64
        Corners (EPSG:4326).
    district : (n,) str
        Adcode of each.
    street : (n,) str
        A named street at the corner, empty where there is none.
    crowding : (n,) float64
        Corners within 400 m: high in cities, low in villages.
    """

    lonlat: Floats
    district: NDArray[np.str_]
    street: NDArray[np.str_]
    crowding: Floats

    @classmethod
    def build(cls, segments: Segments, districts: gpd.GeoDataFrame) -> Ground:
        """Take the nodes of the walking network that lie in a district."""
        network = compile_network(segments, Mode.WALK)
        named = network.name >= 0
        street = np.full(network.n_nodes, "", dtype="<U24")
        street[network.start[named]] = np.array(segments.names)[network.name[named]]
        linked = np.zeros(network.n_nodes, np.bool_)
        linked[network.start[network.piece == 0]] = True
        tree = shapely.STRtree(districts.geometry.to_numpy())
        node, area = tree.query(shapely.points(network.node_lonlat), predicate="within")
        district = np.full(network.n_nodes, "", dtype="<U6")
        district[node] = districts["adcode"].to_numpy(str)[area]
        kept = _as_drawn(network.node_lonlat, segments.node_lonlat)
        kept = kept[linked[kept] & (district[kept] != "")]
        return cls(
            network.node_lonlat[kept],
            district[kept],
            street[kept],
            _crowding(network.node_lonlat[kept]),
        )

    def draw(
        self, shares: Mapping[str, float], count: int, rng: np.random.Generator, *, lean: float
    ) -> Ints:
        """Draw `count` corners; districts by `shares`, corners by crowding to the `lean`."""
        total = sum(shares.values())
        rows = []
        for code, share in sorted(shares.items()):
            here = np.flatnonzero(self.district == code)
            wanted = min(len(here), max(1, round(count * share / total)))
            weight = self.crowding[here] ** lean
            rows.append(rng.choice(here, wanted, replace=False, p=weight / weight.sum()))
        return np.concatenate(rows)

    def beside(self, rows: Ints, rng: np.random.Generator, *, within_m: float = 25.0) -> Floats:
        """Return places a few metres off the corners, (n, 2) lon/lat, rounded to 1e-6 degree."""
        step_m = rng.uniform(-within_m, within_m, (len(rows), 2))
        return to_lonlat(to_metres(self.lonlat[rows]) + step_m).round(6)


def _as_drawn(lonlat: Floats, drawn: Floats) -> Ints:
    """Return the rows of `lonlat` in the order the city was `drawn` in, no two in one place."""
    place = {tuple(pair): row for row, pair in enumerate(lonlat.tolist())}
    return np.array([place[pair] for pair in map(tuple, drawn.tolist()) if pair in place])


def _crowding(lonlat: Floats) -> Floats:
    """Count corners in the surrounding 3 x 3 squares of 300 m."""
    cell = np.floor(to_metres(lonlat) / 300).astype(np.int64)
    key = cell[:, 0] * 1_000_000 + cell[:, 1]
    cells, count = np.unique(key, return_counts=True)
    total = np.zeros(len(key))
    for east in (-1, 0, 1):
        for north in (-1, 0, 1):
            near = key + east * 1_000_000 + north
            at = np.clip(np.searchsorted(cells, near), 0, len(cells) - 1)
            total += np.where(cells[at] == near, count[at], 0)
    return total
