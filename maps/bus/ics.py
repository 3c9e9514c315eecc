"""Calendars of the bus's visits (RFC 5545): one for each crew, one for the public.

An entry keeps its UID when a re-plan moves or cancels it, and its SEQUENCE grows, so that
calendars people subscribed to follow; a visit given to another bus is cancelled in the calendar of
the crew that had it. The public's calendar names no contact person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import geopandas as gpd

from geo.bus.replanning.version import Announcement
from geo.text import Language, Text
from maps.bus.news import CHECKUP, Offer, offer_of
from maps.records import Record, check_crs, has_rows, lonlat, records

if TYPE_CHECKING:
    from icalendar import Event, Timezone

_ZONE = ZoneInfo("Asia/Shanghai")
_PRODUCT = "-//yizhan//health bus//ZH"
_DOMAIN = "bus.yizhan"


@dataclass(frozen=True, slots=True)
class Places:
    """Stops by id: the cells people read, and where they are (lon/lat degrees, EPSG:4326)."""

    cells: Mapping[str, Record]
    at: Mapping[str, tuple[float, float]]

    @classmethod
    def of(cls, stops: gpd.GeoDataFrame) -> Places:
        """Return the places of the layer ``stops``."""
        check_crs(stops, "stops")
        rows = records(stops, ("id", "name", "address", "contact", "phone"))
        at = lonlat(stops).tolist() if len(stops) else []
        names = [str(row["id"]) for row in rows]
        return cls(
            dict(zip(names, rows, strict=True)),
            {name: (lon, lat) for name, (lon, lat) in zip(names, at, strict=True)},
        )

    def text(self, stop_id: str, column: str) -> str:
        """Return a cell, "" where it is not known."""
        return str(self.cells.get(stop_id, {}).get(column) or "")


def bus_ics(
    announcements: Sequence[Announcement],
    places: Places,
    *,
    made: datetime,
    bus_id: str | None = None,
    bus_name: str = "",
    offer: Offer = CHECKUP,
    language: Language | str = Language.ZH,
    sample: bool = False,
    credit: Text | None = None,
) -> bytes:
    """Return a calendar of visits, cancelled ones included, as an ``.ics`` file.

    Parameters
    ----------
    announcements : Sequence[Announcement]
        Every visit the public was told of.
    places : Places
        Where they are.
    made : datetime
        When the plan was made, with its zone.
    bus_id : str | None
        The crew's calendar of this bus, with contact persons; None: the public's, without.
    bus_name : str
        What people call that bus, as on every page; "" for its id.
    offer : Offer
        What the campaign calls itself.
    language : Language
        Of every text.
    sample : bool
        Whether to say 示例数据.
    credit : Text | None
        Whom the calendar has to name for its places; None for nobody.
    """
    from icalendar import Calendar  # noqa: PLC0415 - only calendars need it

    calendar = Calendar()
    name = _name(bus_name or bus_id, offer, sample=sample).into(language)
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    if credit is not None:
        calendar.add("x-wr-caldesc", credit.into(language))
    calendar.add("x-wr-timezone", str(_ZONE))
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    wanted = [one for one in announcements if bus_id in {None, one.bus_id, *one.earlier_buses}]
    for one in sorted(wanted, key=lambda one: (one.day, one.start_min, one.uid)):
        calendar.add_component(_event(one, places, made, bus_id=bus_id, language=language))
    if wanted:
        calendar.subcomponents.insert(0, _zone())
    return bytes(calendar.to_ical())


@lru_cache(maxsize=1)
def _zone() -> Timezone:
    """Return the definition of the clock the calendars go by; it takes longer than all the rest."""
    from icalendar import Timezone  # noqa: PLC0415 - only calendars need it

    return Timezone.from_tzid(str(_ZONE))


def _name(bus: str | None, offer: Offer, *, sample: bool) -> Text:
    mark = Text("（示例数据）", " (sample data)") if sample else Text("", "")
    if bus is None:
        return Text(f"{offer.bus.zh}{mark.zh}", f"{offer.bus.en}{mark.en}")
    return Text(f"大蓬车 {bus} 日程{mark.zh}", f"Health bus {bus}{mark.en}")


def _event(
    one: Announcement,
    places: Places,
    made: datetime,
    *,
    bus_id: str | None,
    language: Language | str,
) -> Event:
    from icalendar import Event, vGeo  # noqa: PLC0415 - as above

    event = Event()
    place = places.text(one.stop_id, "name") or one.stop_id
    event.add("uid", f"{one.uid}@{_DOMAIN}")
    event.add("sequence", one.sequence)
    event.add("dtstamp", made.astimezone(UTC))
    event.add("dtstart", _moment(one, one.start_min))
    event.add("dtend", _moment(one, one.end_min))
    exam = offer_of(one.campaign).exam
    event.add("summary", Text(f"{exam.zh}：{place}", f"{exam.en}: {place}").into(language))
    is_off = one.is_cancelled or bus_id not in {None, one.bus_id}
    event.add("status", "CANCELLED" if is_off else "CONFIRMED")
    address = places.text(one.stop_id, "address")
    event.add("location", "，".join(part for part in (place, address) if part))
    if one.stop_id in places.at:
        lon, lat = places.at[one.stop_id]
        event.add("geo", vGeo((lat, lon)))
    if bus_id is not None:
        contact = " ".join(
            part for name in ("contact", "phone") if (part := places.text(one.stop_id, name))
        )
        if contact:
            event.add("description", Text(f"联系：{contact}", f"Contact: {contact}").into(language))
    return event


def _moment(one: Announcement, minute: int) -> datetime:
    return datetime.combine(one.day, time(), _ZONE) + timedelta(minutes=minute)


def stops_of(layers: Mapping[str, gpd.GeoDataFrame]) -> Places:
    """Return the places of ``stops``, or of ``bus_stops`` where that layer is not there."""
    if has_rows(layers, "stops"):
        return Places.of(layers["stops"])
    frame = layers["bus_stops"].drop_duplicates("stop_id")
    return Places.of(frame.assign(id=frame["stop_id"]))
