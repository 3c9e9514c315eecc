"""The options that say how a bus campaign is planned."""

from __future__ import annotations

from dataclasses import astuple

import click

from api.command.console import Decorator, all_of
from api.command.rule_options import RuleOptions, option
from geo.bus.campaign.campaign_rules import Turnout
from geo.bus.campaign.traffic import traffic_of
from geo.errors import BadInputError
from geo.network.vehicle import Vehicle
from geo.study.form import rule_field
from geo.study.rules import BusRules
from geo.text import Language, Text

_SEVERAL = ("vehicle", "turnout", "rush_hours")


class BusOptions:
    """The options of :class:`BusRules`.

    Parameters
    ----------
    without : frozenset[str]
        Fields that are not asked for.
    """

    def __init__(self, without: frozenset[str] = frozenset()) -> None:
        self._rules = RuleOptions(BusRules, by_hand=without | frozenset(_SEVERAL))

    def decorate(self, language: Language) -> Decorator:
        """Return what puts the options on a command."""
        return all_of(self._rules.decorate(language), _made_by_hand(language))

    def rules(self, context: click.Context) -> BusRules:
        """Read the rules of the campaign out of a command's options."""
        held = context.params
        low, expected, high = held["turnout"]
        return BusRules(
            **self._rules.given(context),
            vehicle=Vehicle(*held["vehicle"]),
            turnout=Turnout(expected, low, high),
            rush_hours=_rush_hours(held["rush_hours"]),
        )


def _made_by_hand(language: Language) -> Decorator:
    """Return the options that take several values at once."""
    size, turnout, rush = (rule_field(BusRules, name) for name in _SEVERAL)
    usual = BusRules().turnout
    return all_of(
        option(
            size,
            language,
            nargs=4,
            type=float,
            default=astuple(BusRules().vehicle),
            show_default=True,
        ),
        option(
            turnout,
            language,
            nargs=3,
            type=float,
            show_default=True,
            default=(usual.low, usual.expected, usual.high),
            metavar="LOW EXPECTED HIGH",
        ),
        option(rush, language, nargs=2, type=(str, float), multiple=True, metavar="SPAN FACTOR"),
    )


def _rush_hours(told: tuple[tuple[str, float], ...]) -> dict[str, float] | None:
    """Return the rushes given; refuse at once what cannot be meant."""
    rush_hours = dict(told)
    if len(rush_hours) < len(told):
        raise BadInputError(
            Text(
                "同一高峰时段给了两次，请只留一个。",
                "The same rush is given twice; keep one of them.",
            )
        )
    traffic_of(rush_hours)
    return rush_hours or None
