"""Libraries of others that come along: which release, under which licence, unchanged."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

import maps

STATIC = Path(maps.__file__).parent / "static"
LIBRARIES = json.loads((STATIC / "libraries.json").read_text(encoding="utf-8"))["libraries"]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library["folder"])
def test_a_library_is_the_release_it_says(library):
    """Every file of the folder is listed with its checksum, the licence among them."""
    folder = STATIC / library["folder"]
    assert {path.name: digest(path) for path in folder.iterdir()} == library["files"]
    assert library["licence"] in {"BSD-2-Clause", "BSD-3-Clause", "MIT", "ISC", "Apache-2.0"}
    assert "Redistribution" in (folder / "LICENSE").read_text(encoding="utf-8")
    assert all(library[field] for field in ("package", "version", "registry"))


def test_no_library_comes_unlisted():
    """A folder without a manifest entry holds our own modules, which name no other author."""
    listed = {library["folder"] for library in LIBRARIES}
    for folder in (path for path in STATIC.iterdir() if path.is_dir()):
        own = [path for path in folder.iterdir() if folder.name not in listed]
        assert not [path.name for path in own if "@license" in path.read_text(encoding="utf-8")]
