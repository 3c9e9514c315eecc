"""Why a point is not served at all its hours, by which station it might be, and what would cure it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree

from geo.arrays import Flags, Floats
from geo.coverage.answer import Coverage
from geo.coverage.rule import women_only
from geo.layers.vocabulary import Amenity, Cause
from geo.network.street_network import Snapped, StreetNetwork
from geo.reach.catchments import catchments
from geo.reach.labels import nearest

CAUSES = tuple(Cause)
"""What the numbers in :attr:`Blame.cause` stand for."""


@dataclass(frozen=True, slots=True)
class Blame:
    """What keeps each point from being served.

    Attributes
    ----------
    cause : (n,) int64
        Index into :data:`CAUSES`; -1 where nothing does.
    missing : (n, 168) float32
        Part of the point's workers not served in each hour of the week.
    station : (n,) int32
        Row of the nearest station of the kinds that count: of those with the amenities, or,
        where that is the cause, of those without; -1 where there is no way to any.
    station_m : (n,) float64
        Street distance to it in metres, inf where there is none.
    """

    cause: NDArray[np.int64]
    missing: NDArray[np.float32]
    station: NDArray[np.int32]
    station_m: Floats


def blame(network: StreetNetwork, coverage: Coverage, supply: Floats | None, need: float) -> Blame:
    """Find the one cause of every point that is not served at all its hours.

    Unreachable is who lies on no street, or on a piece of streets from which no way leads to a
    station. A cause of place (too far, lacks the amenity, unreachable) goes before one of time (closed
    then), and that before "full", which is asked only where `supply` is given: capacity within
    reach per worker, (n,), such as a floating catchment's; below `need` the share that is short
    goes unserved.
    """
    active = coverage.demand.active[coverage.demand.owner]
    missing = (active & ~coverage.open_hours).astype(np.float32)
    cause = np.full(len(coverage.demand), -1)
    if supply is not None:
        short = (supply < need) & active.any(axis=1)
        cause[short] = CAUSES.index(Cause.FULL)
    closed = coverage.hours_covered < coverage.demand.active_hours
    cause[closed] = CAUSES.index(Cause.CLOSED_THEN)
    if supply is not None:
        full = cause == CAUSES.index(Cause.FULL)
        missing[full] = active[full] * (1 - supply[full] / need).astype(np.float32)[:, None]
    cause[~coverage.covered] = CAUSES.index(Cause.TOO_FAR)
    station, station_m = coverage.nearest_station.copy(), coverage.nearest_m.copy()
    lacking, bare, bare_m = _ill_equipped(network, coverage)
    cause[lacking] = CAUSES.index(Cause.LACKS_AMENITY)
    station[lacking], station_m[lacking] = bare[lacking], bare_m[lacking]
    lost = ~coverage.demand.snapped.reachable
    station[lost], station_m[lost] = -1, np.inf
    cause[lost | _cut_off(coverage, station)] = CAUSES.index(Cause.UNREACHABLE)
    cause[~missing.any(axis=1) | (coverage.demand.workers <= 0)] = -1
    return Blame(cause, missing, station, station_m)


def cut_off_workers(coverage: Coverage) -> float:
    """Return the workers on streets from which no way leads to a station that would serve them."""
    cut = _cut_off(coverage, coverage.nearest_station) & coverage.demand.snapped.reachable
    return float(coverage.demand.workers[cut].sum())


def _cut_off(coverage: Coverage, station: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return the points from which no way leads to any station, though some would serve them."""
    equipped = coverage.equipped
    for_others = (equipped & ~women_only(coverage.stations)).any()
    served = np.where(coverage.women, equipped.any(), for_others)
    return served & (station < 0) & ~coverage.covered


def _ill_equipped(
    network: StreetNetwork, coverage: Coverage
) -> tuple[NDArray[np.bool_], NDArray[np.int32], Floats]:
    """Return which points only a station without the amenities is near, and that station."""
    n = len(coverage.demand)
    rows = np.flatnonzero(~coverage.equipped)
    station, cost, metres = np.full(n, -1, np.int32), np.full(n, np.inf), np.full(n, np.inf)
    closed_to_men = women_only(coverage.stations)[rows]
    for serving, mine in ((coverage.women, rows), (~coverage.women, rows[~closed_to_men])):
        if not len(mine) or not serving.any():
            continue
        bare = coverage.stations.iloc[mine]
        places = network.snap(np.column_stack([bare.geometry.x, bare.geometry.y]))
        points = coverage.demand.snapped.take(serving)
        near = nearest(network, points, places, weight=coverage.rule.weight)
        station[serving] = np.append(mine, -1)[near.site[:, 0]]
        cost[serving] = near.cost[:, 0]
        metres[serving] = nearest(network, points, places).cost[:, 0]
    return ~coverage.covered & (cost <= coverage.rule.limit), station, metres


def lacking_amenities(coverage: Coverage) -> Callable[[int], tuple[Amenity, ...]]:
    """Return a function that tells which amenities asked for a station's row lacks."""
    held = _held(coverage.stations)
    wanted = coverage.rule.amenities
    return lambda row: tuple(one for one in wanted if str(one) not in held[row])


def _held(stations: gpd.GeoDataFrame) -> list[set[str]]:
    return [set(words.split(";")) for words in stations["amenities"].fillna("")]


_SEARCHED = 6.0
"""Chosen: ways up to six times the limit are looked for; who is farther is as good as cut off."""
_DETOUR = 1.5
"""Chosen: a way 1.5 times the straight line is a detour; city streets take 1.2 to 1.4."""


@dataclass(frozen=True, slots=True)
class Detours:
    """For each point, the station nearest in the air where the way to it is much longer.

    Attributes
    ----------
    station : (n,) int64
        Row of it, -1 where the nearest in the air is no detour.
    air_m, street_m : (n,) float64
        Straight and by street, metres; `street_m` is inf where the way is longer than six
        times the limit, or there is none.
    """

    station: NDArray[np.int64]
    air_m: Floats
    street_m: Floats


def detours(network: StreetNetwork, points: Snapped, stations: Snapped, limit_m: float) -> Detours:
    """Find points whose nearest station in the air is within `limit_m`, but not by street.

    The way must also be more than half as long again as the straight line: any way through a
    grid of streets is longer by up to 1.41.
    """
    answer = Detours(
        np.full(len(points), -1), np.full(len(points), np.inf), np.full(len(points), np.inf)
    )
    if not len(points) or not len(stations):
        return answer
    tree = cKDTree(network.to_metres(stations.lonlat))
    air_m, station = tree.query(network.to_metres(points.lonlat))
    near = np.flatnonzero(air_m <= limit_m)
    sites, column = np.unique(station[near], return_inverse=True)
    pairs = catchments(network, stations.take(sites), points.take(near), _SEARCHED * limit_m)
    street_m = np.full(len(near), np.inf)
    own = column[pairs.point] == pairs.site
    street_m[pairs.point[own]] = pairs.cost[own]
    far = street_m > np.maximum(limit_m, _DETOUR * air_m[near])
    rows = near[far]
    answer.station[rows], answer.air_m[rows] = station[rows], air_m[rows]
    answer.street_m[rows] = street_m[far]
    return answer


@dataclass(frozen=True, slots=True)
class Extension:
    """Hours one station would have to open besides its own.

    Attributes
    ----------
    station : int
        Row of the station.
    hours : (168,) bool
        The hours to add, Monday 00:00 first.
    workers : float
        Workers it serves in hours when no station and no extension before it does.
    worker_hours : float
        Worker-hours a week it adds to the extensions before it.
    """

    station: int
    hours: Flags
    workers: float
    worker_hours: float


def extensions(reach: csr_matrix, unserved: Floats, workers: Floats) -> list[Extension]:
    """Choose stations to open longer until every hour within their reach is served.

    Greedy: each time the station that adds the most worker-hours; of equals the first. That
    serves everybody any choice can, with at most a factor 1 + ln of the worker-hours more
    stations than the fewest possible (Wolsey 1982, submodular set covering).

    Parameters
    ----------
    reach : (n, s) sparse
        Non-zero where a station is within the limit of a point.
    unserved : (n, 168) array
        Workers of each point not served in each hour.
    workers : (n,) array
        Workers of each point.
    """
    columns = np.unique(reach.indices)
    within = reach[:, columns].tocsc().astype(bool).astype(np.float64)
    left = unserved.copy()
    gains = np.asarray(within.T @ left.sum(axis=1))
    chosen: list[Extension] = []
    while len(columns) and gains.max() > 0:
        best = int(gains.argmax())
        points = within.indices[within.indptr[best] : within.indptr[best + 1]]
        added = left[points]
        served = added.sum(axis=1) > 0
        chosen.append(
            Extension(
                int(columns[best]),
                added.sum(axis=0) > 0,
                float(workers[points[served]].sum()),
                float(added.sum()),
            )
        )
        left[points] = 0.0
        gains = np.asarray(within.T @ left.sum(axis=1))
    return chosen
