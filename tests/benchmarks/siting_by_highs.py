"""The peer: HiGHS, as it comes, on the same aggregated rows and the textbook's programs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_matrix, diags, eye, hstack, vstack
from scipy.spatial.distance import pdist

from geo.highs import Highs, Program
from geo.siting.models.covering_problem import covering_matrix, too_near
from geo.siting.models.model import ModelKind
from geo.siting.models.textbook import gradual_covering, p_median_beside
from geo.siting.solver.exact import solve_mip
from geo.siting.solver.lagrangian import most_chosen, rules_as_rows
from geo.siting.solver.reduction import aggregate

_ALL = 1_000_000
"""Nodes: as many as it takes."""


def by_highs(choice, problem, data, stop):
    """Return value and bound that HiGHS alone comes to; both infinite where it found nothing."""
    solve = {
        ModelKind.LSCP: _fewest,
        ModelKind.PARTIAL: _target,
        ModelKind.DISTRICT: _target,
        ModelKind.P_CENTRE: _by_bisection,
        ModelKind.P_DISPERSION: _dispersed,
        ModelKind.BACKUP: _twice,
        ModelKind.CAPACITATED: _within_room,
        ModelKind.CAPACITATED_MEDIAN: _within_room,
    }.get(choice.kind, _covered)
    return solve(choice, problem, data, stop)


def phases_by_highs(problem, early, stop):
    """Return what a best plan covers, then the most its first `early` sites do, and the bound."""
    rows = aggregate(problem)
    plan = solve_mip(rows, None, nodes=_ALL, presolve=True, stop=stop)
    if plan.chosen is None:
        return -np.inf, np.inf
    n, m = rows.covers.shape
    by_demand, none = rows.covers.T, csr_matrix((m, n))
    # Columns: chosen, chosen early, covered early, covered.
    blocks = [
        (hstack([none, by_demand, -eye(m), csr_matrix((m, m))]), 0.0, np.inf),
        (hstack([by_demand, none, csr_matrix((m, m)), -eye(m)]), 0.0, np.inf),
        (hstack([-eye(n), eye(n), csr_matrix((n, 2 * m))]), -np.inf, 0.0),
        (np.concatenate([np.zeros(n), np.ones(n), np.zeros(2 * m)])[None], -np.inf, early),
        (np.concatenate([np.zeros(2 * n + m), rows.weight])[None], rows.value(plan.chosen), np.inf),
    ]
    whole = [(csr_matrix(a), *(np.full(a.shape[0], b) for b in ends)) for a, *ends in blocks]
    gain = np.concatenate([np.zeros(2 * n), rows.weight, np.zeros(m)])
    return _most(problem, whole, gain, stop, n_integer=2 * n)


def _covered(choice, problem, data, stop):
    """Maximise what is covered, on the rows of the model."""
    model = {
        ModelKind.GRADUAL: lambda: gradual_covering(
            data.pairs,
            data.weight,
            1,
            steps=[(data.limit * part, share) for part, share in choice.steps],
        ),
        ModelKind.P_MEDIAN: lambda: p_median_beside(
            data.pairs, data.weight, 1, now=data.way_now, limit=data.limit
        ),
    }.get(choice.kind)
    rows = problem
    if model is not None:
        kept = ("rules", "conflicts", "forced", "forbidden")
        rows = replace(model().problem, **{name: getattr(problem, name) for name in kept})
    found = solve_mip(aggregate(rows), None, nodes=_ALL, presolve=True, stop=stop)
    return -np.inf if found.chosen is None else rows.value(found.chosen), found.bound


def _fewest(choice, problem, data, stop):
    """Cover all that can be with the fewest sites: ``min sum y, A y >= 1``."""
    del choice, data
    rows = aggregate(problem).covers.T.tocsr()
    found = _least(rows, problem, np.ones(problem.n_candidates), stop)
    value = float((found.values > 0.5).sum()) if found.has_answer else np.inf
    return value, -found.ceiling


def _target(choice, problem, data, stop):
    """Reach a share of all, or of every district: ``min sum y, z <= sum y, sum w z >= share W``."""
    n, m = problem.covers.shape
    district = choice.kind is ModelKind.DISTRICT
    names = np.array(data.districts) if district else np.full(m, "*")
    member = np.array([names == name for name in np.unique(names)], float) * data.weight
    blocks = [
        (hstack([problem.covers.T, -eye(m)]), np.zeros(m), np.full(m, np.inf)),
        (
            hstack([csr_matrix((len(member), n)), csr_matrix(member)]),
            choice.target * member.sum(axis=1),
            np.full(len(member), np.inf),
        ),
    ]
    spent = np.concatenate([-np.ones(n), np.zeros(m)])
    value, bound = _most(problem, blocks, spent, stop)
    return -value, -bound


def _twice(choice, problem, data, stop):
    """Second covers count for less: ``max sum w (z + t u), z + u <= sum y``."""
    del data
    rows = aggregate(problem)
    n, m = rows.covers.shape
    cover = hstack([rows.covers.T, -eye(m), -eye(m)])
    gain = np.concatenate([np.zeros(n), rows.weight, choice.twice * rows.weight])
    return _most(problem, [(cover, np.zeros(m), np.full(m, np.inf))], gain, stop)


def _within_room(choice, problem, data, stop):
    """Serve within room: ``max sum w s x, sum_j x <= 1, x <= y, sum_i w x <= k y``."""
    saves = choice.kind is ModelKind.CAPACITATED_MEDIAN
    rows = problem if saves else aggregate(problem)
    n, m = rows.covers.shape
    pairs = rows.covers.tocoo()
    size, each = len(pairs.row), np.arange(len(pairs.row))
    room = np.minimum(data.capacity / choice.visits_per_worker_day, rows.covers @ rows.weight)
    weight = rows.weight[pairs.col]
    saved = data.limit - data.pairs.csr()[pairs.row, pairs.col].A1 if saves else np.ones(size)
    once = hstack([csr_matrix((m, n)), csr_matrix((np.ones(size), (pairs.col, each)))])
    chosen = hstack([csr_matrix((np.ones(size), (each, pairs.row)), (size, n)), -eye(size)])
    within = hstack([diags(room), csr_matrix((-weight, (pairs.row, each)), (n, size))])
    blocks = [
        (once, np.zeros(m), np.ones(m)),
        (chosen, np.zeros(size), np.ones(size)),
        (within, np.zeros(n), room),
    ]
    return _most(problem, blocks, np.concatenate([np.zeros(n), weight * saved]), stop)


def _most(problem, blocks, gain, stop, n_integer=None):
    """Return value and bound of HiGHS after ``max gain x`` with the rules and `blocks` of rows kept."""
    n = problem.n_candidates
    rules, limit = rules_as_rows(problem)
    counted = vstack([rules, csr_matrix(np.ones((1, n)))])
    matrix, low, high = zip(*blocks, strict=True)
    most = np.append(limit, most_chosen(problem))
    rest = len(gain) - n
    highs = Highs(stop=stop)
    highs.load(
        Program(
            matrix=vstack([hstack([counted, csr_matrix((len(most), rest))]), *matrix], "csr"),
            low=np.concatenate([np.full(len(most), -np.inf), *low]),
            high=np.concatenate([most, *high]),
            cost=gain,
            upper=np.concatenate([~problem.forbidden, np.ones(rest)]),
            lower=np.concatenate([problem.forced, np.zeros(rest)]),
            n_integer=n_integer or n,
        )
    )
    highs.run()
    return highs.objective if highs.has_answer else -np.inf, highs.ceiling


def _by_bisection(choice, problem, data, stop):
    """Bisect over the ways there are; each step is a set covering within the rules."""
    pairs = choice.wide
    asked = np.flatnonzero(data.weight > 0)
    steps = np.unique(pairs.cost)
    low, high = 0, len(steps) - 1
    while low < high and not stop():
        middle = (low + high) // 2
        near = pairs.cost <= steps[middle]
        rows = covering_matrix(
            pairs.point[near], pairs.site[near], pairs.n_points, problem.n_candidates
        )[asked]
        found = _least(rows, problem, np.zeros(problem.n_candidates), stop)
        if not found.is_infeasible and not found.has_answer:
            break
        low, high = (middle + 1, high) if found.is_infeasible else (low, middle)
    return float(steps[high]), float(steps[low])


def _dispersed(choice, problem, data, stop):
    """Bisect over the distances; each step asks for p sites of which no two lie nearer."""
    del choice
    steps, p = np.unique(pdist(data.xy_m)), most_chosen(problem)
    low, high = 0, len(steps) - 1
    n, value = problem.n_candidates, -np.inf
    while low < high and not stop():
        middle = (low + high + 1) // 2
        near = too_near(data.xy_m, float(steps[middle]))
        each = np.arange(len(near)).repeat(2)
        apart = csr_matrix((np.ones(2 * len(near)), (each, near.ravel())), (len(near), n))
        blocks = [
            (csr_matrix(np.ones((1, n))), np.array([p]), np.array([np.inf])),
            (apart, np.full(len(near), -np.inf), np.ones(len(near))),
        ]
        found, ceiling = _most(problem, blocks, np.zeros(n), stop)
        if np.isfinite(found):
            low, value = middle, steps[middle]
        elif ceiling == -np.inf:
            high = middle - 1
        else:
            break
    return float(value), float(steps[high])


def _least(rows, problem, cost, stop):
    """Return HiGHS after ``min cost y`` with every row covered and the rules kept."""
    rules, limit = rules_as_rows(problem)
    count = most_chosen(problem)
    matrix = vstack([rows, rules, csr_matrix(np.ones((1, problem.n_candidates)))], "csr")
    low = np.concatenate([np.ones(rows.shape[0]), np.full(len(limit) + 1, -np.inf)])
    high = np.concatenate([np.full(rows.shape[0], np.inf), limit, [count]])
    highs = Highs(stop=stop)
    highs.load(
        Program(
            matrix=matrix,
            low=low,
            high=high,
            cost=-cost,
            upper=(~problem.forbidden).astype(float),
            lower=problem.forced.astype(float),
            n_integer=len(cost),
        )
    )
    highs.run()
    return highs
