"""What a phone keeps for when there is no network: a page, all stations, a manifest, a worker.

All stations of the city are kept, never those near a place: what lies in the phone tells nothing of
where its owner was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import cast

import geopandas as gpd

from geo.coverage.rule import REST_KINDS
from geo.layers.vocabulary import Amenity, Kind, Mode
from geo.text import Language, Text
from maps.assets import read_asset
from maps.page_links import PLAIN, PageFrame, PageLinks
from maps.symbols import KIND_SYMBOLS
from maps.worker.hand_over import link_templates
from maps.worker.worker_page import WORDS, ToDatum, station_rows

_WORDS: Mapping[str, Text] = {
    **WORDS,
    "kept": Text(
        "手机里存的是 {t} 的站点和时间", "Stations and hours as of {t}, kept on this phone"
    ),
    "nothing_kept": Text(
        "手机里还没有存站点：请有网络时先打开一次“找驿站”。",
        "No stations are kept on this phone yet: open this page once with a network.",
    ),
    "straight_line": Text("直线 {d}，实际路程更长", "{d} in a straight line; the way is longer"),
    "other_map": Text("用别的地图", "Another map app"),
}


CREW_CACHE = "yizhan-crew"
"""Where a crew's phone keeps the pages of its days."""


def offline_page(frame: PageFrame = PLAIN) -> str:
    """Return the page a phone shows without a network.

    Parameters
    ----------
    frame : PageFrame
        What every page carries.
    """
    return frame.render(
        "worker/offline.html.jinja",
        modes=(Mode.WALK, Mode.EBIKE),
        payload={
            "words": {key: text.into(frame.language) for key, text in _WORDS.items()},
            "stations": frame.links.offline_stations,
            "nearest": frame.links.nearest,
        },
    )


def offline_stations(
    layers: Mapping[str, gpd.GeoDataFrame],
    *,
    to_gcj02: ToDatum,
    at: datetime,
    language: Language | str = Language.ZH,
) -> bytes:
    """Return every serving station with its ordinary week and map links, as JSON.

    Parameters
    ----------
    layers : Mapping[str, GeoDataFrame]
        ``stations`` and ``yizhan``, EPSG:4326.
    to_gcj02 : callable
        Converts (n, 2) lon/lat WGS-84 to GCJ-02.
    at : datetime
        As of when, Asia/Shanghai.
    language : Language
        Of every label.
    """
    told = {
        "at": at.isoformat(timespec="minutes"),
        "kinds": [
            {
                "text": kind.text.into(language),
                "colour": KIND_SYMBOLS[kind].colour,
                "rest": kind in REST_KINDS,
            }
            for kind in Kind
        ],
        "amenities": [amenity.text.into(language) for amenity in Amenity],
        "apps": {
            mode.value: [
                {key: app[key] for key in ("app", "datum", "template")}
                | {"text": cast("Text", app["text"]).into(language)}
                for app in link_templates(mode)
            ]
            for mode in (Mode.WALK, Mode.EBIKE)
        },
        "stations": station_rows(layers, to_gcj02, language),
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def manifest(*, links: PageLinks, language: Language | str = Language.ZH) -> bytes:
    """Return what a phone needs to put the page beside its apps (W3C Web Application Manifest)."""
    name = Text("找驿站", "Find a station").into(language)
    about = Text("歇脚、喝水、充电：最近的工会驿站", "The nearest union stations").into(language)
    return json.dumps(
        {
            "name": name,
            "short_name": name,
            "description": about,
            "lang": "en" if language == Language.EN else "zh-CN",
            "start_url": links.nearest,
            "id": links.nearest,
            "scope": links.home,
            "display": "standalone",
            "background_color": "#f6f4f0",
            "theme_color": "#0f4c81",
            "icons": [{"src": links.icon, "sizes": "400x400", "type": "image/png"}],
        },
        ensure_ascii=False,
    ).encode()


def service_worker(links: PageLinks) -> bytes:
    """Return the script that keeps the page and the stations, and shows them without a network."""
    told = {
        "page": links.offline,
        "stations": links.offline_stations,
        "crew": links.bus_crew,
        "crew_cache": CREW_CACHE,
        "sheets": links.bus_sheets,
        "pages": [links.nearest, links.home, links.station.replace("{id}", "")],
    }
    return f"const KEPT = {json.dumps(told)};\n{read_asset('worker/offline_worker.js')}".encode()
