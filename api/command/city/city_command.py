"""``city``: a project of a real city from public data alone, in one command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import NoReturn

import click
from rich.console import Console as RichConsole
from rich.table import Table

from api.analysis.main_job import run_main_job
from api.command.bus.bus_command import bus_text
from api.command.city.fetch_command import margin_option
from api.command.console import Console, Decorator, all_of, machine_option
from api.command.coverage_command import coverage_text
from api.command.siting_command import improve_text, joined, siting_text
from data.city.build import build_city
from data.city.city import City, CityWishes
from data.city.download import download_extract
from data.city.tables import FOLDER
from data.store.project import PROJECT_FILE, Project, appearing
from geo.errors import BadInputError
from geo.json_shapes import JsonFacts
from geo.layers.vocabulary import Host
from geo.study.rules import EVERYTHING, Part, SitingRules, StudyRules
from geo.summary.run import RunSummary
from geo.text import Language, Text

_FILE = Text(
    "OSM 提取文件（.osm.pbf、.osm）；.graphml 或道路线图层也可以，但只有道路",
    "OSM extract (.osm.pbf, .osm); a .graphml or layer of road lines gives streets alone",
)
_PLACE = Text("按地名联网下载，如 “青岛市, 中国”", 'Download by name, such as "青岛市, 中国"')
_WITHIN = Text(
    "只取这个行政区，如 青岛市；不写则取整个文件", "The area to take; all of the file if left out"
)
_LEVELS = Text(
    "区市和街道的 OSM admin_level，默认中国为 6 8",
    "OSM admin_level of districts and subdistricts (China: 6 8)",
)
_HOSTS = Text(
    "候选点取哪类单位，可重复；不写则取 city/hosts.csv 里默认选用的",
    "Kind of host to take as candidates, repeatable; those city/hosts.csv marks if left out",
)
_MARGIN = Text("道路取到区市边界外多少公里", "Take streets up to this many km beyond the districts")
_TOTALS = Text(
    "官方职工总数表（CSV 或 xlsx，列：区市、群体、人数；区市留空为全市）",
    "Official totals of workers (CSV or xlsx: district, group, workers)",
)
_RUN = Text("建好后接着算缺口、选址、改进和大蓬车", "Then run the main job")
_PROJECT = Text("项目文件夹，可以是已导入站点的", "Project folder; may hold imported layers")


def _area_options(language: Language) -> Decorator:
    """Return the options that say which city is made, of what, and where it is put."""
    return all_of(
        click.option(
            "--file",
            "file",
            help=_FILE.into(language),
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
        ),
        click.option("--place", help=_PLACE.into(language)),
        click.option("--within", help=_WITHIN.into(language)),
        click.option(
            "--project",
            required=True,
            envvar="YIZHAN_PROJECT",
            help=_PROJECT.into(language),
            type=click.Path(file_okay=False, path_type=Path),
        ),
        click.option("--levels", nargs=2, type=click.IntRange(1, 12), help=_LEVELS.into(language)),
        click.option(
            "--host",
            "hosts",
            multiple=True,
            type=click.Choice([str(one) for one in Host]),
            help=_HOSTS.into(language),
        ),
    )


def city_command(language: Language) -> click.Command:
    """Build ``yizhan city``."""

    @click.command("city")
    @_area_options(language)
    @margin_option(_MARGIN.into(language))
    @click.option(
        "--totals",
        help=_TOTALS.into(language),
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
    )
    @click.option("--run", "run", is_flag=True, help=_RUN.into(language))
    @machine_option(language)
    def city(
        file: Path | None,
        place: str | None,
        within: str | None,
        project: Path,
        levels: tuple[int, int] | None,
        hosts: tuple[str, ...],
        margin_km: float,
        totals: Path | None,
        run: bool,  # noqa: FBT001
        as_json: bool,  # noqa: FBT001
    ) -> None:
        if (file is None) == (place is None):
            _refuse_choice()
        if place is not None:
            within = within or place.split(",")[0].split("，")[0].strip()
        wishes = CityWishes(
            within=within,
            levels=levels,
            hosts=[Host(one) for one in hosts],
            margin_m=margin_km * 1000,
            totals=totals,
        )
        with Console(language, as_json=as_json) as console, _opened(project) as opened:
            if file is None:
                to = opened.folder / FOLDER / "download.osm"
                file = download_extract(str(place), to, progress=console.progress)
            made = build_city(
                City(project=opened, file=file, wishes=wishes, progress=console.progress)
            )
            for remark in made.remarks:
                console.remark(remark)
        summary = _run(Project.open(project), console) if run else None
        told = [_told(made, project, language)]
        if summary is not None:
            told += [coverage_text(summary), siting_text(summary), improve_text(summary)]
            told += [bus_text(summary)] if summary.bus else []
        console.answer(_facts(made, project, summary), joined(told))

    return city


def _refuse_choice() -> NoReturn:
    raise BadInputError(
        Text("请指定 --file 文件或 --place 地名，二选一。", "Name either --file or --place.")
    )


@contextmanager
def _opened(folder: Path) -> Iterator[Project]:
    """Open the project, or make one that comes into being whole or not at all."""
    if (folder / PROJECT_FILE).exists():
        yield Project.open(folder)
        return
    with appearing(folder, folder.resolve().name) as project:
        yield project


def _run(project: Project, console: Console) -> RunSummary:
    """Run the parts of the main job whose layers are there."""
    parts: tuple[Part, ...] = EVERYTHING if project.has("stops") else EVERYTHING[:-1]
    return run_main_job(
        project,
        StudyRules(siting=SitingRules(minimum_per_district=0)),
        parts=parts,
        language=console.language,
        progress=console.progress,
    )


def _facts(made: City, project: Path, summary: RunSummary | None) -> JsonFacts:
    rows = [
        {
            "what": line.what.en,
            "amount": line.amount,
            "origin": str(line.origin),
            "note": line.note.en,
        }
        for line in made.lines
    ]
    return {
        "project": str(project),
        "table": rows,
        "remarks": [one.en for one in made.remarks],
        "summary": summary and summary.to_json(),
    }


def _told(made: City, project: Path, language: Language) -> Text:
    """Return the closing table and the next steps."""
    table = Table(box=None, pad_edge=False, show_edge=False)
    for header in (
        Text("数据", "Data"),
        Text("数量", "Amount"),
        Text("性质", "Rests on"),
        Text("来源与说明", "From"),
    ):
        table.add_column(header.into(language), overflow="fold")
    for line in made.lines:
        table.add_row(
            line.what.into(language),
            line.amount,
            line.origin.text.into(language),
            line.note.into(language),
        )
    printer = RichConsole(width=110, record=True, file=StringIO(), highlight=False)
    printer.print(table)
    drawn = printer.export_text()
    return Text(
        f"{drawn}\n下一步：yizhan serve --project {project} 看地图；"
        f"yizhan import yizhan 驿站.xlsx --project {project} 导入站点；"
        f"yizhan site --project {project} 推荐站点。",
        f"{drawn}\nNext: yizhan serve --project {project}; yizhan import yizhan FILE --project "
        f"{project}; yizhan site --project {project}.",
    )
