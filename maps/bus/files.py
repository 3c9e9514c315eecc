"""What a campaign hands over as files: what each is called, its workbook and its GeoJSON.

```
bus/
  BUS.ics               the crew's calendar                   (staff)
  bus.xlsx              visits, routes and calls to make      (staff)
  gpx/BUS-DAY.gpx       navigation in the order of the day
  public.ics            calendar without contact persons      (public)
  notices.html          one A4 page per visit, to put up      (public)
  bus.geojson           stops and ways, RFC 7946              (public)
bus-sheets/
  BUS-DAY.html          a bus's day sheet                     (staff)
  day-sheets-BUS.html   those of all its days                 (staff)
```
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import xlsxwriter

from geo.bus.replanning.version import Announcement
from geo.layers.vocabulary import CampaignName
from geo.text import Language, Text
from maps.bus.day_sheet import ToDatum
from maps.bus.near_page import BusVisit
from maps.bus.news import BusCall, CallTime
from maps.linked_files import file_name
from maps.records import lonlat, records
from maps.workbook.book import TEXT_STAYS_TEXT
from maps.workbook.layer_sheets import layer_sheet
from maps.workbook.sheet import Book, Entry, open_book

_PRIVATE = ("contact", "phone")
_CALLS = (
    ("word", Text("改动", "Change"), 10),
    ("campaign", Text("活动", "Campaign"), 14),
    ("name", Text("停靠点", "Stop"), 30),
    ("contact", Text("联系人", "Contact"), 14),
    ("phone", Text("电话", "Phone"), 18),
    ("old", Text("原时间", "Was"), 24),
    ("new", Text("现时间", "Now"), 24),
    ("people_old", Text("原预计人数", "People before"), 12),
    ("people_new", Text("现预计人数", "People now"), 12),
    ("reason", Text("原因", "Why"), 46),
    ("address", Text("地址", "Address"), 32),
)


def buses_told(announcements: Iterable[Announcement]) -> list[str]:
    """Return the ids of the buses that have a calendar.

    A bus that a re-plan left without visits still has to be told so.
    """
    return sorted({bus for one in announcements for bus in (one.bus_id, *one.earlier_buses)})


def day_sheets_file(bus: str) -> str:
    """Return the name of the file of a bus's day sheets."""
    return f"day-sheets-{file_name(bus)}.html"


def public_visits(frame: gpd.GeoDataFrame, to_gcj02: ToDatum) -> list[BusVisit]:
    """Return the visits as anybody may see them, by day and time."""
    rows = records(frame, ("name", "day", "start", "end", "address", "campaign"))
    wgs84 = lonlat(frame)
    visits = [
        BusVisit(
            name=str(row["name"] or ""),
            day=date.fromisoformat(str(row["day"])[:10]),
            start=str(row["start"]),
            end=str(row["end"]),
            wgs84=(here[0], here[1]),
            gcj02=(there[0], there[1]),
            address=str(row["address"] or ""),
            campaign=CampaignName(str(row["campaign"])) if row["campaign"] else None,
        )
        for row, here, there in zip(rows, wgs84.tolist(), to_gcj02(wgs84).tolist(), strict=True)
    ]
    return sorted(visits, key=lambda visit: (visit.day, visit.start, visit.name))


def bus_geojson(layers: Mapping[str, gpd.GeoDataFrame], *, credit: Text | None = None) -> str:
    """Return stops and ways as one GeoJSON FeatureCollection (RFC 7946), no contact persons.

    It names `credit` as ``attribution``, in both languages.
    """
    features: list[Any] = []
    for name in ("bus_routes", "bus_stops"):
        frame = layers[name]
        shown = frame.drop(columns=[column for column in _PRIVATE if column in frame])
        read = json.loads(shown.to_json(drop_id=True, to_wgs84=True))["features"]
        features += [one | {"properties": {"layer": name} | one["properties"]} for one in read]
    named = {} if credit is None else {"attribution": credit.both}
    whole = {"type": "FeatureCollection", **named, "features": features}
    return json.dumps(whole, ensure_ascii=False)


def write_bus_workbook(
    path: Path,
    layers: Mapping[str, gpd.GeoDataFrame],
    calls: Sequence[BusCall],
    *,
    language: Language | str = Language.ZH,
    sample: bool = False,
    credit: Text | None = None,
    estimate: Text | None = None,
) -> None:
    """Write visits, routes and calls to make as an Excel workbook.

    Parameters
    ----------
    path : Path
        Where to; must not be in use.
    layers : Mapping[str, GeoDataFrame]
        ``bus_stops``, ``bus_routes`` and, for their names, ``districts``; EPSG:4326.
    calls : Sequence[BusCall]
        Whom to phone.
    language, sample : Language, bool
        Of every text; whether every sheet says 示例数据.
    credit, estimate : Text | None
        Whom every sheet names; what it says where the numbers of people are estimates.
    """
    with xlsxwriter.Workbook(str(path), TEXT_STAYS_TEXT) as workbook:
        book = open_book(
            workbook, Language(language), sample=sample, credit=credit, estimate=estimate
        )
        for layer in ("bus_stops", "bus_routes"):
            layer_sheet(book, layer, layers)
        if calls:
            _calls_sheet(book, calls)


def _calls_sheet(book: Book, calls: Sequence[BusCall]) -> None:
    sheet = book.sheet("bus_calls")
    top = book.ribbon(sheet, 0, len(_CALLS))
    book.header(sheet, top, [book.say(text) for _, text, _ in _CALLS])
    for place, (name, _, width) in enumerate(_CALLS):
        sheet.set_column(place, place, width)
        for row, call in enumerate(calls, start=top + 1):
            book.write(sheet, row, place, _entry(getattr(call, name)))


def _entry(value: object) -> Entry:
    if isinstance(value, CallTime):
        return f"{value.day} {value.start}–{value.end} {value.bus_id}", "text"
    if isinstance(value, int | float):
        return value, "integer"
    return str(value or ""), "text"
