"""Several campaigns on one fleet: whose each bus-day is, what it leaves, and where two plans clash.

What stands is promised, so another campaign is planned around it: on the bus-days it leaves, and in
the hours it leaves of a bus-day where the rules say so (:mod:`geo.bus.campaign.held_hours`); or it
comes along on the bus that goes out anyway (:mod:`geo.bus.several.sharing`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice

from geo.bus.campaign.campaign import Campaign
from geo.bus.campaign.clock import clock_text
from geo.bus.campaign.fleet import Bus
from geo.bus.campaign.held_hours import HeldHours
from geo.bus.planned.campaign_plan import CampaignPlan
from geo.bus.planned.shared_visit import SharedVisit
from geo.bus.planned.visit import BusDay
from geo.errors import InfeasibleError
from geo.layers.vocabulary import CampaignName, SpareHours
from geo.text import Text

BusDayKey = tuple[str, date]
"""Bus id and day."""


@dataclass(frozen=True, slots=True, eq=False)
class AnnouncedCampaign:
    """A campaign that is announced.

    Attributes
    ----------
    name : CampaignName
        Which it is.
    campaign, plan
        What was announced.
    shared : tuple[SharedVisit, ...]
        Visits of others at which it is held too.
    """

    name: CampaignName
    campaign: Campaign
    plan: CampaignPlan
    shared: tuple[SharedVisit, ...] = ()

    @property
    def out(self) -> dict[BusDayKey, BusDay]:
        """What it drives, by bus-day."""
        buses = self.campaign.buses
        return {(buses[one.bus].id, one.day): one for one in self.plan.bus_days}

    @property
    def taken(self) -> frozenset[BusDayKey]:
        """The bus-days it needs."""
        return frozenset(self.out)


def taken_by(standing: Iterable[AnnouncedCampaign]) -> dict[BusDayKey, CampaignName]:
    """Return every bus-day that is taken, and by which campaign."""
    return {key: one.name for one in standing for key in one.taken}


def around(
    campaign: Campaign,
    standing: Iterable[AnnouncedCampaign],
    stands: AnnouncedCampaign | None = None,
) -> Campaign:
    """Return `campaign` on the bus-days, and the hours of others, that what stands leaves.

    Parameters
    ----------
    campaign : Campaign
        Whose buses and days they are.
    standing : Iterable[AnnouncedCampaign]
        The other campaigns.
    stands : AnnouncedCampaign | None
        What is announced of it already: beside another campaign it stays there by either's rules.

    Raises
    ------
    InfeasibleError
        If none is left; it names who has them and from when on a bus is free.
    """
    standing = tuple(standing)
    left = in_free_hours(campaign, standing, stands)
    if not _keys(left):
        raise none_left(campaign, standing)
    return left


def in_free_hours(
    campaign: Campaign,
    standing: Iterable[AnnouncedCampaign],
    stands: AnnouncedCampaign | None = None,
) -> Campaign:
    """Return what :func:`around` does, be no bus-day left."""
    held = [one for other in standing for one in _held(campaign, other, stands)]
    whole = {(one.bus, one.day) for one, rule in held if rule == SpareHours.NEVER}
    hours = frozenset(one for one, _ in held if (one.bus, one.day) not in whole)
    left = replace(campaign, off=campaign.off | whole & set(_keys(campaign)), held=hours)
    full = {(bus.id, day) for bus, day in left.bus_days() if not _has_room(left, bus, day)}
    return replace(left, off=left.off | full)


def _held(
    campaign: Campaign, other: AnnouncedCampaign, stands: AnnouncedCampaign | None
) -> Iterator[tuple[HeldHours, SpareHours]]:
    """Yield the hours `other` has a bus of `campaign`, and the rule for what it leaves."""
    mine, its = campaign.rules, other.campaign.rules
    known = {bus.id for bus in campaign.buses}
    own = {} if stands is None else stands.out
    for one in other.plan.bus_days:
        bus = other.campaign.buses[one.bus].id
        if bus not in known or one.day not in campaign.days:
            continue
        rule, changeover_min = mine.spare_hours, mine.changeover_min
        if (bus, one.day) in own:
            rule = max(rule, its.spare_hours, key=list(SpareHours).index)
            between = _between(own[bus, one.day], one)
            changeover_min = min(changeover_min, its.changeover_min, max(0, between))
        hours = HeldHours(
            campaign=other.name.value,
            bus=bus,
            day=one.day,
            from_min=one.leave_min,
            until_min=one.back_min,
            stops=tuple(sorted(other.campaign.stops[visit.stop].id for visit in one.visits)),
            changeover_min=changeover_min,
            same_shift=rule == SpareHours.SAME_SHIFT,
        )
        yield hours, rule


def _has_room(campaign: Campaign, bus: Bus, day: date) -> bool:
    least = bus.setup_min + campaign.rules.min_stay_min + bus.packdown_min
    return any(part.until_min - part.from_min >= least for part in campaign.free_parts(bus, day))


def _keys(campaign: Campaign) -> list[BusDayKey]:
    return [(bus.id, day) for bus, day in campaign.bus_days()]


def none_left(campaign: Campaign, standing: Iterable[AnnouncedCampaign]) -> InfeasibleError:
    """Say that `standing` campaigns have all buses of `campaign`, and from when on one is free."""
    standing = tuple(standing)
    taken = taken_by(standing)
    names = sorted({name.text.zh for key, name in taken.items() if key in set(_keys(campaign))})
    english = sorted({name.text.en for key, name in taken.items() if key in set(_keys(campaign))})
    first, last = campaign.days[0], campaign.days[-1]
    after = max((day for _, day in taken), default=last) + timedelta(days=1)
    zh, en = _other_shift(campaign, standing)
    return InfeasibleError(
        Text(
            f"{first.isoformat()} 至 {last.isoformat()} 的 {len(campaign.buses)} 辆车已全部排给"
            f"{'、'.join(names)}，没有空车。请把首日改到 {after.isoformat()} 以后（--first-day），"
            f"或增加车辆（--buses）{zh}。",
            f"All {len(campaign.buses)} buses from {first.isoformat()} to {last.isoformat()} are "
            f"taken by {', '.join(english)}. Begin on {after.isoformat()} or later (--first-day), "
            f"or add buses (--buses){en}.",
        )
    )


def _other_shift(campaign: Campaign, standing: Sequence[AnnouncedCampaign]) -> tuple[str, str]:
    """Say on how many bus-days another driver could go out, where the rules forbid it."""
    if campaign.rules.spare_hours == SpareHours.ANY_SHIFT:
        return "", ""
    rules = replace(campaign.rules, spare_hours=SpareHours.ANY_SHIFT)
    free = len(_keys(in_free_hours(replace(campaign, rules=rules, off=frozenset()), standing)))
    if not free:
        return "", ""
    return (
        f"；另派司机接着用车的话，有 {free} 个车日还有空余时间（--spare-hours any_shift）",
        f"; with another driver {free} bus-days have hours left (--spare-hours any_shift)",
    )


def days_with_room(
    days: Iterable[date], buses: Sequence[str], standing: Iterable[AnnouncedCampaign], count: int
) -> tuple[date, ...]:
    """Return the first `count` of `days` on which at least one of `buses` is free."""
    taken = taken_by(standing)
    free = (day for day in days if any((bus, day) not in taken for bus in buses))
    return tuple(islice(free, count))


def conflicts(standing: Sequence[AnnouncedCampaign]) -> tuple[Text, ...]:
    """Return every two campaigns that need one bus at the same time, each as a sentence.

    A bus is out from leaving its depot to being back. The changeover between is planned with; a
    late bus may take of it.
    """
    found: list[Text] = []
    for number, one in enumerate(standing):
        for other in standing[:number]:
            found += _clashes(other, one)
    return tuple(found)


def _clashes(one: AnnouncedCampaign, other: AnnouncedCampaign) -> Iterator[Text]:
    out = one.out
    for day in sorted(other.plan.bus_days, key=lambda day: (day.bus, day.day)):
        bus = other.campaign.buses[day.bus]
        mate = out.get((bus.id, day.day))
        if mate is None:
            continue
        if _between(mate, day) < 0:
            hours = _span(mate), _span(day)
            yield Text(
                f"{bus.name} {day.day.isoformat()} 同时排给了{one.name.text.zh}（{hours[0]}）和"
                f"{other.name.text.zh}（{hours[1]}）；请重排其中一项。",
                f"{bus.id} on {day.day.isoformat()} is planned for {one.name.text.en} "
                f"({hours[0]}) and for {other.name.text.en} ({hours[1]}); re-plan one of them.",
            )


def _between(one: BusDay, other: BusDay) -> int:
    """Return the minutes a bus stands at its depot between two campaigns; negative where both need it."""
    first, second = sorted((one, other), key=lambda of: of.leave_min)
    return second.leave_min - first.back_min


def _span(day: BusDay) -> str:
    return f"{clock_text(day.leave_min)}–{clock_text(day.back_min)}"
