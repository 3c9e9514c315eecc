"""Every command is told in the README, and every command told there exists, in both languages."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from api.command.main import build
from geo.text import Language

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def _commands(group):
    context = click.Context(group)
    return [(name, group.get_command(context, name)) for name in group.list_commands(context)]


@pytest.mark.parametrize("language", list(Language))
def test_every_command_has_help_and_a_line_in_the_readme(language):
    group = build(language)
    for name, command in _commands(group):
        assert f"| `yizhan {name}" in README
        shown = CliRunner().invoke(group, [name, "--help"])
        assert shown.exit_code == 0
        assert bool(re.search("[一-鿿]", command.help)) == (language is Language.ZH)


@pytest.mark.parametrize("language", list(Language))
def test_the_list_of_commands_tells_how_the_help_of_each_begins(language):
    group = build(language)
    listed = "".join(CliRunner().invoke(group, ["--help"]).output.split())
    for name, command in _commands(group):
        first = re.split("；|; ", command.help)[0]
        assert name + "".join(first.split()) in listed


def test_every_command_told_exists():
    told = set(re.findall(r"^(?:\| `)?yizhan (\w+)", README, flags=re.MULTILINE))
    assert told == set(dict(_commands(build(Language.ZH))))


def test_wrong_usage_exits_with_two_and_a_missing_project_with_one(tmp_path, capsys):
    from api.command.main import run  # noqa: PLC0415 - only here

    assert run(["site", "--count", "0"]) == 2
    assert run(["coverage", "--project", str(tmp_path)]) == 1
    assert "yizhan init" in capsys.readouterr().err


def test_output_in_another_encoding_loses_nothing(tmp_path):
    """On Windows what goes into a file is encoded as the machine's language wants it."""
    command = [sys.executable, "-c", "from api.command.main import main; main()"]
    codes = {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}

    def said(*words):
        done = subprocess.run(
            [*command, *words],
            cwd=tmp_path,
            env=os.environ | codes,
            capture_output=True,
            check=True,
        )
        return done.stdout.decode("cp1252")

    assert "--mode" in said("coverage", "--help")
    told = json.loads(said("init", "青岛 m²", "--json"))
    assert "青岛 m²" in str(told)
