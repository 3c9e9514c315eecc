"""The built wheel works away from the checkout: sample, static assets and command included."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Install the wheel into an environment of its own that borrows only the dependencies."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", str(folder), str(ROOT)],
        check=True,
    )
    (wheel,) = folder.glob("yizhan-*.whl")
    home = folder / "env"
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
    python = home / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "--disable-pip-version-check", "-q", "install", "--no-deps", wheel],
        check=True,
    )
    (packages,) = home.glob("lib/python*/site-packages")
    # A path line adds the packages there but not their .pth files, so our checkout stays unseen.
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home, wheel


def _run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run(
        [home / "bin" / "yizhan", *arguments],
        check=True,
        capture_output=True,
        text=True,
        cwd="/",
        env=environment,
    )


def test_wheel_ships_the_sample_the_assets_and_types_and_stays_small(installed):
    _, wheel = installed
    names = zipfile.ZipFile(wheel).namelist()
    for package in ("geo", "data", "maps", "api"):
        assert f"{package}/py.typed" in names
    assert any(name.startswith("maps/static/") and name.endswith(".js") for name in names)
    assert any(name.startswith("data/sample/") and not name.endswith(".py") for name in names)
    assert any(name.startswith("maps/report/pages/") and name.endswith(".typ") for name in names)
    assert not any(name.startswith("tests/") for name in names)
    assert wheel.stat().st_size < 15_000_000


def test_command_of_the_installed_wheel_makes_a_project_from_its_own_sample(installed, tmp_path):
    home, _ = installed
    answer = _run(home, "init", str(tmp_path / "city"), "--sample", "--json")
    facts = json.loads(answer.stdout)
    assert facts["layers"]["stations"] + facts["layers"]["yizhan"] > 900
