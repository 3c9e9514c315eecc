"""Who is served: every demand point against the stations that count, hour by hour."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from geo.coverage.demand import Demand, make_demand
from geo.coverage.rule import CoverageRule
from geo.hours import HOURS_A_WEEK, week_mask
from geo.network.street_network import StreetNetwork
from geo.reach.catchments import Catchments, catchments
from geo.reach.nearest import nearest
from geo.solving import Progress, silent
from geo.text import Text

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_STEPS = (
    Text("路网定位", "Finding streets"),
    Text("计算服务范围", "Catchments"),
    Text("逐小时核算", "Hour by hour"),
)


@dataclass(frozen=True)
class Coverage:
    """The answer of :func:`analyse_coverage`.

    Attributes
    ----------
    rule : CoverageRule
        What counted.
    demand : Demand
        The demand points.
    workers, stations : GeoDataFrame
        The layers analysed; `stations` holds those of a counting kind and status.
    equipped : (s,) bool
        Which of them also have the amenities asked for.
    pairs : Catchments
        Every equipped station within the limit of every point.
    nearest_station : (n,) int32
        Row of the nearest equipped station at any distance, -1 where none is reachable.
    nearest_cost : (n,) float64
        Its cost in the rule's weight.
    nearest_m : (n,) float64
        Its street distance in metres, inf where none.
    open_hours : (n, 168) bool
        Hours a station within the limit is open.
    """

    rule: CoverageRule
    demand: Demand
    workers: gpd.GeoDataFrame
    stations: gpd.GeoDataFrame
    equipped: Flags
    pairs: Catchments
    nearest_station: NDArray[np.int32]
    nearest_cost: Floats
    nearest_m: Floats
    open_hours: Flags

    @cached_property
    def covered(self) -> Flags:
        """Whether a counting station is within the limit, whatever its hours, (n,)."""
        answer = np.zeros(len(self.demand), np.bool_)
        answer[self.pairs.point] = True
        return answer

    @cached_property
    def hours_covered(self) -> Floats:
        """Active hours a week during which a station within the limit is open, (n,)."""
        active = self.demand.active[self.demand.owner]
        hours: Floats = (active & self.open_hours).sum(axis=1).astype(np.float64)
        return hours

    @property
    def workers_total(self) -> float:
        """All workers."""
        return float(self.demand.workers.sum())

    @property
    def workers_covered(self) -> float:
        """Workers with a counting station within the limit."""
        return float(self.demand.workers[self.covered].sum())

    @property
    def worker_hours_total(self) -> float:
        """Workers times the hours a week they are there."""
        return float(self.demand.workers @ self.demand.active_hours)

    @property
    def worker_hours_covered(self) -> float:
        """Worker-hours during which a counting station within the limit is open."""
        return float(self.demand.workers @ self.hours_covered)

    def table(self, *columns: str) -> pd.DataFrame:
        """Return totals by columns of the workers layer ("district", "group", "setting").

        The rows add up to the totals of the whole: workers, workers_covered, worker_hours and
        worker_hours_covered.
        """
        demand = self.demand
        amounts = {
            "workers": demand.workers,
            "workers_covered": demand.workers * self.covered,
            "worker_hours": demand.workers * demand.active_hours,
            "worker_hours_covered": demand.workers * self.hours_covered,
        }
        keys = self.workers[list(columns)].iloc[demand.owner].fillna("").reset_index(drop=True)
        frame = pd.concat([keys, pd.DataFrame(amounts)], axis=1)
        totals: pd.DataFrame = frame.groupby(list(columns), as_index=False).sum()
        return totals

    def bands(self, breaks: tuple[float, ...]) -> pd.DataFrame:
        """Return the workers whose nearest station is within each break (the rule's weight)."""
        inner = [float(self.demand.workers[self.nearest_cost <= limit].sum()) for limit in breaks]
        return pd.DataFrame({"within": list(breaks), "workers": inner})


def analyse_coverage(
    network: StreetNetwork,
    stations: gpd.GeoDataFrame,
    workers: gpd.GeoDataFrame,
    rule: CoverageRule,
    *,
    progress: Progress = silent,
) -> Coverage:
    """Measure coverage on the street network of the rule's mode.

    Parameters
    ----------
    network : StreetNetwork
        Streets of ``rule.mode``.
    stations, workers : GeoDataFrame
        Layers with STATIONS and WORKERS columns (EPSG:4326).
    rule : CoverageRule
        What counts.
    """
    progress(_STEPS[0], 0.0)
    considered = stations[rule.of_kind(stations)].reset_index(drop=True)
    equipped = rule.equipped(considered)
    demand = make_demand(network, workers)
    places = network.snap(_lonlat(considered[equipped]))
    progress(_STEPS[1], 0.0)
    pairs = catchments(network, places, demand.snapped, rule.limit, weight=rule.weight)
    first = nearest(network, demand.snapped, places, weight=rule.weight)
    metres = nearest(network, demand.snapped, places, weight="distance_m")
    progress(_STEPS[2], 0.0)
    rows = np.flatnonzero(equipped).astype(np.int32)
    pairs = Catchments(rows[pairs.site], pairs.point, pairs.cost, len(considered), len(demand))
    station = np.where(first.site[:, 0] >= 0, np.append(rows, -1)[first.site[:, 0]], -1)
    open_hours = _open_hours(pairs, considered["opening_hours"].tolist(), len(demand))
    for step in _STEPS:
        progress(step, 1.0)
    return Coverage(
        rule, demand, workers, considered, equipped, pairs,
        station.astype(np.int32), first.cost[:, 0], metres.cost[:, 0], open_hours,
    )  # fmt: skip


def _lonlat(frame: gpd.GeoDataFrame) -> Floats:
    return np.column_stack([frame.geometry.x, frame.geometry.y])


def _open_hours(pairs: Catchments, hours: list[object], n_points: int) -> Flags:
    """Return when any station within the limit is open, (n, 168).

    Stations share few timetables, so points are joined to timetables, not to stations. One
    without stated hours is taken as never surely open.
    """
    texts = [text if isinstance(text, str) and text else "" for text in hours]
    patterns, index = np.unique(np.array(texts, dtype=object).astype(str), return_inverse=True)
    masks = np.array(
        [week_mask(text) if text else np.zeros(HOURS_A_WEEK, np.bool_) for text in patterns],
        np.float32,
    ).reshape(-1, HOURS_A_WEEK)
    reach = csr_matrix(
        (np.ones(len(pairs.site), np.float32), (pairs.point, index[pairs.site])),
        (n_points, len(patterns)),
    )
    answer: Flags = (reach @ masks) > 0
    return answer
