"""A function fits on a screen: signature, docstring and body together."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCREEN = 60
"""Lines."""
COMPILED = "a compiled kernel: a call within its loop would cost inlining"
LONGER = {
    "geo/bus/solver/label_setting.py grow_labels": COMPILED,
    "geo/reach/kernels/bounding.py bounded_pairs": COMPILED,
}
"""What is longer, and why."""


def long_functions(package: str) -> Iterator[str]:
    """Yield file and name of every function of `package` that is longer than a screen."""
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if (node.end_lineno or 0) - node.lineno >= SCREEN:
                yield f"{path.relative_to(ROOT).as_posix()} {node.name}"


@pytest.mark.parametrize("package", ["geo", "data", "maps", "api"])
def test_every_function_fits_on_a_screen(package):
    assert [one for one in long_functions(package) if one not in LONGER] == []
