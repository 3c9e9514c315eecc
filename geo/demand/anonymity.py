"""Cells merged until each holds enough people that nobody can be told from another.

Cells with fewer people than the least are pooled with the small ones among their six siblings
under the same H3 parent; a pool that is still too small joins the smallest zone released under
that parent, or, where there is none, waits for the next coarser parent. What is left under the
coarsest is kept back. The order of the input does not matter, and every zone released has at
least the least: k-anonymity (Sweeney 2002) by generalisation along the hierarchy of cells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import h3
import numpy as np
from numpy.typing import NDArray

from geo.arrays import Floats, Ints
from geo.holidays import SATURDAY
from geo.hours import HOURS_A_WEEK

LEAST_PEOPLE = 5
"""Chosen: fewer than five are kept back, a threshold that statistical offices use."""
COARSEST = 6
"""H3 resolution of the largest neighbourhood small cells are merged in: about 36 km²."""

_BUSY_SHARE = 0.1
"""Chosen: an hour with less than a tenth of the busiest hour's people is not when they are there."""
_HAIR = 1e-9
"""What rounding may take from shares that add up to a whole person."""
_HOUR = np.arange(HOURS_A_WEEK)
_WEEKEND = (_HOUR // 24 >= SATURDAY).astype(np.int64)
WEEK_PARTS: tuple[Ints, ...] = (
    _HOUR,
    _WEEKEND * 24 + _HOUR % 24,
    _WEEKEND * 4 + _HOUR % 24 // 6,
)
"""Ever coarser parts of the week: hours; hours of working days and weekends; quarters of those."""


def merge_small(
    cells: Sequence[str], kind: Ints, people: Floats, least: float = LEAST_PEOPLE
) -> Ints:
    """Give cells of one zone the same number from 0 up, -1 to those kept back, (n,).

    Parameters
    ----------
    cells : Sequence[str]
        H3 cells of one resolution; a cell may stand once per kind.
    kind : (n,) int
        Only cells of one kind (group and setting) are merged.
    people : (n,) float64
        People in each.
    least : float
        What every zone must hold.
    """
    label = np.full(len(cells), -1, np.int64)
    order = sorted(range(len(cells)), key=lambda row: (int(kind[row]), cells[row]))
    groups: dict[int, list[int]] = defaultdict(list)
    for row in order:
        groups[int(kind[row])].append(row)
    n_zones = 0
    for rows in groups.values():
        for zone in _zones([cells[row] for row in rows], people[rows], least):
            label[[rows[member] for member in zone]] = n_zones
            n_zones += 1
    return label


def _zones(cells: list[str], people: Floats, least: float) -> list[list[int]]:
    """Return the members of every zone released, of cells in order."""
    least -= _HAIR
    released = [[row] for row in range(len(cells)) if people[row] >= least]
    pools = {cells[row]: [row] for row in range(len(cells)) if people[row] < least}
    resolution = h3.get_resolution(cells[0]) if cells else COARSEST
    for level in range(resolution - 1, COARSEST - 1, -1):
        if not pools:
            break
        merged: dict[str, list[int]] = defaultdict(list)
        for cell, rows in pools.items():
            merged[h3.cell_to_parent(cell, level)] += rows
        near: dict[str, list[list[int]]] = defaultdict(list)
        for zone in released:
            near[h3.cell_to_parent(cells[zone[0]], level)].append(zone)
        pools = {}
        for parent, rows in merged.items():
            if people[rows].sum() >= least:
                released.append(rows)
            elif parent in near:
                min(near[parent], key=lambda zone: (people[zone].sum(), cells[zone[0]])).extend(
                    rows
                )
            else:
                pools[parent] = rows
    return released


def hours_of(seen: Sequence[Ints], least: float = LEAST_PEOPLE) -> tuple[NDArray[np.bool_], Ints]:
    """Return the hours of the week when enough people are seen in each zone.

    Enough is the least, and a tenth of the zone's busiest hour: months of events put somebody
    everywhere at every hour.

    Parameters
    ----------
    seen : Sequence[(g, parts) int]
        People by zone and part of the week, for each of :data:`WEEK_PARTS`.
    least : float
        What an hour, or the coarser part of the week it is told by, must hold.

    Returns
    -------
    (g, 168) bool, (g,) int
        The hours by the finest parts that show any, and which of the parts those are; where none
        does, no hours, and the number of parts there are.
    """
    n_zones = len(seen[0])
    hours = np.zeros((n_zones, HOURS_A_WEEK), np.bool_)
    told_by = np.full(n_zones, len(WEEK_PARTS), np.int64)
    for level, (parts, counts) in enumerate(zip(WEEK_PARTS, seen, strict=True)):
        enough = counts >= np.maximum(least, _BUSY_SHARE * counts.max(axis=1, keepdims=True))
        new = (told_by == len(WEEK_PARTS)) & enough.any(axis=1)
        hours[new] = enough[new][:, parts]
        told_by[new] = level
    return hours, told_by
