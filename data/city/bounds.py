"""Districts and subdistricts from OpenStreetMap's administrative relations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.city.totals import official_code
from data.geometry.shapes import union_of
from data.osm.osm_features import Tags, name_of
from geo.crs import STORAGE_CRS
from geo.errors import MissingError
from geo.layers.columns import conform
from geo.layers.districts import DISTRICT, SUBDISTRICT
from geo.text import Text

_SOURCE = "© OpenStreetMap 贡献者（ODbL），admin_level {}"
_BOX_SOURCE = "提取文件的范围，不是行政区划"
_CODES = ("division_code", "ref:gb", "ref", "ref:INSEE", "de:amtlicher_gemeindeschluessel")
_LEAST_PART = 0.5
"""An area belongs to another when so much of it lies within."""
_CHINA_LEVELS = (6, 8)
"""OpenStreetMap's ``admin_level`` of districts and of subdistricts in China."""
_MOST_NAMED = 8
"""As many names as a message has room for."""


@dataclass(frozen=True)
class Bounds:
    """The city's districts and where they came from.

    Attributes
    ----------
    districts : GeoDataFrame
        The layer DISTRICTS: districts, then subdistricts beneath them.
    area : shapely.Geometry
        All districts together (EPSG:4326).
    remarks : tuple[Text, ...]
        What the extract lacks, or says differently from the official list.
    real : bool
        Whether they are administrative areas; False for the box of the extract.
    """

    districts: gpd.GeoDataFrame
    area: shapely.Geometry
    remarks: tuple[Text, ...] = ()
    real: bool = True


@dataclass(frozen=True)
class _Areas:
    """Administrative relations as arrays: name, level, tags, shape."""

    ids: list[str]
    names: list[str]
    levels: NDArray[np.int64]
    tags: list[Tags]
    shapes: NDArray[np.object_]

    def take(self, rows: NDArray[np.intp]) -> _Areas:
        return _Areas(
            [self.ids[row] for row in rows],
            [self.names[row] for row in rows],
            self.levels[rows],
            [self.tags[row] for row in rows],
            self.shapes[rows],
        )


def bounds_of(
    found: gpd.GeoDataFrame,
    broken: Sequence[Tags],
    *,
    within: str | None,
    box: tuple[float, float, float, float],
    fallback: str,
    levels: tuple[int, int] | None = None,
) -> Bounds:
    """Return districts and subdistricts of a place, or the extract's box where it has none.

    Districts are the first level below the place that the extract holds whole, subdistricts the
    next: 6 and 8 in China, elsewhere what there is.

    Parameters
    ----------
    found : GeoDataFrame
        Administrative areas as :func:`data.osm.osm_features.read_features` returns them.
    broken : Sequence[Tags]
        Relations the extract does not hold whole.
    within : str | None
        The place, by name; None for all the extract holds.
    box : (west, south, east, north)
        What the extract covers, degrees (EPSG:4326).
    fallback : str
        What the one district is called where there are no areas.
    levels : tuple[int, int] | None
        ``admin_level`` of districts and of subdistricts, where they are to be others.

    Raises
    ------
    MissingError
        If `within` names no area the extract holds whole.
    """
    areas = _areas(found)
    place = None
    if within is not None:
        place = _named(areas, within, broken)
        areas = _inside(areas, areas.shapes[place], deeper_than=int(areas.levels[place]), but=place)
    upper, lower = _two_levels(areas, levels)
    if upper is None:
        if place is not None and within is not None:
            whole = _areas(found).take(np.array([place]))
            return _bounds(whole, None, _lacking(broken, within))
        return _box(box, fallback, broken)
    return _bounds(upper, lower, _incomplete(broken, areas.levels))


def _areas(found: gpd.GeoDataFrame) -> _Areas:
    """Return relations with a name and a level; outlines that ways alone make are parts of them."""
    names = [name_of(tags) for tags in found["tags"]]
    levels = [_level(tags) for tags in found["tags"]]
    rows = np.array(
        [
            row
            for row, one in enumerate(found["id"])
            if one.startswith("r") and names[row] and levels[row]
        ],
        np.intp,
    )
    every = _Areas(
        found["id"].tolist(),
        names,
        np.array(levels, np.int64),
        found["tags"].tolist(),
        found.geometry.to_numpy(),
    )
    return every.take(rows)


def _level(tags: Tags) -> int:
    text = tags.get("admin_level", "")
    return int(text) if text.isdecimal() else 0


def _named(areas: _Areas, within: str, broken: Sequence[Tags]) -> int:
    """Return the row of the place called `within`; the highest level of several."""
    rows = [row for row, tags in enumerate(areas.tags) if within in _calls(tags)]
    if rows:
        return min(rows, key=lambda row: int(areas.levels[row]))
    if any(within in _calls(tags) for tags in broken):
        raise MissingError(
            Text(
                f"文件里“{within}”的边界不完整（被裁断了）：请换用完整包含它的提取文件，"
                "或去掉 --within 按整个文件的范围做。",
                f"The outline of {within} is cut off in this file: take an extract that holds it "
                "whole, or leave --within out to take all the file holds.",
            )
        )
    held = "、".join(dict.fromkeys(areas.names[row] for row in np.argsort(areas.levels)[:12]))
    raise MissingError(
        Text(
            f"文件里没有叫“{within}”的行政区"
            + (f"；有：{held}。" if held else "，也没有任何完整的行政区。")
            + "请改名，或去掉 --within 按整个文件的范围做。",
            f"The file holds no area called {within}"
            + (f"; it has {held}" if held else "")
            + ". Use another name, or leave --within out to take all of it.",
        )
    )


def _calls(tags: Tags) -> set[str]:
    told = {tags.get(key, "") for key in ("name", "name:zh", "name:zh-Hans", "name:en")}
    return {name for name in told | set(tags.get("alt_name", "").split(";")) if name}


def _inside(areas: _Areas, place: shapely.Geometry, *, deeper_than: int, but: int) -> _Areas:
    shapely.prepare(place)
    near = shapely.intersects(place, shapely.point_on_surface(areas.shapes))
    near &= areas.levels > deeper_than
    near[but] = False
    return areas.take(np.flatnonzero(near))


def _two_levels(
    areas: _Areas, wanted: tuple[int, int] | None
) -> tuple[_Areas | None, _Areas | None]:
    """Return the districts and the subdistricts among `areas`; None for what there is not."""
    counts = dict(zip(*np.unique(areas.levels, return_counts=True), strict=True))
    if wanted is None and _CHINA_LEVELS[0] in counts and _is_chinese(areas):
        wanted = _CHINA_LEVELS
    if wanted is None:
        deeper = sorted(counts)
        several = [level for level in deeper if counts[level] > 1] or deeper[-1:]
        wanted = (*several[:2], 0, 0)[:2]
    upper, lower = (
        areas.take(np.flatnonzero(areas.levels == level)) if level in counts else None
        for level in wanted
    )
    return (upper, lower) if upper is not None else (lower, None)


def _is_chinese(areas: _Areas) -> bool:
    return any(tags.get("name", "").endswith(("区", "县", "市")) for tags in areas.tags)


def _bounds(upper: _Areas, lower: _Areas | None, remarks: tuple[Text, ...]) -> Bounds:
    codes, corrected = _codes(upper)
    rows = [
        _row(upper, row, codes[row], DISTRICT, upper.tags[row].get("is_in:code"))
        for row in range(len(upper.ids))
    ]
    if lower is not None:
        parents = _parents(lower.shapes, upper.shapes)
        rows += [
            _row(lower, row, f"osm-{lower.ids[row]}", SUBDISTRICT, codes[parent])
            for row, parent in enumerate(parents.tolist())
            if parent >= 0
        ]
    shapes = np.concatenate([upper.shapes] + ([lower.shapes[parents >= 0]] if lower else []))
    frame = gpd.GeoDataFrame(pd.DataFrame(rows), geometry=shapes, crs=STORAGE_CRS)
    area = union_of(upper.shapes)
    return Bounds(conform(frame, "districts"), area, (*remarks, *corrected))


def _row(areas: _Areas, row: int, code: str, level: str, parent: str | None) -> dict[str, object]:
    people = areas.tags[row].get("population", "")
    return {
        "adcode": code,
        "name": areas.names[row],
        "level": level,
        "parent": parent,
        "population": int(people) if people.isdecimal() else None,
        "source": _SOURCE.format(areas.levels[row]),
    }


def _codes(areas: _Areas) -> tuple[list[str], tuple[Text, ...]]:
    """Return a code for each area: the official one, OpenStreetMap's, else its number there."""
    codes, remarks = [], []
    for one, name, tags in zip(areas.ids, areas.names, areas.tags, strict=True):
        told = next((tags[key] for key in _CODES if tags.get(key)), "")
        official = official_code(name)
        if official and told and official != told:
            remarks.append(
                Text(
                    f"{name}：OSM 写的代码 {told} 已改用现行代码 {official}。",
                    f"{name}: OSM's code {told} was replaced by the present one, {official}.",
                )
            )
        codes.append(official or told or f"osm-{one}")
    twice = {code for code in codes if codes.count(code) > 1}
    return (
        [
            f"osm-{one}" if code in twice else code
            for one, code in zip(areas.ids, codes, strict=True)
        ],
        tuple(remarks),
    )


def _parents(shapes: NDArray[np.object_], upper: NDArray[np.object_]) -> NDArray[np.intp]:
    """Return the district each subdistrict lies in by most of its area, -1 for none."""
    best = np.full(len(shapes), -1, np.intp)
    most = _LEAST_PART * shapely.area(shapes)
    tree = shapely.STRtree(upper)
    for row, parent in zip(*tree.query(shapes, predicate="intersects").tolist(), strict=True):
        shared = shapely.area(shapely.intersection(shapes[row], upper[parent]))
        if shared > most[row]:
            best[row], most[row] = parent, shared
    return best


def _box(box: tuple[float, float, float, float], name: str, broken: Sequence[Tags]) -> Bounds:
    shape = shapely.box(*box)
    frame = gpd.GeoDataFrame(
        {"adcode": ["extract"], "name": [name], "level": [DISTRICT], "source": [_BOX_SOURCE]},
        geometry=[shape],
        crs=STORAGE_CRS,
    )
    cut = "、".join([*dict.fromkeys(filter(None, map(name_of, broken)))][:_MOST_NAMED])
    return Bounds(
        conform(frame, "districts"),
        shape,
        (
            Text(
                "文件里没有完整的行政区边界"
                + (f"（{cut} 被裁断）" if cut else "")
                + f"：按整个文件的范围当作一个区“{name}”。",
                "The file holds no whole administrative area"
                + (f" ({cut} are cut off)" if cut else "")
                + f": all it covers is taken as one district, {name}.",
            ),
        ),
        real=False,
    )


def _lacking(broken: Sequence[Tags], within: str) -> tuple[Text, ...]:
    del broken
    return (
        Text(
            f"“{within}”之下没有完整的下级行政区：整个当作一个区。",
            f"{within} has no whole areas beneath it in this file: it is taken as one district.",
        ),
    )


def _incomplete(broken: Sequence[Tags], levels: NDArray[np.int64]) -> tuple[Text, ...]:
    """Tell of areas of the levels taken whose outline the file cuts off."""
    taken = set(levels.tolist())
    names = [
        *dict.fromkeys(name_of(tags) for tags in broken if _level(tags) in taken and name_of(tags))
    ]
    if not names:
        return ()
    told = "、".join(names[:_MOST_NAMED]) + (
        f" 等 {len(names)} 个" if len(names) > _MOST_NAMED else ""
    )
    return (
        Text(
            f"边界在文件里不完整、未取的行政区：{told}。",
            f"Areas left out because the file cuts their outline off: {told}.",
        ),
    )
