"""What the commands' options have in common."""

from __future__ import annotations

from collections.abc import Callable

import click

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
