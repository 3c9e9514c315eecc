"""Whose coverage is measured: a station for women only (爱心妈妈小屋) serves nobody else.

The workers layer tells one number of women, those aged 35 to 59 (``women_35_59``). They are the
only women that can be told from the rest, so coverage by such stations is measured for them; it
says nothing of younger or older women, and a concentration that does not state the number counts
as having none (:attr:`AudienceDemand.unstated_workers` says how many workers that concerns).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo.arrays import Flags, Floats
from geo.coverage.rule import CoverageRule, women_only
from geo.demand.points import Demand
from geo.errors import BadInputError
from geo.layers.vocabulary import WOMEN_ONLY_KINDS
from geo.text import Text


@dataclass(frozen=True, slots=True)
class AudienceDemand:
    """The demand a rule asks about.

    Attributes
    ----------
    demand : Demand
        Points of the groups asked for. Where stations for women only and others both count, every
        point stands twice: once with its women, once with the rest.
    point : (n,) intp
        The point of the whole demand each one is (part of).
    women : (n,) bool
        Whether it holds women only.
    unstated_workers : float
        Workers asked about whose number of women is needed but not stated.
    """

    demand: Demand
    point: NDArray[np.intp]
    women: Flags
    unstated_workers: float


def audience(
    demand: Demand, workers: gpd.GeoDataFrame, stations: gpd.GeoDataFrame, rule: CoverageRule
) -> AudienceDemand:
    """Return the part of `demand` that `rule` asks about, parted by whom the stations serve.

    Parameters
    ----------
    demand : Demand
        All demand points of `workers`.
    stations : GeoDataFrame
        Those of a counting kind and status.

    Raises
    ------
    BadInputError
        If a concentration has more women than workers.
    """
    asked = np.flatnonzero(rule.asks_for(workers)[demand.owner])
    only_women, mixed = _serves(stations, rule)
    if not (only_women or mixed):
        return _audience(demand, asked, demand.workers[asked], np.zeros(len(asked), np.bool_))
    share, stated = _women_share(workers)
    women = demand.workers[asked] * share[demand.owner[asked]]
    unstated = float(demand.workers[asked][~stated[demand.owner[asked]]].sum())
    if only_women:
        return _audience(demand, asked, women, np.ones(len(asked), np.bool_), unstated)
    some = women > 0
    point = np.concatenate([asked, asked[some]])
    people = np.concatenate([demand.workers[asked] - women, women[some]])
    return _audience(demand, point, people, np.arange(len(point)) >= len(asked), unstated)


def _audience(
    demand: Demand, point: NDArray[np.intp], people: Floats, women: Flags, unstated: float = 0.0
) -> AudienceDemand:
    part = replace(
        demand,
        lonlat=demand.lonlat[point],
        workers=people,
        owner=demand.owner[point],
        snapped=demand.snapped.take(point),
    )
    return AudienceDemand(part, point, women, unstated)


def _serves(stations: gpd.GeoDataFrame, rule: CoverageRule) -> tuple[bool, bool]:
    """Return whether only stations for women count, and whether they count beside others."""
    if rule.kinds:
        asked = {kind in WOMEN_ONLY_KINDS for kind in rule.kinds}
        return asked == {True}, asked == {True, False}
    return False, bool(women_only(stations).any())


def _women_share(workers: gpd.GeoDataFrame) -> tuple[Floats, Flags]:
    """Return the share of women in each concentration (0 where not stated), and where stated."""
    if "women_35_59" not in workers.columns:
        return np.zeros(len(workers)), np.zeros(len(workers), np.bool_)
    women = workers["women_35_59"].to_numpy(np.float64, na_value=np.nan)
    people = workers["workers"].to_numpy(np.float64, na_value=np.nan)
    wrong = (women > people) | (women < 0)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise BadInputError(
            Text(
                f"聚集点 {workers['id'].iloc[row]} 有女职工 {women[row]:g} 人、职工 "
                f"{people[row]:g} 人：女职工应在 0 与职工人数之间。",
                f"Concentration {workers['id'].iloc[row]} has {women[row]:g} women among "
                f"{people[row]:g} workers: give from 0 up to the number of workers.",
            )
        )
    stated = ~np.isnan(women)
    return np.where(stated, women, 0.0) / np.maximum(people, 1e-300), stated
