"""The reference system of a map file: as stated, held against the coordinates, or asked for."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pyproj
from pyproj.exceptions import CRSError, ProjError

from data.words.settling import choose_crs
from geo.arrays import Floats
from geo.crs import CHINA, STORAGE_CRS, transformer
from geo.errors import CrsError
from geo.text import Text

_HOME = (119.3, 35.3, 121.3, 37.4)
"""Qingdao and its neighbours, degrees: where a likely system must put the rows."""
_LIKELY = (
    "EPSG:4549",
    "EPSG:4528",
    "EPSG:3857",
    "EPSG:32651",
    "EPSG:32650",
    "EPSG:4548",
    "EPSG:4527",
    "EPSG:4509",
    "EPSG:4508",
    "EPSG:4498",
    "EPSG:4497",
)
_LAX = ("beijing 1954", "xian 1980", "beijing_1954", "xian_1980", "new beijing")


def in_storage_crs(
    frame: gpd.GeoDataFrame, file: str, told: str | None
) -> tuple[gpd.GeoDataFrame, Text]:
    """Return `frame` in EPSG:4326, and how that was decided.

    Parameters
    ----------
    frame : GeoDataFrame
        As read.
    file : str
        For messages.
    told : str | None
        What a person says the coordinates are in; only where the file does not say, or wrongly.

    Raises
    ------
    CrsError
        If the file states no system, one that its coordinates contradict, or one that cannot be
        brought to WGS-84 within a metre.
    """
    points = _corners(frame)
    if told is not None:
        stated, how = _parsed(told), Text(f"按所选的 {told}", f"{told}, as chosen")
    elif frame.crs is None:
        raise _unstated(file, points)
    else:
        stated = pyproj.CRS(frame.crs)
        name = stated.to_string() if len(stated.to_string()) <= 20 else stated.name  # noqa: PLR2004 - a code, not a definition
        how = Text(f"文件写明 {name}", f"{name}, as the file says")
    _refuse_contradiction(file, stated, points)
    if any(word in _datum_name(stated) for word in _LAX):
        raise CrsError(
            Text(
                f"{file} 的坐标系是 {stated.name}，转到 WGS-84 误差可达百米：请先用本地参数转成 "
                "CGCS2000（EPSG:4490 或 4549）。",
                f"{file} is in {stated.name}, which is off by up to 100 m without local parameters: "
                "convert it to CGCS2000 (EPSG:4490 or 4549) first.",
            )
        )
    frame = frame.set_crs(stated, allow_override=True)
    if stated.equals(pyproj.CRS(STORAGE_CRS)):
        return frame, how
    try:
        return frame.to_crs(STORAGE_CRS), how
    except ProjError as error:
        how = choose_crs()
        raise CrsError(
            Text(
                f"{file} 的坐标系 {stated.name} 不能换算成 WGS-84；请核对 .prj，或{how.zh}。",
                f"{file}: {stated.name} cannot be brought to WGS-84; check the .prj or {how.en}.",
            )
        ) from error


def _parsed(told: str) -> pyproj.CRS:
    try:
        return pyproj.CRS.from_user_input(told)
    except CRSError as error:
        raise CrsError(
            Text(
                f"没有坐标系 {told}；写成 EPSG:4549 这样。",
                f"There is no reference system {told}; write it like EPSG:4549.",
            )
        ) from error


def _datum_name(crs: pyproj.CRS) -> str:
    datum = crs.datum
    return f"{crs.name} {datum.name if datum is not None else ''}".lower()


def _corners(frame: gpd.GeoDataFrame) -> Floats:
    """Return the corners of all shapes' boxes, (n, 2), without empty ones."""
    box = frame.geometry.bounds.to_numpy(np.float64)
    corners = np.vstack([box[:, :2], box[:, 2:]])
    found: Floats = corners[np.isfinite(corners).all(axis=1)]
    return found


def _refuse_contradiction(file: str, stated: pyproj.CRS, points: Floats) -> None:
    """Refuse metres under a system of degrees, and degrees under one of metres."""
    if not len(points):
        return
    if _swapped(points):
        raise CrsError(
            Text(
                f"{file}：坐标 {_shown(points)} 的经度和纬度写反了（应先写经度 120，再写纬度 36）；请对调后重新导出。",
                f"{file}: longitude and latitude of {_shown(points)} are swapped; longitude comes "
                "first. Swap them and export it again.",
            )
        )
    degrees = np.median((np.abs(points) <= [180.0, 90.0]).all(axis=1)) == 1
    if stated.is_geographic and not degrees:
        offer = likely_crs(points)
        raise CrsError(
            Text(
                f"{file}：坐标 {_shown(points)} 不是经纬度，像是米{offer.zh}",
                f"{file}: the coordinates {_shown(points)} are no degrees but look like metres"
                f"{offer.en}",
            )
        )
    if stated.is_projected and degrees:
        mend = choose_crs(STORAGE_CRS)
        raise CrsError(
            Text(
                f"{file}：写明的坐标系 {stated.name} 以米为单位，坐标 {_shown(points)} 却是经纬度；"
                f"若确是 WGS-84 请{mend.zh}。",
                f"{file}: it states {stated.name}, in metres, but the coordinates "
                f"{_shown(points)} are degrees; if they are WGS-84 {mend.en}.",
            )
        )


def _swapped(points: Floats) -> bool:
    """Whether points lie in China once their two numbers are swapped, and not as they are."""
    middle = np.median(points, axis=0)
    return _within(middle[::-1], CHINA) and not _within(middle, CHINA)


def _unstated(file: str, points: Floats) -> CrsError:
    offer = likely_crs(points)
    return CrsError(
        Text(
            f"{file} 没有坐标系说明（缺 .prj？）{offer.zh}",
            f"{file} does not say its reference system (is the .prj missing?){offer.en}",
        )
    )


def likely_crs(points: Floats) -> Text:
    """Return the end of a sentence that offers the system which puts `points` (n, 2) at home."""
    if not len(points):
        return Text("。", ".")
    middle = np.median(points, axis=0)
    found = [STORAGE_CRS] if _within(middle, CHINA) else []
    found += [one for one in _LIKELY if _within(_lonlat(middle, one), _HOME)]
    if not found:
        mend = choose_crs()
        return Text(f"；请补上坐标系，或{mend.zh}。", f"; add it or {mend.en}.")
    mend = choose_crs(found[0])
    also = "、".join(found[1:3])
    return Text(
        f"；最像 {found[0]}{f'（也可能是 {also}）' if also else ''}，核对后请{mend.zh}。",
        f"; most likely {found[0]}{f' (or {also})' if also else ''}: check it and {mend.en}.",
    )


def _lonlat(point: Floats, crs: str) -> Floats:
    try:
        return np.array(transformer(crs, STORAGE_CRS).transform(*point))
    except ProjError:
        return np.full(2, np.nan)


def _within(point: Floats, box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = box
    return bool(west <= point[0] <= east and south <= point[1] <= north)


def _shown(points: Floats) -> str:
    return f"{points[0, 0]:.10g}, {points[0, 1]:.10g}"
