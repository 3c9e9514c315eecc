"""Where workers gather, at work and at home, and where a bus can stand near them."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.city.totals import ALL_EMPLOYED, census, census_industry
from data.sample.making.invented_places import Ground, residents
from geo.arrays import Ints
from geo.crs import METRIC_CRS, STORAGE_CRS
from geo.demand.spreading import whole
from geo.layers.vocabulary import Group, Setting

WORKER_SHARE = 0.06
"""Workers in new forms of employment per resident: 84 million nationwide (全国总工会第九次全国
职工队伍状况调查, 2023) of 1.41 billion, applied to the whole city."""

_SETTING_SHARE = {Setting.WORK: 0.6, Setting.RESIDENCE: 0.4}
"""Invented: most concentrations are places of work."""
_COUNT = 6000
"""Invented: rows enough to be a city, few enough for seconds."""
_HOME_HOURS = "Mo-Su 18:30-22:00"
"""When people are home and awake: night hours at home are no unmet need for a rest station."""


class _Gathering(NamedTuple):
    share: float
    women: float
    crowding: float
    hours: str
    at_work: str
    size: float


_GATHERINGS = {
    Group.DELIVERY_RIDER: _Gathering(22, 0.05, 1.0, "Mo-Su 10:00-21:00", "外卖取餐集中点", 1.0),
    Group.COURIER: _Gathering(16, 0.08, 0.6, "Mo-Su 07:00-20:00", "快递网点", 1.1),
    Group.RIDE_HAILING_DRIVER: _Gathering(15, 0.06, 0.8, "Mo-Su 06:00-23:00", "网约车集散点", 1.0),
    Group.TRUCK_DRIVER: _Gathering(12, 0.02, -0.6, "Mo-Su 05:00-21:00", "物流园货车停车场", 1.8),
    Group.SANITATION_WORKER: _Gathering(9, 0.35, 0.4, "Mo-Su 04:30-17:00", "环卫作业点", 0.7),
    Group.DOMESTIC_WORKER: _Gathering(8, 0.9, 0.9, "Mo-Sa 08:00-18:00", "家政服务门店", 0.8),
    Group.SECURITY_GUARD: _Gathering(8, 0.08, 0.7, "24/7", "保安值守点", 0.6),
    Group.ESTATE_AGENT: _Gathering(4, 0.45, 1.0, "Mo-Su 08:30-20:00", "房产中介门店", 0.5),
    Group.CARE_WORKER: _Gathering(3, 0.85, 0.6, "24/7", "护理院", 0.8),
    Group.MALL_INFORMANT: _Gathering(2, 0.55, 1.0, "Mo-Su 10:00-21:30", "商场服务台", 0.5),
    Group.OTHER: _Gathering(1, 0.3, 0.3, "Mo-Su 08:00-18:00", "零工市场", 1.2),
}


def make_workers(
    ground: Ground, districts: gpd.GeoDataFrame, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Make about 6,000 concentrations; every worker stands in exactly one of them.

    All add up to ``WORKER_SHARE`` of the city's residents, groups to their shares of that, and a
    group's workers in each district to what :func:`worker_totals` says, three in five at work.
    """
    totals = worker_totals(sum(residents(districts).values()))
    parts = []
    for group, gathering in _GATHERINGS.items():
        for setting, part in _SETTING_SHARE.items():
            here = dict(zip(map(str, totals), totals.loc[str(group)].to_numpy(float), strict=True))
            count = round(_COUNT * gathering.share / 100 * part)
            lean = gathering.crowding if setting is Setting.WORK else 0.2
            rows = ground.draw(here, max(len(here), count), rng, lean=lean)
            parts.append(_gathered(group, setting, rows, ground, rng))
    frame = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=STORAGE_CRS)
    frame["workers"] = _counted(frame, totals)
    women = np.array([_GATHERINGS[Group(group)].women for group in frame["group"]])
    frame["women_35_59"] = rng.binomial(frame["workers"].to_numpy(int), women * 0.55)
    frame.insert(0, "id", [f"W{number:05d}" for number in range(1, len(frame) + 1)])
    return _some_as_areas(frame.drop(columns="raw"), rng)


def worker_totals(people: float) -> pd.DataFrame:
    """Return how many workers of each group (rows) live in each district (columns, adcodes).

    A group is shared between districts as the census counts the employed of its industry, the
    group "other" as it counts all employed.
    """
    known = census()
    shares = np.array([gathering.share for gathering in _GATHERINGS.values()])
    groups = whole(people * WORKER_SHARE * shares / shares.sum(), round(people * WORKER_SHARE))
    rows = {}
    for group, workers in zip(_GATHERINGS, groups.tolist(), strict=True):
        employed = known[census_industry(group) or ALL_EMPLOYED].astype(float)
        rows[str(group)] = whole(workers * employed / employed.sum(), workers)
    return pd.DataFrame.from_dict(rows, orient="index", columns=known.index)


def _gathered(
    group: Group,
    setting: Setting,
    rows: np.ndarray[tuple[int], np.dtype[np.int64]],
    ground: Ground,
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    gathering = _GATHERINGS[group]
    place = ground.place[rows]
    word = gathering.at_work if setting is Setting.WORK else f"{group.text.zh}聚居区"
    return gpd.GeoDataFrame(
        {
            "name": [f"{name}{word}（示例）" for name in place],
            "group": str(group),
            "setting": str(setting),
            "raw": rng.lognormal(0, 0.75, len(rows)) * gathering.size,
            "active_hours": gathering.hours if setting is Setting.WORK else _HOME_HOURS,
            "address": ground.address(rows),
            "district": ground.district[rows],
            "subdistrict": ground.subdistrict[rows],
        },
        geometry=gpd.points_from_xy(*ground.beside(rows, rng).T),
        crs=STORAGE_CRS,
    )


def _counted(frame: gpd.GeoDataFrame, totals: pd.DataFrame) -> Ints:
    """Scale the raw sizes so that every group adds up exactly in each district and setting."""
    counts = np.zeros(len(frame), np.int64)
    raw = frame["raw"].to_numpy(float)
    for (group, code, setting), part in frame.groupby(["group", "district", "setting"]):
        here = part.index.to_numpy()
        everyone = int(totals.loc[group, code])
        at_work = round(everyone * _SETTING_SHARE[Setting.WORK])
        workers = at_work if setting == Setting.WORK else everyone - at_work
        # At least one worker stands in each.
        spare = workers - len(here)
        counts[here] = 1 + whole(raw[here] / raw[here].sum() * spare, spare)
    return counts


def _some_as_areas(frame: gpd.GeoDataFrame, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Draw one residence in twenty and every third truck park as an area."""
    home = (frame["setting"] == Setting.RESIDENCE).to_numpy() & (rng.random(len(frame)) < 0.05)
    park = (frame["group"] == Group.TRUCK_DRIVER).to_numpy() & (rng.random(len(frame)) < 0.3)
    areas = home | (park & (frame["setting"] == Setting.WORK).to_numpy())
    places = frame.geometry.to_crs(METRIC_CRS)
    shapes = places[areas].buffer(rng.uniform(90, 190, int(areas.sum())), quad_segs=2)
    rounded = shapely.set_precision(shapes.to_crs(STORAGE_CRS).to_numpy(), 1e-6)
    geometry = frame.geometry.to_numpy().copy()
    geometry[areas] = rounded
    return frame.set_geometry(gpd.GeoSeries(geometry, crs=STORAGE_CRS))


_STOP_KINDS = (
    ("停车场", Setting.WORK, "09:00", "17:30"),
    ("广场", Setting.WORK, "08:30", "17:30"),
    ("物流园门前", Setting.WORK, "08:00", "17:00"),
    ("社区广场", Setting.RESIDENCE, "17:00", "20:30"),
)


def make_stops(
    ground: Ground, districts: gpd.GeoDataFrame, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Make about 300 places where a bus can stand."""
    rows = ground.draw(residents(districts), 300, rng, lean=0.9)
    kinds = rng.choice(len(_STOP_KINDS), len(rows), p=[0.25, 0.2, 0.15, 0.4])
    picked = [_STOP_KINDS[kind] for kind in kinds]
    place = ground.place[rows]
    return gpd.GeoDataFrame(
        {
            "id": [f"S{number:03d}" for number in range(1, len(rows) + 1)],
            "name": [f"{name}{kind[0]}（示例）" for name, kind in zip(place, picked, strict=True)],
            "address": ground.address(rows),
            "district": ground.district[rows],
            "subdistrict": ground.subdistrict[rows],
            "setting": [str(kind[1]) for kind in picked],
            "open_from": [kind[2] for kind in picked],
            "open_until": [kind[3] for kind in picked],
            "contact": "示例联系人",
            "phone": [f"0532-5551{rng.integers(1000, 9999)}" for _ in picked],
            "banned": rng.random(len(rows)) < 0.02,
            "must_visit": False,
        },
        geometry=gpd.points_from_xy(*ground.beside(rows, rng).T),
        crs=STORAGE_CRS,
    )
