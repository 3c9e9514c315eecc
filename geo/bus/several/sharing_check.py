"""Whether visits shared with other campaigns keep every rule; written from the rules alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise

import numpy as np

from geo.bus.campaign.campaign import Campaign
from geo.bus.campaign.campaign_rules import KINDS
from geo.bus.campaign.fleet import Bus
from geo.bus.planned.shared_visit import SharedVisit
from geo.bus.several.beside import AnnouncedCampaign
from geo.bus.solver.services import allowed_periods, present
from geo.layers.vocabulary import CampaignName, VisitSharing
from geo.text import Text

_SLACK = 1e-4
"""People: sums in another order differ by less."""


def check_shared(
    campaign: Campaign,
    name: CampaignName,
    shared: Sequence[SharedVisit],
    standing: Iterable[AnnouncedCampaign],
) -> tuple[Text, ...]:
    """Return every rule that the visits `campaign` shares with those `standing` break, as sentences."""
    hosts = {one.name.value: one for one in standing}
    said: list[Text] = []
    for one in shared:
        broken = [
            *_host_broken(campaign, name, one, hosts.get(one.host)),
            *_hours_broken(campaign, one),
            *_people_broken(campaign, one),
        ]
        said += [_at(campaign, one, text) for text in broken]
    said += [_at(campaign, one, text) for one, text in _again(campaign, shared)]
    return (*said, *_totals(campaign, shared))


def _at(campaign: Campaign, one: SharedVisit, text: Text) -> Text:
    place = next((stop.name for stop in campaign.stops if stop.id == one.stop), one.stop)
    where = f"{one.bus} {one.day.isoformat()} {place}"
    return Text(f"{where}：{text.zh}", f"{where}: {text.en}")


def _host_broken(
    campaign: Campaign, name: CampaignName, one: SharedVisit, host: AnnouncedCampaign | None
) -> Iterator[Text]:
    rule = campaign.rules.share_visits
    if rule == VisitSharing.NEVER or (rule != VisitSharing.ALWAYS and KINDS[name].needs_room):
        yield Text("本活动不得与其他活动同场。", "This campaign shares no visits.")
    stand = None
    if host is not None:
        buses, stops = host.campaign.buses, host.campaign.stops
        for day, visit in host.plan.visits:
            if (buses[day.bus].id, day.day, stops[visit.stop].id) == one.key:
                stand = visit
    if host is None or stand is None:
        word = CampaignName(one.host).text
        yield Text(f"{word.zh}的车此时不在这里。", f"{word.en}: its bus is not there then.")
    elif not stand.arrive_min <= one.start_min < one.end_min <= stand.depart_min:
        yield Text("不在同场活动的停靠时间内。", "Outside the time the host's bus stands there.")


def _hours_broken(campaign: Campaign, one: SharedVisit) -> Iterator[Text]:
    rules, stop = campaign.rules, _stop(campaign, one)
    place = campaign.stops[stop]
    period = rules.evening if one.period == "evening" else rules.day
    if place.banned or one.day in place.banned_days or one.day not in campaign.days:
        yield Text(
            "该停靠点当日禁停，或不在活动日期内。",
            "The stop is banned that day, or the day is none.",
        )
    if one.start_min < period.from_min or one.end_min > period.until_min:
        yield Text("不在规定时段内。", "Outside the period.")
    if (one.period == "evening") not in allowed_periods(campaign, stop):
        yield Text("白天/晚间与场所性质不符。", "Day or evening does not suit the setting.")
    if one.stay_min not in rules.stays_min:
        yield Text(
            f"停留 {one.stay_min} 分钟不合规。", f"A stay of {one.stay_min} min is not allowed."
        )


def _people_broken(campaign: Campaign, one: SharedVisit) -> Iterator[Text]:
    near = set(campaign.pair_people[campaign.pair_stop == _stop(campaign, one)].tolist())
    there = present(campaign, one.day)[int(one.period == "evening")]
    if not near.issuperset(one.people):
        yield Text("服务了步行范围外的职工。", "Somebody out of walking reach is served.")
    if not all(there[who] for who in one.people):
        yield Text("服务了当时不在场的职工。", "Somebody who is not there then is served.")
    if one.served > one.stay_min * _bus(campaign, one).exams_per_hour / 60 + _SLACK:
        yield Text("人数超过停留时间所能完成的。", "More people than the stay suffices for.")


def _again(campaign: Campaign, shared: Sequence[SharedVisit]) -> Iterator[tuple[SharedVisit, Text]]:
    at: dict[str, list[SharedVisit]] = defaultdict(list)
    for one in shared:
        at[one.stop].append(one)
    for ones in at.values():
        for earlier, later in pairwise(sorted(ones, key=lambda one: one.day)):
            if (later.day - earlier.day).days < campaign.rules.days_between_visits:
                yield later, Text("访问间隔太近。", "Visited again too soon.")


def _totals(campaign: Campaign, shared: Sequence[SharedVisit]) -> Iterator[Text]:
    served = np.zeros(len(campaign.people.count))
    days: dict[tuple[str, date], float] = defaultdict(float)
    for one in shared:
        np.add.at(served, list(one.people), list(one.amount))
        days[one.bus, one.day] += one.served
        if days[one.bus, one.day] > _bus(campaign, one).exams_per_day + _SLACK:
            yield _at(
                campaign, one, Text("超过每日服务能力。", "More people than a crew sees in a day.")
            )
    if (served > campaign.expected + _SLACK).any():
        yield Text("有职工在同场停靠中被重复计算。", "Somebody is counted twice at shared visits.")
    quota = campaign.rules.quota
    if quota is not None and served.sum() > quota + _SLACK:
        yield Text("同场停靠超过名额。", "Shared visits are over the quota.")


def _stop(campaign: Campaign, one: SharedVisit) -> int:
    return next(n for n, stop in enumerate(campaign.stops) if stop.id == one.stop)


def _bus(campaign: Campaign, one: SharedVisit) -> Bus:
    return next((bus for bus in campaign.buses if bus.id == one.bus), campaign.buses[0])
