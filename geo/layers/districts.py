"""Which district and subdistrict a row belongs to: looked up whenever a layer is read.

A file may say a district's name, its code or nothing. Points can come before the districts or after
them, and the districts can change: what a row says is kept, and what it does not say is read off
the map each time.

The layer DISTRICTS holds two levels: districts, and subdistricts beneath them, which name their
district as ``parent``. A row is a subdistrict when its level says so, or its parent is in the layer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

if TYPE_CHECKING:
    import geopandas as gpd

DISTRICT, SUBDISTRICT = "district", "subdistrict"
"""What ``level`` says."""
_BENEATH = frozenset(
    {
        SUBDISTRICT,
        "street",
        "town",
        "township",
        "街道",
        "镇",
        "乡",
        "街镇",
        "镇街",
        "乡镇",
        "街道办",
    }
)


def districts_only(districts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the rows of the layer DISTRICTS that are no subdistricts."""
    return districts[~is_subdistrict(districts)]


def subdistricts_only(districts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the rows of the layer DISTRICTS that are subdistricts."""
    return districts[is_subdistrict(districts)]


def is_subdistrict(districts: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Tell which rows of the layer DISTRICTS are subdistricts, (n,)."""
    beneath = np.zeros(len(districts), np.bool_)
    if "level" in districts:
        beneath |= districts["level"].isin(_BENEATH).to_numpy(np.bool_)
    if "parent" in districts:
        parent, codes = districts["parent"].astype(str), districts["adcode"].astype(str)
        beneath |= (parent.isin(set(codes)) & (parent != codes)).to_numpy(np.bool_)
    return beneath


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
    """Return `frame` with every row's district and subdistrict: as stated, else where it lies.

    Districts are adcodes, subdistricts names.

    Parameters
    ----------
    frame : GeoDataFrame
        Any layer (EPSG:4326); one without a column ``district`` is returned as it is.
    districts : GeoDataFrame
        The layer DISTRICTS.
    """
    if "district" not in frame or frame.empty or districts.empty:
        return frame
    stated, found = _stated(frame, districts_only(districts))
    unsaid = found == ""
    if unsaid.any():
        lies = _lies_in(frame[unsaid], districts_only(districts))
        found[unsaid] = np.where(lies == "", stated[unsaid], lies)
    frame = frame.assign(district=[code or None for code in found])
    return _with_subdistricts(frame, subdistricts_only(districts))


def _with_subdistricts(frame: gpd.GeoDataFrame, subdistricts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return `frame` with the subdistrict each row lies in where it names none."""
    import pandas as pd  # noqa: PLC0415 - brings in pandas

    if subdistricts.empty or "subdistrict" not in frame:
        return frame
    said = frame["subdistrict"].astype(object)
    unsaid = (said.isna() | (said == "")).to_numpy(np.bool_)
    if not unsaid.any():
        return frame
    names = dict(zip(subdistricts["adcode"].astype(str), subdistricts["name"], strict=True))
    lies = _lies_in(frame[unsaid], subdistricts)
    filled = said.to_numpy(object).copy()
    filled[unsaid] = [names.get(code) for code in lies]
    return frame.assign(subdistrict=pd.Series(filled, index=frame.index, dtype=object))


def stated_codes(frame: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return `frame` with the names of districts it states as their adcodes; nothing is added."""
    stated, code = _stated(frame, districts_only(districts))
    found = np.where(code == "", stated, code)
    return frame.assign(district=[code or None for code in found])


def district_rows(frame: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> DistrictRows:
    """Return what every row of `frame` says of its district, and where it lies."""
    districts = districts_only(districts)
    return DistrictRows(*_stated(frame, districts), _lies_in(frame, districts))


def _stated(
    frame: gpd.GeoDataFrame, districts: gpd.GeoDataFrame
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return the district every row states, as written and as an adcode; "" for none."""
    spelt = _spellings(districts)
    written = frame["district"].astype(object)
    written = written.where(written.notna(), "").tolist()
    plain = {value: str(value).strip() for value in set(written)}
    stated = np.array([plain[value] for value in written], object)
    return stated, np.array([spelt.get(value, "") for value in stated], object)


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
    lon, lat = _inside(shapes[there]).T
    # Districts are few and prepared once: many times faster than asking point by point.
    for code, area in zip(codes, districts.geometry.to_numpy(), strict=True):
        shapely.prepare(area)
        west, south, east, north = shapely.bounds(area)
        near = np.flatnonzero((west <= lon) & (lon <= east) & (south <= lat) & (lat <= north))
        lies[there[near[shapely.contains_xy(area, lon[near], lat[near])]]] = code
    return lies


def _inside(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return a place inside each shape, (n, 2)."""
    points = shapely.get_type_id(shapes) == 0
    places = np.empty((len(shapes), 2))
    places[points] = shapely.get_coordinates(shapes[points])
    places[~points] = shapely.get_coordinates(shapely.point_on_surface(shapes[~points]))
    return places
