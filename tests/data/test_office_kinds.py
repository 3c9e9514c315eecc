"""A hundred more kinds of files: each is read as it was stated beforehand, or refused with the mend."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

_SPEC = importlib.util.spec_from_file_location(
    "office_kinds", Path(__file__).with_name("office_kinds.py")
)
office_kinds = importlib.util.module_from_spec(_SPEC)
sys.modules["office_kinds"] = office_kinds
_SPEC.loader.exec_module(office_kinds)


@pytest.mark.parametrize("kind", office_kinds.KINDS, ids=lambda kind: kind.name)
def test_a_kind_of_file_is_what_was_stated_of_it(kind, tmp_path):
    what, said = office_kinds.outcome(kind, tmp_path)
    assert what == "right", said
