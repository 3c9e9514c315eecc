"""Where the bus may stand and start from, as far as an extract tells: nobody has looked yet."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.city.hosts import SOURCE
from geo.bus.campaign.stop import apart
from geo.crs import STORAGE_CRS
from geo.layers.columns import conform
from geo.layers.vocabulary import Setting, Verification
from geo.network.street_network import StreetNetwork
from geo.reach.matrix import matrix
from geo.text import Text

_DEPOT_KINDS = frozenset({"车场", "客运站、公交场站"})
_GARAGES = Text("客运站、公交场站、车场", "bus stations and depots")
_HOSPITALS = Text("医院", "hospitals")
_CAR_PARKS = Text("停车场", "car parks")
_MIDDLE = "市中心（车场未定）"
_CENTRE = Text("全域中部的一点", "a point in the middle")
_MOST_TRIED, _MOST_DEPOTS = 20, 3
"""Chosen: depots tried by the stops they reach, and those kept."""
_ENOUGH = 0.9
"""Share of the stops a depot has to reach before no other kind of place is tried."""
_APART_M = 300.0
"""Chosen: two stops nearer than this serve the same people."""
_DAY = ("09:00", "17:00")


@dataclass(frozen=True)
class Depots:
    """Where buses start.

    Attributes
    ----------
    layer : GeoDataFrame
        The layer DEPOTS.
    told : Text
        What kind of place was taken.
    reached : (s,) bool
        Stops that can be driven to and back.
    """

    layer: gpd.GeoDataFrame
    told: Text
    reached: NDArray[np.bool_]


def stops_of(places: gpd.GeoDataFrame, worth: NDArray[np.float64], most: int) -> gpd.GeoDataFrame:
    """Return the layer STOPS: the places worth most, apart from each other, none verified.

    Parameters
    ----------
    places : GeoDataFrame
        As :func:`data.osm.osm_places.bus_places_of` returns them, with names.
    worth : (n,) float64
        Workers near each.
    most : int
        Stops at most.
    """
    lonlat = places.get_coordinates().to_numpy()
    rows = apart(lonlat, worth, np.empty((0, 2)), least=0.0, apart_m=_APART_M)[:most]
    chosen = places.iloc[rows]
    frame = gpd.GeoDataFrame(
        {
            "id": chosen["id"],
            "name": chosen["name"],
            "address": [one or None for one in chosen["address"]],
            "setting": str(Setting.WORK),
            "open_from": _DAY[0],
            "open_until": _DAY[1],
            "verification": str(Verification.UNVERIFIED),
            "source": SOURCE,
        },
        geometry=chosen.geometry.array,
        crs=STORAGE_CRS,
    )
    return conform(frame.reset_index(drop=True), "stops")


def depots_of(
    places: gpd.GeoDataFrame,
    hospitals: gpd.GeoDataFrame,
    stops: gpd.GeoDataFrame,
    drive: StreetNetwork,
    middle: shapely.Point,
) -> Depots:
    """Return where buses start: garages, else hospitals, car parks, or the middle of the city.

    A health bus belongs to a hospital or stands where buses do; which, somebody has to say. Taken
    are the places from which most stops can be driven to and back.

    Parameters
    ----------
    places : GeoDataFrame
        Places for buses (``id, name, kind, area_m2``).
    hospitals : GeoDataFrame
        Candidates that are hospitals.
    stops : GeoDataFrame
        The layer STOPS.
    drive : StreetNetwork
        Streets a bus may use.
    middle : Point
        Of the city (EPSG:4326).
    """
    garages = places[[kind.zh in _DEPOT_KINDS for kind in places["kind"]]]
    garages = garages.sort_values("area_m2", ascending=False, kind="stable")
    centre = gpd.GeoDataFrame({"name": [_MIDDLE]}, geometry=[middle], crs=STORAGE_CRS)
    best = None
    for found, told in (
        (garages, _GARAGES),
        (hospitals, _HOSPITALS),
        (places, _CAR_PARKS),
        (centre, _CENTRE),
    ):
        tried = found.head(_MOST_TRIED).reset_index(drop=True)
        if not len(tried):
            continue
        reached = _both_ways(drive, tried, stops)
        order = np.argsort(-reached.sum(axis=1), kind="stable")[:_MOST_DEPOTS]
        order = order[reached[order].sum(axis=1) == reached.sum(axis=1).max()]
        made = Depots(_layer(tried.iloc[order], told), told, reached[order].any(axis=0))
        if best is None or made.reached.sum() > best.reached.sum():
            best = made
        if best.reached.mean() >= _ENOUGH:
            break
    if best is None:
        msg = "the middle of a city is always there"
        raise RuntimeError(msg)
    return best


def _layer(chosen: gpd.GeoDataFrame, told: Text) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(
        pd.DataFrame(
            {
                "id": [f"depot-{number + 1}" for number in range(len(chosen))],
                "name": chosen["name"].to_numpy(object),
                "buses": 1,
                "verification": str(Verification.UNVERIFIED),
                "source": f"{SOURCE}；按{told.zh}推定",
            }
        ),
        geometry=chosen.geometry.array,
        crs=STORAGE_CRS,
    )
    return conform(frame, "depots")


def _both_ways(
    drive: StreetNetwork, depots: gpd.GeoDataFrame, stops: gpd.GeoDataFrame
) -> NDArray[np.bool_]:
    """Tell which stops can be driven to from each depot and back, (d, s)."""
    lonlat = np.concatenate(
        [depots.get_coordinates().to_numpy(), stops.get_coordinates().to_numpy()]
    )
    places = drive.snap(lonlat)
    first = np.arange(len(depots))
    there = matrix(drive, places.take(first), places).time_s[:, len(depots) :]
    back = matrix(drive, places, places.take(first)).time_s[len(depots) :].T
    reached: NDArray[np.bool_] = np.isfinite(there) & np.isfinite(back)
    return reached
