"""One default for one decision: commands and API take those of the rules, field by field."""

from __future__ import annotations

import click
import pytest

from api.app import create_app
from api.command.main import build
from api.settings import Settings
from geo.bus.rules import CampaignRules
from geo.coverage.rule import CoverageRule
from geo.study.rules import ActionRules, BusRules, SitingRules
from geo.text import Language

_COMMANDS = {
    "coverage": {
        CoverageRule: {
            "mode", "kinds", "amenities", "groups", "week", "room_method", "room_decay",
        },
    },
    "site": {
        CoverageRule: {"mode", "kinds", "amenities", "groups", "week"},
        SitingRules: {
            "model", "target", "cheapest", "twice", "count", "city_share", "under_service",
        },
        ActionRules: {"movable"},
    },
    "bus": {
        BusRules: {
            "campaign", "quota", "exams_per_hour", "exams_per_day", "district_floor", "km_weight",
            "buses", "days", "first_day",
        },
    },
}  # fmt: skip
_RENAMED = {
    ("site", "budget"): SitingRules().budget_cny,
    ("site", "minimum"): SitingRules().minimum_per_district,
    ("site", "city_money"): SitingRules().city_cny,
    ("site", "spacing"): SitingRules().spacing_m,
    ("bus", "seconds"): BusRules().time_limit_s,
}


def _options(name):
    """Return what the command hands on when no option is given."""
    group = build(Language.ZH)
    command = group.get_command(click.Context(group), name)
    return command.make_context(name, [], resilient_parsing=True).params


def _plain(value):
    value = () if value is None else value
    return tuple(map(str, value)) if isinstance(value, tuple | list) else str(value)


@pytest.mark.parametrize("name", list(_COMMANDS))
def test_the_command_takes_the_rules_defaults(name):
    options = _options(name)
    for rules, fields in _COMMANDS[name].items():
        for field in fields:
            held = getattr(rules(), field)
            if field == "kinds":
                assert not options["kinds"]  # left out, the rule's own kinds hold
                continue
            assert _plain(options[field]) == _plain(held), field


@pytest.mark.parametrize(("command", "option"), list(_RENAMED))
def test_options_of_another_name_too(command, option):
    assert _plain(_options(command)[option]) == _plain(_RENAMED[command, option])


def test_the_api_shows_the_rules_defaults():
    schemas = create_app(Settings(project="nowhere")).openapi()["components"]["schemas"]
    for rules in (CoverageRule, SitingRules, ActionRules, BusRules):
        shown = next(one for key, one in schemas.items() if key.split("-")[0] == rules.__name__)
        held = rules().model_dump(mode="json")
        for field, value in held.items():
            told = shown["properties"][field].get("default")
            if told is not None:
                assert told == value, f"{rules.__name__}.{field}"
            else:
                assert value is None, f"{rules.__name__}.{field}"


def test_the_bus_engine_and_the_planner_hold_the_same():
    engine, planner = CampaignRules(), BusRules()
    assert planner.district_floor == engine.district_floor
    assert planner.km_weight == engine.km_weight
    assert planner.turnout == engine.turnout
