"""The ground within reach of a station: as things stand, and what a plan adds to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from geo.arrays import Flags
from geo.coverage.answer import Coverage
from geo.coverage.rule import women_only
from geo.hours import open_in_week
from geo.reach.reached import Grid, reached_cells
from geo.study.siting_ground import snapped

if TYPE_CHECKING:
    from geo.siting.plan.brief import BriefPlan


@dataclass(frozen=True, slots=True, eq=False)
class ReachedNow:
    """From where people reach a station that counts.

    Attributes
    ----------
    grid : Grid
        Over the streets of the coverage.
    cells : Flags
        Of the grid.
    area : shapely.Geometry
        The same, degrees (EPSG:4326).
    """

    grid: Grid
    cells: Flags
    area: shapely.Geometry


def reached_now(coverage: Coverage, hour: int | None) -> ReachedNow:
    """Return the ground within the limit of a station that counts for everybody.

    With `hour` (of the week, Monday 00:00 is 0) of one that is surely open then.
    """
    stations = coverage.stations[coverage.equipped]
    counts = ~women_only(stations) & _open(stations, coverage, hour)
    rule, grid = coverage.rule, Grid.over(coverage.network)
    places = coverage.places.take(counts)
    cells = reached_cells(coverage.network, grid, places, rule.limit, rule.weight)
    return ReachedNow(grid, cells, grid.area(cells, coverage.network))


def added_by_plan(
    coverage: Coverage, now: ReachedNow, plan: BriefPlan, hour: int | None
) -> shapely.Geometry:
    """Return the ground (degrees, EPSG:4326) the sites of `plan` bring within reach."""
    network, rule = coverage.network, coverage.rule
    sites = plan.candidates.iloc[plan.rows]
    places = snapped(network, sites[_open(sites, coverage, hour)])
    cells = reached_cells(network, now.grid, places, rule.limit, rule.weight)
    return now.grid.area(cells & ~now.cells, network)


def _open(rows: gpd.GeoDataFrame, coverage: Coverage, hour: int | None) -> Flags:
    """Return which rows are open at `hour`, by their stated hours; all where no hour is asked."""
    if hour is None:
        return np.ones(len(rows), np.bool_)
    texts = rows["opening_hours"].fillna("").astype(str)
    monday = coverage.monday
    known = {
        text: bool(text) and bool(open_in_week(text, monday)[hour]) for text in sorted(set(texts))
    }
    return np.array([known[text] for text in texts], np.bool_)
