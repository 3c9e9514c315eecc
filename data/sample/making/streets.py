"""Invented streets at city size: warped town grids, country roads, motorways, bridge and tunnel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator
from scipy.spatial import Delaunay, cKDTree

from data.sample.making.names import road_names
from data.sample.making.towns import Town, buildable, mountains
from geo.crs import METRIC_CRS, to_lonlat, to_metres
from geo.network.access import Tags, access, traits
from geo.network.segments import HIGHWAYS, Segments, Trait

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_CUT_OFF_VILLAGES = 24
_BENDS = 12
_MOTORWAYS = (
    (
        "胶州湾示例大桥",
        [(120.372, 36.158), (120.300, 36.170), (120.205, 36.155), (120.100, 36.105)],
        "bridge",
    ),
    ("胶州湾示例隧道", [(120.318, 36.060), (120.275, 36.035), (120.226, 35.962)], "tunnel"),
    (
        "环湾示例高速",
        [
            (120.372, 36.158),
            (120.385, 36.240),
            (120.385, 36.300),
            (120.200, 36.300),
            (120.040, 36.300),
        ],
        "",
    ),
    (
        "青莱示例高速",
        [(120.420, 36.335), (120.400, 36.480), (120.500, 36.680), (120.500, 36.860)],
        "",
    ),
    ("青平示例高速", [(120.040, 36.300), (120.050, 36.480), (119.980, 36.740)], ""),
    (
        "滨海示例高速",
        [(120.100, 36.105), (120.060, 35.990), (119.960, 35.900), (119.790, 35.690)],
        "",
    ),
)


@dataclass
class _Draft:
    """Streets under construction, coordinates in metres (EPSG:4549)."""

    xy_m: list[Floats] = field(default_factory=list)
    count: int = 0
    edges: list[tuple[int, int, str, tuple[tuple[str, str], ...], Floats]] = field(
        default_factory=list
    )

    def add_nodes(self, xy_m: Floats) -> Ints:
        """Add nodes and return their numbers."""
        self.xy_m.append(xy_m)
        self.count += len(xy_m)
        return np.arange(self.count - len(xy_m), self.count)

    def place(self, node: int) -> Floats:
        """Return a node's position."""
        place: Floats = self.nodes()[node]
        return place

    def nodes(self) -> Floats:
        """Return all positions."""
        if len(self.xy_m) > 1:
            self.xy_m = [np.vstack(self.xy_m)]
        return self.xy_m[0]

    def add(
        self, start: int, end: int, name: str, tags: dict[str, str], inner: Floats | None = None
    ) -> None:
        """Add a street between two nodes."""
        shape = np.empty((0, 2)) if inner is None else inner
        self.edges.append((start, end, name, tuple(sorted(tags.items())), shape))


def make_streets(
    districts: gpd.GeoDataFrame, towns: Sequence[Town], rng: np.random.Generator
) -> Segments:
    """Draw all streets; deterministic for a seed."""
    land = buildable(districts)
    shapely.prepare(land)
    draft, names = _Draft(), iter(road_names(9000, rng))
    members: list[Ints] = []
    grounds = _Grounds(towns)
    for number, town in enumerate(towns):
        members.append(_town_grid(draft, town, number, grounds, land, names, rng))
    _stitch(draft, towns, members, rng)
    _country_roads(draft, towns, members, districts, names, rng)
    _motorways(draft, towns, members)
    _mountain_paths(draft, rng)
    return _finish(draft, rng)


class _Grounds:
    """Tells whose ground a point is on: each urban centre owns what lies nearest to it."""

    def __init__(self, towns: Sequence[Town]) -> None:
        self._urban = [(i, town) for i, town in enumerate(towns) if town.rank == 0]

    def owned(self, number: int, town: Town, xy_m: Floats) -> NDArray[np.bool_]:
        """Return which points belong to `town`, (n,) bool."""
        own = np.hypot(xy_m[:, 0] - town.x_m, xy_m[:, 1] - town.y_m) / town.radius_m
        mine = np.ones(len(xy_m), np.bool_)
        for i, other in self._urban:
            if i != number:
                away = np.hypot(xy_m[:, 0] - other.x_m, xy_m[:, 1] - other.y_m)
                mine &= (
                    (away / other.radius_m > own)
                    if town.rank == 0
                    else (away > other.radius_m * 1.02)
                )
        return mine


def _waves(xy_m: Floats, size_m: float, seed: int) -> Floats:
    """Return smooth noise in [-1, 1] for both axes, (n, 2)."""
    rng = np.random.default_rng(seed)
    answer = np.zeros(xy_m.shape)
    for octave in (1.0, 0.45):
        angle, phase = rng.uniform(0, 2 * np.pi, (2, 2))
        along = xy_m @ np.stack([np.cos(angle), np.sin(angle)])
        answer += octave * np.sin(along * 2 * np.pi / (size_m * octave) + phase)
    return answer / 1.45


def _warped(town: Town, number: int, local_m: Floats) -> Floats:
    """Turn lattice positions into places: warped smoothly, turned, moved to the town."""
    strength = (0.55, 0.35, 0.45)[town.rank] * town.block_m
    bent = local_m + strength * _waves(local_m, town.block_m * (9, 6, 5)[town.rank], number)
    cos, sin = np.cos(town.angle), np.sin(town.angle)
    turned = bent @ np.array([[cos, sin], [-sin, cos]])
    places: Floats = turned + np.array([town.x_m, town.y_m])
    return places


def _line_class(rank: int, index: int) -> str:
    if rank == 0:
        for every, kind in ((12, "primary"), (6, "secondary"), (2, "tertiary")):
            if index % every == 0:
                return kind
        return "residential"
    if rank == 1:
        return {0: "secondary", 1: "residential"}.get(
            index % 5, "tertiary" if index % 5 == 3 else "residential"
        )
    return "unclassified" if index == 0 else "residential"


def _town_grid(
    draft: _Draft,
    town: Town,
    number: int,
    grounds: _Grounds,
    land: shapely.Geometry,
    names: Iterable[str],
    rng: np.random.Generator,
) -> Ints:
    """Lay out one town; return its nodes."""
    reach = int(np.ceil(town.radius_m / town.block_m))
    i, j = (axis.ravel() for axis in np.mgrid[-reach : reach + 1, -reach : reach + 1])
    local_m = np.column_stack([i, j]) * town.block_m
    ragged = 0.86 + 0.14 * _waves(local_m, town.radius_m * 0.8, number + 10_000)[:, 0]
    xy_m = _warped(town, number, local_m)
    far = np.hypot(*local_m.T) / town.radius_m
    kept = (far <= ragged) & shapely.contains_xy(land, *xy_m.T)
    kept &= grounds.owned(number, town, xy_m)
    if town.rank == 0:
        # Toward the edge of a city the minor streets thin out.
        minor = (i % 2 != 0) & (j % 2 != 0)
        kept &= ~(minor & (rng.random(len(i)) < np.clip(far - 0.55, 0, 0.4)))
    node = np.full(len(i), -1)
    node[kept] = draft.add_nodes(xy_m[kept])
    side = 2 * reach + 1
    for step, line in ((side, j), (1, i)):
        kinds = _stems(names, side if town.rank < 2 else 0)
        _grid_lines(draft, town, number, node, local_m, step, line, kinds, reach, rng)
    placed: Ints = node[kept]
    return placed


def _stems(names: Iterable[str], count: int) -> list[str]:
    taken = iter(names)
    return [next(taken, "") for _ in range(min(count, 40))]


def _grid_lines(
    draft: _Draft,
    town: Town,
    number: int,
    node: Ints,
    local_m: Floats,
    step: int,
    line: Ints,
    stems: list[str],
    reach: int,
    rng: np.random.Generator,
) -> None:
    """Add the streets of one direction, block by block."""
    ends = np.flatnonzero((node[:-step] >= 0) & (node[step:] >= 0))
    ends = ends[line[ends] == line[ends + step]]
    middle = _warped(town, number, (local_m[ends] + local_m[ends + step]) / 2)
    chance = rng.random((len(ends), 2))
    for row, first in enumerate(ends):
        index = int(line[first])
        kind = _line_class(town.rank, index)
        if kind == "residential" and chance[row, 0] < (0.13 if town.rank == 0 else 0.08):
            continue
        stem = stems[(index + reach) % len(stems)] if stems else ""
        tags = {"highway": kind}
        if kind == "residential" and index % 7 == 3 and town.rank == 0:
            tags["highway"] = "living_street"
        if town.rank == 0 and index % 6 and index % 4 == 1 and town.block_m < 136:
            tags["oneway"] = "yes" if index % 8 == 1 else "-1"
        name = stem + _suffix(kind) if stem else ""
        draft.add(int(node[first]), int(node[first + step]), name, tags, middle[row : row + 1])


def _suffix(kind: str) -> str:
    return {"primary": "大道", "secondary": "路", "tertiary": "路"}.get(kind, "支路")


def _stitch(
    draft: _Draft, towns: Sequence[Town], members: Sequence[Ints], rng: np.random.Generator
) -> None:
    """Join neighbouring urban grids where their edges meet."""
    xy_m = draft.nodes()
    urban = [i for i, town in enumerate(towns) if town.rank == 0]
    for a in urban:
        tree = cKDTree(xy_m[members[a]])
        for b in urban:
            if b <= a or not len(members[b]) or not len(members[a]):
                continue
            gap_m, near = map(np.asarray, tree.query(xy_m[members[b]], distance_upper_bound=260))
            close = np.flatnonzero(np.isfinite(gap_m))
            used: set[int] = set()
            for row in close[np.argsort(gap_m[close])]:
                other = int(members[a][near[row]])
                if other in used or rng.random() < 0.35:
                    continue
                used.add(other)
                draft.add(other, int(members[b][row]), "", {"highway": "tertiary"})


def _country_roads(
    draft: _Draft,
    towns: Sequence[Town],
    members: Sequence[Ints],
    districts: gpd.GeoDataFrame,
    names: Iterable[str],
    rng: np.random.Generator,
) -> None:
    """Join settlements by the Gabriel graph; a few villages stay cut off."""
    whole = shapely.union_all(districts.to_crs(METRIC_CRS).geometry.to_numpy()).buffer(150)
    passable = whole.difference(mountains())
    shapely.prepare(passable)
    settled = [i for i, nodes in enumerate(members) if len(nodes) > 1]
    centres = np.array([[towns[i].x_m, towns[i].y_m] for i in settled])
    villages = [k for k, i in enumerate(settled) if towns[i].rank == 2]
    cut_off = set(rng.choice(villages, _CUT_OFF_VILLAGES, replace=False).tolist())
    xy_m = draft.nodes()
    taken = iter(names)
    for a, b in _gabriel(centres):
        if a in cut_off or b in cut_off:
            continue
        one, two = settled[a], settled[b]
        start = _toward(xy_m, members[one], centres[b])
        end = _toward(xy_m, members[two], centres[a])
        line = _winding(xy_m[start], xy_m[end], rng)
        if not passable.contains(shapely.LineString(line)):
            line = np.vstack([xy_m[start], xy_m[end]])
            if not passable.contains(shapely.LineString(line)):
                continue
        tags = {"highway": _country_class(towns[one].rank, towns[two].rank)}
        stem = next(taken, "")
        _country_road(draft, start, end, line, f"{stem}路" if stem else "", tags)


def _country_road(
    draft: _Draft, start: int, end: int, line: Floats, name: str, tags: dict[str, str]
) -> None:
    """Add a road with a farm track leaving it at every bend."""
    inner = line[1:-1]
    bends = draft.add_nodes(inner) if len(inner) else np.empty(0, np.int64)
    chain = [start, *bends.tolist(), end]
    for here, there in pairwise(chain):
        draft.add(here, there, name, tags)
    direction = line[-1] - line[0]
    side = np.array([-direction[1], direction[0]]) / (np.hypot(*direction) or 1.0)
    for number, bend in enumerate(bends.tolist()):
        if number % 2 == 0 and tags["highway"] in {"tertiary", "unclassified"}:
            tip = draft.add_nodes((inner[number] + side * (140 if number % 4 else -170))[None])
            draft.add(bend, int(tip[0]), "", {"highway": "track"})


def _gabriel(points: Floats) -> list[tuple[int, int]]:
    """Return the Gabriel graph: pairs whose diametral circle holds no third point."""
    triangles = Delaunay(points).simplices
    pairs = np.unique(
        np.sort(
            np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [0, 2]]]), axis=1
        ),
        axis=0,
    )
    middle = points[pairs].mean(axis=1)
    radius = np.hypot(*(points[pairs[:, 0]] - points[pairs[:, 1]]).T) / 2
    nearest, _ = cKDTree(points).query(middle)
    return [(int(a), int(b)) for a, b in pairs[nearest >= radius - 1e-6]]


def _toward(xy_m: Floats, nodes: Ints, target: Floats) -> int:
    return int(nodes[np.hypot(*(xy_m[nodes] - target).T).argmin()])


def _winding(begin: Floats, end: Floats, rng: np.random.Generator) -> Floats:
    length_m = float(np.hypot(*(end - begin)))
    count = int(min(9, max(1, length_m // 420)))
    share = np.linspace(0, 1, count + 2)
    side = np.array([-(end - begin)[1], (end - begin)[0]]) / (length_m or 1.0)
    sway = np.sin(share * np.pi) * np.sin(share * rng.uniform(3, 8) + rng.uniform(0, 6))
    return begin + share[:, None] * (end - begin) + side * (sway * length_m * 0.07)[:, None]


def _country_class(one: int, two: int) -> str:
    low, high = min(one, two), max(one, two)
    if high == 0:
        return "trunk"
    if high == 1:
        return "primary" if low == 0 else "secondary"
    return "tertiary" if low < 2 else "unclassified"


def _motorways(draft: _Draft, towns: Sequence[Town], members: Sequence[Ints]) -> None:
    """Add dual carriageways for cars only, tied to the streets by ramps."""
    xy_m = draft.nodes()
    streets = np.concatenate([members[i] for i, town in enumerate(towns) if town.rank == 0])
    tree = cKDTree(xy_m[streets])
    for name, lonlat, kind in _MOTORWAYS:
        curve = _smooth(to_metres(lonlat))
        side = np.gradient(curve, axis=0)
        side = np.column_stack([-side[:, 1], side[:, 0]]) / np.hypot(*side.T)[:, None]
        for sign in (1, -1):
            way = (curve + sign * 18 * side)[::sign]
            lane = draft.add_nodes(way[::_BENDS])
            tags = {"highway": "motorway", "oneway": "yes", "maxspeed": "80"}
            for number, (here, there) in enumerate(pairwise(lane)):
                inner = way[number * _BENDS + 1 : (number + 1) * _BENDS]
                draft.add(
                    int(here), int(there), name, tags | ({kind: "yes"} if kind else {}), inner
                )
            ramps = {"highway": "motorway_link", "oneway": "no"}
            for place in [0, -1] if kind else range(len(lane)):
                _, near = tree.query(draft.nodes()[lane[place]])
                draft.add(int(streets[near]), int(lane[place]), "", ramps)


def _smooth(line: Floats) -> Floats:
    """Return a smooth curve through the points, `_BENDS` steps from each to the next."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    share = np.interp(np.arange((len(line) - 1) * _BENDS + 1) / _BENDS, np.arange(len(line)), along)
    curve: Floats = PchipInterpolator(along, line)(share)
    return curve


def _mountain_paths(draft: _Draft, rng: np.random.Generator) -> None:
    """Add hikers' paths and stairs on the heights, joined to the streets at the foot."""
    xy_m = draft.nodes()
    tree = cKDTree(xy_m)
    for hill in shapely.get_parts(mountains()):
        top = np.array(hill.centroid.coords[0])
        for _ in range(3):
            angle = rng.uniform(0, 2 * np.pi)
            reach_m = float(np.sqrt(hill.area / np.pi)) + 300
            _, foot = tree.query(top + reach_m * np.array([np.cos(angle), np.sin(angle)]))
            line = _winding(xy_m[foot], top, rng)
            chain = [int(foot), *draft.add_nodes(line[1:]).tolist()]
            for number, (here, there) in enumerate(pairwise(chain)):
                kind = "steps" if number % 3 == 2 else "path"
                draft.add(here, there, "示例登山步道", {"highway": kind, "bicycle": "no"})


def _finish(draft: _Draft, rng: np.random.Generator) -> Segments:
    """Turn the draft into segments, keeping only nodes that carry a street."""
    xy_m, edges = draft.nodes(), draft.edges
    start = np.array([edge[0] for edge in edges])
    end = np.array([edge[1] for edge in edges])
    used, index = np.unique(np.stack([start, end]), return_inverse=True)
    start, end = index.reshape(2, -1)
    names: dict[str, int] = {}
    number = [names.setdefault(edge[2], len(names)) if edge[2] else -1 for edge in edges]
    rules = {edge[3]: _rules(dict(edge[3])) for edge in edges}
    columns = np.array([rules[edge[3]] for edge in edges])
    shapes = [np.vstack([xy_m[a], inner, xy_m[b]]) for a, b, _, _, inner in edges]
    offset = np.concatenate([[0], np.cumsum([len(shape) for shape in shapes])])
    signal = _signals(start, end, columns[:, 0], len(used))
    flags = columns[:, 2].astype(int)
    flags |= np.where(signal[start], int(Trait.SIGNALS_AT_START), 0)
    flags |= np.where(signal[end], int(Trait.SIGNALS_AT_END), 0)
    m = len(edges)
    none = np.full(m, np.nan, np.float32)
    low = np.where(rng.random(m) < 0.004, 3.2, np.nan)
    return Segments(
        node_lonlat=to_lonlat(xy_m[used]).round(6),
        start=start.astype(np.int32),
        end=end.astype(np.int32),
        shape_offset=offset.astype(np.int64),
        shape_lonlat=to_lonlat(np.vstack(shapes)).round(6),
        highway=columns[:, 0].astype(np.uint8),
        access=columns[:, 1].astype(np.uint8),
        traits=flags.astype(np.uint8),
        maxspeed_kmh=columns[:, 3].astype(np.float32),
        max_height_m=low.astype(np.float32),
        max_weight_t=none,
        name=np.array(number, np.int32),
        names=tuple(names),
        way_id=np.zeros(m, np.int64),
    )


def _rules(tags: Tags) -> tuple[float, float, float, float]:
    speed = float(tags.get("maxspeed", "nan"))
    return HIGHWAYS.index(tags["highway"]), int(access(tags)), int(traits(tags)), speed


def _signals(start: Ints, end: Ints, kind: Floats, n: int) -> NDArray[np.bool_]:
    """Put signals where two larger streets cross."""
    larger = (kind <= HIGHWAYS.index("secondary")) & (kind >= HIGHWAYS.index("trunk"))
    busy = np.bincount(np.concatenate([start[larger], end[larger]]), minlength=n)
    return busy >= 4
