"""Streets from a layer of road lines, as a planning office draws them: columns mapped, noded, told.

A layer of lines has no topology: lines are joined where their ends or vertices meet (within
`JOIN_M`) and where an end touches another line. Lines that cross without a common point are joined
too where the layer was drawn without nodes; where it was not, or has columns that name the nodes of each line,
such crossings are over- and underpasses and stay apart, as do lines on different levels (bridge, tunnel or layer column).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from data.geometry.datum import Datum, to_wgs84
from data.streets.line_words import CLASSES, HEADERS, LEFT_OUT, NODE_COLUMNS, ONE_WAY, header_of
from data.tables.map_signature import check_signature
from geo.crs import STORAGE_CRS, metric_crs_of, transformer
from geo.errors import BadInputError, BrokenFileError
from geo.network.access import WAY_KEYS
from geo.network.segments import HIGHWAYS
from geo.network.way_assembly import DEGREE, Ways
from geo.text import Text

JOIN_M = 0.5
"""Ends so near to each other, or to another line, are the same place: what digitising leaves."""
_DRAWN_WITH_NODES = 0.1
"""With fewer crossings without a common point than this part of the junctions, lines were split
at junctions, and what crosses passes over or under."""
_FASTEST_KMH = 140.0
"""China's limit is 120; more is another unit or a slip."""
_NUMBER = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(km/?h|kph|公里/小时|公里/时|mph)?\s*$", re.IGNORECASE)
_NOTHING = frozenset({"", "nan", "None", "none", "NaN", "<NA>"})
Pairs = NDArray[np.int64]


@dataclass(frozen=True)
class LineColumns:
    """What a planner settles where the file is not clear.

    Attributes
    ----------
    table : str
        Layer of the file; needed where it has several with lines.
    fields : Mapping[str, str]
        Field (``class, name, oneway, maxspeed, bridge, tunnel, layer`` or an OSM key) by column.
    classes : Mapping[str, str]
        Street class, or "none" to leave out, by value of the class column; ``*`` for all others.
    datum : Datum
        What the coordinates are in.
    """

    table: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)
    datum: Datum = Datum.WGS84


def ways_of_lines(
    path: Path, *, clip: tuple[int, int, int, int] | None = None, columns: LineColumns
) -> Ways:
    """Read a layer of road lines.

    Raises
    ------
    BadInputError
        If it has no lines, no stated place on earth, no class column, or values that are not clear.
    BrokenFileError
        If it cannot be read.
    """
    frame = _lines(path, columns)
    names = _columns(path, frame, columns)
    tags = _tags(path, frame, names, columns)
    ways = Ways(clip=clip)
    ways.tally.remarks.append(_told(frame, names))
    if columns.datum is not Datum.WGS84:
        said = columns.datum
        ways.tally.remarks.append(
            Text(
                f"坐标由 {said} 换算为 WGS-84。",
                f"Coordinates were converted from {said} to WGS-84.",
            )
        )
    split = any(pair <= {str(name).lower() for name in frame} for pair in NODE_COLUMNS)
    levels = [_level(row) for row in tags]
    refs, lines, remarks = _noded(frame.geometry.to_numpy(), levels, split=split)
    ways.tally.remarks += remarks
    for number, (line_refs, line, row) in enumerate(zip(refs, lines, tags, strict=True), 1):
        ways.add(
            number,
            row,
            [
                (ref, round(lon * DEGREE), round(lat * DEGREE))
                for ref, (lon, lat) in zip(line_refs, line, strict=True)
            ],
        )
    return ways


def _lines(path: Path, columns: LineColumns) -> gpd.GeoDataFrame:
    """Return the lines, one part each, in lon/lat (EPSG:4326)."""
    frame = _read(path, columns)
    kinds = Counter(frame.geom_type.fillna("空"))
    lines = frame[frame.geom_type.isin(["LineString", "MultiLineString"])]
    if not len(lines):
        found = "、".join(f"{kind} {n}" for kind, n in kinds.items()) or "0"
        raise BadInputError(
            Text(
                f"{path.name}：没有线（{found}）；道路图层须为线（LineString）。",
                f"{path.name} holds no lines ({found}); a street layer must be lines.",
            )
        )
    if len(lines) < len(frame):
        raise BadInputError(
            Text(
                f"{path.name}：除了线还有 {'、'.join(f'{k} {n}' for k, n in kinds.items() if 'Line' not in k)}；"
                "请只保留道路线后重试。",
                f"{path.name} holds other shapes than lines; keep the road lines only.",
            )
        )
    lines = _in_degrees(path, lines)
    lines = lines.explode(ignore_index=True)
    shapes = shapely.force_2d(lines.geometry.to_numpy())
    if columns.datum is not Datum.WGS84:
        shapes = shapely.transform(shapes, lambda lonlat: to_wgs84(lonlat, columns.datum))
    lines.geometry = shapes
    return lines[~lines.is_empty].reset_index(drop=True)


def _read(path: Path, columns: LineColumns) -> gpd.GeoDataFrame:
    check_signature(path)
    try:
        layers = {str(name): str(kind) for name, kind in pyogrio.list_layers(path) if kind}
        table = columns.table or _only_table(layers)
        frame = _decoded(path, table) if table in layers else None
    except Exception as error:  # GDAL's readers raise whatever they met
        raise BrokenFileError(
            Text(f"{path.name} 无法读取：{error}", f"{path.name} cannot be read: {error}")
        ) from error
    if isinstance(frame, gpd.GeoDataFrame):
        return frame
    held = "、".join(layers) or "0"
    raise BadInputError(
        Text(
            f"{path.name}：请用 --table 指定道路线图层，可选：{held}。",
            f"{path.name}: name the layer of road lines with --table; there are {held}.",
        )
    )


def _only_table(layers: Mapping[str, str]) -> str:
    lines = [name for name, kind in layers.items() if "Line" in kind]
    return lines[0] if len(lines) == 1 else next(iter(layers)) if len(layers) == 1 else ""


def _decoded(path: Path, table: str) -> gpd.GeoDataFrame:
    """Read a layer; a .dbf that does not say its encoding is UTF-8, else GB18030."""
    try:
        frame = pyogrio.read_dataframe(path, layer=table)
        garbled = path.suffix.lower() in {".shp", ".zip"} and any(
            re.search("[\ufffd\x80-\xff]", str(value))
            for name in frame.columns.drop(frame.geometry.name)
            if not pd.api.types.is_numeric_dtype(frame[name])
            for value in frame[name].unique()
        )
        if not garbled and not any(re.search("[\ufffd\x80-\x9f]", str(name)) for name in frame):
            return frame
    except UnicodeDecodeError:
        pass
    for encoding in ("UTF-8", "GB18030"):
        try:
            return pyogrio.read_dataframe(path, layer=table, encoding=encoding)
        except UnicodeDecodeError:
            continue
    return frame


def _in_degrees(path: Path, lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    west, south, east, north = lines.total_bounds.tolist()
    degrees = max(abs(west), abs(east)) <= 180 and max(abs(south), abs(north)) <= 90  # noqa: PLR2004
    if lines.crs is None and not degrees:
        raise BadInputError(
            Text(
                f"{path.name}：没有坐标系，而坐标（{west:.0f}, {south:.0f}）不是经纬度：请先在 QGIS 里指定坐标系"
                "（青岛常用 EPSG:4549）再导出。",
                f"{path.name} has no reference system and {west:.0f}, {south:.0f} are no degrees: set it in "
                "QGIS (EPSG:4549 is usual in Qingdao) and export again.",
            )
        )
    if lines.crs is not None and CRS(lines.crs).is_geographic and not degrees:
        raise BadInputError(
            Text(
                f"{path.name}：标为经纬度，坐标（{west:.0f}, {south:.0f}）却不是：请在 QGIS 里改正坐标系。",
                f"{path.name} says degrees, but {west:.0f}, {south:.0f} are none: mend its crs in QGIS.",
            )
        )
    return lines.set_crs(STORAGE_CRS) if lines.crs is None else lines.to_crs(STORAGE_CRS)


def _columns(path: Path, frame: gpd.GeoDataFrame, columns: LineColumns) -> dict[str, str]:
    """Return the column of each field; raise BadInputError where two fit or the class has none."""
    held = [str(name) for name in frame.columns if name != frame.geometry.name]
    unknown = [name for name in columns.fields if name not in held]
    if unknown:
        raise BadInputError(
            Text(
                f"{path.name}：没有列 {'、'.join(unknown)}；现有列：{'、'.join(held)}。",
                f"{path.name} has no column {', '.join(unknown)}; there are {', '.join(held)}.",
            )
        )
    wrong = [one for one in columns.fields.values() if one not in {*HEADERS, *WAY_KEYS}]
    if wrong:
        raise BadInputError(
            Text(
                f"不认识的字段 {'、'.join(wrong)}，可用：{'、'.join(HEADERS)}。",
                f"Unknown field {', '.join(wrong)}; use {', '.join(HEADERS)}.",
            )
        )
    named = {name: columns.fields.get(name) or header_of(name) for name in held}
    chosen: dict[str, str] = {}
    settled = set(columns.fields.values())
    for name, what in named.items():
        if what is None or (what in settled and name not in columns.fields):
            continue
        if what in chosen:
            raise BadInputError(
                Text(
                    f"{path.name}：{chosen[what]} 和 {name} 都像“{what}”，请用 --column {name}={what} 指定一列。",
                    f"{path.name}: {chosen[what]} and {name} both look like {what}; settle it with "
                    f"--column {name}={what}.",
                )
            )
        chosen[what] = name
    if "class" not in chosen and "*" not in columns.classes:
        raise BadInputError(
            Text(
                f"{path.name}：没有认出道路等级列；现有列：{'、'.join(held) or '无'}。请用 --column 列名=class 指定，"
                "或用 --class '*=residential' 把全部道路按一个等级计。",
                f"{path.name}: no column looks like the street class; there are {', '.join(held)}. Name it "
                "with --column COLUMN=class, or take all as one class with --class '*=residential'.",
            )
        )
    return chosen


def _tags(
    path: Path, frame: gpd.GeoDataFrame, names: Mapping[str, str], columns: LineColumns
) -> list[dict[str, str]]:
    """Return OSM tags of every line."""
    cells = {what: [_cell(value) for value in frame[name]] for what, name in names.items()}
    rows: list[dict[str, str]] = [{} for _ in range(len(frame))]
    for row, kind in zip(
        rows, _classes(path, cells.get("class", []), len(rows), columns), strict=True
    ):
        row["highway"] = kind
        if kind == "ferry":
            row["route"] = "ferry"
    for what, values in cells.items():
        if what == "class":
            continue
        if what == "oneway":
            read = _one_ways(path, names[what], values)
        else:
            read = _speeds(path, names[what], values) if what == "maxspeed" else _plain(values)
        for row, value in zip(rows, read, strict=True):
            if value:
                row[what] = value
    return rows


def _plain(values: Sequence[str]) -> list[str]:
    words = {
        "t": "yes",
        "true": "yes",
        "1": "yes",
        "是": "yes",
        "f": "no",
        "false": "no",
        "0": "no",
        "否": "no",
    }
    return [words.get(value.lower(), value) for value in values]


def _cell(value: Any) -> str:  # noqa: ANN401 - whatever GDAL makes of a cell
    if isinstance(value, list | tuple | np.ndarray):
        parts = [_cell(one) for one in value]
        return ";".join(part for part in parts if part)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None else str(value).strip()
    return "" if text in _NOTHING else text


def _classes(path: Path, values: Sequence[str], n: int, columns: LineColumns) -> list[str]:
    told = {**CLASSES, **{key: key for key in HIGHWAYS}, **columns.classes}
    wrong = sorted({one for one in columns.classes.values() if one not in {*HIGHWAYS, "none"}})
    if wrong:
        raise BadInputError(
            Text(
                f"--class 的等级 {'、'.join(wrong)} 不认识，可用：{'、'.join(HIGHWAYS)}、none。",
                f"--class: unknown class {', '.join(wrong)}; use {', '.join(HIGHWAYS)} or none.",
            )
        )
    answer, unknown = [], Counter[str]()
    for value in values or [""] * n:
        kind = _class_of(value, told)
        if kind is None:
            unknown[value or "（空）"] += 1
        answer.append(kind or "")
    if unknown:
        some = [f"{value}（{count} 条{_guess(value)}）" for value, count in unknown.most_common(8)]
        raise BadInputError(
            Text(
                f"{path.name}：有 {unknown.total():,} 条线的道路等级不明确：{'、'.join(some)}。请逐个用 --class 值=等级 说明"
                f"（不取用写 none，其余都按一类写 --class '*=等级'）；等级可用：{'、'.join(HIGHWAYS)}。",
                f"{path.name}: the class of {unknown.total():,} lines is not clear: {', '.join(some)}. Settle "
                "each with --class VALUE=CLASS (none leaves it out, '*=CLASS' takes all others).",
            )
        )
    return answer


def _class_of(value: str, told: Mapping[str, str]) -> str | None:
    parts = [part.strip() for part in value.split(";")] if ";" in value else [value]
    found = [told.get(part) or told.get(part.lower()) for part in parts]
    if any(one is None for one in found):
        if parts[0].lower() in LEFT_OUT:
            return parts[0].lower()
        return told.get("*")
    known = [one for one in found if one is not None]
    # Of several classes joined into one line the least important holds.
    return max(known, key=lambda one: HIGHWAYS.index(one) if one in HIGHWAYS else 99)


def _guess(value: str) -> str:
    near = get_close_matches(value.lower(), [*HIGHWAYS, *CLASSES], 1)
    return f"，像 {near[0]}" if near else ""


def _one_ways(path: Path, name: str, values: Sequence[str]) -> list[str]:
    held = {value for value in values if value}
    for words in ONE_WAY:
        if {value.lower() for value in held} <= words.keys() and _settled(held, words):
            return [words.get(value.lower(), "") for value in values]
    mixed = {part for value in held for part in value.split(";")}
    if {part.lower() for part in mixed} <= ONE_WAY[0].keys():
        # Parts joined into one line that differ: nobody can drive it against the one-way part.
        return [
            _joined_way([ONE_WAY[0][one.lower()] for one in value.split(";") if one])
            for value in values
        ]
    some = "、".join(sorted(held)[:8])
    raise BadInputError(
        Text(
            f"{path.name}：单行列 {name} 的值 {some} 不明确（单独的 F、T 既可能是“正向/逆向”也可能是“否/是”）：请改成 "
            "yes（沿绘制方向）、-1（反向）、no（双向）。",
            f"{path.name}: the one-way column {name} is not clear ({some}): write yes (as drawn), -1 (against) "
            "or no (both ways).",
        )
    )


def _joined_way(parts: Sequence[str]) -> str:
    return next((part for part in parts if part != "no"), "no") if parts else ""


def _settled(held: set[str], words: Mapping[str, str]) -> bool:
    """Tell whether F and T are used as forward and against: a B beside them says so."""
    return "b" not in words or "b" in {value.lower() for value in held}


def _speeds(path: Path, name: str, values: Sequence[str]) -> list[str]:
    answer = []
    for row, value in enumerate(values, 1):
        parts = [_NUMBER.match(part) for part in value.split(";")] if value else []
        if any(part is None for part in parts) and value.lower() not in {"signals", "variable"}:
            _refuse_speed(path, name, row, value)
        read = [(float(part[1]), (part[2] or "").lower()) for part in parts if part is not None]
        if any(speed > _FASTEST_KMH for speed, _ in read):
            _refuse_speed(path, name, row, value)
        known = [(speed * (1.609344 if unit == "mph" else 1)) for speed, unit in read if speed > 0]
        answer.append(f"{min(known):g}" if known else "")
    return answer


def _refuse_speed(path: Path, name: str, row: int, value: str) -> None:
    raise BadInputError(
        Text(
            f"{path.name} 第 {row} 条线：限速列 {name} 的值 {value} 不是 0–{_FASTEST_KMH:.0f} 的公里/小时，请改正。",
            f"{path.name}, line {row}: {value} in the speed column {name} is no speed of up to "
            f"{_FASTEST_KMH:.0f} km/h; mend it.",
        )
    )


def _level(tags: Mapping[str, str]) -> str:
    parts = (tags.get("bridge", "no"), tags.get("tunnel", "no"), tags.get("layer", "0"))
    return "/".join("no" if part in {"", "no", "0"} else part for part in parts)


def _told(frame: gpd.GeoDataFrame, names: Mapping[str, str]) -> Text:
    taken = "、".join(f"{name} → {what}" for what, name in names.items())
    rest = [str(one) for one in frame.columns if one not in {*names.values(), frame.geometry.name}]
    zh, en = f"列：{taken}", f"Columns: {taken}"
    if rest:
        zh, en = f"{zh}；没有用到：{'、'.join(rest)}", f"{en}; not used: {', '.join(rest)}"
    lacks = [
        Text("单行（全部按双向计）", "one-way (all are taken as both ways)"),
        Text("限速（按等级的常用速度计）", "speed (that of the class is taken)"),
    ]
    lacks = [
        text for text, key in zip(lacks, ("oneway", "maxspeed"), strict=True) if key not in names
    ]
    if lacks:
        zh += f"；没有{'、'.join(one.zh for one in lacks)}"
        en += f"; no {', '.join(one.en for one in lacks)}"
    return Text(zh + "。", en + ".")


def _noded(
    shapes: NDArray[np.object_], levels: Sequence[str], *, split: bool
) -> tuple[list[list[int]], list[list[tuple[float, float]]], list[Text]]:
    """Return the node references and the vertices of every line, common points put in, and remarks."""
    there = transformer(STORAGE_CRS, metric_crs_of(shapely.get_coordinates(shapes)))
    flat = shapely.transform(shapes, lambda xy: np.column_stack(there.transform(*xy.T)))
    extra, crossed, apart = _common_points(flat, np.asarray(levels), split=split)
    lonlat = [
        _with_points(shape, flat[row], extra.get(row, [])) for row, shape in enumerate(shapes)
    ]
    back = [np.array(line) for line in lonlat]
    xy = np.column_stack(there.transform(*np.vstack(back).T))
    ref = _same_place(xy)
    sizes = np.cumsum([len(line) for line in back])[:-1]
    place = np.vstack(back)
    _, first = np.unique(ref, return_index=True)
    place = place[first[ref]]
    refs = [part.tolist() for part in np.split(ref, sizes)]
    lines = [[(float(x), float(y)) for x, y in part] for part in np.split(place, sizes)]
    remarks = []
    if crossed:
        remarks.append(
            Text(
                f"有 {crossed:,} 处道路相交而没有公共点，已按路口连通；若是立交，请用 bridge、tunnel 或 layer 列标明。",
                f"{crossed:,} crossings without a common point were joined as junctions; mark over- and "
                "underpasses in a column bridge, tunnel or layer.",
            )
        )
    if apart:
        remarks.append(
            Text(
                f"有 {apart:,} 处道路相交而没有公共点，按立交计，不连通。",
                f"{apart:,} crossings without a common point were taken as over- or underpasses.",
            )
        )
    return refs, lines, remarks


def _common_points(
    flat: NDArray[np.object_], levels: NDArray[np.str_], *, split: bool
) -> tuple[dict[int, list[tuple[float, float]]], int, int]:
    """Return the points to put into lines, as (metres along, row), and the crossings joined or not."""
    tree = shapely.STRtree(flat)
    extra: dict[int, list[tuple[float, float]]] = {}
    _touching_ends(flat, tree, extra)
    one, two = tree.query(flat, predicate="crosses")
    one, two = one[one < two], two[one < two]
    if not len(one):
        return extra, 0, 0
    points = shapely.intersection(flat[one], flat[two])
    parts, pair = shapely.get_parts(points, return_index=True)
    keep = shapely.get_type_id(parts) == 0
    parts, pair = parts[keep], pair[keep]
    mine, other = flat[one[pair]], flat[two[pair]]
    common = (_vertex_m(mine, parts) <= JOIN_M) & (_vertex_m(other, parts) <= JOIN_M)
    ends = (_end_m(mine, parts) <= JOIN_M) | (_end_m(other, parts) <= JOIN_M)
    bare = ~common & ~ends
    same = levels[one[pair]] == levels[two[pair]]
    junctions = _junctions(flat)
    drawn_without = not split and bare.sum() > _DRAWN_WITH_NODES * junctions
    joined = bare & same if drawn_without else np.zeros_like(bare)
    for row, point in zip(pair[joined].tolist(), parts[joined], strict=True):
        for line in (int(one[row]), int(two[row])):
            extra.setdefault(line, []).append((point.x, point.y))
    return extra, int(joined.sum()), int((bare & ~joined).sum())


def _touching_ends(
    flat: NDArray[np.object_], tree: shapely.STRtree, extra: dict[int, list[tuple[float, float]]]
) -> None:
    """Put a vertex into every line that the end of another one touches."""
    rows = np.arange(len(flat))
    for number in (0, -1):
        ends = shapely.get_point(flat, number)
        end, line = tree.query(ends, predicate="dwithin", distance=JOIN_M)
        other = line != rows[end]
        end, line = end[other], line[other]
        away = _vertex_m(flat[line], ends[end]) > JOIN_M
        for which, target in zip(end[away].tolist(), line[away].tolist(), strict=True):
            extra.setdefault(target, []).append((ends[which].x, ends[which].y))


def _vertex_m(lines: NDArray[np.object_], points: NDArray[np.object_]) -> NDArray[np.float64]:
    xy, row = shapely.get_coordinates(lines, return_index=True)
    at = shapely.get_coordinates(points)
    away = np.hypot(*(xy - at[row]).T)
    nearest = np.full(len(at), np.inf)
    np.minimum.at(nearest, row, away)
    return nearest


def _end_m(lines: NDArray[np.object_], points: NDArray[np.object_]) -> NDArray[np.float64]:
    return np.minimum(
        shapely.distance(shapely.get_point(lines, 0), points),
        shapely.distance(shapely.get_point(lines, -1), points),
    )


def _junctions(flat: NDArray[np.object_]) -> int:
    """Return at how many places the vertices of several lines meet."""
    xy, row = shapely.get_coordinates(flat, return_index=True)
    cell = np.round(xy / JOIN_M).astype(np.int64)
    pairs = np.unique(np.column_stack([cell, row]), axis=0)
    _, count = np.unique(pairs[:, :2], axis=0, return_counts=True)
    return int((count > 1).sum())


def _with_points(
    line: shapely.LineString, flat: shapely.LineString, extra: Sequence[tuple[float, float]]
) -> list[tuple[float, float]]:
    """Return the vertices of a line in lon/lat with points, in metres, put in where they belong."""
    lonlat = shapely.get_coordinates(line)
    if not extra:
        return [(float(x), float(y)) for x, y in lonlat]
    xy = shapely.get_coordinates(flat)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    new = shapely.line_locate_point(flat, shapely.points(np.array(extra)))
    at = np.unique(np.concatenate([along, new]))
    return [
        (float(np.interp(s, along, lonlat[:, 0])), float(np.interp(s, along, lonlat[:, 1])))
        for s in at.tolist()
    ]


def _same_place(xy_m: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return a number for each place, the same for those within `JOIN_M` of each other, (n,)."""
    _, first, number = np.unique(np.round(xy_m, 3), axis=0, return_index=True, return_inverse=True)
    number = number.reshape(-1)
    pairs = cKDTree(xy_m[first]).query_pairs(JOIN_M, output_type="ndarray")
    graph = coo_matrix(
        (np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), (len(first),) * 2
    )
    _, group = connected_components(graph, directed=False)
    places: NDArray[np.int64] = group[number].astype(np.int64)
    return places
