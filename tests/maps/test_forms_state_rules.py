"""Forms in the browser ask by what the rules state: no limit and no usual value is typed in them again."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from geo.bus.campaign.campaign_rules import KINDS
from geo.coverage.rule import CoverageRule
from geo.fields import NAME_LETTERS, NOTE_LETTERS, WHO_LETTERS, WHY_LETTERS
from geo.layers.vocabulary import CampaignName, Mode
from geo.reach.isochrones import LEAST_MINUTES, MOST_MINUTES
from geo.study.draft import Draft
from geo.study.rules import BusRules
from geo.text import Language
from maps.bus.board_page import bus_board_page
from maps.linked_files import BusLinks
from maps.page_links import PageFrame
from maps.planner.workbench_page import workbench_page

MAPS = Path(__file__).parents[2] / "maps"
OF_NO_RULE = {"key", "hours", "station", "came"}
"""Fields whose length is that of what they ask for: a key, an opening_hours text, an id, a head count."""


def stated(html):
    """Return what a page's rules state to its script."""
    held = re.search(
        r'<script[^>]*id="(?:workbench|board)-data"[^>]*>(.*?)</script>', html, re.DOTALL
    )
    return json.loads(held.group(1))["stated"]


@pytest.mark.parametrize("language", list(Language))
def test_the_workbench_asks_by_the_usual_coverage(language):
    told = stated(workbench_page(title="市", frame=PageFrame(language=language)))
    usual = CoverageRule()
    assert told["mode"] == usual.mode
    assert 60 * told["minutes"] == usual.limit_s
    assert (told["leastMinutes"], told["mostMinutes"]) == (LEAST_MINUTES, MOST_MINUTES)
    assert told["modes"] == [[mode.value, mode.text.into(language)] for mode in Mode]


def test_the_board_plans_what_the_rules_hold_where_nothing_is_said():
    told = stated(bus_board_page(title="市", files=BusLinks(), today=date(2026, 11, 29)))
    usual = BusRules()
    assert (told["buses"], told["days"]) == (usual.buses, usual.days)
    places = {name: quota for name, _, quota in told["campaigns"]}
    assert places == {name.value: KINDS[name].quota for name in CampaignName}


def test_names_and_reasons_are_as_long_as_the_rules_take_them():
    told = stated(workbench_page(title="市"))
    assert (told["name"], told["who"], told["why"]) == (NAME_LETTERS, WHO_LETTERS, WHY_LETTERS)
    limits = {one: Draft.model_fields[one].metadata for one in ("name", "who", "why")}
    assert all(
        any(getattr(limit, "max_length", None) == told[one] for limit in held)
        for one, held in limits.items()
    )


def test_no_template_types_a_length_the_rules_state():
    typed = []
    for page in (MAPS / "pages").rglob("*.jinja"):
        for field in re.findall(r"<input[^>]*>", page.read_text("utf-8")):
            name = re.search(r'\bname="(\w+)"', field)
            if re.search(r'maxlength="\d', field) and name and name.group(1) not in OF_NO_RULE:
                typed.append(f"{page.name} {name.group(1)}")
    assert typed == []


@pytest.mark.parametrize("folder", ["workbench", "board"])
def test_no_module_types_a_length_or_a_usual_value(folder):
    typed = re.compile(r"maxlength: \d|(?:\?\?|\|\|) (?!60 \*)[2-9]\d*\b|\b900\b")
    found = [
        f"{module.name}: {line.strip()[:80]}"
        for module in sorted((MAPS / "static" / folder).glob("*.mjs"))
        if module.name != "swipe.mjs"  # where its line stands at first is no rule's
        for line in module.read_text("utf-8").splitlines()
        if typed.search(line)
    ]
    assert found == []


def test_a_line_told_at_a_station_is_as_long_as_what_is_kept():
    pages = [(MAPS / "pages").rglob(f"{name}.html.jinja") for name in ("station", "keeper")]
    for page in (one for found in pages for one in found):
        assert 'name="note"' in page.read_text("utf-8")
        assert 'maxlength="{{ note_letters }}"' in page.read_text("utf-8")
    assert NOTE_LETTERS < WHY_LETTERS


def test_no_module_of_workbench_and_board_imports_in_a_circle():
    paths = [*(MAPS / "static/workbench").glob("*.mjs"), *(MAPS / "static/board").glob("*.mjs")]
    left = {
        path.stem: {Path(one).stem for one in re.findall(r"from '([^']+\.mjs)'", path.read_text())}
        for path in paths
    }
    assert len(left) > 35
    while free := [name for name, needs in left.items() if not needs & left.keys()]:
        for name in free:
            del left[name]
    assert left == {}
