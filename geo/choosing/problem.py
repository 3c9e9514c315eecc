"""The maximal covering problem as data (Church & ReVelle 1974)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class CoveringProblem:
    """Candidates, demand and rules."""

    site: Ints
    demand: Ints
    weight: Floats
    n_sites: int
    count: int
    cost: Floats | None = None
    budget: float = np.inf
    group: Ints | None = None
    minimum: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    fixed: Flags | None = None
    forbidden: Flags | None = None
    conflicts: Ints = field(default_factory=lambda: np.empty((0, 2), np.int32))

    @property
    def may_open(self) -> Flags:
        """Candidates that are not forbidden, (n_sites,)."""
        return np.ones(self.n_sites, np.bool_) if self.forbidden is None else ~self.forbidden

    @property
    def must_open(self) -> Flags:
        """Candidates that are fixed, (n_sites,)."""
        return np.zeros(self.n_sites, np.bool_) if self.fixed is None else self.fixed

    @property
    def groups(self) -> Ints:
        """District number of each candidate, (n_sites,)."""
        return np.zeros(self.n_sites, np.int32) if self.group is None else self.group

    @property
    def costs(self) -> Floats:
        """Cost of each candidate, (n_sites,)."""
        return np.zeros(self.n_sites) if self.cost is None else self.cost

    @cached_property
    def covers(self) -> csr_matrix:
        """Who covers whom as a (n_sites, n) matrix of ones."""
        ones = np.ones(len(self.site), np.float64)
        return csr_matrix((ones, (self.site, self.demand)), (self.n_sites, len(self.weight)))

    def reach(self, site: int) -> Ints:
        """Return the demand rows one candidate would cover."""
        rows: Ints = self.covers.indices[self.covers.indptr[site] : self.covers.indptr[site + 1]]
        return rows

    def times_covered(self, chosen: Ints) -> Ints:
        """Return how many of the `chosen` sites cover each demand row, (n,)."""
        return np.asarray(self.covers[chosen].sum(axis=0)).ravel().astype(np.int32)

    def covered(self, chosen: Ints) -> float:
        """Return the weight the `chosen` sites cover."""
        return float(self.weight[self.times_covered(chosen) > 0].sum())

    def allows(self, chosen: Ints) -> bool:
        """Whether `chosen` keeps every rule."""
        picked = np.zeros(self.n_sites, np.bool_)
        picked[chosen] = True
        held = np.bincount(self.groups[picked], minlength=int(self.groups.max(initial=0)) + 1)
        return bool(
            picked.sum() <= self.count
            and self.costs[picked].sum() <= self.budget + 1e-6
            and (picked & ~self.may_open).sum() == 0
            and (self.must_open & ~picked).sum() == 0
            and not picked[self.conflicts].all(axis=1).any()
            and all(held[group] >= least for group, least in self.minimum.items())
        )

    def aggregated(self) -> CoveringProblem:
        """Join demand rows that the same candidates cover; the optimum stays the same."""
        useful = self.may_open[self.site] & (self.weight[self.demand] > 0)
        site, demand = self.site[useful], self.demand[useful]
        mark = np.random.default_rng(0).integers(1, 2**62, (self.n_sites, 2), dtype=np.int64)
        prints = np.zeros((len(self.weight), 2), np.int64)
        np.add.at(prints, demand, mark[site])
        _, first, row = np.unique(prints, axis=0, return_index=True, return_inverse=True)
        row = row.ravel()
        weight = np.bincount(row, self.weight, minlength=len(first)).astype(np.float64)
        kept = np.isin(demand, first)
        return replace(
            self, site=site[kept], demand=row[demand[kept]].astype(np.int32), weight=weight
        )
