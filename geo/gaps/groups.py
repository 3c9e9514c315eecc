"""Demand points in the order of their gaps, and what adds up gap by gap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from geo.coverage.answer import Coverage
from geo.demand.whole import whole
from geo.gaps.causes import CAUSES, Blame
from geo.layers.vocabulary import Cause

Floats = NDArray[np.float64]

_PLACE_CAUSES = (Cause.TOO_FAR, Cause.LACKS_AMENITY, Cause.UNREACHABLE)


@dataclass(frozen=True, slots=True)
class GapGroups:
    """Gaps as groups of demand points.

    Attributes
    ----------
    points, start : (p,) int, (g + 1,) int
        Points of gap i are ``points[start[i]:start[i + 1]]``.
    seed : (g,) int
        The point of each gap with the most workers.
    workers : (p,) float64
        Workers of each of `points`.
    people, by_hour : (g,) float64, (g, 168) float64
        Workers, and workers unserved in each hour of the week.
    cause : (g,) int
        Index into CAUSES.
    """

    points: NDArray[np.intp]
    start: NDArray[np.intp]
    seed: NDArray[np.intp]
    workers: Floats
    people: Floats
    by_hour: Floats
    cause: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of gaps."""
        return len(self.seed)

    @classmethod
    def build(cls, coverage: Coverage, found: Blame, label: NDArray[np.intp]) -> GapGroups:
        """Group the points by `label`, the gap of each, -1 for none, (n,)."""
        points = np.flatnonzero(label >= 0)
        points = points[np.argsort(label[points], kind="stable")]
        n_gaps = int(label.max(initial=-1)) + 1
        start = np.searchsorted(label[points], np.arange(n_gaps + 1))
        workers = coverage.demand.workers[points]
        summing = csr_matrix((workers, np.arange(len(points)), start), (n_gaps, len(points)))
        busiest = np.lexsort((points, -workers, label[points]))
        seed = points[busiest[start[:-1]]]
        by_hour = summing @ found.missing[points].astype(np.float64)
        people = np.asarray(summing.sum(axis=1)).ravel()
        return cls(points, start, seed, workers, people, by_hour, found.cause[seed])

    def whole_workers(self) -> NDArray[np.int64]:
        """Return workers in whole, (g,): those of place causes add up to the uncovered ones."""
        answer = np.zeros(len(self), np.int64)
        of_place = np.isin(self.cause, [CAUSES.index(cause) for cause in _PLACE_CAUSES])
        for kind in (of_place, ~of_place):
            answer[kind] = whole(self.people[kind])
        return answer

    def totals(self, keys: NDArray[np.object_]) -> list[list[tuple[str, float]]]:
        """Return for every gap the workers by key of its points, (p,), most first.

        A missing key counts for nobody.
        """
        codes, words = pd.factorize(keys)
        gap = np.repeat(np.arange(len(self)), np.diff(self.start))
        known = codes >= 0
        table = csr_matrix(
            (self.workers[known], (gap[known], codes[known])), (len(self), len(words))
        )
        answer = []
        for row in range(len(self)):
            here = slice(table.indptr[row], table.indptr[row + 1])
            pairs = zip(words[table.indices[here]], table.data[here].tolist(), strict=True)
            told = [(str(key), value) for key, value in pairs if key]
            answer.append(sorted(told, key=lambda pair: (-pair[1], pair[0])))
        return answer
