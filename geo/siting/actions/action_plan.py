"""What choosing among all actions hands back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from geo.siting.plan.siting_plan import Binding
from geo.solving import SolveStatus


@dataclass(frozen=True, slots=True)
class BuildOnly:
    """The best that new sites alone could do under the same rules and money.

    Attributes
    ----------
    gain : float
        Worker-hours a week its best plan found adds.
    gain_bound : float
        Certified: no plan of new sites alone adds more.
    sites : int
        How many it opens.
    cost_cny : float
        What it spends.
    """

    gain: float
    gain_bound: float
    sites: int
    cost_cny: float


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class ActionPlan:
    """The plan as people get it. All worker-hours are a week's.

    Attributes
    ----------
    actions : GeoDataFrame
        Columns of the layer ``actions``, EPSG:4326, what brings most first.
    total, before, after : float
        Worker-hours of all needs: all there are, served now, served with the plan.
    upper_bound : float
        Certified: no plan under the same rules serves more.
    gap : float
        Of the gain: ``(upper_bound - after) / (upper_bound - before)``.
    status : SolveStatus
        Whether the gap is closed.
    cost_cny : float
        What the plan spends.
    needs : DataFrame
        ``need_zh, need_en, total, before, after`` by need.
    kinds : DataFrame
        ``action, count, cost_cny, worker_hours`` by kind of action.
    districts : DataFrame
        ``district, total, before, after, actions, cost_cny``.
    build_only : BuildOnly
        The comparison.
    binding : tuple[Binding, ...]
        Rules without room, and what one more unit of each brings, in worker-hours.
    statistics : Mapping[str, float]
        Rows, pairs, nodes and seconds of the solver.
    """

    actions: gpd.GeoDataFrame
    total: float
    before: float
    after: float
    upper_bound: float
    gap: float
    status: SolveStatus
    cost_cny: float
    needs: pd.DataFrame
    kinds: pd.DataFrame
    districts: pd.DataFrame
    build_only: BuildOnly
    binding: tuple[Binding, ...]
    statistics: Mapping[str, float]

    def to_frame(self) -> gpd.GeoDataFrame:
        """Return the actions, what brings most first (ACTIONS columns, EPSG:4326)."""
        return self.actions

    def table(self) -> pd.DataFrame:
        """Return count, money and worker-hours by kind of action."""
        return self.kinds

    def __repr__(self) -> str:
        """Say the figures in one line."""
        return (
            f"<{len(self.actions)} actions: {self.before:z,.0f} -> {self.after:z,.0f} worker-hours "
            f"a week, no plan more than {self.upper_bound:z,.0f}>"
        )
