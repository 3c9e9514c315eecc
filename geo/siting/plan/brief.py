"""The choice of sites alone, for a planner who tries one thing after the other.

The sites are decided by :func:`geo.siting.plan.decide.decide`, as those that are published; what
is left out is what a committee reads later: what is proven of phases, robustness, the curve, prices
of rules and reasons in words.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.arrays import Flags, Floats
from geo.demand.points import workers_by_hour
from geo.hours import HOURS_A_WEEK
from geo.siting.models.covering_problem import CoveringProblem
from geo.siting.models.site_rules import SiteRules, costs_of, words_of
from geo.siting.plan.decide import decide, sites_asked
from geo.siting.plan.phases import ranked
from geo.siting.plan.planned_model import ModelChoice
from geo.siting.plan.site_inputs import SiteInputs
from geo.siting.plan.site_layer import districts_table
from geo.siting.solver.covering import Effort
from geo.siting.solver.local_search import CandidateSet
from geo.solving import Progress, SolveStatus, StoppingCriterion, never, silent


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class BriefPlan:
    """A choice in numbers.

    Attributes
    ----------
    problem : CoveringProblem
        Workers nobody covers yet, and the rules; for questions about candidates left out.
    candidates : GeoDataFrame
        All n candidates (EPSG:4326), those added by hand last.
    rows : (k,) int64
        Rows of the chosen candidates in the order to build them: phase by phase, what adds most
        first.
    phase : (k,) int64
        The phase of each, from 1.
    new_by_group : (k, g) float64
        What each adds in that order of each group, columns as the rows of `groups`.
    workers_new, workers_lost : (k,) float64
        Workers each adds in that order, and those nobody covers without it.
    cost_cny : (k,) float64
        Yuan; nan where not known.
    covered_before, covered_after : float
        Workers covered as things stand, and with the plan.
    upper_bound : float | None
        Certified: no plan by the same rules covers more. None where the plan was chosen by another
        measure than workers covered.
    status : SolveStatus
        Whether the choice is proven best by its own measure.
    districts, groups : DataFrame
        ``district`` or ``group``, ``workers, covered_before, covered_after``.
    crossed : DataFrame
        The same by ``district`` and ``group``.
    served_before, served_after : (168,) float64
        Workers who are there and have an open station within the limit, by hour of the week
        (Monday 00:00 first); a site without stated hours serves at none.
    present : (168,) float64
        Workers who are there.
    hit : (m,) bool
        Demand within the limit of a station or of a site of the plan, whatever its hours.
    open_after : (m, 168) bool
        Hours of the week a station or a site of the plan within the limit is open.
    """

    problem: CoveringProblem
    candidates: gpd.GeoDataFrame
    rows: NDArray[np.int64]
    phase: NDArray[np.int64]
    workers_new: Floats
    workers_lost: Floats
    new_by_group: Floats
    cost_cny: Floats
    covered_before: float
    covered_after: float
    upper_bound: float | None
    status: SolveStatus
    districts: pd.DataFrame
    groups: pd.DataFrame
    crossed: pd.DataFrame
    served_before: Floats
    served_after: Floats
    present: Floats
    hit: Flags
    open_after: Flags

    @property
    def chosen(self) -> Flags:
        """(n,) which candidates are chosen."""
        chosen: Flags = np.isin(np.arange(self.problem.n_candidates), self.rows)
        return chosen

    @property
    def total_cny(self) -> float | None:
        """What the sites cost; None where any cost is not known."""
        return None if np.isnan(self.cost_cny).any() else float(self.cost_cny.sum())


def brief_plan(
    given: SiteInputs,
    *,
    rules: SiteRules,
    model: ModelChoice,
    equity_weight: Floats | None = None,
    given_rows: NDArray[np.int64] | None = None,
    seed: int = 0,
    effort: Effort | None = None,
    stop: StoppingCriterion = never,
    progress: Progress = silent,
) -> BriefPlan:
    """Choose candidates as :func:`~geo.siting.plan.recommend.recommend_sites` does; see there.

    Parameters
    ----------
    given_rows : (k,) int64 | None
        Rows that were chosen already, to be told in numbers as they are, without a bound.

    Raises
    ------
    InfeasibleError
        The rules contradict each other; the text names them.
    """
    asked = sites_asked(given, rules, model, equity_weight)
    told = asked.told
    if given_rows is not None:
        chosen = np.isin(np.arange(told.n_candidates), given_rows)
        rows, phase = ranked(told, chosen, rules.phases, seed=seed, stop=stop)
        return _in_numbers(given, told, rows, phase, None, SolveStatus.BOUNDED)
    decided = decide(
        asked,
        best_start=False,
        claims=False,
        seed=seed,
        effort=effort,
        stop=stop,
        progress=progress,
    )
    found, order = decided.found, decided.order
    before = float(given.workers[given.already_covered].sum())
    bound = before + found.bound if asked.is_told else None
    return _in_numbers(given, told, order.rows, order.phase, bound, found.status)


def _in_numbers(
    given: SiteInputs,
    told: CoveringProblem,
    rows: NDArray[np.int64],
    phase: NDArray[np.int64],
    bound: float | None,
    status: SolveStatus,
) -> BriefPlan:
    chosen = np.isin(np.arange(told.n_candidates), rows)
    new, lost = _shares(told, rows)
    hit, before = told.covered(chosen), float(given.workers[given.already_covered].sum())
    groups = _shares_by(given, hit, "group")
    present, served_before, served_after, open_after = _by_hour(given, rows)
    return BriefPlan(
        problem=told,
        candidates=given.candidates,
        rows=rows,
        phase=phase,
        workers_new=new,
        workers_lost=lost,
        new_by_group=_new_by_group(given, told, rows, groups["group"].tolist()),
        cost_cny=costs_of(given.candidates)[rows],
        covered_before=before,
        covered_after=before + told.value(chosen),
        upper_bound=bound,
        status=status,
        districts=districts_table(given, hit, rows),
        groups=groups,
        crossed=_shares_by(given, hit, "district", "group"),
        served_before=served_before,
        served_after=served_after,
        present=present,
        hit=given.already_covered | hit,
        open_after=open_after,
    )


def _shares(problem: CoveringProblem, rows: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return what each row adds to those before it, and what nobody else of them covers."""
    choice, new = CandidateSet(problem), np.zeros(len(rows))
    for number, row in enumerate(rows.tolist()):
        new[number] = choice.gain[row]
        choice.add(row)
    lost = np.array([choice.lost_without(row) for row in rows.tolist()], np.float64)
    return new, lost


def _new_by_group(
    given: SiteInputs, told: CoveringProblem, rows: NDArray[np.int64], groups: list[str]
) -> Floats:
    """Return (k, g) workers that each row adds to those before it, by group."""
    number = pd.Index(groups).get_indexer(pd.Index(given.demand["group"].astype(str)))
    left, new = ~given.already_covered, np.zeros((len(rows), len(groups)))
    for place, row in enumerate(rows.tolist()):
        points = told.covers[row].indices
        fresh = points[left[points]]
        left[fresh] = False
        new[place] = np.bincount(number[fresh], given.workers[fresh], minlength=len(groups))
    return new


def _shares_by(given: SiteInputs, hit: Flags, *columns: str) -> pd.DataFrame:
    """Return workers, and those covered before and after, by columns of the demand."""
    table = pd.DataFrame(
        {
            **{name: given.demand[name].fillna("").astype(str) for name in columns},
            "workers": given.workers,
            "covered_before": given.workers * given.already_covered,
            "covered_after": given.workers * (given.already_covered | hit),
        }
    )
    shares: pd.DataFrame = table.groupby(list(columns), as_index=False).sum()
    return shares


def _by_hour(given: SiteInputs, rows: NDArray[np.int64]) -> tuple[Floats, Floats, Floats, Flags]:
    """Return workers there, served before and after by hour of the week, and (m, 168) open after."""
    if given.supply.week is None:
        none = np.zeros(HOURS_A_WEEK)
        return none, none, none, np.zeros((len(given.demand), HOURS_A_WEEK), np.bool_)
    served, active = given.supply.week.open_now.copy(), given.supply.week.active
    texts = words_of(given.candidates, "opening_hours")
    before = workers_by_hour(given.workers, served, active)
    for row in rows.tolist():
        if texts[row]:
            points = given.pairs.point[given.pairs.begin[row] : given.pairs.begin[row + 1]]
            served[points] |= given.supply.week.open(texts[row])
    after = workers_by_hour(given.workers, served, active)
    return workers_by_hour(given.workers, active), before, after, served
