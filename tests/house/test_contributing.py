"""CONTRIBUTING sends people to files that exist and hold what they are told to look for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
TABLE = GUIDE.split("## To change X, open Y", 1)[1]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TABLE.splitlines()
    if re.match(r"\| [^-].*`", line)
]


def test_every_change_that_was_asked_about_has_a_row():
    told = " ".join(row[0] for row in ROWS)
    for change in (
        "walking pace",
        "amenity",
        "spacing",
        "siting model",
        "lunch break",
        "district table",
        "/nearest",
        "gap's reason",
        "new layer",
        "re-plan",
    ):
        assert change in told


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_file_exists_and_holds_a_word_to_look_for(row):
    _, files, words = row
    paths = [ROOT / name for name in re.findall(r"`([^`]+)`", files)]
    texts = [path.read_text(encoding="utf-8") for path in paths]
    names = re.findall(r"`([^`]+)`", words)
    assert texts
    assert names
    for name in names:
        assert any(name in text for text in texts), name
    for path, text in zip(paths, texts, strict=True):
        assert any(name in text for name in names), path
