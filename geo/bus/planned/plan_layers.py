"""A plan as the layers ``bus_stops`` and ``bus_routes`` that maps, sheets and the API share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from shapely.geometry import LineString, Point

from geo.bus.campaign.campaign import Campaign
from geo.bus.campaign.clock import clock_text
from geo.bus.campaign.stop import Stop
from geo.bus.planned.campaign_plan import CampaignPlan
from geo.bus.planned.shared_visit import SharedVisit
from geo.bus.planned.visit import BusDay, PeriodName
from geo.crs import STORAGE_CRS
from geo.errors import UnreachableError
from geo.layers.columns import BUS_ROUTES, BUS_STOPS
from geo.layers.vocabulary import CampaignName
from geo.network.street_network import StreetNetwork
from geo.reach.route import route

LonLat = tuple[float, float]
WayFinder = Callable[[LonLat, LonLat], NDArray[np.float64]]
"""From one lon/lat to another: the (k, 2) lon/lat vertices of the way driven."""


def straight(origin: LonLat, destination: LonLat) -> NDArray[np.float64]:
    """Return the straight line between two places; for tests and where no streets are known."""
    return np.array([origin, destination], dtype=np.float64)


def bus_stops_frame(
    campaign: Campaign,
    plan: CampaignPlan,
    name: CampaignName = CampaignName.CHECKUP,
    shared: Sequence[SharedVisit] = (),
) -> gpd.GeoDataFrame:
    """Return one row per visit with the columns of ``BUS_STOPS`` (EPSG:4326).

    A visit `shared` with another campaign is a row of its own, with no drive: the bus is there.
    """
    rows = [
        _visit_row(campaign, bus_day, order) | {"campaign": name.value}
        for bus_day in plan.bus_days
        for order in range(len(bus_day.visits))
    ]
    places = {stop.id: stop for stop in campaign.stops}
    rows += [_shared_row(places[one.stop], one) | {"campaign": name.value} for one in shared]
    columns = [column.name for column in BUS_STOPS.columns]
    stops = [campaign.stops[visit.stop] for _, visit in plan.visits]
    points = [Point(stop.lonlat) for stop in (*stops, *(places[one.stop] for one in shared))]
    return gpd.GeoDataFrame(
        {name: [row[name] for row in rows] for name in columns}, geometry=points, crs=STORAGE_CRS
    )


def _shared_row(stop: Stop, one: SharedVisit) -> dict[str, object]:
    return _place_row(stop) | {
        "bus_id": one.bus,
        "day": one.day.isoformat(),
        "order": one.order,
        "setting": _SETTING[one.period],
        "arrive": clock_text(one.arrive_min),
        "start": clock_text(one.start_min),
        "end": clock_text(one.end_min),
        "depart": clock_text(one.depart_min),
        "workers_served": round(one.served, 1),
        "drive_m": 0.0,
        "drive_s": 0.0,
        "shared_with": one.host,
    }


def _place_row(stop: Stop) -> dict[str, object]:
    return {
        "stop_id": stop.id,
        "name": stop.name,
        "address": stop.address,
        "district": stop.district,
        "contact": stop.contact,
        "phone": stop.phone,
    }


_SETTING: Mapping[PeriodName, str] = {"day": "work", "evening": "residence"}


def _visit_row(campaign: Campaign, bus_day: BusDay, order: int) -> dict[str, object]:
    visit = bus_day.visits[order]
    return _place_row(campaign.stops[visit.stop]) | {
        "bus_id": campaign.buses[bus_day.bus].id,
        "day": bus_day.day.isoformat(),
        "order": order + 1,
        "setting": _SETTING[visit.period],
        "arrive": clock_text(visit.arrive_min),
        "start": clock_text(visit.start_min),
        "end": clock_text(visit.end_min),
        "depart": clock_text(visit.depart_min),
        "workers_served": round(visit.served, 1),
        "drive_m": round(visit.drive_m, 1),
        "drive_s": round(visit.drive_s, 1),
        "shared_with": "",
    }


def bus_routes_frame(
    campaign: Campaign,
    plan: CampaignPlan,
    name: CampaignName = CampaignName.CHECKUP,
    *,
    way: WayFinder = straight,
) -> gpd.GeoDataFrame:
    """Return one row per bus-day with the columns of ``BUS_ROUTES`` and the way driven.

    Parameters
    ----------
    campaign, plan
        The campaign and its plan.
    name : CampaignName
        Which campaign it is.
    way : WayFinder
        Finds the way between two places, for the drawing only.
    """
    rows = [_route_row(campaign, bus_day) | {"campaign": name.value} for bus_day in plan.bus_days]
    lines = [_route_line(campaign, bus_day, way) for bus_day in plan.bus_days]
    columns = [column.name for column in BUS_ROUTES.columns]
    return gpd.GeoDataFrame(
        {name: [row[name] for row in rows] for name in columns}, geometry=lines, crs=STORAGE_CRS
    )


def _route_row(campaign: Campaign, bus_day: BusDay) -> dict[str, object]:
    bus = campaign.buses[bus_day.bus]
    return {
        "bus_id": bus.id,
        "day": bus_day.day.isoformat(),
        "depot_id": campaign.depots[bus.start_depot].id,
        "stops": len(bus_day.visits),
        "leave": clock_text(bus_day.leave_min),
        "return": clock_text(bus_day.back_min),
        "distance_m": round(bus_day.distance_m, 1),
        "drive_s": round(bus_day.drive_s, 1),
        "workers_served": round(bus_day.served, 1),
    }


def _route_line(campaign: Campaign, bus_day: BusDay, way: WayFinder) -> LineString:
    bus = campaign.buses[bus_day.bus]
    places = [
        campaign.depots[bus.start_depot].lonlat,
        *(campaign.stops[visit.stop].lonlat for visit in bus_day.visits),
        campaign.depots[bus.end_depot].lonlat,
    ]
    legs = [way(a, b) for a, b in pairwise(places)]
    return LineString(np.concatenate(legs))


class DriveRoutes:
    """Finds the way between two places, each pair once.

    Parameters
    ----------
    network : StreetNetwork
        The streets.
    otherwise : DriveRoutes | None
        Who is asked where `network` has no way: a leg driven before its street was closed.
    """

    def __init__(self, network: StreetNetwork, *, otherwise: DriveRoutes | None = None) -> None:
        self._network = network
        self._otherwise = otherwise
        self._known: dict[tuple[LonLat, LonLat], NDArray[np.float64]] = {}

    def __call__(self, origin: LonLat, destination: LonLat) -> NDArray[np.float64]:
        """Return the (k, 2) lon/lat vertices of the fastest way, from door to door.

        A stop seldom lies on the street itself; what is driven from it to the street and back is
        drawn too, as it is counted in the distance.
        """
        pair = origin, destination
        if pair not in self._known:
            try:
                street = route(self._network, [origin], [destination]).lonlat
                self._known[pair] = np.vstack([origin, street, destination])
            except UnreachableError:
                if self._otherwise is None:
                    raise
                self._known[pair] = self._otherwise(origin, destination)
        return self._known[pair]
