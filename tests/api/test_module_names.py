"""One module name, one place: whoever knows the name opens the right file."""

from __future__ import annotations

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
