"""What only the rows together, or the map, can tell: places and repetitions."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.datum import Datum, to_wgs84
from data.problem import Problem
from data.shapes import shape_complaints
from geo.crs import to_metres
from geo.layers.columns import Layer
from geo.text import Text

Shapes = NDArray[np.object_]
Floats = NDArray[np.float64]

_CHINA = (73.0, 3.0, 136.0, 54.0)
_SHORE_DEGREES = 0.003
_EVIDENCE_ROWS = 5
_AGREE_M = 25.0
_OFFSET_M = 150.0


def check_places(
    layer: Layer,
    numbers: NDArray[np.int64],
    shapes: Shapes,
    raw: Floats,
    area: shapely.Geometry | None,
) -> Iterator[Problem]:
    """Report swapped and far-off coordinates, and shapes the layer cannot hold.

    Parameters
    ----------
    layer : Layer
        Says which geometry a row may have.
    numbers : (n,) int64
        Row numbers.
    shapes : (n,) object
        Geometry in WGS-84, None where unreadable.
    raw : (n, 2) float64
        Coordinates as written.
    area : Geometry | None
        Land the rows must lie on (EPSG:4326); None checks for China only.
    """
    ground = None if area is None else shapely.buffer(area, _SHORE_DEGREES)
    if ground is not None:
        shapely.prepare(ground)
    complaints = shape_complaints(layer, shapes)
    for position, (row, shape, (lon, lat)) in enumerate(
        zip(numbers.tolist(), shapes, raw.tolist(), strict=True)
    ):
        value = f"{lon:g}, {lat:g}"
        if _in_china(lat, lon) and not _in_china(lon, lat):
            yield Problem(row, "经度/纬度", value, Text("经度和纬度写反了。", "Lon and lat swapped."),
                          Text("请对调两列。", "Swap the two columns."))  # fmt: skip
        elif position in complaints:
            yield Problem(row, "经度/纬度", value, *complaints[position])
        elif ground is not None and not shapely.intersects(ground, shape):
            yield Problem(
                row, "经度/纬度", value,
                Text("落在海里或本市范围之外。", "Lies in the sea or outside the area."),
                Text("核对坐标；若来自高德/腾讯请加 --datum gcj02，百度加 --datum bd09。",
                     "Check it; from AMap/Tencent say --datum gcj02, from Baidu --datum bd09."),
            )  # fmt: skip


def _in_china(lon: float, lat: float) -> bool:
    west, south, east, north = _CHINA
    return west <= lon <= east and south <= lat <= north


def check_repeats(
    numbers: NDArray[np.int64], frame: gpd.GeoDataFrame, key: str
) -> Iterator[Problem]:
    """Report ids used twice, and one name twice at one place."""
    first: dict[object, int] = {}
    for row, identity in zip(numbers.tolist(), frame[key], strict=True):
        if pd.isna(identity):
            continue
        if identity in first:
            yield Problem(row, key, str(identity),
                          Text(f"编号与第 {first[identity]} 行重复。",
                               f"Same ID as row {first[identity]}."),
                          Text("每行编号必须不同。", "Every row needs its own."))  # fmt: skip
        first.setdefault(identity, row)
    yield from _same_place(numbers, frame)


def _same_place(numbers: NDArray[np.int64], frame: gpd.GeoDataFrame) -> Iterator[Problem]:
    extra = [name for name in ("kind", "group", "setting") if name in frame]
    first: dict[tuple[object, ...], int] = {}
    for position, (row, shape) in enumerate(zip(numbers.tolist(), frame.geometry, strict=True)):
        if shape is None:
            continue
        centre = shapely.centroid(shape)
        named = frame["name"].iloc[position]
        more = [frame[name].iloc[position] for name in extra]
        place = (named, round(centre.x, 5), round(centre.y, 5), *more)
        if place in first:
            yield Problem(row, "name", str(named),
                          Text(f"与第 {first[place]} 行名称、位置都相同。",
                               f"Same name and place as row {first[place]}."),
                          Text("请删去重复的一行。", "Delete one of them."))  # fmt: skip
        first.setdefault(place, row)


def check_datum(
    frame: gpd.GeoDataFrame, raw: Floats, known: gpd.GeoDataFrame, datum: Datum, key: str = "id"
) -> Problem | None:
    """Suspect a wrong datum when rows known by their `key` lie off by one constant step.

    Compares with `known`, a layer already trusted: if at least five common ids are off by a
    median of more than 150 m, and reading the file in another datum would bring them within
    25 m, the file is in that datum.
    """
    here = {one: row for row, one in enumerate(frame[key]) if not pd.isna(one)}
    common = [(here[one], row) for row, one in enumerate(known[key]) if one in here]
    if len(common) < _EVIDENCE_ROWS:
        return None
    mine, theirs = (np.array(rows) for rows in zip(*common, strict=True))
    trusted = to_metres(
        shapely.get_coordinates(shapely.centroid(known.geometry.to_numpy()[theirs]))
    )
    off_m = {one: _median_off(to_wgs84(raw[mine], one), trusted) for one in Datum}
    best = min(off_m, key=lambda one: off_m[one])
    if off_m[datum] < _OFFSET_M or off_m[best] > _AGREE_M:
        return None
    return Problem(
        0, "坐标系", str(datum),
        Text(f"{len(common)} 个已有编号整体偏移约 {off_m[datum]:.0f} 米，像是 {best} 坐标。",
             f"{len(common)} known IDs are off by about {off_m[datum]:.0f} m; looks like {best}."),
        Text(f"请加 --datum {best} 重新导入。", f"Import again with --datum {best}."),
    )  # fmt: skip


def _median_off(lonlat: Floats, trusted: Floats) -> float:
    gap = np.hypot(*(to_metres(lonlat) - trusted).T)
    return float(np.median(gap[np.isfinite(gap)])) if np.isfinite(gap).any() else float("inf")
