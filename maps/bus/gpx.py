"""The bus's day for navigation: GPX 1.1 with waypoints, route and way, in the order driven."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

import geopandas as gpd
import shapely

from geo.errors import MissingError
from geo.text import Language, Text
from maps.records import VISIT_COLUMNS, Record, check_crs, has_rows, lonlat, records

if TYPE_CHECKING:
    import gpxpy.gpx

_Waypoint = tuple[str, str, float, float]
"""What a stop is called, what is told of it, lon/lat degrees."""
_LICENCE = "https://www.openstreetmap.org/copyright"


def bus_gpx(
    layers: Mapping[str, gpd.GeoDataFrame],
    bus_id: str,
    day: str,
    *,
    bus_name: str = "",
    language: Language | str = Language.ZH,
    sample: bool = False,
    credit: Text | None = None,
) -> str:
    """Return one bus-day as a GPX document (WGS-84), without contact persons.

    Parameters
    ----------
    layers : Mapping[str, GeoDataFrame]
        ``bus_stops`` and ``bus_routes``, EPSG:4326.
    bus_id, day : str
        Which bus, which day (ISO 8601).
    bus_name : str
        What people call that bus, as on every page; "" for its id.
    language : Language
        Of the names.
    sample : bool
        Whether to say 示例数据.
    credit : Text | None
        Whom the way on streets has to name; None for nobody.

    Raises
    ------
    MissingError
        If there is no visit of that bus on that day.
    """
    visits = bus_day_visits(layers, bus_id, day)
    bus = bus_name or bus_id
    return _written(
        Text(f"大蓬车 {bus} {day}", f"Health bus {bus} {day}").into(language),
        Text("（示例数据）", " (sample data)").into(language) if sample else "",
        None if credit is None else credit.into(language),
        tuple(_waypoint(record, lon, lat) for record, (lon, lat) in visits),
        _track(layers, bus_id, day),
    )


def _waypoint(record: Record, lon: float, lat: float) -> _Waypoint:
    told = f"{record['arrive']} · {record['start']}–{record['end']} {record['address'] or ''}"
    return f"{record['order']} {record['name']}", told.strip(), lon, lat


@lru_cache(maxsize=512)
def _written(
    name: str, mark: str, credit: str | None, stops: tuple[_Waypoint, ...], track: bytes | None
) -> str:
    """Write the document; those of days that stay as they were are asked for again and again."""
    import gpxpy.gpx  # noqa: PLC0415 - only crews ask for it

    gpx = gpxpy.gpx.GPX()
    gpx.creator = "yizhan"
    gpx.name = name + mark
    if credit is not None:
        gpx.description = gpx.copyright_author = credit
        gpx.copyright_license = _LICENCE
    route = gpxpy.gpx.GPXRoute(name=name)
    for label, told, lon, lat in stops:
        gpx.waypoints.append(gpxpy.gpx.GPXWaypoint(lat, lon, name=label, description=told))
        route.points.append(gpxpy.gpx.GPXRoutePoint(lat, lon, name=label))
    gpx.routes.append(route)
    if track is not None:
        gpx.tracks.append(_drawn(track, name))
    return str(gpx.to_xml(version="1.1"))


def bus_day_visits(
    layers: Mapping[str, gpd.GeoDataFrame], bus_id: str, day: str
) -> list[tuple[Record, tuple[float, float]]]:
    """Return the visits of one bus-day in order, each with its lon/lat; raise MissingError."""
    found: list[tuple[Record, tuple[float, float]]] = []
    if has_rows(layers, "bus_stops"):
        check_crs(layers["bus_stops"], "bus_stops")
        frame = layers["bus_stops"].sort_values("order")
        for record, (lon, lat) in zip(
            records(frame, VISIT_COLUMNS), lonlat(frame).tolist(), strict=True
        ):
            if record["shared_with"]:  # Another campaign at a place the bus is driven to already.
                continue
            if (str(record["bus_id"]), str(record["day"])[:10]) == (bus_id, day):
                found.append((record, (lon, lat)))
    if not found:
        raise MissingError(
            Text(
                f"车辆 {bus_id} 在 {day} 没有停靠安排。",
                f"Bus {bus_id} has no visit on {day}.",
            )
        )
    return found


def _track(layers: Mapping[str, gpd.GeoDataFrame], bus_id: str, day: str) -> bytes | None:
    """Return the way of a bus-day (WKB, EPSG:4326); None where it is not known."""
    if not has_rows(layers, "bus_routes"):
        return None
    frame = layers["bus_routes"]
    rows = (frame["bus_id"].astype(str) == bus_id) & (frame["day"].astype(str).str[:10] == day)
    parts = shapely.get_parts(frame.geometry[rows].to_numpy())
    return bytes(shapely.to_wkb(shapely.multilinestrings(parts))) if len(parts) else None


def _drawn(way: bytes, name: str) -> gpxpy.gpx.GPXTrack:
    import gpxpy.gpx  # noqa: PLC0415 - as above

    track = gpxpy.gpx.GPXTrack(name=name)
    for part in shapely.get_parts(shapely.from_wkb(way)):
        segment = gpxpy.gpx.GPXTrackSegment()
        segment.points.extend(
            gpxpy.gpx.GPXTrackPoint(lat, lon) for lon, lat in shapely.get_coordinates(part).tolist()
        )
        track.segments.append(segment)
    return track
