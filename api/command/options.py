"""What the commands' options have in common."""

from __future__ import annotations

from collections.abc import Callable

import click

from geo.crs import MARGIN_M

Command = Callable[..., None]
Decorator = Callable[[Command], Command]

DAY = click.DateTime(["%Y-%m-%d"])


def all_of(*options: Decorator) -> Decorator:
    """Put several options on a command; the help lists them in this order."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


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
