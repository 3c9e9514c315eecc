"""One decision is stated once: command line, API and form ask what the rules hold, field by field."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from api.analysis.bus_plans.replanned import ReplanRequest
from api.app import create_app
from api.command.bus.bus_options import BusOptions
from api.command.bus.replan_command import _request
from api.command.bus.stop_command import stop_search
from api.command.coverage_command import coverage_rule
from api.command.main import build
from api.command.siting_command import action_rules, siting_rules
from api.settings import Settings
from data.city.city import CityWishes
from geo.bus.campaign.campaign_rules import CampaignRules
from geo.coverage.rule import CoverageRule
from geo.crs import MARGIN_M
from geo.fields import About
from geo.siting.actions.action_rules import ActionConstraints
from geo.siting.models.site_rules import SiteRules
from geo.siting.plan.planned_model import ModelChoice
from geo.study.form import rule_fields
from geo.study.rules import ActionRules, BusRules, SitingRules, StopSearch, StudyRules
from geo.summary.run import PARTS, PublishedDraft
from geo.text import Language

RULES = {
    "coverage": CoverageRule,
    "siting": SitingRules,
    "improve": ActionRules,
    "bus": BusRules,
}
COMMANDS = {
    "coverage": {CoverageRule: coverage_rule},
    "site": {CoverageRule: coverage_rule, SitingRules: siting_rules, ActionRules: action_rules},
    "bus": {BusRules: BusOptions().rules},
    "bus stops": {StopSearch: stop_search},
}
NOT_OPTIONS = {
    SitingRules: {
        "group_weight",
        "district_weight",
        "pins",
    },  # --favour takes both; pins are drafts
    ActionRules: {
        "budget_cny",
        "visits_per_worker_day",
        "needs",
        "prices",
    },  # --budget; project.json
}
"""Fields the command line does not offer by themselves, and why."""


def context(name, *arguments):
    """Return the context of a command that was given `arguments`."""
    command = build(Language.ZH)
    for word in name.split():
        command = command.get_command(click.Context(command), word)
    needed = ["--file", __file__, "--out", "stops.xlsx"] if name == "bus stops" else []
    return command.make_context(name, [*needed, *arguments], resilient_parsing=False)


@pytest.fixture(scope="module")
def document():
    return create_app(Settings(project="nowhere")).openapi()


@pytest.fixture
def form(client):
    sections = client.get("/rules").json()
    return {one["name"]: {field["name"]: field for field in one["fields"]} for one in sections}


PAIRS = [(command, rules) for command, read in COMMANDS.items() for rules in read]


@pytest.mark.parametrize(("command", "rules"), PAIRS)
def test_a_command_without_options_asks_what_the_rules_hold(command, rules):
    assert COMMANDS[command][rules](context(command)) == rules()


@pytest.mark.parametrize(("command", "rules"), PAIRS)
def test_every_field_has_an_option_with_its_default_and_limits(command, rules):
    options = {one.name: one for one in context(command).command.params}
    for field in rule_fields(rules):
        if field.name in NOT_OPTIONS.get(rules, ()):
            continue
        option, shape = options[field.name], field.shape
        assert field.about.help.zh in option.help, field.name
        if shape.taken in {"integer", "number"}:
            scale = field.about.shown[1] if field.about.shown else 1
            held = field.default
            assert option.default == (None if held is None else held / scale), field.name
            least = shape.least
            if shape.taken == "integer":
                least, open_ = least + shape.above, False
            else:
                open_ = shape.above
            assert (option.type.min, option.type.max, option.type.min_open) == (
                least,
                shape.most,
                open_,
            ), field.name
        if shape.taken == "choice":
            assert list(option.type.choices) == [value for value, _ in shape.choices]
            assert option.default == str(field.default)
        if shape.taken == "list" and shape.item.taken == "choice":
            assert list(option.type.choices) == [value for value, _ in shape.item.choices]
            assert list(option.default) == [str(one) for one in field.default]


@pytest.mark.parametrize(
    ("command", "arguments", "rules", "told"),
    [
        ("coverage", ("--minutes", "10"), CoverageRule, {"limit_s": 600}),
        ("coverage", ("--metres", "500"), CoverageRule, {"limit_m": 500}),
        ("coverage", ("--kind", "mothers_room"), CoverageRule, {"kinds": ("mothers_room",)}),
        ("coverage", ("--week", "2026-10-01"), CoverageRule, {"week": "2026-10-01"}),
        ("site", ("--count", "7", "--spacing", "0"), SitingRules, {"count": 7, "spacing_m": 0}),
        (
            "site",
            ("--at-least", "平度市=5", "--at-least", "莱西市=2"),
            SitingRules,
            {"district_minimum": {"平度市": 5, "莱西市": 2}},
        ),
        ("site", ("--host-at-most", "bank=3"), SitingRules, {"host_maximum": {"bank": 3}}),
        (
            "site",
            ("--favour", "courier=1.5", "--favour", "莱西市=2"),
            SitingRules,
            {"group_weight": {"courier": 1.5}, "district_weight": {"莱西市": 2}},
        ),
        ("site", ("--phase", "9", "--phase", "3"), SitingRules, {"phases": (3, 9)}),
        (
            "site",
            ("--budget", "5000", "--most", "relocate=1"),
            ActionRules,
            {"budget_cny": 5000, "counts": {"relocate": 1}},
        ),
        (
            "bus",
            ("--campaign", "screening", "--seconds", "5"),
            BusRules,
            {"campaign": "screening", "time_limit_s": 5},
        ),
        (
            "bus stops",
            ("--reach", "300", "--least", "9", "--apart", "0"),
            StopSearch,
            {"reach_m": 300, "least": 9, "apart_m": 0},
        ),
        ("bus", ("--rush", "07:00-09:00", "1.5"), BusRules, {"rush_hours": {"07:00-09:00": 1.5}}),
        (
            "bus",
            ("--turnout", "0.1", "0.2", "0.3"),
            BusRules,
            {"turnout": {"low": 0.1, "expected": 0.2, "high": 0.3}},
        ),
    ],
)
def test_what_an_option_says_reaches_the_rules(command, arguments, rules, told):
    read = COMMANDS[command][rules](context(command, *arguments))
    assert read == rules.model_validate(told)


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("coverage", ("--minutes", "0")),
        ("coverage", ("--minutes", "5", "--metres", "500")),
        ("site", ("--count", "0")),
        ("site", ("--target", "1.1")),
        ("site", ("--at-least", "平度市")),
        ("site", ("--at-least", "平度市=-1")),
        ("site", ("--at-least", "平度市=1", "--at-least", "平度市=2")),
        ("site", ("--host-at-least", "castle=1")),
        ("site", ("--favour", "courier=much")),
        ("bus", ("--district-floor", "2")),
        ("bus stops", ("--reach", "49")),
    ],
)
def test_what_the_rules_do_not_take_is_wrong_usage(command, arguments):
    def asked():
        told = context(command, *arguments)
        return [read(told) for read in COMMANDS[command].values()]

    with pytest.raises(click.UsageError):
        asked()


@pytest.mark.parametrize("name", RULES)
def test_the_document_and_the_form_show_the_rules_field_by_field(document, form, name):
    rules, schemas = RULES[name], document["components"]["schemas"]
    shown = next(
        one for key, one in schemas.items() if key in {rules.__name__, f"{rules.__name__}-Input"}
    )
    held = rules().model_dump(mode="json")
    for field in rule_fields(rules):
        told = shown["properties"][field.name]
        assert told.get("default") == held[field.name], field.name
        assert told["title"] == field.about.zh
        assert field.about.en in told["description"]
        assert told.get("x-unit") == (str(field.about.unit) if field.about.unit else None)
        if field.shape.taken == "other":
            continue
        asked, shape = form[name][field.name], field.shape
        assert asked["default"] == held[field.name], field.name
        assert (asked["title"]["zh"], asked["title"]["en"]) == (field.about.zh, field.about.en)
        limits = next((one for one in told.get("anyOf", ()) if one["type"] != "null"), told)
        key = "exclusiveMinimum" if shape.above else "minimum"
        assert (limits.get(key), limits.get("maximum")) == (shape.least, shape.most), field.name
        assert (asked["values"]["least"], asked["values"]["most"]) == (shape.least, shape.most)


def test_questions_ask_what_coverage_is_measured_by(document):
    """``/nearest`` and the areas drawn round a site: the usual mode, and limits up to the usual."""
    usual, schemas = CoverageRule(), document["components"]["schemas"]
    for name in ("Question", "IsochroneQuestion"):
        assert schemas[name]["properties"]["mode"]["default"] == usual.mode, name
    minutes = schemas["IsochroneQuestion"]["properties"]["minutes"]["default"]
    assert minutes[-1] == usual.limit_s / 60
    assert sorted(minutes) == minutes
    asked = {
        one["name"]: one["schema"] for one in document["paths"]["/nearest"]["get"]["parameters"]
    }
    assert asked["mode"]["default"] == usual.mode


def test_every_cut_of_an_extract_leaves_the_same_margin():
    for name in ("fetch", "basemap", "city"):
        held = build(Language.ZH).get_command(None, name)
        margin = next(one for one in held.params if one.name == "margin_km")
        assert margin.default * 1000 == MARGIN_M == CityWishes().margin_m, name


def test_the_bus_looks_as_far_for_stops_as_workers_walk_to_them():
    assert StopSearch().reach_m == BusRules().stop_reach_m


@pytest.mark.parametrize("name", ["serve", "demo"])
def test_whatever_serves_does_so_where_the_settings_say(name):
    held = {one.name: one.default for one in build(Language.ZH).get_command(None, name).params}
    usual = Settings(project="nowhere")
    assert held["port"] == usual.port
    assert held.get("host", usual.host) == usual.host


def test_campaigns_planned_together_ask_what_each_of_them_does(document):
    schemas = document["components"]["schemas"]
    single, shared = (schemas[name]["properties"] for name in ("BusRules", "CampaignShare"))
    for name in ("quota", "exams_per_hour", "exams_per_day"):
        assert single[name] == shared[name], name
    seed = schemas["TogetherRules"]["properties"]["seed"]["default"]
    assert seed == StudyRules().seed


def test_a_re_plan_asks_what_the_request_holds():
    group = build(Language.ZH).get_command(None, "bus")
    command = group.get_command(None, "replan")
    with command.make_context("replan", ["--notice", "5"]) as told:
        asked = _request(told)
    assert asked == ReplanRequest(notice_min=5)


@pytest.mark.parametrize("part", [*PARTS.values(), PublishedDraft])
def test_every_figure_of_a_run_says_what_it_is(part):
    for name, field in part.model_fields.items():
        assert any(isinstance(one, About) for one in field.metadata), f"{part.__name__}.{name}"


def test_every_field_says_what_it_is():
    for rules in RULES.values():
        for name, field in rules.model_fields.items():
            assert any(isinstance(one, About) for one in field.metadata), f"{rules.__name__}.{name}"


def test_the_readme_names_no_option_there_is_not():
    text = (Path(__file__).parents[3] / "README.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `yizhan ([a-z ]+) ([-\[].*?)` \|", text, flags=re.MULTILINE))
    for command in COMMANDS:
        flags = {flag for one in context(command).command.params for flag in one.opts}
        assert set(re.findall(r"--[a-z-]+", rows[command])) <= flags, command


def test_the_thinking_holds_the_same():
    asked, rules, choice = SitingRules(), SiteRules(), ModelChoice()
    for name in (
        "count",
        "budget_cny",
        "city_cny",
        "district_cny",
        "district_maximum",
        "host_minimum",
        "host_maximum",
        "city_share",
        "spacing_m",
        "phases",
    ):
        assert getattr(asked, name) == getattr(rules, name), name
    assert asked.minimum_per_district == rules.district_minimum == 0
    assert (asked.model, asked.target) == (choice.kind, choice.target)
    assert (asked.cheapest, asked.twice) == (choice.cheapest, choice.twice)
    actions, bounds = ActionRules(), ActionConstraints(budget_cny=1.0)
    assert (actions.movable, actions.move_within_m) == (bounds.movable, bounds.move_within_m)
    assert bounds.spacing_m == rules.spacing_m
    assert actions.visits_per_worker_day == choice.visits_per_worker_day
    engine, planner = CampaignRules(), BusRules()
    assert planner.district_floor == engine.district_floor
    assert planner.km_weight == engine.km_weight
    assert planner.turnout == engine.turnout
