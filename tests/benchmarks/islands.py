"""A large real network: extracts laid side by side in a raster, as often as it takes.

Each copy keeps its own lengths (an azimuthal projection about its middle is moved to its place in
EPSG:4549) and is an island; neighbours are joined by one street between their busiest junctions,
so that the whole is one reachable part.
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
from pyproj import Transformer

from data.streets.osm_file import read_segments
from geo.crs import to_lonlat
from geo.network.segments import HIGHWAYS, Segments

_MIDDLE_M = np.array([500_000.0, 4_000_000.0])
_APART_M = 1000.0
_OWN = {
    "node_lonlat",
    "start",
    "end",
    "shape_offset",
    "shape_lonlat",
    "name",
    "names",
    "banned_turns",
}


def extracts(folder: Path) -> list[Segments]:
    """Read every ``.osm.pbf`` of a folder."""
    return [read_segments(path) for path in sorted(folder.glob("*.osm.pbf"))]


def side_by_side(parts: list[Segments], nodes: int) -> Segments:
    """Lay `parts` out, again and again, until there are `nodes` nodes."""
    metres = [_metres(part) for part in parts]
    size_m = max(np.ptp(node, axis=0).max() for node, _ in metres) + _APART_M
    copies: list[int] = []
    while sum(len(parts[number].node_lonlat) for number in copies) < nodes:
        copies.append(len(copies) % len(parts))
    places = _raster(len(copies)) * size_m + _MIDDLE_M
    first = np.cumsum([0, *(len(parts[number].node_lonlat) for number in copies)])
    vertex = np.cumsum([0, *(len(parts[number].shape_lonlat) for number in copies)])
    node_m = np.vstack([metres[n][0] + place for n, place in zip(copies, places, strict=True)])
    shape_m = np.vstack([metres[n][1] + place for n, place in zip(copies, places, strict=True)])
    hubs = np.array([f + _busiest(parts[n]) for n, f in zip(copies, first[:-1], strict=True)])
    links = len(hubs) - 1
    link = {"highway": HIGHWAYS.index("residential"), "access": 63, "traits": 0, "way_id": 0}
    columns = {
        field.name: np.concatenate(
            [
                *(getattr(parts[n], field.name) for n in copies),
                np.full(links, link.get(field.name, np.nan), getattr(parts[0], field.name).dtype),
            ]
        )
        for field in fields(Segments)
        if field.name not in _OWN
    }
    start = [parts[n].start + f for n, f in zip(copies, first[:-1], strict=True)]
    end = [parts[n].end + f for n, f in zip(copies, first[:-1], strict=True)]
    offset = [parts[n].shape_offset[1:] + v for n, v in zip(copies, vertex[:-1], strict=True)]
    streets = sum(map(len, start)) + links
    return Segments(
        node_lonlat=to_lonlat(node_m),
        start=np.concatenate([*start, hubs[:-1]]).astype(np.int32),
        end=np.concatenate([*end, hubs[1:]]).astype(np.int32),
        shape_offset=np.concatenate([[0], *offset, vertex[-1] + 2 * np.arange(1, links + 1)]),
        shape_lonlat=to_lonlat(
            np.vstack([shape_m, np.stack([node_m[hubs[:-1]], node_m[hubs[1:]]], 1).reshape(-1, 2)])
        ),
        name=np.full(streets, -1, np.int32),
        names=(),
        **columns,
    )


def _metres(part: Segments) -> tuple[np.ndarray, np.ndarray]:
    lon, lat = (part.node_lonlat.min(axis=0) + part.node_lonlat.max(axis=0)) / 2
    flat = f"+proj=aeqd +lat_0={lat} +lon_0={lon} +datum=WGS84"
    transform = Transformer.from_crs("EPSG:4326", flat, always_xy=True).transform
    return np.column_stack(transform(*part.node_lonlat.T)), np.column_stack(
        transform(*part.shape_lonlat.T)
    )


def _raster(count: int) -> np.ndarray:
    """Return places of a square raster, row by row to and fro, so that neighbours follow."""
    side = int(np.ceil(np.sqrt(count)))
    row, column = np.divmod(np.arange(count), side)
    column = np.where(row % 2, side - 1 - column, column)
    return np.column_stack([column, row]) - side / 2


def _busiest(part: Segments) -> int:
    return int(np.bincount(np.concatenate([part.start, part.end])).argmax())
