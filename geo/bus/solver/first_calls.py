"""What a tour wins once by calling at a district, however often it calls there.

Pricing adds up what visits are worth one by one. What only the first visit of a district wins is
given to copies of its services, of which a tour makes one at most: as places they are all the same
one. A service that reaches people of several districts has a copy for every choice of them, so that
no tour seems worth less than it is; more it may, where two of its visits share two districts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from geo.bus.solver.duties import Duty, part_of

_BITS = 64
"""Of the memory that labels carry."""
_MOST = 3
"""Districts of one service that are told apart: where more meet, the others win with every visit."""


def with_first_calls(
    duty: Duty, memory: NDArray[np.int8], first: NDArray[np.float64]
) -> tuple[Duty, NDArray[np.int8], NDArray[np.float64]]:
    """Return `duty` with copies of services, its memory, and what each of them wins, (m',).

    Parameters
    ----------
    duty : Duty
        As it is.
    memory : (m, n_places) int8
        Its neighbourhoods.
    first : (m, d) float64
        What the first visit of each district wins at each service; 0 where it reaches nobody of it.
        Districts there are no bits of memory left for win it with every visit.
    """
    used, n_places = int(memory.max(initial=-1)) + 1, memory.shape[1]
    dearest = np.argsort(-first.max(axis=0, initial=0.0), kind="stable")[: _BITS - used]
    once = first[:, dearest]
    once = np.where(np.cumsum(once > 0, axis=1) <= _MOST, once, 0.0)
    always = first.sum(axis=1) - once.sum(axis=1)
    copies = [
        (service, n_places + won[0], float(once[service, list(won)].sum()))
        for service in range(len(first))
        for won in _choices(np.flatnonzero(once[service] > 0).tolist())
    ]
    source = np.array([*range(len(first)), *(one[0] for one in copies)], np.int64)
    place = np.array([*duty.clock.place, *(one[1] for one in copies)], np.int64)
    wins = np.array([*np.zeros(len(first)), *(one[2] for one in copies)])
    longer = part_of(duty, source)
    bits = np.tile(np.arange(used, used + once.shape[1], dtype=np.int8), (len(source), 1))
    return (
        replace(longer, clock=longer.clock._replace(place=place)),
        np.hstack([memory[source], bits]),
        wins + always[source],
    )


def _choices(districts: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield every choice of at least one of `districts`."""
    for count in range(1, len(districts) + 1):
        yield from combinations(districts, count)
