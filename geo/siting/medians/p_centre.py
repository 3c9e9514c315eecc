"""The p-centre: p sites that make the longest way as short as can be.

Minieka (1970, SIAM Review 12): the answer is one of the distances in the table, and whether p
sites suffice within a distance is a set covering problem (LSCP; Toregas et al. 1971). Bisection
over the sorted distances proves both sides: p sites suffice at the answer, and do not at the next
shorter distance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, vstack

from geo.highs import Highs, Program
from geo.siting.medians.p_median import check_ways
from geo.siting.rule import Flags, Floats
from geo.solving import Stop, never

_NODES = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class CentreAnswer:
    """The best sites found and the proven floor.

    Attributes
    ----------
    chosen : (n,) bool
        At most p sites.
    radius : float
        The longest way from any demand to its nearest site.
    lower_bound : float
        Certified: no p sites have a shorter longest way.
    gap : float
        ``(radius - lower_bound) / radius``; 0 is a proof of optimality.
    """

    chosen: Flags
    radius: float
    lower_bound: float
    gap: float


def solve_p_centre(ways: Floats, p: int, *, seed: int = 0, stop: Stop = never) -> CentreAnswer:
    """Choose at most p sites of shortest longest way.

    Parameters
    ----------
    ways : (m, n) float64
        From each demand to each candidate, metres or seconds; inf where there is no way.
    """
    check_ways(ways, p)
    chosen = _farthest_first(ways, p)
    best = _radius(ways, chosen)
    # Every demand goes at least to its own nearest candidate.
    floor = float(ways.min(axis=1).max())
    steps = np.unique(ways[np.isfinite(ways)])
    low = int(np.searchsorted(steps, floor))
    high = len(steps) - 1 if np.isinf(best) else int(np.searchsorted(steps, best))
    while low < high and not stop():
        middle = (low + high) // 2
        enough, found = _suffices(ways <= steps[middle], p, seed, stop)
        if found is not None:
            chosen = found
            high = int(np.searchsorted(steps, _radius(ways, chosen)))
        elif enough is None:
            break
        else:
            low = middle + 1
    best = _radius(ways, chosen)
    bound = min(float(steps[low]), best)
    return CentreAnswer(chosen, best, bound, (best - bound) / best if best > 0 else 0.0)


def _radius(ways: Floats, chosen: Flags) -> float:
    return float(ways[:, chosen].min(axis=1).max())


def _farthest_first(ways: Floats, p: int) -> Flags:
    """Serve the worst-off demand by its nearest candidate, p times (Gonzalez 1985)."""
    chosen: Flags = np.zeros(ways.shape[1], np.bool_)
    near = np.full(len(ways), np.inf)
    for _ in range(p):
        site = int(np.argmin(ways[int(np.argmax(near))]))
        chosen[site] = True
        near = np.minimum(near, ways[:, site])
    return chosen


def _suffices(within: Flags, p: int, seed: int, stop: Stop) -> tuple[bool | None, Flags | None]:
    """Tell whether p sites cover every demand, with the sites if so; None when not known."""
    n = within.shape[1]
    found = _greedy_cover(within, p)
    if found is not None:
        return True, found
    # A demand covered wherever another is covered asks for nothing more.
    rows = np.unique(within, axis=0)
    shared = rows.astype(np.float32) @ rows.T.astype(np.float32)
    size = rows.sum(axis=1)
    implied = (shared == size[None, :]) & (size[None, :] < size[:, None])
    rows = rows[~implied.any(axis=1)]
    matrix = vstack([csr_matrix(rows.astype(np.float64)), csr_matrix(np.ones((1, n)))], "csr")
    low = np.concatenate([np.ones(len(rows)), [0.0]])
    high = np.concatenate([np.full(len(rows), np.inf), [float(p)]])
    highs = Highs(seed=seed, nodes=_NODES, stop=stop)
    highs.load(Program(matrix, low, high, -np.ones(n), np.ones(n), n_integer=n))
    highs.run()
    if highs.is_infeasible:
        return False, None
    chosen: Flags = highs.values > 0.5 if highs.has_answer else np.zeros(n, np.bool_)  # noqa: PLR2004 (rounding a 0/1)
    if 0 < int(chosen.sum()) <= p and bool(within[:, chosen].any(axis=1).all()):
        return True, chosen
    return None, None


def _greedy_cover(within: Flags, p: int) -> Flags | None:
    left = np.ones(len(within), np.bool_)
    chosen: Flags = np.zeros(within.shape[1], np.bool_)
    for _ in range(p):
        site = int(np.argmax(within[left].sum(axis=0)))
        chosen[site] = True
        left &= ~within[:, site]
        if not left.any():
            return chosen
    return None
