"""``init``, ``import`` and ``template``: how layers get into a project."""

from __future__ import annotations

from pathlib import Path

import click

from api.command.console import Console, machine_option
from data.excel.templates import write_template
from data.sample import install_at
from data.store.project import Project
from geo.errors import BadInputError
from geo.layers.columns import INPUT_LAYERS
from geo.text import Language, Text

_LAYER = click.Choice(list(INPUT_LAYERS))


def init_command(language: Language) -> click.Command:
    """Build ``yizhan init``."""
    sample_help = Text("装入青岛示例数据", "Fill it with the Qingdao sample")

    @click.command("init")
    @click.argument("name")
    @click.option("--sample", is_flag=True, help=sample_help.into(language))
    @machine_option(language)
    def init(name: str, sample: bool, as_json: bool) -> None:  # noqa: FBT001
        folder = Path(name)
        with Console(language, as_json=as_json) as console:
            if sample:
                project = install_at(folder, folder.resolve().name, console.progress)
            else:
                project = Project.create(folder, folder.resolve().name)
        rows = {layer: project.versions(layer) for layer in INPUT_LAYERS}
        console.answer(
            {
                "project": str(folder),
                "name": project.name,
                "layers": {name: kept[-1].rows for name, kept in rows.items() if kept},
            },
            _next_step(folder, sample=sample),
        )

    return init


def _next_step(folder: Path, *, sample: bool) -> Text:
    if sample:
        return Text(
            f"已新建示例项目 {folder}。下一步：yizhan coverage --project {folder}",
            f"Made sample project {folder}. Next: yizhan coverage --project {folder}",
        )
    return Text(
        f"已新建项目 {folder}。下一步：yizhan template stations 取模板，"
        f"填好后 yizhan import stations 文件 --project {folder}",
        f"Made project {folder}. Next: yizhan template stations, fill it in, then "
        f"yizhan import stations FILE --project {folder}",
    )


def template_command(language: Language) -> click.Command:
    """Build ``yizhan template``."""

    @click.command("template")
    @click.argument("layer", type=_LAYER)
    @click.option("--out", type=click.Path(dir_okay=False, path_type=Path))
    @machine_option(language)
    def template(layer: str, out: Path | None, as_json: bool) -> None:  # noqa: FBT001
        path = out or Path(f"{layer}.xlsx")
        if path.exists():
            raise BadInputError(
                Text(
                    f"{path} 已存在，未覆盖；请用 --out 指定另一个文件名。",
                    f"{path} exists and was not overwritten; name another with --out.",
                )
            )
        write_template(INPUT_LAYERS[layer], path, language)
        Console(language, as_json=as_json).answer(
            {"template": str(path)}, Text(f"模板已写入 {path}", f"Template written to {path}")
        )

    return template
