"""Types of the arrays that travel between modules: one name, one element type everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd
    from _typeshed import DataclassInstance

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Ints32 = NDArray[np.int32]
"""Rows and segments of streets: half the memory of a whole city's tables."""
Shapes = NDArray[np.object_]
"""Shapely geometries."""
Parts = Mapping[str, "NDArray[Any] | pd.DataFrame"]
"""Arrays and tables by name: what a stage is kept as; see :func:`array_of`, :func:`table_of`."""

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


def array_of(parts: Parts, name: str) -> NDArray[Any]:
    """Return the array kept as `name`; raise ValueError or KeyError where there is none."""
    part = parts[name]
    if not isinstance(part, np.ndarray):
        raise ValueError(name)  # noqa: TRY004 - what does not fit is a ValueError
    return part


def table_of(parts: Parts, name: str) -> pd.DataFrame:
    """Return the table kept as `name`; raise ValueError or KeyError where there is none."""
    part = parts[name]
    if isinstance(part, np.ndarray):
        raise ValueError(name)  # noqa: TRY004 - as above
    return part
