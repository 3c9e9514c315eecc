"""What a run leaves standing rests on the same ground as what it did."""

from __future__ import annotations

import json

import pytest

from api.analysis.made_from import withdraw, withdrawn_text
from api.analysis.results import stored_results
from data.store.summary_file import read_summary
from geo.errors import BrokenFileError
from geo.summary.run import MadeFrom


def made(key, **on):
    return MadeFrom(key=key, on=on, inputs={}, versions={}, program="p", day="2026-11-28")


def test_actions_for_the_money_of_another_plan_are_withdrawn(summary_with):
    """Sites were chosen anew: actions weighed against the plan before go with their figures."""
    steps = {
        "coverage": made("c"),
        "site": made("sixty", coverage="c"),
        "improve": made("i", coverage="c", site="hundred"),
    }
    results = {"sites": [1], "actions": [1, 2]}
    before = summary_with()
    left, withdrawn = withdraw(results, before, steps)
    assert results == {"sites": [1]}
    assert left == before.but(improve=None)
    assert withdrawn == {"improve"}
    assert set(steps) == {"coverage", "site"}


def test_results_of_a_program_that_wrote_down_no_ground_go_with_the_first_new_coverage(
    summary_with,
):
    results = {"sites": [1]}
    left, _ = withdraw(results, summary_with(), {"coverage": made("c")})
    assert results == {}
    assert left.siting is None


def rewritten(project, **figures):
    path = project.results_folder / "summary.json"
    told = json.loads(path.read_text("utf-8")) | figures
    path.write_text(json.dumps({key: one for key, one in told.items() if one != "gone"}))


@pytest.mark.parametrize(
    ("figures", "unread", "layers"),
    [
        ({"siting_gap": "gone"}, ("improve", "site"), {"gaps", "bus_stops", "bus_routes"}),
        ({"coverage_range": {}}, ("coverage", "improve", "site"), {"bus_stops", "bus_routes"}),
        ({"bus_km": None}, ("bus",), {"gaps", "sites"}),
        ({"a_figure_of_another_day": 1}, (), {"gaps", "sites", "bus_stops", "bus_routes"}),
    ],
)
def test_a_step_another_program_wrote_goes_with_its_layers_and_is_told(
    tmp_path, make_project_in, figures, unread, layers
):
    project = make_project_in(tmp_path / "city")
    rewritten(project, **figures)
    assert read_summary(project.results_folder).unread == unread
    results, summary = stored_results(project)
    assert layers <= set(results)
    assert not {"gaps", "sites", "bus_stops", "bus_routes"} - layers & set(results)
    assert (summary.siting is None) == ("site" in unread)


def test_a_broken_summary_says_so(tmp_path):
    (tmp_path / "summary.json").write_text("{")
    with pytest.raises(BrokenFileError, match="重新运行"):
        read_summary(tmp_path)


def test_what_was_withdrawn_names_the_command_that_brings_it_back():
    assert "yizhan site --actions" in withdrawn_text({"improve"}).zh
    assert "yizhan bus" in withdrawn_text({"bus"}).en
    assert withdrawn_text(()) is None
