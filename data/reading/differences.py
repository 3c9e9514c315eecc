"""A layer read anew against the version it would replace: added, removed, moved, changed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import get_args

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from data.reading.present import EMPTY, Present, numbers_of
from data.reading.reading_facts import DifferenceFacts, MoveFacts, StateWord
from data.store.stored_rows import key_of
from geo.arrays import Floats, Ints
from geo.crs import to_metres
from geo.layers.columns import Layer
from geo.text import Text

MOVED_M = 1.0
"""A row whose centre lies farther than this from where it was has moved."""
_MOST_MOVED = 50
"""As many as the report lists; the rest is counted."""
_FILLED_FROM_MAP = frozenset({"district", "subdistrict"})


_STATE_WORDS: tuple[StateWord, ...] = get_args(StateWord)


class RowState(IntEnum):
    """What becomes of a row, those to look at first ahead."""

    MOVED = 0
    ADDED = 1
    REMOVED = 2
    CHANGED = 3
    SAME = 4

    @property
    def word(self) -> StateWord:
        """What programs call it."""
        return _STATE_WORDS[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """How a file differs from the layer's present version, row by row of the same id.

    Attributes
    ----------
    version : int
        The present one.
    added, removed : int
        Rows of ids that only the file, or only the present version, has.
    moved : tuple[tuple[str, float], ...]
        Ids and how far their centres moved, in metres, farthest first.
    changed : int
        Rows that stayed in place with another cell.
    same : int
        Rows as they were.
    states : (n,) int8
        What became of each row of the file, a :class:`RowState`.
    gone : (m,) int64
        Rows of the present version that the file lacks.
    """

    version: int
    added: int
    removed: int
    moved: tuple[tuple[str, float], ...]
    changed: int
    same: int
    states: NDArray[np.int8]
    gone: Ints

    @property
    def text(self) -> Text:
        """The counts in a sentence."""
        return Text(
            f"与现在的第 {self.version} 版相比：新增 {self.added:,}，减少 {self.removed:,}，"
            f"移动 {len(self.moved):,}，内容改动 {self.changed:,}，不变 {self.same:,}。",
            f"Against version {self.version}: {self.added:,} added, {self.removed:,} removed, "
            f"{len(self.moved):,} moved, {self.changed:,} changed, {self.same:,} the same.",
        )

    def facts(self) -> DifferenceFacts:
        """Return it for a program; the farthest moves are listed."""
        return DifferenceFacts(
            version=self.version,
            added=self.added,
            removed=self.removed,
            moved=len(self.moved),
            farthest_moves=[
                MoveFacts(id=identity, moved_m=round(moved_m, 1))
                for identity, moved_m in self.moved[:_MOST_MOVED]
            ],
            changed=self.changed,
            same=self.same,
        )


def differences_between(layer: Layer, before: Present, after: gpd.GeoDataFrame) -> Differences:
    """Compare new rows of `layer` (EPSG:4326) with those that hold."""
    then = {one: row for row, one in enumerate(before.ids)}
    known = after[key_of(layer)].astype(str).isin(then).to_numpy()
    ids = after[key_of(layer)][known].astype(str).tolist()
    there = np.array([then[one] for one in ids], np.int64)
    centres = shapely.get_coordinates(shapely.centroid(after.geometry.to_numpy()[known]))
    moved_m = _moved_m(before.centres[there], centres)
    moves = moved_m > MOVED_M
    differs = np.zeros(len(ids), np.bool_)
    for column, then_cells in before.cells.items():
        if column not in after:
            continue
        cells = numbers_of(after[column][known])
        unlike = cells != then_cells[there]
        # What the file leaves out is filled from the map when the layer is read: no change.
        differs |= unlike & (cells != EMPTY) if column in _FILLED_FROM_MAP else unlike
    changed = differs & ~moves
    order = np.argsort(-moved_m)
    states = np.full(len(after), RowState.ADDED, np.int8)
    states[known] = np.select(
        [moves, changed], [RowState.MOVED, RowState.CHANGED], RowState.SAME
    ).astype(np.int8)
    stays = np.zeros(len(then), np.bool_)
    stays[there] = True
    return Differences(
        version=before.version,
        added=int((~known).sum()),
        removed=len(then) - len(ids),
        moved=tuple((ids[row], float(moved_m[row])) for row in order if moves[row]),
        changed=int(changed.sum()),
        same=len(ids) - int(moves.sum()) - int(changed.sum()),
        states=states,
        gone=np.flatnonzero(~stays),
    )


def _moved_m(before: Floats, after: Floats) -> Floats:
    if not len(before):
        return np.zeros(0)
    return np.asarray(np.hypot(*(to_metres(after) - to_metres(before)).T))
