"""``basemap``: make what is drawn under every map, from an extract or from the project's own layers."""

from __future__ import annotations

from pathlib import Path

import click

from api.command.city.fetch_command import margin_option
from api.command.console import Console, machine_option, project_option
from data.basemap.archive import StoredBaseMap
from data.basemap.building import base_map_from_file, base_map_of_project
from data.basemap.themes import Theme
from data.store.project import Project
from geo.errors import MissingError
from geo.json_shapes import JsonFacts
from geo.text import Language, Text

_MARGIN = Text(
    "已导入区市边界时，画到边界外这么多公里", "With districts imported, draw so many km beyond them"
)
_THEMES = {
    Theme.LAND: Text("陆地", "land"),
    Theme.BUILT: Text("建成区", "built-up areas"),
    Theme.GREEN: Text("绿地", "green"),
    Theme.WATER: Text("水面", "waters"),
    Theme.WATERWAY: Text("河流", "waterways"),
    Theme.AIRPORT: Text("机场", "airports"),
    Theme.BUILDING: Text("建筑", "buildings"),
    Theme.STREET: Text("道路", "streets"),
    Theme.RAIL: Text("铁路、地铁", "railways"),
    Theme.BORDER: Text("边界", "borders"),
    Theme.PLACE: Text("地名", "places"),
    Theme.POI: Text("兴趣点", "points of interest"),
}


def base_map_command(language: Language) -> click.Command:
    """Build ``yizhan basemap``."""

    @click.command("basemap")
    @click.option("--file", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @margin_option(_MARGIN.into(language))
    @project_option(language)
    @machine_option(language)
    def basemap(
        file: Path | None,
        margin_km: float,
        project: str,
        as_json: bool,  # noqa: FBT001
    ) -> None:
        opened = Project.open(Path(project))
        with Console(language, as_json=as_json) as console:
            if file is not None:
                held = base_map_from_file(
                    opened, file, margin_m=margin_km * 1000, progress=console.progress
                )
            else:
                held = _own(opened, console)
        for remark in held.remarks:
            console.remark(remark)
        console.answer(_facts(held), contents_text(held))

    return basemap


def _own(project: Project, console: Console) -> StoredBaseMap:
    held = base_map_of_project(project, progress=console.progress)
    if held is None:
        raise MissingError(
            Text(
                "项目里还没有区市或道路：请先 yizhan fetch 或 yizhan import districts，或用 --file 指定 OSM "
                "文件。",
                "The project has neither districts nor streets: run yizhan fetch or yizhan import "
                "districts first, or name an extract with --file.",
            )
        )
    return held


def _facts(held: StoredBaseMap) -> JsonFacts:
    return {
        "version": held.version,
        "bounds": list(held.box),
        "rows": held.facts.rows,
        "tiles": held.facts.tiles,
        "largest_tile_bytes": held.facts.largest_tile_bytes,
        "themes_left_out": held.facts.themes_left_out,
        "bytes": held.facts.bytes,
        "remarks": [remark.both for remark in held.remarks],
    }


def contents_text(held: StoredBaseMap) -> Text:
    """Return what a base map holds, in a sentence or two."""
    rows = {Theme(name): count for name, count in held.facts.rows.items()}
    shown = [theme for theme in _THEMES if rows.get(theme) and theme is not Theme.LAND]
    tiles, size = held.facts.tiles, held.facts.bytes / 1e6
    largest = held.facts.largest_tile_bytes / 1e3
    zh = "、".join(f"{_THEMES[theme].zh} {rows[theme]:,}" for theme in shown)
    en = ", ".join(f"{rows[theme]:,} {_THEMES[theme].en}" for theme in shown)
    left = held.facts.themes_left_out
    less_zh = "".join(f"有 {n} 张瓦片因过大未画{_THEMES[Theme(t)].zh}。" for t, n in left.items())
    less_en = "".join(
        f" {n} tiles were too large and leave out {_THEMES[Theme(t)].en}." for t, n in left.items()
    )
    return Text(
        f"底图已制作：{zh}。共 {tiles:,} 张瓦片，最大 {largest:.0f} kB，占 {size:.1f} MB。{less_zh}",
        f"Base map made: {en}. {tiles:,} tiles, {largest:.0f} kB at most, {size:.1f} MB.{less_en}",
    )
