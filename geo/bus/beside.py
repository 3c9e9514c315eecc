"""Several campaigns on one fleet: which bus-days are taken, and where two plans are in each other's way.

A bus-day belongs to one campaign: crew and equipment are changed at the depot. What stands is
promised, so another campaign is planned around it, on the bus-days it leaves; or it comes along on
the bus that goes out anyway (:mod:`geo.bus.sharing`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice

from geo.bus.campaign import Campaign
from geo.bus.campaign_plan import CampaignPlan
from geo.bus.shared_visit import SharedVisit
from geo.errors import InfeasibleError
from geo.layers.vocabulary import CampaignName
from geo.text import Text

BusDayKey = tuple[str, date]
"""Bus id and day."""


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
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
    def taken(self) -> frozenset[BusDayKey]:
        """The bus-days it needs."""
        buses = self.campaign.buses
        return frozenset((buses[one.bus].id, one.day) for one in self.plan.bus_days)


def taken_by(standing: Iterable[Standing]) -> dict[BusDayKey, CampaignName]:
    """Return every bus-day that is taken, and by which campaign."""
    return {key: one.name for one in standing for key in one.taken}


def around(campaign: Campaign, standing: Iterable[Standing]) -> Campaign:
    """Return `campaign` on the bus-days that what stands leaves.

    Raises
    ------
    InfeasibleError
        If none is left; it names who has them and from when on a bus is free.
    """
    standing = tuple(standing)
    left = on_free_days(campaign, standing)
    if not _keys(left):
        raise _none_left(campaign, taken_by(standing))
    return left


def on_free_days(campaign: Campaign, standing: Iterable[Standing]) -> Campaign:
    """Return `campaign` on the bus-days that what stands leaves, be it none."""
    taken = frozenset(taken_by(standing))
    return replace(campaign, off=campaign.off | taken & frozenset(_keys(campaign)))


def _keys(campaign: Campaign) -> list[BusDayKey]:
    return [(bus.id, day) for bus, day in campaign.bus_days()]


def _none_left(campaign: Campaign, taken: Mapping[BusDayKey, CampaignName]) -> InfeasibleError:
    names = sorted({name.text.zh for key, name in taken.items() if key in set(_keys(campaign))})
    english = sorted({name.text.en for key, name in taken.items() if key in set(_keys(campaign))})
    first, last = campaign.days[0], campaign.days[-1]
    after = max((day for _, day in taken), default=last) + timedelta(days=1)
    return InfeasibleError(
        Text(
            f"{first.isoformat()} 至 {last.isoformat()} 的 {len(campaign.buses)} 辆车已全部排给"
            f"{'、'.join(names)}，没有空车。请把首日改到 {after.isoformat()} 以后（--first-day），"
            "或增加车辆（--buses）。",
            f"All {len(campaign.buses)} buses from {first.isoformat()} to {last.isoformat()} are "
            f"taken by {', '.join(english)}. Begin on {after.isoformat()} or later (--first-day), "
            "or add buses (--buses).",
        )
    )


def days_with_room(
    days: Iterable[date], buses: Sequence[str], standing: Iterable[Standing], count: int
) -> tuple[date, ...]:
    """Return the first `count` of `days` on which at least one of `buses` is free."""
    taken = taken_by(standing)
    free = (day for day in days if any((bus, day) not in taken for bus in buses))
    return tuple(islice(free, count))


def conflicts(standing: Sequence[Standing]) -> tuple[Text, ...]:
    """Return every bus-day that two campaigns were promised, each as a sentence."""
    found: list[Text] = []
    seen: dict[BusDayKey, Standing] = {}
    for one in standing:
        names = {bus.id: bus.name for bus in one.campaign.buses}
        for bus, day in sorted(one.taken):
            other = seen.setdefault((bus, day), one)
            if other is not one:
                found.append(
                    Text(
                        f"{names[bus]} {day.isoformat()} 同时排给了{other.name.text.zh}和"
                        f"{one.name.text.zh}；请重排其中一项。",
                        f"{bus} on {day.isoformat()} is planned for {other.name.text.en} and for "
                        f"{one.name.text.en}; re-plan one of them.",
                    )
                )
    return tuple(found)
