"""Zones of people as rows of the layer workers, and what must be said beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import geopandas as gpd
import h3
import numpy as np
import shapely
from numpy.typing import NDArray

from data.events.event_rows import KINDS
from geo.arrays import Ints
from geo.crs import STORAGE_CRS
from geo.demand.anonymity import WEEK_PARTS
from geo.hours.week import osm_hours
from geo.layers.columns import WORKERS
from geo.text import Text

_THURSDAY = 3
"""The weekday of 1970-01-01."""

_DAYS = (
    Text("周一", "Monday"),
    Text("周二", "Tuesday"),
    Text("周三", "Wednesday"),
    Text("周四", "Thursday"),
    Text("周五", "Friday"),
    Text("周六", "Saturday"),
    Text("周日", "Sunday"),
)
_CONVERTED = Text(
    "没有人员编号：人数由事件数折算，同一人可能被数多次；每格不少于 5 人也按折算数把关。",
    "No persons told apart: workers are events converted, one person may count often, and the "
    "least of five a cell is of converted workers too.",
)


def concentrations(
    cells: Sequence[str],
    kind: Ints,
    label: Ints,
    counts: Sequence[int],
    hours: NDArray[np.bool_],
) -> gpd.GeoDataFrame:
    """Return WORKERS rows (EPSG:4326), one a zone, in the order of their ids.

    Parameters
    ----------
    cells, kind, label : (n,) each
        H3 cells, their group and setting (index into KINDS), and zone, below 0 for none.
    counts, hours : (g,) int, (g, 168) bool
        Workers of each zone and the hours they are there; none at all is around the clock.
    """
    members: list[list[str]] = [[] for _ in counts]
    kinds = [0] * len(counts)
    for cell, one, zone in zip(cells, kind.tolist(), label.tolist(), strict=True):
        if zone >= 0:
            members[zone].append(cell)
            kinds[zone] = one
    rows = []
    for zone, (mine, one, count) in enumerate(zip(members, kinds, counts, strict=True)):
        group, setting = KINDS[one]
        first, merged = min(mine), f"等{len(mine)}格" if len(mine) > 1 else ""
        rows.append(
            {
                "id": f"h3-{first}-{group}-{setting}",
                "name": f"{group.text.zh}{setting.text.zh} 网格{first}{merged}",
                "group": str(group),
                "setting": str(setting),
                "workers": count,
                "active_hours": osm_hours(hours[zone]) if hours[zone].any() else None,
                "geometry": shapely.geometry.shape(h3.cells_to_geo(mine)),
            }
        )
    rows.sort(key=lambda row: str(row["id"]))
    names = [column.name for column in WORKERS.columns]
    return gpd.GeoDataFrame(rows, columns=[*names, "geometry"], crs=STORAGE_CRS)


def remarks_on(
    days: Iterable[int], told_by: Ints, counts: Ints, *, with_persons: bool
) -> tuple[Text, ...]:
    """Return what a planner must know of the rows.

    Parameters
    ----------
    days : Iterable[int]
        Days with events, since 1970-01-01.
    told_by, counts : (g,) int
        Which of WEEK_PARTS each zone's hours are told by, and its workers.
    with_persons : bool
        Whether persons were told apart.
    """
    remarks = [] if with_persons else [_CONVERTED]
    seen = {(day + _THURSDAY) % 7 for day in days}
    missing = [name for number, name in enumerate(_DAYS) if number not in seen]
    if seen and missing:
        remarks.append(
            Text(
                f"数据里没有{'、'.join(name.zh for name in missing)}的事件，"
                "这些天的活动时间按没有人处理。",
                f"There are no events on {', '.join(name.en for name in missing)}: nobody is "
                "taken to be there then.",
            )
        )
    vague, always = counts[told_by > 0].sum(), counts[told_by == len(WEEK_PARTS)].sum()
    if vague:
        remarks.append(
            Text(
                f"{vague:,} 人所在格子每个钟点都不足 5 人，活动时间按工作日/周末合并给出；"
                f"其中 {always:,} 人仍不足，按全天计。",
                f"{vague:,} workers are in cells with under 5 at every hour: their hours are told "
                f"by working days and weekends, and by the whole week for {always:,} of them.",
            )
        )
    return tuple(remarks)
