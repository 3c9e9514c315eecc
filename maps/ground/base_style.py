"""The base map's look: a MapLibre style, light and dark, over the base map's own tiles.

The ground is quiet, so that a plan drawn on it stands out: no colour of it is saturated, and
labels have the tone of what they name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from geo.text import Language
from maps.ground.base_colours import PALETTES, ColourScheme
from maps.ground.base_labels import label_layers
from maps.ground.street_style import rail_layers, street_layers
from maps.ground.style_layer import JsonStyle, by_zoom, of_kinds, style_layer

_GREEN = ("wood", "scrub", "grass", "farm", "park", "cemetery", "pitch", "wetland", "sand", "rock")

_BUILT = ("residential", "commercial", "industrial", "institution", "square", "parking")


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
        *street_layers(colours),
        *rail_layers(colours),
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
