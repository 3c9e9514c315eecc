"""The actions of all kinds on the planner's page: the list, the comparison, what holds it back."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import geopandas as gpd

from geo.layers.vocabulary import Action, Group, Host
from geo.summary.action_figures import ActionFigures
from geo.text import Language, Text
from maps.district_table import district_names
from maps.records import Record, has_rows, lonlat, mapping_of, read_word, records

ACTION_SYMBOLS: Mapping[Action, tuple[str, Text]] = MappingProxyType(
    {
        Action.OPEN: ("#0f4c81", Text("建", "N")),
        Action.EXTEND_HOURS: ("#5a4a9c", Text("延", "H")),
        Action.ADD_AMENITY: ("#8a6200", Text("装", "A")),
        Action.RAISE_CAPACITY: ("#0e6b76", Text("容", "C")),
        Action.RELOCATE: ("#b03a72", Text("迁", "M")),
    }
)
"""Colour and one-letter sign of each kind; white on each reaches 4.5:1."""

_SHOWN = 400
"""So many actions are listed on the page, the best first; the workbook has all."""
_COLUMNS = (
    "rank",
    "action",
    "what_zh",
    "what_en",
    "name",
    "host",
    "address",
    "district",
    "worker_hours",
    "workers_gaining",
    "worker_hours_by_group",
    "cost_cny",
    "reason_zh",
    "reason_en",
)


def action_rows(layers: Mapping[str, gpd.GeoDataFrame], language: Language | str) -> list[Record]:
    """Return the layer ``actions`` as the page lists it, what brings most first."""
    if not has_rows(layers, "actions"):
        return []
    frame = layers["actions"].sort_values("rank").head(_SHOWN)
    names = district_names(layers)
    rows = records(frame, _COLUMNS)
    for record, at in zip(rows, lonlat(frame), strict=True):
        english = language == Language.EN
        whats, reasons = (
            (record.pop(f"{name}_zh"), record.pop(f"{name}_en")) for name in ("what", "reason")
        )
        record["what"], record["reason"] = whats[english], reasons[english]
        kind = _kind(record["action"])
        record["key"] = kind.value
        record["kind"] = kind.text.into(language)
        colour, sign = ACTION_SYMBOLS[kind]
        record["colour"], record["sign"] = colour, sign.into(language)
        record["district"] = names.get(str(record["district"]), record["district"])
        record["host"] = read_word(Host, record["host"], language)
        amounts = sorted(
            mapping_of(record.pop("worker_hours_by_group")).items(), key=lambda item: -item[1]
        )
        record["groups"] = [(read_word(Group, key, language), value) for key, value in amounts]
        record["at"] = at.tolist()
    return rows


def _kind(key: object) -> Action:
    return Action(key) if key in {action.value for action in Action} else Action.OPEN


def action_kinds(plan: ActionFigures | None, language: Language | str) -> list[Record]:
    """Return what each kind of action does in the plan: count, money and worker-hours."""
    kinds: list[Record] = []
    for one in plan.kinds if plan else ():
        colour, sign = ACTION_SYMBOLS[one.action]
        kinds.append(
            {
                "key": one.action.value,
                "text": one.action.text.into(language),
                "colour": colour,
                "sign": sign.into(language),
                "count": one.count,
                "cost_cny": one.cost_cny,
                "worker_hours": one.worker_hours,
            }
        )
    return kinds
