"""One function name of a package, one meaning: whoever reads a call knows which it is."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FRONTS = {"geo": {"geo/reach/frames.py": "the same questions, asked of tables"}}
"""Modules whose functions are called like those they stand before, and why."""


def is_answered(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function answers an address of the service: the router alone calls it."""
    return any("router" in ast.unparse(one) for one in node.decorator_list)


def public_functions(package: str) -> dict[str, list[str]]:
    """Return the modules of the package's public functions by their names; no kernels."""
    found = defaultdict(list)
    for path in sorted((ROOT / package).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(ROOT).as_posix()
        if "@njit" in text or name in FRONTS.get(package, {}):
            continue
        for node in ast.parse(text).body:
            if (
                isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                and not node.name.startswith("_")
                and not is_answered(node)
            ):
                found[node.name].append(name)
    return found


@pytest.mark.parametrize("package", ["geo", "data", "maps", "api"])
def test_no_two_public_functions_of_a_package_share_a_name(package):
    found = public_functions(package)
    assert len(found) > 50
    assert {name: paths for name, paths in found.items() if len(paths) > 1} == {}


def test_no_module_is_called_a_front_that_is_gone():
    for package in FRONTS.values():
        assert all((ROOT / path).exists() for path in package)
