"""Recording what happened at a visit, for the command line and the crews' page alike."""

from __future__ import annotations

from datetime import date, datetime

from api.bus.published_campaigns import versions_standing
from data.bus.bus_records import BusRecords
from data.store.project import Project
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

    `campaign` tells whose people they are where several are held at one visit; None for the one
    whose bus it is.

    Raises
    ------
    MissingError
        If the published plan has no such visit.
    BadInputError
        If its day is still to come, or the number cannot be.
    """
    moment = now or datetime.now(SHANGHAI)
    guest, standing = "", versions_standing(project)
    planned = {
        (version.campaign.buses[one.bus].id, one.day, version.campaign.stops[visit.stop].id)
        for version in standing
        for one, visit in version.plan.visits
    }
    shared = {(one.key, version.name) for version in standing for one in version.shared}
    if campaign is not None and ((bus_id, day, stop_id), campaign) in shared:
        guest = campaign.value
    if (bus_id, day, stop_id) not in planned:
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
    recorded = moment.isoformat(timespec="seconds")
    record = VisitRecord(
        bus_id=bus_id, day=day, stop_id=stop_id, came=came, recorded=recorded, guest=guest
    )
    BusRecords(project.folder).add(record)
    return record
