"""Places people name: quarters, metro and bus stops, hospitals, schools, malls, parks, estates."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import geopandas as gpd
import pandas as pd

from data.city.hosts import SOURCE, address_of
from data.osm.osm_features import Tags, name_of
from geo.crs import STORAGE_CRS
from geo.layers.columns import conform
from geo.layers.vocabulary import Landmark

PLACE_TAGS: Mapping[Landmark, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        Landmark.METRO: (("station", "subway"), ("railway", "subway_entrance")),
        Landmark.RAILWAY: (("railway", "station"), ("railway", "halt")),
        Landmark.BUS_STOP: (
            ("highway", "bus_stop"),
            ("amenity", "bus_station"),
            ("railway", "tram_stop"),
            ("amenity", "ferry_terminal"),
        ),
        Landmark.HOSPITAL: (("amenity", "hospital"), ("amenity", "clinic")),
        Landmark.SCHOOL: (("amenity", "school"), ("amenity", "university"), ("amenity", "college")),
        Landmark.MALL: (("shop", "mall"), ("shop", "department_store"), ("shop", "supermarket")),
        Landmark.MARKET: (("amenity", "marketplace"),),
        Landmark.PARK: (("leisure", "park"), ("place", "square")),
        Landmark.OFFICE: (
            ("amenity", "townhall"),
            ("office", "government"),
            ("amenity", "police"),
            ("amenity", "courthouse"),
            ("amenity", "library"),
            ("amenity", "community_centre"),
            ("amenity", "post_office"),
        ),
        Landmark.SIGHT: (
            ("tourism", "attraction"),
            ("tourism", "museum"),
            ("leisure", "stadium"),
            ("leisure", "sports_centre"),
            ("amenity", "theatre"),
            ("amenity", "place_of_worship"),
            ("tourism", "hotel"),
        ),
        Landmark.HOUSING: (
            ("landuse", "residential"),
            ("place", "neighbourhood"),
            ("building", "apartments"),
        ),
        Landmark.BUILDING: (
            ("building", "commercial"),
            ("building", "office"),
            ("office", "company"),
        ),
        Landmark.SETTLEMENT: (
            ("place", "city"),
            ("place", "town"),
            ("place", "village"),
            ("place", "suburb"),
            ("place", "quarter"),
            ("place", "hamlet"),
            ("place", "locality"),
            ("place", "island"),
            ("place", "borough"),
        ),
    }
)
"""Tags of each kind of place, in the order that decides where one object has several."""


def places_of(found: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the layer PLACES: what has a name of the objects with PLACE_TAGS (EPSG:4326)."""
    kinds = [landmark_of(tags) for tags in found["tags"]]
    rows = [row for row, kind in enumerate(kinds) if kind and name_of(found["tags"].iloc[row])]
    table = [
        {
            "id": f"osm-{found['id'].iloc[row]}",
            "name": name_of(found["tags"].iloc[row]),
            "kind": kinds[row],
            "address": address_of(found["tags"].iloc[row]),
            "source": SOURCE,
        }
        for row in rows
    ]
    frame = gpd.GeoDataFrame(
        pd.DataFrame(table, columns=None if table else ["id"]),
        geometry=found.geometry.to_numpy()[rows],
        crs=STORAGE_CRS,
    )
    return conform(frame, "places")


def landmark_of(tags: Tags) -> Landmark | None:
    """Return what kind of place an object is."""
    return next(
        (
            kind
            for kind, pairs in PLACE_TAGS.items()
            if any(tags.get(key) == value for key, value in pairs)
        ),
        None,
    )
