"""How large a vehicle is, and which streets are too low, narrow or weak for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.errors import BadInputError
from geo.network.segments import Segments, Trait
from geo.text import Text


@dataclass(frozen=True, slots=True)
class Vehicle:
    """The size of a vehicle larger than a car.

    The default is as long, wide and heavy as GB 1589-2016 lets a two-axle coach be, and 3.8 m
    high with the air conditioning on its roof: what a health-check bus is built on.

    Attributes
    ----------
    height_m, width_m, length_m : float
        Outer size in metres.
    weight_t : float
        Laden weight in tonnes.
    """

    height_m: float = 3.8
    width_m: float = 2.55
    length_m: float = 12.0
    weight_t: float = 18.0

    def __post_init__(self) -> None:
        """Refuse a size that is not positive."""
        for zh, en, value in (
            ("车高", "height", self.height_m),
            ("车宽", "width", self.width_m),
            ("车长", "length", self.length_m),
            ("总质量", "weight", self.weight_t),
        ):
            if not 0 < value < np.inf:
                raise BadInputError(
                    Text(f"{zh}为 {value}，须大于 0。", f"The {en} is {value}; it must be above 0.")
                )

    def fits(self, segments: Segments) -> NDArray[np.bool_]:
        """Return where this vehicle may go: within every limit, lorries and coaches allowed."""
        fits: NDArray[np.bool_] = (segments.traits & Trait.NO_LARGE) == 0
        for limit, size in (
            (segments.max_height_m, self.height_m),
            (segments.max_width_m, self.width_m),
            (segments.max_length_m, self.length_m),
            (segments.max_weight_t, self.weight_t),
        ):
            fits &= ~(limit < np.float32(size))
        return fits
