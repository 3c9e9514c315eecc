"""The three maps, drawn when first asked for and kept while the edition lasts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import geopandas as gpd
import numpy as np
from fastapi import Request, Response
from numpy.typing import NDArray
from starlette.concurrency import run_in_threadpool

from api.analysis.bus_versions import served_now
from api.http.asking import preferred_language, settings_of
from api.http.conditional import cached_response
from api.http.links import base_url
from api.keys import is_bus_crew, is_planner
from api.publishing.edition import Edition
from api.publishing.visibility import hidden_columns
from api.settings import Settings
from data.datum import Datum, from_wgs84
from geo.text import Language
from maps.bus.page import bus_page
from maps.planner.page import planner_page
from maps.tiles import TileSource
from maps.worker.page import worker_page

_LAYERS: Mapping[str, tuple[str, ...]] = {
    "planner": ("stations", "yizhan", "districts", "gaps", "sites", "actions"),
    "bus": ("bus_stops", "bus_routes", "districts"),
    "worker": ("stations", "yizhan", "districts"),
}


async def map_page(request: Request, edition: Edition, name: str) -> Response:
    """Return the map `name` (``planner``, ``bus`` or ``worker``) in the reader's language."""
    language = preferred_language(request)
    settings = settings_of(request)
    with_workers = name == "planner" or (name == "bus" and is_planner(request))
    with_contacts = is_bus_crew(request)
    may_plan = is_planner(request)
    key = f"{name}-{language.value}-{with_workers:d}{with_contacts:d}{may_plan:d}"
    root = urlsplit(base_url(request)).path.rstrip("/")
    doors = {
        "replan_api": f"{root}/bus" if may_plan else None,
        "crew_page": f"{root}/bus/crew" if with_contacts else None,
    }

    def draw() -> bytes:
        names = _LAYERS[name] + (("workers",) if with_workers else ())
        layers = _layers(edition, names, with_contacts=with_contacts)
        return _drawn(edition, name, layers, language, settings, doors).encode()

    content = await run_in_threadpool(edition.page, key, draw)
    return cached_response(
        request,
        content,
        "text/html; charset=utf-8",
        etag=f"{edition.stamp}-{key}",
        modified=edition.modified,
        private=name != "worker",
    )


def _drawn(
    edition: Edition,
    name: str,
    layers: Mapping[str, gpd.GeoDataFrame],
    language: Language,
    settings: Settings,
    doors: Mapping[str, str | None],
) -> str:
    frame: dict[str, Any] = {
        "language": language,
        "sample": edition.is_sample,
        "tiles": tile_source(settings),
    }
    if name == "planner":
        return planner_page(layers, edition.summary, **frame)
    if name == "bus":
        if (
            "workers" in layers
            and (share := served_now(edition.project, edition.summary)) is not None
        ):
            layers = {**layers, "workers": layers["workers"].assign(bus_served=share)}
        return bus_page(
            layers,
            edition.summary,
            **frame,
            replan_api=doors["replan_api"],
            crew_page=doors["crew_page"],
        )
    return worker_page(layers, edition.summary, to_gcj02=to_gcj02, **frame)


def _layers(
    edition: Edition, names: tuple[str, ...], *, with_contacts: bool
) -> Mapping[str, gpd.GeoDataFrame]:
    layers = {name: edition.layers[name] for name in names if name in edition.layers}
    for name, frame in layers.items():
        hidden = hidden_columns(name, planner=with_contacts)
        layers[name] = frame.drop(columns=[column for column in hidden if column in frame])
    if edition.has_streets:
        layers["streets"] = edition.street_lines
    return layers


def tile_source(settings: Settings) -> TileSource | None:
    """Return the operator's background tiles, None when there are none."""
    if settings.tile_url is not None:
        return TileSource((settings.tile_url,), settings.tile_subdomains, settings.tile_attribution)
    if settings.tianditu_key is not None:
        return TileSource.tianditu(settings.tianditu_key.get_secret_value())
    return None


def to_gcj02(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Convert (n, 2) lon/lat degrees from WGS 84 to GCJ-02."""
    return np.asarray(from_wgs84(lonlat, Datum.GCJ02), dtype=np.float64)
