"""Gaps: neighbouring demand that is not served, as areas a planner can point at.

A gap is a set of demand points that are uncovered for the same cause and connected to each other
along streets. Every uncovered worker is in exactly one gap of a place cause (too far, lacks the
amenity, unreachable); workers served at some of their hours only are in gaps "closed then", and,
where a supply is given, those served at all hours but not in full in gaps "full".
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.arrays import Floats
from geo.coverage.answer import Coverage
from geo.crs import STORAGE_CRS
from geo.gaps.causes import blame
from geo.gaps.clusters import outlines, street_clusters
from geo.gaps.gap_rows import GapGroups, gather, row_of
from geo.hours.week import describe_hours
from geo.layers.columns import GAPS
from geo.network.street_network import StreetNetwork
from geo.place_names import PlaceNames, is_chinese
from geo.solving import Progress, silent
from geo.text import Text

__all__ = ["describe_hours", "find_gaps"]


_LINK_SHARE = 0.5
"""Chosen: within half the reach one new site serves both points."""
_LINK_MOST_M = 600.0
"""Chosen: with long limits gaps would else join into one."""
_RADIUS_SHARE = 0.5
"""Half a link: the discs of linked points touch."""
_STEPS = (Text("圈定缺口", "Drawing gaps"), Text("说明缺口", "Explaining gaps"))


def find_gaps(
    network: StreetNetwork,
    coverage: Coverage,
    *,
    link_m: float | None = None,
    supply: Floats | None = None,
    need: float = 1.0,
    progress: Progress = silent,
) -> gpd.GeoDataFrame:
    """Return all gaps, worst first, with GAPS columns (EPSG:4326).

    Rank follows the worker-hours a week that are not served. The workers of the gaps of a place
    cause add up to the uncovered workers, the worker-hours of all gaps (but "full") to the
    uncovered worker-hours.

    Parameters
    ----------
    network : StreetNetwork
        Streets the coverage was measured on.
    coverage : Coverage
        What is covered.
    link_m : float | None
        Points at most this far apart along streets belong to one gap; None takes half of the
        coverage limit, 600 m at most, so that a gap does not reach across a covered block.
    supply : (n,) float64 | None
        Room within reach for each visit expected of a demand point, NaN where not known
        (:attr:`geo.coverage.capacity.Capacity.supply_ratio`); None asks nothing of capacity.
    need : float
        The supply from which a worker is served in full.
    """
    progress(_STEPS[0], 0.0)
    if link_m is None:
        link_m = min(_LINK_MOST_M, _LINK_SHARE * coverage.rule.reach_m(network.walk_m_s))
    found = blame(network, coverage, supply, need)
    points = np.flatnonzero(found.cause >= 0)
    snapped = coverage.demand.snapped
    label = np.full(len(snapped), -1)
    label[points] = street_clusters(network, snapped.take(points), found.cause[points], link_m)
    groups = GapGroups.build(coverage, found, label)
    shapes = outlines(
        network.to_metres(coverage.demand.lonlat), label, len(groups), link_m * _RADIUS_SHARE
    )
    progress(_STEPS[1], 0.0)
    gathered = gather(network, coverage, found, groups)
    rows = [
        {**row_of(facts, coverage.rule), "name": where}
        for facts, where in zip(gathered, _names(network, coverage, groups), strict=True)
    ]
    names = [column.name for column in GAPS.columns]
    drawn = _in_degrees(network, shapes)
    frame = gpd.GeoDataFrame(rows, columns=names, geometry=drawn, crs=STORAGE_CRS)
    frame = frame.iloc[np.lexsort((frame["gap_id"], -frame["worker_hours"]))]
    frame = frame.reset_index(drop=True)
    frame["rank"] = np.arange(1, len(frame) + 1)
    frame["gap_id"] = [f"G{rank:04d}" for rank in frame["rank"]]
    for step in _STEPS:
        progress(step, 1.0)
    return frame


def _names(network: StreetNetwork, coverage: Coverage, groups: GapGroups) -> list[str | None]:
    """Return what people call the spot in each gap where most of its workers are."""
    told = PlaceNames(network).where(coverage.demand.lonlat[groups.seed])
    return [f"{where}一带" if is_chinese(where) else where or None for where in told]


def _in_degrees(network: StreetNetwork, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return shapes in metres as valid ones in lon/lat: rounding may fold a corner that touches."""
    degrees = np.asarray(shapely.transform(shapes, network.to_lonlat))
    folded = ~shapely.is_valid(degrees)
    degrees[folded] = shapely.make_valid(degrees[folded], method="structure", keep_collapsed=False)
    return degrees
