"""Which pieces the streets fall into, and whom what was left out concerns, told and drawn."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.coverage.answer import Coverage
from geo.coverage.street_pieces import COLUMNS, ComponentStatus, StreetPieces, piece_shapes
from geo.crs import STORAGE_CRS
from geo.demand.points import make_demand
from geo.layers.vocabulary import Mode
from geo.network.pieces import CRUMB_M, NO_RETURN, SUBSTANCE_M
from geo.network.street_network import StreetNetwork
from geo.study.study import Study
from geo.summary.figures import rows_of
from geo.summary.street_pieces import Piece, PiecesFigures, PiecesSum
from geo.text import Text

MOST_ROWS = 50
"""So many pieces are listed one by one, those with most workers first; the sums hold all."""
_TOLD = 3
_DECIMALS = {"length_m": 1, "workers": 1, "lon": 6, "lat": 6}


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


def piece_figures(found: StreetPieces, mode: Mode) -> PiecesFigures:
    """Return the pieces as ``summary.json`` and ``fetch --json`` have them."""
    others = found.table[found.table["standing"] != str(ComponentStatus.MAIN)]
    listed = others.sort_values(["workers", "length_m"], ascending=False).head(MOST_ROWS)
    return PiecesFigures(
        mode=mode,
        main=_sums(found.of_standing(ComponentStatus.MAIN)),
        apart=_sums(found.of_standing(ComponentStatus.APART)),
        cut_off=_sums(found.cut_off),
        crumbs=_sums(found.of_standing(ComponentStatus.CRUMB)),
        no_return=_sums(found.of_standing(ComponentStatus.NO_RETURN)),
        kept_from_m=SUBSTANCE_M,
        crumb_within_m=CRUMB_M,
        listed=rows_of(Piece, listed[list(COLUMNS)].round(_DECIMALS)),
        not_listed=len(others) - len(listed),
    )


def _sums(rows: pd.DataFrame) -> PiecesSum:
    return PiecesSum(
        pieces=len(rows),
        length_m=round(float(rows["length_m"].sum()), 1),
        workers=round(float(rows["workers"].sum()), 1),
        stations=int(rows["stations"].sum()),
    )


def piece_lines(network: StreetNetwork, told: PiecesFigures) -> gpd.GeoDataFrame:
    """Return the listed pieces beside the main one as lines (EPSG:4326), with their figures."""
    rows = pd.DataFrame([dict(one) for one in told.listed])
    if not len(rows):
        return gpd.GeoDataFrame(geometry=[], crs=STORAGE_CRS)
    rows = rows.assign(standing=rows["standing"].map(str))
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


def piece_text(told: PiecesFigures) -> Text:
    """Say what the streets of a mode fall into, in one line and a few more for the worst pieces."""
    mode = told.mode.text
    lines = [
        Text(
            f"{mode.zh}：主片 {_km(told.main)} 公里",
            f"{mode.en}: main piece {_km(told.main)} km",
        ),
        *(say(told) for say in (_apart, _crumbs, _no_return)),
    ]
    said = [line for line in lines if line is not None]
    worst = [
        one
        for one in told.listed
        if one.standing is ComponentStatus.APART and not one.stations and one.workers > 0
    ][:_TOLD]
    return Text(
        "\n".join(["；".join(one.zh for one in said) + "。", *(_worst(one).zh for one in worst)]),
        "\n".join(["; ".join(one.en for one in said) + ".", *(_worst(one).en for one in worst)]),
    )


def _worst(one: Piece) -> Text:
    return Text(
        f"  · {_km(one)} 公里（{one.lon:.5f}, {one.lat:.5f}）：{one.workers:,.0f} 人，没有站点",
        f"  · {_km(one)} km at {one.lon:.5f}, {one.lat:.5f}: {one.workers:,.0f} workers, no station",
    )


def _apart(told: PiecesFigures) -> Text | None:
    part, cut = told.apart, told.cut_off
    if not part.pieces:
        return None
    who = Text("", "")
    if part.workers:
        who = Text(
            f"，职工 {part.workers:,.0f} 人（其中 {cut.workers:,.0f} 人所在片没有站点）",
            f", {part.workers:,.0f} workers ({cut.workers:,.0f} of them without a station on their "
            "piece)",
        )
    return Text(
        f"另有 {part.pieces} 片与它不相通、各自计算，{_km(part)} 公里{who.zh}",
        f"{part.pieces} more not connected with it, measured by themselves, {_km(part)} km{who.en}",
    )


def _crumbs(told: PiecesFigures) -> Text | None:
    part, least, near = told.crumbs, told.kept_from_m / 1000, told.crumb_within_m
    if not part.pieces:
        return None
    moved = Text("", "")
    if part.workers:
        moved = Text(
            f"，最近道路在其上的职工 {part.workers:,.0f} 人按旁边道路计",
            f"; {part.workers:,.0f} workers whose nearest street it is count at the street beside",
        )
    return Text(
        f"{part.pieces} 段零碎未采用（短于 {least:g} 公里且离其他道路不到 {near:g} 米），"
        f"{_km(part)} 公里{moved.zh}",
        f"{part.pieces} crumbs left out (under {least:g} km and within {near:g} m of the others), "
        f"{_km(part)} km{moved.en}",
    )


def _no_return(told: PiecesFigures) -> Text | None:
    part, near = told.no_return, told.crumb_within_m
    if not part.pieces:
        return None
    beside = Text("", "")
    if part.workers:
        beside = Text(
            f"，其旁职工 {part.workers:,.0f} 人在 {near:g} 米内另有道路的按那条计，其余无法测算",
            f"; of {part.workers:,.0f} workers beside them those with another street {near:g} m "
            "farther at most count there, the others cannot be measured",
        )
    return Text(
        f"只能单向、不能往返的未采用，{_km(part)} 公里{beside.zh}",
        f"left out for want of a way back, {_km(part)} km{beside.en}",
    )


def _km(part: PiecesSum | Piece) -> str:
    return f"{part.length_m / 1000:,.1f}"
