"""Roads between places: country roads, motorways, bridge and tunnel, and paths on the heights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import shapely
from scipy.interpolate import PchipInterpolator
from scipy.spatial import cKDTree

from data.sample.making.centres import gabriel
from data.sample.making.qingdao_districts import mountains
from data.sample.making.street_draft import StreetDraft
from data.sample.making.towns import Town
from geo.arrays import Floats, Ints
from geo.crs import to_metres

_CUT_OFF_VILLAGES = 24
"""Invented: villages without a road, so that gaps of that cause are seen."""
_BENDS = 12
"""Points of a curve from one place to the next."""
_PATHS_PER_HILL = 3
"""Invented: enough to be walked, no road."""
_MOTORWAYS = (
    (
        "胶州湾示例大桥",
        [(120.372, 36.158), (120.300, 36.170), (120.205, 36.155), (120.100, 36.105)],
        "bridge",
    ),
    ("胶州湾示例隧道", [(120.308, 36.066), (120.275, 36.030), (120.226, 35.962)], "tunnel"),
    (
        "环湾示例高速",
        [
            (120.372, 36.158),
            (120.386, 36.200),
            (120.397, 36.245),
            (120.392, 36.285),
            (120.350, 36.312),
            (120.270, 36.318),
            (120.160, 36.308),
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


def country_roads(
    draft: StreetDraft,
    towns: Sequence[Town],
    members: Sequence[Ints],
    dry: shapely.Geometry,
    names: Iterable[str],
    rng: np.random.Generator,
) -> None:
    """Join settlements by the Gabriel graph; a few villages stay cut off."""
    passable = shapely.difference(dry, mountains())
    shapely.prepare(passable)
    settled = [i for i, nodes in enumerate(members) if len(nodes) > 1]
    centres = np.array([[towns[i].x_m, towns[i].y_m] for i in settled])
    villages = [k for k, i in enumerate(settled) if towns[i].rank == 2]
    cut_off = set(rng.choice(villages, _CUT_OFF_VILLAGES, replace=False).tolist())
    xy_m = draft.nodes()
    taken = iter(names)
    for a, b in gabriel(centres).tolist():
        if a in cut_off or b in cut_off:
            continue
        one, two = settled[a], settled[b]
        start = _toward(xy_m, members[one], centres[b])
        end = _toward(xy_m, members[two], centres[a])
        line = _winding(xy_m[start], xy_m[end], rng)
        if not shapely.contains(passable, shapely.LineString(line)):
            line = np.vstack([xy_m[start], xy_m[end]])
            if not shapely.contains(passable, shapely.LineString(line)):
                continue
        tags = {"highway": _country_class(towns[one].rank, towns[two].rank)}
        stem = next(taken, "")
        _country_road(draft, start, end, line, f"{stem}路" if stem else "", tags, passable)


def _country_road(
    draft: StreetDraft,
    start: int,
    end: int,
    line: Floats,
    name: str,
    tags: dict[str, str],
    passable: shapely.Geometry,
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
        tip = inner[number] + side * (140 if number % 4 else -170)
        if number % 2 or tags["highway"] not in {"tertiary", "unclassified"}:
            continue
        if shapely.contains(passable, shapely.LineString([inner[number], tip])):
            draft.add(bend, int(draft.add_nodes(tip[None])[0]), "", {"highway": "track"})


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
        return "secondary"
    if high == 1:
        return "primary" if low == 0 else "secondary"
    return "tertiary" if low < 2 else "unclassified"


def motorways(draft: StreetDraft, towns: Sequence[Town], members: Sequence[Ints]) -> None:
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


def mountain_paths(draft: StreetDraft, dry: shapely.Geometry, rng: np.random.Generator) -> None:
    """Add hikers' paths and stairs on the heights, joined to the streets at the foot."""
    xy_m = draft.nodes()
    tree = cKDTree(xy_m)
    for hill in shapely.get_parts(mountains()):
        top = np.array(hill.centroid.coords[0])
        laid = 0
        while laid < _PATHS_PER_HILL:
            angle = rng.uniform(0, 2 * np.pi)
            reach_m = float(np.sqrt(hill.area / np.pi)) + 300
            _, foot = tree.query(top + reach_m * np.array([np.cos(angle), np.sin(angle)]))
            line = _winding(xy_m[foot], top, rng)
            if not shapely.contains(dry, shapely.LineString(line)):
                continue
            laid += 1
            chain = [int(foot), *draft.add_nodes(line[1:]).tolist()]
            for number, (here, there) in enumerate(pairwise(chain)):
                kind = "steps" if number % 3 == 2 else "path"
                draft.add(here, there, "示例登山步道", {"highway": kind, "bicycle": "no"})
