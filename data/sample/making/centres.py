"""A centre for every subdistrict, and the arterials that are to join them.

Two dozen urban cores lie where Qingdao's really lie, so that distances between districts are
believable. A subdistrict that shares in a core has its centre there, any other in the middle of its
land. Arterials join neighbouring centres overland.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Delaunay, cKDTree

from data.sample.making.qingdao_districts import buildable, dry_land, metres
from geo.arrays import Floats, Ints
from geo.crs import METRIC_CRS
from geo.layers.districts import subdistricts_only

# name, lon, lat, radius_m, block_m
CORES = (
    ("老城", 120.325, 36.072, 3200, 115),
    ("东部", 120.395, 36.078, 4300, 135),
    ("北岭", 120.362, 36.112, 4200, 120),
    ("浮岭", 120.425, 36.145, 3600, 140),
    ("李村", 120.430, 36.185, 4300, 130),
    ("沧口", 120.385, 36.190, 3600, 130),
    ("石老", 120.470, 36.105, 4000, 150),
    ("流亭", 120.385, 36.275, 5200, 150),
    ("城阳", 120.420, 36.315, 4800, 140),
    ("红岛", 120.265, 36.225, 4600, 170),
    ("即墨", 120.455, 36.385, 5600, 135),
    ("蓝谷", 120.690, 36.360, 3600, 170),
    ("胶州", 120.020, 36.270, 5400, 135),
    ("上合", 120.105, 36.205, 3600, 170),
    ("黄岛", 120.185, 35.965, 5000, 140),
    ("薛家岛", 120.225, 35.945, 3600, 150),
    ("前港", 120.185, 36.030, 3000, 150),
    ("红石崖", 120.080, 36.090, 3600, 170),
    ("隐珠", 120.010, 35.875, 5200, 140),
    ("董家口", 119.770, 35.650, 3400, 180),
    ("平度", 119.960, 36.780, 5400, 135),
    ("莱西", 120.520, 36.885, 4800, 135),
    ("姜山", 120.520, 36.690, 2800, 150),
)
_LEAST_M2, _LEAST_SHARE = 1_500_000.0, 0.4
"""So much of a subdistrict within urban cores makes it urban."""

_INNER_M2 = 12_000_000.0
"""Smaller subdistricts are inner city."""


@dataclass(frozen=True, kw_only=True)
class Centres:
    """The subdistricts' centres and which of them an arterial joins.

    Attributes
    ----------
    names : list of str
        The subdistricts' names.
    xy_m : (n, 2) float64
        Centres (EPSG:4549).
    room_m : (n,) float64
        Radius of the widest open ground around each.
    urban : (n,) bool
        Whether it lies in an urban core.
    pairs : (k, 2) int64
        Arterials: numbers of centres, lower first.
    inner : shapely.Geometry
        The small subdistricts of the inner city, built over from border to border (EPSG:4549).
    """

    names: list[str]
    xy_m: Floats
    room_m: Floats
    urban: NDArray[np.bool_]
    pairs: Ints
    inner: shapely.Geometry

    def direction(self, x_m: float, y_m: float, radius_m: float) -> float:
        """Return the angle of the arterials that pass a place, in radians from east.

        A direction and its opposite, or across it, lay out the same grid: the mean is taken of
        fourfold angles, longer arterials counting more.
        """
        begin, end = self.xy_m[self.pairs[:, 0]], self.xy_m[self.pairs[:, 1]]
        away = shapely.distance(
            shapely.linestrings(np.stack([begin, end], axis=1)), shapely.Point(x_m, y_m)
        )
        near = away <= max(radius_m, float(away.min()))
        along = (end - begin)[near] @ np.array([1, 1j])
        return float(np.angle(np.sum(np.abs(along) * np.exp(4j * np.angle(along)))) / 4)


def make_centres(districts: gpd.GeoDataFrame) -> Centres:
    """Return a centre for every subdistrict, in the order of the layer."""
    beneath = subdistricts_only(districts).to_crs(METRIC_CRS)
    ground = shapely.intersection(beneath.geometry.to_numpy(), buildable(districts))
    core = shapely.intersection(ground, _cores())
    urban = shapely.area(core) >= np.minimum(_LEAST_M2, _LEAST_SHARE * shapely.area(ground))
    widest = shapely.maximum_inscribed_circle(np.where(urban, core, ground), tolerance=25)
    xy_m = shapely.get_coordinates(shapely.get_point(widest, 0))
    pairs = gabriel(xy_m)
    dry = dry_land(districts)
    shapely.prepare(dry)
    overland = shapely.contains(dry, shapely.linestrings(xy_m[pairs]))
    inner = shapely.union_all(ground[urban & (beneath.area.to_numpy() < _INNER_M2)], grid_size=0.01)
    return Centres(
        names=beneath["name"].tolist(),
        xy_m=xy_m,
        room_m=shapely.length(widest),
        urban=urban,
        pairs=pairs[overland],
        inner=inner,
    )


def _cores() -> shapely.Geometry:
    return shapely.union_all(
        [shapely.Point(*metres(lon, lat)).buffer(radius_m) for _, lon, lat, radius_m, _ in CORES]
    )


def gabriel(points: Floats) -> Ints:
    """Return the Gabriel graph: pairs whose diametral circle holds no third point, (k, 2)."""
    triangles = Delaunay(points).simplices
    pairs = np.unique(
        np.sort(
            np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [0, 2]]]), axis=1
        ),
        axis=0,
    )
    middle = points[pairs].mean(axis=1)
    radius = np.hypot(*(points[pairs[:, 0]] - points[pairs[:, 1]]).T) / 2
    nearest, _ = cKDTree(points).query(middle)
    free: Ints = pairs[nearest >= radius - 1e-6].astype(np.int64)
    return free
