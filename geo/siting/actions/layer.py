"""The chosen actions as the layer ``actions``: what is done where, for whom, at what price, why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.arrays import Floats
from geo.crs import STORAGE_CRS
from geo.gaps.clusters import gaps_named
from geo.hours import hours_text
from geo.json_shapes import JsonRow
from geo.layers.columns import ACTIONS
from geo.layers.vocabulary import Action
from geo.siting.actions.action import PossibleAction
from geo.siting.models.covering_problem import CoveringProblem
from geo.siting.models.linear_rule import (
    YUAN_A_UNIT,
)
from geo.siting.models.site_rules import text_of
from geo.siting.plan.reasons import Reason, by_word, groups_text, reasons
from geo.siting.solver.local_search import CandidateSet
from geo.text import Text

_COPIED = ("host", "address", "district", "subdistrict")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ActionWords:
    """What the words about an action are made of.

    Attributes
    ----------
    stations, candidates : GeoDataFrame
        As in the situation.
    demand : DataFrame
        Points with ``group``, ``setting`` and, where known, ``gap_id``.
    nearest : DataFrame
        Nearest existing station of each candidate.
    actions : Sequence[PossibleAction]
        All there were.
    point, people : (r,) int64
        Demand point, and row of the people, of each demand row of the problem.
    workers : (r,) float64
        Workers of those people.
    """

    stations: gpd.GeoDataFrame
    candidates: gpd.GeoDataFrame
    demand: pd.DataFrame
    nearest: pd.DataFrame
    actions: Sequence[PossibleAction]
    point: NDArray[np.int64]
    people: NDArray[np.int64]
    workers: Floats

    def place(self, possible: PossibleAction) -> JsonRow:
        """Return the row of the layer where the action happens."""
        at = possible.place - len(self.stations)
        frame, row = (self.stations, possible.place) if at < 0 else (self.candidates, at)
        return frame.iloc[row].to_dict()  # type: ignore[no-any-return]

    def target(self, possible: PossibleAction) -> JsonRow:
        """Return the row of the candidate that opens, or of the station that changes."""
        opens = possible.action is Action.OPEN
        frame = self.candidates if opens else self.stations
        return frame.iloc[possible.target].to_dict()  # type: ignore[no-any-return]


def actions_layer(
    told: ActionWords, problem: CoveringProblem, order: Sequence[int]
) -> gpd.GeoDataFrame:
    """Return the chosen actions with ACTIONS columns (EPSG:4326), what brings most first.

    ``worker_hours`` add up to the plan's whole gain: each action counts what those before it
    leave, and a move pays for what its old place gives up.
    """
    rows = [reason for reason in reasons(problem, order) if told.actions[reason.row].action]
    given_up = _given_up(told, problem, order)
    records = [_record(told, problem, reason, given_up.get(reason.row, 0.0)) for reason in rows]
    points = [told.place(told.actions[reason.row])["geometry"] for reason in rows]
    columns = [column.name for column in ACTIONS.columns]
    frame = gpd.GeoDataFrame(
        pd.DataFrame(records, columns=columns), geometry=points, crs=STORAGE_CRS
    )
    frame = frame.sort_values(["worker_hours", "target_id"], ascending=[False, True])
    frame = frame.reset_index(drop=True)
    frame["rank"] = np.arange(1, len(frame) + 1)
    return frame


def by_kind(layer: gpd.GeoDataFrame) -> pd.DataFrame:
    """Add the layer up by kind of action, in the order of :class:`Action`."""
    grouped = layer.groupby("action").agg(
        count=("rank", "size"), cost_cny=("cost_cny", "sum"), worker_hours=("worker_hours", "sum")
    )
    kinds = [str(action) for action in Action if str(action) in grouped.index]
    table: pd.DataFrame = grouped.loc[kinds].rename_axis("action").reset_index()
    return table


def _given_up(
    told: ActionWords, problem: CoveringProblem, order: Sequence[int]
) -> dict[int, float]:
    """Return what each move's old place no longer serves, one move after the other."""
    stays = {m.target: row for row, m in enumerate(told.actions) if m.action is None}
    moved = [row for row in order if told.actions[row].action is Action.RELOCATE]
    choice = CandidateSet(problem)
    for row in stays.values():
        choice.add(row)
    lost = {}
    for row in moved:
        old = stays[told.actions[row].target]
        lost[row] = choice.lost_without(old)
        choice.drop(old)
    return lost


def _record(
    told: ActionWords, problem: CoveringProblem, reason: Reason, given_up: float
) -> dict[str, object]:
    possible = told.actions[reason.row]
    place, target = told.place(possible), told.target(possible)
    hours = float(problem.weight[reason.new].sum()) - given_up
    whose = told.demand.iloc[told.point[reason.new]].assign(workers=problem.weight[reason.new])
    groups = by_word(whose, np.arange(len(whose)), "group")
    settings = by_word(whose, np.arange(len(whose)), "setting")
    first = np.unique(told.people[reason.new], return_index=True)[1]
    workers = float(told.workers[reason.new[first]].sum())
    gaps = _gaps(told, problem, reason)
    near = _nearest(told, possible)
    text = _sentence(told, possible, reason, groups, hours, workers, gaps, near, given_up)
    other = _named(told, reason.runner_up) if reason.runner_up >= 0 else None
    return {
        **{name: place.get(name) for name in _COPIED},
        "rank": 0,
        "action": str(possible.action),
        "target_id": str(target["id"]),
        "name": target["name"],
        "what_zh": possible.text.zh,
        "what_en": possible.text.en,
        "hours_after": possible.hours,
        "worker_hours": round(hours, 1),
        "workers_gaining": round(workers, 1),
        "worker_hours_by_group": json.dumps(groups),
        "worker_hours_by_setting": json.dumps(settings),
        "cost_cny": possible.cost_cny,
        "hours_per_10k_cny": _per_10k(hours, possible.cost_cny),
        "worker_hours_lost": round(reason.lost - given_up, 1),
        **near,
        "gap_ids": ";".join(gaps),
        "runner_up_zh": None if other is None else other.zh,
        "runner_up_en": None if other is None else other.en,
        "runner_up_loss": round(reason.runner_up_loss, 1),
        "reason_zh": text.zh,
        "reason_en": text.en,
    }


def _per_10k(hours: float, cost_cny: float) -> float:
    return round(hours / (cost_cny / YUAN_A_UNIT), 1) if cost_cny > 0 else float("nan")


def _gaps(told: ActionWords, problem: CoveringProblem, reason: Reason) -> Sequence[str]:
    if "gap_id" not in told.demand:
        return ()
    gap = told.demand["gap_id"].to_numpy(object)
    return gaps_named(gap, told.point[reason.new], problem.weight[reason.new])


def _nearest(told: ActionWords, possible: PossibleAction) -> dict[str, Any]:
    """Return the existing station nearest to a new place; an improved station is its own."""
    at = possible.place - len(told.stations)
    if at < 0:
        return {"nearest_station_id": None, "nearest_station_name": None, "nearest_m": None}
    return {str(name): value for name, value in told.nearest.iloc[at].to_dict().items()}


def _named(told: ActionWords, row: int) -> Text:
    possible = told.actions[row]
    name = text_of(told.target(possible)["name"])
    return Text(f"“{name}”{possible.text.zh}", f'"{name}": {possible.text.en}')


def _sentence(
    told: ActionWords,
    possible: PossibleAction,
    reason: Reason,
    groups: dict[str, float],
    hours: float,
    workers: float,
    gaps: Sequence[str],
    near: dict[str, Any],
    given_up: float,
) -> Text:
    """Put the reason into words a committee can read."""
    most = groups_text(groups)
    zh = [f"每周新增服务 {hours:z,.0f} 人时、{workers:z,.0f} 名职工受益" + most.zh]
    en = [f"Serves {hours:z,.0f} more worker-hours a week, {workers:z,.0f} workers gain" + most.en]
    if possible.before and possible.hours != possible.before:
        then = hours_text(possible.hours)
        zh.append(f"之后开放时间为{then.zh}")
        en.append(f"open {then.en} then")
    if possible.cost_cny > 0:
        worth = _per_10k(hours, possible.cost_cny)
        zh.append(f"费用 {possible.cost_cny:z,.0f} 元，每万元新增 {worth:z,.0f} 人时")
        en.append(f"CNY {possible.cost_cny:z,.0f}, {worth:z,.0f} worker-hours per CNY 10,000")
    if given_up > 0:
        zh.append(f"已扣除原址不再服务的 {given_up:z,.0f} 人时")
        en.append(f"net of {given_up:z,.0f} given up at the old place")
    if near["nearest_station_name"] and pd.notna(near["nearest_m"]):
        zh.append(
            f"最近的现有站点“{near['nearest_station_name']}”相距 {near['nearest_m']:z,.0f} 米"
        )
        en.append(f'nearest station "{near["nearest_station_name"]}" {near["nearest_m"]:z,.0f} m')
    if gaps:
        zh.append("填补缺口 " + "、".join(gaps))
        en.append("closes gaps " + ", ".join(gaps))
    zh.append(f"去掉后少服务 {reason.lost - given_up:z,.0f} 人时")
    en.append(f"{reason.lost - given_up:z,.0f} worker-hours are lost without it")
    if reason.runner_up >= 0:
        other = _named(told, reason.runner_up)
        zh.append(f"备选：{other.zh}，少 {reason.runner_up_loss:z,.0f} 人时")
        en.append(f"runner-up {other.en}, {reason.runner_up_loss:z,.0f} fewer")
    return Text("；".join(zh) + "。", "; ".join(en) + ".")
