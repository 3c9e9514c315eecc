"""What a layer is for is stated with the layer; no module keeps a list of layers of its own."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from api.analysis.made_from import LAYERS_OF, READS
from api.http.visibility import Reader, least_reader
from geo.layers.columns import INPUT_LAYERS, LAYERS, RESULT_LAYERS, layers_with
from geo.layers.roles import Role
from geo.study.rules import EVERYTHING

HOUSE = Path(__file__).parents[2]
OWN_ORDER = {
    "api/analysis/results.py",  # the two layers whose files are one for each bus
    "maps/bus/files.py",  # the shape of one sheet each
    "maps/report/drawing/print_map.py",  # what sets the edges of a printed map
    "maps/workbook/book.py",  # the order of its sheets
    "maps/worker/worker_page.py",  # the order of its legend
    "api/drafts/publications.py",  # the two layers of a published bus plan
    "api/routes/bus/file_routes.py",  # as above
    "api/routes/bus/sheet_routes.py",  # what a driving sheet shows
    "api/stations/search.py",  # the order of answers
}
"""Modules whose short lists say an order or a shape of their own, not what a layer is for."""


def lists_of_layers(path):
    """Return the lines of literals that hold nothing but names of layers, two at least."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            names = [one.value for one in node.elts if isinstance(one, ast.Constant)]
            if len({*names} & {*LAYERS}) > 1 and {*names} <= {*LAYERS}:
                yield node.lineno


def test_no_module_lists_layers_by_itself():
    found = {
        str(path.relative_to(HOUSE)): list(lists_of_layers(path))
        for top in ("geo", "data", "maps", "api")
        for path in sorted((HOUSE / top).rglob("*.py"))
    }
    assert {path for path, lines in found.items() if lines} <= OWN_ORDER


def test_every_role_is_some_layers():
    for role in set(Role) - {Role.MARKED}:  # of layers to come; see test_registered_layer.py
        assert layers_with(role), role


def test_steps_read_inputs_and_make_every_result_once():
    assert set(READS) == set(LAYERS_OF) == set(EVERYTHING)
    made = [name for names in LAYERS_OF.values() for name in names]
    assert sorted(made) == sorted(RESULT_LAYERS)
    for names in READS.values():
        assert set(names) - {"streets"} <= set(INPUT_LAYERS)


@pytest.mark.parametrize(
    ("layer", "reader"),
    [
        ("stations", Reader.ANYONE),
        ("yizhan", Reader.ANYONE),
        ("districts", Reader.ANYONE),
        ("places", Reader.ANYONE),
        ("bus_stops", Reader.ANYONE),
        ("bus_routes", Reader.ANYONE),
        ("depots", Reader.BUS_CREW),
        ("workers", Reader.PLANNER),
        ("weights", Reader.PLANNER),
        ("candidates", Reader.PLANNER),
        ("stops", Reader.PLANNER),
        ("gaps", Reader.PLANNER),
        ("sites", Reader.PLANNER),
        ("actions", Reader.PLANNER),
    ],
)
def test_who_may_read_a_layer(layer, reader):
    """The decisions as they were taken: one that changes here changes what strangers see."""
    assert least_reader(layer) is reader


def test_only_what_anyone_may_read_is_on_the_workers_map():
    assert set(layers_with(Role.ON_WORKER_MAP)) <= set(layers_with(Role.FOR_ANYONE))
