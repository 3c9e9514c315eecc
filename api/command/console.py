"""How a command speaks: options all share, progress to the terminal, one answer to people or machines."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any, ParamSpec, Self, TypeVar

import click
from rich.console import Console as RichConsole
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress

from geo.json_shapes import JsonFacts
from geo.text import Language, Text

P = ParamSpec("P")
R = TypeVar("R")
Command = Callable[..., None]
Decorator = Callable[[Command], Command]

DAY = click.DateTime(["%Y-%m-%d"])


class Console:
    """One command's voice.

    Answers go to standard output (as one JSON object with ``--json``); progress and remarks go to
    standard error, so a pipe only ever carries the answer.

    Parameters
    ----------
    language : Language
        What people read.
    as_json : bool
        Whether the answer is for a machine.
    """

    def __init__(self, language: Language, *, as_json: bool = False) -> None:
        self.language = language
        self.as_json = as_json
        self._errors = RichConsole(stderr=True, highlight=False)
        self._bars: RichProgress | None = None
        self._tasks: dict[str, Any] = {}
        self._started_s = time.monotonic()

    def __enter__(self) -> Self:
        """Show progress bars while the command works, where someone can see them."""
        if self._errors.is_terminal:
            self._bars = RichProgress(
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.percentage:>3.0f}%"),
                TimeElapsedColumn(),
                console=self._errors,
            )
            self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take the bars away."""
        if self._bars is not None:
            self._bars.stop()
            self._bars = None

    def progress(self, step: Text, fraction: float) -> None:
        """Show that `step` is done to `fraction` (0 to 1); see :class:`geo.solving.Progress`."""
        name = step.into(self.language)
        if self._bars is not None:
            if name not in self._tasks:
                self._tasks[name] = self._bars.add_task(name, total=1.0)
            self._bars.update(self._tasks[name], completed=min(1.0, fraction))
        elif name not in self._tasks:
            self._tasks[name] = None
            elapsed_s = time.monotonic() - self._started_s
            self._errors.print(f"[{elapsed_s:6.1f} s] {name}", markup=False)

    def remark(self, text: Text) -> None:
        """Say something beside the answer, to people only."""
        self._errors.print(text.into(self.language), markup=False, soft_wrap=True)

    def answer(self, facts: JsonFacts, text: Text) -> None:
        """Print the command's one answer: `facts` to a machine, `text` to a person."""
        if self.as_json:
            click.echo(_json(facts, indent=2))
        else:
            click.echo(text.into(self.language))

    def fail(self, text: Text, code: str) -> None:
        """Say why the command could not do it."""
        if self.as_json:
            click.echo(_json({"error": code, "message": text.into(self.language)}))
        click.echo(text.into(self.language), file=sys.stderr)


def machine_option(language: Language) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return the ``--json`` option every command has."""
    wording = Text("以 JSON 输出结果，供程序读取", "Print the answer as JSON for machines")
    return click.option("--json", "as_json", is_flag=True, help=wording.into(language))


def project_option(language: Language) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return the ``--project`` option of commands that work on a project folder."""
    wording = Text(
        "项目文件夹（默认为当前文件夹，也可设 YIZHAN_PROJECT）",
        "Project folder (default: the current one; or set YIZHAN_PROJECT)",
    )
    return click.option(
        "--project",
        type=click.Path(file_okay=False),
        default=".",
        envvar="YIZHAN_PROJECT",
        show_default=False,
        help=wording.into(language),
    )


def _json(facts: object, *, indent: int | None = None) -> str:
    """Return `facts` as JSON, in letters that the output can hold."""
    is_unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    return json.dumps(facts, ensure_ascii=not is_unicode, indent=indent, default=str)


def all_of(*options: Decorator) -> Decorator:
    """Put several options on a command; the help lists them in this order."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate
