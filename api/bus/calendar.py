"""When the health bus comes, how far each stop is from a position, and what does not take place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from data.geometry.datum import Datum, from_wgs84
from geo.bus.campaign.clock import clock_text
from geo.json_shapes import JsonRow
from geo.layers.vocabulary import CampaignName, Mode
from geo.network.street_network import StreetNetwork
from geo.reach.matrix import WayLengths
from maps.bus.ics import stops_of
from maps.bus.near_page import BusVisit, CalledOff
from maps.bus.news import BusNews

REACH_S = 5400.0
"""A stop farther than this on foot (an hour and a half) is not called near."""


@dataclass(frozen=True, slots=True)
class ComingVisit:
    """One coming visit.

    Attributes
    ----------
    row : int
        Row of the layer ``bus_stops``.
    day : date
        When.
    distance_m, time_s : float | None
        On foot from the position asked about; None when none was given.
    """

    row: int
    day: date
    distance_m: float | None = None
    time_s: float | None = None


class BusCalendar:
    """The visits of one edition.

    Parameters
    ----------
    rows : sequence of mapping
        Cells of the layer ``bus_stops``.
    lonlat : (n, 2) float64
        Where each stands, degrees, EPSG:4326.
    open_network : callable
        Gives the streets of a mode.
    """

    def __init__(
        self,
        rows: Sequence[JsonRow],
        lonlat: NDArray[np.float64],
        open_network: Callable[[Mode], StreetNetwork],
    ) -> None:
        self.rows = rows
        self.lonlat = lonlat
        self._open_network = open_network

    @cached_property
    def gcj02(self) -> NDArray[np.float64]:
        """The stops' positions as AMap, Tencent and Baidu read them, (n, 2) degrees."""
        if not len(self.lonlat):
            return self.lonlat
        return np.asarray(from_wgs84(self.lonlat, Datum.GCJ02), dtype=np.float64)

    def coming(
        self, first: date, stop_id: str | None = None, campaign: CampaignName | None = None
    ) -> list[ComingVisit]:
        """Return the visits on `first` and after, soonest first; of a stop or campaign only."""
        visits = [
            ComingVisit(row, date.fromisoformat(cells["day"]))
            for row, cells in enumerate(self.rows)
            if cells["day"] is not None
            and stop_id in {None, cells["stop_id"]}
            and campaign in {None, cells.get("campaign")}
        ]
        return sorted(
            (visit for visit in visits if visit.day >= first),
            key=lambda visit: (visit.day, str(self.rows[visit.row]["start"]), visit.row),
        )

    def near(self, lon: float, lat: float, first: date) -> list[ComingVisit]:
        """Return the visits from `first` on that can be walked to, nearest first.

        Parameters
        ----------
        lon, lat : float
            Degrees, EPSG:4326.
        first : date
            The first day that counts.
        """
        coming = self.coming(first)
        if not coming:
            return []
        network, walks = self._prepared
        point = network.snap([[lon, lat]])
        if not point.reachable[0]:
            return []
        rows = np.array([visit.row for visit in coming], dtype=np.intp)
        distance_m, time_s = walks.measured(point, rows, REACH_S)
        reached = [
            ComingVisit(visit.row, visit.day, float(way_m), float(way_s))
            for visit, way_m, way_s in zip(coming, distance_m, time_s, strict=True)
            if way_s <= REACH_S
        ]
        return sorted(reached, key=lambda visit: (visit.distance_m or 0.0, visit.day, visit.row))

    @cached_property
    def _prepared(self) -> tuple[StreetNetwork, WayLengths]:
        network = self._open_network(Mode.WALK)
        return network, WayLengths(network, network.snap(self.lonlat))


def bus_visit(calendar: BusCalendar, visit: ComingVisit) -> BusVisit:
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
        campaign=CampaignName(cells["campaign"]) if cells.get("campaign") else None,
    )


def called_off(
    news: BusNews, layers: Mapping[str, gpd.GeoDataFrame], today: date
) -> tuple[CalledOff, ...]:
    """Return the cancelled visits from `today` on, soonest first; no contact persons."""
    gone = [one for one in news.announcements if one.is_cancelled and one.day >= today]
    if not gone:
        return ()
    places = stops_of(layers)
    gone.sort(key=lambda one: (one.day, one.start_min, one.uid))
    return tuple(
        CalledOff(
            places.text(one.stop_id, "name"),
            one.day,
            clock_text(one.start_min),
            clock_text(one.end_min),
        )
        for one in gone
    )
