"""No untyped mapping goes from one package to another: a record, or JSON that is named and explained.

Service and maps name every one in a signature or field; the layers below name those that others read.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNTYPED = re.compile(r"\b(?:dict|Mapping|MutableMapping)\[(?:str|Hashable), (?:Any|object)\]")
NAMED = {"geo/json_shapes.py", "maps/records.py Record", "maps/ground/style_layer.py JsonStyle"}
"""Where untyped JSON has a name, and what it is and why it is untyped is said."""


def untyped(source: str) -> Iterator[str]:
    """Yield the signatures, fields and aliases of a module that hold an untyped mapping."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            given = node.args
            every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
            told = [one.annotation for one in every if one is not None]
            if any(_is_untyped(one) for one in [*told, node.returns]):
                yield node.name
        elif isinstance(node, ast.ClassDef):
            for one in node.body:
                if isinstance(one, ast.AnnAssign) and _is_untyped(one.annotation):
                    yield f"{node.name}.{ast.unparse(one.target)}"
    for one in tree.body:
        if isinstance(one, ast.AnnAssign) and _is_untyped(one.annotation):
            yield ast.unparse(one.target)
        elif isinstance(one, ast.Assign) and _is_untyped(one.value):
            yield ast.unparse(one.targets[0])


def _is_untyped(told: ast.expr | None) -> bool:
    return told is not None and UNTYPED.search(ast.unparse(told)) is not None


@pytest.mark.parametrize(
    "source",
    [
        "def f(a: dict[str, Any]): ...",
        "async def f(a: int, *, b: list[Mapping[str, object]] | None = None): ...",
        "def f() -> tuple[dict[str, object], int]: ...",
        "class A:\n    b: Mapping[str, Any]",
        "B = Callable[[int], dict[str, Any]]",
        "B: Mapping[str, Mapping[str, object]] = {}",
    ],
)
def test_an_untyped_mapping_would_be_seen(source):
    assert len(list(untyped(source))) == 1


def test_service_and_maps_take_and_return_records_or_named_json():
    found = [
        f"{path.relative_to(ROOT).as_posix()} {name}"
        for package in ("api", "maps")
        for path in (ROOT / package).rglob("*.py")
        for name in untyped(path.read_text(encoding="utf-8"))
    ]
    told = "name it in geo/json_shapes.py, or make it a record"
    assert sorted(set(found) - NAMED) == [], told


def test_what_geo_and_data_hand_to_others_is_a_record_or_named_json():
    found = [
        f"{path.relative_to(ROOT).as_posix()} {name}"
        for package in ("geo", "data")
        for path in (ROOT / package).rglob("*.py")
        if path.relative_to(ROOT).as_posix() not in NAMED
        for name in untyped(path.read_text(encoding="utf-8"))
        if not any(part.startswith("_") for part in name.split("."))
    ]
    assert found == []


def test_every_kind_of_json_says_why_it_has_no_class():
    lines = (ROOT / "geo" / "json_shapes.py").read_text(encoding="utf-8").splitlines()
    named = [place for place, line in enumerate(lines) if line.startswith("Json")]
    assert len(named) > 5
    for place in named:
        assert lines[place + 1].startswith('"""'), lines[place]
