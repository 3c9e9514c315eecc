"""Gaps as the planner's page holds them: a line for the list, a reading for the map."""

from __future__ import annotations

import json
from collections.abc import Mapping

import geopandas as gpd

from geo.layers.vocabulary import Amenity, Cause, Group
from geo.text import Language, Text
from maps.district_table import district_names
from maps.ground.packing import pack_rings
from maps.numbers import distance
from maps.records import (
    Record,
    has_rows,
    lonlat,
    mapping_of,
    read_word,
    records,
    words_of,
)

_CAUSES = {cause.value for cause in Cause}
_COLUMNS = (
    "rank",
    "name",
    "district",
    "subdistrict",
    "workers",
    "worker_hours",
    "cause",
    "hours",
    "nearest_station_name",
    "nearest_m",
    "workers_by_group",
    "lacking",
    "detour_station_name",
    "reading_zh",
    "reading_en",
)


def gap_records(layers: Mapping[str, gpd.GeoDataFrame], language: Language | str) -> list[Record]:
    """Return the layer ``gaps`` by rank, as the page's script reads it."""
    if not has_rows(layers, "gaps"):
        return []
    frame = layers["gaps"].sort_values("rank")
    names = district_names(layers)
    rows = records(frame, _COLUMNS)
    for record, shape, at in zip(rows, frame.geometry, lonlat(frame), strict=True):
        cause = str(record["cause"])
        readings = record.pop("reading_zh"), record.pop("reading_en")
        record["brief"] = _brief(record, language)
        record["code"] = record["district"]
        record["district"] = names.get(str(record["district"]), record["district"])
        record["key"] = cause if cause in _CAUSES else Cause.TOO_FAR.value
        record["cause"] = read_word(Cause, record["cause"], language)
        record["groups"] = people_by_group(record.pop("workers_by_group"), language)
        record["reading"] = readings[1] if language == Language.EN else readings[0]
        record["rings"] = pack_rings(shape)
        record["at"] = at.tolist()
        for column in (
            "hours",
            "lacking",
            "nearest_station_name",
            "nearest_m",
            "detour_station_name",
        ):
            del record[column]
    return rows


def people_by_group(value: object, language: Language | str) -> list[tuple[str, float]]:
    """Read a JSON cell of workers by group, most first, groups in words."""
    numbers = sorted(mapping_of(value).items(), key=lambda item: -item[1])
    return [(read_word(Group, key, language), number) for key, number in numbers if number > 0]


def _brief(record: Record, language: Language | str) -> str:
    """Return in a few words what keeps the gap open."""
    cause, far = record["cause"], distance(record["nearest_m"], language)
    if cause == Cause.CLOSED_THEN and record["hours"]:
        return Text(f"不开门：{record['hours']}", f"Closed {record['hours']}").into(language)
    if cause == Cause.LACKS_AMENITY and record["lacking"]:
        words = [read_word(Amenity, key, language) for key in words_of(record["lacking"])]
        return Text(f"缺{'、'.join(words)}", f"Lacks {', '.join(words)}").into(language)
    if record["nearest_station_name"] is None:
        return ""
    near = Text(
        f"最近 {record['nearest_station_name']} {far}",
        f"Nearest {record['nearest_station_name']} {far}",
    )
    if record["detour_station_name"] is not None:
        near = Text(f"{near.zh}，有站隔路难到", f"{near.en}, one that looks nearer is a detour")
    return near.into(language)


def cures_text(value: object, language: Language | str) -> str:
    """Read the JSON of the column ``cures``: each station, the hours to add, whom that serves."""
    cures = json.loads(str(value))
    one = Text(
        "{station_name}（{station_id}）加开 {hours}，服务 {workers:,} 人",
        "{station_name} ({station_id}) also {osm_hours}: {workers:,} workers",
    )
    told = [one.into(language).format(**cure) for cure in cures]
    return Text("；", "; ").into(language).join(told)
