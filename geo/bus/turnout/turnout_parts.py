"""The turn-out by stop, by group and by time of day, each shrunk towards the campaign's.

A stop's rate lies around its group's, a group's around the campaign's, as far as visits differ at
all (the precision the records speak for): a stop with one visit says little, one with ten says
much. What a stop is reckoned at is used by the next plan for the concentrations it reaches. Time of
day is shown and not used: who can be met when is decided by where they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from geo.bus.campaign.campaign import Campaign
from geo.bus.campaign.campaign_rules import Turnout
from geo.bus.turnout.turnout import TIMES, Turned, TurnoutEstimate, estimate_turnout
from geo.layers.vocabulary import Group
from geo.text import Text

Part = Literal["stop", "group", "time"]
_TAIL = 0.1
"""Each side of a range that holds eight cases in ten."""


@dataclass(frozen=True, slots=True)
class PartTurnout:
    """The turn-out of one stop, group or time of day.

    Attributes
    ----------
    part : Part
        What it is of.
    key : str
        Stop id, group, or one of the `TIMES` of :mod:`geo.bus.turnout.turnout`.
    turnout : Turnout
        Mean, and central 80 %.
    visits, came : int
        The evidence.
    """

    part: Part
    key: str
    turnout: Turnout
    visits: int
    came: int

    def name(self, campaign: Campaign) -> Text:
        """Return what people call it; a stop listed no more by its id."""
        if self.part == "time":
            return TIMES[self.key]
        if self.part == "group" and self.key in set(Group):
            return Group(self.key).text
        known = next((stop.name for stop in campaign.stops if stop.id == self.key), self.key)
        return Text(known, known)


@dataclass(frozen=True, slots=True)
class PartsTurnout:
    """All of them, most evidence first.

    Attributes
    ----------
    rows : tuple[PartTurnout, ...]
        Of every part there is a record of.
    """

    rows: tuple[PartTurnout, ...] = field(default=())

    def of(self, part: Part) -> dict[str, Turnout]:
        """Return the turn-out of each stop, group or time."""
        return {row.key: row.turnout for row in self.rows if row.part == part}


def turnout_by_part(evidence: Sequence[Turned], overall: TurnoutEstimate) -> PartsTurnout:
    """Return the turn-out of every stop, group and time of day with a record."""
    around = _spread(overall.turnout, overall.precision)
    groups = _estimated("group", evidence, {}, around)
    by_group = {row.key: _spread(row.turnout, overall.precision) for row in groups}
    mostly = {one.stop: one.group for one in evidence}
    priors = {stop: by_group.get(group, around) for stop, group in mostly.items()}
    stops = _estimated("stop", evidence, priors, around)
    times = _estimated("time", evidence, {}, around)
    rows = sorted((*stops, *groups, *times), key=lambda row: (row.part, -row.visits, row.key))
    return PartsTurnout(tuple(rows))


def _estimated(
    part: Part, evidence: Sequence[Turned], priors: Mapping[str, Turnout], otherwise: Turnout
) -> list[PartTurnout]:
    held: dict[str, list[Turned]] = {}
    for one in evidence:
        key = {"stop": one.stop, "group": one.group, "time": one.time}[part]
        if key and one.invited > 0:
            held.setdefault(key, []).append(one)
    return [
        PartTurnout(
            part,
            key,
            estimate_turnout(visits, priors.get(key, otherwise)).turnout,
            len(visits),
            sum(one.came for one in visits),
        )
        for key, visits in held.items()
    ]


def _spread(turnout: Turnout, precision: float) -> Turnout:
    """Return what a part is believed to be before its own records: Beta around the mean."""
    from scipy.special import betaincinv  # noqa: PLC0415 - only for evidence

    a, b = turnout.expected * precision, (1 - turnout.expected) * precision
    low, high = float(betaincinv(a, b, _TAIL)), float(betaincinv(a, b, 1 - _TAIL))
    low = min(max(low, 1e-6), turnout.expected)
    return Turnout(turnout.expected, low, max(high, turnout.expected))


def rates_of(campaign: Campaign, parts: PartsTurnout) -> NDArray[np.float64] | None:
    """Return (c,) how many times the campaign's turn-out comes of each concentration.

    That of the stops in its reach that have records, else that of its group, else once; None where
    nothing is recorded.
    """
    stops, groups = parts.of("stop"), parts.of("group")
    if not stops and not groups:
        return None
    usual = campaign.rules.turnout.expected
    rate = np.ones(len(campaign.people.count))
    for who, group in enumerate(campaign.people.group):
        if group in groups:
            rate[who] = groups[group].expected / usual
    for who, known in _stops_near(campaign, stops).items():
        rate[who] = float(np.mean([stops[stop].expected for stop in known])) / usual
    return rate


def _stops_near(campaign: Campaign, stops: Iterable[str]) -> dict[int, list[str]]:
    known = set(stops)
    near: dict[int, list[str]] = {}
    for stop, who in zip(campaign.pair_stop.tolist(), campaign.pair_people.tolist(), strict=True):
        identifier = campaign.stops[stop].id
        if identifier in known:
            near.setdefault(who, []).append(identifier)
    return near
