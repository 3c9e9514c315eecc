"""Rows of a layer as plain records: missing cells are None, words are read out, lists are lists."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geo.crs import STORAGE_CRS
from geo.errors import BadInputError, CrsError
from geo.hours import hours_text
from geo.layers.columns import LAYERS
from geo.layers.vocabulary import Word
from geo.text import Language, Text

if TYPE_CHECKING:
    import geopandas as gpd

Record = dict[str, object]
"""A row as :data:`~geo.json_shapes.JsonRow`, its cells as people and scripts read them; each page adds
its own words to it."""
ROUTE_COLUMNS = (
    "bus_id",
    "day",
    "depot_id",
    "stops",
    "leave",
    "return",
    "distance_m",
    "drive_s",
    "workers_served",
    "campaign",
)
"""What is shown of a bus-day: on the page, the day sheet and in the workbook."""
VISIT_COLUMNS = (
    "bus_id",
    "day",
    "order",
    "stop_id",
    "name",
    "address",
    "district",
    "setting",
    "arrive",
    "start",
    "end",
    "depart",
    "workers_served",
    "campaign",
    "shared_with",
    "contact",
    "phone",
)
"""What pages and papers tell of a visit, columns of the layer `bus_stops`."""
DRIVEN_COLUMNS = (*VISIT_COLUMNS, "drive_m", "drive_s")
"""The same, and the drive to it."""
SITE_COLUMNS = (
    "rank",
    "phase",
    "target_id",
    "name",
    "host",
    "address",
    "district",
    "subdistrict",
    "verification",
    "workers_new",
    "workers_lost",
    "worker_hours_new",
    "runner_up_name",
    "runner_up_loss",
    "cost_cny",
)
"""What pages and papers tell of a recommended site, columns of the layer `sites`."""


def has_rows(layers: Mapping[str, gpd.GeoDataFrame], name: str) -> bool:
    """Tell whether the layer `name` is there and not empty."""
    return name in layers and len(layers[name]) > 0


def check_crs(frame: gpd.GeoDataFrame, name: str) -> None:
    """Refuse a layer that is not in lon/lat EPSG:4326."""
    if frame.crs is None or frame.crs.to_epsg() != 4326:  # noqa: PLR2004 - the storage CRS
        raise CrsError(
            Text(
                f"图层 {name} 的坐标系是 {frame.crs}，应为 {STORAGE_CRS}；请先转换。",
                f"Layer {name} is in {frame.crs}, not {STORAGE_CRS}; convert it first.",
            )
        )


def check_layers(layers: Mapping[str, gpd.GeoDataFrame]) -> None:
    """Refuse layers of which one is not in lon/lat EPSG:4326."""
    for name, frame in layers.items():
        check_crs(frame, name)


def cell(value: object) -> object:
    """Return one cell with every kind of missing value as None and numpy scalars unwrapped."""
    if value is None or type(value) in _PLAIN:
        return value
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return None if np.isnan(value) else value
    from pandas import NA, NaT  # noqa: PLC0415 - words of hours need it not

    return None if value is NA or value is NaT else value


_PLAIN = frozenset({str, int, bool})
"""Kinds of cells that are what they are: most of the 58,000 on a planner's page."""


def visits_in_order(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the rows of ``bus_stops`` by day, bus and order; a guest's after its host's."""
    host = frame["shared_with"].fillna("") if "shared_with" in frame else ""
    ranked = frame.assign(_guest=host != "")
    return ranked.sort_values(["day", "bus_id", "order", "_guest"]).drop(columns="_guest")


def records(frame: gpd.GeoDataFrame, columns: Sequence[str]) -> list[Record]:
    """Return one record per row with the keys `columns`; a column the frame lacks gives None."""
    values = {
        name: [cell(item) for item in frame[name].tolist()]
        if name in frame.columns
        else [None] * len(frame)
        for name in columns
    }
    return [{name: values[name][row] for name in columns} for row in range(len(frame))]


def lonlat(frame: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Return (n, 2) lon/lat degrees: points as they are, areas by a point inside them."""
    points = frame.geometry.representative_point()
    pairs = np.column_stack([points.x.to_numpy(), points.y.to_numpy()]).astype(np.float64)
    return np.round(pairs, 5)


def read_word(word: type[Word], value: object, language: Language | str) -> str:
    """Return what people read for the key `value`; an unknown key reads as itself."""
    if value is None:
        return ""
    return _read(word, Language(language)).get(str(value), str(value))


@lru_cache(maxsize=256)
def _read(word: type[Word], language: Language) -> dict[str, str]:
    return {member.value: member.text.into(language) for member in word}


def words_of(value: object) -> list[str]:
    """Split a ``;`` list into its keys."""
    return [part.strip() for part in str(value or "").split(";") if part.strip()]


def mapping_of(value: object) -> dict[str, float]:
    """Return a JSON cell (``{"courier": 12}``, text or already read) as a mapping."""
    if isinstance(value, str) and value:
        value = json.loads(value)
    if not isinstance(value, Mapping):
        return {}
    return {str(key): float(number) for key, number in value.items()}


def cell_text(layer: str, column: str, value: object, language: Language | str) -> str:
    """Return one cell as people read it: words, lists and hours read out, flags as 是/否."""
    value = cell(value)
    if value is None:
        return ""
    definition = LAYERS[layer].column(column)
    if definition.words is not None:
        joiner = "、" if language == Language.ZH else ", "
        words = definition.words
        return joiner.join(read_word(words, key, language) for key in words_of(value))
    if definition.dtype == "hours":
        return hours_words(str(value)).into(language)
    if definition.dtype == "flag":
        return (Text("是", "yes") if value else Text("否", "no")).into(language)
    return str(value)


def hours_words(expression: str) -> Text:
    """Return OSM ``opening_hours`` in words; "" stays empty.

    What is no opening_hours (an old project may hold it) is shown as it was typed.
    """
    if not expression.strip():
        return Text("", "")
    try:
        return hours_text(expression)
    except BadInputError:
        return Text(expression, expression)
