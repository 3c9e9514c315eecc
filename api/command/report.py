"""``report``: the decision report of the last run, as a Word file."""

from __future__ import annotations

from pathlib import Path

import click

from api.command.console import Console, machine_option, project_option
from data.project import Project
from geo.errors import BadInputError, MissingError
from geo.text import Language, Text

_NAME = "决策报告.docx"


def report_command(language: Language) -> click.Command:
    """Build ``yizhan report``."""
    about = Text("把推荐方案写成决策报告（Word）", "Write the decision report (Word, in Chinese)")

    @click.command("report", help=about.into(language))
    @project_option(language)
    @click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=".")
    @machine_option(language)
    def report(project: str, out: Path, as_json: bool) -> None:  # noqa: FBT001
        path = _written(Project.open(Path(project)), out)
        Console(language, as_json=as_json).answer(
            {"report": str(path)}, Text(f"报告已写入 {path}", f"Report written to {path}")
        )

    return report


def _written(project: Project, folder: Path) -> Path:
    # Brought in here: the help needs neither the results nor the Word library.
    from api.analysis.results import report_input  # noqa: PLC0415
    from maps.report.decision import decision_report  # noqa: PLC0415
    from maps.report.word import write_word  # noqa: PLC0415

    layers, summary, credit = report_input(project)
    if summary.coverage is None or summary.siting is None:
        raise MissingError(
            Text(
                "还没有可用的推荐站点（未运行，或由旧版程序写成）。请先运行 yizhan site。",
                "No recommended sites that can be read (not run, or written by another version): "
                "run yizhan site first.",
            )
        )
    path = folder / _NAME
    if path.exists():
        raise BadInputError(
            Text(
                f"{path} 已存在，未覆盖；请用 --out 指定另一个文件夹。",
                f"{path} exists and was not overwritten; name another folder with --out.",
            )
        )
    folder.mkdir(parents=True, exist_ok=True)
    write_word(path, decision_report(layers, summary, sample=project.is_sample, credit=credit))
    return path
