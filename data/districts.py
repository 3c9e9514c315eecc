"""Which district a row belongs to: looked up whenever a layer is read, never frozen at import.

A file may say a district's name, its code or nothing. Points can come before the districts or after
them, and the districts can change: what a row says is kept, and what it does not say is read off
the map each time.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.problem import Problem
from geo.crs import STORAGE_CRS
from geo.layers.columns import Layer
from geo.text import Text

_BORDER_M = 400.0
"""How far from the stated district a point may lie: borders are drawn coarsely."""


@dataclass(frozen=True)
class DistrictRows:
    """Rows with what they say of their district and where they lie.

    Attributes
    ----------
    stated : (n,) object
        What the row says, "" for nothing.
    code : (n,) object
        The adcode that means, "" where it says nothing or means no district.
    lies : (n,) object
        The adcode of the district a row lies in, "" for none.
    """

    stated: NDArray[np.object_]
    code: NDArray[np.object_]
    lies: NDArray[np.object_]


def with_districts(frame: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return `frame` with the adcode of every row's district: as stated, else where it lies.

    Parameters
    ----------
    frame : GeoDataFrame
        Any layer (EPSG:4326); one without a column ``district`` is returned as it is.
    districts : GeoDataFrame
        The layer DISTRICTS.
    """
    if "district" not in frame or frame.empty or districts.empty:
        return frame
    rows = district_rows(frame, districts)
    known = np.where(rows.code == "", rows.lies, rows.code)
    found = np.where(known == "", rows.stated, known)
    return frame.assign(district=[code or None for code in found])


def stated_codes(frame: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return `frame` with the names of districts it states as their adcodes; nothing is added."""
    rows = district_rows(frame, districts)
    found = np.where(rows.code == "", rows.stated, rows.code)
    return frame.assign(district=[code or None for code in found])


def district_rows(frame: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> DistrictRows:
    """Return what every row of `frame` says of its district, and where it lies."""
    spelt = _spellings(districts)
    stated = np.array(
        ["" if pd.isna(value) else str(value).strip() for value in frame["district"]], object
    )
    code = np.array([spelt.get(value, "") for value in stated], object)
    return DistrictRows(stated, code, _lies_in(frame, districts))


def _spellings(districts: gpd.GeoDataFrame) -> dict[str, str]:
    """Return the adcode by every way to write a district: code, name, name without 区 or 市."""
    codes = districts["adcode"].astype(str)
    spelt = dict(zip(districts["name"].astype(str), codes, strict=True))
    spelt |= {name.rstrip("区市"): code for name, code in spelt.items() if name.rstrip("区市")}
    return spelt | {code: code for code in codes}


def _lies_in(frame: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> NDArray[np.object_]:
    codes = districts["adcode"].astype(str).to_numpy(object)
    shapes = frame.geometry.to_numpy()
    there = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    lies = np.full(len(frame), "", dtype=object)
    lon, lat = shapely.get_coordinates(shapely.point_on_surface(shapes[there])).T
    # Districts are few and prepared once: many times faster than asking point by point.
    for code, area in zip(codes, districts.geometry.to_numpy(), strict=True):
        shapely.prepare(area)
        west, south, east, north = shapely.bounds(area)
        near = np.flatnonzero((west <= lon) & (lon <= east) & (south <= lat) & (lat <= north))
        lies[there[near[shapely.contains_xy(area, lon[near], lat[near])]]] = code
    return lies


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
    rows = district_rows(frame, districts)
    names = dict(zip(districts["adcode"].astype(str), districts["name"], strict=True))
    problems = [
        Problem(int(numbers[row]), "district", rows.stated[row],
                Text("没有这个区市。", "There is no such district."),
                Text(f"可用：{'、'.join(names.values())}。", "See the layer districts."))
        for row in np.flatnonzero((rows.stated != "") & (rows.code == ""))
    ]  # fmt: skip
    elsewhere = np.flatnonzero((rows.code != "") & (rows.lies != "") & (rows.code != rows.lies))
    for row, far_m in zip(elsewhere, _off_m(frame, districts, rows, elsewhere), strict=True):
        if far_m > _BORDER_M:
            lies = rows.lies[row]
            problems.append(Problem(
                int(numbers[row]), "district", rows.stated[row],
                Text(f"坐标在{names[lies]}，距所写区市 {far_m:,.0f} 米。",
                     f"Lies in {lies}, {far_m:,.0f} m away."),
                Text("请核对区市或坐标。", "Check one of them."),
            ))  # fmt: skip
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
