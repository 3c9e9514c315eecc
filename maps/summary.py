"""The figures of the main job as pages and sheets show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd

from maps.records import has_rows


@dataclass(frozen=True, slots=True)
class CoverageFigures:
    """Workers covered before and after, and what is proven about the plan.

    Attributes
    ----------
    workers_total, covered_before, covered_after : float | None
        Workers; None when the summary does not say.
    sites : int | None
        Stations recommended.
    upper_bound : float | None
        No plan under the same rules can cover more workers than this.
    gap : float | None
        How far the plan may be from the best possible one, as a share.
    """

    workers_total: float | None
    covered_before: float | None
    covered_after: float | None
    sites: int | None
    upper_bound: float | None
    gap: float | None

    @property
    def covered_new(self) -> float | None:
        """Workers covered after but not before."""
        if self.covered_after is None or self.covered_before is None:
            return None
        return self.covered_after - self.covered_before


def number(summary: Mapping[str, object], key: str) -> float | None:
    """Return the figure `key` of `summary`, None when it is absent or not a number."""
    value = summary.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def coverage_figures(summary: Mapping[str, object]) -> CoverageFigures:
    """Read the coverage and siting figures of `summary` (keys as in ``summary.json``)."""
    sites = number(summary, "sites")
    return CoverageFigures(
        workers_total=number(summary, "workers_total"),
        covered_before=number(summary, "covered_before"),
        covered_after=number(summary, "covered_after"),
        sites=None if sites is None else int(sites),
        upper_bound=number(summary, "siting_upper_bound"),
        gap=number(summary, "siting_gap"),
    )


def coverage_curve(
    summary: Mapping[str, object], layers: Mapping[str, gpd.GeoDataFrame]
) -> list[float]:
    """Return workers covered after 0, 1, 2, … sites, in the order of their rank."""
    before = number(summary, "covered_before")
    if before is None or not has_rows(layers, "sites"):
        return []
    new = layers["sites"].sort_values("rank")["workers_new"].fillna(0).astype(float)
    return [before, *(before + new.cumsum()).tolist()]
