"""A bus-day as a planner has placed its visits: lawful where it can be, else as it was wanted.

Exam times are the planner's. Arrivals, the crew's shift and its rest are set so that the day is
lawful; where no way is, the day is laid out as wanted, for the checker to say what it breaks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from geo.bus.board.edits import Key, Placed
from geo.bus.campaign.campaign import Campaign
from geo.bus.campaign.fleet import Bus, Shift
from geo.bus.planned.visit import BusDay, PeriodName, Visit
from geo.bus.replanning.promised_day import DriveMinutes, PromisedDay, settle
from geo.bus.solver.services import allowed_periods


def exam_min(visit: Visit) -> int:
    """Return the exam minutes of `visit`, a rest of the crew among them left out."""
    inside = visit.break_min if visit.break_start_min >= visit.start_min else 0
    return visit.end_min - visit.start_min - inside


def period_of(campaign: Campaign, stop: int, start_min: int) -> PeriodName:
    """Return whom a visit that starts then meets."""
    late = allowed_periods(campaign, stop)
    if len(late) == 1:
        return "evening" if next(iter(late)) else "day"
    return "evening" if start_min >= campaign.rules.evening.from_min else "day"


@dataclass(frozen=True, slots=True, eq=False)
class DayGround:
    """What every bus-day of a board is laid out on.

    Attributes
    ----------
    drives : DriveMinutes
        The campaign's drives.
    number : Mapping[str, int]
        Index of each stop by its id.
    known : Mapping[Key, Visit]
        Visits as they were announced.
    """

    drives: DriveMinutes
    number: Mapping[str, int]
    known: Mapping[Key, Visit]


def laid_out(ground: DayGround, placed: Sequence[Placed], stand: PromisedDay) -> BusDay:
    """Return the bus-day of `placed` visits, by time; never empty.

    Parameters
    ----------
    ground : DayGround
        Drives, stops and visits announced.
    placed : Sequence[Placed]
        Its visits.
    stand : PromisedDay
        Bus, day, shift, visits begun and the earliest minute of the day.
    """
    lawful = lawful_day(ground, placed, stand)
    if lawful is not None:
        return lawful
    bus = ground.drives.campaign.buses[stand.bus]
    visits = _visits(ground, placed, bus)
    shifts = range(len(bus.shifts))
    wide = min(shifts, key=lambda shift: _outside(visits, bus.shifts[shift]))
    return _as_wanted(ground.drives, replace(stand, shift=wide, visits=visits), bus)


def lawful_day(ground: DayGround, placed: Sequence[Placed], stand: PromisedDay) -> BusDay | None:
    """Return the bus-day that reaches all its visits in time with a rest, None for none."""
    bus = ground.drives.campaign.buses[stand.bus]
    visits = _visits(ground, placed, bus)
    parts = ground.drives.campaign.free_parts(bus, stand.day)
    for part in sorted(parts, key=lambda part: part.shift != stand.shift):
        if stand.begun and part.shift != stand.shift:
            break
        within = stand.in_part(part, stand.from_min)
        for rested in _rests(visits, bus, bus.shifts[part.shift], stand.begun):
            day = settle(ground.drives, replace(within, visits=rested))
            if day is not None:
                return day
    return None


def _visits(ground: DayGround, placed: Sequence[Placed], bus: Bus) -> tuple[Visit, ...]:
    return tuple(
        _visit(ground.drives.campaign, bus, ground.number[one.stop], one, ground.known.get(one.key))
        for one in sorted(placed, key=lambda one: one.start_min)
    )


def _visit(campaign: Campaign, bus: Bus, stop: int, one: Placed, known: Visit | None) -> Visit:
    if known is not None and (known.start_min, exam_min(known)) == (one.start_min, one.stay_min):
        return known
    end = one.start_min + one.stay_min
    return Visit(
        stop=stop,
        period=period_of(campaign, stop, one.start_min),
        arrive_min=one.start_min - bus.setup_min,
        start_min=one.start_min,
        end_min=end,
        depart_min=end + bus.packdown_min,
        drive_s=0.0,
        drive_m=0.0,
    )


def _rests(
    visits: tuple[Visit, ...], bus: Bus, shift: Shift, begun: int
) -> Iterator[tuple[Visit, ...]]:
    """Yield the visits as they are, without a rest told, and with one before or during each."""
    yield visits
    plain = tuple(
        visit if number < begun or visit.break_min == 0 else _unrested(visit)
        for number, visit in enumerate(visits)
    )
    yield plain
    if not shift.break_min:
        return
    for number in range(begun, len(plain)):
        for rested in _rested(plain[number], bus, shift):
            yield (*plain[:number], rested, *plain[number + 1 :])


def _rested(visit: Visit, bus: Bus, shift: Shift) -> Iterator[Visit]:
    """Yield the visit reached early enough for a rest before set-up, then with one during it."""
    early = min(visit.start_min - bus.setup_min - shift.break_min, shift.break_until_min)
    yield replace(visit, arrive_min=early)
    at = max(visit.start_min, shift.break_from_min)
    if at <= min(shift.break_until_min, visit.end_min):
        yield replace(
            visit,
            end_min=visit.end_min + shift.break_min,
            depart_min=visit.depart_min + shift.break_min,
            break_min=shift.break_min,
            break_start_min=at,
        )


def _unrested(visit: Visit) -> Visit:
    inside = visit.end_min - visit.start_min - exam_min(visit)
    return replace(
        visit,
        end_min=visit.end_min - inside,
        depart_min=visit.depart_min - inside,
        break_min=0,
        break_start_min=-1,
    )


def _outside(visits: Sequence[Visit], shift: Shift) -> int:
    """Return the minutes that the visits lie outside `shift`."""
    early = shift.start_min - visits[0].arrive_min
    late = visits[-1].depart_min - shift.end_min
    return max(0, early) + max(0, late)


def _as_wanted(ground: DriveMinutes, stand: PromisedDay, bus: Bus) -> BusDay:
    campaign = ground.campaign
    at = campaign.place_of_depot(bus.start_depot)
    end = campaign.place_of_depot(bus.end_depot)
    leave = stand.leave_min
    if leave < 0:
        leave = max(0, ground.leave(stand.visits[0].arrive_min, at, stand.visits[0].stop))
    ready, driven = leave, []
    for visit in stand.visits:
        driven.append(
            replace(
                visit,
                drive_s=campaign.drive_s(at, visit.stop, ready),
                drive_m=float(campaign.drive.distance_m[at, visit.stop]),
            )
        )
        at, ready = visit.stop, visit.depart_min
    return BusDay(
        bus=stand.bus,
        day=stand.day,
        shift=stand.shift,
        leave_min=leave,
        back_min=ground.arrive(ready, at, end),
        visits=tuple(driven),
        home_s=campaign.drive_s(at, end, ready),
        home_m=float(campaign.drive.distance_m[at, end]),
    )
