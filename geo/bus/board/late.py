"""A bus that runs late: the rest of its day shifts as little as it must.

Visits to come begin as announced where the time between them takes the delay up, else as soon as
the bus can be there and set up; a visit that no longer fits is shortened, and cancelled at last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from geo.bus.board.edits import Placed
from geo.bus.board.evaluation import Board
from geo.errors import BadInputError
from geo.text import Text


def running_late(board: Board, bus: str, day: date, late_min: int) -> tuple[Placed, ...]:
    """Return the visits once the next one of `bus` begins `late_min` later than announced.

    `board` is as the bus is: a bus 30 minutes behind has begun what was planned until 30 minutes
    ago.

    Raises
    ------
    BadInputError
        If no visit of the bus is to come that day.
    """
    coming = to_come(board, bus, day)
    others = [one for one in board.placed if (one.bus, one.day) != (bus, day)]
    mine = [one for one in board.placed if (one.bus, one.day) == (bus, day)]
    done = [one for one in mine if one.key in board.begun]
    for number, one in enumerate(coming):
        first = late_min if number == 0 else 0
        found = _fitting(board, [*others, *done], one, first, late_min)
        if found is not None:
            done.append(found)
    return (*others, *done)


def to_come(board: Board, bus: str, day: date) -> list[Placed]:
    """Return the visits of a bus that have not begun, in order.

    Raises
    ------
    BadInputError
        If there is none.
    """
    mine = (one for one in board.placed if (one.bus, one.day) == (bus, day))
    coming = [one for one in mine if one.key not in board.begun]
    if not coming:
        raise BadInputError(
            Text(
                f"{bus} 今天没有还未开始的停靠，无需顺延。",
                f"{bus} has no visit left today; there is nothing to move back.",
            )
        )
    return coming


def _fitting(
    board: Board, before: Sequence[Placed], one: Placed, first_min: int, last_min: int
) -> Placed | None:
    """Return the visit at the least delay, then with the longest stay, that breaks nothing."""
    rules, step = board.campaign.rules, board.campaign.rules.clock_step_min
    stays = sorted((stay for stay in rules.stays_min if stay <= one.stay_min), reverse=True)
    first, last = (-(-minutes // step) * step for minutes in (first_min, last_min))
    for stay in [one.stay_min, *(stay for stay in stays if stay < one.stay_min)]:
        for delay in range(first, last + step, step):
            tried = replace(one, start_min=one.start_min + delay, stay_min=stay)
            if not board.evaluate([*before, tried]).broken:
                return tried
    return None
