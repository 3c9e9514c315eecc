"""Coverage, room and gaps of a city under the planner's rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from geo.coverage.analyse import Coverage, Survey
from geo.coverage.capacity import Capacity, measure_capacity
from geo.gaps.find import find_gaps
from geo.layers.vocabulary import Kind
from geo.solving import Progress, silent


@dataclass(frozen=True, slots=True, repr=False)
class GapsFound:
    """Coverage, room and gaps (GAPS columns), and what each kind of station covers alone."""

    coverage: Coverage
    capacity: Capacity
    gaps: gpd.GeoDataFrame
    by_kind: Mapping[Kind, Coverage]

    def to_frame(self) -> gpd.GeoDataFrame:
        """Return the gaps, most workers first (GAPS columns, EPSG:4326)."""
        return self.gaps

    def table(self) -> pd.DataFrame:
        """Return gaps and workers left out by cause."""
        rows = self.gaps.groupby("cause").agg(gaps=("gap_id", "size"), workers=("workers", "sum"))
        table: pd.DataFrame = rows.reset_index().sort_values("workers", ascending=False)
        return table.reset_index(drop=True)

    def __repr__(self) -> str:
        """Say the figures in one line."""
        return f"<{len(self.gaps):,} gaps, {self.gaps['workers'].sum():,.0f} workers left out>"


def gaps_of(
    seen: Survey,
    coverage: Coverage,
    *,
    gaps: gpd.GeoDataFrame | None = None,
    progress: Progress = silent,
) -> GapsFound:
    """Measure room and what each kind gives alone, and draw the gaps; stations may be full.

    Parameters
    ----------
    seen : Survey
        What the streets say.
    coverage : Coverage
        Of all kinds together, by the rule asked about.
    gaps : GeoDataFrame | None
        Its gaps where they are known already (GAPS columns).
    progress : Progress
        Told how far it is.
    """
    rule = coverage.rule
    by_kind = {kind: seen.coverage(rule.of_kinds(kind)) for kind in Kind}
    capacity = measure_capacity(
        coverage,
        visits_per_worker=rule.visits_per_worker_day,
        method=rule.room_method,
        decay=rule.room_decay.decay(),
    )
    if gaps is None:
        gaps = find_gaps(
            coverage.network, coverage, supply=capacity.supply_ratio, progress=progress
        )
    return GapsFound(coverage, capacity, gaps, by_kind)
