"""The ground under every map, drawn from our own layers: sea, land, borders and main streets."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import shapely

from geo.layers.districts import districts_only
from geo.text import Text
from maps.ground.drawn_streets import MOST_VERTICES, drawn_streets, street_records
from maps.ground.packing import pack_lines, pack_rings
from maps.records import Record, cell, check_crs, has_rows

_LAND_TOLERANCE_DEGREES = 0.0003
"""About 30 m: a pixel at zoom 12, where a page shows the city."""
_GROUND_SHARE = 4
"""Water and parks have a quarter of the vertices streets have."""
_DEFAULT_BOUNDS = (119.5, 35.55, 121.4, 37.15)
"""Qingdao: where a project without any layer begins."""
MAP_WORDS: Mapping[str, Text] = {
    "attribution": Text(
        "底图：本项目图层（示意，不作界线依据）",
        "Ground: this project's own layers (not a legal boundary)",
    ),
    "zoom_in": Text("放大", "Zoom in"),
    "zoom_out": Text("缩小", "Zoom out"),
}
"""What is said on every map that is drawn without a service."""


def bounds_of(layers: Mapping[str, gpd.GeoDataFrame]) -> tuple[float, float, float, float]:
    """Return (west, south, east, north) degrees of the districts, else of all other layers."""
    names = ["districts"] if has_rows(layers, "districts") else list(layers)
    boxes = np.array([layers[name].total_bounds for name in names if has_rows(layers, name)])
    if not len(boxes):
        return _DEFAULT_BOUNDS
    west, south = boxes[:, :2].min(axis=0)
    east, north = boxes[:, 2:].max(axis=0)
    return float(west), float(south), float(east), float(north)


def base_map(
    layers: Mapping[str, gpd.GeoDataFrame],
    *,
    max_vertices: int = MOST_VERTICES,
    credit: Text | None = None,
) -> Record:
    """Return what ``base_map.js`` draws: packed districts and streets.

    Parameters
    ----------
    layers : Mapping[str, GeoDataFrame]
        May hold ``districts`` (DISTRICTS columns) and ``streets`` (lines with ``class``, an OSM
        ``highway`` value, and ``name``), or in place of them ``drawn_streets`` as
        :func:`~maps.ground.drawn_streets.drawn_streets` packed them, and ``ground`` (``theme``: land,
        built, green, water, waterway, rail; ``min_zoom``; the most important first), EPSG:4326.
    max_vertices : int
        Street classes are kept from the most important down while they fit into this many.
    credit : Text | None
        Whom the map names for the streets; None where they are invented.

    Raises
    ------
    CrsError
        If a layer is not in EPSG:4326.
    """
    return {
        "credit": credit,
        "bounds": [round(edge, 5) for edge in bounds_of(layers)],
        "districts": _districts(districts_only(layers["districts"]))
        if has_rows(layers, "districts")
        else [],
        "streets": _streets(layers, max_vertices),
        "ground": _ground(layers["ground"], max_vertices // _GROUND_SHARE)
        if has_rows(layers, "ground")
        else [],
    }


def _streets(layers: Mapping[str, gpd.GeoDataFrame], max_vertices: int) -> list[Record]:
    if has_rows(layers, "drawn_streets"):
        return street_records(layers["drawn_streets"], max_vertices)
    if not has_rows(layers, "streets"):
        return []
    return street_records(drawn_streets(layers["streets"]), max_vertices)


def _ground(frame: gpd.GeoDataFrame, most: int) -> list[Record]:
    """Return what lies around, packed, from the most important on while it stays light."""
    check_crs(frame, "ground")
    shapes = frame.geometry.to_numpy()
    kept = np.flatnonzero(np.cumsum(shapely.get_num_coordinates(shapes)) <= most)
    themes, zooms = frame["theme"].tolist(), frame["min_zoom"].tolist()
    return [
        {
            "theme": themes[row],
            "from": zooms[row],
            "shape": pack_rings(shapes[row])
            if shapely.get_dimensions(shapes[row]) == 2  # noqa: PLR2004
            else pack_lines([shapes[row]]),
        }
        for row in kept.tolist()
    ]


def _districts(frame: gpd.GeoDataFrame) -> list[Record]:
    check_crs(frame, "districts")
    # Neighbours share their border: simplified one by one they would leave slivers of sea.
    shapes = shapely.coverage_simplify(frame.geometry.to_numpy(), _LAND_TOLERANCE_DEGREES)
    labels = shapely.maximum_inscribed_circle(shapes, tolerance=0.002)
    return [
        {
            "code": cell(frame["adcode"].iloc[row]),
            "name": cell(frame["name"].iloc[row]),
            "label": [
                round(value, 4) for value in shapely.get_coordinates(labels[row])[0].tolist()
            ],
            "rings": pack_rings(shapes[row]),
        }
        for row in range(len(frame))
    ]
