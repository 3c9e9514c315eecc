"""Hundreds of kinds of files: each is read as it was stated beforehand, or refused with the mend."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from data.words.settling import on_page


def _beside(name):
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_beside("binary_sheets")
office_kinds = _beside("office_kinds")
clerk_kinds = _beside("clerk_kinds")
KINDS = office_kinds.KINDS + clerk_kinds.KINDS + _beside("export_kinds").KINDS


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_kind_of_file_is_what_was_stated_of_it(kind, tmp_path):
    what, said = office_kinds.outcome(kind, tmp_path)
    assert what == "right", said


@pytest.mark.parametrize(
    "kind",
    [one for one in KINDS if one.refused.startswith("--")],
    ids=lambda kind: kind.name,
)
def test_on_the_page_a_mend_is_a_field_of_the_page(kind, tmp_path):
    """The same refusals that name options at the command name what the reading dialog has."""
    with on_page():
        _, said = office_kinds.outcome(kind, tmp_path)
    assert "--" not in said
    assert "在“工作表或图层”里选" in said or "在各列的表里" in said or "在“坐标系”里填" in said
