"""What draws workers to a place: restaurants, malls, depots, hospitals, homes, streets."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd

from data.osm.osm_features import Tags
from geo.crs import STORAGE_CRS
from geo.estimate.basis import Draw
from geo.network.segments import HIGHWAYS, Segments

DRAW_TAGS: Mapping[Draw, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        Draw.RESTAURANT: tuple(
            ("amenity", one) for one in ("restaurant", "fast_food", "cafe", "food_court")
        ),
        Draw.MALL: (("shop", "mall"), ("shop", "department_store")),
        Draw.SUPERMARKET: (("shop", "supermarket"),),
        Draw.MARKET: (("amenity", "marketplace"),),
        Draw.POST_DEPOT: (("amenity", "post_depot"), ("office", "courier"), ("amenity", "courier")),
        Draw.POST: (("amenity", "post_office"),),
        Draw.HOSPITAL: (("amenity", "hospital"),),
        Draw.CARE_HOME: (
            ("amenity", "nursing_home"),
            ("amenity", "social_facility"),
            ("amenity", "clinic"),
        ),
        Draw.ESTATE_OFFICE: (("office", "estate_agent"), ("shop", "estate_agent")),
        Draw.WAREHOUSE: (
            ("building", "warehouse"),
            ("building", "industrial"),
            ("landuse", "depot"),
            ("industrial", "depot"),
            ("office", "logistics"),
        ),
        Draw.INDUSTRY_HA: (("landuse", "industrial"),),
        Draw.LORRY_PARK: (
            ("amenity", "truck_parking"),
            ("highway", "services"),
            ("highway", "rest_area"),
        ),
        Draw.FUEL: (("amenity", "fuel"),),
        Draw.STATION: (("railway", "station"), ("amenity", "bus_station"), ("aeroway", "terminal")),
        Draw.HOTEL: (("tourism", "hotel"),),
        Draw.SCHOOL: (("amenity", "school"), ("amenity", "university"), ("amenity", "college")),
        Draw.BANK: (("amenity", "bank"),),
        Draw.OFFICE: (("building", "office"), ("building", "commercial"), ("office", "company")),
        Draw.HOMES: tuple(
            ("building", one)
            for one in (
                "apartments",
                "residential",
                "house",
                "dormitory",
                "terrace",
                "detached",
                "semidetached_house",
            )
        ),
        Draw.HOMES_HA: (("landuse", "residential"),),
        Draw.BUILDINGS: (("building", "yes"),),
    }
)
"""Tags of each draw, in the order that decides where one object has several."""
_FLOOR_AREA = frozenset({Draw.HOMES, Draw.BUILDINGS})
_LAND = frozenset({Draw.HOMES_HA, Draw.INDUSTRY_HA})
_FLOORS = {"apartments": 6.0, "dormitory": 5.0}
"""Where nobody states them: an assumption."""
_MOST_FLOORS = 60.0
"""More is a slip of the hand: taller houses are known by name."""
_LIVELY = frozenset(
    {
        "primary",
        "secondary",
        "tertiary",
        "unclassified",
        "residential",
        "living_street",
        "pedestrian",
    }
)
KEEP = frozenset({"building:levels", *(key for pairs in DRAW_TAGS.values() for key, _ in pairs)})
"""The tags that are read of what draws workers: buildings are many."""


def draws_of(found: gpd.GeoDataFrame, segments: Segments) -> gpd.GeoDataFrame:
    """Return what draws workers: points (EPSG:4326) with ``draw`` and ``amount``.

    Parameters
    ----------
    found : GeoDataFrame
        Objects with DRAW_TAGS, see :func:`data.osm.osm_features.read_features`.
    segments : Segments
        Streets, which draw those who work along them.
    """
    kinds = [_draw(tags) for tags in found["tags"]]
    amounts = [
        _amount(kind, tags, area_m2) if kind else 0.0
        for kind, tags, area_m2 in zip(kinds, found["tags"], found["area_m2"], strict=True)
    ]
    amount = np.array(amounts, np.float64)
    kept = np.flatnonzero(amount > 0)
    places = pd.DataFrame({"draw": [str(kinds[row]) for row in kept], "amount": amount[kept]})
    streets, lonlat = _streets(segments)
    points = np.concatenate(
        [found.geometry.to_numpy()[kept], gpd.points_from_xy(*lonlat.T).to_numpy()]
    )
    table = pd.concat([places, streets], ignore_index=True)
    return gpd.GeoDataFrame(table, geometry=points, crs=STORAGE_CRS)


def _draw(tags: Tags) -> Draw | None:
    return next(
        (
            draw
            for draw, pairs in DRAW_TAGS.items()
            if any(tags.get(key) == value for key, value in pairs)
        ),
        None,
    )


def _amount(draw: Draw, tags: Tags, area_m2: float) -> float:
    """Return how much of a draw an object is, in the draw's unit."""
    if draw in _FLOOR_AREA:
        return 0.0 if np.isnan(area_m2) else area_m2 * _floors(tags) / 1_000.0
    if draw in _LAND:
        return 0.0 if np.isnan(area_m2) else area_m2 / 10_000.0
    return 1.0


def _floors(tags: Tags) -> float:
    try:
        told = float(tags.get("building:levels", ""))
    except ValueError:
        told = np.nan
    if 0 < told <= _MOST_FLOORS:
        return told
    return _FLOORS.get(tags.get("building", ""), 2.0)


def _streets(
    segments: Segments,
) -> tuple[pd.DataFrame, np.ndarray[tuple[int, int], np.dtype[np.float64]]]:
    """Return kilometres of lively street at the middle of each segment."""
    rows = np.flatnonzero(np.isin(segments.highway, [HIGHWAYS.index(name) for name in _LIVELY]))
    first, last = segments.shape_offset[rows], segments.shape_offset[rows + 1] - 1
    shapes = np.asarray(segments.shape_lonlat)
    steps = np.diff(shapes, axis=0)
    scale = 111.32 * np.cos(np.radians(np.median(shapes[:, 1]))), 111.32
    km = np.concatenate([[0.0], np.cumsum(np.hypot(*(steps * scale).T))])
    frame = pd.DataFrame({"draw": str(Draw.STREETS), "amount": km[last] - km[first]})
    return frame, (shapes[(first + last) // 2] + shapes[(first + last + 1) // 2]) / 2
