"""The three maps, drawn when first asked for and kept while the edition lasts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict
from urllib.parse import urlsplit

import geopandas as gpd
from fastapi import Request, Response
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from api.analysis.bus_plans.plan_totals import served_now
from api.analysis.street_report import piece_lines
from api.http.asking import preferred_language, settings_of
from api.http.conditional import cached_response
from api.http.keys import reader_of
from api.http.links import base_url, page_links
from api.http.problems import LOGGER
from api.http.visibility import Reader, visible_figures, visible_layers
from api.publishing.edition import Edition
from api.publishing.linked import bus_links, planner_links
from api.settings import Settings
from data.geometry.datum import to_gcj02
from geo.errors import YizhanError
from geo.layers.columns import layers_with
from geo.layers.roles import Role
from geo.text import Language, Text
from maps.bus.bus_page import bus_page
from maps.ground.background_tiles import TileSource
from maps.planner.planner_page import planner_page
from maps.worker.worker_page import worker_page

_LAYERS: Mapping[str, tuple[str, ...]] = {
    "planner": layers_with(Role.ON_PLANNER_MAP),
    "bus": layers_with(Role.ON_BUS_MAP),
    "worker": layers_with(Role.ON_WORKER_MAP),
}


async def map_page(request: Request, edition: Edition, name: str) -> Response:
    """Return the map `name` (``planner``, ``bus`` or ``worker``) in the reader's language."""
    language = preferred_language(request)
    settings = settings_of(request)
    reader = Reader.ANYONE if name == "worker" else reader_of(request)
    key = f"{name}-{language.value}-{reader:d}"
    root = urlsplit(base_url(request)).path.rstrip("/")
    doors = _Doors(
        replan_api=f"{root}/bus" if reader >= Reader.PLANNER else None,
        crew_page=f"{root}/bus/crew" if reader >= Reader.BUS_CREW else None,
    )

    pages = page_links(request)

    def draw() -> bytes:
        seen = edition.seen_by(reader)
        if name == "planner":
            seen = {**seen, **visible_layers(edition.layers_of_run, reader)}
        layers = {layer: seen[layer] for layer in _LAYERS[name] if layer in seen}
        if edition.has_streets:
            layers["streets"] = edition.street_lines
        if edition.base_map is not None:
            layers["ground"] = edition.base_map.ground()
        figures = visible_figures(edition.summary, reader)
        if edition.has_streets and name == "planner" and figures.coverage is not None:
            pieces = figures.coverage.street_pieces
            layers["street_pieces"] = piece_lines(edition.network(pieces.mode), pieces)
        frame = _Frame(
            language=language,
            sample=edition.is_sample,
            tiles=tile_source(settings),
            credit=edition.credit,
        )
        if name == "planner":
            notices = [text.into(language) for text in edition.notices]
            files = planner_links(edition, pages)
            html = planner_page(layers, figures, notices=notices, files=files, pages=pages, **frame)
        elif name == "bus":
            links = bus_links(edition, pages, reader)
            html = bus_page(_with_served(edition, layers), figures, files=links, **doors, **frame)
        else:
            html = worker_page(layers, to_gcj02=to_gcj02, **frame)
        return html.encode()

    content = await run_in_threadpool(edition.page, key, draw)
    response = cached_response(
        request,
        content,
        "text/html; charset=utf-8",
        etag=f"{edition.stamp}-{key}",
        modified=edition.modified,
        private=name != "worker",
    )
    if name == "planner":  # Whoever opens it will try a site.
        response.background = BackgroundTask(_warm_what_ifs, edition)
    return response


def _warm_what_ifs(edition: Edition) -> None:
    try:
        edition.what_ifs.warm()
    except YizhanError as error:
        LOGGER.info("%s", error.text.en)


class _Frame(TypedDict):
    """What every map is told."""

    language: Language
    sample: bool
    tiles: TileSource | None
    credit: Text | None


class _Doors(TypedDict):
    """Where the bus map leads those who may."""

    replan_api: str | None
    crew_page: str | None


def _with_served(
    edition: Edition, layers: Mapping[str, gpd.GeoDataFrame]
) -> Mapping[str, gpd.GeoDataFrame]:
    """Return the layers, the workers with the share the bus examines where it is known."""
    workers = layers.get("workers")
    share = None if workers is None else served_now(edition.project, edition.summary, workers)
    if workers is None or share is None:
        return layers
    return {**layers, "workers": workers.assign(bus_served=share)}


def tile_source(settings: Settings) -> TileSource | None:
    """Return the operator's background tiles, None when there are none."""
    if settings.tile_url is not None:
        return TileSource((settings.tile_url,), settings.tile_subdomains, settings.tile_attribution)
    if settings.tianditu_key is not None:
        return TileSource.tianditu(settings.tianditu_key.get_secret_value())
    return None
