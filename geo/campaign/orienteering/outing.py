"""An outing: one vehicle, one working time, and errands it may run on the way, each for a prize.

This is orienteering with time windows, the core of every bus-day: given what each stay at each
stop is worth, which stays, in which order? Stays at one place exclude each other, so a stop with
stays of several lengths is a group of errands. Found by :mod:`geo.campaign.orienteering.search` (ruin
and recreate) and proven by :mod:`geo.campaign.orienteering.proof` (labels).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Outing(NamedTuple):
    """One outing in whole time units; m errands first, then the start, then the end.

    A NamedTuple, because compiled kernels take it whole.

    Attributes
    ----------
    travel : (m + 2, m + 2) int64
        Time from row to column, never negative.
    opens, closes : (m + 2,) int64
        Earliest and latest time an errand begins; of start and end, the working time.
    lasts : (m + 2,) int64
        Time an errand takes, 0 at start and end.
    prize : (m + 2,) float64
        What an errand is worth, 0 at start and end.
    group : (m + 2,) int64
        Errands of one group exclude each other; numbered from 0.
    """

    travel: NDArray[np.int64]
    opens: NDArray[np.int64]
    closes: NDArray[np.int64]
    lasts: NDArray[np.int64]
    prize: NDArray[np.float64]
    group: NDArray[np.int64]


def nothing(outing: Outing) -> NDArray[np.int64]:
    """Return the order that goes from the start of `outing` straight to its end."""
    return np.array([len(outing.prize) - 2, len(outing.prize) - 1], dtype=np.int64)


def worth(outing: Outing, order: NDArray[np.int64]) -> float:
    """Return the prizes along `order`."""
    return float(outing.prize[order].sum())


def mirrored(outing: Outing) -> Outing:
    """Return `outing` run backwards: time is counted from the end of the working time."""
    turn = turned(len(outing.prize))
    end = outing.closes[-1]
    return Outing(
        np.ascontiguousarray(outing.travel[np.ix_(turn, turn)].T),
        (end - outing.closes - outing.lasts)[turn],
        (end - outing.opens - outing.lasts)[turn],
        outing.lasts[turn],
        outing.prize[turn],
        outing.group[turn],
    )


def turned(size: int) -> NDArray[np.int64]:
    """Return (size,) the errand each errand of the mirrored outing is: start and end change."""
    turn = np.arange(size)
    turn[-2:] = size - 1, size - 2
    return turn
