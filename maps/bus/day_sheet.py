"""Day sheets for the bus crew: one A4 page per bus and day, to print and to write on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import geopandas as gpd
import numpy as np
import shapely
from markupsafe import Markup
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.errors import MissingError
from geo.layers.vocabulary import CampaignName, Mode, Setting
from geo.text import Language, Text
from maps.bus.bus_day import mark_changeovers, way_of_day
from maps.bus.bus_page import day_text
from maps.bus.mini_map import main_streets, mini_map_svg
from maps.bus.news import campaign_word
from maps.district_table import district_names
from maps.qr import qr_svg
from maps.records import (
    DRIVEN_COLUMNS,
    Record,
    check_layers,
    has_rows,
    lonlat,
    read_word,
    records,
    visits_in_order,
)
from maps.symbols import BUS_COLOURS
from maps.templating import render
from maps.worker.hand_over import map_app_links

_BODY, _END = "<body>\n", "</body>"
"""Around the sheets of a page: no name in them can read like that, for text is escaped."""
ToDatum = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def day_sheet_page(
    layers: Mapping[str, gpd.GeoDataFrame],
    *,
    to_gcj02: ToDatum,
    bus_id: str | None = None,
    day: str | None = None,
    bus_names: Mapping[str, str] | None = None,
    fleet: Sequence[str] | None = None,
    campaigns: Collection[str] | None = None,
    language: Language | str = Language.ZH,
    sample: bool = False,
    credit: Text | None = None,
    estimate: Text | None = None,
) -> str:
    """Return the day sheets as one HTML page that prints on A4, one sheet per bus and day.

    Parameters
    ----------
    layers : Mapping[str, GeoDataFrame]
        ``bus_stops`` and ``bus_routes``, and any of ``depots, districts, streets``; EPSG:4326.
    to_gcj02 : callable
        Converts (n, 2) lon/lat WGS-84 to GCJ-02, which the map apps behind the QR codes read.
    bus_id, day : str | None
        Only this bus, only this day (ISO 8601); all of them by default.
    bus_names : Mapping[str, str] | None
        What people call each bus, by its id.
    fleet, campaigns : Sequence[str], Collection[str] | None
        All buses, which colours go by; all campaigns, one of several is named. None: the layers'.
    language, sample : Language, bool
        Of every label; whether to say 示例数据 on every sheet.
    credit, estimate : Text | None
        Whom every sheet names for the streets, None where they are invented; what it says where the
        numbers of people are estimates.

    Raises
    ------
    MissingError
        If there is no visit of that bus on that day.
    CrsError
        If a layer is not in EPSG:4326.
    """
    check_layers(layers)
    keys = _keys(layers)
    buses = sorted({bus for _, bus in keys} if fleet is None else fleet)
    wanted = _wanted(keys, bus_id, day)
    visits = _visits(layers, set(wanted), to_gcj02, language)
    drawn = {**layers, "streets": main_streets(layers)} if has_rows(layers, "streets") else layers
    told = set(layers["bus_stops"].get("campaign", ()) if campaigns is None else campaigns)
    sheets = [
        _sheet(one, buses, visits, drawn, told, bus_names or {}, language=language)
        for one in wanted
    ]
    return render(
        "bus/day_sheet.html.jinja",
        language=language,
        sample=sample,
        sheets=sheets,
        credit=credit,
        estimate=estimate,
    )


def joined_sheets(pages: Sequence[str]) -> str:
    """Return pages of :func:`day_sheet_page`, in the same words, as one."""
    bodies = [page.partition(_BODY)[2].rpartition(_END)[0] for page in pages]
    return f"{pages[0].partition(_BODY)[0]}{_BODY}{''.join(bodies)}{_END}{pages[0].rpartition(_END)[2]}"


def _wanted(
    keys: list[tuple[str, str]], bus_id: str | None, day: str | None
) -> list[tuple[str, str]]:
    """Return the bus-days asked for; raise MissingError where there is none."""
    wanted = [key for key in keys if bus_id in {None, key[1]} and day in {None, key[0]}]
    if not wanted:
        raise MissingError(
            Text(
                f"没有车辆 {bus_id or '（任意）'} 在 {day or '（任意日期）'} 的停靠安排。",
                f"There is no visit of bus {bus_id or '(any)'} on {day or '(any day)'}.",
            )
        )
    return wanted


def _campaign(key: tuple[str, str], visits: list[Record], campaigns: set[object]) -> Text | None:
    """Return what a bus-day is for, where several campaigns stand."""
    mine = [one for one in visits if (one["day"], str(one["bus_id"])) == key]
    own = dict.fromkeys(one["campaign"] for one in mine if not one["shared_with"])
    words = [word for one in own if (word := campaign_word(campaigns, one)) is not None]
    if not words:
        return None
    return Text("、".join(word.zh for word in words), ", ".join(word.en for word in words))


def _keys(layers: Mapping[str, gpd.GeoDataFrame]) -> list[tuple[str, str]]:
    """Return day and bus of every bus-day, in order."""
    if not has_rows(layers, "bus_stops"):
        return []
    frame = layers["bus_stops"]
    days, buses = frame["day"].astype(str).str[:10], frame["bus_id"].astype(str)
    return sorted(set(zip(days, buses, strict=True)))


def _visits(
    layers: Mapping[str, gpd.GeoDataFrame],
    wanted: set[tuple[str, str]],
    to_gcj02: ToDatum,
    language: Language | str,
) -> list[Record]:
    frame = visits_in_order(layers["bus_stops"])
    keys = zip(frame["day"].astype(str).str[:10], frame["bus_id"].astype(str), strict=True)
    frame = frame[[key in wanted for key in keys]]
    rows = records(frame, DRIVEN_COLUMNS)
    names = district_names(layers)
    wgs84 = lonlat(frame)
    for record, here, gcj02 in zip(rows, wgs84, to_gcj02(wgs84), strict=True):
        record["day"] = str(record["day"])[:10]
        record["district"] = names.get(str(record["district"]), record["district"])
        record["setting"] = read_word(Setting, record["setting"], language)
        record["at"] = here
        guest = CampaignName(str(record["campaign"])).text if record["shared_with"] else None
        record["guest"] = guest and guest.into(language)
        link = map_app_links(
            str(record["name"]), tuple(here), tuple(gcj02), Mode.DRIVE, source="yizhan"
        )[0]
        record["qr"] = qr_svg(link.url, f"{link.text.into(language)}: {record['name']}")
    mark_changeovers(rows)
    return rows


def _sheet(
    key: tuple[str, str],
    buses: list[str],
    visits: list[Record],
    layers: Mapping[str, gpd.GeoDataFrame],
    campaigns: set[object],
    names: Mapping[str, str],
    *,
    language: Language | str,
) -> Record:
    day, bus = key
    mine = [visit for visit in visits if (visit["day"], str(visit["bus_id"])) == key]
    way = way_of_day(layers, day, bus)
    route, shape = (None, None) if way is None else way
    depot = _depot(route, shape, layers)
    colour = BUS_COLOURS[buses.index(bus) % len(BUS_COLOURS)]
    own = [visit for visit in mine if not visit["shared_with"]]
    drawing: Markup = mini_map_svg(
        np.array([visit["at"] for visit in own]),
        [str(visit["order"]) for visit in own],
        layers,
        route=shape,
        depot=None if depot is None else depot[1],
        colour=colour,
        language=language,
    )
    return {
        "bus": bus,
        "bus_name": names.get(bus) or Text(f"车辆 {bus}", f"Bus {bus}").into(language),
        "campaign": _campaign(key, visits, campaigns),
        "day": day_text(day, language),
        "date": day,
        "colour": colour,
        "route": route,
        "depot": None if depot is None else depot[0],
        "visits": mine,
        "stops": len(own),
        "people": sum(float(str(visit["workers_served"] or 0)) for visit in mine),
        "map": drawing,
    }


def _depot(
    route: Record | None, shape: BaseGeometry | None, layers: Mapping[str, gpd.GeoDataFrame]
) -> tuple[str, tuple[float, float]] | None:
    """Return the depot's name and position: from the layer, else where the route begins."""
    if route is None:
        return None
    if has_rows(layers, "depots"):
        frame = layers["depots"]
        found = frame[frame["id"].astype(str) == str(route["depot_id"])]
        if len(found):
            lon, lat = lonlat(found)[0].tolist()
            return str(found["name"].iloc[0]), (lon, lat)
    if shape is None or shape.is_empty:
        return None
    lon, lat = shapely.get_coordinates(shape)[0].tolist()
    return str(route["depot_id"] or ""), (lon, lat)
