"""The textbook models, each built from what covers what: the model is data, the solver is one.

``covers`` is the sparse (candidates, demands) table of
:func:`~geo.siting.models.covering_problem.covering_matrix`; make it from catchments
with :func:`covers_of`. Boundaries are included: a demand exactly at the limit is covered (``<=``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from geo.arrays import Flags, Floats, Ints
from geo.errors import BadInputError, InfeasibleError
from geo.reach.catchments import Catchments
from geo.siting.models.covering_problem import CoveringProblem, covering_matrix
from geo.siting.models.linear_rule import (
    LinearRule,
    budget_rule,
    count_rule,
)
from geo.siting.models.model import Floor, Goal, Model
from geo.text import Text

MOST_ENTRIES = 2_000_000
"""Entries of a table of ways; the covering solver takes about a minute for four million."""
_PARTS = (0, 900, 300, 90, 45, 15)
"""Exact, then seconds, 3 s … minutes of a limit of 15 minutes."""


def covers_of(pairs: Catchments, limit: float = np.inf) -> csr_matrix:
    """Return the 0/1 (sites, points) table of the pairs within `limit` (``<=``, as `pairs`)."""
    near = pairs.cost <= limit
    return covering_matrix(pairs.site[near], pairs.point[near], pairs.n_sites, pairs.n_points)


def maximal_covering(covers: csr_matrix, weight: Floats, count: int) -> Model:
    """MCLP: `count` candidates that cover the most weight.

    Church & ReVelle (1974), Papers of the Regional Science Association 32:
    ``max sum w_i z_i, z_i <= sum_(j covers i) y_j, sum y_j <= count``.
    """
    return Model(
        problem=CoveringProblem(
            covers=covers, weight=weight, rules=(count_rule(covers.shape[0], count),)
        )
    )


def budgeted_covering(covers: csr_matrix, weight: Floats, cost: Floats, budget: float) -> Model:
    """Budgeted MCLP: the most weight for the money.

    Khuller, Moss & Naor (1999), Information Processing Letters 70: MCLP with
    ``sum c_j y_j <= budget`` (yuan) in the place of the count.
    """
    return Model(
        problem=CoveringProblem(covers=covers, weight=weight, rules=(budget_rule(cost, budget),))
    )


def set_covering(covers: csr_matrix, *, cost: Floats | None = None) -> Model:
    """LSCP: the fewest (or cheapest) candidates that cover all demand.

    Toregas, Swain, ReVelle & Bergman (1971), Operations Research 19:
    ``min sum c_j y_j, sum_(j covers i) y_j >= 1``.

    Raises
    ------
    InfeasibleError
        No candidate reaches some demand: leave it out, and say so, or add candidates.
    """
    alone = np.flatnonzero(np.asarray(covers.getnnz(axis=0)).ravel() == 0)
    if len(alone):
        raise InfeasibleError(
            Text(
                f"{len(alone)} 个需求点（如第 {alone[0] + 1} 个）没有任何候选点够得着，无法全部覆盖；"
                "请补充候选点或先剔除这些需求点。",
                f"No candidate reaches {len(alone)} demands (such as row {alone[0] + 1}): not all "
                "can be covered. Add candidates or leave those demands out.",
            )
        )
    return partial_covering(covers, np.ones(covers.shape[1]), 1.0, cost=cost)


def partial_covering(
    covers: csr_matrix, weight: Floats, share: float, *, cost: Floats | None = None
) -> Model:
    """Partial set covering: the fewest candidates that cover `share` of the coverable weight.

    Daskin & Owen (1999), Journal of Location Science 7; Cordeau, Furini & Ljubić (2019), EJOR 275:
    ``min sum c_j y_j, sum w_i z_i >= share * sum w_i``.
    """
    reach = np.asarray(covers.getnnz(axis=0)).ravel() > 0
    text = Text(f"覆盖可及职工的 {share:.0%}", f"cover {share:.0%} of those in reach")
    floor = Floor(text, reach, _share(share) * float(weight[reach].sum()))
    return Model(
        problem=CoveringProblem(covers=covers, weight=weight),
        goal=Goal.SPEND,
        cost=cost,
        floors=(_exact(floor, weight),),
    )


def district_targets(
    covers: csr_matrix,
    weight: Floats,
    districts: Sequence[str],
    share: float | Mapping[str, float],
    *,
    covered: NDArray[np.bool_] | None = None,
    cost: Floats | None = None,
    names: Mapping[str, Text] | None = None,
) -> Model:
    """Return the fewest facilities with which every district has its target share covered.

    The partial covering of Daskin & Owen (1999) with one floor per district:
    ``sum_(i in d) w_i z_i >= share_d * W_d - (weight of d covered already)``.

    Parameters
    ----------
    districts : (m,) sequence of str
        District of each demand; empty text: in none.
    share : float | Mapping[str, float]
        Target of every district, or by district.
    covered : (m,) bool | None
        Demand existing stations cover: it counts towards the target.
    names : Mapping[str, Text] | None
        What people call the districts.
    """
    member = np.asarray([str(name) for name in districts])
    done = np.zeros(len(weight), np.bool_) if covered is None else covered
    targets = share if isinstance(share, Mapping) else dict.fromkeys(set(member) - {""}, share)
    floors = []
    for name, target in sorted(targets.items()):
        inside = member == name
        short = _share(target) * float(weight[inside].sum()) - float(weight[inside & done].sum())
        if short <= 0:
            continue
        reach = np.asarray(covers.getnnz(axis=0)).ravel() > 0
        possible = float(weight[inside & ~done & reach].sum())
        known = (names or {}).get(name, Text(name, name))
        text = Text(
            f"{known.zh}覆盖率达到 {target:.0%}（还差 {short:z,.0f} 人，候选点至多再覆盖 {possible:z,.0f} 人）",
            f"{known.en} reaches {target:.0%} (short of {short:z,.0f}, candidates reach {possible:z,.0f})",
        )
        floors.append(_exact(Floor(text, inside & ~done, short), weight))
    left = np.where(done, 0.0, weight)
    return Model(
        problem=CoveringProblem(covers=covers, weight=left),
        goal=Goal.SPEND,
        cost=cost,
        floors=tuple(floors),
    )


def gradual_covering(
    pairs: Catchments,
    weight: Floats,
    count: int,
    *,
    steps: Sequence[tuple[float, float]],
    existing: Floats | None = None,
) -> Model:
    """Gradual decay: a demand counts in part when its nearest chosen site is farther away.

    Berman, Krass & Drezner (2003), EJOR 151. A demand whose worth falls in steps is split into one
    row per step of worth ``w_i (f_k - f_(k+1))``, covered within that step's limit; covering then
    counts exactly ``w_i f(d_i)``, for the nearer a site, the more of the rows it covers.

    Parameters
    ----------
    pairs : Catchments
        With the cost of the way, at least up to the last limit.
    steps : Sequence[tuple[float, float]]
        ``(limit, share)``: within `limit` (``<=``) a demand counts `share`, falling outwards.
    existing : (m,) float64 | None
        Way to the nearest existing station; what it gives already is not counted again.
    """
    ordered = sorted(steps)
    shares = np.array([share for _, share in ordered])
    if not len(shares) or np.any(np.diff(shares) > 0) or np.any((shares < 0) | (shares > 1)):
        raise BadInputError(
            Text(
                "覆盖程度须随距离增加而下降，并在 0 与 1 之间。",
                "The share covered must fall with distance and lie between 0 and 1.",
            )
        )
    drops: Floats = shares - np.append(shares[1:], 0.0)
    near = np.full(pairs.n_points, np.inf) if existing is None else existing
    tables = [covers_of(pairs, limit) for limit, _ in ordered]
    parts = [
        np.where(near <= limit, 0.0, weight * drop)
        for (limit, _), drop in zip(ordered, drops, strict=True)
    ]
    covers = vstack([table.T for table in tables], "csr").T.tocsr()
    return Model(
        problem=CoveringProblem(
            covers=covers, weight=np.concatenate(parts), rules=(count_rule(pairs.n_sites, count),)
        )
    )


def p_median_beside(
    pairs: Catchments,
    weight: Floats,
    count: int,
    *,
    now: Floats,
    limit: float,
    most_entries: int = MOST_ENTRIES,
) -> Model:
    """p-median beside existing stations: the ways saved are the most.

    The radius formulation (Cornuéjols, Nemhauser & Wolsey 1980, SIAM J. Alg. Disc. Meth. 1;
    García, Labbé & Marín 2011, INFORMS J. on Computing 23): a demand is split into one row per
    distinct way it could have, worth what that way saves against the next longer, and a candidate
    covers the rows of the ways it is not longer than. Nobody's way counts as longer than `limit`.

    Ways are exact while the table has at most `most_entries`. Beyond, ways to candidates are
    rounded *down* to coarser and coarser parts of `limit`: then the model promises no less than
    there is, and its bound holds for the true ways; :func:`cost_saved` tells what a choice saves.

    Parameters
    ----------
    now : (m,) float64
        Way to the nearest existing station; inf where there is none.
    """
    own = np.minimum(now, limit)
    true = pairs.cost.astype(np.float64)
    for parts in _PARTS:
        step = limit / parts if parts else 0.0
        way = np.floor(true / step) * step if parts else true
        better = way < own[pairs.point]
        site, point = pairs.site[better], pairs.point[better]
        levels, first = np.unique(
            np.column_stack([point, way[better]]), axis=0, return_inverse=True
        )
        of, first = levels[:, 0].astype(np.int64), first.ravel()
        size = np.searchsorted(of, point, "right") - first
        if size.sum() <= most_entries:
            break
    length = levels[:, 1]
    last = np.append(of[1:] != of[:-1], True)[: len(of)]
    longer = np.where(last, own[of], np.append(length[1:], 0.0)[: len(of)])
    rows = (
        np.repeat(first, size)
        + np.arange(int(size.sum()))
        - np.repeat(np.cumsum(size) - size, size)
    )
    covers = covering_matrix(np.repeat(site, size), rows, pairs.n_sites, len(of))
    saved = weight[of] * (longer - length)
    return Model(
        problem=CoveringProblem(
            covers=covers, weight=saved, rules=(count_rule(pairs.n_sites, count),)
        )
    )


def cost_saved(
    pairs: Catchments, weight: Floats, chosen: Flags, *, now: Floats, limit: float
) -> float:
    """Return what the (n,) `chosen` save of all weighted ways, none counted beyond `limit`."""
    own = np.minimum(now, limit)
    near, taken = own.copy(), chosen[pairs.site]
    np.minimum.at(near, pairs.point[taken], pairs.cost[taken].astype(np.float64))
    return float(weight @ (own - near))


def backup_covering(
    covers: csr_matrix,
    weight: Floats,
    count: int,
    *,
    twice: float = 0.5,
    times: Ints | None = None,
) -> Model:
    """Backup covering (BACOP): a second site in reach counts too, for less.

    Hogan & ReVelle (1986), Management Science 32 (BACOP2):
    ``max sum w_i (z_i + twice u_i), z_i + u_i <= e_i + sum y_j``. With ``twice <= 1`` a first
    cover is never given up for a second of the same demand.

    Parameters
    ----------
    twice : float
        Worth of a second cover against the first.
    times : (m,) int64 | None
        How often existing stations cover each demand (the e_i).
    """
    problem = CoveringProblem(
        covers=covers, weight=weight, rules=(count_rule(covers.shape[0], count),)
    )
    return Model(problem=problem, twice=twice, times=times)


def capacitated_covering(
    covers: csr_matrix,
    weight: Floats,
    capacity: Floats,
    count: int,
    *,
    way: csr_matrix | None = None,
) -> Model:
    """Capacitated MCLP: a site serves no more than its capacity.

    Current & Storbeck (1988), Papers of the Regional Science Association 64; with `way`, each
    demand goes to its nearest chosen site only, as people do (closest assignment: Rojeski &
    ReVelle 1970; Church & Cohon 1976; Gerrard & Church 1996, Location Science 4), and is turned
    away where that is full. A demand may be served in part. With equally near sites either serves.

    Parameters
    ----------
    capacity : (n,) float64
        Weight each candidate can take; inf for no limit.
    way : csr_matrix | None
        (n, m) costs of the ways in the pattern of `covers` (:meth:`Catchments.csr`).
    """
    problem = CoveringProblem(
        covers=covers, weight=weight, rules=(count_rule(covers.shape[0], count),)
    )
    return Model(problem=problem, capacity=capacity, way=way)


def capacitated_p_median(
    pairs: Catchments, weight: Floats, saved: Floats, capacity: Floats, count: int
) -> Model:
    """Capacitated p-median beside existing stations: the ways saved are the most, within room.

    Mulvey & Beck (1984), EJOR 18, with demand that may go to several sites (a point is many
    workers) or keep the way it has:
    ``max sum w_i s_ij x_ij, sum_j x_ij <= 1, x_ij <= y_j, sum_i w_i x_ij <= k_j y_j``.

    Parameters
    ----------
    saved : (p,) float64
        What each of `pairs` saves against the way its point has now; pairs that save nothing are
        left out.
    capacity : (n,) float64
        Weight each candidate can take; inf for no limit.
    """
    gains = saved > 0
    site, point = pairs.site[gains], pairs.point[gains]
    covers = covering_matrix(site, point, pairs.n_sites, pairs.n_points)
    worth = csr_matrix((saved[gains], (site, point)), shape=covers.shape)
    problem = CoveringProblem(
        covers=covers, weight=weight, rules=(count_rule(pairs.n_sites, count),)
    )
    return Model(problem=problem, capacity=capacity, saved=worth)


def p_median(
    ways: Floats, count: int, *, weight: Floats | None = None, capacity: Floats | None = None
) -> Model:
    """p-median: `count` sites of least total weighted way (Hakimi 1964, Operations Research 12).

    With `capacity` (n,), the capacitated p-median (Mulvey & Beck 1984): every demand is served in
    full, by several sites where one has no room. `ways` is (m, n): from each demand to each
    candidate, inf where there is none.
    """
    return replace(_of_ways(ways, count, Goal.WAY, weight), capacity=capacity)


def p_centre(ways: Floats, count: int) -> Model:
    """p-centre: `count` sites whose longest way is shortest (Minieka 1970, SIAM Review 12)."""
    return _of_ways(ways, count, Goal.LONGEST_WAY, None)


def _of_ways(ways: Floats, count: int, goal: Goal, weight: Floats | None) -> Model:
    covers = csr_matrix(np.isfinite(ways).T.astype(np.float64))
    each = np.ones(len(ways)) if weight is None else weight
    return Model(
        problem=CoveringProblem(covers=covers, weight=each), goal=goal, ways=ways, count=count
    )


def with_rules(model: Model, *rules: LinearRule) -> Model:
    """Return `model` with more rules: districts, kinds, budgets (:class:`LinearRule`)."""
    return replace(model, problem=replace(model.problem, rules=(*model.problem.rules, *rules)))


def _share(share: float) -> float:
    if not 0 <= share <= 1:
        raise BadInputError(
            Text(
                f"目标覆盖率 {share} 须在 0 与 1 之间。",
                f"The target share {share} must lie between 0 and 1.",
            )
        )
    return share


def _exact(floor: Floor, weight: Floats) -> Floor:
    """Loosen by what sums of floats are off, so that a target of all is met by all."""
    return replace(floor, least=floor.least - 1e-9 * float(weight[floor.member].sum()))
