"""``bus``: plan the campaign; the commands beneath it follow the plan."""

from __future__ import annotations

from dataclasses import astuple
from datetime import date, datetime
from typing import Any, get_args

import click

from api.command.analyses import run_parts
from api.command.bus_record import record_command, turnout_command
from api.command.bus_replan import publish_command, replan_command
from api.command.bus_stops import stops_command
from api.command.console import Console, machine_option, project_option
from api.command.options import DAY, Decorator, all_of
from geo.bus.rules import Turnout
from geo.bus.traffic import traffic_of
from geo.errors import BadInputError
from geo.network.vehicle import Vehicle
from geo.study.rules import BusRules, CampaignName, StudyRules
from geo.summary.bus import BusPlanningFigures
from geo.summary.run import RunSummary, done
from geo.text import Language, Text

_POSITIVE = click.IntRange(min=1)
_CHECKUP = Text("体检", "Check-ups")
_PLAIN = BusRules()


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
    @click.option("--buses", type=_POSITIVE, default=_PLAIN.buses, show_default=True,
                  help=Text("车辆数", "Number of buses").into(language))  # fmt: skip
    @click.option("--days", type=_POSITIVE, default=_PLAIN.days, show_default=True,
                  help=Text("工作日数", "Working days").into(language))  # fmt: skip
    @click.option("--first-day", type=DAY, help=first_help.into(language))
    @click.option("--seconds", type=click.FloatRange(min=1), default=_PLAIN.time_limit_s, show_default=True,
                  help=Text("求解时限（秒）", "Time limit (s)").into(language))  # fmt: skip
    @click.option("--size", nargs=4, type=float, default=astuple(_PLAIN.vehicle), show_default=True,
                  help=size_help.into(language))  # fmt: skip
    @click.option("--turnout", nargs=3, type=float, show_default=True,
                  default=(_PLAIN.turnout.low, _PLAIN.turnout.expected, _PLAIN.turnout.high),
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
        chosen = BusRules(
            first_day=first, time_limit_s=seconds, vehicle=Vehicle(*size),
            turnout=Turnout(expected, low, high), rush_hours=_rush_hours(rush), **options,
        )  # fmt: skip
        summary = run_parts(project, StudyRules(bus=chosen), ("bus",), language, as_json=as_json)
        Console(language, as_json=as_json).answer(summary.to_json(), bus_text(summary))

    for build in (
        stops_command,
        replan_command,
        publish_command,
        record_command,
        turnout_command,
    ):
        bus.add_command(build(language))
    return bus


def _campaign_options(language: Language) -> Decorator:
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
    return all_of(
        click.option("--campaign", type=click.Choice(get_args(CampaignName)), default=_PLAIN.campaign,
                     show_default=True, help=what.into(language)),
        click.option("--quota", type=some, help=Text("名额（人）", "Places paid for").into(language)),
        click.option("--per-hour", "exams_per_hour", type=some, help=hour.into(language)),
        click.option("--per-day", "exams_per_day", type=some, help=day.into(language)),
        click.option("--district-floor", type=click.FloatRange(0, 1), default=_PLAIN.district_floor,
                     show_default=True, help=floor.into(language)),
        click.option("--km-weight", type=click.FloatRange(min=0), default=_PLAIN.km_weight,
                     show_default=True, help=km.into(language)),
    )  # fmt: skip


def _rush_hours(told: tuple[tuple[str, float], ...]) -> dict[str, float] | None:
    """Return the rushes given; refuse at once what cannot be meant."""
    rush_hours = dict(told)
    if len(rush_hours) < len(told):
        raise BadInputError(
            Text(
                "同一高峰时段给了两次，请只留一个。",
                "The same rush is given twice; keep one of them.",
            )
        )
    traffic_of(rush_hours)
    return rush_hours or None


def _price(weighed: BusPlanningFigures) -> Text:
    price = weighed.fairness_price
    if price is None and weighed.weights.district_floor and weighed.fairness_most is not None:
        most = weighed.fairness_most
        return Text(f"代价不超过 {most:z,.0f} 人", f"its price {most:z,.0f} people at most")
    if price is None and weighed.weights.district_floor:
        return Text(
            "代价未及计算，可加大 --seconds", "no time to tell its price: give more --seconds"
        )
    return Text(f"代价 {price or 0:z,.0f} 人", f"its price {price or 0:z,.0f} people")


def bus_text(summary: RunSummary) -> Text:
    """Say the bus campaign of `summary` in one paragraph."""
    plan, weighed = done(summary.bus), done(summary.bus_planning)
    served, bound, (low, high) = plan.workers_served, plan.upper_bound, plan.served_range
    what = Text("两癌筛查", "Screening") if plan.campaign == "screening" else _CHECKUP
    weights, price = weighed.weights, _price(weighed)
    return Text(
        f"大蓬车{what.zh}：{plan.visits} 次停靠，预计检查 {served:,.0f} 人（参检率低则 {low:,.0f}，高则 {high:,.0f}）；"
        f"上限 {bound:,.0f}，差距不超过 {plan.gap:.2%}；"
        f"行驶 {plan.km:,.0f} 公里。目标依次为人数、区市公平（保底 "
        f"{weights.district_floor:.0%}，{price.zh}）、里程（每公里抵 {weights.km:g} 人）。",
        f"{what.en}: {plan.visits} visits, {served:,.0f} people examined ({low:,.0f} at the "
        f"low turn-out, {high:,.0f} at the high); bound "
        f"{bound:,.0f} (gap {plan.gap:.2%}); {plan.km:,.0f} km driven. Aims in "
        f"turn: workers; districts (floor {weights.district_floor:.0%}, {price.en}); driving (a km is worth {weights.km:g} workers).",
    )
