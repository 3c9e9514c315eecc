"""The board as people see it: cards, bus-days, other campaigns, what is broken, what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from api.bus.plan_news import change_rows_of
from api.routes.bus.board_records import (
    BoardState,
    BusDayShown,
    CardShown,
    CostShown,
    OtherShown,
    OtherVisit,
)
from geo.bus.board.edits import Key, Placed
from geo.bus.board.layout import exam_min
from geo.bus.campaign.clock import clock_text
from geo.bus.check import Broken
from geo.bus.planned.shared_visit import SharedVisit
from geo.bus.planned.visit import BusDay, Visit
from geo.bus.replanning.changes import VisitChange
from geo.bus.replanning.version import PlanVersion
from geo.bus.several.sharing import may_share
from geo.text import Language, Text
from maps.bus.news import BusCall

if TYPE_CHECKING:
    from api.analysis.bus_plans.opened_board import OpenBoard
    from geo.bus.board.best_mend import Mend
    from geo.bus.board.evaluation import Evaluated


def board_state(held: OpenBoard, found: Evaluated, language: Language) -> BoardState:
    """Return the board as it is, in the words of `language`."""
    days = [one for one in found.plan.bus_days if one.day in set(held.board.rest.campaign.days)]
    old = {(one.bus, one.day): one for one in held.version.plan.bus_days}
    campaign = held.board.campaign
    at_day = _by_place(found.broken, language)
    return BoardState(
        version=held.version.number,
        revision=held.draft.revision,
        at=held.draft.at,
        steps=len(held.draft.steps),
        carried=held.draft.carried,
        lost=held.draft.lost,
        cards=_cards(held, found, language),
        bus_days=[
            BusDayShown(
                bus=campaign.buses[one.bus].id,
                day=one.day,
                leave=clock_text(one.leave_min),
                back=clock_text(one.back_min),
                km=round(one.distance_m / 1000, 1),
                people=round(one.served, 1),
                stops=[campaign.stops[visit.stop].id for visit in one.visits],
                is_changed=[(v.stop, v.start_min) for v in one.visits]
                != [(v.stop, v.start_min) for v in old[one.bus, one.day].visits]
                if (one.bus, one.day) in old
                else True,
                broken=at_day.get((one.bus, one.day, None), []),
            )
            for one in days
        ],
        others=_others(held, language),
        broken=at_day.get((None, None, None), []),
        is_lawful=not found.broken,
        cost=cost_shown(held, found),
        calls=_calls(held, found, language),
    )


def _by_place(
    broken: tuple[Broken, ...], language: Language
) -> dict[tuple[int | None, date | None, int | None], list[str]]:
    placed: dict[tuple[int | None, date | None, int | None], list[str]] = {}
    for one in broken:
        placed.setdefault((one.bus, one.day, one.stop), []).append(one.text.into(language))
    return placed


def _cards(held: OpenBoard, found: Evaluated, language: Language) -> list[CardShown]:
    campaign, board = held.board.campaign, held.board
    locked = {one.key for one in held.placed if one.is_locked}
    guests = _guests(held, language)
    was = _was(found.cost.changes)
    places = _by_place(found.broken, language)
    cards: list[CardShown] = []
    for day in found.plan.bus_days:
        if day.day not in set(board.rest.campaign.days):
            continue
        for visit in day.visits:
            stop = campaign.stops[visit.stop]
            key: Key = (campaign.buses[day.bus].id, day.day, stop.id)
            said = [
                *places.get((day.bus, day.day, visit.stop), []),
                *places.get((None, day.day, visit.stop), []),
            ]
            cards.append(
                CardShown(
                    bus=key[0],
                    day=day.day,
                    stop=stop.id,
                    name=stop.name,
                    start_min=visit.start_min,
                    stay_min=exam_min(visit),
                    end_min=visit.end_min,
                    arrive_min=visit.arrive_min,
                    depart_min=visit.depart_min,
                    people=round(visit.served, 1),
                    is_locked=key in locked,
                    is_begun=key in board.begun,
                    guests=guests.get(key, []),
                    was=was.get((visit.stop, day.day, visit.start_min)),
                    broken=said,
                )
            )
    return cards


def _was(changes: tuple[VisitChange, ...]) -> dict[tuple[int, date, int], str]:
    """Return by stop, day and start how a visit was announced; - for a new one."""
    told: dict[tuple[int, date, int], str] = {}
    for change in changes:
        if change.new is not None:
            old = change.old
            when = (
                "-" if old is None else f"{old.day.month}/{old.day.day} {clock_text(old.start_min)}"
            )
            told[change.stop, change.new.day, change.new.start_min] = when
    return told


def _guests(held: OpenBoard, language: Language) -> dict[Key, list[str]]:
    """Return the campaigns held at this one's visits, by visit."""
    found: dict[Key, list[str]] = {}
    for one in held.others:
        for visit in one.shared:
            if visit.host == held.version.name.value:
                found.setdefault(visit.key, []).append(one.name.text.into(language))
    return found


def _others(held: OpenBoard, language: Language) -> list[OtherShown]:
    days = set(held.board.rest.campaign.days)
    rule, name = held.version.campaign.rules.share_visits, held.version.name
    shared = {one.key: one for one in held.shared}
    return [
        OtherShown(
            bus=one.campaign.buses[day.bus].id,
            day=day.day,
            campaign=one.name.text.into(language),
            leave=clock_text(day.leave_min),
            back=clock_text(day.back_min),
            leaves_room=(one.campaign.buses[day.bus].id, day.day) not in held.board.campaign.off,
            visits=[
                _other_visit(one, day, visit, shared, may=may_share(name, one.name, rule))
                for visit in day.visits
            ],
        )
        for one in held.others
        for day in one.plan.bus_days
        if day.day in days
    ]


def _other_visit(
    other: PlanVersion, day: BusDay, visit: Visit, shared: Mapping[Key, SharedVisit], *, may: bool
) -> OtherVisit:
    stop = other.campaign.stops[visit.stop]
    mine = shared.get((other.campaign.buses[day.bus].id, day.day, stop.id))
    return OtherVisit(
        stop=stop.id,
        name=stop.name,
        start_min=visit.start_min,
        end_min=visit.end_min,
        may_share=may,
        is_shared=mine is not None,
        shared=f"{clock_text(mine.start_min)}–{clock_text(mine.end_min)}" if mine else "",
        people=round(mine.served, 1) if mine else 0.0,
    )


def _calls(held: OpenBoard, found: Evaluated, language: Language) -> list[BusCall]:
    """Return whom to phone: of this campaign, and of those held at visits it changes."""
    from api.analysis.bus_plans.opened_board import changes_of  # noqa: PLC0415 - brings in the re-planner

    return [
        call
        for version, changes in changes_of(held, found)
        for call in change_rows_of(version.campaign, changes, version.name, language)
    ]


def cost_shown(held: OpenBoard, found: Evaluated) -> CostShown:
    """Return what the board costs against what is announced, visits shared included."""
    from api.analysis.bus_plans.opened_board import changes_of  # noqa: PLC0415 - as above

    cost = found.cost
    joined = sum(one.served for one in held.shared)
    joined_before = sum(one.served for one in held.version.shared)
    return CostShown(
        people=round(cost.people + joined, 1),
        people_before=round(cost.people_before + joined_before, 1),
        km=round(cost.km, 1),
        km_before=round(cost.km_before, 1),
        below_floor={name: round(n, 1) for name, n in cost.below_floor.items() if n >= 0.5},  # noqa: PLR2004
        calls=sum(len(changes) for _, changes in changes_of(held, found)),
    )


def mend_text(held: OpenBoard, made: Mend) -> Text:
    """Return what a mend does, as the planner reads it."""
    one, n = made.visit, len(made.moves)
    place = _place(held, one)
    zh, en = f"改到 {place.zh}，停 {one.stay_min} 分钟", f"Go to {place.en}, {one.stay_min} min"
    if made.is_swap:
        _, other = made.moves[0]
        names = {stop.id: stop.name for stop in held.board.campaign.stops}
        name, there = names[other.stop], _place(held, other)
        return Text(
            f"与{name}对调：本站{zh}，{name}改到 {there.zh}",
            f"Change places with {name}: this visit: {en}; {name}: {there.en}",
        )
    if n:
        return Text(f"{zh}，其后 {n} 次停靠顺延", f"{en}; {n} later visits move back")
    return Text(zh, en)


def _place(held: OpenBoard, one: Placed) -> Text:
    bus = next(bus.name for bus in held.board.campaign.buses if bus.id == one.bus)
    when = f"{one.day.month}/{one.day.day} {clock_text(one.start_min)}"
    return Text(f"{when}（{bus}）", f"{when} ({bus})")
