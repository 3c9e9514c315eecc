"""Fractional people as whole ones, without losing anybody in the rounding."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def whole(amounts: ArrayLike, total: int | None = None) -> NDArray[np.int64]:
    """Round amounts to integers that add up to `total` (largest remainders, Hamilton's method).

    Parameters
    ----------
    amounts : (n,) array
        Amounts of 0 or more.
    total : int | None
        What the integers add up to, less than n away from the sum of the amounts; None takes
        that sum rounded.

    Examples
    --------
    >>> whole([1.4, 1.4, 1.2]).tolist()
    [2, 1, 1]
    """
    values = np.asarray(amounts, np.float64)
    floors = np.floor(values)
    short = (round(float(values.sum())) if total is None else total) - int(floors.sum())
    answer = floors.astype(np.int64)
    order = np.argsort(floors - values, kind="stable")
    answer[order[: max(short, 0)]] += 1
    # A total rounded elsewhere may ask for less than the floors.
    answer[order[::-1][: max(-short, 0)]] -= 1
    return answer
