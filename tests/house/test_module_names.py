"""One module name, one place: whoever knows the name opens the right file."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]


def paths_by_name() -> dict[str, list[str]]:
    """Return the modules of all four packages by their file names."""
    found = defaultdict(list)
    for package in ("geo", "data", "maps", "api"):
        for path in (ROOT / package).rglob("*.py"):
            if path.name != "__init__.py":
                found[path.name].append(path.relative_to(ROOT).as_posix())
    return found


def test_no_two_modules_have_one_name():
    found = paths_by_name()
    assert len(found) > 500
    assert {name: paths for name, paths in found.items() if len(paths) > 1} == {}


def test_no_module_is_called_like_a_drawer_of_odds_and_ends():
    assert not paths_by_name().keys() & {"utils.py", "helpers.py", "misc.py", "manager.py"}


SMALL, SHARED = 60, 3
"""Lines of a small module; so many readers make it a place of its own, not a forced jump."""
ALONE = {
    "api/analysis/street_lines.py": "drawn for pages and for the committee, read by no other step",
    "api/delay_publishing.py": "begun by the service and by a route, which may not import each other",
    "api/publishing/layer_reading.py": "reads layers without the edition it is read into",
    "api/routes/service/asset_routes.py": "routes are parted by who asks",
    "data/basemap/world/make_world.py": "a script, run once by hand",
    "data/city/build.py": "the stages of a city in order: the way into the folder",
    "data/store/project_state.py": "asked before anything heavy is imported",
    "geo/kernel_cache.py": "runs before the first kernel is imported",
    "geo/layers/six_haves.py": "a standard of its own, that the federation may change",
    "geo/layers/typed_columns.py": "keeps pandas out of the schemas",
    "maps/workbook/rule_rows.py": "read by the workbook and the report, which do not know each other",
}
"""Small modules that fewer read, and why they stand alone."""


def readers_by_module() -> dict[str, set[str]]:
    """Return which modules import each module of the four packages, by dotted names."""
    found = defaultdict(set)
    for package in ("geo", "data", "maps", "api"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.module:
                    found[node.module].add(path.as_posix())
                    for name in node.names:
                        found[f"{node.module}.{name.name}"].add(path.as_posix())
    return found


def test_a_small_module_is_shared_or_has_a_reason():
    readers = readers_by_module()
    small = {
        path
        for path in (path for paths in paths_by_name().values() for path in paths)
        if len((ROOT / path).read_text(encoding="utf-8").splitlines()) < SMALL
        and len(readers[path.removesuffix(".py").replace("/", ".")]) < SHARED
    }
    assert small - ALONE.keys() == set()
    assert {path for path in ALONE if not (ROOT / path).exists()} == set()
