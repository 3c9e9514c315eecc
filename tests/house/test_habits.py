"""What stands beside the code and nothing runs here: checks on a server, before a commit, addresses."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import click
import pytest

from api.command.main import build
from geo.text import Language

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CHECKS = (
    ".venv/bin/ruff format",
    ".venv/bin/ruff check",
    ".venv/bin/mypy",
    ".venv/bin/lint-imports",
)


def commands(group, name):
    """Yield the names of a command and all beneath it."""
    yield name
    if isinstance(group, click.Group):
        context = click.Context(group)
        for one in group.list_commands(context):
            yield from commands(group.get_command(context, one), f"{name} {one}")


def test_the_workflow_runs_what_anybody_runs_and_nothing_else():
    [workflow] = (ROOT / ".github" / "workflows").iterdir()
    text = workflow.read_text(encoding="utf-8")
    assert re.findall(r"^ *- run: (.*)$", text, flags=re.MULTILINE) == ["bash .ci/run"]
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").strip().endswith('/test"')


def test_the_workflow_begins_with_the_oldest_python_that_is_promised():
    [workflow] = (ROOT / ".github" / "workflows").iterdir()
    told = re.search(r"python: \[\"([\d.]+)\"", workflow.read_text(encoding="utf-8"))
    assert PROJECT["requires-python"] == f">={told[1]}"


@pytest.mark.parametrize("check", CHECKS)
def test_each_check_of_the_test_command_also_runs_before_a_commit(check):
    assert check in (ROOT / ".ci" / "test").read_text(encoding="utf-8")
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert f"entry: {check}" in hooks


def test_addresses_of_the_project_are_whole():
    assert PROJECT["urls"]
    assert all(one.startswith("https://") for one in PROJECT["urls"].values())


def test_the_changelog_tells_of_every_command():
    told = (ROOT / ".github" / "CHANGELOG.md").read_text(encoding="utf-8")
    missing = [name for name in commands(build(Language.EN), "yizhan") if f"`{name}" not in told]
    assert missing == []
