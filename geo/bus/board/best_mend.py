"""The best mend of a board that breaks a rule: the visit changed last, at another hour or place.

The visit last put somewhere is tried at every hour of that bus-day, with those after it moved back
as far as they must, with a shorter stay, and in exchange with a visit that is there; then on the
other buses of that day, and on the other days. What keeps every rule and costs least is offered;
the bus-day it came from only where there is nothing else, for that is undoing. Bus-days are judged
one by one first, which takes less than a millisecond.
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
from geo.bus.solver.roster import Slot

_STEP_MIN = 15
"""Hours tried on other bus-days lie so far apart; on the one wanted, the clock's step."""
_ABOUT_MIN = 60
"""A shorter stay begins no farther than this from the hour wanted."""
_LOOKED_AT = 7
"""Ways that are lawful day by day and are reckoned to the last; each takes some 30 ms."""
_ENOUGH = 4
"""Mends the best is taken of."""


@dataclass(frozen=True, slots=True)
class _Way:
    """Where the visit may go, and which others move for it, each from where to where."""

    visit: Placed
    moves: tuple[tuple[Placed, Placed], ...] = ()
    is_swap: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Mend:
    """A board in which a visit breaks no rule.

    Attributes
    ----------
    visit : Placed
        The visit that is mended, where it goes.
    moves : tuple[tuple[Placed, Placed], ...]
        Other visits that have to move with it, from where to where.
    is_swap : bool
        Whether it changes places with the one that moves; else those move back in time.
    found : Evaluated
        What the board costs.
    """

    visit: Placed
    moves: tuple[tuple[Placed, Placed], ...]
    is_swap: bool
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
    was = _came_from(board, others, one)
    found: list[Mend] = []
    for way in islice(_ways(board, others, one), _LOOKED_AT):
        gone = {before.key for before, _ in way.moves}
        kept = (held for held in others if held.key not in gone)
        evaluated = board.evaluate((*kept, *(after for _, after in way.moves), way.visit))
        if elsewhere.issuperset(evaluated.broken):
            found.append(Mend(way.visit, way.moves, way.is_swap, evaluated))
        if len(found) == _ENOUGH:
            break
    return max(
        found, key=lambda it: (not _goes_back(it.visit, one, was), _worth(board, it)), default=None
    )


def _came_from(board: Board, others: Sequence[Placed], one: Placed) -> Placed | None:
    """Return where the visit is announced, None where it is new."""
    kept = {held.key for held in others}
    return next((it for it in board.placed if it.stop == one.stop and it.key not in kept), None)


def _goes_back(visit: Placed, wanted: Placed, was: Placed | None) -> bool:
    if was is None or visit == was:
        return was is not None
    home = was.bus, was.day
    return (visit.bus, visit.day) == home != (wanted.bus, wanted.day)


def _worth(board: Board, mend: Mend) -> float:
    cost, weight = mend.found.cost, ReplanRules().change_weight
    return cost.people - weight * len(cost.changes) - board.campaign.rules.km_weight * cost.km


def _ways(board: Board, others: Sequence[Placed], one: Placed) -> Iterator[_Way]:
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
            if near:
                yield from _shorter(board, mates, one)
                yield from _swapped(board, others, one)


def _shorter(board: Board, mates: Sequence[Placed], one: Placed) -> Iterator[_Way]:
    """Yield the longest shorter stay that is lawful about the hour wanted."""
    stays = [stay for stay in board.campaign.rules.stays_min if stay < one.stay_min]
    for stay in sorted(stays, reverse=True):
        found = _free_hour(board, mates, replace(one, stay_min=stay), _STEP_MIN)
        if found is not None and abs(found.start_min - one.start_min) <= _ABOUT_MIN:
            yield _Way(found)
            return


def _swapped(board: Board, others: Sequence[Placed], one: Placed) -> Iterator[_Way]:
    """Yield the exchange with a visit of the bus-day wanted, which goes where `one` came from."""
    was = _came_from(board, others, one)
    if was is None or (was.bus, was.day) == (one.bus, one.day):
        return
    mates = [held for held in others if (held.bus, held.day) == (one.bus, one.day)]
    home = [held for held in others if (held.bus, held.day) == (was.bus, was.day)]
    for mate in sorted(mates, key=lambda held: abs(held.start_min - one.start_min)):
        apart = [held for held in others if held.key != mate.key]
        if mate.is_locked or _too_near(board, apart, mate.stop, was.day):
            continue
        goes = replace(mate, bus=was.bus, day=was.day, start_min=was.start_min)
        left = [held for held in mates if held is not mate]
        there = _as_long_as_fits(board, home, goes, was.stay_min)
        here = _as_long_as_fits(board, left, one, mate.stay_min)
        if there is not None and here is not None:
            yield _Way(here, ((mate, there),), is_swap=True)
            return


def _too_near(board: Board, others: Sequence[Placed], stop: str, day: date) -> bool:
    """Return whether `stop` may not be visited on `day`: banned, or visited about then."""
    place = next(held for held in board.rest.campaign.stops if held.id == stop)
    apart = board.campaign.rules.days_between_visits
    return (
        place.banned
        or day in place.banned_days
        or any(held.stop == stop and abs((held.day - day).days) < apart for held in others)
    )


def _as_long_as_fits(
    board: Board, mates: Sequence[Placed], one: Placed, given_min: int
) -> Placed | None:
    """Return the visit at the nearest lawful hour, shortened to `given_min` where it must be."""
    found = _free_hour(board, mates, one, _STEP_MIN)
    if found is None and given_min < one.stay_min:
        found = _free_hour(board, mates, replace(one, stay_min=given_min), _STEP_MIN)
    return found


def _at_hours(board: Board, mates: Sequence[Placed], one: Placed, step_min: int) -> Iterator[_Way]:
    """Yield the lawful hour nearest to the one wanted; then with later visits moved back."""
    found = _free_hour(board, mates, one, step_min)
    if found is not None:
        yield _Way(found)
        return
    later = [held for held in mates if held.start_min >= one.start_min and not held.is_locked]
    for minutes in range(_STEP_MIN, 4 * 60, _STEP_MIN):
        moves = tuple((held, replace(held, start_min=held.start_min + minutes)) for held in later)
        day = [*(held for held in mates if held not in later), *(to for _, to in moves), one]
        if later and board.is_lawful(_slot(board, one), day):
            yield _Way(one, moves)
            return


def _free_hour(board: Board, mates: Sequence[Placed], one: Placed, step_min: int) -> Placed | None:
    """Return the visit at the lawful hour nearest to its own, None where there is none."""
    slot = _slot(board, one)
    for start in _hours(board, one, step_min):
        tried = replace(one, start_min=start)
        if board.is_lawful(slot, [*mates, tried]):
            return tried
    return None


def _slot(board: Board, one: Placed) -> Slot:
    return next(n for n, bus in enumerate(board.campaign.buses) if bus.id == one.bus), one.day


def _hours(board: Board, one: Placed, step_min: int) -> list[int]:
    rules = board.campaign.rules
    stop = next(n for n, held in enumerate(board.campaign.stops) if held.id == one.stop)
    period = period_of(board.campaign, stop, one.start_min)
    span = rules.evening if period == "evening" else rules.day
    hours = range(span.from_min, span.until_min - one.stay_min + 1, step_min)
    return sorted({one.start_min, *hours}, key=lambda start: (abs(start - one.start_min), start))
