"""An update leaves no compiled kernel that names types which are gone."""

from __future__ import annotations

import os

import pytest

from geo.kernel_cache import drop_stale_kernels


@pytest.fixture
def package(tmp_path):
    """Two modules with one compiled kernel each, both newer than their sources."""
    folder = tmp_path / "reach"
    cache = folder / "__pycache__"
    cache.mkdir(parents=True)
    for module in ("climbing", "ending"):
        source, entry = folder / f"{module}.py", cache / f"{module}.run-4.py311.nbi"
        source.write_text("")
        entry.write_bytes(b"")
        os.utime(source, (1_000, 1_000))
        os.utime(entry, (2_000, 2_000))
    return tmp_path


def left(package):
    return sorted(path.name for path in package.rglob("*.nbi"))


def test_kernels_newer_than_every_source_stay(package):
    assert drop_stale_kernels(package) == 0
    assert len(left(package)) == 2


def test_a_changed_source_drops_the_kernels_of_its_neighbours_too(package):
    os.utime(package / "reach" / "ending.py", (3_000, 3_000))
    assert drop_stale_kernels(package) == 2
    assert left(package) == []


def test_a_module_that_is_gone_drops_all(package):
    (package / "reach" / "climbing.py").unlink()
    assert drop_stale_kernels(package) == 2
    assert left(package) == []


def test_a_package_without_kernels_is_left_alone(tmp_path):
    assert drop_stale_kernels(tmp_path) == 0
