"""What the bus offers and to whom, and what its pages, calendars and notices know beside the layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated

from geo.bus.replanning.version import Announcement
from geo.fields import About, Unit
from geo.study.rules import CampaignName
from geo.summary.figures import Figures
from geo.text import Text


@dataclass(frozen=True, slots=True)
class Offer:
    """A campaign's words.

    Attributes
    ----------
    bus, exam : Text
        What the bus, and a visit of it, is called.
    what : Text
        What is free, and for whom where not for all.
    lead : Text
        The same as a sentence.
    """

    bus: Text
    exam: Text
    what: Text
    lead: Text


CHECKUP = Offer(
    Text("健康体检大蓬车", "Health-check bus"),
    Text("大蓬车体检", "Health check"),
    Text("免费健康体检", "Free health check"),
    Text(
        "工会为新就业形态劳动者安排的免费健康体检。",
        "Free health checks for workers in new forms of employment.",
    ),
)
SCREENING = Offer(
    Text("两癌筛查大蓬车", "Cancer-screening bus"),
    Text("大蓬车两癌筛查", "Two-cancer screening"),
    Text("免费两癌筛查（35–59 岁女会员）", "Free two-cancer screening for women members of 35-59"),
    Text(
        "工会为 35–59 岁女会员安排的免费两癌筛查（乳腺癌、宫颈癌）。",
        "Free screening for breast and cervical cancer, for women members of 35-59.",
    ),
)


def offer_of(campaign: CampaignName | None) -> Offer:
    """Return the words of a campaign; check-ups where none is planned."""
    return SCREENING if campaign == CampaignName.SCREENING else CHECKUP


class CallTime(Figures):
    """When and by which bus a visit is made."""

    day: Annotated[date, About("日期", "Day")]
    start: Annotated[str, About("开始", "Start of exams, HH:MM")]
    end: Annotated[str, About("结束", "End of exams, HH:MM")]
    bus_id: Annotated[str, About("车辆编号", "Bus")]

    @property
    def text(self) -> str:
        """The time as people read it, without the bus."""
        return f"{self.day.isoformat()[5:]} {self.start}–{self.end}"


class BusCall(Figures):
    """Whom to phone of a visit that changed, and what to tell them: for staff only."""

    kind: Annotated[str, About("改动类型", "Kind of change")]
    word: Annotated[str, About("改动", "The change, in words")]
    stop_id: Annotated[str, About("停靠点编号", "Id of the stop")]
    name: Annotated[str, About("停靠点", "The stop")]
    address: Annotated[str, About("地址", "Address")]
    district: Annotated[str, About("区市代码", "District code")]
    contact: Annotated[str, About("联系人", "Contact person")]
    phone: Annotated[str, About("电话", "Phone")]
    old: Annotated[CallTime | None, About("原时间", "As announced; null for a new visit")]
    new: Annotated[CallTime | None, About("新时间", "As it is now; null where cancelled")]
    people_old: Annotated[float, About("原服务", "People examined before", Unit.WORKERS)]
    people_new: Annotated[float, About("现服务", "People examined now", Unit.WORKERS)]
    reason: Annotated[str, About("原因", "Why")]


@dataclass(frozen=True, slots=True)
class BusNews:
    """What of a plan is not in its layers.

    Attributes
    ----------
    announcements : Sequence[Announcement]
        Every visit the public was told of, cancelled ones included.
    calls : Sequence[BusCall]
        The last re-plan's change list.
    made : datetime
        When the plan was made, with its zone.
    bus_names : Mapping[str, str]
        What people call each bus, by its id.
    offer : Offer
        What the campaign calls itself.
    """

    announcements: Sequence[Announcement]
    calls: Sequence[BusCall]
    made: datetime
    bus_names: Mapping[str, str] = field(default_factory=dict)
    offer: Offer = CHECKUP
