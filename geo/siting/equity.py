"""Whose cover counts more: factors on the workers while choosing, never on what is reported."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from geo.errors import BadInputError
from geo.siting.rule import Flags, Floats
from geo.text import Text


def equity_weight(
    demand: pd.DataFrame,
    already_covered: Flags,
    *,
    group: Mapping[str, float] | None = None,
    district: Mapping[str, float] | None = None,
    under_service: float = 0.0,
) -> Floats:
    """Return (m,) factors: by group, times by district, times by how badly a district is served.

    Parameters
    ----------
    demand : DataFrame
        ``workers, group, district`` of each demand row.
    already_covered : (m,) bool
        What existing stations cover.
    group, district : Mapping[str, float] | None
        Factors; 1 where left out.
    under_service : float
        s: workers of a district covered to the share c count ``1 + s (1 - c)``; 0 for no effect.

    Raises
    ------
    BadInputError
        If a factor is negative or not finite.
    """
    factors = [*(group or {}).values(), *(district or {}).values(), under_service]
    if not all(0 <= factor < float("inf") for factor in factors):
        raise BadInputError(
            Text("公平权重须为 0 或正数。", "Equity factors must be 0 or more and finite.")
        )
    weight = np.ones(len(demand))
    for column, given in (("group", group), ("district", district)):
        if given:
            weight *= demand[column].astype(str).map(given).fillna(1.0).to_numpy(np.float64)
    if under_service:
        workers = demand["workers"].to_numpy(np.float64)
        where = demand["district"].fillna("").astype(str)
        total = pd.Series(workers).groupby(where.to_numpy()).sum()
        covered = pd.Series(workers * already_covered).groupby(where.to_numpy()).sum()
        share = (covered / total.where(total > 0)).fillna(0.0)
        weight *= 1.0 + under_service * (1.0 - where.map(share).to_numpy(np.float64))
    return weight
