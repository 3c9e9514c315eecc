"""The ground of siting with what a planner settled by hand: only what they touched is measured again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from shapely import Point

from geo.errors import BadInputError, UnreachableError
from geo.layers.columns import conform
from geo.layers.districts import with_districts
from geo.reach.catchments import Catchments
from geo.study.rules import Pins
from geo.study.siting_ground import SitingGround
from geo.text import Text

Rows = NDArray[np.int64]


def with_pins(ground: SitingGround, pins: Pins) -> SitingGround:
    """Return `ground` with candidates locked, forbidden, added and moved as `pins` say.

    Catchments of candidates that stay where they are are taken over.

    Raises
    ------
    BadInputError
        If a candidate is named that is not there, or an added one has the id of another.
    UnreachableError
        If no street passes near an added or moved site.
    """
    if pins.is_empty:
        return ground
    candidates = _added(ground, pins)
    row = {str(one): number for number, one in enumerate(candidates["id"])}
    _refuse_unknown(row, (*pins.locked, *pins.forbidden, *pins.moved))
    candidates = _marked(_moved(candidates, pins, row, ground), pins)
    new = np.arange(len(ground.candidates), len(candidates))
    changed = np.union1d(new, [row[one] for one in pins.moved]).astype(np.int64)
    pinned = replace(ground, candidates=candidates)
    if len(changed):
        _take_over(ground, pinned, changed)
    else:
        pinned.__dict__.update(
            places=ground.places, pairs=ground.pairs, nearest_stations=ground.nearest_stations
        )
    pinned.__dict__["demand"] = ground.demand
    return pinned


def _added(ground: SitingGround, pins: Pins) -> gpd.GeoDataFrame:
    """Return the candidates with those added by hand at the end."""
    here = ground.candidates
    if not pins.added:
        return here
    known = set(here["id"].astype(str))
    for site in pins.added:
        if site.id in known:
            raise BadInputError(
                Text(f"已有候选点编号 {site.id}。", f"There already is a candidate {site.id}.")
            )
    rows = gpd.GeoDataFrame(
        [site.model_dump(mode="json", exclude={"lon", "lat"}) for site in pins.added],
        geometry=[Point(site.lon, site.lat) for site in pins.added],
        crs=here.crs,
    )
    fresh = with_districts(conform(rows, "candidates"), ground.districts)
    return gpd.GeoDataFrame(pd.concat([here, fresh], ignore_index=True), crs=here.crs)


def _moved(
    candidates: gpd.GeoDataFrame, pins: Pins, row: dict[str, int], ground: SitingGround
) -> gpd.GeoDataFrame:
    if not pins.moved:
        return candidates
    rows = [row[one] for one in pins.moved]
    shapes = candidates.geometry.to_numpy().copy()
    shapes[rows] = [Point(place.lon, place.lat) for place in pins.moved.values()]
    moved = candidates.set_geometry(gpd.GeoSeries(shapes, crs=candidates.crs))
    district = moved["district"].to_numpy(object).copy()
    district[rows] = None
    return with_districts(moved.assign(district=district), ground.districts)


def _marked(candidates: gpd.GeoDataFrame, pins: Pins) -> gpd.GeoDataFrame:
    """Return the candidates with flags as pinned; what is not pinned keeps the layer's."""
    ids = candidates["id"].astype(str)
    locked, forbidden = ids.isin(pins.locked), ids.isin(pins.forbidden)
    fixed = candidates["fixed"].fillna(value=False).astype(bool)
    out = candidates["forbidden"].fillna(value=False).astype(bool)
    return candidates.assign(
        fixed=(fixed & ~forbidden) | locked, forbidden=(out & ~locked) | forbidden
    )


def _refuse_unknown(row: dict[str, int], named: Iterable[str]) -> None:
    for one in named:
        if one not in row:
            raise BadInputError(
                Text(
                    f"没有候选点 {one}：它可能已从候选点图层中删去，请在草案里去掉它。",
                    f"There is no candidate {one}: the layer may have lost it; take it out of the "
                    "draft.",
                )
            )


def _take_over(ground: SitingGround, pinned: SitingGround, changed: Rows) -> None:
    """Give `pinned` the catchments of `ground`, with those of the `changed` rows measured now."""
    part = replace(pinned, candidates=pinned.candidates.iloc[changed].reset_index(drop=True))
    for number in np.flatnonzero(~part.places.reachable)[:1].tolist():
        name = part.candidates["name"].iloc[number]
        raise UnreachableError(
            Text(
                f"“{name}”1 公里内没有道路，不能设站。",
                f"No street within 1 km of {name}: no station can stand there.",
            )
        )
    source = np.arange(len(pinned.candidates))
    source[changed] = len(ground.candidates) + np.arange(len(changed))
    pinned.__dict__["pairs"] = _stacked(ground.pairs, part.pairs, source)
    near = pd.concat([ground.nearest_stations, part.nearest_stations], ignore_index=True)
    pinned.__dict__["nearest_stations"] = near.iloc[source].reset_index(drop=True)


def _stacked(first: Catchments, second: Catchments, source: Rows) -> Catchments:
    """Return the sites `source` of `first` and, counted on, `second`."""
    begin = np.append(first.begin, first.begin[-1] + second.begin[1:])
    sizes = np.diff(begin)[source]
    ends = np.cumsum(sizes)
    at = np.repeat(begin[:-1][source] - (ends - sizes), sizes) + np.arange(int(sizes.sum()))
    return Catchments(
        np.append(0, ends),
        np.append(first.point, second.point)[at],
        np.append(first.cost, second.cost)[at],
        first.n_points,
    )
