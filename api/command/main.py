"""The command's entry: builds it in the reader's language and turns errors into exit codes.

Exit codes: 0 done; 1 could not be done (the message says why and how to mend it); 2 wrong usage;
130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from api.command.analyses import coverage_command, export_command
from api.command.bus import bus_command
from api.command.demo import demo_command
from api.command.importing import import_command
from api.command.layers import init_command, template_command
from api.command.serve import serve_command
from api.command.siting import site_command
from api.command.streets import fetch_command
from geo.errors import YizhanError
from geo.text import Language, Text

_ABOUT = Text(
    "驿站：职工服务阵地选址与大蓬车排班。加 --lang en 显示英文。",
    "yizhan: where service stations are missing, where to open them, where the bus goes.",
)


def build(language: Language) -> click.Group:
    """Build the command group with its help in `language`."""
    group = click.Group("yizhan", help=_ABOUT.into(language))
    group.params.append(
        click.Option(["--lang"], type=click.Choice([str(one) for one in Language]), help="zh / en")
    )
    group.params.append(_version_option())
    for command in (
        demo_command,
        init_command,
        import_command,
        template_command,
        fetch_command,
        coverage_command,
        site_command,
        bus_command,
        serve_command,
        export_command,
    ):
        group.add_command(command(language))
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
        click.echo(Text("已中断，未留下半成品。", "Interrupted; nothing left half-written.")
                   .into(language), err=True)  # fmt: skip
        return 130
    except YizhanError as error:
        click.echo(error.text.into(language), err=True)
        return 1
    return 0


def main() -> None:
    """Run ``yizhan`` and exit with its code."""
    sys.exit(run(sys.argv[1:]))
