"""A bus's day as crews see it: one way, or one after another where two campaigns have the bus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import shapely
from shapely import MultiLineString
from shapely.geometry.base import BaseGeometry

from geo.layers.vocabulary import CampaignName
from geo.text import Text
from maps.records import ROUTE_COLUMNS, Record, has_rows, records


def way_of_day(
    layers: Mapping[str, gpd.GeoDataFrame], day: str, bus: str
) -> tuple[Record, BaseGeometry] | None:
    """Return a bus-day's figures and way (EPSG:4326); None where it is not known.

    Where the bus goes out twice it leaves with the first and is back with the last; metres, seconds,
    stops and people are those of both.
    """
    if not has_rows(layers, "bus_routes"):
        return None
    frame = layers["bus_routes"]
    mine = frame[
        (frame["bus_id"].astype(str) == bus) & (frame["day"].astype(str).str[:10] == day)
    ].sort_values("leave")
    if mine.empty:
        return None
    ways = records(mine, ROUTE_COLUMNS)
    if len(ways) == 1:
        return ways[0], mine.geometry.iloc[0]
    added = ("stops", "distance_m", "drive_s", "workers_served")
    whole = {name: sum(float(str(way[name] or 0)) for way in ways) for name in added}
    parts = shapely.get_parts(mine.geometry.to_numpy())
    return {**ways[0], **whole, "return": ways[-1]["return"]}, MultiLineString(list(parts))


def mark_changeovers(visits: Sequence[Record]) -> None:
    """Say at each visit whether the bus came from its depot with another campaign's crew.

    `visits` are in order; ``changeover`` is what to tell the crew, None where nothing changes.
    """
    before: dict[tuple[object, object], object] = {}
    for one in visits:
        one["changeover"] = None
        if one["shared_with"]:
            continue
        key, campaign = (one["bus_id"], one["day"]), one["campaign"]
        if before.get(key, campaign) != campaign and isinstance(campaign, str):
            word = CampaignName(campaign).text
            one["changeover"] = Text(
                f"先回车场换人换设备，接着办{word.zh}",
                f"First back to the depot: crew and equipment for {word.en}",
            )
        before[key] = campaign
