"""Tests lie as the tree does: whoever opens a folder finds the tests of it by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("geo", "data", "maps", "api")
BESIDE = {"house", "browser", "benchmarks", "shared"}
"""What holds for the whole tree, what needs a browser, what is measured, what tests share."""


def test_each_package_has_a_folder_of_tests_and_none_has_none():
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir()}
    assert folders - {"__pycache__"} == {*PACKAGES, *BESIDE}


@pytest.mark.parametrize("package", PACKAGES)
def test_folders_of_tests_are_called_like_folders_of_what_they_test(package):
    known = {path.name for path in (ROOT / package).rglob("*") if path.is_dir()}
    held = {path for path in (ROOT / "tests" / package).iterdir() if path.is_dir()}
    tests = {path.name for path in held if any(path.glob("test_*.py"))}
    assert tests <= known


@pytest.mark.parametrize("package", ["api", "data", "geo"])
def test_most_tests_of_a_package_lie_in_its_folders(package):
    assert len(list((ROOT / "tests" / package).glob("*/test_*.py"))) > len(
        list((ROOT / "tests" / package).glob("test_*.py"))
    )


def test_no_test_of_the_service_lies_beside_its_folders():
    assert [path.name for path in (ROOT / "tests" / "api").glob("test_*.py")] == []
