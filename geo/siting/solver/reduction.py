"""The same problem with fewer rows: demand nobody can cover, and demand covered alike.

Rows with identical covering sets are one row of their summed weight (Church 1984). Two
independent 64-bit hashes of the covering set tell them apart; two different sets meet by chance
with probability below 1e-27 for 100,000 rows.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geo.arrays import Ints
from geo.siting.models.covering_problem import CoveringProblem, covering_matrix

_MIX = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], np.uint64)


def aggregate(problem: CoveringProblem) -> CoveringProblem:
    """Merge demand rows that the same candidates cover and drop those worth nothing.

    The value and the feasibility of every choice stay what they were, apart from the weight of
    demand that no allowed candidate covers (it is covered by no choice either).
    """
    return merge_alike(problem, np.zeros(len(problem.weight), np.int64))[0]


def merge_alike(problem: CoveringProblem, kind: Ints) -> tuple[CoveringProblem, Ints]:
    """Merge, as :func:`aggregate`, only rows of one `kind` (m,); return each new row's first one."""
    covers = problem.covers
    allowed = np.repeat(~problem.forbidden, np.diff(covers.indptr))
    rows = np.repeat(np.arange(problem.n_candidates), np.diff(covers.indptr))
    keep = allowed & (problem.weight[covers.indices] > 0)
    rows, columns = rows[keep], covers.indices[keep]
    marks = _hashes(problem.n_candidates + int(kind.max(initial=0)))
    sums = np.zeros((covers.shape[1], 2), np.uint64)
    sums[kind > 0] = marks[problem.n_candidates + kind[kind > 0] - 1]
    for k in range(2):
        np.add.at(sums[:, k], columns, marks[rows, k])
    used = np.unique(columns)
    key = np.ascontiguousarray(sums[used]).view([("a", np.uint64), ("b", np.uint64)]).ravel()
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    group = rank[group]
    weight = np.bincount(group, problem.weight[used], minlength=len(first))
    new_of = np.full(covers.shape[1], -1)
    firsts = used[first[order]]
    new_of[firsts] = np.arange(len(first))
    kept = new_of[columns] >= 0

    matrix = covering_matrix(rows[kept], new_of[columns[kept]], problem.n_candidates, len(first))
    return replace(problem, covers=matrix, weight=weight.astype(np.float64)), firsts


def among(problem: CoveringProblem, rows: NDArray[np.int64]) -> CoveringProblem:
    """Return the problem among candidates `rows` (k,) only, its demand aggregated."""
    new = np.full(problem.n_candidates, -1)
    new[rows] = np.arange(len(rows))
    ends = new[problem.conflicts]
    part = replace(
        problem,
        covers=problem.covers[rows],
        rules=tuple(replace(rule, coefficient=rule.coefficient[rows]) for rule in problem.rules),
        conflicts=ends[(ends >= 0).all(axis=1)],
        forced=problem.forced[rows],
        forbidden=problem.forbidden[rows],
    )
    return aggregate(part)


def _hashes(n: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint64]]:
    """Return (n, 2) well mixed numbers, the same on every machine (splitmix64)."""
    with np.errstate(over="ignore"):
        x = (np.arange(1, n + 1, dtype=np.uint64)[:, None]) * _MIX
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed: np.ndarray[tuple[int, ...], np.dtype[np.uint64]] = x ^ (x >> np.uint64(31))
    return mixed
