"""The one door to HiGHS: every linear and integer program of ours is solved through here.

Whatever HiGHS answers is looked at. A call it refuses, or a run that ends in no state it can
vouch for, is a :class:`~geo.errors.SolverError`, never a weaker answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from geo.arrays import Floats
from geo.errors import SolverError
from geo.solving import StoppingCriterion, never
from geo.text import Text

Columns = NDArray[np.integer]

INF = float(highspy.kHighsInf)
_NONE, _NO_VALUES = np.empty(0, np.int32), np.empty(0)
_ABSOLUTE_GAP = 1e-6
"""HiGHS's own default."""
_INTERRUPTS = (
    highspy.cb.HighsCallbackType.kCallbackMipInterrupt,
    highspy.cb.HighsCallbackType.kCallbackSimplexInterrupt,
    highspy.cb.HighsCallbackType.kCallbackIpmInterrupt,
)
_STATUS = highspy.HighsModelStatus
_IMPOSSIBLE = frozenset({_STATUS.kInfeasible, _STATUS.kUnboundedOrInfeasible})
"""All our programs are bounded, so the second is the first, found in presolve."""
_CUT_SHORT = frozenset(
    {_STATUS.kTimeLimit, _STATUS.kIterationLimit, _STATUS.kSolutionLimit, _STATUS.kInterrupt}
)
"""Ended by a limit of ours: what was found and proven so far holds."""
_FEASIBLE = int(highspy.SolutionStatus.kSolutionStatusFeasible)
_SOLVED = frozenset({_STATUS.kOptimal, _STATUS.kModelEmpty})


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Program:
    """``max (or min) offset + cost x`` with ``low <= matrix x <= high, lower <= x <= upper``.

    Attributes
    ----------
    matrix : csr_matrix
        (rows, columns).
    low, high : (rows,) float64
        Bounds of the rows, both included; infinite for none.
    cost : (columns,) float64
        What each column adds.
    upper : (columns,) float64
        Most of each column.
    lower : (columns,) float64 | None
        Least of each column; 0 when None.
    n_integer : int
        So many of the first columns are whole numbers.
    maximise : bool
        Whether the most is sought, the least otherwise.
    offset : float
        Added to the objective.
    """

    matrix: csr_matrix
    low: Floats
    high: Floats
    cost: Floats
    upper: Floats
    lower: Floats | None = None
    n_integer: int = 0
    maximise: bool = True
    offset: float = 0.0


class _Silent(highspy.Highs):
    """HiGHS as it comes prints a banner and keeps itself alive through its own callbacks."""

    def enableCallbacks(self) -> None:  # noqa: N802 (HiGHS's name)
        self.silent()


class Highs:
    """One model in HiGHS, silent and repeatable: one thread, a seed, and limits by count.

    Parameters
    ----------
    seed : int
        The same seed gives the same answer on any machine.
    nodes : int | None
        Branch-and-bound nodes at most; None for no limit.
    relative_gap : float
        Stop when the answer is proven this near the optimum.
    presolve : bool
        Whether HiGHS shrinks the model first.
    stop : StoppingCriterion
        Asked between iterations and nodes.
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        nodes: int | None = None,
        relative_gap: float = 0.0,
        presolve: bool = True,
        stop: StoppingCriterion = never,
    ) -> None:
        self._highs: Any = _Silent()  # type: ignore[no-untyped-call]
        self._set("threads", 1)
        self._set("random_seed", seed % (1 << 31))
        self._set("mip_abs_gap", _ABSOLUTE_GAP)
        self.limit(nodes=nodes, relative_gap=relative_gap)
        if not presolve:
            self._set("presolve", "off")
        if stop is not never:
            self._listen(stop)

    def limit(
        self,
        *,
        nodes: int | None = None,
        steps: int | None = None,
        seconds: float = INF,
        relative_gap: float = 0.0,
    ) -> None:
        """Bound the runs from now on; `seconds` count from now, in which no run may be on.

        `nodes` of a branch and bound, `steps` of the simplex method for a linear program.
        """
        self._set("simplex_iteration_limit", highspy.kHighsIInf if steps is None else steps)
        self._set("mip_max_nodes", highspy.kHighsIInf if nodes is None else nodes)
        self._set("time_limit", seconds if seconds == INF else self._highs.getRunTime() + seconds)
        self._set("mip_rel_gap", relative_gap)

    def seek_better(self, than: float) -> None:
        """Look from now on for answers to the integer program at hand worth more than that, soon.

        Whatever cannot be worth more is cut off: an answer no better than that is none. Left out
        are strong branching, cuts below the root, restarts and two of the searches before
        branching: together they took three quarters of the time of the bus's programs, and found
        next to nothing that many plain nodes and RINS do not.
        """
        _, sense = self._highs.getObjectiveSense()
        is_maximum = sense == highspy.ObjSense.kMaximize
        self._set("objective_bound", -than if is_maximum else than)
        self._set("mip_pscost_minreliable", 0)
        self._set("mip_heuristic_run_root_reduced_cost", value=False)
        self._set("mip_heuristic_run_rens", value=False)
        self._set("mip_allow_restart", value=False)
        self._set("mip_allow_cut_separation_at_nodes", value=False)

    def load(self, program: Program) -> None:
        """Take `program` in the place of whatever was there."""
        lp, matrix = highspy.HighsLp(), program.matrix
        lp.num_row_, lp.num_col_ = matrix.shape
        lp.col_cost_, lp.col_upper_ = program.cost, program.upper
        lp.col_lower_ = np.zeros(len(program.cost)) if program.lower is None else program.lower
        lp.row_lower_, lp.row_upper_ = program.low, program.high
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr, matrix.indices
        lp.a_matrix_.value_ = matrix.data
        lp.sense_ = highspy.ObjSense.kMaximize if program.maximise else highspy.ObjSense.kMinimize
        lp.offset_ = program.offset
        if program.n_integer:
            kinds = [highspy.HighsVarType.kInteger] * program.n_integer
            rest = len(program.cost) - program.n_integer
            lp.integrality_ = kinds + [highspy.HighsVarType.kContinuous] * rest
        self._done(self._highs.passModel(lp), "passModel")

    def begin_with(self, values: Floats) -> None:
        """Show HiGHS a known answer, one value a column."""
        solution = highspy.HighsSolution()
        solution.col_value = [float(value) for value in values]
        self._done(self._highs.setSolution(solution), "setSolution")

    def add_row(
        self, low: float, high: float, columns: Columns = _NONE, values: Floats = _NO_VALUES
    ) -> None:
        """Add a row with `values` in `columns`; empty as it comes."""
        at, value = np.asarray(columns, np.int32), np.asarray(values, np.float64)
        self._done(self._highs.addRow(low, high, len(at), at, value), "addRow")

    def add_column(self, cost: float, upper: float, rows: Columns, values: Floats) -> None:
        """Add a column from 0 to `upper` with `values` in `rows`."""
        at, value = np.asarray(rows, np.int32), np.asarray(values, np.float64)
        self._done(self._highs.addCol(cost, 0.0, upper, len(at), at, value), "addCol")

    def change_costs(self, columns: Columns, cost: Floats) -> None:
        """Give `columns` new costs."""
        at = np.asarray(columns, np.int32)
        self._done(self._highs.changeColsCost(len(at), at, cost), "changeColsCost")

    def change_bounds(self, columns: Columns, lower: Floats, upper: Floats) -> None:
        """Give `columns` new bounds."""
        at = np.asarray(columns, np.int32)
        self._done(self._highs.changeColsBounds(len(at), at, lower, upper), "changeColsBounds")

    def change_row(self, row: int, low: float, high: float) -> None:
        """Give one row new bounds."""
        self._done(self._highs.changeRowBounds(row, low, high), "changeRowBounds")

    def run(self) -> None:
        """Solve, as far as the limits allow.

        Raises
        ------
        SolverError
            HiGHS refused to run or ended without an answer it stands for.
        """
        status = self._highs.run()
        if status == highspy.HighsStatus.kError:
            # Someone else's HiGHS in this thread has started another number of threads, which
            # HiGHS never changes by itself: it refuses to run with ours.
            highspy.Highs.resetThreadScheduler(True)  # noqa: FBT003 (HiGHS names none)
            status = self._highs.run()
        self._done(status, "run")
        ended = self._highs.getModelStatus()
        if ended not in _SOLVED | _IMPOSSIBLE | _CUT_SHORT:
            told = self._highs.modelStatusToString(ended)
            raise _refused(call=f"run, {told}")

    @property
    def is_infeasible(self) -> bool:
        """Whether nothing keeps all rows and bounds, proven."""
        return self._highs.getModelStatus() in _IMPOSSIBLE

    @property
    def is_optimal(self) -> bool:
        """Whether the answer is the best within the gaps asked for, proven."""
        return self._highs.getModelStatus() in _SOLVED

    @property
    def has_answer(self) -> bool:
        """Whether :attr:`values` keep all rows and bounds."""
        found = int(self._highs.getInfo().primal_solution_status)
        return not self.is_infeasible and found == _FEASIBLE

    @property
    def values(self) -> Floats:
        """(columns,) the answer; read it only where there is one."""
        return np.asarray(self._highs.getSolution().col_value)

    @property
    def row_prices(self) -> Floats:
        """(rows,) dual values of the last linear program."""
        return np.asarray(self._highs.getSolution().row_dual)

    @property
    def reduced_costs(self) -> Floats:
        """(columns,) of the last linear program."""
        return np.asarray(self._highs.getSolution().col_dual)

    @property
    def objective(self) -> float:
        """Value of the answer; infinite, on the wrong side, where there is none."""
        return float(self._highs.getInfo().objective_function_value)

    @property
    def nodes(self) -> int:
        """Branch-and-bound nodes of the last run."""
        return max(0, int(self._highs.getInfo().mip_node_count))

    @property
    def ceiling(self) -> float:
        """What no answer of a maximising integer program exceeds.

        Minus infinity if there is none, infinity if nothing was proven.
        """
        if self.is_infeasible:
            return -np.inf
        info = self._highs.getInfo()
        bound = float(info.mip_dual_bound)
        # Interrupted before the root was solved, the figure reported is no bound.
        rooted = self.is_optimal or info.mip_node_count > 0
        return bound if rooted and np.isfinite(bound) else np.inf

    def _set(self, name: str, value: object) -> None:
        self._done(self._highs.setOptionValue(name, value), f"setOptionValue({name})")

    def _listen(self, stop: StoppingCriterion) -> None:
        def asked(kind: Any, message: str, out: Any, answer: Any, data: Any) -> None:  # noqa: ANN401, ARG001
            if answer is not None and stop():
                answer.user_interrupt = True

        self._done(self._highs.setCallback(asked, None), "setCallback")
        for kind in _INTERRUPTS:
            self._done(self._highs.startCallback(kind), "startCallback")

    @staticmethod
    def _done(status: highspy.HighsStatus, call: str) -> None:
        if status == highspy.HighsStatus.kError:
            raise _refused(call)


def _refused(call: str) -> SolverError:
    return SolverError(
        Text(
            f"求解器 HiGHS 出错（{call}），没有给出结果；请重试，仍不行请把项目文件夹交给维护人员。",
            f"The solver HiGHS failed ({call}) and gave no answer; try again, and report it with "
            "the project folder if it goes on.",
        )
    )
