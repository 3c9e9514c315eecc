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
    hours_total, hours_covered : float | None
        Worker-hours a week, and those during which a station in reach is open.
    cost_cny : float | None
        Of the recommended sites.
    """

    workers_total: float | None
    covered_before: float | None
    covered_after: float | None
    sites: int | None
    upper_bound: float | None
    gap: float | None
    hours_total: float | None
    hours_covered: float | None
    cost_cny: float | None

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
        hours_total=number(summary, "worker_hours_total"),
        hours_covered=number(summary, "worker_hours_covered"),
        cost_cny=number(summary, "siting_cost_cny"),
    )


@dataclass(frozen=True, slots=True)
class CoverageCurve:
    """Workers covered after 0, 1, 2, … sites.

    Attributes
    ----------
    covered : tuple[float, ...]
        In the order of the recommendation, and on with the next best sites where they are known.
    bound : tuple[float, ...]
        What no choice of so many sites can exceed; empty where that is not known.
    chosen : int
        How many sites are recommended.
    """

    covered: tuple[float, ...]
    bound: tuple[float, ...]
    chosen: int


def coverage_curve(
    summary: Mapping[str, object], layers: Mapping[str, gpd.GeoDataFrame]
) -> CoverageCurve:
    """Return the curve the summary holds (``siting_curve``), else that of the layer ``sites``."""
    chosen = len(layers["sites"]) if has_rows(layers, "sites") else 0
    told = summary.get("siting_curve")
    if isinstance(told, Mapping) and "covered" in told:
        covered = tuple(float(value) for value in told["covered"])
        bound = tuple(float(value) for value in told.get("upper_bound", ()))
        return CoverageCurve(covered, bound if len(bound) == len(covered) else (), chosen)
    before = number(summary, "covered_before")
    if before is None or not chosen:
        return CoverageCurve((), (), chosen)
    new = layers["sites"].sort_values("rank")["workers_new"].fillna(0).astype(float)
    return CoverageCurve((before, *(before + new.cumsum()).tolist()), (), chosen)
