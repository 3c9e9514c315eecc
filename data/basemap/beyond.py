"""Land beyond what a project knows: the coasts of Natural Earth (1:10 million, public domain)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from data.basemap.themes import clipped
from data.basemap.world.make_world import GRID_DEGREES
from data.geometry.shapes import union_of
from geo.crs import Box

_AROUND_DEGREES = 8.0
"""Chosen: as far as a map of a city is ever zoomed out."""
_SLIVER_DEGREES = 0.03
"""Half the width below which land beyond a district is taken for an error of its rough coast."""
_OVERLAP_DEGREES = 0.0005
"""Some 50 m, so that no seam shows where two sources of land meet."""
_POND_DEGREES2 = 0.01
"""A hole in the land smaller than this, some 100 km2, is no sea."""


def land_beyond(box: Box) -> shapely.Geometry:
    """Return the land around `box` and outside it (EPSG:4326), as far as a screen shows."""
    hole = shapely.box(*box).buffer(-_OVERLAP_DEGREES)
    return shapely.difference(_land(_around(box)), hole)


def land_with_districts(districts: gpd.GeoDataFrame, box: Box) -> shapely.Geometry:
    """Return the land within `box`, told by `districts` and, beyond them, by rough coasts.

    Districts end at the coast or at their neighbours. A rough coast never fits theirs: what it
    adds along it is narrow and is left out, while neighbours' land is wide and stays.
    """
    ours = union_of(districts.geometry.to_numpy())
    rest = shapely.difference(_land(_around(box)), ours)
    opened = rest.buffer(-_SLIVER_DEGREES, quad_segs=4).buffer(_SLIVER_DEGREES, quad_segs=4)
    near = shapely.intersection(rest, opened.buffer(_OVERLAP_DEGREES))
    whole = _without_ponds(shapely.union(ours, near))
    return shapely.intersection(whole, shapely.box(*box))


def _without_ponds(land: shapely.Geometry) -> shapely.Geometry:
    """Fill the small holes that stay where a district and the rough land beyond do not quite meet."""
    rings = shapely.get_rings(shapely.get_parts(land))
    outlines: NDArray[np.object_] = np.array([shapely.Polygon(ring) for ring in rings])
    small = outlines[shapely.area(outlines) < _POND_DEGREES2]
    filled: shapely.Geometry = shapely.union_all(np.array([land, *small]))
    return filled


def _around(box: Box) -> Box:
    west, south, east, north = box
    out = _AROUND_DEGREES
    return (
        max(-180.0, west - out),
        max(-85.0, south - out),
        min(180.0, east + out),
        min(85.0, north + out),
    )


def _land(box: Box) -> shapely.Geometry:
    shapes = _world()
    tree = shapely.STRtree(shapes)
    found = shapes[tree.query(shapely.box(*box))]
    return shapely.union_all(clipped(found, box))


@cache
def _world() -> NDArray[np.object_]:
    with files("data.basemap").joinpath("world", "land.npz").open("rb") as file:
        packed = np.load(file)
        lonlat = np.cumsum(packed["steps"], axis=0) * GRID_DEGREES
        shapes: NDArray[np.object_] = shapely.from_ragged_array(
            shapely.GeometryType.POLYGON, lonlat, (packed["ring"], packed["polygon"])
        )
    return shapes
