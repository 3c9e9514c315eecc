"""Built-up ground: a warped street grid for each urban centre, town and village."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from data.sample.making.street_draft import StreetDraft
from data.sample.making.towns import Town
from geo.arrays import Floats, Ints

_INNER_REACH = 1.5
"""Times its radius; so far an urban core fills the inner city."""


class Grounds:
    """Tells whose ground a point is on: each urban centre owns what lies nearest to it.

    Attributes
    ----------
    inner : shapely.Geometry
        What cores build over from border to border (EPSG:4549), prepared.
    """

    def __init__(self, towns: Sequence[Town], inner: shapely.Geometry) -> None:
        shapely.prepare(inner)
        self.inner = inner
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
        for every, kind in ((12, "secondary"), (4, "tertiary")):
            if index % every == 0:
                return kind
        return "residential"
    if rank == 1:
        return {0: "secondary", 1: "residential"}.get(
            index % 5, "tertiary" if index % 5 == 3 else "residential"
        )
    return "unclassified" if index == 0 else "residential"


def town_grid(
    draft: StreetDraft,
    town: Town,
    number: int,
    grounds: Grounds,
    land: shapely.Geometry,
    dry: shapely.Geometry,
    names: Iterable[str],
    rng: np.random.Generator,
) -> Ints:
    """Lay out one town; return its nodes."""
    reach = int(np.ceil(town.radius_m * (_INNER_REACH if town.rank == 0 else 1) / town.block_m))
    i, j = (axis.ravel() for axis in np.mgrid[-reach : reach + 1, -reach : reach + 1])
    local_m = np.column_stack([i, j]) * town.block_m
    ragged = 0.86 + 0.14 * _waves(local_m, town.radius_m * 0.8, number + 10_000)[:, 0]
    xy_m = _warped(town, number, local_m)
    far = np.hypot(*local_m.T) / town.radius_m
    inner = shapely.contains_xy(grounds.inner, *xy_m.T) & (town.rank == 0)
    kept = (inner | (far <= ragged)) & shapely.contains_xy(land, *xy_m.T)
    kept &= grounds.owned(number, town, xy_m)
    if town.rank == 0:
        # Toward the edge of a city the minor streets thin out.
        minor = (i % 2 != 0) & (j % 2 != 0) & ~inner
        kept &= ~(minor & (rng.random(len(i)) < np.clip(far - 0.55, 0, 0.4)))
    node = np.full(len(i), -1)
    node[kept] = draft.add_nodes(xy_m[kept])
    side = 2 * reach + 1
    for step, line in ((side, j), (1, i)):
        kinds = _stems(names, side if town.rank < 2 else 0)
        _grid_lines(draft, town, number, node, local_m, step, line, kinds, reach, dry, rng)
    placed: Ints = node[kept]
    return placed


def _stems(names: Iterable[str], count: int) -> list[str]:
    taken = iter(names)
    return [next(taken, "") for _ in range(min(count, 40))]


def _grid_lines(
    draft: StreetDraft,
    town: Town,
    number: int,
    node: Ints,
    local_m: Floats,
    step: int,
    line: Ints,
    stems: list[str],
    reach: int,
    dry: shapely.Geometry,
    rng: np.random.Generator,
) -> None:
    """Add the streets of one direction, block by block."""
    ends = np.flatnonzero((node[:-step] >= 0) & (node[step:] >= 0))
    ends = ends[line[ends] == line[ends + step]]
    middle = _warped(town, number, (local_m[ends] + local_m[ends + step]) / 2)
    chance = rng.random(len(ends))
    xy_m = draft.nodes()
    blocks = np.stack([xy_m[node[ends]], middle, xy_m[node[ends + step]]], axis=1)
    on_land = np.asarray(shapely.contains(dry, shapely.linestrings(blocks)))
    for row, first in enumerate(ends):
        index = int(line[first])
        kind = _line_class(town.rank, index)
        if not on_land[row]:
            continue
        if kind == "residential" and chance[row] < (0.13 if town.rank == 0 else 0.08):
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


def stitch(
    draft: StreetDraft,
    towns: Sequence[Town],
    members: Sequence[Ints],
    dry: shapely.Geometry,
    rng: np.random.Generator,
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
                if not shapely.contains(dry, shapely.LineString(xy_m[[other, members[b][row]]])):
                    continue
                used.add(other)
                draft.add(other, int(members[b][row]), "", {"highway": "tertiary"})
