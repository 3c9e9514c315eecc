"""Qingdao's ten districts and 135 subdistricts: areas, residents, and the land to build on."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.city.totals import census, official_code
from geo.crs import METRIC_CRS, STORAGE_CRS, to_metres
from geo.layers.districts import DISTRICT, SUBDISTRICT, districts_only

_CITY = "370200"
_BOUNDARIES = "边界 © OpenStreetMap 贡献者（ODbL 1.0），简化至 50 米，不作界线依据"
_DISTRICT_SOURCE = f"{_BOUNDARIES}；人口：第七次全国人口普查（2020-11-01）"
_TOLERANCE_M = 50.0
"""Borders as fine as a map of the city shows."""
_SMALLEST_PART_M2 = 200_000.0
"""Islets that are smaller are left out."""
_SHORE_M = 20.0
"""Nearer to the sea runs no road."""
_BEACH_M = 90.0
"""Nearer to the sea stands no house."""
_MOUNTAINS = (
    (120.620, 36.185, 7500.0),
    (120.560, 36.150, 3600.0),
    (120.095, 35.925, 3600.0),
    (119.930, 36.020, 3800.0),
    (119.920, 36.960, 5200.0),
    (120.480, 36.140, 2000.0),
)
"""Lon, lat and radius in metres of heights where nothing is built (Laoshan and others)."""


def make_districts(boundaries: Path) -> gpd.GeoDataFrame:
    """Read OpenStreetMap's areas and simplify all shared borders once, so that neighbours touch.

    A district is the land of its subdistricts: OpenStreetMap draws some districts out to sea.

    Returns
    -------
    GeoDataFrame
        Districts by adcode, then subdistricts (EPSG:4326). A subdistrict has its official code
        where OpenStreetMap states it, else its number there.
    """
    raw = gpd.read_file(boundaries).to_crs(METRIC_CRS)
    level = raw["admin_level"].astype(str)
    upper, lower = raw[level == "6"], raw[level == "8"]
    beneath = _subdistricts(lower, _owners(lower, upper))
    whole = beneath.dissolve("parent", method="coverage")
    known = census().loc[whole.index]
    above = gpd.GeoDataFrame(
        {
            "adcode": whole.index,
            "name": known["name"].to_numpy(),
            "level": DISTRICT,
            "parent": _CITY,
            "population": known["residents"].to_numpy(),
            "source": _DISTRICT_SOURCE,
        },
        geometry=whole.geometry.to_numpy(),
        crs=STORAGE_CRS,
    )
    return gpd.GeoDataFrame(pd.concat([above, beneath], ignore_index=True), crs=STORAGE_CRS)


def _owners(lower: gpd.GeoDataFrame, upper: gpd.GeoDataFrame) -> list[str]:
    """Return the adcode of the district each subdistrict lies in."""
    tree = shapely.STRtree(upper.geometry.to_numpy())
    inside = lower.geometry.representative_point().to_numpy()
    row, owner = tree.query(inside, predicate="within")
    owners = dict(zip(row.tolist(), owner.tolist(), strict=True))
    return [str(official_code(upper["name"].iloc[owners[k]])) for k in range(len(lower))]


def _subdistricts(lower: gpd.GeoDataFrame, parents: list[str]) -> gpd.GeoDataFrame:
    mainland = np.array([_without_islets(shape) for shape in lower.geometry])
    simple = gpd.GeoSeries(shapely.coverage_simplify(mainland, _TOLERANCE_M), crs=METRIC_CRS)
    rounded = shapely.set_precision(simple.to_crs(STORAGE_CRS).to_numpy(), 1e-5, mode="pointwise")
    told = [code if isinstance(code, str) else None for code in lower["division_code"]]
    frame = gpd.GeoDataFrame(
        {
            "adcode": [
                code or f"osm-{relation}"
                for code, relation in zip(told, lower["full_id"], strict=True)
            ],
            "name": lower["name"].to_numpy(),
            "level": SUBDISTRICT,
            "parent": parents,
            "population": None,
            "source": _BOUNDARIES,
        },
        geometry=rounded,
        crs=STORAGE_CRS,
    )
    return frame.sort_values(["parent", "adcode"], ignore_index=True)


def _without_islets(shape: shapely.Geometry) -> shapely.Geometry:
    """Drop islands too small to hold a street."""
    parts = [part for part in shapely.get_parts(shape) if part.area >= _SMALLEST_PART_M2]
    kept: shapely.Geometry = shapely.multipolygons(parts) if len(parts) > 1 else parts[0]
    return kept


def metres(lon: float, lat: float) -> tuple[float, float]:
    """Return one place in metres (EPSG:4549)."""
    x_m, y_m = to_metres([[lon, lat]])[0]
    return float(x_m), float(y_m)


def mountains() -> shapely.Geometry:
    """Return the heights to keep empty (EPSG:4549)."""
    rings = [shapely.Point(*metres(lon, lat)).buffer(radius_m) for lon, lat, radius_m in _MOUNTAINS]
    return shapely.union_all(rings)


def dry_land(districts: gpd.GeoDataFrame) -> shapely.Geometry:
    """Return where a road may run (EPSG:4549): all land, a few metres inside the shore."""
    whole = districts_only(districts).to_crs(METRIC_CRS).geometry.to_numpy()
    return shapely.buffer(shapely.union_all(whole, grid_size=0.01), -_SHORE_M)


def buildable(districts: gpd.GeoDataFrame) -> shapely.Geometry:
    """Return land that is neither mountain nor beach (EPSG:4549)."""
    inland = shapely.buffer(dry_land(districts), _SHORE_M - _BEACH_M)
    return shapely.difference(inland, mountains())
