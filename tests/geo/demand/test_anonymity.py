"""Persons counted once, hours told only where five are seen, and cells merged until five are in."""

from __future__ import annotations

import h3
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.demand.anonymity import COARSEST, LEAST_PEOPLE, WEEK_PARTS, hours_of, merge_small
from geo.demand.presence import Presence
from geo.hours import week_mask

PARENT = h3.latlng_to_cell(36.1, 120.3, 8)
SEVEN = sorted(h3.cell_to_children(PARENT, 9))
FAR = h3.latlng_to_cell(37.1, 121.3, 9)


def merged(cells, people, kind=None):
    kinds = np.zeros(len(cells), np.int64) if kind is None else np.array(kind)
    return merge_small(cells, kinds, np.array(people, float)).tolist()


def test_small_siblings_are_pooled_and_large_ones_stay_alone():
    """8 stays; 3 + 2 of two siblings make five; the far 4 have nobody near and are kept back."""
    assert merged([SEVEN[0], SEVEN[1], SEVEN[2], FAR], [8, 3, 2, 4]) == [0, 1, 1, -1]


def test_a_pool_too_small_joins_the_smallest_zone_beside_it():
    assert merged(SEVEN[:4], [9, 6, 1, 2]) == [0, 1, 1, 1]


def test_what_no_sibling_can_take_waits_for_the_next_coarser_parent():
    cousin = h3.cell_to_center_child(
        next(
            c for c in sorted(h3.cell_to_children(h3.cell_to_parent(PARENT, 7), 8)) if c != PARENT
        ),
        9,
    )
    assert merged([SEVEN[0], cousin], [3, 3]) == [0, 0]
    assert merged([SEVEN[0], cousin], [3, 1]) == [-1, -1]


def test_kinds_are_never_mixed():
    assert merged([SEVEN[0], SEVEN[0]], [3, 3], kind=[0, 1]) == [-1, -1]


CELLS = st.lists(st.integers(0, 342), min_size=1, max_size=40, unique=True)
ALL = sorted(h3.cell_to_children(h3.cell_to_parent(PARENT, 6), 9))


@settings(max_examples=80, deadline=None)
@given(CELLS, st.integers(0, 2**31))
def test_every_zone_holds_five_nobody_is_lost_and_order_does_not_matter(rows, seed):
    rng = np.random.default_rng(seed)
    cells = [ALL[row] for row in rows]
    people, kind = rng.random(len(cells)) * 6, rng.integers(0, 2, len(cells))
    label = merge_small(cells, kind, people)
    for zone in range(label.max() + 1):
        assert people[label == zone].sum() >= LEAST_PEOPLE
        assert len(set(kind[label == zone])) == 1
    for one in (0, 1):
        # All cells share a parent at the coarsest level: five in all are never kept back.
        if people[kind == one].sum() >= LEAST_PEOPLE:
            assert (label[kind == one] >= 0).all()
    assert h3.get_resolution(h3.cell_to_parent(PARENT, COARSEST)) == COARSEST
    order = rng.permutation(len(cells))
    again = merge_small([cells[row] for row in order], kind[order], people[order])
    groups = {frozenset(order[again == zone].tolist()) for zone in range(again.max() + 1)}
    assert groups == {
        frozenset(np.flatnonzero(label == z).tolist()) for z in range(label.max() + 1)
    }


def test_a_person_counts_once_shared_out_by_the_hours_seen():
    """A is in zone 0 at two hours (pinged three times in one) and in zone 1 at one; B in zone 1."""
    books = Presence(with_persons=True)
    books.add(np.array([0, 0, 0, 0]), np.array([8, 8, 8, 9]), np.array([0, 0, 0, 0]))
    books.add(np.array([1, 1]), np.array([10, 10]), np.array([0, 1]))
    tally = books.tally(2)
    assert tally.people() == pytest.approx([2 / 3, 1 + 1 / 3])
    assert tally.n_people() == 2
    both = tally.seen(np.array([0, 0]), 1, WEEK_PARTS[0])
    assert both[0, [8, 9, 10]].tolist() == [1, 1, 2]
    day = tally.seen(np.array([0, 0]), 1, WEEK_PARTS[2])
    assert day[0].tolist() == [0, 2, 0, 0, 0, 0, 0, 0]


def test_events_without_persons_are_counted():
    books = Presence(with_persons=False)
    books.add(np.array([0, 0, 2]), np.array([8, 8, 167]))
    books.add(np.array([2]), np.array([167]))
    tally = books.tally(4)
    assert tally.people().tolist() == [2, 0, 2, 0]
    assert tally.seen(np.array([0, -1, 1, 0]), 2, WEEK_PARTS[0])[[0, 1], [8, 167]].tolist() == [
        2,
        2,
    ]


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 400))
def test_batches_do_not_matter_and_people_add_up(seed, n):
    rng = np.random.default_rng(seed)
    zone, hour, person = rng.integers(0, 9, n), rng.integers(0, 168, n), rng.integers(0, 20, n)
    at_once, bit_by_bit = Presence(with_persons=True), Presence(with_persons=True)
    at_once.add(zone, hour, person)
    for part in np.array_split(np.arange(n), 4):
        bit_by_bit.add(zone[part], hour[part], person[part])
    assert at_once.tally(9).people().tolist() == bit_by_bit.tally(9).people().tolist()
    assert at_once.tally(9).people().sum() == pytest.approx(len(set(person.tolist())))
    distinct = {(z, h, p) for z, h, p in zip(zone, hour, person, strict=True)}
    seen = at_once.tally(9).seen(np.arange(9), 9, WEEK_PARTS[0])
    assert seen.sum() == len(distinct)


def test_hours_are_told_by_the_finest_parts_of_the_week_that_hold_five():
    """Zone 0: six at Monday 8. Zone 1: three a day, Monday and Tuesday at 8, five of them distinct.

    Zone 2: one each in five hours of working mornings. Zone 3: too few in every part.
    """
    books = Presence(with_persons=True)
    for zone, rows in (
        (0, [(8, p) for p in range(6)]),
        (1, [(8, 10), (8, 11), (8, 12), (32, 12), (32, 13), (32, 14)]),
        (2, [(hour, 20 + hour) for hour in range(6, 11)]),
        (3, [(24 * day + 8, 40 + day) for day in range(3, 7)]),
    ):
        hours, people = (np.array(column) for column in zip(*rows, strict=True))
        books.add(np.full(len(rows), zone), hours, people)
    tally = books.tally(4)
    hours, told_by = hours_of([tally.seen(np.arange(4), 4, parts) for parts in WEEK_PARTS])
    assert told_by.tolist() == [0, 1, 2, 3]
    assert hours[0].tolist() == week_mask("Mo 08:00-09:00").tolist()
    assert hours[1].tolist() == week_mask("Mo-Fr 08:00-09:00").tolist()
    assert hours[2].tolist() == week_mask("Mo-Fr 06:00-12:00").tolist()
    assert not hours[3].any()


def test_a_busy_zone_is_not_active_at_hours_of_a_few():
    counts = np.zeros((1, 168), np.int64)
    counts[0, [8, 9]] = 300, 7
    hours, _ = hours_of([counts, counts[:, :48], counts[:, :8]])
    assert np.flatnonzero(hours[0]).tolist() == [8]
