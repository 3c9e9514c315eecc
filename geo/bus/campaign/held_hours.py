"""Hours in which another campaign has a bus, and the parts of the bus-day that are left around them.

A bus that checks people up from nine to noon stands at its depot in the afternoon. Between two
campaigns it comes back to the depot, where crew and equipment are changed: that takes
`changeover_min`. What is left before and after is a free part, as long as a crew's shift allows;
another campaign may send the bus out in one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from geo.bus.campaign.fleet import Bus, Shift


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldHours:
    """When another campaign has a bus; minutes after midnight.

    Attributes
    ----------
    campaign : str
        Which it is (a value of ``CampaignName``).
    bus : str
        Id of the bus.
    day : date
        When.
    from_min, until_min : int
        It leaves the depot, and is back.
    stops : tuple[str, ...]
        Ids of the stops it stands at.
    changeover_min : int
        Minutes at the depot between the two campaigns.
    same_shift : bool
        Whether both campaigns lie in one shift of the bus: one driver for the whole day.
    """

    campaign: str
    bus: str
    day: date
    from_min: int
    until_min: int
    stops: tuple[str, ...]
    changeover_min: int
    same_shift: bool


class FreePart(NamedTuple):
    """A part of a bus-day in which a bus may be out; `shift` is an index into the bus's shifts."""

    shift: int
    from_min: int
    until_min: int

    def holds(self, leave_min: int, back_min: int) -> bool:
        """Return whether a bus may leave and be back then."""
        return self.from_min <= leave_min and back_min <= self.until_min


def free_parts(bus: Bus, held: Iterable[HeldHours]) -> tuple[FreePart, ...]:
    """Return the parts of a bus-day around the hours `held`, shift by shift; whole shifts for none."""
    taken = sorted(held, key=lambda one: one.from_min)
    if taken and bus.start_depot != bus.end_depot:  # It would begin where it does not stand.
        return ()
    return tuple(
        part
        for number, shift in enumerate(bus.shifts)
        if _may_go_on(shift, taken)
        for part in _gaps(number, shift, taken)
    )


def _may_go_on(shift: Shift, taken: Sequence[HeldHours]) -> bool:
    return all(
        shift.start_min <= one.from_min and one.until_min <= shift.end_min
        for one in taken
        if one.same_shift
    )


def _gaps(number: int, shift: Shift, taken: Sequence[HeldHours]) -> Iterator[FreePart]:
    start = shift.start_min
    for one in taken:
        end = min(one.from_min - one.changeover_min, shift.end_min)
        if start < end:
            yield FreePart(number, start, end)
        start = max(start, one.until_min + one.changeover_min)
    if start < shift.end_min:
        yield FreePart(number, start, shift.end_min)
