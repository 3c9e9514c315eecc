"""The sample on disk: layers as GeoParquet, streets as compressed integers of 1e-6 degree."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geo.network.segments import Segments

_STREETS = "streets.npz"
_DEGREE = 1_000_000
"""Steps a degree: 0.1 m."""


def pack_segments(folder: Path, segments: Segments) -> None:
    """Write `segments` to `folder`, shapes as steps from vertex to vertex."""
    arrays = {
        field.name: getattr(segments, field.name)
        for field in fields(segments)
        if field.name not in {"names", "node_lonlat", "shape_lonlat"}
    }
    inner = _inner(segments.shape_offset)
    np.savez_compressed(
        folder / _STREETS,
        names=np.array("\n".join(segments.names)),
        node_steps=_steps(segments.node_lonlat),
        inner_steps=_steps(segments.shape_lonlat[inner]),
        **arrays,
    )


def unpack_segments(folder: Path) -> Segments:
    """Read what :func:`pack_segments` wrote."""
    with np.load(folder / _STREETS) as packed:
        arrays = {name: packed[name] for name in packed.files}
    names = tuple(str(arrays.pop("names")).split("\n"))
    nodes = _places(arrays.pop("node_steps"))
    offset = arrays["shape_offset"]
    shape = np.empty((offset[-1], 2))
    shape[_inner(offset)] = _places(arrays.pop("inner_steps"))
    shape[offset[:-1]] = nodes[arrays["start"]]
    shape[offset[1:] - 1] = nodes[arrays["end"]]
    return Segments(node_lonlat=nodes, shape_lonlat=shape, names=names, **arrays)


def _inner(offset: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Mark the vertices that are no end of a segment."""
    inner = np.ones(offset[-1], np.bool_)
    inner[offset[:-1]] = False
    inner[offset[1:] - 1] = False
    return inner


def _steps(lonlat: NDArray[np.float64]) -> NDArray[np.int32]:
    whole = np.rint(lonlat * _DEGREE).astype(np.int32)
    return np.diff(whole, axis=0, prepend=np.zeros((1, 2), np.int32))


def _places(steps: NDArray[np.int32]) -> NDArray[np.float64]:
    places: NDArray[np.float64] = np.cumsum(steps, axis=0, dtype=np.int64) / _DEGREE
    return places
