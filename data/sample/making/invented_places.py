"""Where invented things stand: beside streets, shared out over districts; and the landmarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from data.sample.making.towns import Town, short_name
from geo.arrays import Floats, Ints
from geo.crs import STORAGE_CRS, to_lonlat, to_metres
from geo.layers.districts import districts_only, subdistricts_only
from geo.layers.vocabulary import Landmark, Mode
from geo.network.compile import compile_network
from geo.network.segments import Segments
from geo.network.street_network import StreetNetwork

_METRO_DISTRICTS = ("370202", "370203", "370211", "370212", "370213", "370214")
"""Those a metro runs in."""
_METRO, _BUS = 90, 900
"""Invented: stations and stops enough to search by."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Street corners people can walk to, with district, subdistrict and what the place is called.

    Attributes
    ----------
    lonlat : (n, 2) float64
        Corners (EPSG:4326).
    district : (n,) str
        Adcode of each.
    subdistrict : (n,) str
        The name of each one's subdistrict.
    place : (n,) str
        A named street at the corner; the village or town where there is none.
    crowding : (n,) float64
        Corners within 400 m: high in cities, low in villages.
    areas : GeoDataFrame
        The subdistricts (EPSG:4326).
    """

    lonlat: Floats
    district: NDArray[np.str_]
    subdistrict: NDArray[np.str_]
    place: NDArray[np.str_]
    crowding: Floats
    areas: gpd.GeoDataFrame

    @classmethod
    def build(
        cls, segments: Segments, districts: gpd.GeoDataFrame, towns: Sequence[Town]
    ) -> Ground:
        """Take the nodes of the walking network that lie in a subdistrict."""
        network = compile_network(segments, Mode.WALK)
        areas = subdistricts_only(districts).reset_index(drop=True)
        linked = np.zeros(network.n_nodes, np.bool_)
        linked[network.start[network.piece == 0]] = True
        area = _area_of(network.node_lonlat, areas)
        kept = _as_drawn(network.node_lonlat, segments.node_lonlat)
        kept = kept[linked[kept] & (area[kept] >= 0)]
        lonlat, area = network.node_lonlat[kept], area[kept]
        return cls(
            lonlat=lonlat,
            district=areas["parent"].to_numpy(str)[area],
            subdistrict=areas["name"].to_numpy(str)[area],
            place=_called(
                _street_at(network, segments.names)[kept],
                lonlat,
                areas["name"].to_numpy(str)[area],
                towns,
            ),
            crowding=_crowding(lonlat),
            areas=areas,
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

    def address(self, rows: Ints) -> list[str]:
        """Return subdistrict and street, or subdistrict and village."""
        return [
            f"{area}{place.removeprefix(short_name(area))}"
            for area, place in zip(
                self.subdistrict[rows].tolist(), self.place[rows].tolist(), strict=True
            )
        ]

    def beside(self, rows: Ints, rng: np.random.Generator, *, within_m: float = 25.0) -> Floats:
        """Return places a few metres off the corners, (n, 2) lon/lat, rounded to 1e-6 degree.

        Where that would lead into the sea or the next subdistrict, it is the corner itself.
        """
        step_m = rng.uniform(-within_m, within_m, (len(rows), 2))
        moved = to_lonlat(to_metres(self.lonlat[rows]) + step_m).round(6)
        names = np.append(self.areas["name"].to_numpy(str), "")
        at_home = names[_area_of(moved, self.areas)] == self.subdistrict[rows]
        return np.where(at_home[:, None], moved, self.lonlat[rows])


def _area_of(lonlat: Floats, areas: gpd.GeoDataFrame) -> Ints:
    """Return the row of the area each place lies in, -1 for none, (n,)."""
    tree = shapely.STRtree(areas.geometry.to_numpy())
    place, area = tree.query(shapely.points(lonlat), predicate="within")
    answer = np.full(len(lonlat), -1)
    answer[place] = area
    return answer


def _street_at(network: StreetNetwork, names: Sequence[str]) -> NDArray[np.str_]:
    """Return a street's name at each node, empty where none has one, (n,)."""
    named = network.name >= 0
    street = np.full(network.n_nodes, "", dtype="<U24")
    street[network.start[named]] = np.array(names)[network.name[named]]
    return street


def _called(
    street: NDArray[np.str_], lonlat: Floats, subdistrict: NDArray[np.str_], towns: Sequence[Town]
) -> NDArray[np.str_]:
    """Return what people call each corner: its street, else its village with the subdistrict."""
    settled = [town for town in towns if town.rank]
    centres = np.array([[town.x_m, town.y_m] for town in settled])
    _, near = cKDTree(centres).query(to_metres(lonlat))
    return np.array(
        [
            name or _village(short_name(area), settled[row].name)
            for name, area, row in zip(street.tolist(), subdistrict.tolist(), near, strict=True)
        ]
    )


def _village(town: str, village: str) -> str:
    return town if village == town else f"{town}{village}"


def residents(districts: gpd.GeoDataFrame) -> dict[str, float]:
    """Return each district's residents by adcode."""
    upper = districts_only(districts)
    return dict(zip(upper["adcode"], upper["population"].astype(float), strict=True))


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


def make_landmarks(
    ground: Ground, districts: gpd.GeoDataFrame, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Make some 90 metro stations and 900 bus stops, one of a name in a subdistrict."""
    people = residents(districts)
    inner = {code: people[code] for code in _METRO_DISTRICTS}
    metro = _one_a_name(ground, ground.draw(inner, _METRO, rng, lean=1.2))
    bus = _one_a_name(ground, ground.draw(people, _BUS, rng, lean=0.7))
    rows = np.concatenate([metro, bus])
    kinds = [Landmark.METRO] * len(metro) + [Landmark.BUS_STOP] * len(bus)
    return gpd.GeoDataFrame(
        {
            "id": [f"P{number:04d}" for number in range(1, len(rows) + 1)],
            "name": [
                f"{place}{kind.text.zh}（示例）"
                for place, kind in zip(ground.place[rows].tolist(), kinds, strict=True)
            ],
            "kind": [kind.value for kind in kinds],
            "address": ground.address(rows),
            "district": ground.district[rows],
            "subdistrict": ground.subdistrict[rows],
            "source": "示例数据",
        },
        geometry=gpd.points_from_xy(*ground.beside(rows, rng).T),
        crs=STORAGE_CRS,
    )


def _one_a_name(ground: Ground, rows: Ints) -> Ints:
    """Return those of the corners at which a name comes first in its subdistrict."""
    pairs = np.char.add(ground.subdistrict[rows], ground.place[rows])
    _, first = np.unique(pairs, return_index=True)
    return rows[np.sort(first)]
