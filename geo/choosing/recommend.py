"""The planner's question: which candidates to open, in what order, and why each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geo.coverage.analyse import Coverage
from geo.errors import BadInputError, InfeasibleError
from geo.network.street_network import StreetNetwork
from geo.reach.catchments import catchments
from geo.reach.nearest import nearest
from geo.choosing.exact import Answer, solve_covering, upper_lines
from geo.choosing.explain import SiteFacts, explain_sites
from geo.choosing.problem import CoveringProblem, Floats, Ints
from geo.solving import Progress, silent
from geo.text import Text

_STEPS = (
    Text("候选点服务范围", "Candidates' catchments"),
    Text("求解选址", "Choosing sites"),
    Text("说明理由", "Giving reasons"),
)


@dataclass(frozen=True, slots=True)
class SitingRules:
    """What a plan must keep.

    Attributes
    ----------
    count : int
        Most sites to open.
    budget_cny : float | None
        Money to spend at most.
    minimum_per_district : int
        Fewest sites in every district that has that many candidates.
    spacing_m : float
        Least straight distance between two new sites.
    phases : tuple[int, ...]
        Sizes of the first phases: (30, 60) opens the best 30 of the plan first.
    time_limit_s : float
        Wall time for the proof; the answer carries its gap if it runs out.
    """

    count: int = 100
    budget_cny: float | None = None
    minimum_per_district: int = 0
    spacing_m: float = 0.0
    phases: tuple[int, ...] = ()
    time_limit_s: float = 60.0

    def __post_init__(self) -> None:
        """Refuse rules that mean nothing."""
        if self.count < 1 or self.minimum_per_district < 0 or self.spacing_m < 0:
            raise BadInputError(
                Text(
                    "新建数至少为 1，区市最低数和最小间距不能为负。",
                    "Open at least 1 site; minimum and spacing must not be negative.",
                )
            )
        if list(self.phases) != sorted(set(self.phases)):
            raise BadInputError(
                Text(
                    f"批次 {self.phases} 应为递增的站点数，如 30、60。",
                    f"Phases {self.phases} must be rising numbers of sites, such as 30, 60.",
                )
            )


@dataclass(frozen=True)
class SitingPlan:
    """Recommended sites with their certificate.

    Attributes
    ----------
    answer : Answer
        Chosen candidates, workers newly covered, upper bound and gap.
    covered_before, covered_after, upper_bound : float
        Workers covered without and with the plan, and the most any plan could reach.
    workers_total : float
        All workers.
    sites : GeoDataFrame
        SITES columns, by rank.
    curve : DataFrame
        `sites`, `workers` covered by the first so many, and `bound` that no plan exceeds; runs to
        twice the count, where `workers` is missing.
    districts : DataFrame
        Workers, covered before and after, and new sites by district; adds up to the totals.
    """

    answer: Answer
    covered_before: float
    covered_after: float
    upper_bound: float
    workers_total: float
    sites: gpd.GeoDataFrame
    curve: pd.DataFrame
    districts: pd.DataFrame

    @property
    def gap(self) -> float:
        """Certified gap of the workers covered after the plan, as a share of the bound."""
        if self.upper_bound <= 0:
            return 0.0
        return max(0.0, (self.upper_bound - self.covered_after) / self.upper_bound)


def recommend_sites(
    network: StreetNetwork,
    coverage: Coverage,
    candidates: gpd.GeoDataFrame,
    rules: SitingRules,
    *,
    progress: Progress = silent,
) -> SitingPlan:
    """Choose the candidates that newly cover the most workers under the coverage's own rule.

    Parameters
    ----------
    network : StreetNetwork
        Streets the coverage was measured on.
    coverage : Coverage
        What is covered now.
    candidates : GeoDataFrame
        CANDIDATES columns (EPSG:4326).
    rules : SitingRules
        Count, money, districts, spacing, phases.

    Raises
    ------
    InfeasibleError
        If the rules contradict each other.
    """
    progress(_STEPS[0], 0.0)
    places = network.snap(np.column_stack([candidates.geometry.x, candidates.geometry.y]))
    rule = coverage.rule
    pairs = catchments(network, places, coverage.demand.snapped, rule.limit, weight=rule.weight)
    weight = np.where(coverage.covered, 0.0, coverage.demand.workers)
    problem = _problem(network, candidates, pairs.site, pairs.point, weight, rules)
    progress(_STEPS[1], 0.0)
    answer = solve_covering(problem, time_limit_s=rules.time_limit_s)
    order, phase = _ordered(problem, answer.chosen, rules)
    lines = upper_lines(replace(problem, minimum={}), _counts(rules.count))
    progress(_STEPS[2], 0.0)
    equipped = coverage.stations[coverage.equipped]
    stations = network.snap(np.column_stack([equipped.geometry.x, equipped.geometry.y]))
    near = nearest(network, places.take(order.astype(np.intp)), stations, weight="distance_m")
    facts = SiteFacts(
        problem, candidates, coverage, equipped, order, phase, near.site[:, 0], near.cost[:, 0]
    )
    sites = explain_sites(facts)
    for step in _STEPS:
        progress(step, 1.0)
    before = coverage.workers_covered
    return SitingPlan(
        answer=answer,
        covered_before=before,
        covered_after=before + answer.covered,
        upper_bound=before + answer.upper_bound,
        workers_total=coverage.workers_total,
        sites=sites,
        curve=_curve(sites, lines, before, before + answer.upper_bound, rules.count,
                     coverage.workers_total),
        districts=_districts(problem, coverage, sites, answer.chosen),
    )  # fmt: skip


def _problem(
    network: StreetNetwork,
    candidates: gpd.GeoDataFrame,
    site: Ints,
    demand: Ints,
    weight: Floats,
    rules: SitingRules,
) -> CoveringProblem:
    names = candidates["district"].fillna("").astype(str)
    codes, group = np.unique(names, return_inverse=True)
    forbidden = candidates["forbidden"].to_numpy(bool)
    minimum = _minima(codes, group, forbidden, rules.minimum_per_district)
    xy_m = network.to_metres(np.column_stack([candidates.geometry.x, candidates.geometry.y]))
    close = cKDTree(xy_m).query_pairs(rules.spacing_m * (1 - 1e-12), output_type="ndarray")
    cost = candidates["cost_cny"].to_numpy(np.float64, na_value=np.nan)
    if rules.budget_cny is not None and np.isnan(cost).any():
        row = int(np.flatnonzero(np.isnan(cost))[0])
        raise BadInputError(
            Text(
                f"候选点 {candidates['id'].iloc[row]} 没有 建设费用：设了预算时每个候选点都要填。",
                f"Candidate {candidates['id'].iloc[row]} has no cost: a budget needs all of them.",
            )
        )
    return CoveringProblem(
        site=site,
        demand=demand,
        weight=weight,
        n_sites=len(candidates),
        count=rules.count,
        cost=np.nan_to_num(cost),
        budget=np.inf if rules.budget_cny is None else rules.budget_cny,
        group=group.astype(np.int32),
        minimum=minimum,
        fixed=candidates["fixed"].to_numpy(bool),
        forbidden=forbidden,
        conflicts=close.astype(np.int32).reshape(-1, 2),
    )


def _minima(
    codes: np.ndarray[tuple[int], np.dtype[np.str_]],
    group: np.ndarray[tuple[int], np.dtype[np.intp]],
    forbidden: np.ndarray[tuple[int], np.dtype[np.bool_]],
    least: int,
) -> Mapping[int, int]:
    """Ask for `least` sites in every named district; say which district has too few candidates."""
    if least == 0:
        return {}
    for number, code in enumerate(codes):
        able = int(((group == number) & ~forbidden).sum())
        if code and able < least:
            raise InfeasibleError(
                Text(
                    f"区市 {code} 要求至少 {least} 个新站点，但只有 {able} 个可用候选点。",
                    f"District {code} needs at least {least} sites but has {able} candidates.",
                )
            )
    return {number: least for number, code in enumerate(codes) if code}


def _ordered(problem: CoveringProblem, chosen: Ints, rules: SitingRules) -> tuple[Ints, Ints]:
    """Rank the sites: each phase is the best that many of the plan, then by marginal gain."""
    phase = np.full(problem.n_sites, len(rules.phases) + 1)
    inside = np.zeros(problem.n_sites, np.bool_)
    inside[chosen] = True
    settled = np.zeros(problem.n_sites, np.bool_)
    for number, size in enumerate(rules.phases, start=1):
        if size >= len(chosen):
            break
        part = replace(
            problem, count=size, forbidden=~inside, fixed=settled, minimum={}, budget=np.inf
        )
        first = solve_covering(part, time_limit_s=10.0).chosen
        phase[first[~settled[first]]] = number
        settled[first] = True
    left = problem.weight.copy()
    order: list[int] = []
    for number in range(1, len(rules.phases) + 2):
        waiting = [site for site in chosen.tolist() if phase[site] == number]
        while waiting:
            gains = [float(left[problem.reach(site)].sum()) for site in waiting]
            site = waiting.pop(int(np.argmax(gains)))
            left[problem.reach(site)] = 0.0
            order.append(site)
    ranked = np.array(order, np.int32)
    return ranked, phase[ranked].astype(np.int32)


def _counts(count: int) -> tuple[int, ...]:
    return tuple(sorted({max(1, round(count * part)) for part in (0.2, 0.5, 1.0, 1.5, 2.0)}))


def _curve(
    sites: gpd.GeoDataFrame,
    lines: list[tuple[float, float]],
    before: float,
    bound: float,
    count: int,
    most: float,
) -> pd.DataFrame:
    """Return coverage by number of sites; the bound takes the lowest line and the proof."""
    number = np.arange(2 * count + 1)
    reached = before + np.concatenate([[0.0], sites["workers_new"].to_numpy(float).cumsum()])
    workers = np.full(len(number), np.nan)
    workers[: len(reached)] = reached
    above = np.min([start + slope * number for start, slope in lines], axis=0) + before
    above = np.minimum(above, most)
    above[count] = min(above[count], bound)
    return pd.DataFrame({"sites": number, "workers": workers, "bound": above})


def _districts(
    problem: CoveringProblem, coverage: Coverage, sites: gpd.GeoDataFrame, chosen: Ints
) -> pd.DataFrame:
    newly = (problem.times_covered(chosen) > 0) & ~coverage.covered
    after = coverage.demand.workers * (coverage.covered | newly)
    codes = coverage.workers["district"].fillna("").astype(str)
    frame = pd.DataFrame(
        {
            "district": codes.to_numpy()[coverage.demand.owner],
            "workers": coverage.demand.workers,
            "covered_before": coverage.demand.workers * coverage.covered,
            "covered_after": after,
        }
    )
    table = frame.groupby("district", as_index=False).sum()
    opened = sites.groupby(sites["district"].fillna("")).size()
    return table.assign(sites=table["district"].map(opened).fillna(0).astype(int))
