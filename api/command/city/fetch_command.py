"""``fetch``: get streets into a project, from a local OSM extract or by place name."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import click

from api.analysis.street_report import piece_figures, pieces_of_study
from api.analysis.street_words import piece_text
from api.border import border_remarks
from api.command.console import (
    Console,
    Decorator,
    all_of,
    machine_option,
    project_option,
)
from data.geometry.datum import Datum
from data.store.project import Project
from data.store.project_study import open_study
from data.streets.folder import Streets, open_streets, write_streets
from data.streets.line_layer import LineColumns
from data.streets.osm_file import StreetFile, file_border, read_streets
from data.streets.place import download_streets
from data.streets.source import StreetSource, source_of
from data.streets.speed_file import read_speeds
from geo.crs import MARGIN_M, Box, common_box, covering_box
from geo.errors import BadInputError
from geo.json_shapes import JsonFacts
from geo.network.length_tally import LengthTally
from geo.network.segments import Segments
from geo.text import Language, Text

_MARGIN = Text(
    "已导入区市边界时，只取边界外扩这么多公里以内的道路",
    "With districts imported, take the streets up to this many km beyond them",
)
_TABLE = Text(
    "道路线图层所在的表（文件里有几个时）", "The layer of road lines, where there are several"
)
_COLUMN = Text(
    "道路线图层：把某列当作 class、name、oneway、maxspeed、bridge、tunnel 或 layer，可重复",
    "Road lines: take a column as class, name, oneway, maxspeed, bridge, tunnel or layer; repeatable",
)
_CLASS = Text(
    "道路线图层：等级列的某个值按哪个 OSM 等级计，none 为不取用，* 为其余全部，可重复",
    "Road lines: the OSM class of a value of the class column; none leaves it out, * is all others",
)
_DATUM = Text("道路线图层的坐标系", "Road lines: the datum of their coordinates")
_AGAIN = Text(
    "不重新读取文件，按 speeds.json 重新编译已有道路",
    "Read nothing; compile the streets there are with speeds.json anew",
)


def _source_options(language: Language) -> Decorator:
    """Return the options that say where the streets come from, and how a layer of lines is read."""
    return all_of(
        click.option(
            "--file", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path)
        ),
        click.option("--place"),
        click.option("--table", default="", help=_TABLE.into(language)),
        click.option(
            "--column",
            "columns",
            multiple=True,
            metavar="COLUMN=FIELD",
            help=_COLUMN.into(language),
        ),
        click.option(
            "--class", "classes", multiple=True, metavar="VALUE=CLASS", help=_CLASS.into(language)
        ),
        click.option(
            "--datum",
            type=click.Choice([str(one) for one in Datum]),
            default="wgs84",
            show_default=True,
            help=_DATUM.into(language),
        ),
        click.option("--again", is_flag=True, help=_AGAIN.into(language)),
    )


def fetch_command(language: Language) -> click.Command:
    """Build ``yizhan fetch``."""

    @click.command("fetch")
    @_source_options(language)
    @margin_option(_MARGIN.into(language))
    @project_option(language)
    @machine_option(language)
    def fetch(
        file: Path | None,
        place: str | None,
        again: bool,  # noqa: FBT001
        margin_km: float,
        table: str,
        columns: tuple[str, ...],
        classes: tuple[str, ...],
        datum: str,
        project: str,
        as_json: bool,  # noqa: FBT001
    ) -> None:
        opened = Project.open(Path(project))
        speeds = read_speeds(opened.folder)
        if (file is not None) + (place is not None) + again != 1:
            _refuse_choice()
        with Console(language, as_json=as_json) as console:
            tally, source = None, StreetSource.OPENSTREETMAP
            if file is not None:
                asked = LineColumns(
                    table, _pairs("--column", columns), _pairs("--class", classes), Datum(datum)
                )
                found, border = _from_file(file, opened, margin_km, asked, console)
                segments, tally, source = found.segments, found.tally, source_of(file)
            elif place is not None:
                found, border = download_streets(place, progress=console.progress), None
                segments, tally = found.segments, found.tally
            else:
                streets = open_streets(opened.streets_folder)
                segments, border = streets.segments(), streets.border
                source = streets.source
            streets = write_streets(
                opened.streets_folder,
                segments,
                speeds=speeds,
                border=border,
                source=source,
                progress=console.progress,
            )
        for remark in border_remarks(opened, streets):
            console.remark(remark)
        console.answer(*_told(opened, segments, streets, tally))

    return fetch


def _pairs(option: str, given: tuple[str, ...]) -> dict[str, str]:
    """Read options written as KEY=VALUE."""
    pairs = [one.rpartition("=") for one in given]
    for one, (key, _, value) in zip(given, pairs, strict=True):
        if not key or not value:
            raise BadInputError(
                Text(f"{option} {one} 应写成 原值=含义。", f"{option} {one}: write KEY=VALUE.")
            )
    return {key.strip(): value.strip() for key, _, value in pairs}


def _refuse_choice() -> NoReturn:
    raise BadInputError(
        Text(
            "请指定 --file 文件、--place 地名 或 --again，三选一。",
            "Name one of --file FILE, --place NAME and --again.",
        )
    )


def _from_file(
    file: Path, project: Project, margin_km: float, columns: LineColumns, console: Console
) -> tuple[StreetFile, Box | None]:
    """Read an extract as far as the project needs it; return what it covers too."""
    covered, clip = file_border(file), None
    if project.has("districts"):
        west, south, east, north = project.read("districts").total_bounds.tolist()
        clip = covering_box((west, south, east, north), margin_km * 1000)
        console.remark(
            Text(
                f"只取区市边界外扩 {margin_km:g} 公里以内的道路（--margin 可改）。",
                f"Taking the streets up to {margin_km:g} km beyond the districts (see --margin).",
            )
        )
    border = covered
    if covered is not None and clip is not None:
        border = common_box(covered, clip)
    if border is None and covered is not None:
        raise BadInputError(
            Text(
                f"{file.name} 的范围（{_span(covered)}）与本项目的区市没有交集：请换用包含它们的文件。",
                f"{file.name} covers {_span(covered)}, none of the project's districts: use an "
                "extract that holds them.",
            )
        )
    found = read_streets(file, clip=clip, columns=columns, progress=console.progress)
    return found, border


def _span(box: Box) -> str:
    west, south, east, north = box
    return f"{west:.2f}–{east:.2f}°E, {south:.2f}–{north:.2f}°N"


def _told(
    project: Project, segments: Segments, streets: Streets, tally: LengthTally | None
) -> tuple[JsonFacts, Text]:
    """Return what was stored, for a machine and for a person."""
    study = open_study(project)
    found = [piece_figures(pieces_of_study(study, mode), mode) for mode in streets.modes]
    told = [piece_text(one) for one in found]
    nodes, pieces = len(segments.node_lonlat), len(segments.start)
    facts: dict[str, object] = {
        "nodes": nodes,
        "segments": pieces,
        "pieces": [one.model_dump(mode="json") for one in found],
    }
    head = Text(
        f"道路已入库：{nodes:,} 个节点，{pieces:,} 段。",
        f"Streets stored: {nodes:,} nodes, {pieces:,} segments.",
    )
    if tally is not None:
        facts["file"] = tally.facts()
        told.insert(0, tally.text())
    return facts, Text(
        "\n".join([head.zh, *(one.zh for one in told)]),
        "\n".join([head.en, *(one.en for one in told)]),
    )


def margin_option(said: str) -> Decorator:
    """Return ``--margin``, the option of every command that cuts an extract to the districts."""
    return click.option(
        "--margin",
        "margin_km",
        type=click.FloatRange(min=0),
        default=MARGIN_M / 1000,
        show_default=True,
        help=said,
    )
