"""``bus together``: plan several campaigns on one fleet at once."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from api.command.bus.bus_options import BusOptions
from api.command.console import Console, machine_option, project_option
from data.store.project import Project
from geo.errors import BadInputError
from geo.hours import SHANGHAI
from geo.layers.vocabulary import CampaignName
from geo.study.rules import BusRules
from geo.study.together_rules import CampaignShare, TogetherRules
from geo.text import Language, Text

_BUS = BusOptions(
    without=frozenset({"campaign", "quota", "exams_per_hour", "exams_per_day", "share_visits"})
)


def together_command(language: Language) -> click.Command:
    """Build ``yizhan bus together``."""
    about = Text(
        "几项活动一起排：活动名后可写至少几个车日（一辆车出一天），如 checkup=15 screening=15；"
        "不写则平分。列出与依次单独排的比较和要打的电话",
        "Plan campaigns together: a campaign and the bus-days it has at least, "
        "checkup=15 screening=15; an equal part where not told. Compared with one after another",
    )
    preview_help = Text("只排出草案并比较，先不发布", "Only draft and compare, do not publish")

    @click.command("together", help=about.into(language))
    @click.argument("campaigns", nargs=-1, required=True, metavar="CAMPAIGN[=BUSDAYS]...")
    @_BUS.decorate(language)
    @click.option("--preview", is_flag=True, help=preview_help.into(language))
    @project_option(language)
    @machine_option(language)
    @click.pass_context
    def together(
        context: click.Context,
        /,
        campaigns: tuple[str, ...],
        preview: bool,  # noqa: FBT001
        project: str,
        as_json: bool,  # noqa: FBT001
        **_: object,
    ) -> None:
        from api.analysis.bus_plans.planned_together import draft_together  # noqa: PLC0415 - both optimisers
        from api.analysis.bus_plans.publishing_plan import publish_version  # noqa: PLC0415 - as above
        from api.analysis.bus_plans.together_facts import joint_facts  # noqa: PLC0415 - as above

        rules = _together(campaigns, _BUS.rules(context))
        opened, today = Project.open(Path(project)), datetime.now(SHANGHAI).date()
        with Console(language, as_json=as_json) as console:
            draft = draft_together(opened, rules, today, progress=console.progress)
            if not preview:
                publish_version(opened, draft.version, language=language, progress=console.progress)
        facts = joint_facts(opened.folder, draft, language).model_dump(mode="json")
        Console(language, as_json=as_json).answer(
            {**facts, "published": not preview}, _said(draft.text, draft.version, preview=preview)
        )

    return together


def _together(told: tuple[str, ...], rules: BusRules) -> TogetherRules:
    """Return the rules of the campaigns told as ``name`` or ``name=busdays``."""
    shares = tuple(_share(one) for one in told)
    names = [share.campaign for share in shares]
    if len(set(names)) < max(2, len(names)):
        raise BadInputError(
            Text(
                "一起排至少要两项不同的活动，如 checkup=15 screening=15。",
                "Planning together takes two different campaigns: checkup=15 screening=15.",
            )
        )
    return TogetherRules(campaigns=shares, rules=rules)


def _share(told: str) -> CampaignShare:
    name, _, days = told.partition("=")
    known = {one.value for one in CampaignName}
    if name not in known or (days and not (days.isdigit() and int(days) > 0)):
        raise BadInputError(
            Text(
                f"看不懂 {told!r}：应为活动名（{'、'.join(sorted(known))}），"
                "后面可写 =车日数，如 checkup=15。",
                f"Cannot read {told!r}: a campaign ({', '.join(sorted(known))}) and, if wanted, "
                "the bus-days it has at least, as checkup=15.",
            )
        )
    return CampaignShare(campaign=CampaignName(name), bus_days=int(days) if days else None)


def _said(text: Text, version: int, *, preview: bool) -> Text:
    if preview:
        return Text(
            f"{text.zh}\n尚未发布；确认后运行 yizhan bus publish {version}。",
            f"{text.en}\nNot published; run yizhan bus publish {version} to do so.",
        )
    return Text(f"{text.zh}\n已发布。", f"{text.en}\nPublished.")
