"""One state of a campaign's plan: what led to it, what changed, and what the public was told.

A calendar entry keeps its identity when its visit is moved or cancelled; its sequence grows by one
each time (RFC 5545, 3.8.7.4), so that a re-plan updates the calendars people subscribed to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from geo.bus.campaign.campaign import Campaign
from geo.bus.campaign.campaign_rules import kind_of
from geo.bus.planned.campaign_plan import CampaignPlan
from geo.bus.planned.shared_visit import SharedVisit
from geo.bus.planned.visit import VisitKey
from geo.bus.replanning.changes import VisitChange
from geo.bus.replanning.events import Event
from geo.bus.several.beside import AnnouncedCampaign
from geo.layers.vocabulary import CampaignName

_Time = tuple[date, int, int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """One visit as it was last announced; clock times in minutes after midnight.

    Attributes
    ----------
    uid : str
        Its identity, the same for as long as anybody may remember it.
    sequence : int
        How often it was changed.
    stop_id, bus_id : str
        Where, and which bus comes.
    day : date
        When.
    start_min, end_min : int
        Exams from and to.
    is_cancelled : bool
        Whether it does not take place after all.
    earlier_buses : tuple[str, ...]
        Buses that were to come until a re-plan gave the visit to another: their crews' calendars
        have to be told that it is off for them.
    campaign : str
        The campaign it is for.
    """

    uid: str
    sequence: int
    stop_id: str
    bus_id: str
    day: date
    start_min: int
    end_min: int
    is_cancelled: bool = False
    earlier_buses: tuple[str, ...] = ()
    campaign: str = CampaignName.CHECKUP.value


def announce(
    campaign: Campaign,
    plan: CampaignPlan,
    before: tuple[Announcement, ...] = (),
    name: CampaignName = CampaignName.CHECKUP,
    shared: Sequence[SharedVisit] = (),
    *,
    since: date | None = None,
) -> tuple[Announcement, ...]:
    """Return what is announced once `plan` and the visits `shared` with others hold, by stop.

    Parameters
    ----------
    campaign, plan, name, shared
        What holds.
    before : tuple[Announcement, ...]
        What was announced until then.
    since : date | None
        Announcements of days before it are over and left out; None: before the campaign's first day.
        A plan made anew may begin later: what was announced until then is called off.
    """
    first = campaign.days[0] if since is None else min(since, campaign.days[0])
    known: dict[str, list[Announcement]] = defaultdict(list)
    for one in before:
        if one.day >= first:
            known[one.stop_id].append(one)
    coming: dict[str, list[_Time]] = defaultdict(list)
    for bus_day, visit in plan.visits:
        bus = campaign.buses[bus_day.bus].id
        when = bus_day.day, visit.start_min, visit.end_min, bus
        coming[campaign.stops[visit.stop].id].append(when)
    for held in shared:
        coming[held.stop].append((held.day, held.start_min, held.end_min, held.bus))
    told: list[Announcement] = []
    for stop_id in sorted(known.keys() | coming.keys()):
        told.extend(_of_stop(stop_id, known[stop_id], sorted(coming[stop_id]), name))
    return tuple(told)


def _of_stop(
    stop_id: str, known: list[Announcement], coming: list[_Time], name: CampaignName
) -> list[Announcement]:
    same = {(one.day, one.start_min, one.end_min): one for one in known if not one.is_cancelled}
    told: list[Announcement] = []
    fresh: list[_Time] = []
    for when in coming:
        one = same.pop(when[:3], None)
        if one is None:
            fresh.append(when)
        else:
            told.append(one if one.bus_id == when[3] else _changed(one, when))
    gone = sorted(same.values(), key=lambda one: (one.day, one.start_min))
    told.extend(_changed(one, when) for one, when in zip(gone, fresh, strict=False))
    told.extend(
        replace(one, sequence=one.sequence + 1, is_cancelled=True) for one in gone[len(fresh) :]
    )
    told.extend(one for one in known if one.is_cancelled)
    for day, start, end, bus in fresh[len(gone) :]:
        of = "" if name == CampaignName.CHECKUP else f"-{name.value}"
        uid = f"{day.isoformat()}-{stop_id}-{len(told) + 1}{of}"
        told.append(
            Announcement(
                uid=uid,
                sequence=0,
                stop_id=stop_id,
                bus_id=bus,
                day=day,
                start_min=start,
                end_min=end,
                campaign=name.value,
            )
        )
    return told


def _changed(one: Announcement, when: _Time) -> Announcement:
    day, start, end, bus = when
    earlier = {*one.earlier_buses, one.bus_id} - {bus}
    return replace(
        one,
        sequence=one.sequence + 1,
        day=day,
        start_min=start,
        end_min=end,
        bus_id=bus,
        earlier_buses=tuple(sorted(earlier)),
    )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PlanVersion:
    """A plan as it is kept: nothing of an older one is overwritten.

    Attributes
    ----------
    number : int
        1 for a project's first.
    parent : int | None
        The version it was re-planned from, or takes the place of; None for a campaign's first.
    made : str
        When (ISO 8601, Asia/Shanghai).
    events : tuple[Event, ...]
        Why it was re-planned.
    campaign, plan
        What holds.
    changes : tuple[VisitChange, ...]
        The difference to `parent`.
    announcements : tuple[Announcement, ...]
        Every visit the public was told of.
    announced, unchanged : int
        Visits that had not begun, and those of them that stay as they were.
    lost, won_back : float
        People of visits that could not stay, and how many were won back.
    closed : tuple[str, ...]
        Areas and lines (WKT, EPSG:4326) whose streets are closed, since the plan was first made.
    campaign_name : str
        Which campaign it is; "" in plans kept before campaigns were told by name.
    beside : tuple[int, ...]
        Versions of other campaigns that stand beside it once it is published.
    shared : tuple[SharedVisit, ...]
        Visits of other campaigns at which this one is held too.
    most : float | None
        No plan serves more, shared visits among them; None where the plan's own bound holds.
    """

    number: int
    parent: int | None
    made: str
    events: tuple[Event, ...]
    campaign: Campaign
    plan: CampaignPlan
    changes: tuple[VisitChange, ...]
    announcements: tuple[Announcement, ...]
    announced: int = 0
    unchanged: int = 0
    lost: float = 0.0
    won_back: float = 0.0
    closed: tuple[str, ...] = ()
    campaign_name: str = ""
    beside: tuple[int, ...] = ()
    shared: tuple[SharedVisit, ...] = ()
    most: float | None = None

    @property
    def upper_bound(self) -> float:
        """No plan under these rules serves more."""
        most = self.plan.upper_bound if self.most is None else self.most
        return max(most, self.served)

    @property
    def served(self) -> float:
        """People expected at its own visits and at those it shares."""
        return self.plan.workers_served + sum(one.served for one in self.shared)

    @property
    def n_visits(self) -> int:
        """Visits, those it shares among them."""
        return len(self.plan.visits) + len(self.shared)

    @property
    def visit_keys(self) -> frozenset[VisitKey]:
        """The visits it sends its own buses to."""
        buses, stops = self.campaign.buses, self.campaign.stops
        return frozenset(
            (buses[day.bus].id, day.day, stops[visit.stop].id) for day, visit in self.plan.visits
        )

    @property
    def days(self) -> tuple[date, ...]:
        """Days on which it is held, in order."""
        own = {one.day for one in self.plan.bus_days}
        return tuple(sorted(own | {one.day for one in self.shared}))

    @property
    def name(self) -> CampaignName:
        """Which campaign it is."""
        if self.campaign_name:
            return CampaignName(self.campaign_name)
        return kind_of(self.campaign.rules)

    @property
    def standing(self) -> AnnouncedCampaign:
        """What others are planned around."""
        return AnnouncedCampaign(self.name, self.campaign, self.plan, self.shared)
