"""Types of the arrays that travel between modules: one name, one element type everywhere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Ints32 = NDArray[np.int32]
"""Rows and segments of streets: half the memory of a whole city's tables."""
Shapes = NDArray[np.object_]
"""Shapely geometries."""
