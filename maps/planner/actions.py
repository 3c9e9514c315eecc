"""The actions of all kinds on the planner's page: the list, the comparison, what holds it back."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import geopandas as gpd

from geo.layers.vocabulary import Action, Group, Host
from geo.text import Language, Text
from maps.district_table import district_names
from maps.records import Record, has_rows, lonlat, mapping_of, read_word, records
from maps.summary import number

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
_COLUMNS = (
    "rank", "action", "what_zh", "what_en", "name", "host", "address", "district", "worker_hours",
    "workers_gaining", "worker_hours_by_group", "cost_cny", "reason_zh", "reason_en",
)  # fmt: skip


def action_rows(
    layers: Mapping[str, gpd.GeoDataFrame], language: Language | str
) -> list[Record]:  # fmt: skip
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
        amounts = sorted(mapping_of(record.pop("worker_hours_by_group")).items(),
                         key=lambda item: -item[1])  # fmt: skip
        record["groups"] = [(read_word(Group, key, language), value) for key, value in amounts]
        record["at"] = at.tolist()
    return rows


def _kind(key: object) -> Action:
    return Action(key) if key in {action.value for action in Action} else Action.OPEN


def action_kinds(summary: Mapping[str, object], language: Language | str) -> list[Record]:
    """Return what each kind of action does in the plan: count, money and worker-hours."""
    told = summary.get("improve_kinds")
    rows = told if isinstance(told, list) else []
    kinds = []
    for row in rows:
        if not isinstance(row, Mapping):
            continue
        kind = _kind(row.get("action"))
        colour, sign = ACTION_SYMBOLS[kind]
        kinds.append(
            {
                "key": kind.value,
                "text": kind.text.into(language),
                "colour": colour,
                "sign": sign.into(language),
                **{name: row.get(name) for name in ("count", "cost_cny", "worker_hours")},
            }
        )
    return kinds


def improvement_figures(summary: Mapping[str, object]) -> Record | None:
    """Return the comparison of the mixed plan with building alone; None before it was made."""
    keys = (
        "budget_cny", "gain", "build_only_gain", "build_only_bound", "build_only_sites", "gap",
        "more_than_building", "upper_bound", "hours_before", "hours_after", "hours_total",
        "cost_cny", "actions",
    )  # fmt: skip
    figures: Record = {key: number(summary, f"improve_{key}") for key in keys}
    if figures["gain"] is None:
        return None
    needs = summary.get("improve_needs")
    figures["needs"] = needs if isinstance(needs, list) else []
    binding = summary.get("improve_binding")
    figures["binding"] = binding if isinstance(binding, list) else []
    figures["examples"] = bool(summary.get("improve_prices_are_examples"))
    return figures


def plan_remarks(summary: Mapping[str, object], language: Language | str) -> list[Record]:
    """Return why there are fewer sites than asked for, and rules that put in sites for nobody."""
    ending = "_en" if language == Language.EN else ""
    told = summary.get("siting_rule_prices")
    rows = [one for one in told if isinstance(one, Mapping)] if isinstance(told, list) else []
    texts = [summary.get(f"siting_{name}{ending}") for name in ("left_out", "fewer")]
    return [
        *({"text": text} for text in texts if text),
        *({**one, "rule": one.get(f"rule{ending}")} for one in rows),
    ]


def binding_rows(summary: Mapping[str, object], language: Language | str) -> list[Record]:
    """Return what holds the plan of new sites back, and what one more unit of each would bring."""
    told = summary.get("siting_binding")
    rows = told if isinstance(told, list) else []
    english = language == Language.EN
    return [
        {
            "rule": row.get("rule_en") if english and row.get("rule_en") else row.get("rule"),
            "unit": row.get("unit"),
            "gain": row.get("gain"),
            "gain_bound": row.get("gain_bound"),
        }
        for row in rows
        if isinstance(row, Mapping)
    ]
