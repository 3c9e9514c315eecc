"""The chosen sites as the layer ``sites``: whom each adds, at what price, why, and who stands by."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.arrays import Flags
from geo.gaps.clusters import gaps_named
from geo.json_shapes import JsonRow
from geo.layers.columns import SITES
from geo.layers.vocabulary import Action
from geo.siting.models.site_rules import words_of
from geo.siting.plan.reasons import Reason, by_word, sentence, sentence_of_rule
from geo.siting.plan.site_inputs import SiteInputs
from geo.siting.plan.siting_plan import SitingAnswer
from geo.text import Text

_COPIED = ("name", "host", "address", "subdistrict", "district", "verification")


class OpenHours:
    """Worker-hours of the week that are served, as sites open one after the other."""

    def __init__(self, given: SiteInputs) -> None:
        self._given, self._workers = given, given.workers
        week = given.supply.week
        self._served = None if week is None else week.open_now | ~week.active
        self._texts = words_of(given.candidates, "opening_hours")

    def gained(self, row: int) -> float | None:
        """Return what candidate `row` would add now; None without known hours."""
        points, fresh = self._fresh(row)
        return None if fresh is None else float(self._workers[points] @ fresh.sum(axis=1))

    def open(self, row: int) -> float | None:
        """Open candidate `row`; return what it adds."""
        points, fresh = self._fresh(row)
        if fresh is None or self._served is None:
            return None
        self._served[points] |= fresh
        return float(self._workers[points] @ fresh.sum(axis=1))

    def _fresh(self, row: int) -> tuple[NDArray[np.integer], Flags | None]:
        pairs = self._given.pairs
        first, last = np.searchsorted(pairs.site, [row, row + 1])
        points = pairs.point[first:last]
        if self._given.supply.week is None or self._served is None or not self._texts[row]:
            return points, None
        return points, self._given.supply.week.open(self._texts[row])[None, :] & ~self._served[
            points
        ]


def sites_layer(
    given: SiteInputs,
    why: Sequence[Reason],
    answer: SitingAnswer,
    held: Mapping[int, Sequence[Text]],
) -> gpd.GeoDataFrame:
    """Return the chosen sites with SITES columns (EPSG:4326) in rank order.

    `held` names the rules of each candidate that is there because of them alone.
    """
    opened, rows = OpenHours(given), _Rows.of(given, why)
    records = []
    for rank, reason in enumerate(why):
        site = _Site.of(given, rows, reason, opened.open(int(answer.chosen[rank])))
        rules, robust = held.get(reason.row, ()), float(answer.robustness[rank])
        records.append(
            {
                **site.record(given),
                "rank": rank + 1,
                "phase": int(answer.phase[rank]),
                "robustness": None if reason.row in held else _known(robust),
                **site.reasoned(robust, rules),
            }
        )
    columns = [column.name for column in SITES.columns]
    frame = pd.DataFrame(records, columns=columns)
    chosen = given.candidates.iloc[answer.chosen]
    return gpd.GeoDataFrame(frame, geometry=list(chosen.geometry), crs=given.candidates.crs)


@dataclass(frozen=True, slots=True)
class _Rows:
    """What is known of the candidates told of, by row: read at once, not one after the other."""

    candidate: Mapping[int, Mapping[Hashable, object]]
    near: Mapping[int, Mapping[Hashable, object]]

    @classmethod
    def of(cls, given: SiteInputs, why: Sequence[Reason]) -> _Rows:
        chosen = {reason.row for reason in why}
        told = chosen | {reason.runner_up for reason in why if reason.runner_up >= 0}
        plain = pd.DataFrame(given.candidates.drop(columns=given.candidates.geometry.name))
        near = given.nearest[[name for name in given.nearest if str(name).startswith("nearest")]]
        return cls(_by_row(plain, sorted(told)), _by_row(near, sorted(chosen)))


def _by_row(frame: pd.DataFrame, rows: list[int]) -> dict[int, dict[Hashable, object]]:
    return dict(zip(rows, frame.iloc[rows].to_dict("records"), strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Site:
    """A chosen site with what is told of it.

    Attributes
    ----------
    reason : Reason
        Its part in the plan.
    candidate, near : Mapping
        Its row among the candidates, and the station next to it.
    other : Mapping | None
        The row of its runner-up.
    workers : float
        How many it newly covers.
    groups, settings : dict[str, float]
        The same by group and by setting.
    gaps : Sequence[str]
        The gaps they are in.
    hours : float | None
        Worker-hours of the week it adds.
    """

    reason: Reason
    candidate: Mapping[Hashable, object]
    near: Mapping[Hashable, object]
    other: Mapping[Hashable, object] | None
    workers: float
    groups: dict[str, float]
    settings: dict[str, float]
    gaps: Sequence[str]
    hours: float | None

    @classmethod
    def of(cls, given: SiteInputs, rows: _Rows, reason: Reason, hours: float | None) -> _Site:
        return cls(
            reason=reason,
            candidate=rows.candidate[reason.row],
            near=rows.near[reason.row],
            other=rows.candidate.get(reason.runner_up),
            workers=float(given.workers[reason.new].sum()),
            groups=_by(given, reason, "group"),
            settings=_by(given, reason, "setting"),
            gaps=_gaps(given, reason),
            hours=hours,
        )

    @property
    def cost_cny(self) -> float | None:
        return _known(self.candidate.get("cost_cny"))

    @property
    def cost_per_worker(self) -> float | None:
        cost = self.cost_cny
        return cost / self.workers if cost and self.workers else None

    def record(self, given: SiteInputs) -> JsonRow:
        """Return the figures of its row."""
        reason, other, cost, workers = self.reason, self.other, self.cost_cny, self.workers
        return {
            **{name: self.candidate.get(name) for name in _COPIED},
            "action": Action.OPEN.value,
            "target_id": str(self.candidate["id"]),
            "workers_new": round(workers, 1),
            "workers_lost": round(reason.lost, 1),
            "workers_by_group": json.dumps(self.groups),
            "workers_by_setting": json.dumps(self.settings),
            "workers_by_hour": _by_hour(given, reason),
            "worker_hours_new": None if self.hours is None else round(self.hours, 1),
            "cost_cny": cost,
            "cost_per_worker_cny": None
            if cost is None or not workers
            else round(cost / workers, 2),
            "overlap_workers": round(reason.overlap, 1),
            "gap_ids": ";".join(self.gaps),
            **{str(name): value for name, value in self.near.items()},
            "runner_up_id": None if other is None else str(other["id"]),
            "runner_up_name": None if other is None else str(other["name"]),
            "runner_up_loss": _known(round(reason.runner_up_loss, 1)),
        }

    def reasoned(self, robust: float, rules: Sequence[Text]) -> JsonRow:
        """Return its reason in words; `rules` are those that alone put it in."""
        near, other = _nearest(self.near), _runner_up(self.other, self.reason)
        if rules:
            text = sentence_of_rule(
                rules, nearest=near, hours=self.hours, cost_cny=self.cost_cny, equals=other
            )
            return _told(text, rules)
        text = sentence(
            self.groups,
            self.settings,
            self.reason,
            nearest=near,
            runner_up=other,
            robust=robust,
            cost_per_worker=self.cost_per_worker,
            gaps=self.gaps,
        )
        return _told(text, ())


def _told(text: Text, rules: Sequence[Text]) -> dict[str, object]:
    return {
        "reason_zh": text.zh,
        "reason_en": text.en,
        "only_rule_zh": "；".join(rule.zh for rule in rules) or None,
        "only_rule_en": "; ".join(rule.en for rule in rules) or None,
    }


def _by(given: SiteInputs, reason: Reason, column: str) -> dict[str, float]:
    return by_word(given.demand, reason.new, column) if column in given.demand else {}


def _by_hour(given: SiteInputs, reason: Reason) -> str | None:
    """Return how many of those newly covered are there at each hour of the week, from Monday 0:00."""
    if given.supply.week is None:
        return None
    there = given.workers[reason.new] @ given.supply.week.active[reason.new]
    return json.dumps([round(one, 1) for one in there.tolist()])


def _gaps(given: SiteInputs, reason: Reason) -> Sequence[str]:
    if "gap_id" not in given.demand:
        return ()
    workers = given.workers[reason.new]
    return gaps_named(given.demand["gap_id"].to_numpy(object), reason.new, workers)


def _known(value: object) -> float | None:
    """Return a number, None where missing."""
    return None if pd.isna(value) else float(str(value))  # type: ignore[call-overload]


def _nearest(near: Mapping[Hashable, object]) -> Text:
    metres = float(str(near["nearest_m"]))
    if not np.isfinite(metres):
        return Text("现有站点均无法到达", "no existing station can be reached")
    return Text(
        f"最近的现有站点“{near['nearest_station_name']}”相距 {metres:z,.0f} 米",
        f'the nearest existing station "{near["nearest_station_name"]}" is {metres:z,.0f} m away',
    )


def _runner_up(other: Mapping[Hashable, object] | None, reason: Reason) -> Text:
    if other is None:
        return Text(
            "约束内没有能新增覆盖职工的备选点",
            "no other candidate allowed in its place adds anybody",
        )
    return Text(
        f"备选点“{other['name']}”少覆盖 {reason.runner_up_loss:z,.0f} 人",
        f'runner-up "{other["name"]}" would cover {reason.runner_up_loss:z,.0f} fewer',
    )


def districts_table(given: SiteInputs, hit: Flags, rows: NDArray[np.int64]) -> pd.DataFrame:
    """Add workers up by district, before and after; demand in no district is district ``""``."""
    workers = given.workers
    where = given.demand["district"].fillna("").astype(str) if "district" in given.demand else ""
    table = pd.DataFrame(
        {
            "district": where,
            "workers": workers,
            "covered_before": workers * given.already_covered,
            "covered_after": workers * (given.already_covered | hit),
        }
    )
    total = table.groupby("district", as_index=False).sum()
    size = total["workers"].where(total["workers"] > 0)
    total["share_before"] = total["covered_before"] / size
    total["share_after"] = total["covered_after"] / size
    sites = pd.Series(words_of(given.candidates.iloc[rows], "district")).value_counts()
    total["sites"] = total["district"].map(sites).fillna(0).astype(int)
    return total
