"""Gaps: neighbouring demand that is not served, as areas a planner can point at.

A gap is a set of demand points that are uncovered for the same cause and connected to each other
along streets. Every uncovered worker is in exactly one gap of a place cause (too far, lacks the
amenity, unreachable); workers served at some of their hours only are in gaps "closed then".
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geo.coverage.analyse import Coverage
from geo.crs import STORAGE_CRS
from geo.layers.columns import GAPS
from geo.layers.vocabulary import Cause
from geo.network.street_network import ACCESS_SPEED_M_S, StreetNetwork
from geo.reach.catchments import catchments
from geo.reach.nearest import nearest
from geo.solving import Progress, silent
from geo.text import Text

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_LINK_SHARE = 0.5
_LINK_MOST_M = 600.0
_HALO_SHARE = 0.25
_TOLD = ("district", "subdistrict", "group", "setting")
_STEP = Text("圈定缺口", "Drawing gaps")
_DAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def find_gaps(
    network: StreetNetwork,
    coverage: Coverage,
    *,
    link_m: float | None = None,
    progress: Progress = silent,
) -> gpd.GeoDataFrame:
    """Return all gaps, worst first, with GAPS columns (EPSG:4326).

    Rank follows the worker-hours a week that are not served.

    Parameters
    ----------
    network : StreetNetwork
        Streets the coverage was measured on.
    coverage : Coverage
        What is covered.
    link_m : float | None
        Points at most this far apart along streets belong to one gap; None takes half of the
        coverage limit, 600 m at most, so that a gap does not reach across a covered block.
    """
    progress(_STEP, 0.0)
    link_m = _usual_link_m(coverage) if link_m is None else link_m
    demand = coverage.demand
    cause = _causes(network, coverage)
    uncovered = demand.active_hours - coverage.hours_covered
    asked = (uncovered > 0) & (demand.workers > 0) & (cause >= 0)
    points = np.flatnonzero(asked)
    label = _clusters(network, coverage, points, cause[points], link_m)
    order = np.argsort(label, kind="stable")
    members = np.split(points[order], np.flatnonzero(np.diff(label[order])) + 1)
    halo_m = link_m * _HALO_SHARE
    told = {name: coverage.workers[name].to_numpy(object) for name in _TOLD}
    rows = [
        _gap(network, coverage, these, list(Cause)[cause[these[0]]], halo_m, told)
        for these in members
        if len(these)
    ]
    frame = gpd.GeoDataFrame(rows, columns=[*_names(), "geometry"], crs=STORAGE_CRS)
    frame = frame.sort_values(["worker_hours", "gap_id"], ascending=[False, True])
    frame = frame.reset_index(drop=True)
    frame["rank"] = np.arange(1, len(frame) + 1)
    frame["gap_id"] = [f"G{rank:04d}" for rank in frame["rank"]]
    progress(_STEP, 1.0)
    return frame


def _usual_link_m(coverage: Coverage) -> float:
    rule = coverage.rule
    limit_m = rule.limit if rule.weight == "distance_m" else rule.limit * ACCESS_SPEED_M_S
    return min(_LINK_MOST_M, _LINK_SHARE * limit_m)


def _names() -> list[str]:
    return [column.name for column in GAPS.columns]


def _causes(network: StreetNetwork, coverage: Coverage) -> NDArray[np.int64]:
    """Return why each point is not served at all its hours, as an index into Cause; -1 if it is."""
    order = list(Cause)
    cause = np.full(len(coverage.demand), -1)
    cause[coverage.hours_covered < coverage.demand.active_hours] = order.index(Cause.CLOSED_THEN)
    cause[~coverage.covered] = order.index(Cause.TOO_FAR)
    bare = coverage.stations[~coverage.equipped]
    if len(bare):
        places = network.snap(np.column_stack([bare.geometry.x, bare.geometry.y]))
        near = nearest(network, coverage.demand.snapped, places, weight=coverage.rule.weight)
        lacking = ~coverage.covered & (near.cost[:, 0] <= coverage.rule.limit)
        cause[lacking] = order.index(Cause.LACKS_AMENITY)
    cause[~coverage.demand.snapped.reachable] = order.index(Cause.UNREACHABLE)
    return cause


def _clusters(
    network: StreetNetwork,
    coverage: Coverage,
    points: NDArray[np.intp],
    cause: NDArray[np.int64],
    link_m: float,
) -> NDArray[np.int32]:
    """Give the connected points of one cause the same number."""
    places = coverage.demand.snapped.take(points)
    links = catchments(network, places, places, link_m, weight="distance_m")
    same = cause[links.site] == cause[links.point]
    graph = coo_matrix(
        (np.ones(int(same.sum()), np.int8), (links.site[same], links.point[same])),
        (len(points), len(points)),
    )
    _, label = connected_components(graph, directed=False)
    numbers: NDArray[np.int32] = label
    return numbers


def _gap(
    network: StreetNetwork,
    coverage: Coverage,
    points: NDArray[np.intp],
    cause: Cause,
    halo_m: float,
    told: Mapping[str, NDArray[np.object_]],
) -> dict[str, object]:
    demand = coverage.demand
    people = demand.workers[points]
    owner = demand.owner[points]
    missing = demand.active[owner] & ~coverage.open_hours[points]
    by_hour = people @ missing
    district = _most(told["district"][owner], people)
    seed = points[people.argmax()]
    station = int(coverage.nearest_station[seed])
    return {
        "gap_id": f"{demand.lonlat[seed][0]:.6f},{demand.lonlat[seed][1]:.6f}",
        "rank": 0,
        "district": district,
        "subdistrict": _most(told["subdistrict"][owner], people),
        "workers": round(float(people.sum())),
        "worker_hours": float(by_hour.sum()),
        "workers_by_group": _shares(told["group"][owner], people),
        "workers_by_setting": _shares(told["setting"][owner], people),
        "cause": str(cause),
        "hours": describe_hours(by_hour),
        "nearest_station_id": coverage.stations["id"].array[station] if station >= 0 else None,
        "nearest_station_name": coverage.stations["name"].array[station] if station >= 0 else None,
        "nearest_m": float(coverage.nearest_m[seed]) if station >= 0 else None,
        "geometry": _outline(network, demand.lonlat[points], halo_m),
    }


def _totals(keys: NDArray[np.object_], people: Floats) -> list[tuple[str, float]]:
    """Return the workers by key, most first; keys that are missing count for nobody."""
    totals: dict[str, float] = {}
    for key, count in zip(keys.tolist(), people.tolist(), strict=True):
        if isinstance(key, str) and key:
            totals[key] = totals.get(key, 0.0) + count
    return sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))


def _most(keys: NDArray[np.object_], people: Floats) -> str | None:
    totals = _totals(keys, people)
    return totals[0][0] if totals else None


def _shares(keys: NDArray[np.object_], people: Floats) -> str:
    return json.dumps({key: round(value) for key, value in _totals(keys, people)})


def _outline(network: StreetNetwork, lonlat: Floats, halo_m: float) -> shapely.Geometry:
    """Draw the points' surroundings as one valid shape (EPSG:4326)."""
    discs = shapely.buffer(shapely.points(network.to_metres(lonlat)), halo_m, quad_segs=4)
    joined = shapely.union_all(discs).buffer(halo_m).buffer(-halo_m).simplify(8.0)
    return shapely.transform(joined, network.to_lonlat)


def describe_hours(by_hour: Floats) -> str:
    """Say in Chinese when demand goes unserved: hours above a tenth of the worst, by day.

    Parameters
    ----------
    by_hour : (168,) float64
        Workers unserved in each hour of the week, Monday 00:00 first.
    """
    days = (by_hour > 0.1 * by_hour.max(initial=0.0)).reshape(7, 24)
    if days.all():
        return "全天"
    spans = [_spans(day) for day in days]
    parts: list[str] = []
    first = 0
    for last in range(7):
        if last < 6 and spans[last + 1] == spans[first]:  # noqa: PLR2004 - Sunday ends the week
            continue
        if spans[first]:
            name = _DAYS[first] if first == last else f"{_DAYS[first]}至{_DAYS[last]}"
            parts.append(f"{'每天' if (first, last) == (0, 6) else name} {spans[first]}")
        first = last + 1
    return "；".join(parts)


def _spans(day: Flags) -> str:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], day, [False]]).astype(np.int8)))
    return "、".join(
        f"{begin}:00–{end}:00" for begin, end in zip(edges[::2], edges[1::2], strict=True)
    )
