"""Hundreds of kinds of files: each is read as it was stated beforehand, or refused with the mend."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest


def _beside(name):
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_beside("binary_sheets")
office_kinds = _beside("office_kinds")
clerk_kinds = _beside("clerk_kinds")


@pytest.mark.parametrize("kind", office_kinds.KINDS + clerk_kinds.KINDS, ids=lambda kind: kind.name)
def test_a_kind_of_file_is_what_was_stated_of_it(kind, tmp_path):
    what, said = office_kinds.outcome(kind, tmp_path)
    assert what == "right", said
