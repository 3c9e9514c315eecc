"""When an announced visit may move, and what that costs: said here and nowhere else.

An announced visit that has not begun keeps its stop, day and exam time, unless

1. an event makes that impossible (the stop is cancelled, the bus down, the road closed), or
2. giving it up, longer or elsewhere wins at least `change_weight` people more for every visit
   that is changed or newly announced. People are those examined, less what driving costs.

A district below its floor moves no announced visit; new visits are chosen with floors in mind.
Only where the planner says `floors_move` do people missing at a floor count when a move is
weighed, as much as they do in a first plan (``MISSED_WEIGHT``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from geo.errors import BadInputError
from geo.text import Text

Promise = tuple[int, date, int, int]
"""Stop, day, and the minutes exams start and end."""


@dataclass(frozen=True, slots=True)
class ReplanRules:
    """What a planner decides about a re-plan.

    Attributes
    ----------
    change_weight : float
        People that moving one announced visit, or announcing a new one, must win.
    notice_min : int
        Exams of a new visit today begin so many minutes from now at the earliest.
    floors_move : bool
        Whether announced visits may move for the sake of a district's floor.
    """

    change_weight: float = 5.0
    notice_min: int = 60
    floors_move: bool = False

    def __post_init__(self) -> None:
        """Refuse negative values."""
        if self.change_weight < 0 or self.notice_min < 0:
            raise BadInputError(
                Text(
                    "改动代价和通知时间不能为负。", "Change weight and notice must not be negative."
                )
            )


def promise_text(rules: ReplanRules | None = None) -> Text:
    """Say to staff when an announced visit moves, and what that is reckoned to cost."""
    weight = (rules or ReplanRules()).change_weight
    return Text(
        f"已公告的停靠尽量不动：只有办不成了（停靠点取消、车辆停驶、道路封闭），或者每改一次至少多服务 {weight:g} 人，"
        "重排才会改；区市低于保底不算理由，除非您允许。看板提出的改法也按这个代价挑选。",
        "Announced visits stay: a re-plan moves one only where it cannot take place (stop cancelled, bus "
        f"down, road closed) or where each change wins at least {weight:g} people; a district below its "
        "floor is no reason unless you allow it. The board's mends are chosen at the same price.",
    )


class Weighed(Protocol):
    """A way to re-plan, as it is compared with another."""

    @property
    def moved(self) -> int:
        """Announced visits that are not kept."""

    @property
    def worth(self) -> float:
        """People examined, less driving and changes."""

    @property
    def score(self) -> float:
        """The same, less people missing at floors."""


def is_better(tried: Weighed, held: Weighed, rules: ReplanRules) -> bool:
    """Return whether `tried` may take the place of `held`: see the module."""
    if tried.score <= held.score:
        return False
    return rules.floors_move or tried.moved <= held.moved or tried.worth > held.worth


def visits_moved(promised: Iterable[Promise], now: Iterable[Promise]) -> int:
    """Return how many promised visits are not kept: moved, given to another day, or cancelled."""
    return len(set(promised) - set(now))


def visits_changed(promised: Iterable[Promise], now: Iterable[Promise]) -> int:
    """Return how many visits differ: a visit moved within its stop counts once, a new one too."""
    promised, now = set(promised), set(now)
    gone = Counter(one[0] for one in promised - now)
    come = Counter(one[0] for one in now - promised)
    return sum(max(gone[stop], come[stop]) for stop in gone | come)
