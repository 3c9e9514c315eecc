"""``report``: the committee's folder, of what is published or of a draft."""

from __future__ import annotations

from pathlib import Path

import click

from api.command.console import Console, machine_option, project_option
from data.store.project import Project
from geo.text import Language, Text
from maps.report.formats import Format

_FORMATS = tuple(one.value for one in Format)
_PLAN = Text(
    "草案或已发布方案的名称、草案编号（默认写现行方案）",
    "Name of a draft or of a published plan, or a draft's id (default: the plan that holds)",
)
_OUT = Text("写到哪个文件夹里（默认当前文件夹）", "Folder to write into (default: this one)")
_FORMAT = Text("只写这些格式，可写多个", "Only these formats; several may follow")


def report_command(language: Language) -> click.Command:
    """Build ``yizhan report``."""

    @click.command("report")
    @project_option(language)
    @click.option("--plan", help=_PLAN.into(language))
    @click.option(
        "--out",
        type=click.Path(file_okay=False, path_type=Path),
        default=".",
        help=_OUT.into(language),
    )
    @click.option("--format", "first", type=click.Choice(_FORMATS), help=_FORMAT.into(language))
    @click.argument("more", nargs=-1, type=click.Choice(_FORMATS), metavar="")
    @machine_option(language)
    def report(
        project: str,
        plan: str | None,
        out: Path,
        first: str | None,
        more: tuple[str, ...],
        as_json: bool,  # noqa: FBT001
    ) -> None:
        formats = tuple(dict.fromkeys((*([first] if first else []), *more))) or _FORMATS
        with Console(language, as_json=as_json) as console:
            path = _written(Project.open(Path(project)), plan, out, formats, console)
        files = sorted(one for one in path.rglob("*") if one.is_file())
        console.answer(
            {"folder": str(path), "files": [str(one) for one in files]},
            Text(f"{len(files)} 个文件已写入 {path}", f"{len(files)} files written to {path}"),
        )

    return report


def _written(
    project: Project, plan: str | None, out: Path, formats: tuple[str, ...], console: Console
) -> Path:
    # Brought in here: the help needs neither the results nor what typesets.
    from api.drafts.committee import committee_subject, write_committee  # noqa: PLC0415

    language = console.language
    subject = committee_subject(project, plan=plan, language=language, progress=console.progress)
    chosen = [Format(one) for one in formats]
    return write_committee(subject, out, chosen, progress=console.progress)
