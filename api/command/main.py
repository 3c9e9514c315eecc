"""The command's entry: builds it in the reader's language and turns errors into exit codes.

Exit codes: 0 done; 1 could not be done (the message says why and how to mend it); 2 wrong usage;
130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from geo.errors import YizhanError
from geo.text import Language, Text

_ABOUT = Text(
    "驿站：职工服务阵地选址与大蓬车排班。加 --lang en 显示英文。",
    "yizhan: where service stations are missing, where to open them, where the bus goes.",
)


_COMMANDS = {
    "demo": "api.command.demo:demo_command",
    "init": "api.command.layers:init_command",
    "import": "api.command.importing:import_command",
    "layers": "api.command.versions:layers_command",
    "template": "api.command.layers:template_command",
    "city": "api.command.city:city_command",
    "fetch": "api.command.streets:fetch_command",
    "basemap": "api.command.base_map:base_map_command",
    "coverage": "api.command.analyses:coverage_command",
    "site": "api.command.siting:site_command",
    "bus": "api.command.bus:bus_command",
    "serve": "api.command.serve:serve_command",
    "upkeep": "api.command.upkeep:upkeep_command",
    "export": "api.command.analyses:export_command",
    "report": "api.command.report:report_command",
}
"""Every command and what builds it, in the order the help shows them."""


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
            module, _, builder = _COMMANDS[cmd_name].partition(":")
            self._built[cmd_name] = getattr(import_module(module), builder)(self._language)
        return self._built.get(cmd_name)


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


def main() -> None:
    """Run ``yizhan`` and exit with its code."""
    sys.exit(run(sys.argv[1:]))
