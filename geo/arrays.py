"""Types of the arrays that travel between modules: one name, one element type everywhere."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Ints32 = NDArray[np.int32]
"""Rows and segments of streets: half the memory of a whole city's tables."""
Shapes = NDArray[np.object_]
"""Shapely geometries."""

_T = TypeVar("_T", bound=np.generic)


def sealed(array: NDArray[_T]) -> NDArray[_T]:
    """Return `array`, not to be written to: what is memory-mapped and what is not look alike.

    To the compiler the two are different types, and it would compile every kernel for both.
    """
    if not array.flags.writeable:
        return array
    view = array.view()
    view.flags.writeable = False
    return view


def seal(record: DataclassInstance) -> None:
    """Put :func:`sealed` arrays in place of those that a frozen `record` was made with."""
    for field in fields(record):
        held = getattr(record, field.name)
        if isinstance(held, np.ndarray):
            object.__setattr__(record, field.name, sealed(held))
