"""Which proposed places are worth asking about."""

from __future__ import annotations

import numpy as np

from geo.bus.campaign.stop import apart, workers_around

DEGREE_M = 90_000.0
"""About one degree of longitude at 36 degrees north."""


def at(*metres):
    """Points so many metres east of one place."""
    return np.array([[120.0 + m / DEGREE_M, 36.0] for m in metres])


def test_workers_within_reach_are_added_up():
    people, workers = at(0, 500, 3000), np.array([10.0, 20.0, 40.0])
    assert workers_around(at(100, 2500), people, workers, 800).tolist() == [30.0, 40.0]
    assert workers_around(at(100), at(), np.empty(0), 800).tolist() == [0.0]


def test_of_neighbours_the_better_stays_and_what_is_there_stays_first():
    """At 0 and 100 m one is enough; 1,000 m is taken already; 2,000 m is worth too little."""
    rows = apart(
        at(0, 100, 1000, 2000, 3000), np.array([5.0, 9, 8, 1, 7]), at(1050), least=2, apart_m=200
    )
    assert rows.tolist() == [1, 4]
