"""One layer of the base map's style, and what its layers are written with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

JsonStyle = dict[str, Any]
"""A style, or one layer, paint or source of it: MapLibre's specification owns its keys."""
_FAMILY = [
    "PingFang SC",
    "HarmonyOS Sans SC",
    "MiSans",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "sans-serif",
]
REGULAR = _FAMILY
STRONG = ["PingFang SC Semibold", *_FAMILY]
"""MapLibre reads the weight out of the first name, and falls through names a device lacks."""


def style_layer(
    identity: str,
    kind: str,
    source: str,
    min_zoom: float = 0,
    *,
    paint: JsonStyle,
    layout: JsonStyle | None = None,
    only: Any = None,  # noqa: ANN401 - a MapLibre expression
    max_zoom: float | None = None,
) -> JsonStyle:
    """Return a layer of the base map.

    Parameters
    ----------
    identity, kind, source : str
        Its id, its type and the layer of the tiles it draws.
    min_zoom, max_zoom : float
        Where it begins and ends.
    paint, layout : JsonStyle
        As MapLibre names them.
    only : expression
        Which features it draws.
    """
    layer: JsonStyle = {
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


def by_zoom(*stops: float) -> list[Any]:
    """Return what grows by zoom: ``stops`` are zoom, value, zoom, value …."""
    return ["interpolate", ["exponential", 1.5], ["zoom"], *stops]


def of_kinds(kinds: Sequence[str]) -> list[Any]:
    """Return the filter for features of some `kinds`."""
    return ["in", ["get", "kind"], ["literal", list(kinds)]]
