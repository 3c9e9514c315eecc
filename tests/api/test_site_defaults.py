"""A planner who decides nothing gets the same rules from the command, the service and the thinking."""

from __future__ import annotations

import click
import pytest

from api.command.siting import _improving, _siting, site_command
from geo.siting.actions.rules import ImproveRules
from geo.siting.models.site_rules import SiteRules
from geo.siting.plan.planned_model import ModelChoice
from geo.study.rules import ActionRules, SitingRules
from geo.text import Language


@pytest.fixture
def nothing_asked():
    command = site_command(Language.ZH)
    with click.Context(command) as context:
        command.parse_args(context, ["--project", "."])
    return context.params


def test_the_command_without_options_asks_what_the_service_asks(nothing_asked):
    assert _siting(nothing_asked) == SitingRules()
    assert _improving(nothing_asked) == ActionRules()


@pytest.mark.parametrize("model", [SitingRules, ActionRules])
def test_the_document_tells_the_defaults_that_hold(client, model):
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    told = {
        name: field["default"]
        for name, field in schemas[model.__name__]["properties"].items()
        if "default" in field
    }
    held = model().model_dump(mode="json")
    assert told
    assert told == {name: held[name] for name in told}


def test_the_service_asks_what_the_rules_hold():
    asked, rules, choice = SitingRules(), SiteRules(), ModelChoice()
    for name in ("count", "budget_cny", "city_cny", "district_cny", "district_maximum",
                 "host_minimum", "host_maximum", "city_share", "spacing_m", "phases"):  # fmt: skip
        assert getattr(asked, name) == getattr(rules, name), name
    assert asked.minimum_per_district == rules.district_minimum == 0
    assert (asked.model, asked.target) == (choice.kind, choice.target)
    assert (asked.cheapest, asked.twice) == (choice.cheapest, choice.twice)
    actions, bounds = ActionRules(), ImproveRules(budget_cny=1.0)
    assert (actions.movable, actions.move_within_m) == (bounds.movable, bounds.move_within_m)
    assert bounds.spacing_m == rules.spacing_m
    assert actions.visits_per_worker_day == choice.visits_per_worker_day
