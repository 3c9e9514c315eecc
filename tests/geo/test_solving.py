"""When a long computation stops: a clock on the wall, and one for the processor."""

from __future__ import annotations

import pytest

from geo import solving
from geo.solving import AfterComputing


class Clocks:
    """The wall's and the processor's, set by hand (seconds)."""

    wall_s = 100.0
    computed_s = 7.0


@pytest.fixture
def clocks(monkeypatch):
    clocks = Clocks()
    monkeypatch.setattr(solving.time, "monotonic", lambda: clocks.wall_s)
    monkeypatch.setattr(solving.time, "process_time", lambda: clocks.computed_s)
    return clocks


def test_on_an_idle_machine_it_stops_at_the_limit(clocks):
    computing = AfterComputing(60)
    for passed_s, over in ((59.9, False), (60.0, True)):
        clocks.wall_s, clocks.computed_s = 100 + passed_s, 7 + passed_s
        assert computing() == over


def test_two_threads_do_not_halve_the_time(clocks):
    computing = AfterComputing(60)
    clocks.wall_s, clocks.computed_s = 140.0, 87.0
    assert not computing()


def test_a_busy_machine_computes_as_long_but_not_for_ever(clocks):
    computing = AfterComputing(60)
    clocks.wall_s, clocks.computed_s = 170.0, 40.0
    assert not computing()
    clocks.computed_s = 67.0
    assert computing()
    clocks.wall_s, clocks.computed_s = 280.0, 40.0
    assert computing()
