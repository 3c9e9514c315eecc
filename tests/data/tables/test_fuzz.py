"""Broken files of every format are read or refused in words; nothing else ever comes out."""

from __future__ import annotations

import importlib.util
from pathlib import Path

_SPEC = importlib.util.spec_from_file_location(
    "fuzz_files", Path(__file__).with_name("fuzz_files.py")
)
fuzz_files = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(fuzz_files)


def test_no_mutant_of_a_good_file_ends_in_a_traceback_or_hangs(tmp_path):
    outcomes, faults = fuzz_files.fuzz(300, 20261128, tmp_path)
    assert faults == []
    assert outcomes["read"] > 10
    assert sum(count for what, count in outcomes.items() if what.startswith("refused")) > 10
