"""Streets that hang together with no others, and those left out, as the planner's map draws them."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd

from geo.layers.vocabulary import ComponentStatus
from geo.text import Language, Text
from maps.ground.packing import pack_lines
from maps.records import Record, has_rows, records

COLOURS: Mapping[ComponentStatus, str] = {
    ComponentStatus.APART: "#7a3fb0",
    ComponentStatus.CRUMB: "#8a8a8a",
    ComponentStatus.NO_RETURN: "#b06a00",
}
_KM = 1000.0
"""Metres of a kilometre."""


def piece_records(layers: Mapping[str, gpd.GeoDataFrame], language: Language | str) -> list[Record]:
    """Return every kind of standing there is of the layer ``street_pieces``, with its lines."""
    if not has_rows(layers, "street_pieces"):
        return []
    frame = layers["street_pieces"]
    kinds = []
    for standing, colour in COLOURS.items():
        rows = frame[frame["standing"] == str(standing)]
        if len(rows):
            kinds.append(
                {
                    "key": str(standing),
                    "text": standing.text.into(language),
                    "colour": colour,
                    "count": len(rows),
                    "pieces": [
                        {"lines": pack_lines([shape]), "says": _says(record).into(language)}
                        for record, shape in zip(
                            records(rows, ["length_m", "workers", "stations", "standing"]),
                            rows.geometry,
                            strict=True,
                        )
                    ],
                }
            )
    return kinds


def _says(record: Record) -> Text:
    length_m, workers = float(str(record["length_m"])), float(str(record["workers"]))
    km, people = f"{length_m / _KM:,.1f}", f"{workers:,.0f}"
    if record["standing"] == ComponentStatus.APART:
        sites = record["stations"]
        return Text(
            f"与主路网不相通：{km} 公里，职工 {people} 人，站点 {sites} 个",
            f"Not connected with the main streets: {km} km, {people} workers, {sites} stations",
        )
    why = {
        ComponentStatus.CRUMB: Text("零碎道路未采用", "Left out as too small"),
        ComponentStatus.NO_RETURN: Text(
            "只能单向、不能往返，未采用", "Left out for want of a way back"
        ),
    }[ComponentStatus(str(record["standing"]))]
    return Text(
        f"{why.zh}：{km} 公里，其旁职工 {people} 人",
        f"{why.en}: {km} km, {people} workers beside it",
    )
