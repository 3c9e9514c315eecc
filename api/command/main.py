"""The command's entry: builds it in the reader's language and turns errors into exit codes.

Exit codes: 0 done; 1 could not be done (the message says why and how to mend it); 2 wrong usage;
130 interrupted.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import NamedTuple

import click

from data.program import starting
from geo.errors import YizhanError
from geo.text import Language, Text

_ABOUT = Text(
    "驿站：职工服务阵地选址与大蓬车排班。加 --lang en 显示英文。",
    "yizhan: where service stations are missing, where to open them, where the bus goes.",
)


class _Listed(NamedTuple):
    """A command as the help lists it, before anything is imported for it."""

    builder: str
    about: Text


_COMMANDS = {
    "demo": _Listed(
        "api.command.demo_command:demo_command",
        Text(
            "用内置青岛示例数据走完全流程：缺口、选址、大蓬车、地图与表格，然后启动服务",
            "The whole job on the bundled sample: gaps, sites, bus, maps and sheets; then serve it",
        ),
    ),
    "init": _Listed(
        "api.command.layers.project_command:init_command",
        Text("新建项目文件夹", "Make a project folder"),
    ),
    "import": _Listed(
        "api.command.layers.import_command:import_command",
        Text(
            "导入图层文件（Excel、WPS、CSV、GeoJSON、GeoPackage、Shapefile、KML、GPX、压缩包等）；有错行时整份不导入，"
            "逐行列出问题与改法",
            "Import a layer file (workbooks, CSV, GeoJSON, GeoPackage, Shapefile, KML, GPX, zip, …); with bad rows "
            "nothing is imported and every one is listed with its mend",
        ),
    ),
    "layers": _Listed(
        "api.command.layers.version_command:layers_command",
        Text(
            "列出各图层的所有版本（时间、行数、来自哪个文件）",
            "List all versions of every layer: when, how many rows, from which file",
        ),
    ),
    "template": _Listed(
        "api.command.layers.project_command:template_command",
        Text("写出带示例和下拉选项的 Excel 模板", "Write an Excel template with examples"),
    ),
    "city": _Listed(
        "api.command.city.city_command:city_command",
        Text(
            "用公开数据一条命令建好一个真实城市的项目：区市街道、道路、地名、候选点、停靠点、职工估算",
            "A project of a real city from public data: areas, streets, places, candidates, stops, workers",
        ),
    ),
    "fetch": _Listed(
        "api.command.city.fetch_command:fetch_command",
        Text(
            "导入道路：--file 用本地 OSM 文件（.osm、.osm.pbf）、osmnx 图（.graphml）或道路线图层"
            "（.geojson、.gpkg、.shp），--place 按地名联网下载",
            "Get streets: --file from a local OSM extract, osmnx graph or layer of road lines, --place by name "
            "over the network",
        ),
    ),
    "basemap": _Listed(
        "api.command.city.base_map_command:base_map_command",
        Text(
            "制作底图：--file 用本地 OSM 文件（.osm、.osm.pbf）画出海陆、水系、绿地、铁路、建筑和地名；"
            "不给文件则用项目里的区市和道路",
            "Make the base map: --file draws sea, water, green, railways, buildings and names of a local OSM "
            "extract; without it the project's districts and streets are drawn",
        ),
    ),
    "coverage": _Listed(
        "api.command.coverage_command:coverage_command",
        Text("测算覆盖、圈定缺口", "Measure coverage and draw the gaps"),
    ),
    "site": _Listed(
        "api.command.siting_command:site_command",
        Text(
            "推荐新建站点；加 --actions 则同一笔资金在新建、延时、加装、扩容、迁址之间择优",
            "Recommend where to open stations; with --actions weigh all kinds of action for one budget",
        ),
    ),
    "bus": _Listed(
        "api.command.bus.bus_command:bus_command",
        Text(
            "编排大蓬车体检行程；其下 stops 提出停靠候选点、replan 重排、publish 发布、record 登记实到、"
            "turnout 查看参检率",
            "Plan the health-check bus; beneath it: stops, replan, publish, record, turnout",
        ),
    ),
    "serve": _Listed(
        "api.command.service.serve_command:serve_command",
        Text("启动接口和地图服务", "Serve the API and the maps"),
    ),
    "upkeep": _Listed(
        "api.command.upkeep_command:upkeep_command",
        Text(
            "六有检查、开放时间核实情况、管理员二维码链接",
            "Check what stations lack, who confirmed their hours, keepers' links",
        ),
    ),
    "posters": _Listed(
        "api.command.poster_command:posters_command",
        Text(
            "把一个区市全部站点的二维码海报做成一个 PDF",
            "Make the signs of all stations of a district, one PDF",
        ),
    ),
    "export": _Listed(
        "api.command.coverage_command:export_command",
        Text(
            "把结果（GeoPackage、Excel、离线地图）复制到文件夹",
            "Copy the results (GeoPackage, Excel, offline maps) to a folder",
        ),
    ),
    "report": _Listed(
        "api.command.report_command:report_command",
        Text(
            "把推荐方案写成决策材料：报告、踏勘表、地图、数据表、幻灯片、归档表格",
            "Write the committee's folder: report, site sheets, maps, workbook, slides, tables",
        ),
    ),
}
"""Every command, what builds it and what it does, in the order the help shows them."""


class _Commands(click.Group):
    """Brings in what a command needs when it is asked for: an import starts no optimiser."""

    def __init__(self, language: Language) -> None:
        super().__init__("yizhan", help=_ABOUT.into(language))
        self._language = language
        self._built: dict[str, click.Command] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command called `cmd_name`, built on first use."""
        del ctx
        if cmd_name in _COMMANDS and cmd_name not in self._built:
            builder, about = _COMMANDS[cmd_name]
            module, _, name = builder.partition(":")
            with starting():
                command: click.Command = getattr(import_module(module), name)(self._language)
            command.help = about.into(self._language)
            self._built[cmd_name] = command
        return self._built.get(cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List all commands by the first clause of what they do; none of them is brought in."""
        del ctx
        clause = Text("；", "; ").into(self._language)
        rows = [
            (name, listed.about.into(self._language).partition(clause)[0])
            for name, listed in _COMMANDS.items()
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def build(language: Language) -> click.Group:
    """Build the command group with its help in `language`."""
    group = _Commands(language)
    group.params.append(
        click.Option(["--lang"], type=click.Choice([str(one) for one in Language]), help="zh / en")
    )
    group.params.append(_version_option())
    group.callback = _take_language
    return group


def _take_language(lang: str | None) -> None:
    """Accept ``--lang``: it was read before the help was built."""
    del lang


def _version_option() -> click.Option:
    def show(context: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001
        if wanted:
            from importlib.metadata import version  # noqa: PLC0415 - only when asked for

            click.echo(f"yizhan {version('yizhan')}")
            context.exit()

    return click.Option(
        ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=show
    )


def _language(arguments: Sequence[str]) -> Language:
    """Return the language asked for by ``--lang`` or the environment; Chinese otherwise."""
    wanted = os.environ.get("YIZHAN_LANGUAGE", "zh")
    for position, argument in enumerate(arguments):
        if argument == "--lang" and position + 1 < len(arguments):
            wanted = arguments[position + 1]
        elif argument.startswith("--lang="):
            wanted = argument.removeprefix("--lang=")
    return Language.EN if wanted.startswith("en") else Language.ZH


def run(arguments: Sequence[str]) -> int:
    """Run the command with `arguments`; return its exit code."""
    language = _language(arguments)
    try:
        build(language).main(list(arguments), prog_name="yizhan", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo(
            Text("已中断，未留下半成品。", "Interrupted; nothing left half-written.").into(
                language
            ),
            err=True,
        )
        return 130
    except YizhanError as error:
        click.echo(error.text.into(language), err=True)
        return 1
    except OSError as error:
        from data.disk import storage_error  # noqa: PLC0415 - only when a disk fails

        told = storage_error(error)
        if told is None:
            raise
        click.echo(told.text.into(language), err=True)
        return 1
    return 0


_COLLECTED = (200_000, 50, 50)
"""When Python looks for objects that hold each other alone: of 100,000 rows hardly any do. At its
usual (700, 10, 10) an import of so many took a fifth longer, at the same peak of memory."""


def main() -> None:
    """Run ``yizhan`` and exit with its code.

    A letter that the output's encoding lacks is written as its number: what goes into a file on
    Windows is encoded as the machine's language wants it.
    """
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    gc.set_threshold(*_COLLECTED)
    code = run(sys.argv[1:])
    gc.freeze()  # At exit Python would look through all that is left: 0.3 s for nothing.
    sys.exit(code)
