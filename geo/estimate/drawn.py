"""The same people under other weights: how far an answer that rests on estimates would move."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.arrays import Floats
from geo.estimate.basis import Basis, Draw, read_basis
from geo.estimate.weights import Weights
from geo.layers.vocabulary import Group, Provenance, Setting

RUNS = 100
"""Chosen: a share kept of 0.8 is then known to within 0.08."""
FACTOR = 3.0
"""Nine of ten drawn weights lie between a third and three times the stated one."""
_NORMAL_90 = 1.644854
"""Standard deviations that hold 90 % of a normal distribution."""


def is_estimated(workers: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell which rows of the layer WORKERS are estimates, (c,)."""
    if "provenance" not in workers:
        return np.zeros(len(workers), np.bool_)
    told: NDArray[np.bool_] = (workers["provenance"] == Provenance.ESTIMATED).to_numpy(np.bool_)
    return told


def drawn_workers(
    workers: pd.DataFrame, weights: Weights, *, runs: int = RUNS, seed: int = 0
) -> Iterator[Floats]:
    """Yield the workers of every row, (c,), under drawn weightings.

    Each draw multiplies every weight of the table by its own log-normal factor, nine of ten of
    them between a third and three, and shares the people of each pool out again. People of pools
    that are no count (relative) are multiplied in the same way, group by group. Rows that are no
    estimate stay.

    Parameters
    ----------
    workers : DataFrame
        The layer WORKERS.
    weights : Weights
        The planner's tables.
    runs, seed : int
        How many, and of the generator.
    """
    known = workers["workers"].to_numpy(np.float64)
    told = is_estimated(workers)
    texts = workers["estimated_from"] if "estimated_from" in workers else [None] * len(workers)
    bases = [read_basis(text) if mine else None for text, mine in zip(texts, told, strict=True)]
    pools = _pools(workers, bases, weights)
    rng = np.random.default_rng(seed)
    spread = np.log(FACTOR) / _NORMAL_90
    groups = {pool.group for pool in pools}
    for _ in range(runs):
        people = known.copy()
        factors = {
            key: dict(zip(Draw, np.exp(rng.normal(0.0, spread, len(Draw))).tolist(), strict=True))
            for key in sorted({(pool.group, pool.setting) for pool in pools})
        }
        size = {group: float(np.exp(rng.normal(0.0, spread))) for group in sorted(groups)}
        for pool in pools:
            people[pool.rows] = pool.shared(factors[pool.group, pool.setting], size[pool.group])
        yield people


class _Pool:
    """Rows among which one total was shared out."""

    def __init__(
        self,
        group: Group,
        setting: Setting,
        rows: NDArray[np.intp],
        bases: list[Basis],
        people: float,
        weights: Weights,
    ) -> None:
        self.group, self.setting, self.rows = group, setting, rows
        self._people, self._relative = people, bases[0].relative
        self._draws = sorted({draw for basis in bases for draw in basis.amounts})
        table = weights.of(group, setting)
        self._scores = np.array(
            [
                [basis.amounts.get(draw, 0.0) * table.get(draw, 0.0) for draw in self._draws]
                for basis in bases
            ]
        )
        if not self._scores.any():  # What drew them was no draw of theirs: something stood in.
            self._scores = np.array(
                [[basis.amounts.get(draw, 0.0) for draw in self._draws] for basis in bases]
            )

    def shared(self, factor: dict[Draw, float], size: float) -> Floats:
        """Return the people of each row when the draws count `factor` times as much."""
        scores = self._scores @ [factor[draw] for draw in self._draws]
        people = self._people * (size if self._relative else 1.0)
        shared: Floats = people * scores / (scores.sum() or 1.0)
        return shared


def _pools(workers: pd.DataFrame, bases: list[Basis | None], weights: Weights) -> list[_Pool]:
    rows: dict[tuple[str, str, str], list[int]] = {}
    keys = zip(workers["group"].tolist(), workers["setting"].tolist(), bases, strict=True)
    for row, (group, setting, basis) in enumerate(keys):
        if basis is not None and basis.amounts:
            rows.setdefault((str(group), str(setting), basis.pool), []).append(row)
    people = workers["workers"].to_numpy(np.float64)
    return [
        _Pool(
            Group(group),
            Setting(setting),
            np.array(mine, np.intp),
            [basis for row in mine if (basis := bases[row]) is not None],
            float(people[mine].sum()),
            weights,
        )
        for (group, setting, _), mine in rows.items()
    ]
