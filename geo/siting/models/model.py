"""A siting model as data: the covering problem, what is sought, and what else holds.

    max  sum_i w_i (z_i + t u_i)                    goal COVER
    max  sum_ij w_i s_ij x_ij                       goal COVER, with what each assignment saves
    min  sum_j c_j y_j                              goal SPEND
    s.t. z_i + u_i <= e_i + sum_(j covers i) y_j    every demand; u_i only where t > 0
         z_i <= sum_j x_ij, x_ij <= y_j, sum_i w_i x_ij <= k_j y_j    with capacities k
         x_ij <= 1 - y_l for every l nearer to i than j               with closest assignment
         sum_(i in f) w_i z_i >= L_f                every floor f
         the rules, conflicts, forced and forbidden of the covering problem

Every model of :mod:`geo.siting.models.textbook` is a choice of these fields; :func:`geo.siting.solver.front.solve`
solves any of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geo.arrays import Flags, Floats
from geo.errors import BadInputError
from geo.layers.vocabulary import Word
from geo.siting.models.covering_problem import CoveringProblem
from geo.text import Text

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


class Goal(StrEnum):
    """What is sought."""

    COVER = "cover"
    SPEND = "spend"
    WAY = "way"
    LONGEST_WAY = "longest_way"


@dataclass(frozen=True, slots=True, eq=False)
class Floor:
    """At least `least` of the weight of some demand must be covered.

    Attributes
    ----------
    text : Text
        What a planner calls it; shown when rules fight.
    member : (m,) bool
        Which demand counts towards it.
    least : float
        Weight, in the units of the problem.
    """

    text: Text
    member: Flags
    least: float


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Model:
    """Any of the siting models.

    Attributes
    ----------
    problem : CoveringProblem
        What covers what, weights and rules.
    goal : Goal
        What is sought.
    cost : (n,) float64 | None
        What SPEND adds up; one each when None.
    floors : tuple[Floor, ...]
        What must be covered at least.
    twice : float
        Worth of a second cover against the first; 0 when it does not count.
    times : (m,) int64 | None
        How often existing stations cover each demand already.
    capacity : (n,) float64 | None
        Weight each candidate can take.
    saved : csr_matrix | None
        (n, m) what a unit of weight saves where it is served, in the pattern of
        ``problem.covers``; asks for capacities. COVER then adds up what is saved.
    way : csr_matrix | None
        (n, m) ways in the pattern of ``problem.covers``: each demand then goes to the nearest
        chosen candidate only, room or no room.
    ways : (m, n) float64 | None
        All ways, for the goals WAY and LONGEST_WAY; inf where there is none.
    count : int
        Candidates of the goals WAY and LONGEST_WAY.
    """

    problem: CoveringProblem
    goal: Goal = Goal.COVER
    cost: Floats | None = None
    floors: tuple[Floor, ...] = ()
    twice: float = 0.0
    times: NDArray[np.int64] | None = None
    capacity: Floats | None = None
    saved: csr_matrix | None = None
    way: csr_matrix | None = None
    ways: Floats | None = None
    count: int = 0

    def __post_init__(self) -> None:
        """Refuse what does not fit together."""
        n, m = self.problem.covers.shape
        sizes = [
            (self.cost, n),
            (self.capacity, n),
            (self.times, m),
            *((f.member, m) for f in self.floors),
        ]
        if any(values is not None and len(values) != size for values, size in sizes):
            raise BadInputError(
                Text(
                    f"模型数据的长度与 {n} 个候选点、{m} 个需求点不符。",
                    f"Lengths of the model differ from {n} candidates and {m} demands.",
                )
            )
        if not 0 <= self.twice <= 1:
            raise BadInputError(
                Text(
                    f"二次覆盖的权重 {self.twice} 须在 0 与 1 之间。",
                    f"The worth of a second cover, {self.twice}, must lie between 0 and 1.",
                )
            )

    @property
    def is_plain(self) -> bool:
        """Whether it is maximal covering with linear rules and no more."""
        return self.goal is Goal.COVER and self.capacity is None and not (self.twice or self.floors)


DEFAULT_TARGET = 0.8
"""Share to reach, of the models that seek the fewest sites for a target."""
DEFAULT_TWICE = 0.5
"""Worth of a second cover against the first."""


class ModelKind(Word):
    """What a plan of new sites seeks."""

    MCLP = "mclp", "最大覆盖：同样多的站点或资金，覆盖职工最多", "Most workers covered"
    LSCP = "lscp", "全覆盖：站点最少，候选点够得着的职工全部覆盖", "Fewest sites that cover all"
    PARTIAL = "partial", "达标覆盖：站点最少，全市覆盖率达到目标", "Fewest sites for a city target"
    DISTRICT = "district", "分区达标：站点最少，每个区市覆盖率都达到目标", "… for every district"
    P_MEDIAN = "p_median", "路程最短：职工到最近站点的总路程最短", "Shortest total way"
    P_CENTRE = "p_centre", "最远最近：离站点最远的职工，路程尽量短", "Shortest longest way"
    CAPACITATED = "capacitated", "限容量：站点接待不超过容量，职工可调剂", "Most served within room"
    CLOSEST = "closest", "限容量且就近：职工只去最近的站点，满员即止", "… each to the nearest site"
    GRADUAL = "gradual", "逐级衰减：越远算得越少", "Cover fading with the way"
    CAPACITATED_MEDIAN = (
        "capacitated_median",
        "限容量的路程最短：接待不超过容量，总路程最短",
        "Shortest total way within room",
    )
    P_DISPERSION = "p_dispersion", "分散布点：相距最近的两站尽量远", "Sites as far apart as can be"
    BACKUP = "backup", "双重覆盖：两个站点可达另加分", "A second site in reach counts too"

    @property
    def counts_cover(self) -> bool:
        """Whether what it seeks is made of covering: not the longest way, nor sites lying apart."""
        return self not in {ModelKind.P_CENTRE, ModelKind.P_DISPERSION}

    @property
    def seeks_fewest(self) -> bool:
        """Whether it looks for as few (or cheap) sites as a target needs."""
        return self in {ModelKind.LSCP, ModelKind.PARTIAL, ModelKind.DISTRICT}
