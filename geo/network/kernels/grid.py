"""A uniform grid over straight pieces of street, and the exact nearest piece of a place.

A piece is named by its first vertex. A cell lists every piece that crosses it, a little more
generously than need be; a place is looked up ring by ring until no farther ring can be nearer.
"""

from __future__ import annotations

import numba
import numpy as np

_SLACK = 1e-6
"""Relative to a cell: lines along a border belong to both cells."""


@numba.njit(cache=True, nogil=True)
def _crossed(x0, y0, x1, y1, size, row):
    """Return the first and last column a piece touches within one row of cells."""
    low, high = min(x0, x1), max(x0, x1)
    if y0 != y1:
        slope = (x1 - x0) / (y1 - y0)
        at_floor = x0 + (row * size - y0) * slope
        at_ceiling = x0 + ((row + 1) * size - y0) * slope
        slack = _SLACK * (abs(slope) + 1.0) + _SLACK * (high - low)
        low = max(low, min(at_floor, at_ceiling) - slack)
        high = min(high, max(at_floor, at_ceiling) + slack)
    return int(low / size), int(high / size)


@numba.njit(cache=True, nogil=True)
def fill(xy, first, used, west, south, size, columns, rows):
    """Return where each cell's pieces begin, (columns * rows + 1,), and the pieces.

    Parameters
    ----------
    xy : (k, 2) float64
        Vertices in metres.
    first, used : (m + 1,) int64, (m,) bool
        Where each street's vertices begin, and whether it can be snapped to.
    """
    begin = np.zeros(columns * rows + 2, np.int64)
    pieces = np.empty(0, np.int32)
    for writing in range(2):
        for s in range(len(used)):
            if not used[s]:
                continue
            for i in range(first[s], first[s + 1] - 1):
                x0, y0 = xy[i, 0] - west, xy[i, 1] - south
                x1, y1 = xy[i + 1, 0] - west, xy[i + 1, 1] - south
                for row in range(int(min(y0, y1) / size), int(max(y0, y1) / size) + 1):
                    left, right = _crossed(x0, y0, x1, y1, size, row)
                    for column in range(max(left, 0), min(right, columns - 1) + 1):
                        cell = row * columns + column
                        if writing:
                            pieces[begin[cell + 1]] = i
                            begin[cell + 1] += 1
                        else:
                            begin[cell + 2] += 1
        if not writing:
            for cell in range(columns * rows):
                begin[cell + 2] += begin[cell + 1]
            pieces = np.empty(begin[columns * rows + 1], np.int32)
    return begin[: columns * rows + 1].astype(np.int32), pieces


@numba.njit(cache=True, nogil=True)
def _foot(xy, i, x, y):
    """Return the squared distance to piece `i` and the share of it at the foot."""
    x0, y0 = xy[i, 0], xy[i, 1]
    dx, dy = xy[i + 1, 0] - x0, xy[i + 1, 1] - y0
    square = dx * dx + dy * dy
    share = 0.0
    if square > 0.0:
        share = ((x - x0) * dx + (y - y0) * dy) / square
    if share <= 0.0:
        return (x - x0) ** 2 + (y - y0) ** 2, 0.0
    if share >= 1.0:
        return (x - xy[i + 1, 0]) ** 2 + (y - xy[i + 1, 1]) ** 2, 1.0
    return (x - x0 - share * dx) ** 2 + (y - y0 - share * dy) ** 2, share


@numba.njit(cache=True, nogil=True)
def nearest_piece(begin, pieces, west, south, size, columns, rows, xy, x, y, limit):
    """Return piece, share and distance of the nearest piece, or -1 beyond `limit`.

    Of pieces equally near the one with the lowest number is taken.
    """
    best, found, share = limit * limit * (1 + 1e-12), -1, 0.0
    column, row = int(np.floor((x - west) / size)), int(np.floor((y - south) / size))
    margin = min(
        x - west - column * size,
        (column + 1) * size - x + west,
        y - south - row * size,
        (row + 1) * size - y + south,
    )
    ring = max(0, -column, column - columns + 1, -row, row - rows + 1)
    last = max(column, columns - 1 - column, row, rows - 1 - row)
    while ring <= last:
        nearer = max(0.0, (ring - 1) * size + margin) if ring > 0 else 0.0
        if nearer * nearer > best:
            break
        for r in range(max(row - ring, 0), min(row + ring, rows - 1) + 1):
            step = 1 if abs(r - row) == ring or ring == 0 else 2 * ring
            for c in range(column - ring, column + ring + 1, step):
                if c < 0 or c >= columns:
                    continue
                cell = r * columns + c
                for j in range(begin[cell], begin[cell + 1]):
                    i = pieces[j]
                    square, part = _foot(xy, i, x, y)
                    if square < best or (square == best and (found < 0 or i < found)):
                        best, found, share = square, i, part
        ring += 1
    return found, share, np.sqrt(best)


@numba.njit(cache=True, nogil=True)
def locate(first, xy, piece, share):
    """Return the street a piece belongs to, and the position along it, 0 to 1."""
    low, high = 0, len(first) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if first[middle] <= piece:
            low = middle
        else:
            high = middle
    before, whole = 0.0, 0.0
    for i in range(first[low], first[low + 1] - 1):
        length = np.hypot(xy[i + 1, 0] - xy[i, 0], xy[i + 1, 1] - xy[i, 1])
        if i == piece:
            before = whole + share * length if share < 1.0 else whole + length
        whole += length
    return low, before / whole if whole > 0.0 else 0.0


@numba.njit(cache=True, nogil=True)
def snap_one(begin, pieces, west, south, size, columns, rows, first, xy, x, y, limit):
    """Return street (-1 beyond `limit`), position and distance of a place."""
    piece, share, away = nearest_piece(
        begin, pieces, west, south, size, columns, rows, xy, x, y, limit
    )
    if piece < 0:
        return -1, 0.0, np.inf
    street, fraction = locate(first, xy, piece, share)
    return street, fraction, away


@numba.njit(cache=True, nogil=True)
def snap_all(begin, pieces, west, south, size, columns, rows, first, xy, places, limit):
    """Return street (-1 beyond `limit`), position and distance of every place, (n,) each."""
    n = len(places)
    street, fraction = np.empty(n, np.int32), np.empty(n)
    distance = np.empty(n)
    for p in range(n):
        x, y = places[p, 0], places[p, 1]
        street[p], fraction[p], distance[p] = snap_one(
            begin, pieces, west, south, size, columns, rows, first, xy, x, y, limit
        )
    return street, fraction, distance
