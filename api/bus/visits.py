"""A visit of the bus as the pages show it."""

from __future__ import annotations

from api.bus.calendar import BusCalendar, Visit
from maps.bus.near_page import BusVisit


def bus_visit(calendar: BusCalendar, visit: Visit) -> BusVisit:
    """Return `visit` as the pages show it, without the contact person."""
    cells = calendar.rows[visit.row]
    lon, lat = calendar.lonlat[visit.row].tolist()
    east, north = calendar.gcj02[visit.row].tolist()
    return BusVisit(
        name=str(cells["name"] or ""),
        day=visit.day,
        start=str(cells["start"] or ""),
        end=str(cells["end"] or ""),
        wgs84=(round(lon, 6), round(lat, 6)),
        gcj02=(round(east, 6), round(north, 6)),
        address=str(cells["address"] or ""),
        distance_m=visit.distance_m,
    )
