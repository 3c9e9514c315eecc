"""The base map's look: a MapLibre style, light and dark, over the base map's own tiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from geo.text import Language


class Theme(StrEnum):
    """Which colours a map has."""

    LIGHT = "light"
    DARK = "dark"


_COLOURS: Mapping[Theme, Mapping[str, str]] = {
    Theme.LIGHT: {"sea": "#d7e1e6", "land": "#f7f4ec", "border": "#a99fb0"},
    Theme.DARK: {"sea": "#16242f", "land": "#222c35", "border": "#6f6a80"},
}


def base_style(
    *,
    root: str,
    bounds: Sequence[float],
    credit: str | None,
    theme: Theme = Theme.LIGHT,
    language: Language | str = Language.ZH,
) -> dict[str, Any]:
    """Return the style as MapLibre reads it.

    It names no ``glyphs``: MapLibre then draws every letter with fonts of the reader's device.

    Parameters
    ----------
    root : str
        The service's public root, without a slash at its end.
    bounds : sequence of float
        West, south, east, north of the project in degrees, where the map begins.
    credit : str | None
        Whom the map names.
    theme : Theme
        Light or dark.
    language : Language
        Of names, where there is a choice.
    """
    colours = _COLOURS[theme]
    west, south, east, north = bounds
    return {
        "version": 8,
        "metadata": {"yizhan:bounds": list(bounds), "yizhan:language": str(language)},
        "center": [(west + east) / 2, (south + north) / 2],
        "zoom": 9,
        "sources": {
            "districts": {
                "type": "vector",
                "tiles": [f"{root}/tiles/districts/{{z}}/{{x}}/{{y}}.mvt"],
                "maxzoom": 14,
                "attribution": credit or "",
            }
        },
        "layers": [
            {"id": "sea", "type": "background", "paint": {"background-color": colours["sea"]}},
            {
                "id": "land",
                "type": "fill",
                "source": "districts",
                "source-layer": "districts",
                "paint": {"fill-color": colours["land"]},
            },
            {
                "id": "border",
                "type": "line",
                "source": "districts",
                "source-layer": "districts",
                "paint": {"line-color": colours["border"]},
            },
        ],
    }
