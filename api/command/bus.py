"""``bus`` and what follows it: plan, re-plan, publish, record, and tell what was learned."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import astuple
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
import shapely

from api.analysis.bus_learning import campaign_turnout
from api.analysis.bus_versions import (
    CancelledStop,
    ReplanRequest,
    StoppedBus,
    draft_replan,
    publish_version,
    published_version,
)
from api.analysis.parameters import BusParameters, Parameters
from api.bus.changes import change_rows, changes_text
from api.bus.recording import record_visit
from api.command.analyses import run_parts
from api.command.bus_stops import stops_command
from api.command.console import Console, machine_option, project_option
from data.bus_records import BusRecords
from data.project import Project
from geo.campaign.rules import Turnout
from geo.errors import BadInputError
from geo.hours import SHANGHAI
from geo.network.vehicle import Vehicle
from geo.text import Language, Text

Command = Callable[..., None]
_POSITIVE = click.IntRange(min=1)
_CHECKUP = Text("体检", "Check-ups")
_DAY = click.DateTime(["%Y-%m-%d"])
_TURNOUT = Turnout()
_MOMENT = click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])


def bus_command(language: Language) -> click.Command:
    """Build ``yizhan bus`` and the commands beneath it."""
    about = Text(
        "编排大蓬车体检行程；其下 stops 提出停靠候选点、replan 重排、publish 发布、record 登记实到、"
        "turnout 查看参检率",
        "Plan the health-check bus; beneath it: stops, replan, publish, record, turnout",
    )
    first_help = Text("首日（YYYY-MM-DD，默认明天起的工作日）", "First day (YYYY-MM-DD)")
    size_help = Text(
        "最大车辆的高、宽、长（米）和总质量（吨），绕开限高、限宽、限重的道路",
        "Height, width, length (m) and weight (t) of the largest bus, to drive round limits",
    )
    turnout_help = Text(
        "参检率：范围内职工来检查的比例，最低、预计、最高（0–1）",
        "Turn-out: part (0-1) of the people in reach who come, at least, expected, at most",
    )
    rush_help = Text(
        "高峰时段及行车时间的倍数，可多次：--rush 07:00-09:00 1.5（也可写在 project.json 的 rush_hours）",
        "A rush and how many times as long drives take in it, repeatable: --rush 07:00-09:00 1.5 "
        "(or rush_hours in project.json)",
    )

    @click.group("bus", help=about.into(language), invoke_without_command=True)
    @_campaign_options(language)
    @click.option("--buses", type=_POSITIVE, default=3, show_default=True,
                  help=Text("车辆数", "Number of buses").into(language))  # fmt: skip
    @click.option("--days", type=_POSITIVE, default=10, show_default=True,
                  help=Text("工作日数", "Working days").into(language))  # fmt: skip
    @click.option("--first-day", type=_DAY, help=first_help.into(language))
    @click.option("--seconds", type=click.FloatRange(min=1), default=60.0, show_default=True,
                  help=Text("求解时限（秒）", "Time limit (s)").into(language))  # fmt: skip
    @click.option("--size", nargs=4, type=float, default=astuple(Vehicle()), show_default=True,
                  help=size_help.into(language))  # fmt: skip
    @click.option("--turnout", nargs=3, type=float, show_default=True,
                  default=(_TURNOUT.low, _TURNOUT.expected, _TURNOUT.high),
                  metavar="LOW EXPECTED HIGH", help=turnout_help.into(language))  # fmt: skip
    @click.option("--rush", nargs=2, type=(str, float), multiple=True, metavar="SPAN FACTOR",
                  help=rush_help.into(language))  # fmt: skip
    @project_option(language)
    @machine_option(language)
    @click.pass_context
    def bus(
        context: click.Context,
        /,
        first_day: datetime | None,
        seconds: float,
        size: tuple[float, float, float, float],
        turnout: tuple[float, float, float],
        rush: tuple[tuple[str, float], ...],
        project: str,
        as_json: bool,  # noqa: FBT001
        **options: Any,  # noqa: ANN401
    ) -> None:
        if context.invoked_subcommand is not None:
            return
        first: date | None = first_day.date() if first_day else None
        low, expected, high = turnout
        chosen = BusParameters(
            first_day=first, time_limit_s=seconds, vehicle=Vehicle(*size),
            turnout=Turnout(expected, low, high), rush_hours=dict(rush) or None, **options,
        )  # fmt: skip
        summary = run_parts(project, Parameters(bus=chosen), ("bus",), language, as_json=as_json)
        Console(language, as_json=as_json).answer(summary, bus_text(summary))

    for build in (
        stops_command,
        _replan_command,
        _publish_command,
        _record_command,
        _turnout_command,
    ):
        bus.add_command(build(language))
    return bus


def _campaign_options(language: Language) -> Callable[[Command], Command]:
    """Whom the campaign is for, what one bus can do, and what the planner weighs."""
    what = Text(
        "checkup 免费体检；screening 两癌筛查（35–59 岁女职工，2000 个名额）",
        "checkup, or screening: two-cancer screening of women aged 35-59, 2,000 places",
    )
    floor = Text(
        "公平：每个区市至少得到按人数应得份额的几成（0–1）",
        "Fairness: part (0-1) of its share by head count that each district is owed",
    )
    km = Text("少行驶一公里抵几个人", "Workers a kilometre saved is worth")
    hour = Text("每车每小时检查人数", "People examined per bus and hour")
    day = Text("每车每日检查人数", "People examined per bus and day")
    some = click.FloatRange(min=0, min_open=True)
    options = (
        click.option("--campaign", type=click.Choice(["checkup", "screening"]), default="checkup",
                     show_default=True, help=what.into(language)),
        click.option("--quota", type=some, help=Text("名额（人）", "Places paid for").into(language)),
        click.option("--per-hour", "exams_per_hour", type=some, help=hour.into(language)),
        click.option("--per-day", "exams_per_day", type=some, help=day.into(language)),
        click.option("--district-floor", type=click.FloatRange(0, 1), default=0.3,
                     show_default=True, help=floor.into(language)),
        click.option("--km-weight", type=click.FloatRange(min=0), default=0.005,
                     show_default=True, help=km.into(language)),
    )  # fmt: skip

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def _replan_command(language: Language) -> click.Command:
    about = Text(
        "取消停靠、车辆停驶、下雨、封路或参检率变化后重排：已走的不动，已公告的尽量不动，并列出要打的电话",
        "Re-plan after a cancelled stop, a bus down, rain, a closed road or another turn-out",
    )

    @click.command("replan", help=about.into(language))
    @_replan_options(language)
    @project_option(language)
    @machine_option(language)
    def replan(project: str, as_json: bool, preview: bool, **options: Any) -> None:  # noqa: ANN401, FBT001
        opened = Project.open(Path(project))
        with Console(language, as_json=as_json) as console:
            now = options["now"] or datetime.now(SHANGHAI)
            version = draft_replan(opened, _request(options), now, progress=console.progress)
            if not preview:
                publish_version(
                    opened, version.number, language=language, progress=console.progress
                )
        facts = {
            "version": version.number,
            "published": not preview,
            "workers_served": version.plan.workers_served,
            "upper_bound": version.plan.upper_bound,
            "lost": version.lost,
            "won_back": version.won_back,
            "announced": version.announced,
            "unchanged": version.unchanged,
            "changes": change_rows(version, language),
        }
        Console(language, as_json=as_json).answer(
            facts, changes_text(version, published=not preview)
        )

    return replan


def _replan_options(language: Language) -> Callable[[Command], Command]:
    helps = {
        "cancel": Text("取消的停靠点编号，可重复", "Stop cancelled; may be repeated"),
        "day": Text("只在这一天取消（默认从现在起不再停靠）", "Cancelled on this day only"),
        "down": Text("停驶的车辆编号", "Bus that does not run"),
        "from": Text("停驶首日（默认今天）", "First day it does not run (default: today)"),
        "until": Text("停驶末日（默认到活动结束）", "Last day it does not run"),
        "rain": Text("因天气停驶的日期，可重复", "Day rained off; may be repeated"),
        "add": Text("加开的日期，可重复", "Make-up day; may be repeated"),
        "closed": Text(
            "封闭道路：GeoJSON 文件（面或线，WGS-84）", "Closed roads: GeoJSON file (area or line)"
        ),
        "turnout": Text("改用的参检率（0–1）", "Turn-out reckoned with now (0-1)"),
        "learn": Text("参检率按实到记录估计", "Take the turn-out from the records"),
        "weight": Text("改动一次停靠至少要多服务几人", "People a changed visit must win"),
        "notice": Text("当天新增停靠至少提前几分钟", "Least notice of a new visit today (min)"),
        "now": Text("此刻（默认现在），如 2026-11-26T08:00", "The moment (default: now)"),
        "preview": Text("只列出改动，先不发布", "Only list the changes, do not publish"),
    }

    def decorate(function: Command) -> Command:
        said = {name: text.into(language) for name, text in helps.items()}
        # The last decorator applied is the first option in the help.
        for option in (
            click.option("--cancel", multiple=True, help=said["cancel"]),
            click.option("--day", type=_DAY, help=said["day"]),
            click.option("--bus-down", help=said["down"]),
            click.option("--from", "from_day", type=_DAY, help=said["from"]),
            click.option("--until", "until_day", type=_DAY, help=said["until"]),
            click.option("--rain", type=_DAY, multiple=True, help=said["rain"]),
            click.option("--add-day", "add_days", type=_DAY, multiple=True, help=said["add"]),
            click.option("--closed", type=click.Path(exists=True, dir_okay=False, path_type=Path),
                         help=said["closed"]),
            click.option("--turnout", type=click.FloatRange(0, 1, min_open=True),
                         help=said["turnout"]),
            click.option("--learn", is_flag=True, help=said["learn"]),
            click.option("--change-weight", type=click.FloatRange(min=0), default=5.0,
                         show_default=True, help=said["weight"]),
            click.option("--notice", type=click.IntRange(min=0), default=60, show_default=True,
                         help=said["notice"]),
            click.option("--now", type=_MOMENT, help=said["now"]),
            click.option("--preview", is_flag=True, help=said["preview"]),
        )[::-1]:  # fmt: skip
            function = option(function)
        return function

    return decorate


def _request(options: Mapping[str, Any]) -> ReplanRequest:
    day = options["day"].date() if options["day"] else None
    down: tuple[StoppedBus, ...] = ()
    if options["bus_down"]:
        first = options["from_day"] or options["now"] or datetime.now(SHANGHAI)
        until = options["until_day"].date() if options["until_day"] else None
        down = (StoppedBus(bus_id=options["bus_down"], from_day=first.date(), until_day=until),)
    path: Path | None = options["closed"]
    return ReplanRequest(
        cancel=tuple(CancelledStop(stop_id=stop, day=day) for stop in options["cancel"]),
        bus_down=down,
        rain=tuple(one.date() for one in options["rain"]),
        add_days=tuple(one.date() for one in options["add_days"]),
        closed_wkt=None if path is None else _closed(path),
        closed_name="" if path is None else path.stem,
        turnout=options["turnout"],
        learn=options["learn"],
        change_weight=options["change_weight"],
        notice_min=options["notice"],
    )


def _closed(path: Path) -> str:
    """Return the shapes of a GeoJSON file (EPSG:4326) as one WKT."""
    try:
        return str(shapely.union_all([shapely.from_geojson(path.read_text("utf-8"))]).wkt)
    except (shapely.errors.ShapelyError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadInputError(
            Text(f"{path} 不是 GeoJSON：{error}", f"{path} is no GeoJSON: {error}")
        ) from error


def _publish_command(language: Language) -> click.Command:
    about = Text("发布预览过的重排版本", "Publish a version that was previewed")

    @click.command("publish", help=about.into(language))
    @click.argument("number", type=_POSITIVE)
    @project_option(language)
    @machine_option(language)
    def publish(number: int, project: str, as_json: bool) -> None:  # noqa: FBT001
        opened = Project.open(Path(project))
        with Console(language, as_json=as_json) as console:
            publish_version(opened, number, language=language, progress=console.progress)
        Console(language, as_json=as_json).answer(
            {"version": number},
            Text(f"第 {number} 版已发布。", f"Version {number} is published."),
        )

    return publish


def _record_command(language: Language) -> click.Command:
    about = Text("登记一次停靠的实到人数", "Record how many people came to a visit")

    @click.command("record", help=about.into(language))
    @click.option("--bus", "bus_id", required=True, help=Text("车辆编号", "Bus").into(language))
    @click.option("--day", type=_DAY, required=True, help=Text("日期", "Day").into(language))
    @click.option("--stop", "stop_id", required=True,
                  help=Text("停靠点编号", "Stop").into(language))  # fmt: skip
    @click.option("--came", type=click.IntRange(min=0),
                  help=Text("实到人数", "People examined").into(language))  # fmt: skip
    @click.option("--not-held", is_flag=True,
                  help=Text("这次停靠没有举行", "The visit did not take place").into(language))  # fmt: skip
    @project_option(language)
    @machine_option(language)
    def record(
        bus_id: str,
        day: datetime,
        stop_id: str,
        came: int | None,
        not_held: bool,  # noqa: FBT001
        project: str,
        as_json: bool,  # noqa: FBT001
    ) -> None:
        if (came is None) != not_held:
            raise click.UsageError(
                Text("请给出 --came 人数，或用 --not-held。", "Give --came or --not-held.").into(
                    language
                )
            )
        opened = Project.open(Path(project))
        made = record_visit(opened, bus_id, day.date(), stop_id, came)
        said = Text("未举行", "not held") if came is None else Text(f"{came} 人", f"{came} people")
        Console(language, as_json=as_json).answer(
            {"bus_id": bus_id, "day": made.day.isoformat(), "stop_id": stop_id, "came": came},
            Text(f"已登记 {stop_id}：{said.zh}。", f"Recorded {stop_id}: {said.en}."),
        )

    return record


def _turnout_command(language: Language) -> click.Command:
    about = Text("按实到记录估计参检率", "Estimate the turn-out from the records")

    @click.command("turnout", help=about.into(language))
    @project_option(language)
    @machine_option(language)
    def turnout(project: str, as_json: bool) -> None:  # noqa: FBT001
        opened = Project.open(Path(project))
        version = published_version(opened)
        records = BusRecords(opened.folder).read()
        found = campaign_turnout(version.campaign, version.plan, records)
        facts = {
            "visits": found.visits,
            "invited": found.invited,
            "came": found.came,
            "full": found.full,
            "expected": found.turnout.expected,
            "low": found.turnout.low,
            "high": found.turnout.high,
        }
        Console(language, as_json=as_json).answer(facts, found.text)

    return turnout


def _price(summary: Mapping[str, Any]) -> Text:
    price = summary["bus_fairness_price"]
    if price is None and summary["bus_weights"]["district_floor"]:
        return Text(
            "代价未及计算，可加大 --seconds", "no time to tell its price: give more --seconds"
        )
    return Text(f"代价 {price or 0:,.0f} 人", f"its price {price or 0:,.0f} people")


def bus_text(summary: Mapping[str, Any]) -> Text:
    """Say the bus campaign of `summary` in one paragraph."""
    served, bound = summary["bus_workers_served"], summary["bus_upper_bound"]
    what = Text("两癌筛查", "Screening") if summary["bus_campaign"] == "screening" else _CHECKUP
    weights, price = summary["bus_weights"], _price(summary)
    low, high = summary["bus_served_range"]
    return Text(
        f"大蓬车{what.zh}：{summary['bus_visits']} 次停靠，预计检查 {served:,.0f} 人（参检率低则 {low:,.0f}，高则 {high:,.0f}）；"
        f"上限 {bound:,.0f}，差距不超过 {summary['bus_gap']:.2%}；"
        f"行驶 {summary['bus_km']:,.0f} 公里。目标依次为人数、区市公平（保底 "
        f"{weights['district_floor']:.0%}，{price.zh}）、里程（每公里抵 {weights['km']:g} 人）。",
        f"{what.en}: {summary['bus_visits']} visits, {served:,.0f} people examined ({low:,.0f} at the "
        f"low turn-out, {high:,.0f} at the high); bound "
        f"{bound:,.0f} (gap {summary['bus_gap']:.2%}); {summary['bus_km']:,.0f} km driven. Aims in "
        f"turn: workers; districts (floor {weights['district_floor']:.0%}, {price.en}); driving (a km is worth {weights['km']:g} workers).",
    )
