"""Candidate sites from points of interest: whose premises a station could share."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from data.city.tables import HostPrice
from data.osm.osm_features import Tags, name_of
from geo.crs import STORAGE_CRS, metric_crs_of, to_metres
from geo.errors import BadInputError
from geo.hours import check_hours, from_chinese
from geo.layers.columns import conform
from geo.layers.vocabulary import Host, Verification

SOURCE = "© OpenStreetMap 贡献者（ODbL）"
SAME_HOST_M = 60.0
"""Two of one kind nearer than this are one place: entrances, a building and its point."""
STATION_M = 100.0
"""A host nearer than this to a station needs none."""

HOST_TAGS: Mapping[Host, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        Host.UNION: (("office", "union"), ("office", "trade_union")),
        Host.COMMUNITY: (("amenity", "community_centre"), ("office", "community")),
        Host.SUBDISTRICT_OFFICE: (("amenity", "townhall"),),
        Host.GOVERNMENT_HALL: (
            ("office", "government"),
            ("amenity", "public_building"),
            ("office", "administrative"),
        ),
        Host.POLICE: (("amenity", "police"),),
        Host.BANK: (("amenity", "bank"),),
        Host.POST: (("amenity", "post_office"),),
        Host.TELECOM: (("shop", "telecommunication"), ("shop", "mobile_phone")),
        Host.FUEL: (("amenity", "fuel"),),
        Host.MALL: (("shop", "mall"), ("shop", "department_store")),
        Host.CONVENIENCE_STORE: (("shop", "convenience"), ("shop", "supermarket")),
        Host.RESTAURANT: (("amenity", "restaurant"), ("amenity", "fast_food")),
        Host.PHARMACY: (("amenity", "pharmacy"),),
        Host.HOSPITAL: (("amenity", "hospital"), ("amenity", "clinic")),
        Host.ESTATE_AGENCY: (("office", "estate_agent"), ("shop", "estate_agent")),
        Host.LIBRARY: (("amenity", "library"),),
        Host.PUBLIC_TOILET: (("amenity", "toilets"),),
        Host.METRO: (("station", "subway"), ("railway", "subway_entrance")),
        Host.PARK: (("leisure", "park"),),
        Host.PARKING: (("amenity", "parking"),),
        Host.LOGISTICS: (
            ("landuse", "depot"),
            ("industrial", "depot"),
            ("amenity", "post_depot"),
            ("building", "warehouse"),
        ),
    }
)
"""Tags of each kind of host, in the order that decides where one object has several."""
_BY_NAME = (
    (re.compile(r"总工会|工人文化宫|职工服务中心"), Host.UNION),
    (re.compile(r"社区|居委会|居民委员会|村委会|村民委员会|党群服务"), Host.COMMUNITY),
    (re.compile(r"街道办|镇政府|镇人民政府|乡人民政府"), Host.SUBDISTRICT_OFFICE),
    (re.compile(r"政务服务|行政服务|便民服务|行政审批"), Host.GOVERNMENT_HALL),
    (re.compile(r"派出所|公安|警务"), Host.POLICE),
)
_PUBLIC = frozenset({Host.COMMUNITY, Host.SUBDISTRICT_OFFICE, Host.GOVERNMENT_HALL})
_SHUT = frozenset({"private", "no", "customers", "members"})
_LEAST_PARK_M2 = 5_000.0
"""Chosen: a smaller green has no house a station could be in."""


@dataclass(frozen=True)
class Hosts:
    """Candidates and what was left out of them.

    Attributes
    ----------
    candidates : GeoDataFrame
        The layer CANDIDATES, every row not verified; ``name`` is "" where nobody named the place.
    beside_stations, twice, unread_hours : int
        Hosts left out beside a station, hosts mapped twice, hours that cannot be evaluated.
    """

    candidates: gpd.GeoDataFrame
    beside_stations: int
    twice: int
    unread_hours: int


def hosts_of(
    found: gpd.GeoDataFrame,
    stations: NDArray[np.float64],
    prices: Mapping[Host, HostPrice],
    kinds: Sequence[Host],
) -> Hosts:
    """Return the candidates among points of interest.

    Parameters
    ----------
    found : GeoDataFrame
        Objects with HOST_TAGS (EPSG:4326), see :func:`data.osm.osm_features.read_features`.
    stations : (s, 2) float64
        Stations there are, lon/lat degrees (EPSG:4326).
    prices : Mapping[Host, HostPrice]
        The editable table of examples.
    kinds : Sequence[Host]
        Kinds of host that are wanted.
    """
    wanted = set(kinds)
    hosts = [
        host_of(tags, area) for tags, area in zip(found["tags"], found["area_m2"], strict=True)
    ]
    rows = np.array([row for row, host in enumerate(hosts) if host in wanted], np.intp)
    lonlat = shapely.get_coordinates(found.geometry.to_numpy()[rows])
    names = [name_of(found["tags"].iloc[row]) for row in rows]
    kept = _once([str(hosts[row]) for row in rows], names, lonlat)
    apart = _away(lonlat[kept], stations, STATION_M)
    chosen = rows[kept[apart]]
    unread, table = 0, []
    for row in chosen.tolist():
        tags, host = found["tags"].iloc[row], hosts[row]
        hours, bad = _hours(tags)
        unread += bad
        table.append(_row(found["id"].iloc[row], tags, host, prices[host], hours))
    frame = gpd.GeoDataFrame(
        pd.DataFrame(table, columns=["id"] if not table else None),
        geometry=found.geometry.to_numpy()[chosen],
        crs=STORAGE_CRS,
    )
    return Hosts(conform(frame, "candidates"), int((~apart).sum()), len(rows) - len(kept), unread)


def host_of(tags: Tags, area_m2: float) -> Host | None:
    """Return what kind of host an object is; None where the public has no access."""
    if tags.get("access") in _SHUT or tags.get("disused") == "yes":
        return None
    kind = next(
        (
            host
            for host, pairs in HOST_TAGS.items()
            if any(tags.get(key) == value for key, value in pairs)
        ),
        None,
    )
    if kind in _PUBLIC:
        name = name_of(tags)
        kind = next((host for pattern, host in _BY_NAME if pattern.search(name)), kind)
    if kind is Host.PARK and not area_m2 >= _LEAST_PARK_M2:
        return None
    return kind


def address_of(tags: Tags) -> str | None:
    """Return the address an object states."""
    street, number = tags.get("addr:street", ""), tags.get("addr:housenumber", "")
    return tags.get("addr:full") or street + number or None


def _row(
    identity: str, tags: Tags, host: Host | None, price: HostPrice, hours: str | None
) -> dict[str, object]:
    return {
        "id": f"osm-{identity}",
        "name": name_of(tags),
        "host": host,
        "address": address_of(tags),
        "cost_cny": price.cost_cny,
        "capacity": price.capacity,
        "opening_hours": hours,
        "verification": Verification.UNVERIFIED,
        "source": f"{SOURCE}；费用为示例价目",
    }


def _hours(tags: Tags) -> tuple[str | None, bool]:
    """Return hours that can be evaluated, and whether some were stated that cannot."""
    told = tags.get("opening_hours", "").strip()
    if not told:
        return None, False
    try:
        read = from_chinese(told)
        check_hours(read)
    except BadInputError:
        return None, True
    return read, False


def _once(
    kinds: Sequence[str], names: Sequence[str], lonlat: NDArray[np.float64]
) -> NDArray[np.intp]:
    """Return the rows that stay when those of one kind at one place are one, named ones first."""
    order = sorted(range(len(kinds)), key=lambda row: (not names[row], row))
    if not order:
        return np.empty(0, np.intp)
    xy_m = to_metres(lonlat, metric_crs_of(lonlat))
    near = cKDTree(xy_m).query_ball_point(xy_m, SAME_HOST_M)
    kept = np.zeros(len(kinds), np.bool_)
    for row in order:
        kept[row] = not any(
            kept[other]
            and kinds[other] == kinds[row]
            and (not names[row] or not names[other] or names[row] == names[other])
            for other in near[row]
        )
    return np.flatnonzero(kept)


def _away(
    lonlat: NDArray[np.float64], others: NDArray[np.float64], least_m: float
) -> NDArray[np.bool_]:
    """Whether each point is at least so far from all `others`, as the crow flies."""
    if not len(others) or not len(lonlat):
        return np.ones(len(lonlat), np.bool_)
    crs = metric_crs_of(lonlat)
    far_m, _ = cKDTree(to_metres(others, crs)).query(to_metres(lonlat, crs))
    away: NDArray[np.bool_] = far_m >= least_m
    return away
