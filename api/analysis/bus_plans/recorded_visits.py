"""Recording what happened at a visit, for the command line and the crews' page alike."""

from __future__ import annotations

from datetime import date, datetime

from api.bus.published_campaigns import announced_versions
from data.bus.bus_plans import BusPlans
from data.bus.bus_records import BusRecords
from data.store.project import Project
from geo.bus.planned.visit import VisitKey
from geo.bus.turnout.turnout import VisitRecord
from geo.errors import BadInputError, MissingError
from geo.hours import SHANGHAI
from geo.layers.vocabulary import CampaignName
from geo.text import Text


def record_visit(
    project: Project,
    bus_id: str,
    day: date,
    stop_id: str,
    came: int | None,
    *,
    campaign: CampaignName | None = None,
    now: datetime | None = None,
) -> VisitRecord:
    """Store that `came` people were examined at a visit; None: it did not take place.

    `campaign` tells whose people they are; it may be left out where one alone is held there.

    Raises
    ------
    MissingError
        If no plan that stands, or stood when the day was, has such a visit of that campaign.
    BadInputError
        If its day is still to come, the number cannot be, or several campaigns are held at the
        visit and none is named.
    """
    moment = now or datetime.now(SHANGHAI)
    key = bus_id, day, stop_id
    held = _held_at(project, key, is_over=day < moment.date())
    if not held:
        raise MissingError(
            Text(
                f"行程里没有车辆 {bus_id} 在 {day.isoformat()} 到 {stop_id} 的停靠。",
                f"Bus {bus_id} has no visit to {stop_id} on {day.isoformat()}.",
            )
        )
    if day > moment.date():
        raise BadInputError(
            Text(
                f"{day.isoformat()} 还没到，不能登记实到人数。",
                f"{day.isoformat()} is still to come; nothing can be recorded.",
            )
        )
    record = VisitRecord(
        bus_id=bus_id,
        day=day,
        stop_id=stop_id,
        came=came,
        recorded=moment.isoformat(timespec="seconds"),
        campaign=_whose(held, campaign, stop_id).value,
    )
    BusRecords(project.folder).add(record)
    return record


def _held_at(project: Project, key: VisitKey, *, is_over: bool) -> tuple[CampaignName, ...]:
    """Return the campaigns held at a visit, the one whose bus it is first.

    A day that `is_over` may be told late: plans that stood before those of today are asked too.
    """
    standing, plans = announced_versions(project), BusPlans(project.folder)
    while standing:
        own = [one.name for one in standing if key in one.visit_keys]
        guests = [one.name for one in standing if key in {held.key for held in one.shared}]
        parents = [one.parent for one in standing if one.parent is not None]
        if own or guests or not is_over:
            return (*own, *guests)
        standing = tuple(plans.read(number) for number in parents)
    return ()


def _whose(held: tuple[CampaignName, ...], told: CampaignName | None, stop_id: str) -> CampaignName:
    """Return the campaign whose people are recorded; never a guess among several."""
    zh, en = "、".join(one.text.zh for one in held), ", ".join(one.text.en for one in held)
    if told is None and len(held) > 1:
        raise BadInputError(
            Text(
                f"{stop_id} 这次停靠同时办{zh}，请说明登记的是哪一项的人数（campaign）。",
                f"{en} are held at this visit to {stop_id}: say whose people came (campaign).",
            )
        )
    if told is not None and told not in held:
        raise MissingError(
            Text(
                f"{stop_id} 这次停靠办的是{zh}，没有{told.text.zh}，请改选活动。",
                f"This visit to {stop_id} is of {en}, not of {told.text.en}; name another.",
            )
        )
    return held[0] if told is None else told
