"""From the project's layers to a campaign, once their reach and drives are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.bus.campaign.campaign import Campaign, Drive, People
from geo.bus.campaign.campaign_rules import CampaignRules
from geo.bus.campaign.clock import clock_minutes
from geo.bus.campaign.fleet import DAY_MIN, Bus, Depot
from geo.bus.campaign.stop import Stop
from geo.errors import BadInputError
from geo.layers.vocabulary import Setting
from geo.text import Text


def make_campaign(
    stops: gpd.GeoDataFrame,
    workers: gpd.GeoDataFrame,
    depots: gpd.GeoDataFrame,
    pairs: tuple[NDArray[np.int32], NDArray[np.int32]],
    drive: Drive,
    *,
    days: Sequence[date],
    buses: int | Sequence[Bus] = 3,
    rules: CampaignRules | None = None,
    hours: NDArray[np.bool_] | None = None,
) -> Campaign:
    """Return the campaign of the layers ``stops``, ``workers`` and ``depots`` (EPSG:4326).

    Parameters
    ----------
    stops, workers, depots : GeoDataFrame
        With the columns of ``STOPS``, ``WORKERS`` and ``DEPOTS``.
    pairs : tuple of (q,) int32
        Row of `stops`, row of `workers` within walking reach of it.
    drive : Drive
        Over the rows of `stops`, then those of `depots`, as a bus drives.
    days : Sequence[date]
        The days of the campaign, ascending.
    buses : int | Sequence[Bus]
        The fleet; a number gives usual buses, shared out over the depots.
    rules : CampaignRules | None
        The planner's rules; None for the usual ones.
    hours : (c, 168) bool | None
        When workers are where `workers` says (from ``active_hours``), Monday 00:00 first.
    """
    rules = rules or CampaignRules()
    fleet = usual_buses(buses, depots) if isinstance(buses, int) else tuple(buses)
    return Campaign(
        buses=fleet,
        depots=tuple(
            Depot(_text(row, "id"), _text(row, "name"), _lonlat(row)) for row in _rows(depots)
        ),
        days=tuple(days),
        stops=tuple(_stop(row) for row in _rows(stops)),
        people=_people(workers, rules, hours),
        pair_stop=np.asarray(pairs[0], dtype=np.int32),
        pair_people=np.asarray(pairs[1], dtype=np.int32),
        drive=drive,
        rules=rules,
    )


def usual_buses(
    count: int,
    depots: gpd.GeoDataFrame,
    *,
    exams_per_hour: float = 30.0,
    exams_per_day: float = 150.0,
) -> tuple[Bus, ...]:
    """Return `count` usual buses, shared out over `depots` as their column ``buses`` says."""
    homes: list[int] = []
    room = _numbers(depots, "buses", default=1.0).astype(int)
    while len(homes) < count and room.size:
        free = [i for i in range(len(room)) if room[i] > homes.count(i)] or list(range(len(room)))
        homes.extend(free)
    return tuple(
        Bus(
            id=f"bus-{number + 1}",
            name=f"{number + 1}号车",
            start_depot=home,
            end_depot=home,
            exams_per_hour=exams_per_hour,
            exams_per_day=exams_per_day,
        )
        for number, home in enumerate(homes[:count])
    )


def _minute_of_day(value: object, *, default: int) -> int:
    """Return "HH:MM" as minutes after midnight, `default` where the cell is empty."""
    if not isinstance(value, str) or not value.strip():
        return default
    minutes = clock_minutes(value)
    if minutes is None:
        raise BadInputError(
            Text(f"时刻“{value}”无法识别，请写成 08:30。", f"Time {value!r}: write it as 08:30.")
        )
    return min(minutes, DAY_MIN)


def _rows(frame: gpd.GeoDataFrame) -> list[Mapping[str, object]]:
    rows: list[Mapping[str, object]] = frame.to_dict("records")
    return rows


def _text(row: Mapping[str, object], name: str) -> str:
    value = row.get(name)
    return "" if value is None or value is pd.NA or value != value else str(value)  # noqa: PLR0124  NaN


def _flag(row: Mapping[str, object], name: str) -> bool:
    return _text(row, name).lower() in {"true", "1", "1.0", "yes", "是"}


def _lonlat(row: Mapping[str, object]) -> tuple[float, float]:
    point = row["geometry"].representative_point()  # type: ignore[attr-defined]
    return float(point.x), float(point.y)


def _stop(row: Mapping[str, object]) -> Stop:
    setting = _text(row, "setting")
    return Stop(
        id=_text(row, "id"),
        name=_text(row, "name"),
        lonlat=_lonlat(row),
        district=_text(row, "district"),
        setting=Setting(setting) if setting else None,
        open_min=_minute_of_day(row.get("open_from"), default=0),
        close_min=_minute_of_day(row.get("open_until"), default=DAY_MIN),
        address=_text(row, "address"),
        contact=_text(row, "contact"),
        phone=_text(row, "phone"),
        banned=_flag(row, "banned"),
        must_visit=_flag(row, "must_visit"),
    )


def _numbers(frame: gpd.GeoDataFrame, name: str, *, default: float) -> NDArray[np.float64]:
    if name not in frame.columns:
        return np.full(len(frame), default)
    values: NDArray[np.float64] = (
        pd.to_numeric(frame[name], errors="coerce").fillna(default).to_numpy(dtype=np.float64)
    )
    return values


def _people(
    workers: gpd.GeoDataFrame, rules: CampaignRules, hours: NDArray[np.bool_] | None
) -> People:
    rows = _rows(workers)
    return People(
        count=_numbers(workers, rules.demand, default=0.0),
        at_work=np.array([_text(row, "setting") != Setting.RESIDENCE for row in rows], np.bool_),
        district=tuple(_text(row, "district") for row in rows),
        hours=hours,
        id=tuple(_text(row, "id") for row in rows),
        group=tuple(_text(row, "group") for row in rows),
    )
