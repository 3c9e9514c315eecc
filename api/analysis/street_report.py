"""Which pieces the streets fall into, and whom what was left out concerns, told and drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.coverage.answer import Coverage
from geo.coverage.street_pieces import Standing, StreetPieces, piece_shapes
from geo.crs import STORAGE_CRS
from geo.demand.points import make_demand
from geo.layers.vocabulary import Mode
from geo.network.pieces import CRUMB_M, NO_RETURN, SUBSTANCE_M
from geo.network.street_network import StreetNetwork
from geo.study.study import Study
from geo.text import Text

MOST_ROWS = 50
"""So many pieces are listed one by one, those with most workers first; the sums hold all."""
_TOLD = 3


def pieces_of_study(study: Study, mode: Mode) -> StreetPieces:
    """Return the pieces of `mode` with the study's workers and stations, if there are any yet."""
    network = study.network(mode)
    demand = make_demand(network, study.layer_or_empty("workers"))
    stations = study.all_stations.geometry
    places = network.snap(np.column_stack([stations.x, stations.y]))
    return StreetPieces.of(network, demand.snapped, demand.workers, places)


def pieces_of_coverage(coverage: Coverage) -> StreetPieces:
    """Return the pieces with the workers asked about and the stations that count."""
    return StreetPieces.of(
        coverage.network, coverage.demand.snapped, coverage.demand.workers, coverage.places
    )


def piece_facts(found: StreetPieces, mode: Mode) -> dict[str, Any]:
    """Return the pieces as ``summary.json`` and ``fetch --json`` have them."""
    others = found.table[found.table["standing"] != str(Standing.MAIN)]
    listed = others.sort_values(["workers", "length_m"], ascending=False).head(MOST_ROWS)
    return {
        "mode": str(mode),
        "main": _sums(found.of_standing(Standing.MAIN)),
        "apart": _sums(found.of_standing(Standing.APART)),
        "cut_off": _sums(found.cut_off),
        "crumbs": _sums(found.of_standing(Standing.CRUMB)),
        "no_return": _sums(found.of_standing(Standing.NO_RETURN)),
        "kept_from_m": SUBSTANCE_M,
        "crumb_within_m": CRUMB_M,
        "listed": [_row(row) for row in listed.to_dict("records")],
        "not_listed": len(others) - len(listed),
    }


def _sums(rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "pieces": len(rows),
        "length_m": round(float(rows["length_m"].sum()), 1),
        "workers": round(float(rows["workers"].sum()), 1),
        "stations": int(rows["stations"].sum()),
    }


def _row(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        "piece": int(row["piece"]),
        "standing": str(row["standing"]),
        "length_m": round(float(row["length_m"]), 1),
        "workers": round(float(row["workers"]), 1),
        "stations": int(row["stations"]),
        "lon": round(float(row["lon"]), 6),
        "lat": round(float(row["lat"]), 6),
    }


def piece_lines(network: StreetNetwork, facts: Mapping[str, Any]) -> gpd.GeoDataFrame:
    """Return the listed pieces beside the main one as lines (EPSG:4326), with their figures."""
    rows = pd.DataFrame(facts["listed"])
    if not len(rows):
        return gpd.GeoDataFrame(geometry=[], crs=STORAGE_CRS)
    rows = rows[_same(network, rows)].reset_index(drop=True)
    shapes = piece_shapes(network, rows["piece"].to_numpy(np.int64))
    return gpd.GeoDataFrame(rows, geometry=shapes, crs=STORAGE_CRS)


def _same(network: StreetNetwork, rows: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell which rows still are pieces of `network`: the streets may have been fetched anew."""
    piece, length_m = rows["piece"].to_numpy(np.int64), np.append(network.piece_m, np.nan)
    length_m[-1] = network.length_m[network.piece == NO_RETURN].sum()
    known = piece < len(length_m) - 1
    same: NDArray[np.bool_] = known & (
        np.abs(length_m[np.where(known, piece, -1)] - rows["length_m"].to_numpy(float)) < 1.0
    )
    return same


def piece_text(facts: Mapping[str, Any]) -> Text:
    """Say what the streets of a mode fall into, in one line and a few more for the worst pieces."""
    mode, main = Mode(facts["mode"]).text, facts["main"]
    lines = [
        Text(
            f"{mode.zh}：主片 {_km(main)} 公里",
            f"{mode.en}: main piece {_km(main)} km",
        )
    ]
    for key, zh, en in (
        ("apart", "另有 {n} 片与它不相通、各自计算，{km} 公里{who}",
         "{n} more not connected with it, measured by themselves, {km} km{who}"),
        ("crumbs", "{n} 段零碎未采用（短于 {least} 公里且离其他道路不到 {near} 米），{km} 公里{moved}",
         "{n} crumbs left out (under {least} km and within {near} m of the others), {km} km{moved}"),
        ("no_return", "只能单向、不能往返的未采用，{km} 公里{beside}",
         "left out for want of a way back, {km} km{beside}"),
    ):  # fmt: skip
        part = facts[key]
        if part["pieces"]:
            lines.append(_part(part, facts, Text(zh, en)))
    head = Text("；".join(one.zh for one in lines), "; ".join(one.en for one in lines))
    worst = [
        row for row in facts["listed"] if row["standing"] == Standing.APART and not row["stations"] and row["workers"] > 0
    ][:_TOLD]  # fmt: skip
    more = [
        Text(
            f"  · {_km(row)} 公里（{row['lon']:.5f}, {row['lat']:.5f}）：{row['workers']:,.0f} 人，没有站点",
            f"  · {_km(row)} km at {row['lon']:.5f}, {row['lat']:.5f}: {row['workers']:,.0f} workers, no "
            "station",
        )
        for row in worst
    ]
    return Text(
        "\n".join([head.zh + "。", *(one.zh for one in more)]),
        "\n".join([head.en + ".", *(one.en for one in more)]),
    )


def _part(part: Mapping[str, Any], facts: Mapping[str, Any], says: Text) -> Text:
    cut = facts["cut_off"]
    workers = f"{part['workers']:,.0f}"
    who = Text("", "")
    if part["workers"]:
        who = Text(
            f"，职工 {workers} 人（其中 {cut['workers']:,.0f} 人所在片没有站点）",
            f", {workers} workers ({cut['workers']:,.0f} of them without a station on their piece)",
        )
    moved = Text("", "")
    if part["workers"]:
        moved = Text(
            f"，最近道路在其上的职工 {workers} 人按旁边道路计",
            f"; {workers} workers whose nearest street it is count at the street beside",
        )
    beside = Text("", "")
    if part["workers"]:
        beside = Text(
            f"，其旁职工 {workers} 人在 {facts['crumb_within_m']:g} 米内另有道路的按那条计，其余无法测算",
            f"; of {workers} workers beside them those with another street {facts['crumb_within_m']:g} m "
            "farther at most count there, the others cannot be measured",
        )
    words: dict[str, Any] = {
        "n": part["pieces"], "km": _km(part), "least": f"{facts['kept_from_m'] / 1000:g}",
        "near": f"{facts['crumb_within_m']:g}",
    }  # fmt: skip
    return Text(
        says.zh.format(**words, who=who.zh, moved=moved.zh, beside=beside.zh),
        says.en.format(**words, who=who.en, moved=moved.en, beside=beside.en),
    )


def _km(part: Mapping[str, Any]) -> str:
    return f"{part['length_m'] / 1000:,.1f}"
