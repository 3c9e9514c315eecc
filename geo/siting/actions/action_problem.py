"""The covering problem of all actions: its columns are actions, its rows worker-hours.

A candidate is a :class:`~geo.siting.actions.action.PossibleAction`, a demand row the hours of a week at which
workers at one place have one need that nothing serves (:mod:`geo.siting.actions.worker_hours`). A movable
station is a choice between staying and one of its moves, exactly one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product

import geopandas as gpd
import numpy as np

from geo.arrays import Flags, Floats
from geo.layers.vocabulary import Action
from geo.siting.actions.action import PossibleAction, least_missed, moves_to, possible_actions
from geo.siting.actions.action_rules import ActionConstraints, ActionCosts
from geo.siting.actions.need import Need
from geo.siting.actions.overflow import DemandRows, everyone_served, split_overflow
from geo.siting.actions.situation import Situation
from geo.siting.actions.worker_hours import FixedStations, WorkerHours, worker_hours
from geo.siting.models.covering_problem import CoveringProblem, Pairs, too_near
from geo.siting.models.linear_rule import (
    LinearRule,
    budget_rule,
)
from geo.siting.models.site_rules import flags_of, funding_rules, text_of, xy_m_of
from geo.siting.plan.phases import by_gain
from geo.siting.solver.covering import CoveringAnswer
from geo.siting.solver.local_search import CandidateSet
from geo.text import Text

_MOVES_EACH = 8
"""Chosen: candidates a station may move to; the nearest that serve most."""


@dataclass(frozen=True, slots=True, eq=False)
class ActionProblem:
    """The problem, and what its rows and columns are."""

    actions: list[PossibleAction]
    people: DemandRows
    hours: WorkerHours
    problem: CoveringProblem
    n_bounds: int

    @property
    def stays(self) -> Flags:
        """Which actions leave a movable station where it is."""
        return np.array([possible.action is None for possible in self.actions], np.bool_)

    @property
    def before(self) -> float:
        """What is served as things stand."""
        return float(self.hours.standing.sum()) + self.problem.value(self.stays)

    def without_idle(self, answer: CoveringAnswer) -> CoveringAnswer:
        """Give up what costs money and serves nobody beside the rest."""
        choice = CandidateSet(replace(self.problem, rules=(), conflicts=self.problem.conflicts[:0]))
        for row in np.flatnonzero(answer.chosen).tolist():
            choice.add(row)
        bound_below = any(np.isfinite(rule.low) for rule in self.problem.rules[: self.n_bounds])
        for row in np.flatnonzero(answer.chosen & ~self.problem.forced & ~self.stays).tolist():
            moved = self.actions[row].action is Action.RELOCATE
            if not bound_below and not moved and choice.lost_without(row) <= 0:
                choice.drop(row)
        return replace(answer, chosen=choice.chosen)

    def ranked(self, chosen: Flags) -> list[int]:
        """Return the chosen rows: stations that stay, then what brings most first."""
        stays = np.flatnonzero(chosen & self.stays).tolist()
        return stays + by_gain(self.problem, stays, chosen & ~self.stays)


def action_problem(
    now: Situation, rules: ActionConstraints, costs: ActionCosts, needs: Sequence[Need]
) -> ActionProblem:
    """List the actions, the worker-hours each serves, and the rules and conflicts between them.

    Raises
    ------
    BadInputError
        If a cost is missing while money is bounded, or values do not fit.
    """
    workers = now.demand["workers"].to_numpy(np.float64)
    people = _people(now, rules, costs, workers)
    moves = _moves(now, rules, costs, workers, people)
    full = np.unique(people.full_at[people.full_at >= 0])
    actions = possible_actions(now.stations, now.candidates, costs, needs, full=full, moves=moves)
    fixed = np.setdiff1d(np.arange(now.n_stations), list(moves))
    standing = FixedStations(
        fixed,
        [text_of(value) for value in now.stations["opening_hours"].iloc[fixed]],
        [frozenset(text_of(v).split(";")) - {""} for v in now.stations["amenities"].iloc[fixed]],
    )
    hours = worker_hours(
        actions,
        standing,
        now.places,
        people,
        needs,
        now.active,
        now.demand["group"].astype(str).tolist(),
        now.monday,
    )
    bounds = _bounds(now, rules, actions)
    one_of = [_exactly_one(row, actions, now) for row in moves]
    problem = CoveringProblem(
        covers=hours.covers,
        weight=hours.weight,
        rules=(*bounds, *one_of),
        conflicts=_conflicts(now, rules.spacing_m, actions),
        forced=_marked(now.candidates, "fixed", actions),
        forbidden=_marked(now.candidates, "forbidden", actions),
        conflict_text=Text(
            "互斥的措施（间距不足、同一处房屋或同一站点）",
            "actions that exclude each other (too near, the same premises or station)",
        ),
    )
    return ActionProblem(actions, people, hours, problem, len(bounds))


def _people(
    now: Situation, rules: ActionConstraints, costs: ActionCosts, workers: Floats
) -> DemandRows:
    if rules.visits_per_worker_day is None or "capacity" not in now.stations:
        return everyone_served(workers)
    room = now.stations["capacity"].to_numpy(np.float64, na_value=np.inf)
    return split_overflow(
        workers,
        now.of_stations(),
        room,
        visits_per_worker_day=rules.visits_per_worker_day,
        capacity_step=costs.capacity_step,
    )


def _moves(
    now: Situation,
    rules: ActionConstraints,
    costs: ActionCosts,
    workers: Floats,
    people: DemandRows,
) -> dict[int, list[int]]:
    """Return which stations may move where; never one that is full or whose hours are unknown."""
    if not rules.movable or costs.move_cny is None:
        return {}
    stations = now.of_stations()
    movable = least_missed(stations, workers, rules.movable)
    known = np.array([bool(text_of(value)) for value in now.stations["opening_hours"]], np.bool_)
    movable = movable[~np.isin(movable, people.full_at) & known[movable]]
    covered = np.zeros(len(workers), np.bool_)
    covered[stations.point] = True
    site = now.places.site - now.n_stations
    new = (site >= 0) & ~covered[now.places.point]
    reached = np.bincount(
        site[new], workers[now.places.point[new]], minlength=len(now.candidates)
    ).astype(np.float64)
    reached[flags_of(now.candidates, "forbidden")] = 0.0
    return moves_to(
        movable.tolist(),
        xy_m_of(now.stations),
        xy_m_of(now.candidates),
        reached,
        within_m=rules.move_within_m,
        each=_MOVES_EACH,
    )


def _bounds(
    now: Situation, rules: ActionConstraints, actions: Sequence[PossibleAction]
) -> list[LinearRule]:
    cost = np.array([possible.cost_cny for possible in actions])
    bounds = [] if rules.budget_cny is None else [budget_rule(cost, rules.budget_cny)]
    bounds += funding_rules(
        cost,
        [_district(now, possible) for possible in actions],
        city_cny=rules.city_cny,
        district_cny=rules.district_cny,
        city_share=rules.city_share,
        names=now.names,
    )
    for action, most in sorted(rules.counts.items()):
        of_kind = np.array([possible.action is action for possible in actions], np.float64)
        name = Action(action).text
        text = Text(f"{name.zh}不超过 {most} 个", f"{name.en}: at most {most}")
        bounds.append(LinearRule(text, of_kind, high=float(most)))
    return bounds


def _district(now: Situation, possible: PossibleAction) -> str:
    at = possible.place - now.n_stations
    frame, row = (now.stations, possible.place) if at < 0 else (now.candidates, at)
    return text_of(frame["district"].iloc[row]) if "district" in frame else ""


def _exactly_one(station: int, actions: Sequence[PossibleAction], now: Situation) -> LinearRule:
    either = [m.target == station and m.action in {None, Action.RELOCATE} for m in actions]
    name = text_of(now.stations["name"].iloc[station])
    text = Text(f"“{name}”要么保留要么迁址", f'"{name}" either stays or moves')
    return LinearRule(text, np.array(either, np.float64), low=1.0, high=1.0)


def _conflicts(now: Situation, spacing_m: float, actions: Sequence[PossibleAction]) -> Pairs:
    """Pair what excludes each other: one place taken twice or too near; a move and a repair."""
    at: dict[int, list[int]] = {}
    moved: dict[int, list[int]] = {}
    improved: dict[int, list[int]] = {}
    for row, possible in enumerate(actions):
        if possible.place >= now.n_stations:
            at.setdefault(possible.place - now.n_stations, []).append(row)
        if possible.action is Action.RELOCATE:
            moved.setdefault(possible.target, []).append(row)
        elif possible.action not in {None, Action.OPEN}:
            improved.setdefault(possible.target, []).append(row)
    pairs = [pair for rows in at.values() for pair in combinations(rows, 2)]
    for first, second in too_near(xy_m_of(now.candidates), spacing_m).tolist():
        pairs += product(at.get(first, []), at.get(second, []))
    for station, rows in moved.items():
        pairs += product(rows, improved.get(station, []))
    return np.array(pairs, np.int64).reshape(-1, 2)


def _marked(candidates: gpd.GeoDataFrame, name: str, actions: Sequence[PossibleAction]) -> Flags:
    flags = flags_of(candidates, name)
    return np.array([m.action is Action.OPEN and bool(flags[m.target]) for m in actions], np.bool_)
