"""What a bus can do: one service is one stop in one part of one class of days; tours are made of them.

Days that look alike to every worker (same stops free, same people there) form one class, so that ten
equal days are one row of the master problem and not ten.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from geo.bus.campaign.campaign import Campaign
from geo.bus.campaign.campaign_rules import Period
from geo.bus.campaign.clock import pattern_weekday

_PRESENT_SHARE = 0.5
"""Chosen: who is there for half of a shift counts as reached by it."""


@dataclass(frozen=True, slots=True)
class DemandGroup:
    """People who are reached by exactly the same services, in one district.

    Attributes
    ----------
    services : tuple[int, ...]
        Where they can be served.
    district : str
        District code.
    expected : float
        Those who come, at the expected turn-out.
    members : tuple[int, ...]
        Indices of concentrations.
    """

    services: tuple[int, ...]
    district: str
    expected: float
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Services:
    """All services and the people they reach.

    Attributes
    ----------
    stop, day_class : (m,) int32
        Which stop, in which class of days.
    evening : (m,) bool
        False by day.
    expected : (m,) float64
        People in reach who would come.
    groups : tuple[DemandGroup, ...]
        The people, each in exactly one group.
    class_days : tuple[tuple[date, ...], ...]
        Days of each class.
    """

    stop: NDArray[np.int32]
    day_class: NDArray[np.int32]
    evening: NDArray[np.bool_]
    expected: NDArray[np.float64]
    groups: tuple[DemandGroup, ...]
    class_days: tuple[tuple[date, ...], ...]


def find_services(campaign: Campaign, expected: NDArray[np.float64] | None = None) -> Services:
    """Return every service of `campaign` that reaches anybody.

    Parameters
    ----------
    campaign : Campaign
        The campaign.
    expected : (c,) float64 | None
        Those who come of each concentration; None: head count times expected turn-out.
    """
    if expected is None:
        expected = campaign.expected
    class_days = _day_classes(campaign)
    reached = _reach(campaign, class_days, expected)
    keys = sorted({key for keys in reached.values() for key in keys} | _musts(campaign, class_days))
    number = {key: index for index, key in enumerate(keys)}
    groups = _groups(campaign, reached, number, expected)
    total = np.zeros(len(keys))
    for group in groups:
        total[list(group.services)] += group.expected
    return Services(
        stop=np.array([key[0] for key in keys], dtype=np.int32),
        day_class=np.array([key[2] for key in keys], dtype=np.int32),
        evening=np.array([key[1] for key in keys], dtype=np.bool_),
        expected=total,
        groups=groups,
        class_days=class_days,
    )


_Key = tuple[int, bool, int]


def present(campaign: Campaign, day: date) -> NDArray[np.bool_]:
    """Return a (2, c) mask: who is met by day (row 0) and in the evening (row 1) on `day`."""
    people, rules = campaign.people, campaign.rules
    if people.hours is None:
        return np.stack([people.at_work, ~people.at_work])
    by_day = _share(people.hours, day, rules.day) >= _PRESENT_SHARE
    by_evening = _share(people.hours, day, rules.evening) >= _PRESENT_SHARE
    return np.stack([by_day & people.at_work, by_evening])


def allowed_periods(campaign: Campaign, stop: int) -> tuple[bool, ...]:
    """Return the parts of the day `stop` may be used in, False for day, True for evening."""
    setting = campaign.stops[stop].setting
    if setting is None:
        return (False, True)
    return (setting == "residence",)


def _share(hours: NDArray[np.bool_], day: date, period: Period) -> NDArray[np.float64]:
    first, last = period.from_min // 60, -(-period.until_min // 60)
    start = pattern_weekday(day) * 24
    share: NDArray[np.float64] = hours[:, start + first : start + last].mean(axis=1)
    return share


def _day_classes(campaign: Campaign) -> tuple[tuple[date, ...], ...]:
    classes: dict[tuple[object, ...], list[date]] = defaultdict(list)
    for day in campaign.days:
        taken = tuple(s for s, stop in enumerate(campaign.stops) if day in stop.banned_days)
        classes[taken, present(campaign, day).tobytes()].append(day)
    return tuple(tuple(days) for days in classes.values())


def _reach(
    campaign: Campaign, class_days: tuple[tuple[date, ...], ...], expected: NDArray[np.float64]
) -> dict[int, list[_Key]]:
    reached: dict[int, list[_Key]] = defaultdict(list)
    periods = [allowed_periods(campaign, stop) for stop in range(len(campaign.stops))]
    pairs = sorted(
        set(zip(campaign.pair_stop.tolist(), campaign.pair_people.tolist(), strict=True))
    )
    for number, days in enumerate(class_days):
        there = present(campaign, days[0])
        for stop, people in pairs:
            place = campaign.stops[stop]
            if place.banned or days[0] in place.banned_days or expected[people] <= 0:
                continue
            for evening in periods[stop]:
                if there[int(evening), people]:
                    reached[people].append((stop, evening, number))
    return reached


def _musts(campaign: Campaign, class_days: tuple[tuple[date, ...], ...]) -> set[_Key]:
    return {
        (index, evening, number)
        for index, stop in enumerate(campaign.stops)
        if stop.must_visit
        for number, days in enumerate(class_days)
        if days[0] not in stop.banned_days
        for evening in allowed_periods(campaign, index)
    }


def _groups(
    campaign: Campaign,
    reached: Mapping[int, list[_Key]],
    number: Mapping[_Key, int],
    expected: NDArray[np.float64],
) -> tuple[DemandGroup, ...]:
    members: dict[tuple[tuple[int, ...], str], list[int]] = defaultdict(list)
    for people, keys in reached.items():
        services = tuple(sorted(number[key] for key in keys))
        members[services, campaign.people.district[people]].append(people)
    return tuple(
        DemandGroup(services, district, float(expected[sorted(who)].sum()), tuple(sorted(who)))
        for (services, district), who in sorted(members.items())
    )


@dataclass(frozen=True, slots=True)
class Tour:
    """Visits of one duty in order; what a column of the master problem stands for.

    Attributes
    ----------
    duty : int
        Index into the duties.
    services : tuple[int, ...]
        Indices into `Services` (not into the duty's own list).
    stays : tuple[int, ...]
        Exam minutes at each, in clock steps.
    exams : tuple[float, ...]
        People who can be examined at each; their sum respects the day's capacity.
    km : float
        Driven from depot to depot.
    """

    duty: int
    services: tuple[int, ...]
    stays: tuple[int, ...]
    exams: tuple[float, ...]
    km: float

    @property
    def total(self) -> float:
        """People who can be examined in the day."""
        return sum(self.exams)
