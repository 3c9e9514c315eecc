"""The workbench's modules keep the types their comments state, by the TypeScript compiler."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TSC = os.environ.get("YIZHAN_TSC") or shutil.which("tsc")


@pytest.mark.skipif(TSC is None, reason="no tsc: the workbench's types were not checked")
def test_the_modules_keep_their_types():
    checked = subprocess.run(
        [TSC, "-p", str(ROOT / ".ci" / "front")], capture_output=True, text=True, check=False
    )
    assert checked.stdout == ""
    assert checked.returncode == 0


def test_every_module_asks_to_be_checked():
    modules = sorted((ROOT / "maps" / "static" / "workbench").glob("*.mjs"))
    assert modules
    assert [m.name for m in modules if not m.read_text("utf-8").startswith("// @ts-check\n")] == []
