"""What the office and calendars need of the bus plan: whom to phone, what it was, what it is now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from api.bus.published_campaigns import announced_versions, bus_names
from data.store.project import Project
from geo.bus.campaign.campaign import Campaign
from geo.bus.campaign.clock import clock_text
from geo.bus.replanning.changes import CHANGE_WORDS, AnnouncedVisit, VisitChange
from geo.bus.replanning.events import BusAlong
from geo.bus.replanning.version import PlanVersion
from geo.hours import SHANGHAI
from geo.layers.vocabulary import CampaignName
from geo.summary.bus_figures import BusFigures
from geo.text import Language, Text
from maps.bus.news import BusCall, BusNews, CallTime, offer_together

_PERSON = 0.5
"""People that round to one: less is no shortfall anybody would act on."""


def change_rows(version: PlanVersion, language: Language = Language.ZH) -> tuple[BusCall, ...]:
    """Return one call per change of `version`: see :func:`change_rows_of`."""
    return change_rows_of(version.campaign, version.changes, version.name, language)


def calls_with(
    versions: Sequence[PlanVersion], language: Language = Language.ZH
) -> tuple[BusCall, ...]:
    """Return the calls of the first of `versions` and of those that change with it.

    `versions` are it and those that stand beside it: guests at its visits go along or are told.
    """
    return tuple(row for one in _changed_with(versions) for row in change_rows(one, language))


def change_rows_of(
    campaign: Campaign,
    changes: Sequence[VisitChange],
    name: CampaignName,
    language: Language = Language.ZH,
) -> tuple[BusCall, ...]:
    """Return one call per change of the campaign `name`, contact persons included: staff only."""
    calls = []
    for change in changes:
        stop = campaign.stops[change.stop]
        calls.append(
            BusCall(
                kind=change.kind,
                word=CHANGE_WORDS[change.kind].into(language),
                campaign=name.text.into(language),
                stop_id=stop.id,
                name=stop.name,
                address=stop.address,
                district=stop.district,
                contact=stop.contact,
                phone=stop.phone,
                old=_told(change.old),
                new=_told(change.new),
                people_old=round(change.people_old, 1),
                people_new=round(change.people_new, 1),
                reason=change.reason.into(language),
            )
        )
    return tuple(calls)


def _changed_with(versions: Sequence[PlanVersion]) -> list[PlanVersion]:
    """Return the version in front and those that changed with it, of all that stand.

    Campaigns planned together are numbered after the one in front, guests that went along just
    before it.
    """
    front = versions[0]
    along = BusAlong(front.name.value)
    return [
        one
        for one in versions
        if one.number >= front.number or (one.number > (front.parent or 0) and along in one.events)
    ]


def _told(told: AnnouncedVisit | None) -> CallTime | None:
    if told is None:
        return None
    return CallTime(
        day=told.day,
        start=clock_text(told.start_min),
        end=clock_text(told.end_min),
        bus_id=told.bus,
    )


def changes_text(
    version: PlanVersion, *, published: bool, beside: Sequence[PlanVersion] = ()
) -> Text:
    """Say a re-plan to people: the figures, then one line for each call, guests' `beside` included."""
    versions = (version, *beside)
    calls = calls_with(versions)
    zh = [
        (
            f"重排第 {version.number} 版（{version.name.text.zh}）：停靠 {version.announced} 次中 {version.unchanged} 次不变；"
            f"受影响 {version.lost:z,.0f} 人，补回 {version.won_back:z,.0f} 人；"
            f"预计检查 {version.plan.workers_served:,.0f} 人，上限 {version.plan.upper_bound:,.0f}。"
        ),
        f"需要打的电话 {len(calls)} 个：",
    ]
    en = [
        (
            f"Version {version.number} ({version.name.text.en}): {version.unchanged} of {version.announced} visits unchanged; "
            f"{version.lost:z,.0f} people lost, {version.won_back:z,.0f} won back; "
            f"{version.plan.workers_served:,.0f} examined, bound {version.plan.upper_bound:,.0f}."
        ),
        f"{len(calls)} calls:",
    ]
    zh += [_call(row) for row in calls]
    en += [_call(row) for row in calls_with(versions, Language.EN)]
    for district, missing in below_floor(version).items():
        zh.append(
            f"  区市 {district} 比保底少 {missing:,.0f} 人；已公告的停靠不为此改动，除非加 --floors-move。"
        )
        en.append(
            f"  District {district} is {missing:,.0f} people below its floor; "
            "announced visits do not move for it unless --floors-move says so."
        )
    if not published:
        zh.append(f"尚未发布；确认后运行 yizhan bus publish {version.number}。")
        en.append(f"Not published; run yizhan bus publish {version.number} to do so.")
    return Text("\n".join(zh), "\n".join(en))


def anew_text(version: PlanVersion) -> Text | None:
    """Say what a plan made from scratch does to the visits announced before; None for nothing.

    Visits before its first day that could not stand are called off: that is told, with the mend.
    """
    gone = [one for one in version.changes if one.kind != "added"]
    if not gone:
        return None
    kinds = Counter(one.kind for one in gone)
    first = min(one.old.day for one in gone if one.old is not None)
    zh = [
        (
            f"此前已公告 {version.announced} 次停靠，{version.unchanged} 次照旧、"
            f"{kinds['moved']} 次改期、{kinds['cancelled']} 次取消；请通知："
        )
    ]
    en = [
        (
            f"Of {version.announced} visits announced before, {version.unchanged} stand, "
            f"{kinds['moved']} move and {kinds['cancelled']} are cancelled; tell them:"
        )
    ]
    zh += [_call(row) for row in change_rows(version) if row.kind != "added"]
    en += [_call(row) for row in change_rows(version, Language.EN) if row.kind != "added"]
    if first < version.campaign.days[0]:
        zh.append(
            f"新排班自 {version.campaign.days[0].isoformat()} 起，之前的停靠因此取消；"
            f"要保留，请用 --first-day {first.isoformat()} 再排一次，或改用 yizhan bus replan。"
        )
        en.append(
            f"The new plan begins on {version.campaign.days[0].isoformat()}, so visits before it "
            f"are cancelled; to keep them plan again with --first-day {first.isoformat()}, or use "
            "yizhan bus replan."
        )
    return Text("\n".join(zh), "\n".join(en))


def below_floor(version: PlanVersion) -> dict[str, float]:
    """Return the people missing at the floor of each district that is below it, by code."""
    short = {row.district: row.floor - row.served for row in version.plan.districts}
    return {
        district: round(missing, 1) for district, missing in short.items() if missing >= _PERSON
    }


def _call(call: BusCall) -> str:
    times = f"{_when(call.old)} → {_when(call.new)}"
    whom = " ".join(part for part in (call.contact, call.phone) if part) or "—"
    return f"  {call.word}  {call.campaign}  {call.name}  {times}  {whom}  {call.reason}"


def _when(told: CallTime | None) -> str:
    return "—" if told is None else told.text


def bus_news(project: Project, bus: BusFigures | None) -> BusNews:
    """Return the announcements and calls of the version that is published, `bus`."""
    if bus is None or not bus.version:
        return BusNews(announcements=(), calls=(), made=datetime.now(SHANGHAI))
    versions = announced_versions(project, bus.version)
    version = versions[0]
    made = datetime.fromisoformat(version.made)
    told = tuple(
        one if one.campaign == of.name.value else replace(one, campaign=of.name.value)
        for of in versions
        for one in of.announcements
    )
    return BusNews(
        announcements=told,
        calls=calls_with(versions),
        made=made,
        bus_names=bus_names(versions),
        offer=offer_together([of.name for of in versions]),
        campaigns=tuple(of.name for of in versions),
    )
