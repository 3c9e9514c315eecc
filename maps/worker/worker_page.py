"""The worker's map: the stations nearest to a place, those open now, and the way there."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo.json_shapes import JsonPage
from geo.layers.vocabulary import ASKED_AMENITIES, Amenity, Kind, Mode, Status
from geo.text import Language, Text
from maps.ground.background_tiles import TileSource
from maps.ground.packed_base_map import MAP_WORDS, base_map, bounds_of
from maps.records import Record, cell_text, check_layers, has_rows, lonlat, records, words_of
from maps.station_count import station_count
from maps.symbols import KIND_SYMBOLS
from maps.templating import render
from maps.worker.hand_over import link_templates
from maps.worker.opening_text import WEEKDAYS, open_week

# A phone on a slow line: the ground may cost about half a megabyte.
_MAX_VERTICES = 60_000

ToDatum = Callable[[NDArray[np.float64]], NDArray[np.float64]]

WORDS: Mapping[str, Text] = {
    **MAP_WORDS,
    "attribution": Text("底图：本项目图层（示意）", "Ground: this project's own layers"),
    "m": Text("米", "m"),
    "km": Text("公里", "km"),
    "straight": Text("直线", "straight line"),
    "open": Text("营业中", "Open"),
    "closed": Text("已关闭", "Closed"),
    "all_day": Text("全天开放", "Always open"),
    "unknown": Text("开放时间未知", "Hours unknown"),
    "closes": Text("{t} 关门", "closes {t}"),
    "opens": Text("{t} 开门", "opens {t}"),
    "today": Text("今天", "today"),
    "tomorrow": Text("明天", "tomorrow"),
    "days": Text(",".join(one.zh for one in WEEKDAYS), ",".join(one.en for one in WEEKDAYS)),
    "go": Text("去这里", "Directions"),
    "call": Text("打电话", "Call"),
    "none": Text(
        "附近没有符合条件的站点，请减少筛选条件。", "No station matches; remove a filter."
    ),
    "here": Text("您的位置", "Your position"),
    "chosen": Text("选定的位置", "Chosen place"),
    "denied": Text(
        "无法取得位置。请在地图上点一下，或输入附近地名。",
        "Your position is not available. Tap the map or type a place.",
    ),
    "locating": Text("正在定位…", "Locating…"),
    "from": Text("从{place}出发", "From {place}"),
    "results": Text("{n} 个站点", "{n} stations"),
    "nothing": Text("没有找到", "Nothing found"),
    "station": Text("站点", "Station"),
    "district": Text("区市", "District"),
    "more": Text("显示更多", "Show more"),
}


def worker_page(
    layers: Mapping[str, gpd.GeoDataFrame],
    *,
    language: Language | str = Language.ZH,
    sample: bool = False,
    tiles: TileSource | None = None,
    credit: Text | None = None,
    to_gcj02: ToDatum | None = None,
    mode: Mode = Mode.WALK,
) -> str:
    """Return the worker's map as one HTML page that needs no network.

    The page finds stations by straight-line distance on the device itself and says so; the
    position never leaves it.

    Parameters
    ----------
    layers : Mapping[str, GeoDataFrame]
        ``stations`` and ``yizhan``, and any of ``districts, streets``; EPSG:4326.
    language : Language
        Of every label.
    sample : bool
        Whether to say 示例数据 on the page.
    tiles : TileSource | None
        The operator's background; without one nothing is asked from any host.
    credit : Text | None
        Whom the map names for the streets; None where they are invented.
    to_gcj02 : callable | None
        Converts (n, 2) lon/lat WGS-84 to GCJ-02, which AMap, Baidu, Tencent and Apple read;
        without it only the ``geo:`` link (WGS-84) is offered.
    mode : Mode
        How the map apps are asked to lead there.

    Raises
    ------
    CrsError
        If a layer is not in EPSG:4326.
    """
    from maps.ground.offline_map import map_parts  # noqa: PLC0415 - folium, for who draws a map

    check_layers(layers)
    stations, kinds = station_rows(layers, to_gcj02, language), _kinds(language)
    apps = [one for one in link_templates(mode) if to_gcj02 or one["datum"] == "wgs84"]
    return render(
        "worker/worker.html.jinja",
        language=language,
        sample=sample,
        map=map_parts("worker", bounds_of(layers), tiles),
        filters=_filters(stations, language),
        stations=station_count(layers),
        kinds=kinds,
        payload={
            **_words(language),
            "base": base_map(layers, max_vertices=_MAX_VERTICES, credit=credit),
            "kinds": kinds,
            "apps": apps,
            "stations": stations,
        },
    )


def _words(language: Language | str) -> JsonPage:
    """Return what the script says."""
    return {
        "words": {key: text.into(language) for key, text in WORDS.items()},
        "amenities": [
            {"key": amenity.value, "text": amenity.text.into(language)} for amenity in Amenity
        ],
    }


def _kinds(language: Language | str) -> list[Record]:
    """Return what each kind of station is called and how it is drawn."""
    return [
        {
            "text": kind.text.into(language),
            "shape": KIND_SYMBOLS[kind].shape,
            "colour": KIND_SYMBOLS[kind].colour,
        }
        for kind in Kind
    ]


def station_rows(
    layers: Mapping[str, gpd.GeoDataFrame], to_gcj02: ToDatum | None, language: Language | str
) -> list[Record]:
    """Return the serving stations as the device's own script reads them.

    ``id, n`` name, ``k`` kind, ``a`` address, ``h`` hours in words, ``w`` minutes of the ordinary
    week, ``f`` amenities, ``p`` phone, ``at`` WGS-84, ``g`` GCJ-02 (lon, lat degrees).
    """
    kinds = {kind.value: number for number, kind in enumerate(Kind)}
    amenities = {amenity.value: number for number, amenity in enumerate(Amenity)}
    rows: list[Record] = []
    for layer in ("yizhan", "stations"):
        if not has_rows(layers, layer):
            continue
        frame = layers[layer]
        wgs84 = lonlat(frame)
        gcj02 = wgs84 if to_gcj02 is None else np.round(to_gcj02(wgs84), 6)
        columns = ["id", "name", "kind", "address", "opening_hours", "amenities", "phone", "status"]
        for place, record in enumerate(records(frame, columns)):
            if record["status"] not in {None, Status.OPEN.value} or record["kind"] not in kinds:
                continue
            hours = record["opening_hours"]
            rows.append(
                {
                    "id": record["id"],
                    "n": record["name"],
                    "k": kinds[str(record["kind"])],
                    "a": record["address"],
                    "h": cell_text(layer, "opening_hours", hours, language),
                    "w": open_week(str(hours or "")),
                    "f": [
                        amenities[key] for key in words_of(record["amenities"]) if key in amenities
                    ],
                    "p": record["phone"],
                    "at": wgs84[place].tolist(),
                    "g": None if to_gcj02 is None else gcj02[place].tolist(),
                }
            )
    return rows


def _filters(stations: list[Record], language: Language | str) -> list[Record]:
    """Return the amenities some station has, in the order workers ask for them."""
    order = list(Amenity)
    held = {number for station in stations for number in _numbers(station["f"])}
    return [
        {"number": order.index(amenity), "key": amenity.value, "text": amenity.text.into(language)}
        for amenity in ASKED_AMENITIES
        if order.index(amenity) in held
    ]


def _numbers(value: object) -> list[int]:
    return value if isinstance(value, list) else []
