"""Why each recommended site: whom it adds, what is lost without it, and the next best choice."""

from __future__ import annotations

import json
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.coverage.analyse import Coverage
from geo.crs import STORAGE_CRS
from geo.layers.columns import SITES
from geo.layers.vocabulary import Action, Group
from geo.choosing.problem import CoveringProblem, Floats, Ints

_NAMED_GROUPS = 3


@dataclass(frozen=True)
class SiteFacts:
    """What the reasons are drawn from.

    Attributes
    ----------
    problem : CoveringProblem
        The problem solved.
    candidates : GeoDataFrame
        CANDIDATES layer.
    coverage : Coverage
        Coverage before the plan.
    stations : GeoDataFrame
        Existing stations that count, in the order `near_station` refers to.
    order, phase : (q,) int32
        Chosen candidates by rank, and the phase of each.
    near_station : (q,) int32
        Row of the nearest existing station, -1 where none can be reached.
    near_m : (q,) float64
        Street distance to it in metres.
    """

    problem: CoveringProblem
    candidates: gpd.GeoDataFrame
    coverage: Coverage
    stations: gpd.GeoDataFrame
    order: Ints
    phase: Ints
    near_station: Ints
    near_m: Floats


def explain_sites(facts: SiteFacts) -> gpd.GeoDataFrame:
    """Return the recommended sites by rank with SITES columns (EPSG:4326)."""
    left = facts.problem.weight.copy()
    times = facts.problem.times_covered(facts.order)
    rows = []
    for rank, site in enumerate(facts.order.tolist(), start=1):
        reach = facts.problem.reach(site)
        rows.append(_row(facts, rank, site, reach, left[reach], times))
        left[reach] = 0.0
    names = [column.name for column in SITES.columns]
    return gpd.GeoDataFrame(rows, columns=[*names, "geometry"], crs=STORAGE_CRS)


def _row(
    facts: SiteFacts, rank: int, site: int, reach: Ints, new: Floats, times: Ints
) -> dict[str, object]:
    candidate = facts.candidates.iloc[site]
    groups = _by_group(facts, reach, new)
    alone = reach[times[reach] == 1]
    lost = float(facts.problem.weight[alone].sum())
    other, gained = _runner_up(facts, site, alone, times)
    station = int(facts.near_station[rank - 1])
    row: dict[str, object] = {
        "rank": rank,
        "phase": int(facts.phase[rank - 1]),
        "action": str(Action.OPEN),
        "target_id": candidate["id"],
        "name": candidate["name"],
        "host": candidate["host"],
        "address": candidate["address"],
        "district": candidate["district"],
        "subdistrict": candidate["subdistrict"],
        "workers_new": float(new.sum()),
        "workers_lost": lost,
        "workers_by_group": json.dumps({name: round(value) for name, value in groups.items()}),
        "cost_cny": candidate["cost_cny"],
        "nearest_station_id": facts.stations["id"].iloc[station] if station >= 0 else None,
        "nearest_station_name": facts.stations["name"].iloc[station] if station >= 0 else None,
        "nearest_m": float(facts.near_m[rank - 1]) if station >= 0 else None,
        "runner_up_id": facts.candidates["id"].iloc[other] if other >= 0 else None,
        "runner_up_name": facts.candidates["name"].iloc[other] if other >= 0 else None,
        "runner_up_loss": lost - gained if other >= 0 else lost,
        "geometry": candidate.geometry,
    }
    return row | {"reason_zh": _reason_zh(row, groups), "reason_en": _reason_en(row, groups)}


def _by_group(facts: SiteFacts, reach: Ints, new: Floats) -> dict[str, float]:
    owners = facts.coverage.demand.owner[reach]
    names = facts.coverage.workers["group"].to_numpy()[owners]
    totals = pd.Series(new).groupby(names).sum().sort_values(ascending=False, kind="stable")
    return {str(name): float(value) for name, value in totals.items() if value > 0}


def _runner_up(facts: SiteFacts, site: int, alone: Ints, times: Ints) -> tuple[int, float]:
    """Return the best candidate to open instead, and what it would cover without `site`."""
    problem = facts.problem
    open_again = np.where(times == 0, problem.weight, 0.0)
    open_again[alone] = problem.weight[alone]
    gains = problem.covers @ open_again
    gains[~problem.may_open] = -1.0
    gains[facts.order] = -1.0
    rest = facts.order[facts.order != site]
    for other in np.argsort(-gains, kind="stable")[:20]:
        if gains[other] < 0:
            break
        if problem.allows(np.append(rest, np.int32(other))):
            return int(other), float(gains[other])
    return -1, 0.0


def _reason_zh(row: dict[str, object], groups: dict[str, float]) -> str:
    people = "、".join(f"{Group(name).text.zh}{value:,.0f}人"
                      for name, value in list(groups.items())[:_NAMED_GROUPS])  # fmt: skip
    parts = [
        f"新增覆盖 {row['workers_new']:,.0f} 名职工" + (f"（主要为{people}）" if people else "")
    ]
    if row["nearest_station_name"]:
        parts.append(
            f"现有最近站点“{row['nearest_station_name']}”沿路距离 {row['nearest_m']:,.0f} 米"
        )
    parts.append(f"若不设此点将少覆盖 {row['workers_lost']:,.0f} 人")
    if row["runner_up_name"]:
        parts.append(f"备选“{row['runner_up_name']}”会少 {row['runner_up_loss']:,.0f} 人")
    return "；".join(parts) + "。"


def _reason_en(row: dict[str, object], groups: dict[str, float]) -> str:
    people = ", ".join(f"{value:,.0f} {Group(name).text.en.lower()}"
                       for name, value in list(groups.items())[:_NAMED_GROUPS])  # fmt: skip
    parts = [f"Newly covers {row['workers_new']:,.0f} workers" + (f" ({people})" if people else "")]
    if row["nearest_station_name"]:
        parts.append(f"the nearest station is {row['nearest_m']:,.0f} m away by street")
    parts.append(f"without it {row['workers_lost']:,.0f} fewer would be covered")
    if row["runner_up_name"]:
        parts.append(
            f"the runner-up {row['runner_up_id']} covers {row['runner_up_loss']:,.0f} fewer"
        )
    return "; ".join(parts) + "."
