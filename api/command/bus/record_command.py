"""``bus record`` and ``bus turnout``: what crews saw, and what it teaches."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from api.analysis.bus_plans.learned_turnout import turnout_so_far
from api.analysis.bus_plans.recorded_visits import record_visit
from api.bus.published_campaigns import published_version
from api.command.console import DAY, Console, machine_option, project_option
from data.store.project import Project
from geo.bus.campaign.campaign import Campaign
from geo.bus.turnout.turnout import VisitRecord
from geo.bus.turnout.turnout_parts import PartsTurnout
from geo.json_shapes import JsonFacts
from geo.layers.vocabulary import CampaignName
from geo.text import Language, Text


def record_command(language: Language) -> click.Command:
    """Build ``yizhan bus record``."""
    about = Text("登记一次停靠的实到人数", "Record how many people came to a visit")

    @click.command("record", help=about.into(language))
    @click.option("--bus", "bus_id", required=True, help=Text("车辆编号", "Bus").into(language))
    @click.option("--day", type=DAY, required=True, help=Text("日期", "Day").into(language))
    @click.option(
        "--stop", "stop_id", required=True, help=Text("停靠点编号", "Stop").into(language)
    )
    @click.option(
        "--came",
        type=click.IntRange(min=0),
        help=Text("实到人数", "People examined").into(language),
    )
    @click.option(
        "--not-held",
        is_flag=True,
        help=Text("这次停靠没有举行", "The visit did not take place").into(language),
    )
    @click.option(
        "--campaign",
        type=click.Choice([one.value for one in CampaignName]),
        help=Text(
            "哪项活动的人（同场办几项时必填）", "Whose people, where several are held there"
        ).into(language),
    )
    @project_option(language)
    @machine_option(language)
    def record(
        bus_id: str,
        day: datetime,
        stop_id: str,
        came: int | None,
        not_held: bool,  # noqa: FBT001
        campaign: str | None,
        project: str,
        as_json: bool,  # noqa: FBT001
    ) -> None:
        if (came is None) != not_held:
            raise click.UsageError(
                Text("请给出 --came 人数，或用 --not-held。", "Give --came or --not-held.").into(
                    language
                )
            )
        whose = CampaignName(campaign) if campaign else None
        made = record_visit(
            Project.open(Path(project)), bus_id, day.date(), stop_id, came, campaign=whose
        )
        Console(language, as_json=as_json).answer(_facts(made), _said(made))

    return record


def _facts(made: VisitRecord) -> JsonFacts:
    return {
        "bus_id": made.bus_id,
        "day": made.day.isoformat(),
        "stop_id": made.stop_id,
        "campaign": made.campaign,
        "came": made.came,
    }


def _said(made: VisitRecord) -> Text:
    name, came = CampaignName(made.campaign).text, made.came
    said = Text("未举行", "not held") if came is None else Text(f"{came} 人", f"{came} people")
    return Text(
        f"已登记 {made.stop_id} {name.zh}：{said.zh}。",
        f"Recorded {made.stop_id}, {name.en}: {said.en}.",
    )


def turnout_command(language: Language) -> click.Command:
    """Build ``yizhan bus turnout``."""
    about = Text("按实到记录估计参检率", "Estimate the turn-out from the records")

    which = Text(
        "哪项活动（不填则为最近发布的）", "Campaign, the one published last where not told"
    )

    @click.command("turnout", help=about.into(language))
    @click.option(
        "--campaign",
        type=click.Choice([one.value for one in CampaignName]),
        help=which.into(language),
    )
    @project_option(language)
    @machine_option(language)
    def turnout(campaign: str | None, project: str, as_json: bool) -> None:  # noqa: FBT001
        opened = Project.open(Path(project))
        version = published_version(opened, CampaignName(campaign) if campaign else None)
        found, parts = turnout_so_far(opened, version)
        facts: dict[str, object] = {
            "visits": found.visits,
            "invited": found.invited,
            "came": found.came,
            "full": found.full,
            "expected": found.turnout.expected,
            "low": found.turnout.low,
            "high": found.turnout.high,
        }
        facts["parts"] = [asdict(row) for row in parts.rows]
        Console(language, as_json=as_json).answer(
            facts, _parts_text(version.campaign, found.text, parts)
        )

    return turnout


def _parts_text(campaign: Campaign, text: Text, parts: PartsTurnout) -> Text:
    """Say the turn-out, then a line for each stop, group and time of day recorded."""
    zh, en = [text.zh], [text.en]
    if parts.rows:
        zh.append(
            "下一次排班按以下各停靠点、群体的数估计（后面是八成把握的范围、次数和实到人数）："
        )
        en.append(
            "The next plan reckons with those of stops and groups (range of 80 %, visits, came):"
        )
    names = {
        "stop": Text("停靠点", "Stop"),
        "group": Text("群体", "Group"),
        "time": Text("时段", "Time"),
    }
    for row in parts.rows:
        rate = f"{row.turnout.expected:.1%} ({row.turnout.low:.1%}–{row.turnout.high:.1%})"
        name = row.name(campaign)
        zh.append(f"  {names[row.part].zh} {name.zh}：{rate}，{row.visits} 次 {row.came} 人")
        en.append(f"  {names[row.part].en} {name.en}: {rate}, {row.visits} visits, {row.came} came")
    return Text("\n".join(zh), "\n".join(en))
