"""``bus replan`` and ``bus publish``: change a published plan, and put the change out."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click
import shapely

from api.analysis.bus_plans.publishing_plan import publish_version
from api.analysis.bus_plans.replanned import CancelledStop, ReplanRequest, StoppedBus, draft_replan
from api.analysis.bus_plans.version_facts import version_facts
from api.bus.plan_news import changes_text
from api.bus.published_campaigns import announced_versions, hit_too
from api.command.console import DAY, Console, Decorator, all_of, machine_option, project_option
from api.command.rule_options import RuleOptions
from data.store.project import Project
from geo.errors import BadInputError
from geo.hours import SHANGHAI
from geo.text import Language, Text

_REPLAN = RuleOptions(
    ReplanRequest,
    by_hand=frozenset({"cancel", "bus_down", "rain", "add_days", "closed_wkt", "closed_name"}),
)
_MOMENT = click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])


def replan_command(language: Language) -> click.Command:
    """Build ``yizhan bus replan``."""
    about = Text(
        "取消停靠、车辆停驶、下雨、封路或参检率变化后重排：已走的不动，已公告的尽量不动，并列出要打的电话",
        "Re-plan after a cancelled stop, a bus down, rain, a closed road or another turn-out",
    )

    @click.command("replan", help=about.into(language))
    @_replan_options(language)
    @project_option(language)
    @machine_option(language)
    @click.pass_context
    def replan(
        context: click.Context,
        /,
        project: str,
        as_json: bool,  # noqa: FBT001
        preview: bool,  # noqa: FBT001
        now: datetime | None,
        **_: object,
    ) -> None:
        opened = Project.open(Path(project))
        with Console(language, as_json=as_json) as console:
            moment = now or datetime.now(SHANGHAI)
            version = draft_replan(opened, _request(context), moment, progress=console.progress)
            if not preview:
                publish_version(
                    opened, version.number, language=language, progress=console.progress
                )
        facts = version_facts(opened, version, language)
        beside = announced_versions(opened, version.number)[1:]
        told = [
            changes_text(version, published=not preview, beside=beside),
            *hit_too(opened, version),
        ]
        said = Text("\n".join(one.zh for one in told), "\n".join(one.en for one in told))
        Console(language, as_json=as_json).answer(
            {**facts.model_dump(mode="json"), "published": not preview}, said
        )

    return replan


def _replan_options(language: Language) -> Decorator:
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
        "now": Text("此刻（默认现在），如 2026-11-26T08:00", "The moment (default: now)"),
        "preview": Text("只列出改动，先不发布", "Only list the changes, do not publish"),
    }

    said = {name: text.into(language) for name, text in helps.items()}
    return all_of(
        click.option("--cancel", multiple=True, help=said["cancel"]),
        click.option("--day", type=DAY, help=said["day"]),
        click.option("--bus-down", help=said["down"]),
        click.option("--from", "from_day", type=DAY, help=said["from"]),
        click.option("--until", "until_day", type=DAY, help=said["until"]),
        click.option("--rain", type=DAY, multiple=True, help=said["rain"]),
        click.option("--add-day", "add_days", type=DAY, multiple=True, help=said["add"]),
        click.option(
            "--closed",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help=said["closed"],
        ),
        _REPLAN.decorate(language),
        click.option("--now", type=_MOMENT, help=said["now"]),
        click.option("--preview", is_flag=True, help=said["preview"]),
    )


def _request(context: click.Context) -> ReplanRequest:
    options = context.params
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
        **_REPLAN.given(context),
    )


def _closed(path: Path) -> str:
    """Return the shapes of a GeoJSON file (EPSG:4326) as one WKT."""
    try:
        return str(shapely.union_all([shapely.from_geojson(path.read_text("utf-8"))]).wkt)
    except (shapely.errors.ShapelyError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadInputError(
            Text(f"{path} 不是 GeoJSON：{error}", f"{path} is no GeoJSON: {error}")
        ) from error


def publish_command(language: Language) -> click.Command:
    """Build ``yizhan bus publish``."""
    about = Text("发布预览过的重排版本", "Publish a version that was previewed")

    @click.command("publish", help=about.into(language))
    @click.argument("number", type=click.IntRange(min=1))
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
