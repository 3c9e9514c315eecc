"""What the bus offers and to whom, and what its pages, calendars and notices know beside the layers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated

from geo.bus.replanning.version import Announcement
from geo.fields import About, Unit
from geo.json_shapes import JsonRow
from geo.layers.vocabulary import CampaignName
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
    Text("大蓬车免费体检", "Free check-up"),
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


LEGAL_TALKS = Offer(
    Text("普法宣讲大蓬车", "Legal-talk bus"),
    Text("大蓬车普法宣讲", "Legal talk"),
    Text("免费普法宣讲与法律咨询", "Free legal talks and advice"),
    Text(
        "工会为新就业形态劳动者安排的免费普法宣讲。",
        "Free legal talks for workers in new forms of employment.",
    ),
)
CONSULTATION = Offer(
    Text("健康咨询大蓬车", "Health-consultation bus"),
    Text("大蓬车健康咨询", "Health consultation"),
    Text("免费健康咨询", "Free health consultation"),
    Text(
        "工会为新就业形态劳动者安排的免费健康咨询。",
        "Free health consultation for workers in new forms of employment.",
    ),
)
OFFERS: Mapping[CampaignName, Offer] = {
    CampaignName.CHECKUP: CHECKUP,
    CampaignName.SCREENING: SCREENING,
    CampaignName.LEGAL_TALKS: LEGAL_TALKS,
    CampaignName.CONSULTATION: CONSULTATION,
}


def offer_together(campaigns: Sequence[CampaignName]) -> Offer:
    """Return the words for several campaigns of one fleet; of one campaign, its own."""
    if len(campaigns) < 2:  # noqa: PLR2004 - one campaign speaks for itself
        return offer_of(campaigns[0] if campaigns else None)
    offers = [OFFERS[name] for name in campaigns]
    return Offer(
        Text("工会服务大蓬车", "Union service bus"),
        Text("大蓬车服务", "Service of the bus"),
        Text(
            "、".join(offer.what.zh for offer in offers),
            "; ".join(offer.what.en for offer in offers),
        ),
        Text(
            "".join(offer.lead.zh for offer in offers), " ".join(offer.lead.en for offer in offers)
        ),
    )


def offer_of(campaign: CampaignName | str | None) -> Offer:
    """Return the words of a campaign; check-ups where none is planned."""
    return OFFERS[CampaignName(campaign)] if campaign else CHECKUP


def campaign_word(campaigns: Collection[object], campaign: object) -> Text | None:
    """Return what a visit's campaign is called, where several stand; None where one does."""
    told = {one for one in campaigns if isinstance(one, str)}
    return CampaignName(campaign).text if isinstance(campaign, str) and len(told) > 1 else None


def visit_word(campaigns: Collection[object], visit: JsonRow) -> Text | None:
    """Return :func:`campaign_word` of a visit, and that it is held at another campaign's if it is."""
    word = campaign_word(campaigns, visit["campaign"])
    return guest_word(word) if word is not None and visit["shared_with"] else word


def guest_word(campaign: Text) -> Text:
    """Return what a campaign is called where it is held at another's visit."""
    return Text(f"同场：{campaign.zh}", f"Also: {campaign.en}")


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
    campaign: Annotated[str, About("活动", "What the visit is for, in words")] = ""
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


@dataclass(frozen=True, slots=True, kw_only=True)
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
        What the campaigns that stand call themselves.
    campaigns : Sequence[CampaignName]
        All that stand, the one in front first.
    """

    announcements: Sequence[Announcement]
    calls: Sequence[BusCall]
    made: datetime
    bus_names: Mapping[str, str] = field(default_factory=dict)
    offer: Offer = CHECKUP
    campaigns: Sequence[CampaignName] = ()
