"""One name, one meaning: a public class is called as no other is, in all four packages."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_no_two_public_classes_have_one_name():
    found = defaultdict(list)
    for package in ("geo", "data", "maps", "api"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    found[node.name].append(path.relative_to(ROOT).as_posix())
    assert len(found) > 500
    assert {name: paths for name, paths in found.items() if len(paths) > 1} == {}


IN_ROWS = {
    "geo/layers/columns.py Column": "the tables of layers are read as rows",
    "geo/fields.py About": "stands in the annotation of every field of a rule",
    "data/words/cell_problem.py Problem": "where, what and how to mend it, in the order people read it",
}
"""Records of more than five fields that may be made by position, and why."""


def long_records(package: str) -> Iterator[str]:
    """Yield the dataclasses of `package` with more than five fields that take them by position."""
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ClassDef):
                continue
            made = [ast.unparse(one) for one in node.decorator_list]
            fields = [one for one in node.body if isinstance(one, ast.AnnAssign)]
            by_position = any("dataclass" in one and "kw_only=True" not in one for one in made)
            if by_position and len(fields) > 5:
                yield f"{path.relative_to(ROOT).as_posix()} {node.name}"


@pytest.mark.parametrize("package", ["geo", "data", "maps", "api"])
def test_a_long_record_is_made_by_keywords(package):
    assert set(long_records(package)) - IN_ROWS.keys() == set()
