"""What the base map writes: names of streets, waters, places and what people look for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.text import Language
from maps.ground.style_layer import REGULAR, STRONG, JsonStyle, by_zoom, of_kinds, style_layer

_STREET_NAMES = (
    (
        "minor",
        [
            "residential",
            "living_street",
            "unclassified",
            "pedestrian",
            "service",
            "road",
            "footway",
            "path",
            "cycleway",
        ],
        15.3,
        11,
        REGULAR,
    ),
    ("middle", ["tertiary", "secondary"], 13.5, 12, REGULAR),
    ("main", ["primary", "trunk", "motorway"], 12, 12.5, STRONG),
)
"""Id, kinds, first zoom, size and font."""
_PLACE_NAMES = (
    (
        "small",
        ["hamlet", "locality", "isolated_dwelling", "islet", "neighbourhood", "quarter"],
        13.5,
        17,
        by_zoom(13, 11.5, 16, 14),
        REGULAR,
        "place_name",
    ),
    (
        "village",
        ["village", "island"],
        11.5,
        16.5,
        by_zoom(11, 11, 15, 14),
        REGULAR,
        "place_name",
    ),
    (
        "suburb",
        ["suburb", "borough", "subdistrict"],
        11,
        16,
        by_zoom(11, 12, 15, 16),
        REGULAR,
        "place_name",
    ),
    ("town", ["town"], 9, 15.5, by_zoom(9, 11.5, 14, 17), STRONG, "place_name"),
    (
        "district",
        ["district", "county", "municipality"],
        7.5,
        15,
        by_zoom(8, 12.5, 13, 19),
        STRONG,
        "place_name",
    ),
    ("city", ["city"], 4, 14.5, by_zoom(5, 13, 12, 23), STRONG, "city_name"),
)
"""Id, kinds, first and last zoom, size by zoom, font and colour."""


def label_layers(colours: Mapping[str, str], language: Language) -> list[JsonStyle]:
    """Return labels from the least important up: MapLibre places the last first."""
    name: list[Any] = ["coalesce", ["get", "name_en"], ["get", "name"]]
    if language is not Language.EN:
        name = ["get", "name"]
    halo = {"text-halo-color": colours["halo"], "text-halo-width": 1.4, "text-halo-blur": 0.3}
    named = ["has", "name"]
    return [
        *_poi_labels(colours, name, halo),
        style_layer(
            "waterway-name",
            "symbol",
            "waterway",
            13,
            only=named,
            layout={
                "text-field": name,
                "text-font": REGULAR,
                "text-size": 12,
                "symbol-placement": "line",
                "symbol-spacing": 400,
                "text-letter-spacing": 0.1,
                "text-max-angle": 35,
            },
            paint={"text-color": colours["water_name"], **halo},
        ),
        *_street_names(colours, name, halo),
        *_place_names(colours, name, halo),
    ]


def _poi_labels(colours: Mapping[str, str], name: list[Any], halo: JsonStyle) -> list[JsonStyle]:
    tone = _poi_tone(colours)
    dots = ["match", ["get", "kind"], ["park", "water", "estate", "square"], 0, 1]
    layers = []
    for rank, first in ((9, 16.5), (5, 16), (4, 15), (3, 13.5), (2, 12), (1, 11)):
        only = ["all", ["has", "name"], ["==", ["get", "rank"], rank]]
        size = {1: 13, 2: 12.5}.get(rank, 11.5)
        dot = style_layer(
            f"poi-dot-{rank}",
            "circle",
            "poi",
            first,
            only=only,
            paint={
                "circle-radius": 2.6 if rank > 2 else 3.4,  # noqa: PLR2004
                "circle-color": tone,
                "circle-opacity": dots,
                "circle-stroke-color": colours["halo"],
                "circle-stroke-width": ["*", 1.2, dots],
            },
        )
        words = style_layer(
            f"poi-{rank}",
            "symbol",
            "poi",
            first,
            only=only,
            layout={
                "text-field": name,
                "text-size": size,
                "text-font": STRONG if rank <= 2 else REGULAR,  # noqa: PLR2004
                "text-max-width": 9,
                "text-padding": 6,
                "text-variable-anchor": ["left", "right", "top", "bottom"],
                "text-radial-offset": 0.6,
                "text-justify": "auto",
                "symbol-sort-key": ["get", "rank"],
            },
            paint={"text-color": tone, **halo},
        )
        layers += [dot, words]
    return layers


def _poi_tone(colours: Mapping[str, str]) -> list[Any]:
    return [
        "match",
        ["get", "kind"],
        ["hospital", "clinic", "pharmacy"],
        colours["health"],
        [
            "rail_station",
            "metro_station",
            "metro_entrance",
            "tram_stop",
            "bus_station",
            "ferry",
            "airport",
        ],
        colours["transit"],
        ["park"],
        colours["park_name"],
        ["water"],
        colours["water_name"],
        colours["poi"],
    ]


def _street_names(colours: Mapping[str, str], name: list[Any], halo: JsonStyle) -> list[JsonStyle]:
    layers = [
        style_layer(
            f"street-name-{identity}",
            "symbol",
            "street",
            first,
            only=["all", ["has", "name"], of_kinds(kinds)],
            layout={
                "text-field": name,
                "text-font": font,
                "text-size": size,
                "symbol-placement": "line",
                "symbol-spacing": 350,
                "text-padding": 8,
                "text-letter-spacing": 0.05,
                "text-max-angle": 30,
            },
            paint={"text-color": colours["street_name"], **halo, "text-halo-width": 1.8},
        )
        for identity, kinds, first, size, font in _STREET_NAMES
    ]
    return [*layers, _street_numbers(colours)]


def _street_numbers(colours: Mapping[str, str]) -> JsonStyle:
    return style_layer(
        "street-ref",
        "symbol",
        "street",
        9,
        only=["all", ["has", "ref"], of_kinds(["motorway", "trunk"])],
        layout={
            "text-field": ["get", "ref"],
            "text-font": STRONG,
            "text-size": 10.5,
            "symbol-placement": "line",
            "symbol-spacing": 420,
            "text-padding": 30,
            "text-rotation-alignment": "viewport",
        },
        paint={
            "text-color": colours["street_name"],
            "text-halo-color": colours["motorway"],
            "text-halo-width": 3,
        },
    )


def _place_names(colours: Mapping[str, str], name: list[Any], halo: JsonStyle) -> list[JsonStyle]:
    return [
        style_layer(
            f"place-{identity}",
            "symbol",
            "place",
            first,
            only=of_kinds(kinds),
            max_zoom=last,
            layout={
                "text-field": name,
                "text-font": font,
                "text-size": size,
                "text-letter-spacing": 0.08,
                "text-max-width": 8,
                "text-padding": 4,
                "symbol-sort-key": ["get", "rank"],
            },
            paint={"text-color": colours[tone], **halo, "text-halo-width": 1.7},
        )
        for identity, kinds, first, last, size, font, tone in _PLACE_NAMES
    ]
