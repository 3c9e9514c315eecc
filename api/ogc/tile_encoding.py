"""Mapbox Vector Tile 2.1 written by hand: a layer's features as protocol buffer bytes.

The format needs five message types and two number encodings, so a protobuf library would weigh
more than this module. Tests decode its output with an independent reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

EXTENT = 4096
"""Units along a tile's edge."""

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"

_VARINT, _DOUBLE, _BYTES = 0, 1, 2
_MOVE_TO, _LINE_TO, _CLOSE = 1, 2, 7


class GeometryType(IntEnum):
    """What a feature's commands draw."""

    POINT = 1
    LINE = 2
    POLYGON = 3


@dataclass(frozen=True, slots=True)
class TileFeature:
    """One feature in tile units.

    Attributes
    ----------
    number : int
        Id, a non-negative integer.
    geometry_type : GeometryType
        What the parts are.
    parts : tuple[(n, 2) int64 arrays]
        All points as one part; lines; or rings (closed, the last point left out), outer rings
        clockwise on screen (y grows downward), inner ones the other way.
    properties : Mapping[str, object]
        Text, numbers and flags; None is left out.
    """

    number: int
    geometry_type: GeometryType
    parts: tuple[NDArray[np.int64], ...]
    properties: Mapping[str, object]


def encode_layer(name: str, features: Iterable[TileFeature]) -> bytes:
    """Return a tile with one layer; empty bytes when there are no features."""
    keys: dict[str, int] = {}
    values: dict[tuple[type, object], int] = {}
    body = bytearray()
    count = 0
    for feature in features:
        body += _bytes_field(2, _feature(feature, keys, values))
        count += 1
    if not count:
        return b""
    layer = _varint_field(15, 2) + _bytes_field(1, name.encode()) + bytes(body)
    layer += b"".join(_bytes_field(3, key.encode()) for key in keys)
    layer += b"".join(_bytes_field(4, _value(value)) for _, value in values)
    return _bytes_field(3, layer + _varint_field(5, EXTENT))


def _feature(
    feature: TileFeature, keys: dict[str, int], values: dict[tuple[type, object], int]
) -> bytes:
    tags: list[int] = []
    for key, value in feature.properties.items():
        if value is None:
            continue
        tags.append(keys.setdefault(key, len(keys)))
        tags.append(values.setdefault((type(value), value), len(values)))
    return (
        _varint_field(1, feature.number)
        + _bytes_field(2, b"".join(_varint(tag) for tag in tags))
        + _varint_field(3, feature.geometry_type)
        + _bytes_field(4, _commands(feature))
    )


def _commands(feature: TileFeature) -> bytes:
    if feature.geometry_type is GeometryType.POINT:
        points = np.concatenate(feature.parts)
        steps = np.diff(points, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
        return _varint(_MOVE_TO | len(points) << 3) + _zigzagged(steps)
    written = bytearray()
    cursor = np.zeros((1, 2), dtype=np.int64)
    for part in feature.parts:
        steps = np.diff(part, axis=0, prepend=cursor)
        written += _varint(_MOVE_TO | 1 << 3) + _zigzagged(steps[:1])
        written += _varint(_LINE_TO | (len(part) - 1) << 3) + _zigzagged(steps[1:])
        cursor = part[-1:]
        if feature.geometry_type is GeometryType.POLYGON:
            written += _varint(_CLOSE | 1 << 3)
    return bytes(written)


def _zigzagged(steps: NDArray[np.int64]) -> bytes:
    folded = (steps << 1) ^ (steps >> 63)
    return b"".join(_varint(number) for number in folded.ravel().tolist())


def _value(value: object) -> bytes:
    if isinstance(value, bool):
        return _varint_field(7, int(value))
    if isinstance(value, int):
        return _varint_field(6, (value << 1) ^ (value >> 63))
    if isinstance(value, float):
        return _varint(3 << 3 | _DOUBLE) + np.float64(value).tobytes()
    return _bytes_field(1, str(value).encode())


def _varint(number: int) -> bytes:
    written = bytearray()
    while number > 127:  # noqa: PLR2004 - seven bits a byte
        written.append(number & 127 | 128)
        number >>= 7
    written.append(number)
    return bytes(written)


def _varint_field(field: int, number: int) -> bytes:
    return _varint(field << 3 | _VARINT) + _varint(number)


def _bytes_field(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | _BYTES) + _varint(len(content)) + content
