"""The table of districts: workers, uncovered workers, stations and recommended sites of each."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from geo.layers.districts import districts_only
from geo.layers.vocabulary import Cause
from geo.summary.run import RunSummary
from maps.records import Record, cell, has_rows

_FAR = (Cause.TOO_FAR, Cause.UNREACHABLE)


def district_names(layers: Mapping[str, gpd.GeoDataFrame]) -> dict[str, str]:
    """Return district names by adcode."""
    if not has_rows(layers, "districts"):
        return {}
    frame = districts_only(layers["districts"])
    return dict(zip(frame["adcode"].astype(str), frame["name"].astype(str), strict=True))


def _sum(layers: Mapping[str, gpd.GeoDataFrame], layer: str, column: str) -> pd.Series[float]:
    if not has_rows(layers, layer) or not {column, "district"} <= set(layers[layer].columns):
        return pd.Series(dtype=float)
    frame = layers[layer]
    sums: pd.Series[float] = (
        frame[column].astype(float).groupby(frame["district"].astype(str)).sum()
    )
    return sums


def _gap_sum(layers: Mapping[str, gpd.GeoDataFrame], *, far: bool) -> pd.Series[float]:
    """Return workers in gaps by district: where no station is near, or where one does not serve."""
    if not has_rows(layers, "gaps") or "cause" not in layers["gaps"].columns:
        return _sum(layers, "gaps", "workers") if far else pd.Series(dtype=float)
    gaps = layers["gaps"]
    chosen = gaps["cause"].isin([cause.value for cause in _FAR]) == far
    # A zero in every district tells "none" from "not analysed".
    counted = gaps.assign(workers=gaps["workers"].where(chosen, 0))
    return _sum({"gaps": counted}, "gaps", "workers")


def _rows(layers: Mapping[str, gpd.GeoDataFrame], *names: str) -> pd.Series[float]:
    counts = [
        layers[name]["district"].astype(str).value_counts()
        for name in names
        if has_rows(layers, name) and "district" in layers[name].columns
    ]
    return pd.concat(counts).groupby(level=0).sum() if counts else pd.Series(dtype=float)


def district_table(layers: Mapping[str, gpd.GeoDataFrame], summary: RunSummary) -> list[Record]:
    """Return one record per district, in the order of the layer.

    Keys: ``code, name, population, workers, covered_before, covered_after, workers_far,
    workers_near, workers_new, stations, sites``. `workers_far` have no station within the limit;
    for `workers_near` one is, but it does not serve them (closed then, full, lacks an amenity).
    A figure whose layer is absent is None, one of a district without rows is 0.
    """
    before = summary.coverage.by_district if summary.coverage else ()
    after = summary.siting.by_district if summary.siting else ()
    columns = {
        "workers": _sum(layers, "workers", "workers"),
        "covered_before": pd.Series(
            {row.district: row.workers_covered for row in before}, dtype=float
        ),
        "covered_after": pd.Series({row.district: row.covered_after for row in after}, dtype=float),
        "workers_far": _gap_sum(layers, far=True),
        "workers_near": _gap_sum(layers, far=False),
        "workers_new": _sum(layers, "sites", "workers_new"),
        "stations": _rows(layers, "stations", "yizhan"),
        "sites": _rows(layers, "sites"),
    }
    populations = (
        districts_only(layers["districts"]).set_index("adcode")["population"]
        if has_rows(layers, "districts") and "population" in layers["districts"].columns
        else pd.Series(dtype=float)
    )
    return [
        {
            "code": code,
            "name": name,
            "population": cell(populations.get(code)),
            **{
                key: None if series.empty else float(series.get(code, 0.0))
                for key, series in columns.items()
            },
        }
        for code, name in district_names(layers).items()
    ]
