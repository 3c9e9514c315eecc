"""A covering problem as data: what each action covers, what that is worth, and the rules.

The maximal covering location problem (Church & ReVelle 1974, Papers of the Regional Science
Association 32) with any linear rules over the actions:

    max  sum_i w_i z_i
    s.t. z_i <= sum_(j covers i) y_j        every demand i
         low_r <= sum_j a_rj y_j <= high_r  every rule r
         y_j + y_k <= 1                     every conflicting pair
         y_j in {0, 1}, 0 <= z_i <= 1

An action may be a site to open, or a station's longer hours, new amenity, larger room or move;
a demand row may be workers or worker-hours. The solver sees only this.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.arrays import Flags, Floats
from geo.errors import BadInputError
from geo.siting.models.linear_rule import (
    LinearRule,
)
from geo.text import Text

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Pairs = NDArray[np.int64]


def _no_pairs() -> Pairs:
    return np.empty((0, 2), np.int64)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CoveringProblem:
    """What can be chosen and what it covers.

    Attributes
    ----------
    covers : csr_matrix
        (n candidates, m demands), 1 where a candidate covers a demand; never dense.
    weight : (m,) float64
        What covering each demand is worth: workers or worker-hours, non-negative; 0 for demand
        that existing stations cover already.
    rules : tuple[LinearRule, ...]
        Counts, money, minima and maxima by class.
    conflicts : (k, 2) int64
        Candidates that exclude each other (too near, the same premises).
    forced, forbidden : (n,) bool
        Chosen, or not, whatever it brings.
    conflict_text : Text
        What a planner calls the conflicts.
    """

    covers: csr_matrix
    weight: Floats
    rules: tuple[LinearRule, ...] = ()
    conflicts: Pairs = field(default_factory=_no_pairs)
    forced: Flags = field(default_factory=lambda: np.zeros(0, np.bool_))
    forbidden: Flags = field(default_factory=lambda: np.zeros(0, np.bool_))
    conflict_text: Text = field(
        default_factory=lambda: Text("互斥的候选点", "candidates that clash")
    )

    def __post_init__(self) -> None:
        """Fill the masks left out and refuse sizes and weights that do not fit."""
        for name in ("forced", "forbidden"):
            if not len(getattr(self, name)):
                object.__setattr__(self, name, np.zeros(self.n_candidates, np.bool_))
        lengths = {len(self.forced), len(self.forbidden)}
        lengths |= {len(rule.coefficient) for rule in self.rules}
        if lengths != {self.n_candidates} or len(self.weight) != self.covers.shape[1]:
            raise BadInputError(
                Text(
                    f"选址数据的长度不一致：{self.n_candidates} 个候选点，另有 {sorted(lengths)}",
                    f"Lengths differ: {self.n_candidates} candidates, but {sorted(lengths)} given.",
                )
            )
        if not np.all(np.isfinite(self.weight)) or np.any(self.weight < 0):
            raise BadInputError(
                Text(
                    "需求点人数不能为负或缺失，请更正后重试。",
                    "Workers at a demand point must be 0 or more; correct them and retry.",
                )
            )
        both = np.flatnonzero(self.forced & self.forbidden)
        if len(both):
            raise BadInputError(
                Text(
                    f"第 {both[0] + 1} 个候选点同时标为必选和禁选，请去掉一个。",
                    f"Candidate row {both[0] + 1} is both fixed and forbidden; drop one.",
                )
            )

    @property
    def n_candidates(self) -> int:
        """How many actions there are to choose from."""
        return int(self.covers.shape[0])

    def covered(self, chosen: Flags) -> Flags:
        """Return (m,) whether each demand is covered by the (n,) chosen."""
        hit: Flags = np.zeros(self.covers.shape[1], np.bool_)
        hit[self.covers[np.flatnonzero(chosen)].indices] = True
        return hit

    def value(self, chosen: Flags) -> float:
        """Return the weight covered by the (n,) chosen."""
        return float(self.weight[self.covered(chosen)].sum())

    def broken(self, chosen: Flags) -> tuple[Text, ...]:
        """Name every rule the (n,) chosen break; empty when the choice is allowed."""
        names = []
        for rule in self.rules:
            used = float(rule.coefficient[chosen].sum())
            slack = 1e-9 * max(1.0, abs(used))
            if used < rule.low - slack or used > rule.high + slack:
                names.append(rule.text)
        if bool((chosen[self.conflicts[:, 0]] & chosen[self.conflicts[:, 1]]).any()):
            names.append(self.conflict_text)
        if bool((self.forced & ~chosen).any()):
            names.append(Text("必选的候选点", "fixed candidates"))
        if bool((self.forbidden & chosen).any()):
            names.append(Text("禁选的候选点", "forbidden candidates"))
        return tuple(names)


def covering_matrix(
    site: NDArray[np.integer], demand: NDArray[np.integer], n_sites: int, n_demands: int
) -> csr_matrix:
    """Make the 0/1 (n_sites, n_demands) matrix of sparse covering pairs, doubles merged."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415 (who reads rules needs no matrix)

    matrix = csr_matrix((np.ones(len(site)), (site, demand)), shape=(n_sites, n_demands))
    matrix.sum_duplicates()
    matrix.data[:] = 1.0
    return matrix


def too_near(xy_m: Floats, spacing_m: float) -> Pairs:
    """Return the (k, 2) pairs of points less than `spacing_m` apart (EPSG:4549 metres)."""
    if spacing_m <= 0 or not len(xy_m):
        return _no_pairs()
    points = np.asarray(shapely.points(xy_m))
    below_m = np.nextafter(spacing_m, 0.0)
    near = shapely.STRtree(points).query(points, predicate="dwithin", distance=below_m)
    first, second = near[:, near[0] < near[1]].astype(np.int64)
    return np.column_stack([first, second])[np.lexsort((second, first))]
