"""Layers drawn as marks: each row a mark of one colour and shape, its columns on a press."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import geopandas as gpd

from geo.layers.columns import LAYERS, Column, layers_with
from geo.layers.roles import Role
from geo.text import Language, Text
from maps.district_table import district_names
from maps.records import Record, cell_text, has_rows, lonlat, records
from maps.symbols import LAYER_SYMBOLS, OTHER_SYMBOL

_TITLE = frozenset({"id", "name"})
"""Columns that a mark is called by."""
_DISTRICT = Text("区市", "District")


def marked_layers(layers: Mapping[str, gpd.GeoDataFrame], language: Language | str) -> list[Record]:
    """Return the layers that are drawn as marks, with their rows; an area is marked inside it."""
    names = district_names(layers)
    return [
        {**_look(key, language), "rows": _rows(layers[key], key, names, language)}
        for key in layers_with(Role.MARKED, Role.ON_PLANNER_MAP)
        if has_rows(layers, key)
    ]


def marks_of(held: Iterable[str], language: Language | str) -> list[Record]:
    """Return how the layers of `held` that are drawn as marks look, and what their columns say.

    Districts are left out: tiles hold their codes alone.
    """
    there = set(held)
    return [
        {
            **_look(key, language),
            "columns": [_column(one, language) for one in _told(key) if one.name != "district"],
        }
        for key in layers_with(Role.MARKED, Role.ON_PLANNER_MAP)
        if key in there
    ]


def _look(key: str, language: Language | str) -> Record:
    symbol = LAYER_SYMBOLS.get(key, OTHER_SYMBOL)
    text = LAYERS[key].text.into(language)
    return {"key": key, "text": text, "colour": symbol.colour, "shape": symbol.shape}


def _told(key: str) -> list[Column]:
    return [one for one in LAYERS[key].columns if one.name not in _TITLE]


def _column(column: Column, language: Language | str) -> Record:
    words = {} if column.words is None else {one.value: one.text for one in column.words}
    return {
        "name": column.name,
        "text": column.text.into(language),
        "words": {key: text.into(language) for key, text in words.items()},
    }


def _rows(
    frame: gpd.GeoDataFrame, key: str, names: Mapping[str, str], language: Language | str
) -> list[list[object]]:
    """Return longitude, latitude, name and what else is filled in, as pairs of header and words."""
    told = _told(key)
    rows: list[list[object]] = []
    for record, (lon, lat) in zip(
        records(frame, [*_TITLE, *(one.name for one in told)]), lonlat(frame).tolist(), strict=True
    ):
        words = {one: cell_text(key, one.name, record[one.name], language) for one in told}
        filled = [
            [_DISTRICT.into(language), names.get(said, said)]
            if one.name == "district"
            else [one.text.into(language), said]
            for one, said in words.items()
            if said
        ]
        rows.append([lon, lat, record["name"] or record["id"] or "", filled])
    return rows
