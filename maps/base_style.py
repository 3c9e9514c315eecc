"""The base map's look: a MapLibre style, light and dark, over the base map's own tiles.

The ground is quiet, so that a plan drawn on it stands out: no colour of it is saturated, and
labels have the tone of what they name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from geo.text import Language

StyleLayer = dict[str, Any]
"""One layer of a MapLibre style."""


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

_FAMILY = [
    "PingFang SC",
    "HarmonyOS Sans SC",
    "MiSans",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "sans-serif",
]
_REGULAR = _FAMILY
_STRONG = ["PingFang SC Semibold", *_FAMILY]
"""MapLibre reads the weight out of the first name, and falls through names a device lacks."""

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
    theme: ColourScheme = ColourScheme.LIGHT,
    language: Language | str = Language.ZH,
) -> dict[str, Any]:
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
    theme : ColourScheme
        Light or dark.
    language : Language
        Of names, where there is a choice.
    """
    colours = PALETTES[theme]
    west, south, east, north = bounds
    sources, layers = (
        _without(root, colours)
        if version is None
        else _with(root, version, deepest_zoom, colours, Language(language))
    )
    first = next(iter(sources.values()))
    first["attribution"] = credit or ""
    return {
        "version": 8,
        "metadata": {"yizhan:bounds": list(bounds), "yizhan:language": str(language)},
        "center": [(west + east) / 2, (south + north) / 2],
        "zoom": 9,
        "sources": sources,
        "layers": [
            {"id": "sea", "type": "background", "paint": {"background-color": colours["sea"]}},
            *layers,
        ],
    }


def _without(root: str, colours: Mapping[str, str]) -> tuple[dict[str, Any], list[StyleLayer]]:
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
) -> tuple[dict[str, Any], list[StyleLayer]]:
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
        _layer("land", "fill", "land", paint={"fill-color": colours["land"]}),
        *_areas(colours),
        *_water(colours),
        *_airports(colours),
        _layer(
            "building",
            "fill",
            "building",
            14,
            paint={
                "fill-color": colours["building"],
                "fill-outline-color": colours["building_edge"],
                "fill-opacity": _by_zoom(14, 0.5, 15, 1),
            },
        ),
        *_streets(colours),
        *_rails(colours),
        *_borders(colours),
        *_labels(colours, language),
    ]


def _layer(
    identity: str,
    kind: str,
    source: str,
    min_zoom: float = 0,
    *,
    paint: Mapping[str, Any],
    layout: Mapping[str, Any] | None = None,
    only: Any = None,  # noqa: ANN401 - a MapLibre expression
    max_zoom: float | None = None,
) -> StyleLayer:
    layer: StyleLayer = {
        "id": identity,
        "type": kind,
        "source": "base",
        "source-layer": source,
        "paint": dict(paint),
    }
    if min_zoom:
        layer["minzoom"] = min_zoom
    if max_zoom is not None:
        layer["maxzoom"] = max_zoom
    if layout:
        layer["layout"] = dict(layout)
    if only is not None:
        layer["filter"] = only
    return layer


def _by_zoom(*stops: float) -> list[Any]:
    return ["interpolate", ["exponential", 1.5], ["zoom"], *stops]


def _kinds(kinds: Sequence[str]) -> list[Any]:
    return ["in", ["get", "kind"], ["literal", list(kinds)]]


def _by_kind(colours: Mapping[str, str], kinds: Sequence[str], otherwise: str) -> list[Any]:
    pairs = [part for kind in kinds for part in (kind, colours[kind])]
    return ["match", ["get", "kind"], *pairs, colours[otherwise]]


def _areas(colours: Mapping[str, str]) -> list[StyleLayer]:
    return [
        _layer(
            "built",
            "fill",
            "built",
            8,
            paint={"fill-color": _by_kind(colours, _BUILT, "residential")},
        ),
        _layer(
            "green",
            "fill",
            "green",
            6,
            paint={
                "fill-color": _by_kind(colours, _GREEN, "grass"),
                "fill-opacity": _by_zoom(6, 0.7, 11, 1),
            },
        ),
    ]


def _water(colours: Mapping[str, str]) -> list[StyleLayer]:
    return [
        _layer(
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
        _layer("water", "fill", "water", 4, paint={"fill-color": colours["water"]}),
        _layer(
            "water-edge",
            "line",
            "water",
            12,
            paint={"line-color": colours["coast"], "line-width": 0.6},
        ),
    ]


def _airports(colours: Mapping[str, str]) -> list[StyleLayer]:
    ground = ["==", ["geometry-type"], "Polygon"]
    runways = ["==", ["geometry-type"], "LineString"]
    return [
        _layer(
            "airport", "fill", "airport", 9, only=ground, paint={"fill-color": colours["airport"]}
        ),
        _layer(
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


def _streets(colours: Mapping[str, str]) -> list[StyleLayer]:
    """Return tunnels, then what lies on the ground, then bridges: each casings first."""
    layers = [
        _layer(
            "ferry",
            "line",
            "street",
            9,
            only=_kinds(["ferry"]),
            paint={"line-color": colours["ferry"], "line-width": 1, "line-dasharray": [5, 4]},
        ),
        _layer(
            "path",
            "line",
            "street",
            14,
            only=_kinds(["footway", "path", "cycleway", "steps", "bridleway"]),
            paint={
                "line-color": colours["path"],
                "line-dasharray": [2, 1.6],
                "line-width": _by_zoom(14, 0.5, 17, 1.4),
                "line-opacity": _by_zoom(14, 0.5, 16, 1),
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
) -> StyleLayer:
    tone, kinds, first, widths = row
    edge = colours.get(f"{tone}_edge", colours["street_edge"])
    begin = max(first, 12 if tone in {"motorway", "trunk"} else 13)
    extra = 1.4 if level < 1 else 2.2
    stops = [width if number % 2 == 0 else width + extra for number, width in enumerate(widths)]
    paint: dict[str, Any] = {"line-color": edge, "line-width": _by_zoom(*stops)}
    if level < 0:
        paint["line-dasharray"] = [3, 2]
    return _layer(
        identity,
        "line",
        "street",
        begin,
        only=["all", here, _kinds(kinds)],
        layout={"line-join": "round", "line-cap": "butt" if level else "round"},
        paint=paint,
    )


def _filling(
    colours: Mapping[str, str], row: _StreetRow, here: list[Any], identity: str, level: int
) -> StyleLayer:
    """Return the street itself: pale streets without a casing are darker than the ground."""
    tone, kinds, first, widths = row
    far = colours["far_primary" if tone == "primary" else "far_street"]
    colour: Any = colours[tone]
    if tone in {"street", "service", "primary"}:
        colour = ["step", ["zoom"], far, 13, colours[tone]]
    paint: dict[str, Any] = {"line-color": colour, "line-width": _by_zoom(*widths)}
    if level < 0:
        paint["line-opacity"] = 0.55
    return _layer(
        identity,
        "line",
        "street",
        first,
        only=["all", here, _kinds(kinds)],
        layout={"line-join": "round", "line-cap": "round"},
        paint=paint,
    )


def _rails(colours: Mapping[str, str]) -> list[StyleLayer]:
    above = ["!=", ["get", "level"], -1]
    yards = ["rail_yard", "subway_yard", "tram_yard", "light_rail_yard", "narrow_gauge_yard"]
    metro = ["subway", "light_rail", "monorail"]
    trams = ["tram", "funicular", "preserved"]
    trains = ["all", above, _kinds(["rail", "narrow_gauge"])]
    return [
        _layer(
            "yard",
            "line",
            "rail",
            14,
            only=["all", above, _kinds(yards)],
            paint={"line-color": colours["rail"], "line-width": 0.7, "line-opacity": 0.6},
        ),
        _layer(
            "tram",
            "line",
            "rail",
            13,
            only=_kinds(trams),
            paint={"line-color": colours["tram"], "line-width": _by_zoom(13, 0.7, 18, 2)},
        ),
        _layer(
            "metro",
            "line",
            "rail",
            10,
            only=_kinds(metro),
            paint={
                "line-color": colours["metro"],
                "line-dasharray": [4, 1.5],
                "line-width": _by_zoom(10, 0.9, 14, 1.8, 18, 4),
                "line-opacity": ["match", ["get", "level"], -1, 0.75, 1],
            },
        ),
        _layer(
            "rail",
            "line",
            "rail",
            8,
            only=trains,
            paint={
                "line-color": colours["rail"],
                "line-width": _by_zoom(8, 0.6, 12, 1, 14, 1.7, 16, 2.6, 18, 5),
            },
        ),
        _layer(
            "rail-gap",
            "line",
            "rail",
            13,
            only=trains,
            paint={
                "line-color": colours["rail_gap"],
                "line-dasharray": [5, 5],
                "line-width": _by_zoom(13, 0.5, 14, 0.9, 16, 1.5, 18, 3.2),
            },
        ),
    ]


def _borders(colours: Mapping[str, str]) -> list[StyleLayer]:
    wide = ["country", "province", "city", "district"]
    return [
        _layer(
            "border-subdistrict",
            "line",
            "border",
            11,
            only=_kinds(["subdistrict"]),
            paint={
                "line-color": colours["border"],
                "line-width": 0.7,
                "line-opacity": 0.45,
                "line-dasharray": [2, 3],
            },
        ),
        _layer(
            "border",
            "line",
            "border",
            4,
            only=_kinds(wide),
            layout={"line-join": "round"},
            paint={
                "line-color": colours["border"],
                "line-opacity": _by_zoom(5, 0.6, 10, 0.8),
                "line-width": _by_zoom(5, 0.6, 10, 1.1, 14, 1.6),
                "line-dasharray": [6, 2, 1.5, 2],
            },
        ),
    ]


def _labels(colours: Mapping[str, str], language: Language) -> list[StyleLayer]:
    """Return labels from the least important up: MapLibre places the last first."""
    name: list[Any] = ["coalesce", ["get", "name_en"], ["get", "name"]]
    if language is not Language.EN:
        name = ["get", "name"]
    halo = {"text-halo-color": colours["halo"], "text-halo-width": 1.4, "text-halo-blur": 0.3}
    named = ["has", "name"]
    return [
        *_poi_labels(colours, name, halo),
        _layer(
            "waterway-name",
            "symbol",
            "waterway",
            13,
            only=named,
            layout={
                "text-field": name,
                "text-font": _REGULAR,
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


def _poi_labels(
    colours: Mapping[str, str], name: list[Any], halo: Mapping[str, Any]
) -> list[StyleLayer]:
    tone = [
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
    dots = ["match", ["get", "kind"], ["park", "water", "estate", "square"], 0, 1]
    layers = []
    for rank, first in ((9, 16.5), (5, 16), (4, 15), (3, 13.5), (2, 12), (1, 11)):
        only = ["all", ["has", "name"], ["==", ["get", "rank"], rank]]
        size = {1: 13, 2: 12.5}.get(rank, 11.5)
        dot = _layer(
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
        words = _layer(
            f"poi-{rank}",
            "symbol",
            "poi",
            first,
            only=only,
            layout={
                "text-field": name,
                "text-size": size,
                "text-font": _STRONG if rank <= 2 else _REGULAR,  # noqa: PLR2004
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


def _street_names(
    colours: Mapping[str, str], name: list[Any], halo: Mapping[str, Any]
) -> list[StyleLayer]:
    rows = (
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
            _REGULAR,
        ),
        ("middle", ["tertiary", "secondary"], 13.5, 12, _REGULAR),
        ("main", ["primary", "trunk", "motorway"], 12, 12.5, _STRONG),
    )
    layers = [
        _layer(
            f"street-name-{identity}",
            "symbol",
            "street",
            first,
            only=["all", ["has", "name"], _kinds(kinds)],
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
        for identity, kinds, first, size, font in rows
    ]
    layers.append(
        _layer(
            "street-ref",
            "symbol",
            "street",
            9,
            only=["all", ["has", "ref"], _kinds(["motorway", "trunk"])],
            layout={
                "text-field": ["get", "ref"],
                "text-font": _STRONG,
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
    )
    return layers


def _place_names(
    colours: Mapping[str, str], name: list[Any], halo: Mapping[str, Any]
) -> list[StyleLayer]:
    rows = (
        (
            "small",
            ["hamlet", "locality", "isolated_dwelling", "islet", "neighbourhood", "quarter"],
            13.5,
            17,
            _by_zoom(13, 11.5, 16, 14),
            _REGULAR,
            "place_name",
        ),
        (
            "village",
            ["village", "island"],
            11.5,
            16.5,
            _by_zoom(11, 11, 15, 14),
            _REGULAR,
            "place_name",
        ),
        (
            "suburb",
            ["suburb", "borough", "subdistrict"],
            11,
            16,
            _by_zoom(11, 12, 15, 16),
            _REGULAR,
            "place_name",
        ),
        ("town", ["town"], 9, 15.5, _by_zoom(9, 11.5, 14, 17), _STRONG, "place_name"),
        (
            "district",
            ["district", "county", "municipality"],
            7.5,
            15,
            _by_zoom(8, 12.5, 13, 19),
            _STRONG,
            "place_name",
        ),
        ("city", ["city"], 4, 14.5, _by_zoom(5, 13, 12, 23), _STRONG, "city_name"),
    )
    return [
        _layer(
            f"place-{identity}",
            "symbol",
            "place",
            first,
            only=_kinds(kinds),
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
        for identity, kinds, first, last, size, font, tone in rows
    ]
