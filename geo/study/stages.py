"""What a study takes from an earlier process instead of computing it: stages, by what they read.

A stage is kept as arrays and tables under the layers it read and the rule it followed. Whoever
keeps them (:mod:`data.store.project_stages`) sees to it that other layers, streets or another
program never match. What does not fit the layers in hand, whatever its key says, is computed
again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.arrays import Parts, array_of, table_of
from geo.coverage.analyse import Survey, classes_of
from geo.coverage.answer import Coverage
from geo.coverage.rule import CoverageRule
from geo.demand.points import Demand
from geo.layers.columns import LAYERS, layers_with
from geo.layers.roles import Role
from geo.network.street_network import Snapped, StreetNetwork
from geo.reach.catchments import Catchments
from geo.reach.labels import Nearest

STREETS = "streets"
ON_STREETS = (*layers_with(Role.READ_BY_COVERAGE), STREETS)
"""What coverage and gaps read."""
WITH_CANDIDATES = (*ON_STREETS, *layers_with(Role.READ_BY_SITING))
"""What siting reads beside."""


class Stages(Protocol):
    """Keeps stages beyond this process."""

    def load(self, stage: str, reads: tuple[str, ...], rule: str) -> Parts | None:
        """Return what was kept of `stage` under the same `reads` and `rule`; None for nothing."""

    def save(self, stage: str, reads: tuple[str, ...], rule: str, parts: Parts) -> None:
        """Keep `parts`, if it can be done; never raises over a disk."""

    def forget(self, stage: str, reads: tuple[str, ...], rule: str) -> None:
        """Drop what was kept: it does not fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateReach:
    """The candidates on the streets.

    Attributes
    ----------
    places : Snapped
        Where they are.
    pairs : Catchments
        Whom they reach.
    nearest_stations : DataFrame
        The stations next to each.
    """

    places: Snapped
    pairs: Catchments
    nearest_stations: pd.DataFrame


def survey_parts(seen: Survey) -> Parts:
    """Return a survey as arrays; layers and classes are those of the study it is read into."""
    demand = seen.demand
    return {
        "lonlat": demand.lonlat,
        "workers": demand.workers,
        "owner": demand.owner,
        "active": demand.active,
        "class_cost": seen.class_cost,
        **_snapped_parts("point", demand.snapped),
        **_snapped_parts("place", seen.places),
    }


def survey_of(
    parts: Parts,
    network: StreetNetwork,
    stations: gpd.GeoDataFrame,
    workers: gpd.GeoDataFrame,
    rule: CoverageRule,
) -> Survey:
    """Return the survey kept as `parts`; raise ValueError or KeyError where it does not fit."""
    considered = stations[rule.of_kind(stations)].reset_index(drop=True)
    equipped = rule.equipped(considered)
    names, _ = classes_of(considered[equipped])
    points, places = _snapped("point", parts, network), _snapped("place", parts, network)
    demand = Demand(
        array_of(parts, "lonlat"),
        array_of(parts, "workers"),
        array_of(parts, "owner"),
        array_of(parts, "active"),
        points,
    )
    class_cost = array_of(parts, "class_cost")
    _need(len(places) == int(equipped.sum()))
    _need(class_cost.shape == (len(names), len(demand)) and len(points) == len(demand))
    _need(len(demand.active) == len(workers))
    _need(not len(demand) or 0 <= demand.owner.min() <= demand.owner.max() < len(workers))
    return Survey(
        network=network,
        workers=workers,
        stations=considered,
        demand=demand,
        equipped=equipped,
        places=places,
        classes=names,
        class_cost=class_cost,
    )


def reach_parts(coverage: Coverage) -> Parts:
    """Return what a coverage looks up on the streets when siting first asks for it."""
    found = coverage.alternatives
    return {**_pair_parts("own", coverage.pairs), "near_site": found.site, "near_cost": found.cost}


def remember_reach(coverage: Coverage, parts: Parts) -> Coverage:
    """Give `coverage` what :func:`reach_parts` kept; raise ValueError or KeyError if it misfits."""
    pairs = _pairs("own", parts)
    _need(pairs.n_sites == len(coverage.stations) and pairs.n_points == len(coverage.demand))
    near = Nearest(array_of(parts, "near_site"), array_of(parts, "near_cost"))
    _need(near.site.shape == near.cost.shape and len(near.site) == len(coverage.demand))
    _need(not near.site.size or near.site.max() < len(coverage.stations))
    # Cached properties, as if they had been asked for already.
    coverage.__dict__["pairs"] = pairs
    coverage.__dict__[f"by_{coverage.rule.weight.partition('_')[0]}"] = near
    return coverage


def candidate_parts(reach: CandidateReach) -> Parts:
    """Return the candidates on the streets, whom they reach and the stations next to them."""
    return {
        **_snapped_parts("site", reach.places),
        **_pair_parts("site", reach.pairs),
        "nearest": reach.nearest_stations,
    }


def candidates_of(
    parts: Parts, network: StreetNetwork, n_candidates: int, n_points: int
) -> CandidateReach:
    """Return what :func:`candidate_parts` kept; raise ValueError or KeyError if it misfits."""
    places, pairs = _snapped("site", parts, network), _pairs("site", parts)
    near = table_of(parts, "nearest")
    _need(len(places) == len(near) == pairs.n_sites == n_candidates and pairs.n_points == n_points)
    return CandidateReach(places=places, pairs=pairs, nearest_stations=near)


def gaps_of_parts(parts: Parts) -> gpd.GeoDataFrame:
    """Return the gaps; raise ValueError or KeyError where the table is not one of gaps."""
    gaps = parts["gaps"]
    if not isinstance(gaps, gpd.GeoDataFrame):
        raise ValueError("gaps")  # noqa: EM101, TRY004 - as above
    _need({column.name for column in LAYERS["gaps"].columns} <= set(gaps.columns))
    return gaps


def _need(fits: bool) -> None:  # noqa: FBT001
    if not fits:
        raise ValueError


def _snapped_parts(name: str, snapped: Snapped) -> Parts:
    return {
        f"{name}_lonlat": snapped.lonlat,
        f"{name}_segment": snapped.segment,
        f"{name}_fraction": snapped.fraction,
        f"{name}_access_m": snapped.access_m,
    }


def _snapped(name: str, parts: Parts, network: StreetNetwork) -> Snapped:
    found = Snapped(
        array_of(parts, f"{name}_lonlat"),
        array_of(parts, f"{name}_segment"),
        array_of(parts, f"{name}_fraction"),
        array_of(parts, f"{name}_access_m"),
    )
    _need(not len(found) or int(found.segment.max()) < len(network.start))
    _need(len(found.lonlat) == len(found.segment) == len(found.fraction) == len(found.access_m))
    return found


def _pair_parts(name: str, pairs: Catchments) -> Parts:
    return {
        f"{name}_begin": pairs.begin,
        f"{name}_point": pairs.point,
        f"{name}_cost": pairs.cost,
        f"{name}_n_points": np.array(pairs.n_points),
    }


def _pairs(name: str, parts: Parts) -> Catchments:
    begin, point = array_of(parts, f"{name}_begin"), array_of(parts, f"{name}_point")
    cost, n_points = array_of(parts, f"{name}_cost"), int(array_of(parts, f"{name}_n_points"))
    _need(len(point) == len(cost) == int(begin[-1]) and bool((np.diff(begin) >= 0).all()))
    _need(not len(point) or 0 <= point.min() <= point.max() < n_points)
    return Catchments(begin, point, cost, n_points)
