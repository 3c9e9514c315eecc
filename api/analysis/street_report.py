"""Which pieces the streets fall into, and whom what was left out concerns, told and drawn."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.streets.folder import Streets
from geo.coverage.answer import Coverage
from geo.coverage.street_pieces import COLUMNS, StreetPieces, piece_shapes
from geo.crs import STORAGE_CRS
from geo.demand.points import make_demand
from geo.layers.vocabulary import ComponentStatus, Mode
from geo.network.pieces import CRUMB_M, NO_RETURN, SUBSTANCE_M
from geo.network.street_network import StreetNetwork
from geo.study.study import Study
from geo.summary.figures import Piece, PiecesFigures, PiecesSum, rows_of

MOST_ROWS = 50
"""So many pieces are listed one by one, those with most workers first; the sums hold all."""
_DECIMALS = {"length_m": 1, "workers": 1, "lon": 6, "lat": 6}
"""Decimals of the figures told: a decimetre of street, a tenth of a worker, a decimetre on the map."""


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


def drawn_pieces(streets: Streets, told: PiecesFigures) -> gpd.GeoDataFrame:
    """Return :func:`piece_lines` of the streets of the mode that the coverage was measured on."""
    return piece_lines(streets.network(told.mode), told)


def _same(network: StreetNetwork, rows: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell which rows still are pieces of `network`: the streets may have been fetched anew."""
    piece, length_m = rows["piece"].to_numpy(np.int64), np.append(network.piece_m, np.nan)
    length_m[-1] = network.length_m[network.piece == NO_RETURN].sum()
    known = piece < len(length_m) - 1
    same: NDArray[np.bool_] = known & (
        np.abs(length_m[np.where(known, piece, -1)] - rows["length_m"].to_numpy(float)) < 1.0
    )
    return same
