"""``demo``: the main job on the bundled sample, then the service."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from api.analysis.main_job import run_main_job
from api.analysis.results import copy_results
from api.command.bus.bus_command import bus_text
from api.command.console import Console, machine_option
from api.command.coverage_command import coverage_text
from api.command.service.serve_command import port_option, run_server
from api.command.siting_command import improve_text, joined, siting_text
from data.sample import install
from data.store.project import Project
from geo.errors import BadInputError
from geo.study.rules import SitingRules, StudyRules
from geo.summary.run import done
from geo.text import Language, Text

_PROJECT = "project"


def demo_command(language: Language) -> click.Command:
    """Build ``yizhan demo``."""

    @click.command("demo")
    @click.option(
        "--out",
        type=click.Path(file_okay=False, path_type=Path),
        default=Path("demo"),
        show_default=True,
        help=Text("输出文件夹", "Output folder").into(language),
    )
    @click.option(
        "--no-serve", is_flag=True, help=Text("只计算，不启动服务", "Compute only").into(language)
    )
    @port_option
    @machine_option(language)
    def demo(out: Path, no_serve: bool, port: int, as_json: bool) -> None:  # noqa: FBT001
        with Console(language, as_json=as_json) as console:
            project = _fresh_project(out, console)
            parameters = StudyRules(siting=SitingRules(count=100))
            summary = run_main_job(
                project, parameters, language=language, progress=console.progress
            )
            copy_results(project, out)
        seconds = done(summary.facts).seconds["total"]
        files = Text(
            f"结果在 {out}/：results.gpkg、results.xlsx、maps/（示例数据；计算用时 {seconds:.0f} 秒）",
            f"Results in {out}/: results.gpkg, results.xlsx, maps/ (sample data; {seconds:.0f} s)",
        )
        told = [coverage_text, siting_text, improve_text, bus_text]
        console.answer(summary.to_json(), joined([*(say(summary) for say in told), files]))
        if not no_serve:
            run_server(project.folder, "127.0.0.1", port, console)

    return demo


def _fresh_project(out: Path, console: Console) -> Project:
    """Make the sample project anew; never touch a folder that is not a demo's."""
    folder = out / _PROJECT
    if folder.exists():
        if not Project.open(folder).is_sample:
            raise BadInputError(
                Text(
                    f"{folder} 不是示例项目，未改动；请用 --out 指定另一个文件夹。",
                    f"{folder} is no sample project and was left alone; choose another --out.",
                )
            )
        shutil.rmtree(folder)
    project = Project.create(folder, "青岛示例", sample=True)
    install(project, console.progress)
    return project
