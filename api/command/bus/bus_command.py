"""``bus``: plan the campaign; the commands beneath it follow the plan."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from api.bus.plan_news import anew_text, change_rows
from api.bus.published_campaigns import published_version
from api.command.bus.bus_options import BusOptions
from api.command.bus.record_command import record_command, turnout_command
from api.command.bus.replan_command import publish_command, replan_command
from api.command.bus.stop_command import stops_command
from api.command.bus.together_command import together_command
from api.command.console import Console, machine_option, project_option
from api.command.coverage_command import run_parts
from data.store.project import Project
from geo.bus.replanning.version import PlanVersion
from geo.study.rules import StudyRules
from geo.summary.bus_figures import BusPlanningFigures, CampaignFigures
from geo.summary.run import RunSummary, done
from geo.text import Language, Text
from maps.numbers import percent_at_most

_BUS = BusOptions()


def bus_command(language: Language) -> click.Command:
    """Build ``yizhan bus`` and the commands beneath it."""

    @click.group("bus", invoke_without_command=True)
    @_BUS.decorate(language)
    @project_option(language)
    @machine_option(language)
    @click.pass_context
    def bus(context: click.Context, /, project: str, as_json: bool, **_: object) -> None:  # noqa: FBT001
        if context.invoked_subcommand is not None:
            return
        rules = StudyRules(bus=_BUS.rules(context))
        summary = run_parts(project, rules, ("bus",), language, as_json=as_json)
        version = published_version(Project.open(Path(project)), rules.bus.campaign)
        calls = [row.model_dump(mode="json") for row in change_rows(version, language)]
        Console(language, as_json=as_json).answer(
            {**summary.to_json(), "calls": calls}, _with_calls(bus_text(summary), version)
        )

    for build in (
        stops_command,
        together_command,
        replan_command,
        publish_command,
        record_command,
        turnout_command,
    ):
        bus.add_command(build(language))
    return bus


def _with_calls(said: Text, version: PlanVersion) -> Text:
    """Say the plan, and below it what it changes of what was announced."""
    calls = anew_text(version)
    return said if calls is None else Text(f"{said.zh}\n{calls.zh}", f"{said.en}\n{calls.en}")


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


def _beside(campaigns: Sequence[CampaignFigures]) -> Text:
    """Say which other campaigns stand as they were."""
    if not campaigns:
        return Text("", "")
    zh = "、".join(f"{one.campaign.text.zh}（{one.visits} 次停靠）" for one in campaigns)
    en = ", ".join(f"{one.campaign.text.en} ({one.visits} visits)" for one in campaigns)
    return Text(f"同一车队的{zh}照旧，不受影响。", f" On the same fleet stand, unchanged: {en}.")


def _shared(visits: int) -> Text:
    """Say how many visits use another campaign's bus."""
    if not visits:
        return Text("", "")
    return Text(
        f"（其中 {visits} 次与其他活动同场）", f" ({visits} of them shared with another campaign)"
    )


def _learned(told: str | None) -> Text:
    """Say what crews' records have changed in what the plan reckons with."""
    if told is None:
        return Text("", "")
    return Text(
        f"已按实到记录排班：{told}（各停靠点、群体见 yizhan bus turnout）",
        " Planned with the turn-out crews recorded, by stop and group: see yizhan bus turnout.",
    )


def bus_text(summary: RunSummary) -> Text:
    """Say the bus campaign of `summary` in one paragraph."""
    plan, weighed = done(summary.bus), done(summary.bus_planning)
    served, bound, (low, high) = plan.workers_served, plan.upper_bound, plan.served_range
    what = plan.campaign.text
    weights, price = weighed.weights, _price(weighed)
    beside, shared, learned = _beside(plan.beside), _shared(plan.shared), _learned(plan.learned)
    return Text(
        f"大蓬车{what.zh}：{plan.visits} 次停靠{shared.zh}，预计检查 {served:,.0f} 人（参检率低则 {low:,.0f}，高则 {high:,.0f}）；"
        f"上限 {bound:,.0f}，差距不超过 {percent_at_most(plan.gap)}；"
        f"行驶 {plan.km:,.0f} 公里。目标依次为人数、区市公平（保底 "
        f"{weights.district_floor:.0%}，{price.zh}）、里程（每公里抵 {weights.km:g} 人）。{beside.zh}{learned.zh}",
        f"{what.en}: {plan.visits} visits{shared.en}, {served:,.0f} people examined ({low:,.0f} at the "
        f"low turn-out, {high:,.0f} at the high); bound "
        f"{bound:,.0f} (gap {percent_at_most(plan.gap)}); {plan.km:,.0f} km driven. Aims in "
        f"turn: workers; districts (floor {weights.district_floor:.0%}, {price.en}); driving (a km is worth {weights.km:g} workers).{beside.en}{learned.en}",
    )
