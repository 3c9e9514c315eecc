"""A folium map that carries its own scripts: no content delivery network, no request elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import folium
from branca.element import Figure, MacroElement
from folium.template import Template
from markupsafe import Markup, escape

from maps.ground.background_tiles import TileSource


class OfflineMap(folium.Map):
    """folium's map without its links to Bootstrap, jQuery and Font Awesome on other hosts."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - folium declares it so
    default_css: list[tuple[str, str]] = []  # noqa: RUF012


class PageScript(MacroElement):
    """Starts a page's own script on the map: ``yizhan.<start>(map)``."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "yizhan.{{ this.start }}({{ this._parent.get_name() }});"
        "{% endmacro %}"
    )

    def __init__(self, start: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "PageScript"
        self.start = start


@dataclass(frozen=True, slots=True)
class MapParts:
    """What a page template needs of a map: its element and the script that fills it."""

    element: Markup
    script: Markup


def map_parts(
    start: str, bounds: tuple[float, float, float, float], tiles: TileSource | None
) -> MapParts:
    """Build the map on which the page's script `start` runs.

    Parameters
    ----------
    start : str
        Name of the page's function in ``maps/static`` (``planner``, ``worker``, ``bus``).
    bounds : (west, south, east, north) lon/lat degrees, EPSG:4326
        What the map shows first.
    tiles : TileSource | None
        The operator's background, if one is set.
    """
    west, south, east, north = bounds
    drawn = OfflineMap(
        location=[(south + north) / 2, (west + east) / 2],
        tiles=None,
        zoom_start=10,
        prefer_canvas=True,
        zoom_control=False,
        control_scale=False,
        attribution_control=False,
        zoom_snap=0.5,
        min_zoom=7,
        max_zoom=18,
    )
    drawn._id = start  # noqa: SLF001 - folium's random id would make every page differ
    if tiles is not None:
        _add_tiles(drawn, tiles)
    drawn.add_child(PageScript(start))
    figure = cast("Figure", drawn.get_root())
    figure.render()
    return MapParts(Markup(figure.html.render()), Markup(figure.script.render()))  # noqa: S704 - holds numbers and checked URLs only


def _add_tiles(drawn: OfflineMap, tiles: TileSource) -> None:
    for number, url in enumerate(tiles.urls):
        layer = folium.TileLayer(
            tiles=url,
            attr=str(escape(tiles.attribution)),
            subdomains=tiles.subdomains,
            max_zoom=18,
            max_native_zoom=tiles.max_zoom,
        )
        layer._id = str(number)  # noqa: SLF001 - folium's random id would make every page differ
        drawn.add_child(layer)
