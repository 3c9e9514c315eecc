"""Whether a plan keeps every rule: written from the rules alone, sharing nothing with the solver.

It reads the campaign and the plan's own times and people, and recomputes what must hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from geo.bus.campaign.campaign import Campaign
from geo.bus.campaign.clock import clock_text
from geo.bus.planned.campaign_plan import CampaignPlan
from geo.bus.planned.visit import BusDay, Visit
from geo.bus.solver.services import allowed_periods, present
from geo.layers.vocabulary import CampaignName
from geo.text import Text

_SLACK = 1e-4
"""People, metres or seconds by which sums may differ (floating point)."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that a plan breaks.

    Attributes
    ----------
    text : Text
        What is broken, without saying where.
    bus, day : int | None, date | None
        Of the bus-day, where it is one's; `bus` is an index into the campaign's buses.
    stop : int | None
        Index into the campaign's stops, where it is a visit's.
    """

    text: Text
    bus: int | None = None
    day: date | None = None
    stop: int | None = None


def check_plan(campaign: Campaign, plan: CampaignPlan, *, must: bool = True) -> tuple[Text, ...]:
    """Return every rule `plan` breaks, each as a sentence; empty when it keeps them all.

    See :func:`broken_rules`.
    """
    return tuple(_said(campaign, one) for one in broken_rules(campaign, plan, must=must))


def _said(campaign: Campaign, one: Broken) -> Text:
    parts = [] if one.bus is None else [campaign.buses[one.bus].id]
    parts += [] if one.day is None else [one.day.isoformat()]
    parts += [] if one.stop is None else [campaign.stops[one.stop].id]
    if not parts:
        return one.text
    return Text(f"{' '.join(parts)}：{one.text.zh}", f"{' '.join(parts)}: {one.text.en}")


def broken_rules(
    campaign: Campaign, plan: CampaignPlan, *, must: bool = True
) -> tuple[Broken, ...]:
    """Return every rule `plan` breaks, and where; empty when it keeps them all.

    Parameters
    ----------
    campaign : Campaign
        The rules.
    plan : CampaignPlan
        What is checked.
    must : bool
        Whether stops that must be visited are required (a replan may have lost the chance).
    """
    found = [*_check_slots(campaign, plan)]
    for bus_day in plan.bus_days:
        bus, day = bus_day.bus, bus_day.day
        of_day = (*_check_drives(campaign, bus_day), *_check_day(campaign, bus_day))
        found += [Broken(text, bus, day) for text in of_day]
        for visit in bus_day.visits:
            of_visit = _check_visit(campaign, bus_day, visit)
            found += [Broken(text, bus, day, visit.stop) for text in of_visit]
    found += _check_stops(campaign, plan, must=must)
    found += [Broken(text) for text in _check_people(campaign, plan)]
    return tuple(found)


def _check_slots(campaign: Campaign, plan: CampaignPlan) -> Iterator[Broken]:
    allowed = {(bus.id, day) for bus, day in campaign.bus_days()}
    seen: set[tuple[int, date]] = set()
    for bus_day in plan.bus_days:
        key = bus_day.bus, bus_day.day
        if key in seen:
            yield Broken(Text("排了两次。", "Planned twice."), *key)
        if (campaign.buses[bus_day.bus].id, bus_day.day) not in allowed:
            yield Broken(
                Text("当日不出车却有安排。", "Planned though it does not run that day."), *key
            )
        for text in _check_held(campaign, bus_day):
            yield Broken(text, *key)
        seen.add(key)


def _check_held(campaign: Campaign, bus_day: BusDay) -> Iterator[Text]:
    """Say where the bus is another campaign's at that hour, or was at that stop already."""
    bus = campaign.buses[bus_day.bus]
    shift = bus.shifts[bus_day.shift]
    stops = {campaign.stops[visit.stop].id for visit in bus_day.visits}
    for one in campaign.held:
        if (one.bus, one.day) != (bus.id, bus_day.day):
            continue
        name, span = CampaignName(one.campaign).text, f"{clock_text(one.from_min)}–"
        span += clock_text(one.until_min)
        before = bus_day.back_min + one.changeover_min <= one.from_min
        after = one.until_min + one.changeover_min <= bus_day.leave_min
        if not (before or after):
            yield Text(
                f"这辆车 {span} 在办{name.zh}，前后还要各留 {one.changeover_min} 分钟回车场换人换设备。",
                f"The bus is out for {name.en} {span}, and crew and equipment are changed at the "
                f"depot for {one.changeover_min} min before and after.",
            )
        if one.same_shift and not shift.start_min <= one.from_min <= one.until_min <= shift.end_min:
            yield Text(
                f"与{name.zh}（{span}）不在同一班次，司机工时不够。",
                f"Not in one shift with {name.en} ({span}): the driver's hours do not reach.",
            )
        if stops.intersection(one.stops):
            yield Text(
                f"这辆车当天已为{name.zh}到过这里；请改用“同场”。",
                f"The bus stands there for {name.en} that day; share that visit instead.",
            )


def _check_drives(campaign: Campaign, bus_day: BusDay) -> Iterator[Text]:
    bus = campaign.buses[bus_day.bus]
    rows = [visit.stop for visit in bus_day.visits]
    places = [
        campaign.place_of_depot(bus.start_depot),
        *rows,
        campaign.place_of_depot(bus.end_depot),
    ]
    departs = [bus_day.leave_min, *(visit.depart_min for visit in bus_day.visits)]
    arrives = [*(visit.arrive_min for visit in bus_day.visits), bus_day.back_min]
    told = [*((v.drive_s, v.drive_m) for v in bus_day.visits), (bus_day.home_s, bus_day.home_m)]
    names = [*(stop.name for stop in campaign.stops), *(one.name for one in campaign.depots)]
    for leg, (a, b) in enumerate(pairwise(places)):
        to = names[b]
        free_s = float(campaign.drive.time_s[a, b])
        if not np.isfinite(free_s) or free_s > campaign.rules.drive_limit_min * 60 + _SLACK:
            yield Text(f"到{to}的车程超过单程上限。", f"The drive to {to} is over the limit.")
        time_s = _in_traffic_s(campaign, departs[leg] * 60.0, free_s)
        if arrives[leg] * 60 + _SLACK < departs[leg] * 60 + time_s:
            leave, due = clock_text(departs[leg]), clock_text(arrives[leg])
            minutes = int(-(-time_s // 60))
            yield Text(
                f"赶不到{to}：{leave} 才出发，车程 {minutes} 分钟，{due} 就要到。",
                f"{to} cannot be reached in time: left for at {leave}, {minutes} min away, due at "
                f"{due}.",
            )
        if abs(told[leg][0] - time_s) > _SLACK or (
            abs(told[leg][1] - float(campaign.drive.distance_m[a, b])) > _SLACK
        ):
            yield Text(f"第 {leg + 1} 段里程不符。", f"Drive {leg + 1} is not as in the matrix.")


def _in_traffic_s(campaign: Campaign, depart_s: float, free_s: float) -> float:
    """Return the seconds of a drive, going from one change of speed to the next."""
    now_s, left_s = depart_s, free_s
    for rush in campaign.rules.traffic.rushes:
        begin_s, end_s = 60.0 * rush.from_min, 60.0 * rush.until_min
        if now_s < begin_s:
            free = min(left_s, begin_s - now_s)
            now_s, left_s = now_s + free, left_s - free
        if begin_s <= now_s < end_s:
            slow_s = min(left_s * rush.factor, end_s - now_s)
            now_s, left_s = now_s + slow_s, left_s - slow_s / rush.factor
    return now_s + left_s - depart_s


def _check_day(campaign: Campaign, bus_day: BusDay) -> Iterator[Text]:
    bus, rules = campaign.buses[bus_day.bus], campaign.rules
    shift = bus.shifts[bus_day.shift]
    if bus_day.leave_min < shift.start_min or bus_day.back_min > shift.end_min:
        out = f"{clock_text(bus_day.leave_min)}–{clock_text(bus_day.back_min)}"
        may = f"{clock_text(shift.start_min)}–{clock_text(shift.end_min)}"
        yield Text(f"出车 {out}，超出班次 {may}。", f"Out {out}, beyond the shift {may}.")
    if not 1 <= len(bus_day.visits) <= rules.max_visits_a_day:
        yield Text("停靠次数不合规。", "Too many visits, or none.")
    if bus_day.served > bus.exams_per_day + _SLACK:
        yield Text("人数超过这辆车一天能服务的。", "More people than the bus can serve in a day.")
    rests = [visit for visit in bus_day.visits if visit.break_min > 0]
    needs = (
        shift.break_min > 0
        and bus_day.leave_min < shift.break_until_min
        and bus_day.back_min > shift.break_until_min
    )
    if needs and not any(
        visit.break_min >= shift.break_min
        and shift.break_from_min <= visit.break_start_min <= shift.break_until_min
        for visit in rests
    ):
        yield Text("缺少规定的休息。", "The crew's rest is missing.")


def _check_visit(campaign: Campaign, bus_day: BusDay, visit: Visit) -> Iterator[Text]:
    bus, rules, stop = campaign.buses[bus_day.bus], campaign.rules, campaign.stops[visit.stop]
    if stop.banned or bus_day.day in stop.banned_days:
        yield Text("该停靠点当日禁停。", "The stop is banned that day.")
    if visit.arrive_min < stop.open_min or visit.depart_min > stop.close_min:
        stands = f"{clock_text(visit.arrive_min)}–{clock_text(visit.depart_min)}"
        may = f"{clock_text(stop.open_min)}–{clock_text(stop.close_min)}"
        yield Text(
            f"这里只能停 {may}，这次要停 {stands}。", f"The stop is open {may}, not {stands}."
        )
    if (visit.period == "evening") not in allowed_periods(campaign, visit.stop):
        yield Text("白天/晚间与场所性质不符。", "Day or evening does not suit the setting.")
    period = rules.evening if visit.period == "evening" else rules.day
    if visit.start_min < period.from_min or visit.end_min > period.until_min:
        held = f"{clock_text(visit.start_min)}–{clock_text(visit.end_min)}"
        may = f"{clock_text(period.from_min)}–{clock_text(period.until_min)}"
        word = Text("晚间", "evening") if visit.period == "evening" else Text("白天", "day")
        yield Text(
            f"{word.zh}服务限 {may}，这次是 {held}。",
            f"Visits by {word.en} are held {may}, not {held}.",
        )
    yield from _check_stay(campaign, bus_day, visit)
    if any(t % rules.clock_step_min for t in (visit.arrive_min, visit.start_min, visit.end_min)):
        yield Text("时刻不在时间网格上。", "A time is off the clock grid.")
    exam_min = visit.end_min - visit.start_min - _rest_inside(visit)
    if exam_min not in rules.stays_min:
        yield Text(f"停留 {exam_min} 分钟不合规。", f"A stay of {exam_min} min is not allowed.")
    if visit.served > exam_min * bus.exams_per_hour / 60 + _SLACK:
        yield Text("人数超过停留时间所能服务的。", "More people than the stay suffices for.")


def _rest_inside(visit: Visit) -> int:
    inside = visit.break_min > 0 and visit.break_start_min >= visit.start_min
    return visit.break_min if inside else 0


def _check_stay(campaign: Campaign, bus_day: BusDay, visit: Visit) -> Iterator[Text]:
    bus = campaign.buses[bus_day.bus]
    before = visit.start_min - visit.arrive_min - bus.setup_min
    if visit.break_min and not _rest_inside(visit):
        before -= visit.break_min
        if (
            not visit.arrive_min
            <= visit.break_start_min
            <= visit.start_min - bus.setup_min - (visit.break_min)
        ):
            yield Text("休息不在停靠时间内。", "The rest lies outside the stand.")
    elif visit.break_min and visit.break_start_min + visit.break_min > visit.end_min:
        yield Text("休息不在停靠时间内。", "The rest lies outside the stand.")
    if before < 0 or visit.depart_min - visit.end_min < bus.packdown_min:
        yield Text("布置或收车时间不足。", "Too little time to set up or pack down.")


def _check_stops(campaign: Campaign, plan: CampaignPlan, *, must: bool) -> Iterator[Broken]:
    days = defaultdict(list)
    for bus_day, visit in plan.visits:
        days[visit.stop].append(bus_day.day)
    for visited, dates in days.items():
        for earlier, later in pairwise(sorted(dates)):
            if (later - earlier).days < campaign.rules.days_between_visits:
                text = Text("访问间隔太近。", "Visited again too soon.")
                yield Broken(text, day=later, stop=visited)
    for index, stop in enumerate(campaign.stops):
        if must and stop.must_visit and index not in days:
            yield Broken(Text("必到而未到。", "Must be visited and is not."), stop=index)


def _check_people(campaign: Campaign, plan: CampaignPlan) -> Iterator[Text]:
    servings, visits = plan.servings, plan.visits
    told = np.array([visit.served for _, visit in visits])
    counted = np.bincount(servings.visit, weights=servings.amount, minlength=len(visits))
    if np.abs(told - counted).max(initial=0.0) > _SLACK or (servings.amount < 0).any():
        yield Text("各停靠点人数与明细不符。", "People per visit do not add up.")
    expected = campaign.expected
    per_people = np.bincount(servings.people, weights=servings.amount, minlength=len(expected))
    if (per_people > expected + _SLACK).any():
        yield Text("有职工被重复计算。", "Somebody is counted twice.")
    reach = set(zip(campaign.pair_stop.tolist(), campaign.pair_people.tolist(), strict=True))
    for number, people in zip(servings.visit.tolist(), servings.people.tolist(), strict=True):
        bus_day, visit = visits[number]
        if (visit.stop, people) not in reach:
            yield Text("服务了步行范围外的职工。", "Somebody out of walking reach is served.")
        if not present(campaign, bus_day.day)[int(visit.period == "evening"), people]:
            yield Text("服务了当时不在场的职工。", "Somebody who is not there then is served.")
    yield from _check_totals(campaign, plan)


def _check_totals(campaign: Campaign, plan: CampaignPlan) -> Iterator[Text]:
    total = float(plan.servings.amount.sum())
    if abs(total - plan.workers_served) > _SLACK:
        yield Text("总人数与明细不符。", "The total of people does not add up.")
    districts: dict[str, float] = defaultdict(float)
    for people, amount in zip(
        plan.servings.people.tolist(), plan.servings.amount.tolist(), strict=True
    ):
        districts[campaign.people.district[people]] += amount
    told = {row.district: row.served for row in plan.districts}
    if any(abs(told.get(d, 0.0) - districts[d]) > _SLACK for d in {*told, *districts}):
        yield Text("各区市人数与明细不符。", "People per district do not add up.")
    if campaign.rules.quota is not None and total > campaign.rules.quota + _SLACK:
        yield Text("超过名额。", "Over the quota.")
    if plan.upper_bound < total - _SLACK:
        yield Text("上界低于方案。", "The upper bound is below the plan.")
