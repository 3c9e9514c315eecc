"""What is known of one gap, and what it says to a planner: whom, when, why, and what cures it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.coverage.rule import CoverageRule
from geo.hours.week import week_text
from geo.layers.vocabulary import Amenity, Cause, Group
from geo.text import Text


@dataclass(frozen=True, slots=True)
class NearbyStation:
    """A station, and how far it is in a straight line and by street (metres; inf: no way)."""

    station_id: str
    name: str
    air_m: float
    street_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cure:
    """Hours of the week a station would have to add, (168,) bool, and what that serves.

    Cures are told one after the other: workers and worker-hours are those no cure before serves.
    A station whose hours are not stated counts as closed; to ask it may be the whole cure.
    """

    station_id: str
    name: str
    hours: NDArray[np.bool_]
    workers: int
    worker_hours: float
    hours_stated: bool = True

    @property
    def text(self) -> Text:
        """The hours in words."""
        return week_text(self.hours)


@dataclass(frozen=True, slots=True, kw_only=True)
class GapFacts:
    """One gap.

    Attributes
    ----------
    place : str
        Where most of its workers are, as "lon,lat" in degrees (EPSG:4326).
    district, subdistrict : str | None
        Where most of its workers are.
    workers, worker_hours : int, float
        Left out, and in a week.
    groups, settings : Mapping[str, int]
        Workers by the keys of `Group` and `Setting`, most first.
    hours : (168,) bool
        When, small amounts left out.
    nearest, detour : NearbyStation | None
        The station named, and one that only looks near.
    lacking : Sequence[Amenity]
        What the station named lacks.
    cures : Sequence[Cure]
        Longer hours that serve everybody.
    piece_m : float | None
        Metres of the connected streets they are on; None where they are on no street one could
        come back by.
    """

    cause: Cause
    place: str
    district: str | None
    subdistrict: str | None
    workers: int
    worker_hours: float
    groups: Mapping[str, int]
    settings: Mapping[str, int]
    hours: NDArray[np.bool_]
    nearest: NearbyStation | None = None
    detour: NearbyStation | None = None
    lacking: Sequence[Amenity] = ()
    cures: Sequence[Cure] = ()
    piece_m: float | None = None


_NAMED = 3
"""As many groups or cures as a sentence holds."""


@dataclass(frozen=True, slots=True)
class GapReading:
    """A gap in sentences, and its hours in Chinese words."""

    zh: str
    en: str
    hours: str


def read_gap(facts: GapFacts, rule: CoverageRule) -> GapReading:
    """Return the gap's reading under `rule`."""
    hours = week_text(facts.hours)
    told = [_who(facts, hours, _limit(rule)), *_station(facts, rule), *_cure(facts)]
    return GapReading("".join(one.zh for one in told), " ".join(one.en for one in told), hours.zh)


def _limit(rule: CoverageRule) -> Text:
    mode = rule.mode.text
    if rule.weight == "distance_m":
        return Text(f"{mode.zh} {rule.limit:,.0f} 米", f"{rule.limit:,.0f} m {mode.en.lower()}")
    minutes = f"{rule.limit / 60:g}"
    return Text(f"{mode.zh} {minutes} 分钟", f"{minutes} minutes {mode.en.lower()}")


def _who(facts: GapFacts, hours: Text, limit: Text) -> Text:
    named = [(Group(key).text, count) for key, count in list(facts.groups.items())[:_NAMED]]
    more = "等" if len(facts.groups) > _NAMED else ""
    zh = "、".join(f"{text.zh} {count:,}" for text, count in named)
    en = ", ".join(f"{text.en.lower()} {count:,}" for text, count in named)
    what = _unreached(facts) if facts.cause is Cause.UNREACHABLE else _WHAT[facts.cause]
    return Text(
        f"约 {facts.workers:,} 人（{zh}{more}）"
        + what.zh.format(limit=limit.zh, hours=hours.zh)
        + f"，每周缺 {facts.worker_hours:,.0f} 人时。",
        f"About {facts.workers:,} workers ({en}{', …' if more else ''}) "
        + what.en.format(limit=limit.en, hours=hours.en)
        + f": {facts.worker_hours:,.0f} worker-hours a week.",
    )


_WHAT = {
    Cause.TOO_FAR: Text("{limit}内没有站点", "have no station within {limit}"),
    Cause.CLOSED_THEN: Text(
        "附近有站，但这些时段没有一个开门：{hours}",
        "have a station within {limit}, but none is open {hours}",
    ),
    Cause.LACKS_AMENITY: Text(
        "{limit}内的站点都缺所需设施", "have only stations without the amenities within {limit}"
    ),
    Cause.FULL: Text(
        "附近有站，但接待能力不够", "have a station within {limit}, but it cannot take them all"
    ),
}


def _unreached(facts: GapFacts) -> Text:
    if facts.piece_m is None:
        return Text(
            "所在位置 1 公里内没有可通行的道路",
            "are more than 1 km from any usable street",
        )
    km = f"{max(facts.piece_m, 100) / 1000:,.1f}"
    return Text(
        f"所在的道路（共 {km} 公里）上没有站点，又与有站点的道路不相通",
        f"are on streets ({km} km in all) without a station, not connected to those with one",
    )


def _station(facts: GapFacts, rule: CoverageRule) -> list[Text]:
    """Name the nearest station and why it does not count, and the one that only looks near."""
    if facts.cause is Cause.UNREACHABLE and facts.piece_m is None:
        return [Text("请核对坐标或补充道路数据。", "Check the position or the street data.")]
    if facts.cause is Cause.UNREACHABLE:
        return [
            Text(
                "只能在这片道路上设站；若实际有桥、渡口或通道相连，请补充道路数据。",
                "Only a station on these streets helps; if a bridge, ferry or passage leads there, "
                "add it to the street data.",
            )
        ]
    mode, near, detour = rule.mode.text, facts.nearest, facts.detour
    if detour is not None:
        same = near is not None and near.station_id == detour.station_id
        return ([] if same or near is None else [_far(facts, near, mode)]) + [
            _round_about(detour, mode, nearest=same)
        ]
    return [] if near is None else [_far(facts, near, mode)]


def _far(facts: GapFacts, near: NearbyStation, mode: Text) -> Text:
    why, street_m = _why(facts), _metres(near.street_m)
    return Text(
        f"最近的是“{near.name}”，从人最多处{mode.zh} {street_m} 米{why.zh}。",
        f"The nearest is {near.name}, {street_m} m {mode.en.lower()} from where most are{why.en}.",
    )


def _round_about(detour: NearbyStation, mode: Text, *, nearest: bool) -> Text:
    air_m = _metres(detour.air_m)
    if detour.street_m < float("inf"):
        street_m = _metres(detour.street_m)
        way = Text(f"{mode.zh} {street_m} 米，要绕路", f"{street_m} m {mode.en.lower()}")
    else:
        way = Text(f"{mode.zh}很远甚至不通", f"very far {mode.en.lower()}, if it is reached at all")
    first = Text("最近的", "The nearest, ") if nearest else Text("", "")
    return Text(
        f"{first.zh}“{detour.name}”直线 {air_m} 米，{way.zh}。",
        f"{first.en}{detour.name} is {air_m} m away in a straight line but {way.en}.",
    )


def _why(facts: GapFacts) -> Text:
    if facts.cause is Cause.LACKS_AMENITY and facts.lacking:
        return Text(
            f"，缺{'、'.join(one.text.zh for one in facts.lacking)}，补上即可",
            f"; it lacks {', '.join(one.text.en.lower() for one in facts.lacking)}",
        )
    return {
        Cause.TOO_FAR: Text("，超出范围", ", too far"),
        Cause.CLOSED_THEN: Text("，那时不开门", ", closed then"),
        Cause.FULL: Text("，已经排满", ", full"),
    }.get(facts.cause, Text("", ""))


def _cure(facts: GapFacts) -> list[Text]:
    if not facts.cures:
        return []
    named = [_extension(cure) for cure in facts.cures[:_NAMED]]
    zh, en = "；".join(one.zh for one in named), "; ".join(one.en for one in named)
    count = len(facts.cures)
    rest_zh = f"；共需 {count} 个站点" if count > len(named) else ""
    rest_en = f"; {count} stations in all" if count > len(named) else ""
    return [
        Text(
            f"不必新建，延长开放时间即可：{zh}{rest_zh}。",
            f"Longer hours cure it, no new site is needed: {en}{rest_en}.",
        )
    ]


def _extension(cure: Cure) -> Text:
    hours, workers = cure.text, f"{cure.workers:,}"
    if not cure.hours_stated:
        return Text(
            f"“{cure.name}”没有填写开放时间（按不开门计），请先核实 {hours.zh} 是否开门，"
            f"涉及 {workers} 人",
            f"{cure.name} does not state its hours and counts as closed: ask whether it is open "
            f"{hours.en} ({workers} workers)",
        )
    return Text(
        f"“{cure.name}”加开 {hours.zh}，服务 {workers} 人",
        f"{cure.name} also {hours.en} ({workers} workers)",
    )


def _metres(value: float) -> str:
    return f"{round(value, -1):,.0f}"
