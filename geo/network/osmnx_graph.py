"""Streets from an osmnx graph, fresh or read from a file in which any version saved it.

Which way a street may be used is what the graph's arcs say: a street is open both
ways where it has an arc each way, whatever ``oneway`` and ``reversed`` became when edges were
joined.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.crs import STORAGE_CRS, transformer
from geo.errors import BadInputError
from geo.network.access import BICYCLE_KEYS, CAR_KEYS, FOOT_KEYS, WAY_KEYS, access, on_node
from geo.network.posted import limit_metres, limit_tonnes, speed_kmh
from geo.network.segments import HIGHWAYS, Access
from geo.network.speeds import SpeedTable
from geo.network.way_assembly import DEGREE, Ways
from geo.text import Text

if TYPE_CHECKING:
    import networkx as nx

_NAMES = frozenset({"name", "name:zh", "name:zh-Hans", "ref"})
_CLOSED = ("private", "no")
_NO = frozenset({"no", "false", "0", "none", ""})
_LIMITS: Mapping[str, Callable[[str], float]] = {
    "maxspeed": speed_kmh,
    "maxweight": lambda text: limit_tonnes({"": text}, ""),
}
_WHO = (
    ("foot", Access.WALK_FORWARD | Access.WALK_BACK),
    ("bicycle", Access.EBIKE_FORWARD | Access.EBIKE_BACK),
    ("motor_vehicle", Access.DRIVE_FORWARD | Access.DRIVE_BACK),
)
Line = tuple[tuple[float, float], ...]


def is_graph(given: object) -> TypeGuard[nx.Graph]:
    """Return whether `given` is a networkx graph, without importing networkx for the question."""
    return all(
        callable(getattr(given, name, None))
        for name in ("nodes", "edges", "is_directed", "adjacency")
    )


def ways_of_graph(graph: nx.Graph, *, clip: tuple[int, int, int, int] | None = None) -> Ways:
    """Collect the streets of a graph, each once; see :mod:`geo.network.osmnx_graph`."""
    _check_places(graph)
    ways, joined = Ways(clip=clip), 0
    to_lonlat = _to_lonlat(graph)
    place = {node: _place(node, data, to_lonlat) for node, data in graph.nodes(data=True)}
    numbers = {node: number for number, node in enumerate(place)}
    for node, data in graph.nodes(data=True):
        if what := on_node({key: str(value) for key, value in data.items()}):
            ways.on_nodes[numbers[node]] = what
    next_ref = len(numbers)
    for start, end, line, data, both in _streets(graph, place, to_lonlat):
        inner = range(next_ref, next_ref + len(line) - 2)
        next_ref += len(inner)
        tags, several = _tags(data)
        joined += several
        tags["oneway"] = "no" if both else "yes"
        refs = (numbers[start], *inner, numbers[end])
        ways.add(
            _osm_id(data),
            tags,
            [
                (ref, round(lon * DEGREE), round(lat * DEGREE))
                for ref, (lon, lat) in zip(refs, line, strict=True)
            ],
        )
    if joined:
        ways.tally.remarks.append(
            Text(
                f"有 {joined:,} 段道路合并了几段取值不同的道路（等级、限速等），按最低、最严的计。",
                f"{joined:,} streets join parts with different values (class, speed…): the lowest, "
                "strictest ones were taken.",
            )
        )
    return ways


def _to_lonlat(graph: nx.Graph) -> Any:  # noqa: ANN401 - a transformer or None
    """Return the transformer to lon/lat, None where the graph is in degrees."""
    told = graph.graph.get("crs")
    if told not in {None, ""}:
        try:
            crs = CRS.from_user_input(_value(told))
        except CRSError as error:
            raise BadInputError(
                Text(f"图的坐标系 {told} 无法识别。", f"The graph's crs {told} is not known.")
            ) from error
        same = crs.is_geographic and crs.to_epsg() in {4326, 4490, None}
        return None if same else transformer(crs.to_wkt(), STORAGE_CRS)
    x = [float(data["x"]) for _, data in graph.nodes(data=True)]
    y = [float(data["y"]) for _, data in graph.nodes(data=True)]
    if x and (max(map(abs, x)) > 180 or max(map(abs, y)) > 90):  # noqa: PLR2004 - degrees
        raise BadInputError(
            Text(
                f"图没有写明坐标系，而坐标（{x[0]:g}, {y[0]:g}）不是经纬度：请先用 "
                "osmnx.project_graph(G, to_latlong=True) 转换。",
                f"The graph does not tell its crs and {x[0]:g}, {y[0]:g} are no degrees: project it to "
                "lon/lat first (osmnx.project_graph(G, to_latlong=True)).",
            )
        )
    return None


def _check_places(graph: nx.Graph) -> None:
    """Refuse a graph of which a node is nowhere: it is no graph of osmnx."""
    for node, data in graph.nodes(data=True):
        for key in ("x", "y"):
            try:
                float(data[key])
            except (KeyError, TypeError, ValueError):
                raise BadInputError(
                    Text(
                        f"图的节点 {node} 没有坐标 {key}（现为 {data.get(key)!r}）：请给 osmnx 的图，每个节点都有 x（经度）、"
                        "y（纬度）。",
                        f"Node {node} of the graph has no {key} (it is {data.get(key)!r}): give a graph of "
                        "osmnx, each node with x (longitude) and y (latitude).",
                    )
                ) from None


def _place(node: object, data: dict[str, Any], to_lonlat: Any) -> tuple[float, float]:  # noqa: ANN401
    x, y = float(data["x"]), float(data["y"])
    lon, lat = (x, y) if to_lonlat is None else to_lonlat.transform(x, y)
    if not (abs(lon) <= 180 and abs(lat) <= 90):  # noqa: PLR2004 - degrees
        raise BadInputError(
            Text(
                f"节点 {node} 的坐标 {x}, {y} 无效。", f"Node {node} has no valid place: {x}, {y}."
            )
        )
    return float(lon), float(lat)


def _streets(
    graph: nx.Graph,
    place: dict[object, tuple[float, float]],
    to_lonlat: Any,  # noqa: ANN401
) -> Iterator[tuple[object, object, Line, dict[str, Any], bool]]:
    """Yield start, end, line, attributes and whether both ways are open, of every street once."""
    arcs = [
        (
            start,
            end,
            _line(data, place[start], place[end], to_lonlat, directed=graph.is_directed()),
            data,
        )
        for start, end, data in graph.edges(data=True)
    ]
    if not graph.is_directed():
        for start, end, line, data in arcs:
            one_way = _flag(data.get("oneway"))
            if one_way is not True:
                yield start, end, _from(line, place[start]), data, True
            else:
                yield *_directed(start, end, line, data, place), data, False
        return
    waiting: dict[tuple[Any, ...], list[int]] = {}
    for number, (start, end, line, data) in enumerate(arcs):
        waiting.setdefault((start, end, _ids(data), _drawn(line)), []).append(number)
    done = np.zeros(len(arcs), np.bool_)
    for number, (start, end, line, data) in enumerate(arcs):
        if done[number]:
            continue
        done[number] = True
        back = waiting.get((end, start, _ids(data), _drawn(line[::-1])), [])
        twin = next((one for one in back if not done[one]), None)
        if twin is not None and _flag(data.get("oneway")) is not True:
            done[twin] = True
            yield start, end, line, data, True
        else:
            yield start, end, line, data, _flag(data.get("oneway")) is False


def _directed(
    start: object,
    end: object,
    line: Line,
    data: dict[str, Any],
    place: dict[object, tuple[float, float]],
) -> tuple[object, object, Line]:
    """Return a one-way street of an undirected graph in the direction it may be used."""
    origin, target = (str(_value(data.get(key))) for key in ("from", "to"))
    drawn = "geometry" in data
    forward = (origin, target) == (str(start), str(end))
    if not forward and (origin, target) != (str(end), str(start)):
        if not drawn or place[start] == place[end]:
            raise BadInputError(
                Text(
                    f"图是无向的，单行路 {_ids(data)} 的方向已丢失：请保存有向图（不要先 to_undirected）。",
                    f"The graph is undirected and the direction of one-way street {_ids(data)} is lost: "
                    "save the directed graph (not to_undirected).",
                )
            )
        forward = _near(line[0], place[start])
    line = _from(line, place[start])
    return (start, end, line) if forward else (end, start, line[::-1])


def _line(
    data: dict[str, Any],
    start: tuple[float, float],
    end: tuple[float, float],
    to_lonlat: Any,  # noqa: ANN401
    *,
    directed: bool,
) -> Line:
    """Return the vertices of an edge in lon/lat; of a directed one from start to end."""
    shape = data.get("geometry")
    if shape is None or shape == "":
        return start, end
    shape = shapely.from_wkt(shape) if isinstance(shape, str) else shape
    xy = shapely.get_coordinates(shape)
    if to_lonlat is not None:
        xy = np.column_stack(to_lonlat.transform(xy[:, 0], xy[:, 1]))
    line: Line = tuple((float(x), float(y)) for x, y in xy)
    if len(line) < 2 or not all(abs(x) <= 180 and abs(y) <= 90 for x, y in line):  # noqa: PLR2004
        raise ValueError(shape)
    # Some versions leave the line of an arc against the way as the way was drawn.
    return _from(line, start) if directed else line


def _from(line: Line, start: tuple[float, float]) -> Line:
    """Return a line as it runs away from `start`, one of its ends."""
    return line[::-1] if _near(line[-1], start) and not _near(line[0], start) else line


def _near(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return abs(one[0] - other[0]) < 1e-6 and abs(one[1] - other[1]) < 1e-6  # noqa: PLR2004 - 0.1 m


def _drawn(line: Line) -> tuple[tuple[int, int], ...]:
    return tuple((round(x * 1e6), round(y * 1e6)) for x, y in line)


def _value(value: object) -> object:
    """Return what an attribute holds: a list or an object may be saved as its text."""
    if isinstance(value, str) and value[:1] in "[{":
        try:
            return ast.literal_eval(value)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return value
    return value


def _values(value: object) -> list[str]:
    held = _value(value)
    parts = held if isinstance(held, list | tuple | set) else [held]
    return [("yes" if one else "no") if isinstance(one, bool) else str(one) for one in parts]


def _ids(data: dict[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(_values(data.get("osmid", "0"))))


def _osm_id(data: dict[str, Any]) -> int:
    try:
        number = int(float(_values(data.get("osmid", "0"))[0]))
    except (ValueError, OverflowError, IndexError):
        return 0
    return number if abs(number) < 2**62 else 0


def _flag(value: object) -> bool | None:
    """Return what ``oneway`` says, None where it says nothing or both."""
    if value is None:
        return None
    told = {one.strip().lower() not in _NO for one in _values(value)}
    return told.pop() if len(told) == 1 else None


def _tags(data: dict[str, Any]) -> tuple[dict[str, str], bool]:
    """Return the tags of an edge and whether some had several values, of which the lowest holds."""
    held = {key: _values(value) for key, value in data.items() if key in WAY_KEYS | _NAMES}
    held = {
        key: [one for one in values if one not in {"nan", "None"}] for key, values in held.items()
    }
    held = {key: values for key, values in held.items() if values}
    tags = {key: _strictest(key, values) for key, values in held.items()}
    kinds = held.get("highway", [])
    if len(set(kinds)) > 1:
        for key, flags in _WHO:
            if any(not access({**tags, "highway": kind}) & flags for kind in kinds):
                tags[key] = "no"
    several = any(len(set(values)) > 1 for key, values in held.items() if key not in _NAMES)
    return tags, several


def _metres(text: str) -> float:
    return limit_metres({"": text}, "")


def _strictest(key: str, values: list[str]) -> str:
    if len(values) == 1 or key in _NAMES:
        return values[0]
    if key == "highway":
        speeds = SpeedTable().drive_kmh
        known = [kind for kind in values if kind in HIGHWAYS]
        return min(
            known or values,
            key=lambda kind: (
                speeds.get(kind, 0),
                -HIGHWAYS.index(kind) if kind in HIGHWAYS else 0,
            ),
        )
    if key in {*FOOT_KEYS, *BICYCLE_KEYS, *CAR_KEYS}:
        return next((one for one in values if one in _CLOSED), values[0])
    if key.startswith("max"):
        read = _LIMITS.get(key, _metres)
        known = [one for one in values if not np.isnan(read(one))]
        return min(known, key=read) if known else values[0]
    return next((one for one in values if one not in _NO), values[0])
