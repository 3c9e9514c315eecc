"""What upsets a campaign that is under way, and the campaign as it is after it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from geo.bus.campaign.campaign import Campaign, Drive
from geo.bus.campaign.campaign_rules import Turnout
from geo.errors import BadInputError, MissingError, UnreachableError
from geo.layers.vocabulary import CampaignName
from geo.text import Text


@dataclass(frozen=True, slots=True)
class StopCancelled:
    """A stop (whose `name` people know) cannot be used on `day`; where None, from now on."""

    stop_id: str
    day: date | None = None
    name: str = ""

    @property
    def text(self) -> Text:
        """Say it."""
        stop = self.name or self.stop_id
        if self.day is None:
            return Text(f"{stop}不能再停靠", f"{stop} can no longer be used")
        return Text(f"{stop}{_zh(self.day)}取消", f"{stop} cancelled on {self.day.isoformat()}")


@dataclass(frozen=True, slots=True)
class BusDown:
    """A bus does not run from `from_day` to `until_day`, to the end where that is None."""

    bus_id: str
    from_day: date
    until_day: date | None = None

    @property
    def text(self) -> Text:
        """Say it."""
        zh = f"车辆 {self.bus_id} 自 {_zh(self.from_day)} 起停驶"
        en = f"Bus {self.bus_id} is down from {self.from_day.isoformat()}"
        if self.until_day is not None:
            return Text(f"{zh}至 {_zh(self.until_day)}", f"{en} to {self.until_day.isoformat()}")
        return Text(zh, en)


@dataclass(frozen=True, slots=True)
class RainedOff:
    """No bus runs on `day`."""

    day: date

    @property
    def text(self) -> Text:
        """Say it."""
        return Text(f"{_zh(self.day)} 因天气停驶", f"Rained off on {self.day.isoformat()}")


@dataclass(frozen=True, slots=True)
class DayAdded:
    """All buses run on `day` too, to make up for what was lost."""

    day: date

    @property
    def text(self) -> Text:
        """Say it."""
        return Text(f"{_zh(self.day)} 加开", f"{self.day.isoformat()} added")


@dataclass(frozen=True, slots=True)
class RoadClosed:
    """Streets are closed from now on: those that `wkt` (EPSG:4326, lon lat) touches."""

    wkt: str
    name: str = ""

    @property
    def text(self) -> Text:
        """Say it."""
        return Text(
            f"道路封闭{self.name and f'（{self.name}）'}", f"Road closed {self.name}".strip()
        )


@dataclass(frozen=True, slots=True)
class TurnoutChanged:
    """More or fewer people come than was expected."""

    turnout: Turnout

    @property
    def text(self) -> Text:
        """Say it."""
        rate = f"{self.turnout.expected:.1%}"
        return Text(f"参检率改按 {rate} 估计", f"Turn-out now reckoned at {rate}")


@dataclass(frozen=True, slots=True)
class ChangedByHand:
    """A planner moved visits on the board: who, and why."""

    who: str
    why: str = ""

    @property
    def text(self) -> Text:
        """Say it."""
        why = self.why and f"（{self.why}）"
        return Text(f"{self.who}人工调整{why}", f"Changed by hand by {self.who} {why}".strip())


@dataclass(frozen=True, slots=True)
class BusAlong:
    """The campaign whose bus this one shares changed its visits, and this one went along."""

    host: str

    @property
    def text(self) -> Text:
        """Say it."""
        host = CampaignName(self.host).text
        return Text(f"随{host.zh}的调整一起改", f"Changed along with {host.en}")


@dataclass(frozen=True, slots=True)
class JointlyPlanned:
    """The campaign was planned anew, at once with `others` on the same buses."""

    others: tuple[str, ...]
    note: Text | None = None

    @property
    def text(self) -> Text:
        """Say it."""
        names = [CampaignName(one).text for one in self.others]
        said = Text(
            f"与{'、'.join(name.zh for name in names)}一起排班",
            f"Planned together with {', '.join(name.en for name in names)}",
        )
        if self.note is None:
            return said
        return Text(f"{said.zh}（{self.note.zh}）", f"{said.en} ({self.note.en})")


Event = (
    StopCancelled
    | BusDown
    | RainedOff
    | DayAdded
    | RoadClosed
    | TurnoutChanged
    | ChangedByHand
    | BusAlong
    | JointlyPlanned
)


def _zh(day: date) -> str:
    return f"{day.month}月{day.day}日"


def after_events(
    campaign: Campaign,
    events: Iterable[Event],
    *,
    today: date,
    closed_drive: Drive | None = None,
) -> Campaign:
    """Return `campaign` as it is once `events` have happened.

    Parameters
    ----------
    campaign : Campaign
        As it was planned.
    events : Iterable[Event]
        What has happened, in any order.
    today : date
        Nothing before it can still be changed.
    closed_drive : Drive | None
        The drives without the streets that a :class:`RoadClosed` closes; needed for one.

    Raises
    ------
    MissingError
        If a stop or bus is not in the campaign.
    BadInputError
        If a day is over or outside the campaign.
    UnreachableError
        If a closure cuts a depot off.
    """
    for event in events:
        match event:
            case StopCancelled():
                campaign = _without_stop(campaign, event, today)
            case BusDown():
                campaign = _without_bus(campaign, event, today)
            case RainedOff():
                _check_day(campaign, event.day, today)
                off = {(bus.id, event.day) for bus in campaign.buses}
                campaign = replace(campaign, off=campaign.off | off)
            case DayAdded():
                campaign = _with_day(campaign, event.day, today)
            case RoadClosed():
                if closed_drive is None:
                    raise BadInputError(
                        Text("道路封闭后的车程尚未计算。", "Drives around the closure are missing.")
                    )
                campaign = _with_closure(campaign, closed_drive)
            case TurnoutChanged():
                rules = replace(campaign.rules, turnout=event.turnout)
                campaign = replace(campaign, rules=rules)
            case ChangedByHand() | BusAlong() | JointlyPlanned():
                # Visits were moved; the campaign is as it was.
                pass
    return campaign


def _with_day(campaign: Campaign, day: date, today: date) -> Campaign:
    if day < today or day in campaign.days:
        raise BadInputError(
            Text(
                f"{day.isoformat()} 已过或本来就是活动日，不能加开。",
                f"{day.isoformat()} is over or a day of the campaign already; it cannot be added.",
            )
        )
    return replace(campaign, days=tuple(sorted((*campaign.days, day))))


def _with_closure(campaign: Campaign, drive: Drive) -> Campaign:
    try:
        return replace(campaign, drive=drive)
    except UnreachableError as error:
        raise UnreachableError(
            Text(
                f"封路以后有车场哪里也去不了，请缩小封路范围，或改为车辆停驶。（{error.text.zh}）",
                f"The closure leaves a depot no way out: draw it smaller, or take its buses off "
                f"the road. ({error.text.en})",
            )
        ) from error


def _without_stop(campaign: Campaign, event: StopCancelled, today: date) -> Campaign:
    if event.stop_id not in {stop.id for stop in campaign.stops}:
        raise MissingError(
            Text(
                f"行程里没有停靠点 {event.stop_id}。", f"The campaign has no stop {event.stop_id}."
            )
        )
    if event.day is not None:
        _check_day(campaign, event.day, today)
    days = {day for day in campaign.days if day >= today and event.day in {None, day}}
    stops = tuple(
        replace(stop, banned_days=stop.banned_days | days) if stop.id == event.stop_id else stop
        for stop in campaign.stops
    )
    return replace(campaign, stops=stops)


def _without_bus(campaign: Campaign, event: BusDown, today: date) -> Campaign:
    if event.bus_id not in {bus.id for bus in campaign.buses}:
        known = "、".join(bus.id for bus in campaign.buses)
        raise MissingError(
            Text(
                f"没有车辆 {event.bus_id}；有：{known}。",
                f"There is no bus {event.bus_id}; there are {known}.",
            )
        )
    last = event.until_day or campaign.days[-1]
    days = [day for day in campaign.days if max(event.from_day, today) <= day <= last]
    if not days:
        raise BadInputError(
            Text(
                f"{event.from_day.isoformat()} 起没有剩余的活动日可停驶。",
                f"No day of the campaign is left from {event.from_day.isoformat()} on.",
            )
        )
    return replace(campaign, off=campaign.off | {(event.bus_id, day) for day in days})


def _check_day(campaign: Campaign, day: date, today: date) -> None:
    if day < today or day not in campaign.days:
        raise BadInputError(
            Text(
                f"{day.isoformat()} 已过或不是活动日，无法改动。",
                f"{day.isoformat()} is over or no day of the campaign; it cannot be changed.",
            )
        )
