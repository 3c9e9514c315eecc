"""``layers``: the versions of every layer, and the way back to an earlier one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from api.analysis.made_from import stale_now
from api.command.console import Console, machine_option, project_option
from data.importing import district_remarks
from data.store.project import Project, Version
from geo.hours import SHANGHAI
from geo.json_shapes import JsonFacts
from geo.layers.columns import INPUT_LAYERS
from geo.text import Language, Text

_RESTORE = Text(
    "回到图层的某一版：其内容成为最新一版，原来的版本都保留",
    "Go back to a version of a layer: its content becomes the newest version; all others stay",
)


def layers_command(language: Language) -> click.Command:
    """Build ``yizhan layers``."""

    @click.group("layers", invoke_without_command=True)
    @project_option(language)
    @machine_option(language)
    @click.pass_context
    def layers(context: click.Context, project: str, as_json: bool) -> None:  # noqa: FBT001
        if context.invoked_subcommand is not None:
            return
        opened = Project.open(Path(project))
        versions = {name: opened.versions(name) for name in INPUT_LAYERS if opened.has(name)}
        facts = {
            name: [_facts(one, current=one is told[-1]) for one in told]
            for name, told in versions.items()
        }
        console = Console(language, as_json=as_json)
        console.answer({"layers": facts}, _table(versions))

    layers.add_command(_restore_command(language))
    return layers


def _restore_command(language: Language) -> click.Command:
    @click.command("restore", help=_RESTORE.into(language))
    @click.argument("layer", type=click.Choice(list(INPUT_LAYERS)))
    @click.argument("number", type=click.IntRange(min=1))
    @project_option(language)
    @machine_option(language)
    def restore(layer: str, number: int, project: str, as_json: bool) -> None:  # noqa: FBT001
        opened = Project.open(Path(project))
        version = opened.restore(layer, number)
        rows = opened.versions(layer)[-1].rows
        remarks = (*district_remarks(opened, layer), *stale_now(opened))
        console = Console(language, as_json=as_json)
        console.answer(
            {
                "layer": layer,
                "restored": number,
                "version": version,
                "rows": rows,
                "remarks": [remark.into(language) for remark in remarks],
            },
            Text(
                f"{layer}：已恢复第 {number} 版（{rows} 行），记为第 {version} 版；其余版本都保留。",
                f"{layer}: version {number} ({rows} rows) restored as version {version}; "
                "all others stay.",
            ),
        )
        for remark in remarks:
            console.remark(remark)

    return restore


def _facts(version: Version, *, current: bool) -> JsonFacts:
    return {
        "version": version.number,
        "rows": version.rows,
        "source": version.source,
        "written": version.written,
        "restored": version.restored,
        "current": current,
    }


def _table(versions: dict[str, tuple[Version, ...]]) -> Text:
    if not versions:
        return Text("还没有导入任何图层。", "No layer has been imported yet.")
    zh, en = [], []
    for name, told in versions.items():
        zh.append(f"{INPUT_LAYERS[name].text.zh}（{name}）")
        en.append(f"{INPUT_LAYERS[name].text.en} ({name})")
        for version in reversed(told):
            line = _line(version, current=version is told[-1])
            zh.append(line.zh)
            en.append(line.en)
    return Text("\n".join(zh), "\n".join(en))


def _line(version: Version, *, current: bool) -> Text:
    when = datetime.fromisoformat(version.written).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    mark = "*" if current else " "
    back = version.restored
    return Text(
        f" {mark} 第 {version.number} 版  {when}  {version.rows:,} 行  {version.source}"
        + (f"（恢复自第 {back} 版）" if back else "")
        + ("  ← 现用" if current else ""),
        f" {mark} {version.number}  {when}  {version.rows:,} rows  {version.source}"
        + (f" (version {back} restored)" if back else "")
        + ("  <- current" if current else ""),
    )
