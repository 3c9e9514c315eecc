"""The base map's look: a MapLibre style, light and dark, over the base map's own tiles.

The ground is quiet, so that a plan drawn on it stands out: no colour of it is saturated, and
labels have the tone of what they name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from geo.text import Language
from maps.ground.base_labels import label_layers
from maps.ground.style_layer import JsonStyle, by_zoom, of_kinds, style_layer


class ColourScheme(StrEnum):
    """Which colours a map has."""

    LIGHT = "light"
    DARK = "dark"


PALETTES: Mapping[ColourScheme, Mapping[str, str]] = {
    ColourScheme.LIGHT: {
        "sea": "#c9dbe6",
        "land": "#f5f3ed",
        "coast": "#a9c3d2",
        "water": "#c9dbe6",
        "waterway": "#b3cddd",
        "water_name": "#54809b",
        "residential": "#efebe3",
        "commercial": "#f1e8e2",
        "industrial": "#eae8e6",
        "institution": "#f3ecdc",
        "square": "#f0ece4",
        "parking": "#eeebe6",
        "park": "#d9e8cc",
        "wood": "#d0e1c3",
        "scrub": "#dde7cf",
        "grass": "#e1ebd3",
        "farm": "#f0efdd",
        "cemetery": "#dbe4d2",
        "pitch": "#d3e5cf",
        "wetland": "#d3e3de",
        "sand": "#f4ecd4",
        "rock": "#e9e6e0",
        "airport": "#e8e6ec",
        "runway": "#d9d6df",
        "building": "#e6e0d6",
        "building_edge": "#d3cbbd",
        "motorway": "#f1c878",
        "motorway_edge": "#d9a650",
        "trunk": "#f6dca0",
        "trunk_edge": "#d9b778",
        "primary": "#fbeec8",
        "primary_edge": "#d8c9a2",
        "street": "#ffffff",
        "street_edge": "#d8d2c6",
        "service": "#ffffff",
        "path": "#b9ad98",
        "far_street": "#dcd5c8",
        "far_primary": "#dbc795",
        "rail": "#b5b0ad",
        "rail_gap": "#f5f3ed",
        "metro": "#9c8fb5",
        "tram": "#b7aec2",
        "border": "#9d8fb0",
        "ferry": "#86a9c0",
        "city_name": "#2f2a37",
        "place_name": "#574d63",
        "street_name": "#585d63",
        "halo": "#fbfaf6",
        "poi": "#77706a",
        "health": "#a3554c",
        "transit": "#5b6c94",
        "park_name": "#567747",
    },
    ColourScheme.DARK: {
        "sea": "#14212b",
        "land": "#1f272f",
        "coast": "#33495a",
        "water": "#14212b",
        "waterway": "#203646",
        "water_name": "#6f95ad",
        "residential": "#242c34",
        "commercial": "#292c34",
        "industrial": "#272b31",
        "institution": "#2a2d32",
        "square": "#272e35",
        "parking": "#252c33",
        "park": "#22322c",
        "wood": "#203029",
        "scrub": "#232f2b",
        "grass": "#24302c",
        "farm": "#262d2c",
        "cemetery": "#262f2e",
        "pitch": "#24362f",
        "wetland": "#1e3033",
        "sand": "#2d2e2c",
        "rock": "#292e33",
        "airport": "#282d38",
        "runway": "#343a46",
        "building": "#2b343d",
        "building_edge": "#37414b",
        "motorway": "#7b6238",
        "motorway_edge": "#151b21",
        "trunk": "#675534",
        "trunk_edge": "#151b21",
        "primary": "#545048",
        "primary_edge": "#151b21",
        "street": "#3c4650",
        "street_edge": "#171e25",
        "service": "#35404a",
        "path": "#5b5f60",
        "far_street": "#343d46",
        "far_primary": "#4d4a43",
        "rail": "#5a626b",
        "rail_gap": "#1f272f",
        "metro": "#675f82",
        "tram": "#565a6c",
        "border": "#6d6780",
        "ferry": "#3d5a6e",
        "city_name": "#f0eef4",
        "place_name": "#c4bccf",
        "street_name": "#b4bdc6",
        "halo": "#161c22",
        "poi": "#a39d96",
        "health": "#d59a92",
        "transit": "#9bacd2",
        "park_name": "#93b284",
    },
}
"""The colours of everything drawn, by theme."""

_GREEN = ("wood", "scrub", "grass", "farm", "park", "cemetery", "pitch", "wetland", "sand", "rock")
_BUILT = ("residential", "commercial", "industrial", "institution", "square", "parking")
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


def base_style(
    *,
    root: str,
    version: str | None,
    bounds: Sequence[float],
    deepest_zoom: int = 14,
    credit: str | None,
    districts: bool = True,
    theme: ColourScheme = ColourScheme.LIGHT,
    language: Language | str = Language.ZH,
) -> JsonStyle:
    """Return the style as MapLibre reads it.

    It names no ``glyphs``: MapLibre then draws every letter with fonts of the reader's device, so
    no font is loaded and Chinese looks as on the rest of the page.

    Parameters
    ----------
    root : str
        The service's public root, without a slash at its end.
    version : str | None
        Of the base map, part of its tiles' addresses; None where there is none yet, and only the
        districts are drawn.
    bounds : sequence of float
        West, south, east, north of the project in degrees, where the map begins.
    deepest_zoom : int
        The zoom the tiles end at.
    credit : str | None
        Whom the map names.
    districts : bool
        Whether there are any; before there are, and without a base map, all is blank land.
    theme : ColourScheme
        Light or dark.
    language : Language
        Of names, where there is a choice.
    """
    colours = PALETTES[theme]
    west, south, east, north = bounds
    if version is not None:
        sources, layers = _with(root, version, deepest_zoom, colours, Language(language))
    else:
        sources, layers = _without(root, colours) if districts else ({}, [])
    for first in list(sources.values())[:1]:
        first["attribution"] = credit or ""
    ground = colours["sea"] if sources else colours["land"]
    return {
        "version": 8,
        "metadata": {"yizhan:bounds": list(bounds), "yizhan:language": str(language)},
        "center": [(west + east) / 2, (south + north) / 2],
        "zoom": 9,
        "sources": sources,
        "layers": [
            {"id": "sea", "type": "background", "paint": {"background-color": ground}},
            *layers,
        ],
    }


def _without(root: str, colours: Mapping[str, str]) -> tuple[JsonStyle, list[JsonStyle]]:
    """Return what can be drawn before a base map is made: the districts."""
    tiles = f"{root}/tiles/districts/{{z}}/{{x}}/{{y}}.mvt"
    sources = {"districts": {"type": "vector", "tiles": [tiles], "maxzoom": 14}}
    common = {"source": "districts", "source-layer": "districts"}
    return sources, [
        {"id": "land", "type": "fill", **common, "paint": {"fill-color": colours["land"]}},
        {"id": "border", "type": "line", **common, "paint": {"line-color": colours["border"]}},
    ]


def _with(
    root: str, version: str, deepest_zoom: int, colours: Mapping[str, str], language: Language
) -> tuple[JsonStyle, list[JsonStyle]]:
    sources = {
        "base": {
            "type": "vector",
            "tiles": [f"{root}/basemap/{{z}}/{{x}}/{{y}}?v={version}"],
            "minzoom": 4,
            "maxzoom": deepest_zoom,
        },
        "beyond": {"type": "geojson", "data": f"{root}/basemap/beyond.geojson?v={version}"},
    }
    return sources, [
        {
            "id": "land-beyond",
            "type": "fill",
            "source": "beyond",
            "paint": {"fill-color": colours["land"]},
        },
        style_layer("land", "fill", "land", paint={"fill-color": colours["land"]}),
        *_areas(colours),
        *_water(colours),
        *_airports(colours),
        style_layer(
            "building",
            "fill",
            "building",
            14,
            paint={
                "fill-color": colours["building"],
                "fill-outline-color": colours["building_edge"],
                "fill-opacity": by_zoom(14, 0.5, 15, 1),
            },
        ),
        *_streets(colours),
        *_rails(colours),
        *_borders(colours),
        *label_layers(colours, language),
    ]


def _by_kind(colours: Mapping[str, str], kinds: Sequence[str], otherwise: str) -> list[Any]:
    pairs = [part for kind in kinds for part in (kind, colours[kind])]
    return ["match", ["get", "kind"], *pairs, colours[otherwise]]


def _areas(colours: Mapping[str, str]) -> list[JsonStyle]:
    return [
        style_layer(
            "built",
            "fill",
            "built",
            8,
            paint={"fill-color": _by_kind(colours, _BUILT, "residential")},
        ),
        style_layer(
            "green",
            "fill",
            "green",
            6,
            paint={
                "fill-color": _by_kind(colours, _GREEN, "grass"),
                "fill-opacity": by_zoom(6, 0.7, 11, 1),
            },
        ),
    ]


def _water(colours: Mapping[str, str]) -> list[JsonStyle]:
    return [
        style_layer(
            "waterway",
            "line",
            "waterway",
            8,
            only=["!=", ["get", "level"], -1],
            layout={"line-cap": "round", "line-join": "round"},
            paint={
                "line-color": colours["waterway"],
                "line-width": [
                    "interpolate",
                    ["exponential", 1.5],
                    ["zoom"],
                    8,
                    ["match", ["get", "kind"], "river", 0.6, 0.3],
                    14,
                    ["match", ["get", "kind"], "river", 2.6, "canal", 2.2, 1],
                    18,
                    ["match", ["get", "kind"], "river", 14, "canal", 10, 4],
                ],
            },
        ),
        style_layer("water", "fill", "water", 4, paint={"fill-color": colours["water"]}),
        style_layer(
            "water-edge",
            "line",
            "water",
            12,
            paint={"line-color": colours["coast"], "line-width": 0.6},
        ),
    ]


def _airports(colours: Mapping[str, str]) -> list[JsonStyle]:
    ground = ["==", ["geometry-type"], "Polygon"]
    runways = ["==", ["geometry-type"], "LineString"]
    return [
        style_layer(
            "airport", "fill", "airport", 9, only=ground, paint={"fill-color": colours["airport"]}
        ),
        style_layer(
            "runway",
            "line",
            "airport",
            10,
            only=runways,
            paint={
                "line-color": colours["runway"],
                "line-width": [
                    "interpolate",
                    ["exponential", 1.6],
                    ["zoom"],
                    10,
                    ["match", ["get", "kind"], "runway", 1, 0.4],
                    14,
                    ["match", ["get", "kind"], "runway", 8, 3],
                    18,
                    ["match", ["get", "kind"], "runway", 90, 30],
                ],
            },
        ),
    ]


def _streets(colours: Mapping[str, str]) -> list[JsonStyle]:
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


def _rails(colours: Mapping[str, str]) -> list[JsonStyle]:
    above = ["!=", ["get", "level"], -1]
    yards = ["rail_yard", "subway_yard", "tram_yard", "light_rail_yard", "narrow_gauge_yard"]
    metro = ["subway", "light_rail", "monorail"]
    trams = ["tram", "funicular", "preserved"]
    trains = ["all", above, of_kinds(["rail", "narrow_gauge"])]
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


def _borders(colours: Mapping[str, str]) -> list[JsonStyle]:
    wide = ["country", "province", "city", "district"]
    return [
        style_layer(
            "border-subdistrict",
            "line",
            "border",
            11,
            only=of_kinds(["subdistrict"]),
            paint={
                "line-color": colours["border"],
                "line-width": 0.7,
                "line-opacity": 0.45,
                "line-dasharray": [2, 3],
            },
        ),
        style_layer(
            "border",
            "line",
            "border",
            4,
            only=of_kinds(wide),
            layout={"line-join": "round"},
            paint={
                "line-color": colours["border"],
                "line-opacity": by_zoom(5, 0.6, 10, 0.8),
                "line-width": by_zoom(5, 0.6, 10, 1.1, 14, 1.6),
                "line-dasharray": [6, 2, 1.5, 2],
            },
        ),
    ]
