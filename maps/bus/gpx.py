"""The bus's day for navigation: GPX 1.1 with waypoints, route and way, in the order driven."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import geopandas as gpd
import shapely

from geo.errors import MissingError
from geo.text import Language, Text
from maps.records import Record, check_crs, has_rows, lonlat, records

if TYPE_CHECKING:
    import gpxpy.gpx

_COLUMNS = (
    "bus_id",
    "day",
    "order",
    "stop_id",
    "name",
    "address",
    "arrive",
    "start",
    "end",
    "shared_with",
)
_LICENCE = "https://www.openstreetmap.org/copyright"


def bus_gpx(
    layers: Mapping[str, gpd.GeoDataFrame],
    bus_id: str,
    day: str,
    *,
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
    import gpxpy.gpx  # noqa: PLC0415 - only crews ask for it

    visits = bus_day_visits(layers, bus_id, day)
    gpx = gpxpy.gpx.GPX()
    gpx.creator = "yizhan"
    name = Text(f"大蓬车 {bus_id} {day}", f"Health bus {bus_id} {day}").into(language)
    gpx.name = name + (Text("（示例数据）", " (sample data)").into(language) if sample else "")
    if credit is not None:
        gpx.description = gpx.copyright_author = credit.into(language)
        gpx.copyright_license = _LICENCE
    route = gpxpy.gpx.GPXRoute(name=name)
    for record, (lon, lat) in visits:
        label = f"{record['order']} {record['name']}"
        told = f"{record['arrive']} · {record['start']}–{record['end']} {record['address'] or ''}"
        gpx.waypoints.append(gpxpy.gpx.GPXWaypoint(lat, lon, name=label, description=told.strip()))
        route.points.append(gpxpy.gpx.GPXRoutePoint(lat, lon, name=label))
    gpx.routes.append(route)
    track = _track(layers, bus_id, day)
    if track is not None:
        track.name = name
        gpx.tracks.append(track)
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
            records(frame, _COLUMNS), lonlat(frame).tolist(), strict=True
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


def _track(
    layers: Mapping[str, gpd.GeoDataFrame], bus_id: str, day: str
) -> gpxpy.gpx.GPXTrack | None:
    import gpxpy.gpx  # noqa: PLC0415 - as above

    if not has_rows(layers, "bus_routes"):
        return None
    frame = layers["bus_routes"]
    rows = (frame["bus_id"].astype(str) == bus_id) & (frame["day"].astype(str).str[:10] == day)
    track = gpxpy.gpx.GPXTrack()
    for part in shapely.get_parts(frame.geometry[rows].to_numpy()):
        segment = gpxpy.gpx.GPXTrackSegment()
        segment.points.extend(
            gpxpy.gpx.GPXTrackPoint(lat, lon) for lon, lat in shapely.get_coordinates(part).tolist()
        )
        track.segments.append(segment)
    return track if track.segments else None
