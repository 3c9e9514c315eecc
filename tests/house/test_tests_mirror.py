"""Tests lie as the tree does: whoever opens a folder of the service finds the tests of it by its name."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("geo", "data", "maps", "api")
BESIDE = {"house", "browser", "benchmarks", "shared"}
"""What holds for the whole tree, what needs a browser, what is measured, what tests share."""


def test_each_package_has_a_folder_of_tests_and_none_has_none():
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir()}
    assert folders - {"__pycache__"} == {*PACKAGES, *BESIDE}


def test_folders_of_the_services_tests_are_called_like_folders_of_the_service():
    known = {path.name for path in (ROOT / "api").rglob("*") if path.is_dir()}
    held = {path.name for path in (ROOT / "tests" / "api").iterdir() if path.is_dir()}
    assert len(held) > 5
    assert held - {"__pycache__"} <= known


def test_no_test_of_the_service_lies_beside_its_folders():
    assert [path.name for path in (ROOT / "tests" / "api").glob("test_*.py")] == []
