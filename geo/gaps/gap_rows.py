"""Gaps as rows of the layer: what adds up gap by gap, the facts of each, under GAPS columns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from geo.arrays import Floats
from geo.coverage.answer import Coverage
from geo.coverage.rule import CoverageRule
from geo.demand.spreading import whole
from geo.gaps.causes import CAUSES, Blame, Detours, detours, extensions, lacking_amenities
from geo.gaps.gap_reading import Cure, GapFacts, NearbyStation, read_gap
from geo.hours.week import main_hours, osm_hours
from geo.json_shapes import JsonRow
from geo.layers.vocabulary import Cause
from geo.network.street_network import StreetNetwork

_PLACE_CAUSES = (Cause.TOO_FAR, Cause.LACKS_AMENITY, Cause.UNREACHABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class GapGroups:
    """Gaps as groups of demand points.

    Attributes
    ----------
    points, start : (p,) int, (g + 1,) int
        Points of gap i are ``points[start[i]:start[i + 1]]``.
    seed : (g,) int
        The point of each gap with the most workers.
    workers : (p,) float64
        Workers of each of `points`.
    people, by_hour : (g,) float64, (g, 168) float64
        Workers, and workers unserved in each hour of the week.
    cause : (g,) int
        Index into CAUSES.
    """

    points: NDArray[np.intp]
    start: NDArray[np.intp]
    seed: NDArray[np.intp]
    workers: Floats
    people: Floats
    by_hour: Floats
    cause: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of gaps."""
        return len(self.seed)

    @classmethod
    def build(cls, coverage: Coverage, found: Blame, label: NDArray[np.intp]) -> GapGroups:
        """Group the points by `label`, the gap of each, -1 for none, (n,)."""
        points = np.flatnonzero(label >= 0)
        points = points[np.argsort(label[points], kind="stable")]
        n_gaps = int(label.max(initial=-1)) + 1
        start = np.searchsorted(label[points], np.arange(n_gaps + 1))
        workers = coverage.demand.workers[points]
        summing = csr_matrix((workers, np.arange(len(points)), start), (n_gaps, len(points)))
        busiest = np.lexsort((points, -workers, label[points]))
        seed = points[busiest[start[:-1]]]
        by_hour = summing @ found.missing[points].astype(np.float64)
        people = np.asarray(summing.sum(axis=1)).ravel()
        return cls(
            points=points,
            start=start,
            seed=seed,
            workers=workers,
            people=people,
            by_hour=by_hour,
            cause=found.cause[seed],
        )

    def whole_workers(self) -> NDArray[np.int64]:
        """Return workers in whole, (g,): those of place causes add up to the uncovered ones."""
        answer = np.zeros(len(self), np.int64)
        of_place = np.isin(self.cause, [CAUSES.index(cause) for cause in _PLACE_CAUSES])
        for kind in (of_place, ~of_place):
            answer[kind] = whole(self.people[kind])
        return answer

    def totals(self, keys: NDArray[np.object_]) -> list[list[tuple[str, float]]]:
        """Return for every gap the workers by key of its points, (p,), most first.

        A missing key counts for nobody.
        """
        codes, words = pd.factorize(keys)
        gap = np.repeat(np.arange(len(self)), np.diff(self.start))
        known = codes >= 0
        table = csr_matrix(
            (self.workers[known], (gap[known], codes[known])), (len(self), len(words))
        )
        answer = []
        for row in range(len(self)):
            here = slice(table.indptr[row], table.indptr[row + 1])
            pairs = zip(words[table.indices[here]], table.data[here].tolist(), strict=True)
            told = [(str(key), value) for key, value in pairs if key]
            answer.append(sorted(told, key=lambda pair: (-pair[1], pair[0])))
        return answer


def gather(
    network: StreetNetwork, coverage: Coverage, found: Blame, groups: GapGroups
) -> Iterator[GapFacts]:
    """Yield the facts of every gap, in the order of `groups`."""
    counts, owner = groups.whole_workers(), coverage.demand.owner[groups.points]
    told = {
        name: groups.totals(coverage.workers[name].to_numpy(object)[owner])
        for name in ("district", "subdistrict", "group", "setting")
    }
    ways = _ways(network, coverage, found, groups)
    round_about = _round_about(network, coverage, groups)
    cured = _cures(coverage, found, groups)
    lacks = lacking_amenities(coverage)
    piece_m = _piece_lengths(network, coverage, groups)
    for gap, (seed, workers) in enumerate(zip(groups.seed, counts.tolist(), strict=True)):
        lon, lat = coverage.demand.lonlat[seed]
        cause = CAUSES[groups.cause[gap]]
        yield GapFacts(
            cause=cause,
            place=f"{lon:.6f},{lat:.6f}",
            district=_most(told["district"][gap]),
            subdistrict=_most(told["subdistrict"][gap]),
            workers=workers,
            worker_hours=float(groups.by_hour[gap].sum()),
            groups=_shares(told["group"][gap], groups.people[gap], workers),
            settings=_shares(told["setting"][gap], groups.people[gap], workers),
            hours=main_hours(groups.by_hour[gap]),
            nearest=ways[gap],
            detour=round_about[gap],
            lacking=lacks(found.station[seed]) if cause is Cause.LACKS_AMENITY else (),
            cures=cured[gap],
            piece_m=piece_m[gap],
        )


def row_of(facts: GapFacts, rule: CoverageRule) -> JsonRow:
    """Return a gap's columns, rank and geometry left out; its place stands for the id."""
    reading = read_gap(facts, rule)
    near, detour = facts.nearest, facts.detour
    return {
        "gap_id": facts.place,
        "district": facts.district,
        "subdistrict": facts.subdistrict,
        "workers": facts.workers,
        "worker_hours": facts.worker_hours,
        "workers_by_group": json.dumps(facts.groups),
        "workers_by_setting": json.dumps(facts.settings),
        "cause": str(facts.cause),
        "hours": reading.hours,
        "nearest_station_id": near and near.station_id,
        "nearest_station_name": near and near.name,
        "nearest_m": near and near.street_m,
        "nearest_air_m": near and near.air_m,
        "lacking": ";".join(facts.lacking) or None,
        "detour_station_id": detour and detour.station_id,
        "detour_station_name": detour and detour.name,
        "detour_air_m": detour and detour.air_m,
        "detour_m": detour.street_m if detour and np.isfinite(detour.street_m) else None,
        "cures": _as_json(facts) if facts.cures else None,
        "reading_zh": reading.zh,
        "reading_en": reading.en,
    }


def _as_json(facts: GapFacts) -> str:
    """Write the cures for programs: ``osm_hours`` are the hours to add, in OSM syntax."""
    rows = [
        {
            "station_id": cure.station_id,
            "station_name": cure.name,
            "hours": cure.text.zh,
            "osm_hours": osm_hours(cure.hours),
            "workers": cure.workers,
            "worker_hours": round(cure.worker_hours, 1),
            "hours_stated": cure.hours_stated,
        }
        for cure in facts.cures
    ]
    return json.dumps(rows, ensure_ascii=False)


def _most(totals: list[tuple[str, float]]) -> str | None:
    return totals[0][0] if totals else None


def _shares(totals: list[tuple[str, float]], people: float, workers: int) -> dict[str, int]:
    """Round the workers by key so that they, and those without a key, add up to the gap's."""
    amounts = [value for _, value in totals]
    counts = whole([*amounts, max(0.0, people - sum(amounts))], workers)
    return {key: count for (key, _), count in zip(totals, counts.tolist()[:-1], strict=True)}


def _piece_lengths(
    network: StreetNetwork, coverage: Coverage, groups: GapGroups
) -> list[float | None]:
    """Return how long the connected streets of each gap are, None where it is on none."""
    segment = coverage.demand.snapped.segment[groups.seed]
    piece = np.where(segment >= 0, network.piece[segment], -1)
    return [float(network.piece_m[one]) if one >= 0 else None for one in piece.tolist()]


def _ways(
    network: StreetNetwork, coverage: Coverage, found: Blame, groups: GapGroups
) -> list[NearbyStation | None]:
    """Return the nearest station of each gap, from where most of its workers are."""
    stations, seed = coverage.stations, groups.seed
    ids, names = stations["id"].array, stations["name"].array
    there = network.to_metres(shapely.get_coordinates(stations.geometry.to_numpy()))
    here = network.to_metres(coverage.demand.lonlat[seed])
    return [
        NearbyStation(ids[row], names[row], float(np.hypot(*(at - there[row]))), float(street_m))
        if row >= 0
        else None
        for row, at, street_m in zip(
            found.station[seed].tolist(), here, found.station_m[seed], strict=True
        )
    ]


def _round_about(
    network: StreetNetwork, coverage: Coverage, groups: GapGroups
) -> list[NearbyStation | None]:
    """Return the station that only looks near, for gaps "too far"."""
    stations = coverage.stations[coverage.equipped]
    places = network.snap(np.column_stack([stations.geometry.x, stations.geometry.y]))
    far = np.flatnonzero(groups.cause == CAUSES.index(Cause.TOO_FAR))
    starts = coverage.demand.snapped.take(groups.seed[far])
    reach_m = coverage.rule.reach_m(network.walk_m_s)
    found: Detours = detours(network, starts, places, reach_m)
    ids, names = stations["id"].array, stations["name"].array
    answer: list[NearbyStation | None] = [None] * len(groups)
    for gap, row, air_m, street_m in zip(
        far.tolist(), found.station.tolist(), found.air_m, found.street_m, strict=True
    ):
        if row >= 0:
            answer[gap] = NearbyStation(ids[row], names[row], float(air_m), float(street_m))
    return answer


def _cures(coverage: Coverage, found: Blame, groups: GapGroups) -> list[list[Cure]]:
    """Return what would cure each gap "closed then"; nothing for the others."""
    pairs = coverage.pairs
    reach = csr_matrix(
        (np.ones(len(pairs.site), np.bool_), (pairs.point, pairs.site)),
        (pairs.n_points, pairs.n_sites),
    )[groups.points]
    ids, names = coverage.stations["id"].array, coverage.stations["name"].array
    stated = coverage.stations["opening_hours"].fillna("").ne("").to_numpy()
    answer: list[list[Cure]] = [[] for _ in range(len(groups))]
    for gap in np.flatnonzero(groups.cause == CAUSES.index(Cause.CLOSED_THEN)).tolist():
        mine = slice(groups.start[gap], groups.start[gap + 1])
        left = found.missing[groups.points[mine]].astype(np.float64)
        left *= groups.workers[mine, None]
        answer[gap] = [
            Cure(
                station_id=ids[one.station],
                name=names[one.station],
                hours=one.hours,
                workers=round(one.workers),
                worker_hours=one.worker_hours,
                hours_stated=bool(stated[one.station]),
            )
            for one in extensions(reach[mine], left, groups.workers[mine])
        ]
    return answer
