"""A bus for the tiny city: its depot, and stops where a test wants them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from geopandas import GeoDataFrame
from shapely import Point

from data.project import Project


def stop_row(identifier, lonlat, name="", contact="李秘密") -> Mapping[str, object]:
    """Return a stop of the city's district, open by day, whose contact person is not for everyone."""
    return {
        "id": identifier,
        "name": name or f"{identifier}广场",
        "address": "福州路",
        "district": "370202",
        "subdistrict": "",
        "setting": "work",
        "open_from": "08:00",
        "open_until": "18:00",
        "contact": contact,
        "phone": "13900001111",
        "banned": False,
        "must_visit": False,
        "geometry": Point(lonlat),
    }


def send_bus_to(project: Project, stops: Iterable[Mapping[str, object]], depot) -> None:
    """Write `stops` into `project`, and a depot with one bus at `depot` (lon, lat)."""
    yard = {
        "id": "D",
        "name": "车场",
        "address": "",
        "district": "370202",
        "buses": 1,
        "opening_hours": "",
        "phone": "",
        "geometry": Point(depot),
    }
    for layer, rows in (("stops", list(stops)), ("depots", [yard])):
        project.write(layer, GeoDataFrame(rows, geometry="geometry", crs="EPSG:4326"))
