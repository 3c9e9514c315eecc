"""Who is served at which visit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Servings:
    """How many of which concentration are served at which visit; (n,) arrays, no zero rows.

    Attributes
    ----------
    visit, people : int32
        Number of the visit in the plan's order; index of the concentration.
    amount : float64
        People.
    """

    visit: NDArray[np.int32]
    people: NDArray[np.int32]
    amount: NDArray[np.float64]
