"""People of a district shared out over what draws them: a gravity of places, stated openly.

Of the people of a group in a district (or, where no district is told, in the city) each place has
the part w a / Σ w a: its amount a of a draw times the draw's weight w in the planner's table. This
is the attraction side of the gravity model of trips (Ortúzar & Willumsen 2011, ch. 5) without
distances. Places of one cell make one row, at the place nearest to their weighted middle: a
single shop's number would pretend to know what nobody does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.arrays import Floats
from geo.demand.spreading import whole
from geo.estimate.basis import INSTEAD, Basis, Draw
from geo.estimate.weights import Weights
from geo.json_shapes import JsonRow
from geo.layers.vocabulary import Group, Provenance, Setting


@dataclass(frozen=True, slots=True)
class Total:
    """People of a group that are told, or stand for them.

    Attributes
    ----------
    group : Group
        Whom.
    district : str
        Adcode; "" for all the city.
    workers : int
        How many; parts of a whole where `relative`.
    relative : bool
        Whether the number is a weight and no count.
    """

    group: Group
    district: str
    workers: int
    relative: bool = False


@dataclass(frozen=True)
class Spread:
    """What became of the totals.

    Attributes
    ----------
    rows : GeoDataFrame
        The layer WORKERS without names: ``group, setting, workers, active_hours, district,
        provenance, estimated_from`` and a point (EPSG:4326).
    instead : Mapping[tuple[str, str], int]
        Districts where something stood in, by group and what: nothing that draws it was known.
    nowhere : int
        People of districts that hold nothing at all.
    """

    rows: gpd.GeoDataFrame
    instead: Mapping[tuple[Group, Draw], int]
    nowhere: int


def spread_workers(draws: gpd.GeoDataFrame, totals: list[Total], weights: Weights) -> Spread:
    """Share `totals` out over `draws`.

    Parameters
    ----------
    draws : GeoDataFrame
        Points (EPSG:4326) with ``draw``, ``amount``, ``district`` (adcode or None) and ``cell``
        (any key of the cells whose places make one row).
    totals : list[Total]
        People by group and district; they add up to what is returned and to `nowhere`.
    weights : Weights
        The planner's tables.
    """
    known = _Known.of(draws)
    rows: list[JsonRow] = []
    instead: dict[tuple[Group, Draw], int] = {}
    nowhere = 0
    for total in totals:
        facts = weights.groups[total.group]
        parts = whole(
            [
                facts.share(Setting.WORK) * total.workers,
                facts.share(Setting.RESIDENCE) * total.workers,
            ],
            total.workers,
        )
        for setting, people in zip((Setting.WORK, Setting.RESIDENCE), parts.tolist(), strict=True):
            if not people:
                continue
            scored = known.score(total.district, weights.of(total.group, setting))
            if not scored.any():
                draw, scored = known.stand_in(total.district)
                if draw is None:
                    nowhere += people
                    continue
                instead[total.group, draw] = instead.get((total.group, draw), 0) + 1
            rows += known.rows(total, setting, people, scored, facts.hours(setting))
    return Spread(_frame(rows, draws), instead, nowhere)


def _frame(rows: list[JsonRow], draws: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    table = pd.DataFrame(rows)
    shapes = list(table.pop("geometry")) if rows else []
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, crs=draws.crs))


@dataclass(frozen=True)
class _Known:
    """The draws as arrays."""

    draw: NDArray[np.object_]
    amount: Floats
    district: NDArray[np.object_]
    cell: NDArray[np.int64]
    points: NDArray[np.object_]

    @classmethod
    def of(cls, draws: gpd.GeoDataFrame) -> _Known:
        """Read a table of draws."""
        return cls(
            draws["draw"].to_numpy(object),
            draws["amount"].to_numpy(np.float64),
            draws["district"].fillna("").astype(str).to_numpy(object),
            pd.factorize(draws["cell"])[0].astype(np.int64),
            draws.geometry.to_numpy(),
        )

    def score(self, district: str, per_unit: Mapping[Draw, float]) -> Floats:
        """Return what each place draws, 0 outside the district, (n,)."""
        factor = np.array([per_unit.get(draw, 0.0) for draw in self.draw], np.float64)
        here = np.ones(len(factor), np.bool_) if not district else self.district == district
        scored: Floats = self.amount * factor * here
        return scored

    def stand_in(self, district: str) -> tuple[Draw | None, Floats]:
        """Return the first of INSTEAD that the district holds, and what each place draws then."""
        for draw in INSTEAD:
            scored = self.score(district, {draw: 1.0})
            if scored.any():
                return draw, scored
        return None, np.zeros(len(self.amount))

    def rows(
        self, total: Total, setting: Setting, people: int, scored: Floats, hours: str
    ) -> Iterator[JsonRow]:
        """Yield a row for each cell that gets somebody."""
        used = np.flatnonzero(scored > 0)
        used = used[np.argsort(self.cell[used], kind="stable")]
        _, first = np.unique(self.cell[used], return_index=True)
        drawn = np.add.reduceat(scored[used], first)
        counts = whole(people * drawn / drawn.sum(), people)
        ends = np.append(first[1:], len(used))
        for row in np.flatnonzero(counts).tolist():
            mine = used[first[row] : ends[row]]
            yield {
                "group": str(total.group),
                "setting": str(setting),
                "workers": int(counts[row]),
                "active_hours": hours,
                "district": total.district or None,
                "provenance": str(Provenance.ESTIMATED),
                "estimated_from": self._basis(total, mine).written(),
                "geometry": self._middle(mine, scored[mine]),
            }

    def _basis(self, total: Total, mine: NDArray[np.intp]) -> Basis:
        amounts: dict[Draw, float] = {}
        for draw, amount in zip(self.draw[mine].tolist(), self.amount[mine].tolist(), strict=True):
            amounts[Draw(draw)] = amounts.get(Draw(draw), 0.0) + amount
        return Basis(total.district, amounts, total.relative)

    def _middle(self, mine: NDArray[np.intp], score: Floats) -> shapely.Point:
        """Return the place nearest to the weighted middle: a middle may lie in water."""
        lonlat = shapely.get_coordinates(self.points[mine])
        middle = score @ lonlat / score.sum()
        scale = np.cos(np.radians(middle[1])), 1.0
        point: shapely.Point = self.points[
            mine[np.argmin(np.hypot(*((lonlat - middle) * scale).T))]
        ]
        return point
