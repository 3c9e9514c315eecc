"""A tuned number says where it comes from: measured, from a source, or chosen and why."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def is_numeric(value: ast.expr | None) -> bool:
    """Whether an expression is a number, or a tuple or table of nothing but numbers."""
    match value:
        case ast.Constant():
            return type(value.value) in {int, float}
        case ast.UnaryOp():
            return is_numeric(value.operand)
        case ast.BinOp():
            return is_numeric(value.left) and is_numeric(value.right)
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Dict(values=parts):
            return bool(parts) and all(map(is_numeric, parts))
        case ast.Call(func=ast.Name(id="MappingProxyType"), args=[table]):
            return is_numeric(table)
    return False


def unworded(package: str) -> Iterator[str]:
    """Yield each number of a module of `package` that has no docstring beneath or comment beside."""
    for path in sorted((ROOT / package).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        lines, body = text.splitlines(), ast.parse(text).body
        for node, after in zip(body, [*body[1:], None], strict=True):
            if not isinstance(node, ast.Assign | ast.AnnAssign) or not is_numeric(node.value):
                continue
            beneath = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            above = lines[node.lineno - 2].startswith("#")
            if not (beneath or above or "  # " in lines[node.lineno - 1]):
                yield f"{path.relative_to(ROOT).as_posix()}:{node.lineno} {lines[node.lineno - 1]}"


@pytest.mark.parametrize("package", ["geo", "data", "maps", "api"])
def test_every_number_of_a_module_says_where_it_comes_from(package):
    assert list(unworded(package)) == []
