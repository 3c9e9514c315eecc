"""The layer of workers where nobody has counted them: estimated, and every row says so."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import h3.api.basic_int as h3
import numpy as np
from numpy.typing import NDArray

from data.store.project import Project
from geo.estimate.drawn import is_estimated
from geo.estimate.listed import with_estimates
from geo.estimate.spread import Spread, Total, spread_workers
from geo.estimate.weights import Weights
from geo.layers.columns import conform
from geo.layers.vocabulary import Group
from geo.place_names import PlaceNames, called, told_apart

_FINEST, _COARSEST = 9, 7
"""H3 resolutions: cells of 0.1 km² first, of 5 km² at the coarsest."""
_MOST_ROWS = 20_000
"""Chosen: as many rows as people still look through in Excel."""
CELL_M = {9: 200, 8: 530, 7: 1400}
"""Edge of a cell in metres, by H3 resolution."""


def estimate_workers(
    draws: gpd.GeoDataFrame, totals: Sequence[Total], weights: Weights
) -> tuple[Spread, int]:
    """Return the estimate in the finest cells that give no more than 20,000 rows, and which.

    Parameters
    ----------
    draws : GeoDataFrame
        ``draw, amount, district`` and points (EPSG:4326).
    totals : Sequence[Total]
        People by group and district.
    weights : Weights
        The planner's tables.
    """
    lonlat = draws.get_coordinates().to_numpy()
    for resolution in range(_FINEST, _COARSEST - 1, -1):
        celled = draws.assign(cell=_cells(lonlat, resolution))
        spread = spread_workers(celled, list(totals), weights)
        if len(spread.rows) <= _MOST_ROWS or resolution == _COARSEST:
            break
    return spread, resolution


def workers_layer(rows: gpd.GeoDataFrame, names: PlaceNames) -> gpd.GeoDataFrame:
    """Return the layer WORKERS of estimated rows, called after where they are."""
    where = names.where(rows.get_coordinates().to_numpy())
    told = [
        f"{called(place or '某处', '一带')}·{Group(group).text.zh}（估算）"
        for place, group in zip(where, rows["group"], strict=True)
    ]
    frame = rows.assign(
        id=[f"est-{number + 1}" for number in range(len(rows))],
        name=told_apart(told, [""] * len(told)),
        address=[place or None for place in where],
    )
    return conform(frame, "workers")


def _cells(lonlat: NDArray[np.float64], resolution: int) -> NDArray[np.int64]:
    return np.array([h3.latlng_to_cell(lat, lon, resolution) for lon, lat in lonlat.tolist()])


def merged_with_own(project: Project, estimates: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, int]:
    """Return `estimates` beside the rows somebody listed, and how many workers those hold.

    A group of a district that is listed is not estimated too.
    """
    if not project.has("workers"):
        return estimates, 0
    held = project.read("workers")
    own = held[~is_estimated(held)]
    if not len(own):
        return estimates, 0
    districts = project.read("districts")
    return with_estimates(own, estimates, districts), int(own["workers"].sum())
