"""Whether rows lie in the district they state."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from data.words.cell_problem import Problem
from geo.crs import STORAGE_CRS
from geo.layers.columns import Layer
from geo.layers.districts import DistrictRows, district_rows, districts_only
from geo.text import Text

_BORDER_M = 400.0
"""How far from the stated district a point may lie: borders are drawn coarsely."""


def check_districts(
    layer: Layer, numbers: NDArray[np.int64], frame: gpd.GeoDataFrame, districts: gpd.GeoDataFrame
) -> list[Problem]:
    """Report rows that state a district there is not, or one they lie far from.

    Parameters
    ----------
    layer : Layer
        What `frame` is; a layer without a column ``district`` has nothing to report.
    numbers : (n,) int64
        Row numbers.
    frame : GeoDataFrame
        EPSG:4326.
    districts : GeoDataFrame
        The layer DISTRICTS.
    """
    if "district" not in {column.name for column in layer.columns} or frame.empty:
        return []
    stating = frame["district"].notna().to_numpy()
    frame, numbers = frame[stating], numbers[stating]
    districts = districts_only(districts)
    rows = district_rows(frame, districts)
    names = dict(zip(districts["adcode"].astype(str), districts["name"], strict=True))
    problems = [
        Problem(
            int(numbers[row]),
            "district",
            rows.stated[row],
            Text("没有这个区市。", "There is no such district."),
            Text(f"可用：{'、'.join(names.values())}。", "See the layer districts."),
        )
        for row in np.flatnonzero((rows.stated != "") & (rows.code == ""))
    ]
    elsewhere = np.flatnonzero((rows.code != "") & (rows.lies != "") & (rows.code != rows.lies))
    for row, far_m in zip(elsewhere, _off_m(frame, districts, rows, elsewhere), strict=True):
        if far_m > _BORDER_M:
            lies = rows.lies[row]
            problems.append(
                Problem(
                    int(numbers[row]),
                    "district",
                    rows.stated[row],
                    Text(
                        f"坐标在{names[lies]}，距所写区市 {far_m:,.0f} 米。",
                        f"Lies in {lies}, {far_m:,.0f} m away.",
                    ),
                    Text("请核对区市或坐标。", "Check one of them."),
                )
            )
    return problems


def _off_m(
    frame: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    rows: DistrictRows,
    which: NDArray[np.intp],
) -> list[float]:
    """Return how far the rows `which` lie from the district they state, in metres."""
    if not len(which):
        return []
    borders = districts.to_crs("EPSG:4549").geometry.set_axis(districts["adcode"].astype(str))
    shapes = shapely.point_on_surface(frame.geometry.to_numpy()[which])
    metres = gpd.GeoSeries(shapes, crs=STORAGE_CRS).to_crs("EPSG:4549")
    return [
        float(np.min(shapely.distance(borders[[code]].to_numpy(), shape)))
        for code, shape in zip(rows.code[which], metres, strict=True)
    ]
