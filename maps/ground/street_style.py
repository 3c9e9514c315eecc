"""Streets and rails of the base map: how wide, in which order, with which edge, by zoom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from maps.ground.style_layer import JsonStyle, by_zoom, of_kinds, style_layer

_STREETS: Sequence[tuple[str, Sequence[str], int, Sequence[float]]] = (
    ("service", ("service", "driveway", "track"), 14, (14, 0.6, 16, 3, 19, 14)),
    (
        "street",
        ("residential", "living_street", "road", "busway", "pedestrian"),
        13,
        (12, 0.5, 14, 2, 16, 7, 19, 30),
    ),
    ("street", ("unclassified",), 12, (12, 0.6, 14, 2.4, 16, 8, 19, 32)),
    ("street", ("tertiary", "tertiary_link"), 11, (11, 0.6, 14, 4, 16, 10, 19, 40)),
    ("street", ("secondary", "secondary_link"), 10, (10, 0.6, 12, 1.6, 14, 5.5, 16, 13, 19, 48)),
    ("primary", ("primary", "primary_link"), 8, (8, 0.5, 11, 1.6, 14, 6.5, 16, 15, 19, 54)),
    ("trunk", ("trunk_link", "motorway_link"), 11, (11, 0.8, 14, 4, 16, 9, 19, 34)),
    ("trunk", ("trunk",), 6, (6, 0.6, 10, 1.6, 14, 7, 16, 16, 19, 56)),
    ("motorway", ("motorway",), 5, (5, 0.7, 10, 2, 14, 8, 16, 17, 19, 58)),
)
"""From the ground up: colour, OSM classes, first zoom, and width in pixels by zoom."""


def street_layers(colours: Mapping[str, str]) -> list[JsonStyle]:
    """Return tunnels, then what lies on the ground, then bridges: each casings first."""
    layers = [
        style_layer(
            "ferry",
            "line",
            "street",
            9,
            only=of_kinds(["ferry"]),
            paint={"line-color": colours["ferry"], "line-width": 1, "line-dasharray": [5, 4]},
        ),
        style_layer(
            "path",
            "line",
            "street",
            14,
            only=of_kinds(["footway", "path", "cycleway", "steps", "bridleway"]),
            paint={
                "line-color": colours["path"],
                "line-dasharray": [2, 1.6],
                "line-width": by_zoom(14, 0.5, 17, 1.4),
                "line-opacity": by_zoom(14, 0.5, 16, 1),
            },
        ),
    ]
    for level, name in ((-1, "tunnel"), (0, "ground"), (1, "bridge")):
        here = ["==", ["get", "level"], level]
        layers += [
            _casing(colours, row, here, f"{name}-{number}-edge", level)
            for number, row in enumerate(_STREETS)
        ]
        layers += [
            _filling(colours, row, here, f"{name}-{number}", level)
            for number, row in enumerate(_STREETS)
        ]
    return layers


_StreetRow = tuple[str, Sequence[str], int, Sequence[float]]


def _casing(
    colours: Mapping[str, str], row: _StreetRow, here: list[Any], identity: str, level: int
) -> JsonStyle:
    tone, kinds, first, widths = row
    edge = colours.get(f"{tone}_edge", colours["street_edge"])
    begin = max(first, 12 if tone in {"motorway", "trunk"} else 13)
    extra = 1.4 if level < 1 else 2.2
    stops = [width if number % 2 == 0 else width + extra for number, width in enumerate(widths)]
    paint: JsonStyle = {"line-color": edge, "line-width": by_zoom(*stops)}
    if level < 0:
        paint["line-dasharray"] = [3, 2]
    return style_layer(
        identity,
        "line",
        "street",
        begin,
        only=["all", here, of_kinds(kinds)],
        layout={"line-join": "round", "line-cap": "butt" if level else "round"},
        paint=paint,
    )


def _filling(
    colours: Mapping[str, str], row: _StreetRow, here: list[Any], identity: str, level: int
) -> JsonStyle:
    """Return the street itself: pale streets without a casing are darker than the ground."""
    tone, kinds, first, widths = row
    far = colours["far_primary" if tone == "primary" else "far_street"]
    colour: Any = colours[tone]
    if tone in {"street", "service", "primary"}:
        colour = ["step", ["zoom"], far, 13, colours[tone]]
    paint: JsonStyle = {"line-color": colour, "line-width": by_zoom(*widths)}
    if level < 0:
        paint["line-opacity"] = 0.55
    return style_layer(
        identity,
        "line",
        "street",
        first,
        only=["all", here, of_kinds(kinds)],
        layout={"line-join": "round", "line-cap": "round"},
        paint=paint,
    )


def rail_layers(colours: Mapping[str, str]) -> list[JsonStyle]:
    """Return yards, trams, the metro and railways, the widest last."""
    above = ["!=", ["get", "level"], -1]
    yards = ["rail_yard", "subway_yard", "tram_yard", "light_rail_yard", "narrow_gauge_yard"]
    metro = ["subway", "light_rail", "monorail"]
    trams = ["tram", "funicular", "preserved"]
    return [
        style_layer(
            "yard",
            "line",
            "rail",
            14,
            only=["all", above, of_kinds(yards)],
            paint={"line-color": colours["rail"], "line-width": 0.7, "line-opacity": 0.6},
        ),
        style_layer(
            "tram",
            "line",
            "rail",
            13,
            only=of_kinds(trams),
            paint={"line-color": colours["tram"], "line-width": by_zoom(13, 0.7, 18, 2)},
        ),
        style_layer(
            "metro",
            "line",
            "rail",
            10,
            only=of_kinds(metro),
            paint={
                "line-color": colours["metro"],
                "line-dasharray": [4, 1.5],
                "line-width": by_zoom(10, 0.9, 14, 1.8, 18, 4),
                "line-opacity": ["match", ["get", "level"], -1, 0.75, 1],
            },
        ),
        *_trains(colours, above),
    ]


def _trains(colours: Mapping[str, str], above: list[Any]) -> list[JsonStyle]:
    trains = ["all", above, of_kinds(["rail", "narrow_gauge"])]
    return [
        style_layer(
            "rail",
            "line",
            "rail",
            8,
            only=trains,
            paint={
                "line-color": colours["rail"],
                "line-width": by_zoom(8, 0.6, 12, 1, 14, 1.7, 16, 2.6, 18, 5),
            },
        ),
        style_layer(
            "rail-gap",
            "line",
            "rail",
            13,
            only=trains,
            paint={
                "line-color": colours["rail_gap"],
                "line-dasharray": [5, 5],
                "line-width": by_zoom(13, 0.5, 14, 0.9, 16, 1.5, 18, 3.2),
            },
        ),
    ]
