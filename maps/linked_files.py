"""Links from a map to the files and pages that belong to it, served or lying beside it on disk."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from geo.text import Text

RESULT_FILES: Mapping[str, Text] = {
    "results.xlsx": Text("结果表（Excel）", "Results (Excel)"),
    "results.gpkg": Text("图层（GeoPackage，QGIS 可打开）", "Layers (GeoPackage, for QGIS)"),
    "coverage_hours.csv": Text("各时段覆盖（CSV）", "Coverage by hour (CSV)"),
    "coverage_reach.csv": Text("各距离覆盖（CSV）", "Coverage by distance (CSV)"),
}
"""Files of a run that planners take along."""
PLANNER_MAP = Text("规划图", "Planning map")
BUS_MAP = Text("大蓬车行程图", "Health bus map")
WORKER_MAP = Text("站点地图", "Station map")
DAY_SHEETS = Text("出车单（打印）", "Day sheets (print)")
NOTICES = Text("公告（打印张贴）", "Notices (print)")
SIGNS = Text("停靠标牌（打印张贴）", "Signs of the stops (print)")
PUBLIC_PAGE = Text("公众页", "Public page")
PUBLIC_CALENDAR = Text("公众日历（ICS）", "Public calendar (ICS)")
CREW_CALENDAR = Text("日历（ICS）", "calendar (ICS)")
BUS_WORKBOOK = Text("行程表（Excel）", "Campaign (Excel)")
BUS_GEOJSON = Text("停靠点与路线（GeoJSON）", "Stops and ways (GeoJSON)")
NAVIGATION = Text("导航（GPX）", "GPX")


@dataclass(frozen=True, slots=True)
class Linked:
    """A link: what people read, and where it leads."""

    text: Text
    href: str


@dataclass(frozen=True, slots=True)
class BusLinks:
    """What the campaign's map links to.

    Attributes
    ----------
    campaign : Sequence[Linked]
        Of the whole campaign.
    runs : Mapping[tuple[str, str], Sequence[Linked]]
        Of one bus (its id) on one day (ISO 8601).
    """

    campaign: Sequence[Linked] = ()
    runs: Mapping[tuple[str, str], Sequence[Linked]] = field(default_factory=dict)


def files_beside_planner(tables: Iterable[str], *, bus: bool) -> list[Linked]:
    """Return the links of ``maps/planner.html`` in a results folder.

    Parameters
    ----------
    tables : Iterable[str]
        Names of the coverage tables that were written, without ``.csv``.
    bus : bool
        Whether there is a bus campaign.
    """
    written = {"results.xlsx", "results.gpkg", *(f"{name}.csv" for name in tables)}
    files = [Linked(text, f"../{name}") for name, text in RESULT_FILES.items() if name in written]
    maps = [Linked(WORKER_MAP, "worker.html")]
    return [*files, *([Linked(BUS_MAP, "bus.html")] if bus else []), *maps]


def files_beside_bus(
    runs: Iterable[tuple[str, str]], names: Mapping[str, str] | None = None
) -> BusLinks:
    """Return the links of ``maps/bus.html`` in a results folder (see :mod:`maps.bus.files`).

    Parameters
    ----------
    runs : Iterable[tuple[str, str]]
        Bus id and day of every bus-day.
    names : Mapping[str, str] | None
        What people call each bus, by its id.
    """
    driven = sorted(set(runs))
    campaign = [Linked(PLANNER_MAP, "planner.html")]
    if driven:
        campaign += [
            Linked(NOTICES, "../bus/notices.html"),
            Linked(PUBLIC_CALENDAR, "../bus/public.ics"),
            Linked(BUS_WORKBOOK, "../bus/bus.xlsx"),
            Linked(BUS_GEOJSON, "../bus/bus.geojson"),
        ]
    for bus in dict.fromkeys(bus for bus, _ in driven):
        sheets, calendar = (
            f"../bus-sheets/day-sheets-{file_name(bus)}.html",
            f"../bus/{file_name(bus)}.ics",
        )
        campaign += [
            Linked(of_bus(bus, DAY_SHEETS, names), sheets),
            Linked(of_bus(bus, CREW_CALENDAR, names), calendar),
        ]
    return BusLinks(
        campaign,
        {
            (bus, day): [
                Linked(NAVIGATION, f"../bus/gpx/{run_file(bus, day)}.gpx"),
                Linked(DAY_SHEETS, f"../bus-sheets/{run_file(bus, day)}.html"),
            ]
            for bus, day in driven
        },
    )


def of_bus(bus: str, text: Text, names: Mapping[str, str] | None) -> Text:
    """Return `text` with the name of the bus before it."""
    known = (names or {}).get(bus)
    return Text(f"{known or f'车辆 {bus}'} {text.zh}", f"{known or f'Bus {bus}'}: {text.en}")


def file_name(text: str) -> str:
    """Return `text` as part of a file name: letters, digits and dashes only."""
    return re.sub(r"[^0-9A-Za-z一-鿿_-]+", "_", text)[:60] or "_"


def run_file(bus: str, day: str) -> str:
    """Return what the files of a bus's day are called, without a suffix."""
    return f"{file_name(bus)}-{day}"
