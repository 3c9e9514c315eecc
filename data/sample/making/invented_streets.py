"""Invented streets at city size, made of grids, roads and arterials, and their names."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from data.sample.making.arterials import lay_arterials, lay_rings
from data.sample.making.centres import Centres
from data.sample.making.grids import Grounds, stitch, town_grid
from data.sample.making.qingdao_districts import buildable, dry_land
from data.sample.making.roads import country_roads, motorways, mountain_paths
from data.sample.making.street_draft import StreetDraft
from data.sample.making.towns import Town
from geo.arrays import Floats, Ints
from geo.crs import to_lonlat
from geo.network.access import Tags, access, traits
from geo.network.segments import HIGHWAYS, Segments, Trait

_FIRST = list(
    "澜青云海和明安泰宁嘉瑞景松柏梧桐枫榆桂荷莲芷蓝碧澄清源泉溪洛沂潍汶泗岱崧岚峰岭鹤鹭雁鸿鲲锦绣昌盛兴隆永丰裕康乐善德仁信义诚"
)
_SECOND = list(
    "山河湖泽原川浦渡桥亭台阁苑园林坡崖湾港城关营屯庄寨宁阳阴和安平顺达通远泰华光辉明朗清源泉水云霞月星"
)
_VILLAGE = ("村", "庄", "屯", "埠", "疃", "夼", "家庄", "家村", "官庄", "家埠")
_SURNAME = list("王李张刘孙于姜宋赵周徐高曲矫江纪辛毛蓝袁葛邵")


def make_streets(
    districts: gpd.GeoDataFrame, centres: Centres, towns: Sequence[Town], rng: np.random.Generator
) -> Segments:
    """Draw all streets; deterministic for a seed."""
    land, dry = buildable(districts), dry_land(districts)
    shapely.prepare([land, dry])
    draft, names = StreetDraft(), iter(road_names(11_000, rng))
    # The shortest names go to the arterials: the pool ends in longer ones.
    for_arterials = list(islice(names, len(centres.pairs)))
    grounds = Grounds(towns, centres.inner)
    members = [
        town_grid(draft, town, number, grounds, land, dry, names, rng)
        for number, town in enumerate(towns)
    ]
    stitch(draft, towns, members, dry, rng)
    country_roads(draft, towns, members, dry, names, rng)
    lay_arterials(draft, centres, for_arterials)
    lay_rings(draft, towns, members)
    motorways(draft, towns, members)
    mountain_paths(draft, dry, rng)
    return _finish(draft, rng)


def _finish(draft: StreetDraft, rng: np.random.Generator) -> Segments:
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


def road_names(count: int, rng: np.random.Generator) -> list[str]:
    """Return `count` different street stems of two characters, in random order."""
    stems = [a + b for a in _FIRST for b in _SECOND if a != b]
    order = rng.permutation(len(stems))
    pool = [stems[i] for i in order]
    suffixed = pool + [f"{stem}东" for stem in pool] + [f"{stem}西" for stem in pool]
    return suffixed[:count]


def town_names(count: int, rng: np.random.Generator) -> list[str]:
    """Return `count` village names; a number tells apart those that would repeat."""
    middle = ["", "大", "小", "东", "西", "南", "北", "前", "后", "上", "下"]
    pool = [m + s + v for m in middle for s in _SURNAME for v in _VILLAGE]
    order = rng.permutation(len(pool))
    return [pool[order[i % len(pool)]] + ("" if i < len(pool) else "新村") for i in range(count)]
