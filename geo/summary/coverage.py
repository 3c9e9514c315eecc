"""The figures of a coverage: who is near, when, how surely, how evenly and with what room."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import ConfigDict

from geo.coverage.access_model import DecayKind, RoomMethod
from geo.fields import About, Unit
from geo.summary.figures import EstimateFigures, Figures, Known, KnownText, PiecesFigures, prefixed

_M, _S, _W, _H = Unit.METRES, Unit.SECONDS, Unit.WORKERS, Unit.WORKER_HOURS
_Day = date
Pair = tuple[float, float]
"""Low and high."""
_District = Annotated[str, About("区市代码", "District code")]


class RangeRow(Figures):
    """What one assumption being off does to the shares covered."""

    assumption: Annotated[str, About("假设", "Assumption: limit, speed or workers")]
    change: Annotated[float, About("变动", "Change", Unit.SHARE)]
    workers: Annotated[float, About("职工覆盖率", "Share of workers", Unit.SHARE)]
    worker_hours: Annotated[float, About("工时覆盖率", "Share of worker-hours", Unit.SHARE)]


class CoverageRange(Figures):
    """The shares covered with limit, speeds and numbers of workers off."""

    workers: Annotated[Pair, About("职工覆盖率的低与高", "Share of workers, low and high")]
    worker_hours: Annotated[
        Pair, About("工时覆盖率的低与高", "Share of worker-hours, low and high")
    ]
    workers_error: Annotated[Known, About("各处人数误差", "Error of the counts", Unit.SHARE)]
    draws: Annotated[int, About("抽样次数", "Random draws")]
    rows: Annotated[tuple[RangeRow, ...], About("逐项假设", "One row an assumption and change")]


class HoursOfWeek(Figures):
    """168 hours, Monday 0:00 first."""

    present: Annotated[tuple[float, ...], About("在岗职工", "Workers there", _W)]
    covered: Annotated[
        tuple[float, ...], About("其中有站开门", "Of them with an open station in reach", _W)
    ]


class Band(Figures):
    """The workers whose nearest station is within a break."""

    within: Annotated[float, About("不超过", "Within (s or m)")]
    workers: Annotated[float, About("职工", "Workers", _W)]


class Bands(Figures):
    """Workers by how near the nearest station is."""

    time_s: Annotated[tuple[Band, ...], About("按秒", "By time", _S)]
    distance_m: Annotated[tuple[Band, ...], About("按米", "By street distance", _M)]


class CoverageRow(Figures):
    """Totals of a district; the rows add up to those of the whole."""

    district: _District
    workers: Annotated[float, About("职工", "Workers", _W)]
    workers_covered: Annotated[float, About("已覆盖职工", "Workers covered", _W)]
    worker_hours: Annotated[float, About("职工工时", "Worker-hours", _H)]
    worker_hours_covered: Annotated[
        float, About("站点开门、可到达的工时", "Of them with a station in reach and open", _H)
    ]


class SubdistrictCoverageRow(CoverageRow):
    """Totals of a subdistrict; workers in none are of the subdistrict ``""``."""

    subdistrict: Annotated[str, About("街道", "Subdistrict")]


class GroupCoverageRow(CoverageRow):
    """Totals of a group of workers in a district."""

    group: Annotated[str, About("群体", "Group")]


class DayCoverage(Figures):
    """One day of a real week."""

    date: Annotated[_Day, About("日期", "Date")]
    day_kind: Annotated[str, About("日期类型", "ordinary, holiday or make_up")]
    worker_hours: Annotated[float, About("职工工时", "Worker-hours", _H)]
    worker_hours_covered: Annotated[float, About("已覆盖工时", "Of them covered", _H)]


class Remark(Figures):
    """A sentence in both languages."""

    zh: str
    en: str


class HolidayCoverage(Figures):
    """The week of the next National Day that has been announced."""

    monday: Annotated[date | None, About("周一", "Its Monday; null if none is announced")]
    worker_hours_total: Annotated[float | None, About("职工工时", "Worker-hours", _H)] = None
    worker_hours_covered: Annotated[float | None, About("已覆盖工时", "Of them covered", _H)] = None
    days: Annotated[tuple[DayCoverage, ...], About("逐日", "Day by day")] = ()
    note: Annotated[Remark | None, About("说明", "What to know of it")] = None


class EquityRow(Figures):
    """How evenly the hours served are spread within a district or a group."""

    workers: Annotated[float, About("职工", "Workers", _W)]
    mean: Annotated[Known, About("人均工时覆盖", "Hours served, mean", Unit.SHARE)]
    gini: Annotated[Known, About("基尼系数", "Gini")]
    theil: Annotated[Known, About("泰尔指数", "Theil")]
    worst_tenth: Annotated[
        Known, About("最差十分之一的工时覆盖", "Worst-served tenth, mean", Unit.SHARE)
    ]
    in_farthest_tenth: Annotated[
        float, About("属全市最远十分之一", "Among the city's farthest tenth", _W)
    ]


class DistrictEquity(EquityRow):
    """How evenly hours are served within a district."""

    district: _District


class GroupEquity(EquityRow):
    """How evenly hours are served within a group."""

    group: Annotated[str, About("群体", "Group")]


class EquityFigures(Figures):
    """How evenly open hours are spread, and who is farthest from a station."""

    mean: Annotated[Known, About("人均工时覆盖", "Hours served, mean", Unit.SHARE)]
    gini: Annotated[Known, About("基尼系数（0 为人人相同）", "Gini (0: all alike)")]
    theil: Annotated[Known, About("泰尔指数", "Theil")]
    theil_between_districts: Annotated[
        Known, About("其中区市之间", "The part of it between districts")
    ]
    worst_tenth: Annotated[
        Known, About("最差十分之一的工时覆盖", "Worst-served tenth, mean", Unit.SHARE)
    ]
    worst_half_share: Annotated[
        Known, About("最差一半占有的工时", "Hours of the worst-served half", Unit.SHARE)
    ]
    unserved_share: Annotated[
        float, About("工时完全无站可去的职工", "Workers never served", Unit.SHARE)
    ]
    lorenz: Annotated[
        tuple[Pair, ...], About("洛伦兹曲线", "Lorenz curve: share of workers, share of hours")
    ]
    worst_tenth_from_m: Annotated[
        float | None, About("最远十分之一离站至少", "Farthest tenth: at least so far", _M)
    ]
    by_district: Annotated[tuple[DistrictEquity, ...], About("各区市", "By district")]
    by_group: Annotated[tuple[GroupEquity, ...], About("各群体", "By group")]


class LoadedStation(Figures):
    """A station and the visits it must expect."""

    id: Annotated[str, About("编号", "Id")]
    name: Annotated[KnownText, About("站点", "Station")]
    district: Annotated[KnownText, About("区市代码", "District code")]
    capacity: Annotated[float, About("日接待能力", "Room", Unit.VISITS)]
    visits: Annotated[float, About("预计人次", "Visits expected", Unit.VISITS)]
    load: Annotated[float, About("负荷", "Visits by room")]


class DistrictRoom(Figures):
    """Room in reach of a district's workers."""

    district: _District
    workers: Annotated[float, About("职工", "Workers", _W)]
    visits_without_room: Annotated[float, About("接待不下", "Visits without room", Unit.VISITS)]
    capacity: Annotated[float, About("可用日接待能力", "Room within reach", Unit.VISITS)]


class CapacityFigures(Figures):
    """Room at the stations, by enhanced two-step floating catchments (Luo & Qi 2009)."""

    visits_per_worker_day: Annotated[
        float, About("每名职工每天到站次数", "Visits a worker makes a day")
    ]
    method: Annotated[RoomMethod, About("方法", "Method")]
    decay: Annotated[DecayKind, About("随距离衰减", "How access falls with distance")]
    visits: Annotated[float, About("预计人次", "Visits expected", Unit.VISITS)]
    capacity: Annotated[float, About("接待能力", "Room", Unit.VISITS)]
    overloaded: Annotated[int, About("超负荷站点", "Stations with more visits than room")]
    stations_unstated: Annotated[
        int, About("未填接待能力的站点", "Stations that state no capacity")
    ]
    visits_without_room: Annotated[float, About("接待不下", "Visits without room", Unit.VISITS)]
    full_workers: Annotated[float, About("站点已满的职工", "Workers whose stations are full", _W)]
    stations: Annotated[
        tuple[LoadedStation, ...], About("负荷最高的站点", "The most loaded stations")
    ]
    by_district: Annotated[tuple[DistrictRoom, ...], About("各区市", "By district")]


class CoverageFigures(Figures):
    """What the step ``coverage`` found; the city's workers are in ``workers_total``."""

    model_config = ConfigDict(
        alias_generator=prefixed(
            "coverage_",
            only=frozenset(
                {
                    "range",
                    "by_hour",
                    "bands",
                    "by_district",
                    "by_district_group",
                    "by_subdistrict",
                    "week",
                    "estimate",
                }
            ),
        )
    )

    covered_before: Annotated[float, About("现已覆盖", "Workers covered now", _W)]
    worker_hours_total: Annotated[float, About("每周职工工时", "Worker-hours in all", _H)]
    worker_hours_covered: Annotated[
        float, About("其中站点开门、可到达的工时", "Of them with a station in reach and open", _H)
    ]
    gaps: Annotated[int, About("覆盖缺口（个）", "Gaps")]
    unreachable_workers: Annotated[
        float, About("附近没有道路的职工", "Workers with no street near", _W)
    ]
    cut_off_workers: Annotated[
        float,
        About("所在道路与有站点的道路不相通的职工", "Workers whose streets lead to no station", _W),
    ]
    stations_without_hours: Annotated[
        int,
        About("未填开放时间的站点（个）", "Stations that state no hours: they never count as open"),
    ]
    worker_hours_unsure: Annotated[
        float, About("因此不确定的工时", "Worker-hours that concerns", _H)
    ]
    women_unstated_workers: Annotated[
        float,
        About("未填女职工人数处的职工", "Workers where the number of women is not stated", _W),
    ]
    week: Annotated[
        date | None,
        About("所测真实一周的周一", "Monday of the real week measured; null: an ordinary one"),
    ]
    range: Annotated[CoverageRange, About("可信范围", "How surely")]
    by_hour: Annotated[HoursOfWeek, About("一周各时段", "Hour by hour of the week")]
    bands: Annotated[Bands, About("按到站远近", "By how near a station is")]
    by_district: Annotated[tuple[CoverageRow, ...], About("各区市", "By district")]
    by_district_group: Annotated[
        tuple[GroupCoverageRow, ...], About("各区市各群体", "By district and group")
    ]
    by_subdistrict: Annotated[
        tuple[SubdistrictCoverageRow, ...],
        About("各街道", "By subdistrict; empty where none are known"),
    ] = ()
    holiday_week: Annotated[HolidayCoverage, About("国庆当周", "National Day week")]
    equity: Annotated[EquityFigures, About("公平性", "How evenly hours are served")]
    capacity: Annotated[CapacityFigures, About("接待能力", "Room at the stations")]
    street_pieces: Annotated[PiecesFigures, About("道路连通情况", "Streets connected")]
    estimate: Annotated[
        EstimateFigures | None, About("估算的职工", "Workers estimated; null where all are counted")
    ] = None
