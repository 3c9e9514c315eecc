"""What only the rows together, or the map, can tell: places and repetitions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.geometry.datum import Datum, to_wgs84
from data.geometry.shapes import Complaint, shape_complaints
from data.reading.present import Present
from data.tables.table import Table
from data.words.cell_problem import PLACE, Problem
from data.words.settling import choose_datum
from geo.arrays import Floats, Shapes
from geo.crs import CHINA, to_metres
from geo.layers.columns import Layer
from geo.text import Text

_SHORE_DEGREES = 0.003
"""Some 300 m: districts end at the shore, piers and islets go on."""
_EVIDENCE_ROWS = 5
"""Fewer places in common prove no other system of coordinates."""
_AGREE_M = 25.0
"""Stations surveyed twice agree better than this."""
_OFFSET_M = 150.0
"""Chosen: half of the 300 m and more that China's systems differ by is no error of survey."""
_COMPARED = 1000
"""Rows compared at most: more prove no more."""
_LEAST_METRES = 1000.0
"""Degrees are never this large; metres of a projection nearly always."""


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
    lon, lat = raw.T
    swapped = _in_china(lat, lon) & ~_in_china(lon, lat)
    complaints = shape_complaints(layer, shapes)
    judged = np.flatnonzero(~swapped)
    far = np.zeros(len(shapes), np.bool_)
    far[judged] = ~_on_ground(shapes[judged], area)
    absent = shapely.is_missing(shapes) & np.isfinite(raw).all(axis=1)
    metres = absent & (np.abs(raw) > _LEAST_METRES).all(axis=1)
    for position in np.flatnonzero(swapped | far | np.isin(np.arange(len(shapes)), [*complaints])):
        value = f"{lon[position]:.10g}, {lat[position]:.10g}"
        if swapped[position]:
            told = _SWAPPED
        elif metres[position]:
            told = _METRES
        else:
            told = complaints.get(int(position)) or (_far() if area is not None else _ABROAD)
        yield Problem(int(numbers[position]), PLACE, value, *told)


def _on_ground(shapes: Shapes, area: shapely.Geometry | None) -> NDArray[np.bool_]:
    """Whether shapes touch the land of the city, or China where no city is known."""
    ground = shapely.box(*CHINA) if area is None else shapely.buffer(area, _SHORE_DEGREES)
    shapely.prepare(ground)
    touches: NDArray[np.bool_] = shapely.intersects(ground, shapes)
    return touches


def _in_china(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    west, south, east, north = CHINA
    return (west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)


def check_repeats(table: Table, frame: gpd.GeoDataFrame, key: str) -> Iterator[Problem]:
    """Report ids used twice, and one name twice at one place."""
    yield from _repeated(
        table,
        key,
        frame[key].tolist(),
        frame[key].tolist(),
        Text("编号与{}重复。", "Same ID as {}."),
        Text("每行编号必须不同。", "Every row needs its own."),
    )
    kinds = [name for name in ("kind", "group", "setting") if name in frame]
    twice = frame[["name", *kinds]].duplicated(keep=False).to_numpy()
    shapes = frame.geometry.to_numpy()
    twice = twice & ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    centres = shapely.get_coordinates(shapely.centroid(shapes[twice])).round(5).tolist()
    places: list[object] = [None] * len(frame)
    for row, words, place in zip(
        np.flatnonzero(twice),
        frame.loc[twice, ["name", *kinds]].to_numpy().tolist(),
        centres,
        strict=True,
    ):
        places[row] = (*words, *place)
    yield from _repeated(
        table,
        "name",
        places,
        frame["name"].tolist(),
        Text("与{}名称、位置都相同。", "Same name and place as {}."),
        Text("请删去重复的一行。", "Delete one of them."),
    )


def _repeated(
    table: Table,
    column: str,
    keys: Sequence[object],
    shown: Sequence[object],
    text: Text,
    mend: Text,
) -> Iterator[Problem]:
    """Report rows whose key an earlier row has; None is no key."""
    whole: pd.Series[Any] = pd.Series(list(keys), dtype=object)
    again = (whole.duplicated(keep=False) & whole.notna()).to_numpy()
    first: dict[object, int] = {}
    for position in np.flatnonzero(again).tolist():
        row = int(table.numbers[position])
        earlier = first.setdefault(keys[position], row)
        if earlier != row:
            where = table.row_name(earlier)
            yield Problem(
                row,
                column,
                str(shown[position]),
                Text(text.zh.format(where.zh), text.en.format(where.en)),
                mend,
            )


def _far() -> Complaint:
    amap, baidu = choose_datum(Datum.GCJ02), choose_datum(Datum.BD09)
    return (
        Text("落在海里或本市范围之外。", "Lies in the sea or outside the area."),
        Text(
            f"核对坐标；若来自高德、腾讯请{amap.zh}，来自百度请{baidu.zh}。",
            f"Check it; from AMap or Tencent {amap.en}, from Baidu {baidu.en}.",
        ),
    )


_SWAPPED = (
    Text("经度和纬度写反了。", "Lon and lat swapped."),
    Text("请对调两列。", "Swap the two columns."),
)
_METRES = (
    Text(
        "像是以米为单位的平面坐标，不是经纬度。",
        "Looks like plane coordinates in metres, not degrees.",
    ),
    Text(
        "请先请测绘人员或在 QGIS 中转成经纬度（CGCS2000 或 WGS-84）。",
        "Convert them to degrees (CGCS2000 or WGS-84) first, such as in QGIS.",
    ),
)
_ABROAD = (
    Text("不在中国境内。", "Does not lie in China."),
    Text("核对坐标。", "Check the coordinates."),
)


def check_datum(
    frame: gpd.GeoDataFrame, raw: Floats, known: Present, datum: Datum, key: str = "id"
) -> Problem | None:
    """Suspect a wrong datum when rows known by their `key` lie off by one constant step.

    Compares with `known`, a layer already trusted: if at least five common ids are off by a
    median of more than 150 m, and reading the file in another datum would bring them within
    25 m, the file is in that datum.
    """
    here = {one: row for row, one in enumerate(frame[key]) if not pd.isna(one)}
    common = [(here[one], row) for row, one in enumerate(known.ids) if one in here]
    if len(common) < _EVIDENCE_ROWS:
        return None
    # A median of a thousand tells as much as one of a hundred thousand.
    some = common[:: max(1, len(common) // _COMPARED)]
    mine, theirs = (np.array(rows) for rows in zip(*some, strict=True))
    trusted = to_metres(known.centres[theirs])
    off_m = {one: _median_off(to_wgs84(raw[mine], one), trusted) for one in Datum}
    best = min(off_m, key=lambda one: off_m[one])
    if off_m[datum] < _OFFSET_M or off_m[best] > _AGREE_M:
        return None
    mend = choose_datum(best)
    return Problem(
        0,
        "坐标系",
        str(datum),
        Text(
            f"{len(common)} 个已有编号整体偏移约 {off_m[datum]:.0f} 米，像是 {best} 坐标。",
            f"{len(common)} known IDs are off by about {off_m[datum]:.0f} m; looks like {best}.",
        ),
        Text(f"请{mend.zh}后重新读。", f"Please {mend.en} and read it again."),
    )


def _median_off(lonlat: Floats, trusted: Floats) -> float:
    gap = np.hypot(*(to_metres(lonlat) - trusted).T)
    return float(np.median(gap[np.isfinite(gap)])) if np.isfinite(gap).any() else float("inf")
