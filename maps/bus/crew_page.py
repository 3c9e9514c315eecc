"""The crew's page on the phone: the day's visits in order, and how many people came to each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import geopandas as gpd

from geo.bus.replanning.delay import Delay
from geo.json_shapes import JsonPage
from geo.layers.vocabulary import Mode
from geo.text import Language, Text
from maps.bus.bus_day import mark_changeovers
from maps.bus.bus_page import day_text
from maps.bus.day_sheet import ToDatum
from maps.bus.news import campaign_word
from maps.page_links import PLAIN, PageFrame
from maps.records import DRIVEN_COLUMNS, Record, has_rows, lonlat, records, visits_in_order
from maps.worker.hand_over import map_app_links
from maps.worker.offline_page import CREW_CACHE


def bus_crew_page(
    layers: Mapping[str, gpd.GeoDataFrame],
    day: date,
    came: Mapping[tuple[str, str, str], int | None],
    *,
    to_gcj02: ToDatum,
    made: datetime,
    bus_names: Mapping[str, str] | None = None,
    message: Text | None = None,
    only_bus: str | None = None,
    delay: Delay | None = None,
    version: int = 0,
    frame: PageFrame = PLAIN,
) -> str:
    """Return the page; it needs no script.

    Parameters
    ----------
    layers : Mapping[str, GeoDataFrame]
        ``bus_stops`` with contact persons: for crews only; EPSG:4326.
    day : date
        Which day is shown.
    came : Mapping[tuple[str, str, str], int | None]
        By bus, stop and campaign ("" in records kept before that was asked: the one whose bus it
        is), the people recorded; None where the visit did not take place.
    to_gcj02 : callable
        Converts (n, 2) lon/lat WGS-84 to GCJ-02, which map apps read.
    made : datetime
        Now, Asia/Shanghai: a day after it cannot be recorded yet.
    bus_names : Mapping[str, str] | None
        What people call each bus, by its id.
    message : Text | None
        What to say above the list.
    only_bus : str | None
        Only the visits of this bus; None for all.
    delay : Delay | None
        What the bus reported last today.
    version : int
        The plan that is shown: a report of who saw another one is refused.
    frame : PageFrame
        What every page carries.
    """
    every = _visits(layers, day, came, to_gcj02)
    visits = [one for one in every if only_bus in {None, str(one["bus_id"])}]
    _tell_campaigns(visits, set(layers["bus_stops"].get("campaign", ())) if every else set())
    return frame.render(
        "bus/bus_crew.html.jinja",
        **_among(_days(layers), day, made.date(), frame.language),
        fleet=_fleet(layers),
        only_bus=only_bus,
        delay=delay,
        version=version,
        next_stop=_next(visits, made) if only_bus and day == made.date() else None,
        names=bus_names or {},
        visits=_by_visit(visits),
        buses=sorted({str(visit["bus_id"]) for visit in visits}),
        message=message,
        made=made.isoformat(timespec="minutes"),
        cache=CREW_CACHE,
    )


def _by_visit(records_: list[Record]) -> list[Record]:
    """Return one record a visit, with those of all campaigns ``held`` at it, the bus's own first."""
    together: dict[tuple[object, object], list[Record]] = {}
    for one in records_:
        together.setdefault((one["bus_id"], one["stop_id"]), []).append(one)
    return [
        {**held[0], "held": held, "is_done": all(one["is_recorded"] for one in held)}
        for held in together.values()
    ]


def _next(visits: list[Record], made: datetime) -> Record | None:
    """Return where the bus goes next: nobody is recorded there, and it is not over.

    A visit that nobody recorded does not hide those after it.
    """
    begun = {(one["bus_id"], one["stop_id"]) for one in visits if one["is_recorded"]}
    left = [one for one in visits if (one["bus_id"], one["stop_id"]) not in begun]
    clock = made.strftime("%H:%M")
    return next((one for one in left if str(one["end"]) > clock), left[-1] if left else None)


def _tell_campaigns(visits: list[Record], campaigns: set[object]) -> None:
    """Say what each visit is for, where several `campaigns` stand, and where the crew changes."""
    for one in visits:
        one["campaign_text"] = campaign_word(campaigns, one["campaign"])
    mark_changeovers(visits)


def _among(days: list[str], shown: date, today: date, language: Language) -> JsonPage:
    """Return which of the `days` is `shown`, and those before and after it."""
    day = shown.isoformat()
    before, after = [one for one in days if one < day], [one for one in days if one > day]
    return {
        "day": day,
        "day_name": day_text(day, language),
        "is_today": shown == today,
        "is_open": shown <= today,
        "number": len(before) + 1 if day in days else 0,
        "n_days": len(days),
        "before": before[-1] if before else None,
        "after": after[0] if after else None,
    }


def _fleet(layers: Mapping[str, gpd.GeoDataFrame]) -> list[str]:
    if not has_rows(layers, "bus_stops"):
        return []
    return sorted(set(layers["bus_stops"]["bus_id"].astype(str)))


def _days(layers: Mapping[str, gpd.GeoDataFrame]) -> list[str]:
    if not has_rows(layers, "bus_stops"):
        return []
    return sorted(set(layers["bus_stops"]["day"].astype(str).str[:10]))


def _visits(
    layers: Mapping[str, gpd.GeoDataFrame],
    day: date,
    came: Mapping[tuple[str, str, str], int | None],
    to_gcj02: ToDatum,
) -> list[Record]:
    if not has_rows(layers, "bus_stops"):
        return []
    frame = visits_in_order(layers["bus_stops"])
    frame = frame[frame["day"].astype(str).str[:10] == day.isoformat()]
    if frame.empty:
        return []
    rows, wgs84 = records(frame, DRIVEN_COLUMNS), lonlat(frame)
    for record, here, there in zip(rows, wgs84.tolist(), to_gcj02(wgs84).tolist(), strict=True):
        where = str(record["bus_id"]), str(record["stop_id"])
        key = (*where, str(record["campaign"] or ""))
        if key not in came and not record["shared_with"]:
            key = (*where, "")
        record["is_recorded"] = key in came
        record["came"] = came.get(key)
        phone = str(record["phone"] or "")
        record["dial"] = "".join(mark for mark in phone if mark.isdigit() or mark == "+")
        record["navigate"] = map_app_links(
            str(record["name"]), (here[0], here[1]), (there[0], there[1]), Mode.DRIVE
        )[0].url
    return rows
