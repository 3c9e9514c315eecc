"""``fetch``: get streets into a project, from a local OSM extract or by place name."""

from __future__ import annotations

from pathlib import Path

import click

from api.command.console import Console, machine_option, project_option
from data.project import Project
from data.streets.folder import write_streets
from data.streets.osm_file import read_segments
from data.streets.place import download_segments
from geo.errors import BadInputError
from geo.network.segments import Segments
from geo.solving import Progress
from geo.text import Language, Text

_ABOUT = Text(
    "导入道路：--file 用本地 OSM 文件（.osm、.osm.pbf、.graphml），--place 按地名联网下载",
    "Get streets: --file from a local OSM extract, --place by name over the network",
)


def fetch_command(language: Language) -> click.Command:
    """Build ``yizhan fetch``."""

    @click.command("fetch", help=_ABOUT.into(language))
    @click.option("--file", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--place")
    @project_option(language)
    @machine_option(language)
    def fetch(file: Path | None, place: str | None, project: str, as_json: bool) -> None:  # noqa: FBT001
        opened = Project.open(Path(project))
        with Console(language, as_json=as_json) as console:
            segments = _segments(file, place, console.progress)
            write_streets(opened.streets_folder, segments, progress=console.progress)
        console.answer(
            {"nodes": len(segments.node_lonlat), "segments": len(segments.start)},
            Text(
                f"道路已入库：{len(segments.node_lonlat):,} 个节点，{len(segments.start):,} 段。",
                f"Streets stored: {len(segments.node_lonlat):,} nodes, "
                f"{len(segments.start):,} segments.",
            ),
        )

    return fetch


def _segments(file: Path | None, place: str | None, progress: Progress) -> Segments:
    if (file is None) == (place is None):
        raise BadInputError(
            Text(
                "请指定 --file 文件 或 --place 地名，二选一。",
                "Name either --file FILE or --place NAME.",
            )
        )
    if file is not None:
        return read_segments(file, progress=progress)
    return download_segments(str(place), progress=progress)
