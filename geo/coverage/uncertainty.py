"""How far the coverage figure moves when its assumptions do.

One assumption at a time: the limit and the speeds by a fifth either way, re-evaluated exactly, and
the numbers of workers by their stated error, by a seeded parametric bootstrap (Efron & Tibshirani
1993, ch. 6). The headline's range is the widest of them.

Under a limit of time, speeds a fifth lower make every way, its access leg and its waits at signals
1/0.8 as long: within the limit is then what now is within 0.8 limits. Under a limit of distance
speeds change nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.arrays import Floats
from geo.coverage.answer import HORIZON, Coverage
from geo.errors import BadInputError
from geo.text import Text

Assumption = Literal["limit", "speed", "workers"]

CHANGE = round(HORIZON - 1.0, 9)
"""Limit and speeds are tried this share lower and higher: a fifth."""

_DRAWS = 1000
"""Chosen: the 95 % limits then vary by less than a tenth of their width from seed to seed."""
_OUTER = (2.5, 97.5)
"""Percentiles: 95 % lie between."""
_NORMAL_95 = 1.959964
"""Standard deviations that hold 95 % of a normal distribution."""


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The shares of workers and of worker-hours covered under one changed assumption.

    Attributes
    ----------
    assumption : Assumption
        What was changed.
    change : float
        By how much, as a share (-0.2: a fifth less).
    workers, worker_hours : float
        Share covered then, 0 to 1; for "workers" an end of the middle 95 % of the draws.
    """

    assumption: Assumption
    change: float
    workers: float
    worker_hours: float


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """The range of a coverage figure.

    Attributes
    ----------
    rows : tuple[Sensitivity, ...]
        Each assumption lower and higher.
    workers, worker_hours : tuple[float, float]
        Lowest and highest share covered of all rows and of the figure itself.
    draws : int
        Of the bootstrap; 0 when no error of the numbers of workers is stated.
    """

    rows: tuple[Sensitivity, ...]
    workers: tuple[float, float]
    worker_hours: tuple[float, float]
    draws: int


def measure_uncertainty(
    coverage: Coverage,
    *,
    workers_error: float | Floats | None = None,
    seed: int = 0,
    draws: int = _DRAWS,
) -> Uncertainty:
    """Return how the shares covered move with limit, speeds and numbers of workers.

    Parameters
    ----------
    coverage : Coverage
        Of any rule.
    workers_error : float | (c,) float64 | None
        Stated error of the concentrations' numbers of workers (0.1: 95 % of true numbers lie
        within a tenth of the stated one), one for all or one each; None where none is stated.
    seed, draws : int
        Of the bootstrap.

    Raises
    ------
    BadInputError
        If the error is negative or not a number.
    """
    rows = [*_moved(coverage, "limit"), *_moved(coverage, "speed")]
    if workers_error is not None:
        rows += _miscounted(coverage, _checked(workers_error, coverage), seed, draws)
    workers = [_share(coverage, coverage.covered), *(row.workers for row in rows)]
    hours = [_hours_share(coverage, coverage.hours_covered), *(row.worker_hours for row in rows)]
    return Uncertainty(
        tuple(rows),
        (min(workers), max(workers)),
        (min(hours), max(hours)),
        0 if workers_error is None else draws,
    )


def _checked(error: float | Floats, coverage: Coverage) -> Floats:
    errors = np.broadcast_to(np.asarray(error, np.float64), len(coverage.workers))
    if not ((errors >= 0) & (errors < np.inf)).all():
        raise BadInputError(
            Text(
                "人数误差应为 0 或更大的比例，如 0.1。",
                "The error of the numbers of workers is a share from 0 up, such as 0.1.",
            )
        )
    return errors


def _share(coverage: Coverage, covered: NDArray[np.bool_]) -> float:
    return float(coverage.demand.workers @ covered) / (coverage.workers_total or 1.0)


def _hours_share(coverage: Coverage, hours: Floats) -> float:
    return float(coverage.demand.workers @ hours) / (coverage.worker_hours_total or 1.0)


def _moved(coverage: Coverage, assumption: Assumption) -> Iterator[Sensitivity]:
    """Re-evaluate with limit or speeds lower and higher: both scale what is within reach."""
    still = assumption == "speed" and coverage.rule.weight == "distance_m"
    for change in (-CHANGE, CHANGE):
        factor = 1.0 if still else 1.0 + change
        yield Sensitivity(
            assumption,
            change,
            _share(coverage, coverage.covered_within(factor)),
            _hours_share(coverage, coverage.hours_covered_within(factor)),
        )


def _miscounted(
    coverage: Coverage, error: Floats, seed: int, draws: int
) -> tuple[Sensitivity, Sensitivity]:
    """Draw the numbers of workers anew; return the ends of the middle 95 % of the shares.

    Half of an error's variance is shared by the concentrations of a district, whose numbers come
    from one source, half is each one's own: errors of their own alone would cancel out among
    thousands of concentrations and promise too much.
    """
    demand, rng = coverage.demand, np.random.default_rng(seed)
    district, names = pd.factorize(coverage.workers["district"].fillna(""))
    amounts = [
        demand.by_owner(demand.workers * amount)
        for amount in (
            np.ones(len(demand)),
            coverage.covered.astype(np.float64),
            demand.active_hours,
            coverage.hours_covered,
        )
    ]
    spread = error / _NORMAL_95 / np.sqrt(2.0)
    shares = np.empty((draws, 2))
    for draw in range(draws):
        off = rng.standard_normal(len(error)) + rng.standard_normal(len(names))[district]
        people, covered, hours, open_hours = (
            float(np.maximum(1.0 + spread * off, 0.0) @ amount) for amount in amounts
        )
        shares[draw] = covered / (people or 1.0), open_hours / (hours or 1.0)
    low, high = np.percentile(shares, _OUTER, axis=0)
    largest = float(error.max(initial=0.0))
    return (
        Sensitivity("workers", -largest, float(low[0]), float(low[1])),
        Sensitivity("workers", largest, float(high[0]), float(high[1])),
    )
