"""Evidence of a datum nobody stated: points that lie beside the streets by one constant step."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from data.geometry.datum import Datum, to_wgs84
from data.words.cell_problem import Problem
from data.words.settling import choose_datum
from geo.arrays import Floats, Shapes
from geo.crs import to_metres
from geo.network.segments import Access, Segments
from geo.text import Text

LEAST_POINTS = 20
"""Fewer points say nothing."""

_LOOKED_AT = 400
"""Rows compared at most: more prove no more."""
_NEAR_M = 60.0
"""Chosen: places people name lie this near to some street."""
_TIMES = 2.0
"""Chosen: another system must fit twice as well before it is suspected."""
_LIMIT_M = 250.0
"""Streets are looked for this far; farther is told as "or more"."""
_CELL_DEGREES = 0.003
"""About 300 m: streets within _LIMIT_M of a point have a vertex in its cell or one beside it."""
_ROW = 1 << 20
"""Cells in a row of the grid, more than there are."""
_FOOT = Access.WALK_FORWARD | Access.WALK_BACK


def datum_by_streets(points: gpd.GeoSeries, datum: Datum, streets: Segments) -> Problem | None:
    """Suspect that points taken for WGS-84 are in another datum, by how far streets lie from them.

    Doors lie within tens of metres of a street; moved by the step of a datum, about 500 m, they do
    not. Asked are as many as 400 points; told is a datum in which half of them lie within 60 m of
    a street and at most half as far as in WGS-84.

    Parameters
    ----------
    points : GeoSeries
        Places as read (EPSG:4326); areas are passed over.
    datum : Datum
        What they were read in: only WGS-84, the default, is doubted.
    streets : Segments
        Streets of all modes; those on foot are looked at.
    """
    shapes = points.to_numpy()
    lonlat = shapely.get_coordinates(shapes[shapely.get_type_id(shapes) == 0])
    if datum is not Datum.WGS84 or len(lonlat) < LEAST_POINTS:
        return None
    some = lonlat[:: max(1, len(lonlat) // _LOOKED_AT)]
    read_in = {one: to_wgs84(some, one) for one in Datum}
    lines = shapely.STRtree(_lines_near(streets, np.vstack(list(read_in.values()))))
    off_m = {one: _median_m(place, lines) for one, place in read_in.items()}
    best = min(off_m, key=lambda one: off_m[one])
    if best is datum or off_m[best] > _NEAR_M or off_m[best] * _TIMES > off_m[datum]:
        return None
    over = off_m[datum] >= _LIMIT_M
    mend = choose_datum(best)
    far = f"{_LIMIT_M:.0f} 米以上" if over else f"{off_m[datum]:.0f} 米"
    far_en = f"over {_LIMIT_M:.0f} m" if over else f"{off_m[datum]:.0f} m"
    return Problem(
        0,
        "坐标系",
        str(datum),
        Text(
            f"各点离最近的路一般有{far}，按 {best} 换算后只有 {off_m[best]:.0f} 米，像是 {best} 坐标。",
            f"Points lie {far_en} from the nearest street, but {off_m[best]:.0f} m if they are in "
            f"{best}.",
        ),
        Text(f"请核对；若是请{mend.zh}后重新读。", f"Check it; if so {mend.en}."),
    )


def _lines_near(streets: Segments, lonlat: Floats) -> Shapes:
    """Return the streets on foot with a vertex near a place, as lines in metres (EPSG:4549)."""
    cell = np.floor(lonlat / _CELL_DEGREES).astype(np.int64)
    around = {(x + dx, y + dy) for x, y in cell.tolist() for dx in (-1, 0, 1) for dy in (-1, 0, 1)}
    wanted = np.array([x * _ROW + y for x, y in around])
    of_vertex = np.floor(streets.shape_lonlat / _CELL_DEGREES).astype(np.int64)
    near = np.isin(of_vertex[:, 0] * _ROW + of_vertex[:, 1], wanted)
    sizes = np.diff(streets.shape_offset)
    taken = np.logical_or.reduceat(near, streets.shape_offset[:-1]) & (streets.access & _FOOT > 0)
    xy_m = to_metres(streets.shape_lonlat[np.repeat(taken, sizes)])
    which = np.repeat(np.arange(taken.sum()), sizes[taken])
    return np.asarray(shapely.linestrings(xy_m, indices=which), object)


def _median_m(lonlat: Floats, lines: shapely.STRtree) -> float:
    """Return how far the middle point lies from a street, at most _LIMIT_M."""
    places = np.asarray(shapely.points(to_metres(lonlat)), object)
    off_m = np.full(len(places), _LIMIT_M)
    found, distance_m = lines.query_nearest(
        places, max_distance=_LIMIT_M, return_distance=True, all_matches=False
    )
    off_m[found[0]] = distance_m
    return float(np.median(off_m))
