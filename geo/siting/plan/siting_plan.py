"""What a siting run hands back: the answer, the sites, the curve and the districts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.solving import SolveStatus
from geo.text import Text


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SitingAnswer:
    """The choice in numbers.

    Attributes
    ----------
    chosen : (k,) int64
        Rows of the candidates, in rank order.
    phase : (k,) int64
        1 for the first phase.
    covered_before, covered_after : float
        Workers covered by existing stations, and with the chosen sites too.
    upper_bound : float
        Certified: no allowed choice covers more workers (those before included).
    gap : float
        ``(upper_bound - covered_after) / upper_bound``.
    gap_of_new : float
        The same of the newly covered alone: the stricter figure.
    status : SolveStatus
        ``optimal`` when the gap is closed.
    statistics : Mapping[str, float]
        Rows, pairs, nodes and seconds of the solver.
    robustness : (k,) float64
        Share of the runs with demand off by up to 20 % that choose the site; nan if not asked.
    binding : tuple[Binding, ...]
        Rules without room, and what one more unit of each brings (plain covering alone).
    objective : Objective
        What the model sought, and how near the best it is by its own measure.
    phases : tuple[PhaseClaim, ...]
        What is proven of each phase but the last.
    rule_prices : tuple[RulePrice, ...]
        Rules that put sites in which add nobody, and what they cost.
    fewer : Text | None
        Why there are fewer sites than were asked for, where there are.
    left_out : Text | None
        Who is left out of a claim about all: workers no candidate can serve.
    """

    chosen: NDArray[np.int64]
    phase: NDArray[np.int64]
    covered_before: float
    covered_after: float
    upper_bound: float
    gap: float
    gap_of_new: float
    status: SolveStatus
    statistics: Mapping[str, float]
    robustness: NDArray[np.float64]
    binding: tuple[Binding, ...]
    objective: Objective
    phases: tuple[PhaseClaim, ...]
    rule_prices: tuple[RulePrice, ...] = ()
    fewer: Text | None = None
    left_out: Text | None = None


@dataclass(frozen=True, slots=True)
class RulePrice:
    """A rule that puts sites into the plan which add nobody, and what that costs.

    Attributes
    ----------
    text : Text
        The rule.
    sites : int
        How many sites are in the plan because of it and add nobody.
    cost_cny : float | None
        What those cost; None where any cost is not known.
    gain, gain_bound : float | None
        Workers the plan covers more without the rule: at least (found by solving again) and at
        most (certified); None where the plan does not seek workers covered.
    """

    text: Text
    sites: int
    cost_cny: float | None
    gain: float | None
    gain_bound: float | None


@dataclass(frozen=True, slots=True)
class Objective:
    """What a model sought.

    Attributes
    ----------
    model : str
        Key of :class:`~geo.siting.plan.planned_model.ModelKind`.
    text : Text
        What `value` is.
    value, bound : float
        Reached, and certified: nothing allowed does better.
    gap : float
        Between the two, over the larger; 0 is a proof of optimality.
    """

    model: str
    text: Text
    value: float
    bound: float
    gap: float


@dataclass(frozen=True, slots=True)
class PhaseClaim:
    """What is proven of the first sites of a plan.

    Attributes
    ----------
    count : int
        How many sites have opened by then.
    covered : float
        Workers they newly cover: the most of any so many sites of the plan.
    bound : float
        Certified: no so many sites that extend to a plan as good, given the phases before, cover
        more.
    gap : float
        ``(bound - covered) / bound``; 0: the best start of any plan as good.
    free_bound : float
        Certified: no so many sites under the same maxima cover more, whatever they extend to.
    """

    count: int
    covered: float
    bound: float
    gap: float
    free_bound: float


@dataclass(frozen=True, slots=True)
class Binding:
    """A rule that holds the plan back.

    Attributes
    ----------
    text : Text
        The rule.
    unit : float
        How far it was moved: 1 site, or 1 % of the money in yuan.
    gain : float
        Workers the plan then covers more, at least (found by solving again).
    gain_bound : float
        And at most (certified).
    """

    text: Text
    unit: float
    gain: float
    gain_bound: float


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SitingPlan:
    """The plan as people get it.

    Attributes
    ----------
    answer : SitingAnswer
        Numbers for the whole.
    sites : GeoDataFrame
        Columns of the layer ``sites``, EPSG:4326, one row per chosen site in rank order.
    curve : DataFrame
        ``sites, covered, upper_bound`` from 0 to twice the sites: the plan's own order, gone on
        with the best next site; the bound holds for any that many sites, minima and spacing aside.
    districts : DataFrame
        ``district, workers, covered_before, covered_after, share_before, share_after, sites``.
    """

    answer: SitingAnswer
    sites: gpd.GeoDataFrame
    curve: pd.DataFrame
    districts: pd.DataFrame

    @property
    def cost_cny(self) -> float | None:
        """What the sites cost; None where any cost is not known."""
        costs = self.sites["cost_cny"]
        return None if costs.isna().any() else float(costs.sum())

    def to_frame(self) -> gpd.GeoDataFrame:
        """Return the sites in rank order (SITES columns, EPSG:4326)."""
        return self.sites

    def table(self) -> pd.DataFrame:
        """Return coverage before and after by district."""
        return self.districts

    def __repr__(self) -> str:
        """Say the figures in one line."""
        answer = self.answer
        return (
            f"<{len(self.sites)} sites: {answer.covered_before:z,.0f} -> "
            f"{answer.covered_after:z,.0f} workers covered, no plan more than "
            f"{answer.upper_bound:z,.0f}>"
        )
