"""What the crews' records say about who comes: the turn-out with its range, and who is left.

Each visit has a rate of its own, drawn from a Beta distribution around the campaign's rate m with
precision s; of n people invited, k come: k ~ BetaBinomial(n, m s, (1 - m) s). A visit whose exams
were all taken says only that at least k would have come, and enters by the tail P(K >= k). The
planner's range is the prior of m (a Beta with that central 80 %); s has a log-uniform prior; the
posterior is summed on a grid. The estimate is so shrunk towards the planner's as the evidence is
thin and the visits differ (Gelman et al., Bayesian Data Analysis, 3rd ed. 2013, 5.1-5.3; tail
terms as for censored data, 8.7).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from geo.bus.campaign.campaign import Campaign
from geo.bus.campaign.campaign_rules import Turnout
from geo.bus.planned.campaign_plan import CampaignPlan
from geo.bus.planned.shared_visit import SharedVisit
from geo.bus.planned.visit import VisitKey, exams_possible
from geo.bus.solver.services import present
from geo.errors import BadInputError
from geo.layers.vocabulary import CampaignName
from geo.text import Text

_RATES = np.linspace(0.0025, 0.9975, 399)
_PRECISIONS = np.geomspace(5.0, 2000.0, 14)
_CENTRAL = 0.8
"""Ranges told hold eight cases in ten, as the planner's own low and high do."""
_FULL = 0.95
"""A visit whose exams were used to this share counts as full."""
_NO_RANGE = 1e-6
"""A share: a planner who states one figure for low and high is sure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """One recorded visit as evidence.

    Attributes
    ----------
    invited : int
        Workers in reach who were there and had not been examined.
    came : int
        People examined.
    full : bool
        Whether more might have come than could be examined.
    stop, group, time : str
        Stop id, the group most of them are of, and the time of day; "" where not told.
    """

    invited: int
    came: int
    full: bool
    stop: str = ""
    group: str = ""
    time: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnoutEstimate:
    """The turn-out the records speak for.

    Attributes
    ----------
    turnout : Turnout
        Posterior mean, and central 80 %.
    prior : Turnout
        What the planner believed.
    visits, invited, came, full : int
        The evidence: visits recorded, people invited, people examined, visits that were full.
    precision : float
        How alike visits are (s of the module): the larger, the less they differ.
    """

    turnout: Turnout
    prior: Turnout
    visits: int
    invited: int
    came: int
    full: int
    precision: float = 100.0

    @property
    def text(self) -> Text:
        """Say it to staff."""
        now, old = self.turnout, self.prior
        return Text(
            f"已记录 {self.visits} 次停靠：可到达 {self.invited:,} 人，实到 {self.came:,} 人"
            f"（其中 {self.full} 次满员，按“至少”计）。参检率由原估 {old.expected:.1%} 更新为 "
            f"{now.expected:.1%}，八成把握在 {now.low:.1%}–{now.high:.1%} 之间。",
            f"{self.visits} visits recorded: {self.invited:,} people in reach, {self.came:,} came "
            f"({self.full} visits were full and count as 'at least'). Turn-out goes from "
            f"{old.expected:.1%} to {now.expected:.1%}; 80 % sure between {now.low:.1%} and "
            f"{now.high:.1%}.",
        )


def estimate_turnout(evidence: Sequence[Turned], prior: Turnout) -> TurnoutEstimate:
    """Return the turn-out after `evidence` (see the module); without any, the prior."""
    evidence = [one for one in evidence if one.invited > 0]
    estimate = TurnoutEstimate(
        turnout=prior,
        prior=prior,
        visits=len(evidence),
        invited=sum(one.invited for one in evidence),
        came=sum(one.came for one in evidence),
        full=sum(one.full for one in evidence),
    )
    if not evidence or prior.high - prior.low < _NO_RANGE:
        return estimate
    weight = np.exp(_log_posterior(evidence, prior))
    alike = weight.sum(axis=0) / weight.sum()
    precision = float(np.exp(alike @ np.log(_PRECISIONS)))
    mass = weight.sum(axis=1) / weight.sum()
    mean = float(mass @ _RATES)
    total = np.cumsum(mass)
    tail = (1 - _CENTRAL) / 2
    low = float(np.interp(tail, total, _RATES))
    high = float(np.interp(1 - tail, total, _RATES))
    turnout = Turnout(mean, min(low, mean), max(high, mean))
    return replace(estimate, turnout=turnout, precision=precision)


def _log_posterior(evidence: Sequence[Turned], prior: Turnout) -> NDArray[np.float64]:
    """Return the (rates, precisions) log posterior, 0 at its top."""
    from scipy.stats import beta, betabinom  # noqa: PLC0415 - half a second, only for evidence

    precision = prior_precision(prior)
    a, b = prior.expected * precision, (1 - prior.expected) * precision
    log = np.repeat(beta.logpdf(_RATES, a, b)[:, None], len(_PRECISIONS), axis=1)
    alpha = _RATES[:, None] * _PRECISIONS[None, :]
    rest = (1 - _RATES)[:, None] * _PRECISIONS[None, :]
    for one in evidence:
        came = min(one.came, one.invited)
        if one.full:
            log += np.log(np.maximum(betabinom.sf(came - 1, one.invited, alpha, rest), 1e-300))
        else:
            log += betabinom.logpmf(came, one.invited, alpha, rest)
    return np.asarray(log - log.max(), dtype=np.float64)


def prior_precision(prior: Turnout) -> float:
    """Return the precision of the Beta whose central 80 % is as wide as the planner's range."""
    from scipy.special import betaincinv  # noqa: PLC0415 - only for evidence

    low, high = 1.0, 1e6
    for _ in range(60):
        middle = np.sqrt(low * high)
        a, b = prior.expected * middle, (1 - prior.expected) * middle
        tail = (1 - _CENTRAL) / 2
        width = betaincinv(a, b, 1 - tail) - betaincinv(a, b, tail)
        low, high = (middle, high) if width > prior.high - prior.low else (low, middle)
    return float(np.sqrt(low * high))


def evidence_of(
    campaign: Campaign, plan: CampaignPlan, records: Mapping[VisitKey, VisitRecord]
) -> list[Turned]:
    """Return what the recorded visits of `plan` say, in the order they took place.

    Who was examined before is not invited again: each visit's people are taken from the
    concentrations in its reach in proportion to those still there.
    """
    left = campaign.people.count.astype(np.float64).copy()
    reach: dict[int, NDArray[np.int32]] = {
        stop: campaign.pair_people[campaign.pair_stop == stop]
        for stop in {visit.stop for _, visit in plan.visits}
    }
    evidence: list[Turned] = []
    for bus_day, visit in sorted(plan.visits, key=lambda one: (one[0].day, one[1].start_min)):
        bus = campaign.buses[bus_day.bus]
        record = records.get((bus.id, bus_day.day, campaign.stops[visit.stop].id))
        if record is None or record.came is None:
            continue
        near = np.unique(reach[visit.stop])
        there = near[present(campaign, bus_day.day)[int(visit.period == "evening")][near]]
        invited = left[there].sum()
        day = [
            records.get((bus.id, bus_day.day, campaign.stops[other.stop].id))
            for other in bus_day.visits
        ]
        in_day = sum(one.came or 0 for one in day if one is not None)
        full = (
            record.came >= _FULL * exams_possible(visit, bus.exams_per_hour)
            or in_day >= _FULL * bus.exams_per_day
        )
        evidence.append(
            Turned(
                invited=round(float(invited)),
                came=record.came,
                full=full,
                stop=campaign.stops[visit.stop].id,
                group=_mostly(campaign, there, left),
                time=time_of_day(visit.start_min),
            )
        )
        if invited > 0:
            left[there] *= max(0.0, 1 - record.came / invited)
    return evidence


def shared_evidence(
    campaign: Campaign, shared: Sequence[SharedVisit], records: Mapping[VisitKey, VisitRecord]
) -> list[Turned]:
    """Return what the recorded visits say at which `campaign` was held as a guest."""
    number = {stop.id: place for place, stop in enumerate(campaign.stops)}
    left = campaign.people.count.astype(np.float64)
    evidence: list[Turned] = []
    for one in shared:
        record = records.get(one.key)
        if record is None or record.came is None:
            continue
        near = np.unique(campaign.pair_people[campaign.pair_stop == number[one.stop]])
        there = near[present(campaign, one.day)[int(one.period == "evening")][near]]
        bus = next((bus for bus in campaign.buses if bus.id == one.bus), campaign.buses[0])
        full = record.came >= _FULL * one.stay_min * bus.exams_per_hour / 60
        evidence.append(
            Turned(
                invited=round(float(left[there].sum())),
                came=record.came,
                full=full,
                stop=one.stop,
                group=_mostly(campaign, there, left),
                time=time_of_day(one.start_min),
            )
        )
    return evidence


def _mostly(campaign: Campaign, there: NDArray[np.int32], left: NDArray[np.float64]) -> str:
    """Return the group that most of those invited are of; "" where groups are not known."""
    if not campaign.people.group:
        return ""
    people: dict[str, float] = {}
    for who in there.tolist():
        group = campaign.people.group[who]
        people[group] = people.get(group, 0.0) + float(left[who])
    return max(people, key=lambda group: (people[group], group), default="")


TIMES: Mapping[str, Text] = {
    "morning": Text("上午", "Morning"),
    "afternoon": Text("下午", "Afternoon"),
    "evening": Text("晚间", "Evening"),
}
_NOON_MIN, _EVENING_MIN = 12 * 60, 17 * 60
"""From when on a visit counts as one of the afternoon, and of the evening (after work)."""


def time_of_day(start_min: int) -> str:
    """Return which of `TIMES` a visit that starts then is of."""
    if start_min >= _EVENING_MIN:
        return "evening"
    return "morning" if start_min < _NOON_MIN else "afternoon"


_MOST = 5_000
"""People at one visit: more than any bus examines is a slip of the hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRecord:
    """One crew's record of a visit; no name of anybody is in it.

    Attributes
    ----------
    bus_id, stop_id : str
        Which bus, where.
    day : date
        When.
    came : int | None
        People examined; None when the visit did not take place.
    recorded : str
        When it was recorded (ISO 8601, Asia/Shanghai); the last record of a visit counts.
    campaign : str
        Whose people they are; "" in records kept before that was asked: the campaign whose bus it
        was.
    """

    bus_id: str
    day: date
    stop_id: str
    came: int | None
    recorded: str
    campaign: str = ""

    def __post_init__(self) -> None:
        """Refuse numbers that cannot be."""
        if self.came is not None and not 0 <= self.came <= _MOST:
            raise BadInputError(
                Text(
                    f"实到人数 {self.came} 无效，应在 0 到 {_MOST} 之间。",
                    f"{self.came} people is not possible; give 0 to {_MOST}.",
                )
            )

    @property
    def key(self) -> VisitKey:
        """Return what visit it is of."""
        return self.bus_id, self.day, self.stop_id


def latest(records: Iterable[VisitRecord], campaign: str = "") -> dict[VisitKey, VisitRecord]:
    """Return the record that counts for each visit of a `campaign`: the last one written."""
    return {record.key: record for record in records if record.campaign == campaign}


def came_by_visit(records: Iterable[VisitRecord], campaign: CampaignName) -> dict[VisitKey, float]:
    """Return the people of `campaign` examined at each visit; 0 where it did not take place.

    Records that name no campaign are of the one whose bus it was: of any other they match no visit.
    """
    told = tuple(records)
    counted = latest(told) | latest(told, campaign.value)
    return {key: float(record.came or 0) for key, record in counted.items()}
