"""Hours as they were understood: what stood in the file beside what it will be taken for."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import numpy as np

from data.reading import Reading
from geo.hours import hours_text
from geo.layers.columns import INPUT_LAYERS
from geo.text import Text


class HoursRead(NamedTuple):
    """One way hours are written in a file.

    Attributes
    ----------
    header : str
        Of its column, or columns where every kind of day has one.
    written : str
        As it stands there.
    stored : str
        In OSM syntax.
    means : Text
        In words.
    rows : int
        Rows that say so.
    """

    header: str
    written: str
    stored: str
    means: Text
    rows: int


def hours_read(reading: Reading, layer: str) -> list[HoursRead]:
    """Return the different hours of the good rows, the most frequent first."""
    good = ~np.isin(reading.table.numbers, reading.rejects.index.to_numpy())
    found: list[HoursRead] = []
    for column in INPUT_LAYERS[layer].columns:
        uses = reading.plan.all_of(column.name) if column.dtype == "hours" else ()
        if not uses:
            continue
        header = " / ".join(use.header for use in uses)
        cells = [reading.table.cells[use.header].to_numpy()[good].tolist() for use in uses]
        written = [" / ".join(parts) for parts in zip(*cells, strict=True)]
        pairs = Counter(zip(written, reading.good[column.name].tolist(), strict=True))
        found += [
            HoursRead(header, text, stored, hours_text(stored), rows)
            for (text, stored), rows in pairs.most_common()
            if stored
        ]
    return found
