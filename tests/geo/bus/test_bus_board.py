"""The board: a plan changed by hand, what that breaks by the independent checker, costs, and its mend.

A straight road: a depot at 0, stops so many minutes' drive away, one work place
of a crowd at each, everybody comes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from bus_road import FIRST, SECOND, road
from pydantic import ValidationError

from geo.bus.board.best_mend import best_mend
from geo.bus.board.board_draft import BoardDraft
from geo.bus.board.edits import Edit, VisitRef, edited
from geo.bus.board.evaluation import Board
from geo.bus.board.late import running_late
from geo.bus.check import check_plan
from geo.bus.plan import plan_campaign
from geo.errors import BadInputError, MissingError

EVE = datetime(2026, 11, 24, 20, 0)


def board(crowds=(60, 60, 60), at=(10, 30, 50), **more):
    campaign = road(list(crowds), list(at), **{"days": 2, **more})
    return Board(campaign, plan_campaign(campaign), EVE)


def ref(one):
    return VisitRef(bus=one.bus, day=one.day, stop=one.stop)


def words(found):
    return " ".join(one.text.zh for one in found.broken)


def test_a_board_nobody_touched_is_the_plan():
    held = board()
    found = held.evaluate(held.placed)
    assert found.broken == ()
    assert found.cost.changes == ()
    assert found.plan.bus_days == held.plan.bus_days
    assert found.cost.people == pytest.approx(held.plan.workers_served)
    assert found.cost.km == pytest.approx(found.cost.km_before)


def test_a_visit_on_another_day_breaks_nothing_and_is_one_call():
    held = board(crowds=(60, 60), at=(10, 30))
    one = held.placed[0]
    other = SECOND if one.day == FIRST else FIRST
    free = [visit for visit in held.placed if visit.day == other]
    start = 9 * 60 if not free else 15 * 60
    moved = Edit(do="move", visit=ref(one), day=other, start_min=start)
    found = held.evaluate(edited(held.placed, moved))
    assert found.broken == ()
    (change,) = found.cost.changes
    assert (change.kind, change.new.day) == ("moved", other)
    assert found.cost.people == pytest.approx(held.plan.workers_served)
    assert check_plan(held.campaign, found.plan) == ()


def test_what_breaks_is_said_where_it_breaks():
    """Two visits at once: the second cannot be reached; the checker says so of that bus-day."""
    held = board(days=1)
    first, second = held.placed[:2]
    at_once = Edit(do="move", visit=ref(second), start_min=first.start_min + 5)
    found = held.evaluate(edited(held.placed, at_once))
    assert "赶不到" in words(found)
    assert {(one.bus, one.day) for one in found.broken if one.bus is not None} == {(0, FIRST)}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"start_min": 19 * 60}, "白天服务限 08:00–17:30，这次是 19:00"),
        ({"start_min": 8 * 60}, "超出班次 08:00–"),
    ],
)
def test_hours_nobody_may_have_are_broken_rules(change, said):
    held = board(crowds=(60,), at=(30,), days=1)
    moved = Edit(do="move", visit=ref(held.placed[0]), **change)
    assert said in words(held.evaluate(edited(held.placed, moved)))


def test_a_stay_that_is_not_offered_is_a_broken_rule_and_a_longer_one_serves_more():
    held = board(crowds=(100,), at=(10,), days=1)
    one = held.placed[0]
    shorter = edited(held.placed, Edit(do="lengthen", visit=ref(one), stay_min=60))
    found = held.evaluate(shorter)
    assert found.broken == ()
    assert found.cost.people == pytest.approx(30)
    odd = edited(held.placed, Edit(do="lengthen", visit=ref(one), stay_min=65))
    assert "65 分钟不合规" in words(held.evaluate(odd))


def test_nobody_loses_a_place_to_a_visit_added_by_hand():
    """S2 is new; the people of S0 and S1 keep theirs, and those of S2 get what is left of the day."""
    held = board(crowds=(60, 60, 60), at=(10, 12, 14), days=1)
    gone = next(one for one in held.placed if one.stop == "S2")
    without = edited(held.placed, Edit(do="remove", visit=ref(gone)))
    served = next(visit.served for _, visit in held.plan.visits if visit.stop == 2)
    less = held.evaluate(without)
    assert less.cost.people == pytest.approx(held.plan.workers_served - served)
    back = Edit(
        do="add", stop="S2", bus="b0", day=FIRST, start_min=gone.start_min, stay_min=gone.stay_min
    )
    again = held.evaluate(edited(without, back))
    assert again.cost.people == pytest.approx(held.plan.workers_served)
    assert again.cost.changes == ()


def test_two_visits_are_swapped():
    held = board(crowds=(60, 60), at=(10, 12), buses=2, days=1)
    one, other = held.placed[:2]
    swapped = edited(held.placed, Edit(do="swap", visit=ref(one), other=ref(other)))
    where = {(visit.stop, visit.bus, visit.start_min) for visit in swapped}
    assert where == {
        (one.stop, other.bus, other.start_min),
        (other.stop, one.bus, one.start_min),
    }


def test_a_locked_visit_is_neither_moved_nor_mended():
    held = board()
    one = held.placed[0]
    locked = edited(held.placed, Edit(do="lock", visit=ref(one)))
    with pytest.raises(BadInputError, match="锁定"):
        edited(locked, Edit(do="move", visit=ref(one), start_min=600))
    assert best_mend(held, locked, one.key) is None
    unlocked = edited(locked, Edit(do="unlock", visit=ref(one)))
    assert unlocked == held.placed


def test_the_mend_keeps_every_rule_and_the_day_wanted():
    """Two visits at once on one bus-day: the one just moved goes to the nearest lawful hour."""
    held = board(days=1)
    first, second = held.placed[:2]
    wanted = Edit(do="move", visit=ref(second), start_min=first.start_min + 5)
    placed = edited(held.placed, wanted)
    mend = best_mend(held, placed, second.key)
    assert mend is not None
    assert mend.found.broken == ()
    assert check_plan(held.campaign, mend.found.plan) == ()
    assert mend.visit.day == FIRST


def test_what_has_begun_cannot_be_moved():
    campaign = road([60, 60], [10, 12])
    plan = plan_campaign(campaign)
    first = plan.bus_days[0].visits[0]
    now = datetime(2026, 11, 25, *divmod(first.arrive_min + 5, 60))
    held = Board(campaign, plan, now)
    one = next(visit for visit in held.placed if visit.stop == f"S{first.stop}")
    assert one.key in held.begun
    with pytest.raises(BadInputError, match="锁定"):
        edited(held.placed, Edit(do="remove", visit=ref(one)))


def test_a_bus_day_of_another_campaign_is_refused_by_the_checker():
    campaign = road([60, 60], [10, 12], days=2)
    plan = plan_campaign(replace(campaign, off=frozenset({("b0", SECOND)})))
    held = Board(replace(campaign, off=frozenset({("b0", SECOND)})), plan, EVE)
    moved = Edit(do="move", visit=ref(held.placed[0]), day=SECOND, start_min=10 * 60)
    assert "不出车" in words(held.evaluate(edited(held.placed, moved)))


def test_strange_edits_are_refused_by_name():
    held = board()
    nobody = VisitRef(bus="b9", day=FIRST, stop="S0")
    with pytest.raises(MissingError, match="b9"):
        edited(held.placed, Edit(do="remove", visit=nobody))
    with pytest.raises(ValidationError, match="stay_min"):
        Edit(do="lengthen", visit=nobody)
    strange = Edit(do="add", stop="S9", bus="b0", day=FIRST, start_min=540, stay_min=60)
    with pytest.raises(BadInputError, match="S9"):
        held.evaluate(edited(held.placed, strange))
    twice = held.placed[0]
    again = Edit(
        do="add", stop=twice.stop, bus=twice.bus, day=twice.day, start_min=800, stay_min=60
    )
    with pytest.raises(BadInputError, match="已经停靠"):
        edited(held.placed, again)


def test_a_late_bus_shifts_the_rest_of_its_day_as_little_as_it_must():
    """30 minutes late at the first stop; what lies far enough behind it keeps its hour."""
    held = board(crowds=(60, 60), at=(10, 30), days=1)
    first, second = held.placed[:2]
    apart = edited(held.placed, Edit(do="move", visit=ref(second), start_min=14 * 60))
    later = held.evaluate(apart)
    assert later.broken == ()
    again = Board(held.campaign, later.plan, EVE)
    shifted = {one.stop: one for one in running_late(again, "b0", FIRST, 30)}
    assert shifted[first.stop].start_min == first.start_min + 30
    assert shifted[second.stop].start_min == 14 * 60
    assert again.evaluate(tuple(shifted.values())).broken == ()


def test_what_no_longer_fits_a_late_day_is_shortened_or_cancelled_and_no_rule_is_broken():
    held = board(crowds=(60, 60, 60), at=(10, 30, 50), days=1)
    announced = {one.stop: one for one in held.placed}
    after = running_late(held, "b0", FIRST, 240)
    assert held.evaluate(after).broken == ()
    for one in after:
        was = announced[one.stop]
        assert one.start_min >= was.start_min
        assert one.stay_min <= was.stay_min
    assert sum(one.stay_min for one in after) < sum(one.stay_min for one in held.placed)


def test_a_bus_with_nothing_left_today_has_nothing_to_shift():
    held = board(days=1)
    with pytest.raises(BadInputError, match="无需顺延"):
        running_late(held, "b1", FIRST, 30)


def test_a_mend_is_rather_an_exchange_than_where_the_visit_came_from():
    """Undo does that. Two work places a day each, both days full: they change places instead."""
    held = board(crowds=(150, 150), at=(10, 30), days=2)
    one, other = held.placed
    assert one.day != other.day
    wanted = Edit(do="move", visit=ref(one), day=other.day, start_min=other.start_min)
    placed = edited(held.placed, wanted)
    assert held.evaluate(placed).broken
    mend = best_mend(held, placed, (one.bus, other.day, one.stop))
    assert mend is not None
    assert mend.found.broken == ()
    assert (mend.visit.day, mend.is_swap) == (other.day, True)
    ((before, after),) = mend.moves
    assert (before.stop, after.day) == (other.stop, one.day)


def test_a_visit_too_long_for_the_day_is_offered_a_shorter_stay():
    held = board(crowds=(60, 60), at=(10, 12), days=1)
    one = held.placed[0]
    long = Edit(do="lengthen", visit=ref(one), stay_min=240)
    moved = Edit(do="move", visit=ref(one), start_min=14 * 60)
    placed = edited(edited(held.placed, long), moved)
    assert held.evaluate(placed).broken
    mend = best_mend(held, placed, one.key)
    assert mend is not None
    assert mend.found.broken == ()
    assert mend.visit not in held.placed


def test_steps_hold_on_where_another_plan_was_published_and_the_others_are_counted():
    """Of a move, a removal of what is gone and a move to a day that is over, one can be made."""
    held = board(crowds=(60, 60), at=(10, 30))
    one, other = held.placed
    move = Edit(do="move", visit=ref(one), start_min=one.start_min + 30)
    gone = Edit(do="remove", visit=VisitRef(bus="b0", day=SECOND, stop="S9"))
    over = Edit(do="move", visit=ref(other), day=FIRST.replace(day=1))
    draft = BoardDraft(base=1).after([move]).after([gone]).after([over])
    now = draft.carried_to(2, held.placed, [FIRST, SECOND], ())
    assert (now.base, now.at, now.carried, now.lost) == (2, 1, 1, 2)
    assert now.steps == ((move,),)
    assert now.revision == draft.revision + 1
    step = now.after([Edit(do="lock", visit=ref(other))])
    assert (step.carried, step.lost, step.at) == (0, 0, 2)
    undone = BoardDraft(base=1).after([move]).back_to(0).carried_to(2, held.placed, [FIRST], ())
    assert (undone.steps, undone.lost) == ((), 0)


def test_a_draft_that_nothing_happened_to_is_the_same_and_one_published_begins_anew():
    held = board(crowds=(60, 60), at=(10, 30))
    move = Edit(do="move", visit=ref(held.placed[0]), start_min=600)
    draft = BoardDraft(base=1).after([move])
    assert draft.carried_to(1, held.placed, [FIRST, SECOND], ()) is draft
    sent = draft.sent_as(2)
    now = sent.carried_to(2, held.placed, [FIRST, SECOND], ())
    assert (now.base, now.steps, now.carried, now.lost) == (2, (), 0, 0)
    shared = BoardDraft(base=1).after([Edit(do="share", visit=ref(held.placed[0]))])
    assert shared.carried_to(2, held.placed, [FIRST], ()).lost == 1


def test_of_a_draft_that_was_sent_what_was_done_since_holds_on():
    """A step made while it was published stays; one of those sent, undone too late, is counted."""
    held = board(crowds=(60, 60), at=(10, 30))
    one, other = held.placed
    move = Edit(do="move", visit=ref(one), start_min=600)
    lock, late = Edit(do="lock", visit=ref(one)), Edit(do="lock", visit=ref(other))
    sent = BoardDraft(base=1).after([move]).after([lock]).sent_as(2)
    more = sent.after([late]).carried_to(2, held.placed, [FIRST, SECOND], ())
    assert (more.steps, more.carried, more.lost) == (((late,),), 1, 0)
    undone = sent.back_to(1).after([late]).carried_to(2, held.placed, [FIRST, SECOND], ())
    assert (undone.steps, undone.carried, undone.lost) == (((late,),), 1, 1)
    other_plan = sent.carried_to(3, held.placed, [FIRST, SECOND], ())
    assert other_plan.steps == ((move,), (lock,))
