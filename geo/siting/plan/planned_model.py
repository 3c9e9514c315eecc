"""The textbook models as a planner picks them by name, filled in with the city's own data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from geo.arrays import Flags, Floats
from geo.coverage.rule import VISITS_PER_WORKER_DAY
from geo.errors import BadInputError
from geo.reach.catchments import Catchments
from geo.siting.models.covering_problem import CoveringProblem
from geo.siting.models.model import DEFAULT_TARGET, DEFAULT_TWICE, Model, ModelKind
from geo.siting.models.textbook import (
    backup_covering,
    capacitated_covering,
    capacitated_p_median,
    cost_saved,
    district_targets,
    gradual_covering,
    p_median_beside,
    set_covering,
)
from geo.siting.solver.covering import Effort
from geo.siting.solver.front import ModelAnswer, solve_model, status_of
from geo.siting.solver.lagrangian import is_plain_count, most_chosen
from geo.siting.solver.p_centre import shortest_radius
from geo.siting.solver.p_median import solve_p_median
from geo.solving import Progress, StoppingCriterion, never, silent
from geo.text import Text

_MINUTE_S = 60.0
"""Ways in seconds are told in minutes."""
_TABLE = 400_000
"""Entries of a full table of ways: up to there it is proven in seconds (the published pmed)."""
_STEPS = ((1 / 3, 1.0), (2 / 3, 0.6), (1.0, 0.3))
"""Chosen: up to which part of the limit a way counts how much, where the planner states no steps."""


_UNITS = {
    ModelKind.MCLP: Text("新增覆盖人数", "workers newly covered"),
    ModelKind.LSCP: Text(
        "站点数（候选点够得着的职工全部覆盖）", "sites (for all whom candidates reach)"
    ),
    ModelKind.PARTIAL: Text("站点数", "sites"),
    ModelKind.DISTRICT: Text("站点数", "sites"),
    ModelKind.P_MEDIAN: Text("节省的路程（人·分钟）", "worker-minutes of way saved"),
    ModelKind.P_CENTRE: Text("最长路程（分钟）", "longest way (minutes)"),
    ModelKind.CAPACITATED: Text("容量内新增服务人数", "workers newly served within room"),
    ModelKind.CLOSEST: Text("就近且容量内新增服务人数", "workers newly served by their nearest"),
    ModelKind.CAPACITATED_MEDIAN: Text(
        "容量内节省的路程（人·分钟）", "worker-minutes of way saved within room"
    ),
    ModelKind.P_DISPERSION: Text(
        "相距最近两站的直线距离（米）", "straight way between the two nearest sites (m)"
    ),
    ModelKind.GRADUAL: Text("按远近折算的新增覆盖人数", "workers newly covered, fading"),
    ModelKind.BACKUP: Text("折算覆盖人数（含双重覆盖）", "workers covered, second covers included"),
}
_METRES = {
    ModelKind.P_MEDIAN: Text("节省的路程（人·米）", "worker-metres of way saved"),
    ModelKind.P_CENTRE: Text("最长路程（米）", "longest way (metres)"),
    ModelKind.CAPACITATED_MEDIAN: Text(
        "容量内节省的路程（人·米）", "worker-metres of way saved within room"
    ),
}
"""The same where ways are metres along streets, not times."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ModelChoice:
    """Which model, and what it needs to know beyond the rules.

    Attributes
    ----------
    kind : ModelKind
        Which.
    target : float | Mapping[str, float]
        Share to reach, of PARTIAL and DISTRICT (there by district code if a mapping).
    cheapest : bool
        Whether the models that seek the fewest sites seek the cheapest instead.
    twice : float
        Worth of a second cover, of BACKUP.
    steps : Sequence[tuple[float, float]]
        ``(part of the limit, share)``, of GRADUAL.
    visits_per_worker_day : float
        Turns capacities (visitors a day) into workers.
    wide : Catchments | None
        Ways beyond the limit, of P_CENTRE.
    horizon : float
        How far `wide` holds every way.
    """

    kind: ModelKind = ModelKind.MCLP
    target: float | Mapping[str, float] = DEFAULT_TARGET
    cheapest: bool = False
    twice: float = DEFAULT_TWICE
    steps: Sequence[tuple[float, float]] = _STEPS
    visits_per_worker_day: float = VISITS_PER_WORKER_DAY
    wide: Catchments | None = None
    horizon: float = 0.0

    def unit(self, *, in_seconds: bool) -> Text:
        """Say what the model's value is, where ways are seconds or else metres."""
        if self.cheapest and self.kind.seeks_fewest:
            return Text("费用（元）", "cost (CNY)")
        return _UNITS[self.kind] if in_seconds else _METRES.get(self.kind, _UNITS[self.kind])


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ModelData:
    """The city's numbers the models are filled with.

    Attributes
    ----------
    pairs : Catchments
        Candidate to demand within `limit`.
    weight : (m,) float64
        Workers, times whatever factor they are chosen by.
    already : (m,) bool
        What existing stations cover.
    districts : Sequence[str]
        District of each demand row.
    limit : float
        In the unit of ``pairs.cost``.
    in_seconds : bool
        Whether that is seconds; metres otherwise.
    way_now : (m,) float64 | None
        Way to the nearest existing station.
    times_now : (m,) int64 | None
        How many existing stations are in reach.
    capacity, cost : (n,) float64
        Visitors a day (inf: not bounded) and yuan.
    names : Mapping[str, Text]
        What people call the districts.
    xy_m : (n, 2) float64 | None
        Candidates, EPSG:4549 metres.
    """

    pairs: Catchments
    weight: Floats
    already: Flags
    districts: Sequence[str]
    limit: float
    in_seconds: bool = True
    way_now: Floats | None = None
    times_now: np.ndarray[tuple[int, ...], np.dtype[np.int64]] | None = None
    capacity: Floats | None = None
    cost: Floats | None = None
    names: Mapping[str, Text] = field(default_factory=dict)
    xy_m: Floats | None = None

    @property
    def ways(self) -> Floats:
        """Ways to the nearest existing station; raise where they are not known."""
        if self.way_now is None:
            raise BadInputError(
                Text(
                    "该模型需要到最近现有站点的路程。",
                    "This model needs ways to existing stations.",
                )
            )
        return self.way_now


def solve_choice(
    choice: ModelChoice,
    problem: CoveringProblem,
    data: ModelData,
    *,
    seed: int = 0,
    effort: Effort | None = None,
    stop: StoppingCriterion = never,
    progress: Progress = silent,
) -> tuple[ModelAnswer, Model]:
    """Solve the model picked, with the rules, conflicts and marks of `problem` (plain covering).

    Raises
    ------
    InfeasibleError
        No choice keeps all rules and targets; the text names those that fight.
    """
    if choice.kind is ModelKind.P_CENTRE:
        everyone = replace(problem, weight=data.weight)
        centre = shortest_radius(
            everyone,
            choice.wide or data.pairs,
            data.ways,
            horizon=choice.horizon,
            seed=seed,
            stop=stop,
        )
        found = ModelAnswer(
            chosen=centre.chosen,
            value=centre.radius,
            bound=centre.lower_bound,
            gap=centre.gap,
            status=status_of(centre.gap),
        )
        return _in_minutes(found, data), Model(problem=problem)
    if choice.kind is ModelKind.P_DISPERSION:
        return _dispersed(problem, data, seed, stop), Model(problem=problem)
    model = _ruled(_model(choice, problem, data), problem)
    if choice.kind is ModelKind.P_MEDIAN:
        found = _by_table(problem, data, stop) or solve_model(
            model, seed=seed, effort=effort, stop=stop, progress=progress
        )
        return _in_minutes(_truly_saved(found, data), data), model
    found = solve_model(model, seed=seed, effort=effort, stop=stop, progress=progress)
    saves = choice.kind is ModelKind.CAPACITATED_MEDIAN
    return _in_minutes(found, data) if saves else found, model


def _dispersed(
    problem: CoveringProblem, data: ModelData, seed: int, stop: StoppingCriterion
) -> ModelAnswer:
    """Choose as many sites as the count allows, as far apart as can be; of those, the busiest."""
    if data.xy_m is None:
        raise BadInputError(
            Text("该模型需要候选点坐标。", "This model needs the candidates' places.")
        )
    from geo.siting.solver.p_dispersion import widest_spacing  # noqa: PLC0415 - for few plans

    workers = problem.covers @ problem.weight
    found = widest_spacing(
        problem, data.xy_m, most_chosen(problem), prefer=workers, seed=seed, stop=stop
    )
    return ModelAnswer(
        chosen=found.chosen,
        value=found.spacing_m,
        bound=found.upper_bound_m,
        gap=found.gap,
        status=status_of(found.gap),
    )


def _by_table(
    problem: CoveringProblem, data: ModelData, stop: StoppingCriterion
) -> ModelAnswer | None:
    """Solve the p-median on the full table of ways; None where it is too large or rules forbid.

    Existing stations are one site more that is always open, at the end of the table.
    """
    asked, free = np.flatnonzero(data.weight > 0), np.flatnonzero(~problem.forbidden)
    plain = not len(problem.conflicts) and all(map(is_plain_count, problem.rules))
    if not plain or not len(asked) or len(asked) * (len(free) + 1) > _TABLE:
        return None
    own = np.minimum(data.ways, data.limit)
    table = np.repeat(own[:, None], problem.n_candidates + 1, axis=1)
    pairs = data.pairs
    near = np.minimum(pairs.cost.astype(np.float64), own[pairs.point])
    table[pairs.point, pairs.site] = near
    columns = np.append(free, problem.n_candidates)
    count = min(most_chosen(problem), len(free))
    found = solve_p_median(
        table[np.ix_(asked, columns)],
        count + 1,
        weight=data.weight[asked],
        forced=np.append(problem.forced[free], True),
        stop=stop,
    )
    chosen = np.zeros(problem.n_candidates, np.bool_)
    chosen[free[found.chosen[:-1]]] = True
    whole = float(data.weight @ own)
    value, bound = whole - found.cost, whole - found.lower_bound
    return ModelAnswer(
        chosen=chosen, value=value, bound=bound, gap=found.gap, status=status_of(found.gap)
    )


def _truly_saved(found: ModelAnswer, data: ModelData) -> ModelAnswer:
    """Count the ways as they are: the model may have taken them rounded down, never its bound."""
    value = cost_saved(data.pairs, data.weight, found.chosen, now=data.ways, limit=data.limit)
    bound = max(found.bound, value)
    gap = (bound - value) / bound if bound > 0 else 0.0
    return replace(found, value=value, bound=bound, gap=gap, status=status_of(gap))


def _in_minutes(found: ModelAnswer, data: ModelData) -> ModelAnswer:
    scale = 1 / _MINUTE_S if data.in_seconds else 1.0
    return replace(found, value=found.value * scale, bound=found.bound * scale)


def _ruled(model: Model, problem: CoveringProblem) -> Model:
    """Give the model the planner's rules in the place of the textbook's count."""
    ruled = replace(
        model.problem,
        rules=problem.rules,
        conflicts=problem.conflicts,
        forced=problem.forced,
        forbidden=problem.forbidden,
        conflict_text=problem.conflict_text,
    )
    return replace(model, problem=ruled)


def _model(choice: ModelChoice, problem: CoveringProblem, data: ModelData) -> Model:
    build = _BUILDERS.get(choice.kind)
    return Model(problem=problem) if build is None else build(choice, problem, data)


def _all(choice: ModelChoice, problem: CoveringProblem, data: ModelData) -> Model:
    in_reach = problem.covered(~problem.forbidden)
    asked = np.flatnonzero((problem.weight > 0) & in_reach)
    return set_covering(problem.covers[:, asked], cost=data.cost if choice.cheapest else None)


def _targets(choice: ModelChoice, problem: CoveringProblem, data: ModelData) -> Model:
    return district_targets(
        problem.covers,
        data.weight,
        data.districts,
        choice.target,
        covered=data.already,
        cost=data.cost if choice.cheapest else None,
        names=data.names,
    )


def _city_target(choice: ModelChoice, problem: CoveringProblem, data: ModelData) -> Model:
    if isinstance(choice.target, Mapping):
        raise BadInputError(
            Text("全市目标覆盖率须为一个数。", "The city's target must be one share.")
        )
    whole = replace(data, districts=["*"] * len(data.weight), names={"*": Text("全市", "the city")})
    return _targets(choice, problem, whole)


def _fading(choice: ModelChoice, problem: CoveringProblem, data: ModelData) -> Model:
    del problem
    steps = [(data.limit * part, share) for part, share in choice.steps]
    return gradual_covering(data.pairs, data.weight, 1, steps=steps, existing=data.ways)


def _median(choice: ModelChoice, problem: CoveringProblem, data: ModelData) -> Model:
    del choice, problem
    return p_median_beside(data.pairs, data.weight, 1, now=data.ways, limit=data.limit)


def _median_within_room(choice: ModelChoice, problem: CoveringProblem, data: ModelData) -> Model:
    """Fill in the capacitated p-median: stations there are have room, whoever keeps to them."""
    room = np.full(problem.n_candidates, np.inf) if data.capacity is None else data.capacity
    own, pairs = np.minimum(data.ways, data.limit), data.pairs
    saved = own[pairs.point] - pairs.cost.astype(np.float64)
    return capacitated_p_median(pairs, data.weight, saved, room / choice.visits_per_worker_day, 1)


def _backup(choice: ModelChoice, problem: CoveringProblem, data: ModelData) -> Model:
    times = data.times_now
    return backup_covering(problem.covers, data.weight, 1, twice=choice.twice, times=times)


def _within_room(choice: ModelChoice, problem: CoveringProblem, data: ModelData) -> Model:
    room = np.full(problem.n_candidates, np.inf) if data.capacity is None else data.capacity
    return capacitated_covering(
        problem.covers,
        problem.weight,
        room / choice.visits_per_worker_day,
        1,
        way=data.pairs.csr() if choice.kind is ModelKind.CLOSEST else None,
    )


_BUILDERS: Mapping[ModelKind, Callable[[ModelChoice, CoveringProblem, ModelData], Model]] = {
    ModelKind.LSCP: _all,
    ModelKind.PARTIAL: _city_target,
    ModelKind.DISTRICT: _targets,
    ModelKind.P_MEDIAN: _median,
    ModelKind.GRADUAL: _fading,
    ModelKind.BACKUP: _backup,
    ModelKind.CAPACITATED: _within_room,
    ModelKind.CAPACITATED_MEDIAN: _median_within_room,
    ModelKind.CLOSEST: _within_room,
}
"""How each model is filled in; plain covering needs nothing more than the problem."""
