"""The mixed-integer program of a model, written block by block, and solved by HiGHS.

Columns are y (candidates), then z (demand), u (second cover) and x (assignments) where the model
has them; see :mod:`geo.siting.models.model` for the rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix

from geo.arrays import Flags, Floats, Ints
from geo.highs import Highs, Program
from geo.siting.models.model import Goal, Model
from geo.siting.solver.reduction import merge_alike
from geo.solving import StoppingCriterion


@dataclass(frozen=True, slots=True, eq=False)
class ProgramAnswer:
    """What the program gave.

    Attributes
    ----------
    chosen : (n,) bool | None
        None when no choice was found within the limits.
    value, bound : float
        In the sense of the model's goal: `bound` is a ceiling for COVER, a floor for SPEND.
    infeasible : bool
        No choice keeps everything.
    nodes : int
        Branch-and-bound nodes.
    """

    chosen: Flags | None
    value: float
    bound: float
    infeasible: bool
    nodes: int


class _Rows:
    """Rows of the program, collected as (row, column, value) triples."""

    def __init__(self) -> None:
        self._row: list[Ints] = []
        self._column: list[Ints] = []
        self._value: list[Floats] = []
        self._low: list[Floats] = []
        self._high: list[Floats] = []
        self._size = 0

    def add(self, row: Ints, column: Ints, value: Floats, low: Floats, high: Floats) -> None:
        """Add ``len(low)`` rows whose entries are the triples; `row` counts from 0."""
        self._row.append(row + self._size)
        self._column.append(column)
        self._value.append(value)
        self._low.append(low)
        self._high.append(high)
        self._size += len(low)

    def matrix(self, n_columns: int) -> tuple[csr_matrix, Floats, Floats]:
        triples = (
            np.concatenate(self._value),
            (
                np.concatenate(self._row),
                np.concatenate(self._column),
            ),
        )
        table = csr_matrix(triples, shape=(self._size, n_columns))
        return table, np.concatenate(self._low), np.concatenate(self._high)


class _Program:
    """Numbers the columns and writes the rows."""

    def __init__(self, model: Model) -> None:
        self.model, problem = model, model.problem
        self.n = problem.n_candidates
        times = np.zeros(len(problem.weight), np.int64) if model.times is None else model.times
        worth = problem.weight > 0
        reach = np.asarray(problem.covers.getnnz(axis=0)).ravel() > 0
        self.times = times
        self.demand = np.flatnonzero(worth & (times == 0) & reach)
        self.second = (
            np.flatnonzero(worth & (times <= 1) & reach) if model.twice else self.demand[:0]
        )
        table = problem.covers.tocoo()
        keep = np.isin(table.col, self.demand) if model.capacity is not None else np.zeros(0, bool)
        self.site = table.row[keep] if model.capacity is not None else np.zeros(0, np.int64)
        self.served = table.col[keep] if model.capacity is not None else np.zeros(0, np.int64)
        # Who is served needs no column of its own where no floor counts it.
        is_summed = model.capacity is not None and not model.floors
        self.told = self.demand[:0] if is_summed else self.demand
        self.first_u = self.n + len(self.told)
        self.first_x = self.first_u + len(self.second)
        self.n_columns = self.first_x + len(self.site)
        self.rows = _Rows()

    def write(self) -> None:
        """Write every row the model has."""
        self._rules()
        if self.model.capacity is None:
            self._cover()
        else:
            self._assign()
            self._keep_within(self.model.capacity)
            if self.model.way is not None:
                self._nearest_only(self.model.way)
        self._floors()

    def _rules(self) -> None:
        problem = self.model.problem
        for rule in problem.rules:
            used = np.flatnonzero(rule.coefficient)
            self.rows.add(
                np.zeros(len(used), np.int64),
                used,
                rule.coefficient[used],
                np.array([rule.low]),
                np.array([rule.high]),
            )
        k = len(problem.conflicts)
        self.rows.add(
            np.arange(k).repeat(2),
            problem.conflicts.ravel(),
            np.ones(2 * k),
            np.full(k, -np.inf),
            np.ones(k),
        )

    def _cover(self) -> None:
        """``sum y - z - u >= -e``: the first cover, then the second."""
        rows = np.union1d(self.demand, self.second)
        number = np.full(len(self.times), -1)
        number[rows] = np.arange(len(rows))
        table = self.model.problem.covers.tocoo()
        keep = number[table.col] >= 0
        row = [number[table.col[keep]], number[self.demand], number[self.second]]
        column = [
            table.row[keep],
            self.n + np.arange(len(self.demand)),
            self.first_u + np.arange(len(self.second)),
        ]
        value = [np.ones(int(keep.sum())), -np.ones(len(self.demand)), -np.ones(len(self.second))]
        # A first cover by an existing station is no column: it takes none of the sum.
        self.rows.add(
            np.concatenate(row),
            np.concatenate(column),
            np.concatenate(value),
            np.zeros(len(rows)),
            np.full(len(rows), np.inf),
        )

    def _assign(self) -> None:
        """``sum_j x_ij = z_i``, or at most 1 where there is no z_i, and ``x_ij <= y_j``."""
        number = np.full(len(self.times), -1)
        number[self.demand] = np.arange(len(self.demand))
        k, size, told = len(self.site), len(self.demand), np.arange(len(self.told))
        x = self.first_x + np.arange(k)
        who = number[self.served]
        # Equality: an assignment beyond what is counted would use room for nothing.
        self.rows.add(
            np.concatenate([who, told]),
            np.concatenate([x, self.n + told]),
            np.concatenate([np.ones(k), -np.ones(len(told))]),
            np.zeros(size),
            np.zeros(size) if len(told) else np.ones(size),
        )
        self.rows.add(
            np.arange(k).repeat(2),
            np.column_stack([x, self.site]).ravel(),
            np.tile([1.0, -1.0], k),
            np.full(k, -np.inf),
            np.zeros(k),
        )

    def _keep_within(self, capacity: Floats) -> None:
        """``sum_i w_i x_ij <= k_j y_j``, of sites without room for all in reach."""
        k, weight = len(self.site), self.model.problem.weight
        asked = np.bincount(self.site, weight[self.served], self.n)
        bounded = (capacity < asked)[self.site]
        x = (self.first_x + np.arange(k))[bounded]
        sites = np.flatnonzero(capacity < asked)
        self.rows.add(
            np.concatenate([np.searchsorted(sites, self.site[bounded]), np.arange(len(sites))]),
            np.concatenate([x, sites]),
            np.concatenate([weight[self.served[bounded]], -capacity[sites]]),
            np.full(len(sites), -np.inf),
            np.zeros(len(sites)),
        )

    def _nearest_only(self, way: csr_matrix) -> None:
        """``sum_(l farther than j) x_il + y_j <= 1`` (Church & Cohon 1976), equal ways apart."""
        if not len(self.site):
            return
        length = np.asarray(way[self.site, self.served]).ravel()
        order = np.lexsort((length, self.served))
        served, length, site = self.served[order], length[order], self.site[order]
        end = np.searchsorted(served, served, "right")
        row, column, value = [], [], []
        for at in range(len(order)):
            beyond = at + np.flatnonzero(length[at : end[at]] > length[at])
            row.append(np.full(len(beyond) + 1, at))
            column.append(np.append(self.first_x + order[beyond], site[at]))
            value.append(np.ones(len(beyond) + 1))
        self.rows.add(
            np.concatenate(row),
            np.concatenate(column),
            np.concatenate(value),
            np.full(len(order), -np.inf),
            np.ones(len(order)),
        )

    def _floors(self) -> None:
        weight = self.model.problem.weight
        for floor in self.model.floors:
            inside = np.flatnonzero(floor.member[self.told])
            self.rows.add(
                np.zeros(len(inside), np.int64),
                self.n + inside,
                weight[self.told[inside]],
                np.array([floor.least]),
                np.array([np.inf]),
            )

    def has_to_be_covered(self) -> Flags:
        """Return which of the demand (z) no floor can do without: their rows need no column."""
        weight = self.model.problem.weight[self.told]
        needed: Flags = np.zeros(len(weight), np.bool_)
        for floor in self.model.floors:
            inside = floor.member[self.told]
            spare = float(weight[inside].sum()) - floor.least
            if spare >= 0.0:
                needed |= inside & (weight > spare)
        return needed

    def gain(self) -> Floats:
        """Return what each column adds to the maximised sum."""
        gain = np.zeros(self.n_columns)
        if self.model.goal is Goal.SPEND:
            cost = self.model.cost
            gain[: self.n] = -1.0 if cost is None else -cost
            return gain
        weight = self.model.problem.weight
        if self.model.saved is not None:
            each = np.asarray(self.model.saved[self.site, self.served]).ravel()
            gain[self.first_x :] = weight[self.served] * each
            return gain
        if not len(self.told):
            gain[self.first_x :] = weight[self.served]
        gain[self.n : self.first_u] = weight[self.told]
        gain[self.first_u : self.first_x] = self.model.twice * weight[self.second]
        return gain


def solve_program(model: Model, *, nodes: int, seed: int, stop: StoppingCriterion) -> ProgramAnswer:
    """Solve the model's program to the end, or as far as `nodes` and `stop` allow."""
    base = _base(model)
    model = _merged(model)
    program = _Program(model)
    program.write()
    matrix, low, high = program.rows.matrix(program.n_columns)
    upper = np.ones(program.n_columns)
    upper[: program.n] = ~model.problem.forbidden
    lower = np.zeros(program.n_columns)
    lower[: program.n] = model.problem.forced
    lower[program.n : program.first_u] = program.has_to_be_covered()
    highs = Highs(seed=seed, nodes=nodes, stop=stop)
    highs.load(
        Program(
            matrix=matrix,
            low=low,
            high=high,
            cost=program.gain(),
            upper=upper,
            lower=lower,
            n_integer=program.n,
        )
    )
    highs.run()
    return _read(highs, model, program, base)


def _base(model: Model) -> float:
    """Return the weight that counts whatever is chosen: covers by the stations there are."""
    if model.times is None:
        return 0.0
    weight = model.problem.weight
    first, second = weight[model.times >= 1], weight[model.times > 1]
    return float(first.sum()) + model.twice * float(second.sum())


def _merged(model: Model) -> Model:
    """Merge demand that the same candidates cover and the same floors and stations count.

    Demand no floor counts is dropped where the least is spent. Demand whose ways matter stays.
    """
    if model.saved is not None or model.way is not None:
        return model
    size = len(model.problem.weight)
    times = np.zeros(size, np.int64) if model.times is None else model.times
    marks = np.array([np.minimum(times, 2), *(floor.member for floor in model.floors)])
    asked = model.problem
    if model.goal is Goal.SPEND:
        asked = replace(asked, weight=np.where(marks[1:].any(axis=0), asked.weight, 0.0))
    problem, first = merge_alike(asked, np.unique(marks, axis=1, return_inverse=True)[1].ravel())
    floors = tuple(replace(floor, member=floor.member[first]) for floor in model.floors)
    return replace(model, problem=problem, floors=floors, times=times[first])


def _read(highs: Highs, model: Model, program: _Program, base: float) -> ProgramAnswer:
    chosen, value = None, -np.inf
    if highs.has_answer:
        chosen = highs.values[: program.n] > 0.5  # noqa: PLR2004 (rounding a 0/1)
        value = highs.objective
    if model.goal is Goal.SPEND:
        return ProgramAnswer(chosen, -value, -highs.ceiling, highs.is_infeasible, highs.nodes)
    return ProgramAnswer(
        chosen, value + base, highs.ceiling + base, highs.is_infeasible, highs.nodes
    )
