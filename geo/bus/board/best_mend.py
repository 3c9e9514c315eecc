"""The best mend of a board that breaks a rule: the visit changed last, at another hour or place.

The visit last put somewhere is tried at every hour of that bus-day, with those after it moved back
as far as they must, on the other buses of that day, and on the other days; what keeps every rule
and costs least is offered. Bus-days are judged one by one first, which takes less than a millisecond.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from geo.bus.board.edits import Key, Placed
from geo.bus.board.evaluation import Board, Evaluated
from geo.bus.board.layout import period_of
from geo.bus.replanning.promises import ReplanRules

_STEP_MIN = 15
"""Hours tried on other bus-days lie so far apart; on the one wanted, the clock's step."""
_LOOKED_AT = 5
"""Ways that are lawful day by day and are reckoned to the last; each takes some 30 ms."""
_ENOUGH = 3
"""Mends the best is taken of."""


@dataclass(frozen=True, slots=True, eq=False)
class Mend:
    """A board in which a visit breaks no rule.

    Attributes
    ----------
    placed : tuple[Placed, ...]
        Its visits.
    visit : Placed
        The visit that is mended, where it goes.
    moved : int
        Other visits that have to move with it.
    found : Evaluated
        What it costs.
    """

    placed: tuple[Placed, ...]
    visit: Placed
    moved: int
    found: Evaluated


def best_mend(board: Board, placed: Sequence[Placed], key: Key) -> Mend | None:
    """Return the best board near `placed` in which visit `key` breaks nothing, None for none."""
    one = next((held for held in placed if held.key == key), None)
    if one is None or one.is_locked:
        return None
    stays = board.campaign.rules.stays_min
    stay_min = one.stay_min
    one = replace(one, stay_min=min(stays, key=lambda stay: abs(stay - stay_min)))
    others = [held for held in placed if held.key != key]
    # What is broken elsewhere is not this visit's to mend.
    elsewhere = set(board.evaluate(others).broken) if others else set()
    found: list[Mend] = []
    for tried, moved in islice(_ways(board, others, one), _LOOKED_AT):
        kept = tuple(held for held in others if held.key not in {m.key for m in moved})
        whole = (*kept, *moved, tried)
        evaluated = board.evaluate(whole)
        if elsewhere.issuperset(evaluated.broken):
            found.append(Mend(whole, tried, len(moved), evaluated))
        if len(found) == _ENOUGH:
            break
    return max(found, key=_worth, default=None)


def _worth(mend: Mend) -> float:
    cost, weight = mend.found.cost, ReplanRules().change_weight
    return cost.people - weight * len(cost.changes) - 0.005 * cost.km


def _ways(
    board: Board, others: Sequence[Placed], one: Placed
) -> Iterator[tuple[Placed, tuple[Placed, ...]]]:
    """Yield where the visit may go and which others move with it, the nearest first."""
    campaign = board.rest.campaign
    days = sorted(campaign.days, key=lambda day: (abs((day - one.day).days), day))
    buses = sorted((bus.id for bus in campaign.buses), key=lambda bus: (bus != one.bus, bus))
    for day in days:
        for bus in buses:
            if (bus, day) in campaign.off or one.stop in campaign.kept_from(bus, day):
                continue
            mates = [held for held in others if (held.bus, held.day) == (bus, day)]
            if _too_near(board, others, one.stop, day):
                continue
            near = (bus, day) == (one.bus, one.day)
            step = board.campaign.rules.clock_step_min if near else _STEP_MIN
            yield from _at_hours(board, mates, replace(one, bus=bus, day=day), step)


def _too_near(board: Board, others: Sequence[Placed], stop: str, day: date) -> bool:
    """Return whether `stop` may not be visited on `day`: banned, or visited about then."""
    place = next(held for held in board.rest.campaign.stops if held.id == stop)
    apart = board.campaign.rules.days_between_visits
    return (
        place.banned
        or day in place.banned_days
        or any(held.stop == stop and abs((held.day - day).days) < apart for held in others)
    )


def _at_hours(
    board: Board, mates: Sequence[Placed], one: Placed, step_min: int
) -> Iterator[tuple[Placed, tuple[Placed, ...]]]:
    """Yield the lawful hour nearest to the one wanted; then with later visits moved back."""
    slot = next(n for n, bus in enumerate(board.campaign.buses) if bus.id == one.bus), one.day
    for start in _hours(board, one, step_min):
        tried = replace(one, start_min=start)
        if board.is_lawful(slot, [*mates, tried]):
            yield tried, ()
            return
    later = [held for held in mates if held.start_min >= one.start_min and not held.is_locked]
    for minutes in range(_STEP_MIN, 4 * 60, _STEP_MIN):
        pushed = tuple(replace(held, start_min=held.start_min + minutes) for held in later)
        day = [*(held for held in mates if held not in later), *pushed, one]
        if later and board.is_lawful(slot, day):
            yield one, pushed
            return


def _hours(board: Board, one: Placed, step_min: int) -> list[int]:
    rules = board.campaign.rules
    stop = next(n for n, held in enumerate(board.campaign.stops) if held.id == one.stop)
    period = period_of(board.campaign, stop, one.start_min)
    span = rules.evening if period == "evening" else rules.day
    hours = range(span.from_min, span.until_min - one.stay_min + 1, step_min)
    return sorted({one.start_min, *hours}, key=lambda start: (abs(start - one.start_min), start))
