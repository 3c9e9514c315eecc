"""Cities to choose sites in: a shape, a size, a seed and rules make what a planner's question holds.

Shapes beside plain clusters are those on which a solver may stumble: rings and grids where hundreds
of plans tie, weights all equal or in the millions, doors of nobody, one candidate better than all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import cKDTree

from geo.coverage.rule import VISITS_PER_WORKER_DAY
from geo.reach.catchments import Catchments
from geo.siting.models.covering_problem import CoveringProblem, covering_matrix, too_near
from geo.siting.models.linear_rule import YUAN_A_UNIT, budget_rule, class_rules, count_rule
from geo.siting.models.model import ModelKind
from geo.siting.plan.planned_model import ModelChoice, ModelData

SHAPES = ("clusters", "rings", "grid", "equal", "huge", "nobody", "one_best")
RULES = ("money", "tight", "impossible", "spacing", "fixed")
SPACING_M = 300.0
_SIDE_M = 40_000.0
_SITES_IN_REACH = 8.0
"""Of a demand, in rings and grids, which are made as wide as that asks for."""
_WIDE_M = 60_000.0


@dataclass(frozen=True)
class Family:
    """One cell of the table: size, shape, seed, model and rules; planar ways, metres.

    `rules` are of RULES: a budget with a minimum for each of ten districts; the same with money for
    the minima and no more (or one too little); a spacing; a fifth of the sites fixed and three
    candidates in ten forbidden.
    """

    demands: int
    candidates: int
    reach_m: float
    sites: int
    seed: int = 1
    clusters: int = 60
    shape: str = "clusters"
    rules: tuple[str, ...] = ()
    kind: ModelKind = ModelKind.MCLP
    phases: bool = False

    @property
    def name(self):
        """What the table calls it."""
        of = f"{self.clusters} clusters" if self.shape == "clusters" else self.shape
        more = [str(self.kind)] if self.kind is not ModelKind.MCLP else []
        words = " ".join([f"{self.demands} x {self.candidates}", *more, *self.rules])
        return f"{words}{' phases' * self.phases} ({of})"

    @property
    def is_plain(self):
        """Whether it is maximal covering with a count and nothing more."""
        return self.kind is ModelKind.MCLP and not self.rules and not self.phases


def city(family):
    """Return demand and candidate points (x, y metres) and whole-number workers."""
    rng = np.random.default_rng(family.seed)
    place = {"rings": _rings, "grid": _grid}.get(family.shape, _clusters)
    demand, candidate = place(family, rng)
    workers = np.rint(rng.lognormal(3, 1, family.demands)) + 1
    if family.shape in {"grid", "equal"}:
        workers = np.ones(family.demands)
    if family.shape == "huge":
        workers = workers * 1e6 + rng.integers(0, 1_000_000, family.demands)
    if family.shape == "nobody":
        workers[rng.uniform(size=family.demands) < 0.5] = 0
    return demand, candidate, workers


def _clusters(family, rng):
    k = family.clusters
    centre, spread = rng.uniform(0, _SIDE_M, (k, 2)), rng.uniform(400, 2_500, k)

    def scattered(n):
        of = rng.integers(0, k, n)
        return centre[of] + rng.normal(size=(n, 2)) * spread[of][:, None]

    return scattered(family.demands), scattered(family.candidates)


def _rings(family, rng):
    """Lay both on ten ring roads; nothing is inside."""
    del rng
    radius = _radius_m(family) * np.arange(1, 11) / 10

    def around(n):
        each = np.arange(n)
        angle = 2 * np.pi * each / n * 10
        return radius[each % 10, None] * np.column_stack([np.cos(angle), np.sin(angle)])

    return around(family.demands), around(family.candidates)


def _grid(family, rng):
    """Lay demand on crossings of a square and candidates on some of them."""
    side = int(np.ceil(np.sqrt(family.demands)))
    step = np.sqrt(np.pi) * _radius_m(family) / side
    node = np.column_stack(np.divmod(np.arange(side * side), side)) * step
    at = rng.permutation(len(node))
    return node[at[: family.demands]], node[at[: family.candidates]]


def _radius_m(family):
    """Return the radius of a round city in which so many sites are in reach of a demand."""
    return family.reach_m * np.sqrt(family.candidates / _SITES_IN_REACH)


def ways_of(demand, candidate, reach_m):
    """Return the catchments of planar ways within `reach_m`, (sites,) or one for all."""
    near = cKDTree(demand).query_ball_point(candidate, reach_m, return_sorted=True)
    point = np.concatenate([np.array(rows, np.int32) for rows in near])
    site = np.repeat(np.arange(len(candidate), dtype=np.int32), [len(rows) for rows in near])
    way = np.linalg.norm(demand[point] - candidate[site], axis=1).astype(np.float32)
    return Catchments.of_pairs(site, point, way, len(candidate), len(demand))


def question(family):
    """Return what a planner's question hands the solver: choice, plain covering, data."""
    demand, candidate, workers = city(family)
    reach = np.full(family.candidates, family.reach_m)
    if family.shape == "one_best":
        reach[0] *= 20
    pairs = ways_of(demand, candidate, reach)
    forced, forbidden = _marks(family)
    problem = CoveringProblem(
        covers=covering_matrix(pairs.site, pairs.point, pairs.n_sites, pairs.n_points),
        weight=workers,
        rules=_rules(candidate, family),
        conflicts=too_near(candidate, SPACING_M if "spacing" in family.rules else 0.0),
        forced=forced,
        forbidden=forbidden,
    )
    is_centre = family.kind is ModelKind.P_CENTRE
    wide = ways_of(demand, candidate, _WIDE_M) if is_centre else None
    data = ModelData(
        pairs=pairs,
        weight=workers,
        already=np.zeros(family.demands, bool),
        districts=_strips(demand),
        limit=float(reach.max()),
        in_seconds=False,
        way_now=np.full(family.demands, np.inf),
        capacity=_room(workers, family),
        xy_m=candidate,
    )
    return ModelChoice(kind=family.kind, wide=wide, target=0.5), problem, data


def _marks(family):
    """Return which candidates are fixed and which forbidden."""
    forced, forbidden = np.zeros((2, family.candidates), bool)
    if "fixed" in family.rules:
        at = np.random.default_rng(family.seed).permutation(family.candidates)
        forced[at[: family.sites // 5]] = True
        forbidden[at[-family.candidates * 3 // 10 :]] = True
    return forced, forbidden


def _rules(candidate, family):
    """Return the count, and money with minima where asked."""
    counted = (count_rule(family.candidates, family.sites),)
    if not {"money", "tight", "impossible"} & set(family.rules):
        return () if family.kind.seeks_fewest else counted
    rng = np.random.default_rng(family.seed)
    cost = np.rint(rng.lognormal(0, 0.5, len(candidate)) * 20) * 1_000 + 5_000
    strip, each = np.array(_strips(candidate)), max(1, family.sites // 20)
    budget = float(family.sites * np.median(cost))
    if "money" not in family.rules:
        cheapest = [np.sort(cost[strip == one])[:each].sum() for one in np.unique(strip)]
        budget = sum(cheapest) - YUAN_A_UNIT * ("impossible" in family.rules)
    ruled = (budget_rule(cost, budget), *class_rules(strip.tolist(), each))
    return ruled + counted if family.kind is ModelKind.P_DISPERSION else ruled


def _strips(points):
    """Return ten districts of as many points each, west to east."""
    edges = np.quantile(points[:, 0], np.arange(0.1, 1, 0.1))
    return [f"{one}" for one in np.digitize(points[:, 0], edges)]


def _room(workers, family):
    """Return visitors a day of each candidate: all together about half of what is asked for."""
    rng = np.random.default_rng(family.seed)
    each = workers.sum() * VISITS_PER_WORKER_DAY / (2 * family.sites)
    return np.rint(each * rng.lognormal(0, 0.5, family.candidates))


def smaller(family):
    """Return a small city of the same kind, on which code is compiled."""
    return replace(family, demands=400, candidates=60, reach_m=900.0, sites=20)
