"""What a run leaves standing rests on the same ground as what it did."""

from __future__ import annotations

from api.analysis.made_from import MADE_FROM, WITHDRAWN, withdraw


def test_actions_for_the_money_of_another_plan_are_withdrawn():
    """Sites were chosen anew: actions weighed against the plan before go with their figures."""
    made = {
        "coverage": {"key": "c", "on": {}},
        "site": {"key": "sixty", "on": {"coverage": "c"}},
        "improve": {"key": "i", "on": {"coverage": "c", "site": "hundred"}},
    }
    results = {"sites": [1], "actions": [1, 2]}
    summary = {MADE_FROM: made, "sites": 60, "improve_gain": 7.0, "covered_before": 1.0}
    withdraw(results, summary)
    assert results == {"sites": [1]}
    assert summary == {
        MADE_FROM: {"coverage": made["coverage"], "site": made["site"]},
        "sites": 60,
        "covered_before": 1.0,
        WITHDRAWN: ["improve"],
    }


def test_results_of_a_program_that_wrote_down_no_ground_go_with_the_first_new_coverage():
    results = {"sites": [1]}
    summary = {MADE_FROM: {"coverage": {"key": "c", "on": {}}}, "sites": 1, "siting_gap": 0.0}
    withdraw(results, summary)
    assert results == {}
    assert "siting_gap" not in summary
