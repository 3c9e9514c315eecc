"""Metro and bus stops people say they are at: invented, named after the invented streets."""

from __future__ import annotations

import geopandas as gpd
import numpy as np

from data.sample.making.invented_places import Ground, residents
from geo.arrays import Ints
from geo.crs import STORAGE_CRS
from geo.layers.vocabulary import Landmark

_METRO_DISTRICTS = ("370202", "370203", "370211", "370212", "370213", "370214")
"""Those a metro runs in."""
_METRO, _BUS = 90, 900


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
