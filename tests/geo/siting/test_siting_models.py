"""Every textbook model against all choices there are, and against optima known by hand.

The line: demands 0..4 stand at 0, 1, 2, 3, 4; candidates at 0..4 too; ways are distances.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from geo.errors import BadInputError, InfeasibleError
from geo.reach.catchments import Catchments
from geo.siting.models.linear_rule import class_rules, count_rule
from geo.siting.models.textbook import (
    backup_covering,
    budgeted_covering,
    capacitated_covering,
    covers_of,
    district_targets,
    gradual_covering,
    maximal_covering,
    p_centre,
    p_median,
    partial_covering,
    set_covering,
    with_rules,
)
from geo.siting.solver import formulation
from geo.siting.solver.front import solve_model
from geo.text import Text

LINE = np.abs(np.arange(5.0)[:, None] - np.arange(5.0)[None, :])


def pairs_of(ways):
    """Return the catchments of an (m, n) table of ways; inf is no pair."""
    point, site = np.nonzero(np.isfinite(ways))
    order = np.lexsort((point, site))
    cost = ways[point, site].astype(np.float32)
    return Catchments.of_pairs(
        site[order].astype(np.int32),
        point[order].astype(np.int32),
        cost[order],
        ways.shape[1],
        ways.shape[0],
    )


def covers_within(ways, limit):
    return covers_of(pairs_of(ways), limit)


def every_choice(n, size=None):
    for k in range(n + 1) if size is None else range(min(size, n) + 1):
        for rows in combinations(range(n), k):
            yield np.isin(np.arange(n), rows)


@st.composite
def towns(draw):
    """Draw up to six demands, up to five candidates, small whole ways and weights."""
    m, n = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    ways = np.array(
        draw(st.lists(st.integers(0, 9), min_size=m * n, max_size=m * n)), float
    ).reshape(m, n)
    weight = np.array(draw(st.lists(st.integers(0, 9), min_size=m, max_size=m)), float)
    return ways, weight, draw(st.integers(1, n))


def test_line_by_hand():
    near = covers_within(LINE, 1.0)
    assert solve_model(maximal_covering(near, np.ones(5), 1)).value == 3
    assert solve_model(set_covering(near)).value == 2
    assert solve_model(partial_covering(near, np.ones(5), 0.6)).value == 1
    assert solve_model(p_median(LINE, 2)).value == 3
    assert solve_model(p_centre(LINE, 2)).value == 1
    assert solve_model(p_centre(LINE, 1)).value == 2


def test_a_demand_at_exactly_the_limit_is_covered():
    assert covers_within(LINE, 1.0).nnz == 13
    assert covers_within(LINE, np.nextafter(1.0, 0.0)).nnz == 5
    steps = [(1.0, 1.0), (2.0, 0.5)]
    assert solve_model(gradual_covering(pairs_of(LINE), np.ones(5), 1, steps=steps)).value == 4


@settings(max_examples=60, deadline=None)
@given(towns(), st.integers(0, 9))
def test_maximal_and_budgeted_covering(town, limit):
    ways, weight, count = town
    covers = covers_within(ways, limit)

    def hit(chosen):
        return weight[(ways[:, chosen] <= limit).any(axis=1)].sum()

    best = max(hit(c) for c in every_choice(ways.shape[1], count))
    answer = solve_model(maximal_covering(covers, weight, count))
    assert (answer.value, answer.bound) == (pytest.approx(best), pytest.approx(best))
    cost = np.arange(1.0, ways.shape[1] + 1)
    rich = max(hit(c) for c in every_choice(ways.shape[1]) if cost[c].sum() <= limit)
    assert solve_model(
        budgeted_covering(covers, weight, cost, float(limit))
    ).value == pytest.approx(rich)


@settings(max_examples=60, deadline=None)
@given(towns(), st.integers(0, 9), st.sampled_from([0.3, 0.5, 0.9, 1.0]))
def test_set_and_partial_covering(town, limit, share):
    ways, weight, _ = town
    covers, within = covers_within(ways, limit), ways <= limit
    coverable = within.any(axis=1)
    whole = min(
        c.sum() for c in every_choice(ways.shape[1]) if within[coverable][:, c].any(axis=1).all()
    )
    assert solve_model(set_covering(covers[:, coverable])).value == pytest.approx(whole)
    if not coverable.all():
        with pytest.raises(InfeasibleError, match=f"^{(~coverable).sum()} 个需求点"):
            set_covering(covers)
    need = share * weight[coverable].sum()
    part = min(
        c.sum()
        for c in every_choice(ways.shape[1])
        if weight[within[:, c].any(axis=1)].sum() >= need - 1e-6
    )
    answer = solve_model(partial_covering(covers, weight, share))
    assert (answer.value, answer.gap) == (pytest.approx(part), 0)


@settings(max_examples=60, deadline=None)
@given(towns(), st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=3, max_size=3))
def test_gradual_covering_is_plain_covering_of_split_demand(town, shares):
    ways, weight, count = town
    shares = sorted(shares, reverse=True)
    steps = list(zip([1.0, 4.0, 8.0], shares, strict=True))

    def worth(chosen):
        way = ways[:, chosen].min(axis=1, initial=np.inf)
        share = [next((s for limit, s in steps if d <= limit), 0.0) for d in way]
        return float(weight @ np.array(share))

    best = max(worth(c) for c in every_choice(ways.shape[1], count))
    answer = solve_model(gradual_covering(pairs_of(ways), weight, count, steps=steps))
    assert (answer.value, answer.bound) == (pytest.approx(best), pytest.approx(best))
    assert worth(answer.chosen) == pytest.approx(best)


@settings(max_examples=60, deadline=None)
@given(towns(), st.integers(0, 9), st.sampled_from([0.3, 1.0]), st.booleans())
def test_backup_covering(town, limit, twice, standing):
    ways, weight, count = town
    times = np.arange(len(weight)) % 3 if standing else np.zeros(len(weight), int)
    within = ways <= limit

    def worth(chosen):
        hits = times + within[:, chosen].sum(axis=1)
        return float(weight @ ((hits >= 1) + twice * (hits >= 2)))

    best = max(worth(c) for c in every_choice(ways.shape[1], count))
    answer = solve_model(
        backup_covering(covers_within(ways, limit), weight, count, twice=twice, times=times)
    )
    assert (answer.value, answer.bound) == (pytest.approx(best), pytest.approx(best))
    assert worth(answer.chosen) == pytest.approx(best)


def most_served(ways, weight, room, chosen, *, limit, closest):
    """Fill the chosen sites' rooms by a linear program over all pairs: what each serves."""
    m, n = ways.shape
    allowed = (ways <= limit) & chosen[None, :]
    if closest:
        nearest = np.where(allowed, ways, np.inf).min(axis=1, initial=np.inf)
        allowed &= ways <= nearest[:, None]
    cost = -(weight[:, None] * allowed).ravel()
    once = np.kron(np.eye(m), np.ones(n))
    fit = np.kron(np.ones(m), np.eye(n)) * np.repeat(weight, n)[None, :]
    bound = [(0, float(ok)) for ok in allowed.ravel()]
    found = linprog(cost, np.vstack([once, fit]), np.concatenate([np.ones(m), room]), bounds=bound)
    return -found.fun


@settings(max_examples=25, deadline=None)
@given(
    town=towns(),
    limit=st.integers(0, 9),
    room=st.lists(st.integers(0, 12), min_size=5, max_size=5),
    closest=st.booleans(),
)
@example(town=(np.zeros((1, 1)), np.zeros(1), 1), limit=0, room=[0] * 5, closest=True)
def test_capacitated_covering(town, limit, room, closest):
    ways, weight, count = town
    room = np.array(room[: ways.shape[1]], float)
    best = max(
        most_served(ways, weight, room, c, limit=limit, closest=closest)
        for c in every_choice(ways.shape[1], count)
    )
    model = capacitated_covering(
        covers_within(ways, limit),
        weight,
        room,
        count,
        way=csr_matrix(ways.T + 1.0) if closest else None,
    )
    answer = solve_model(model)
    assert (answer.value, answer.bound) == (pytest.approx(best), pytest.approx(best))
    served = most_served(ways, weight, room, answer.chosen, limit=limit, closest=closest)
    assert served == pytest.approx(best)


def test_closest_assignment_turns_people_away():
    """Both sites reach all; everybody's nearest is the small one."""
    ways = np.array([[1.0, 2.0], [1.0, 2.0]])
    covers, weight = covers_within(ways, 5.0), np.array([4.0, 4.0])
    room = np.array([3.0, 100.0])
    freely = solve_model(capacitated_covering(covers, weight, room, 2))
    assert freely.value == 8
    way = pairs_of(ways).csr()
    nearest = solve_model(capacitated_covering(covers, weight, room, 2, way=way))
    # The small one is better left shut.
    assert nearest.chosen.tolist() == [False, True]
    assert nearest.value == 8


@settings(max_examples=60, deadline=None)
@given(towns(), st.integers(0, 9), st.sampled_from([0.4, 0.8, 1.0]), st.booleans())
def test_district_targets(town, limit, share, standing):
    ways, weight, _ = town
    districts = np.array(["a", "b"] * 3)[: len(weight)]
    done = (np.arange(len(weight)) == 0) & standing
    within = ways <= limit

    def met(chosen):
        covered = done | within[:, chosen].any(axis=1)
        return all(
            weight[covered & (districts == d)].sum() >= share * weight[districts == d].sum() - 1e-6
            for d in "ab"
        )

    model = district_targets(
        covers_within(ways, limit), weight, districts.tolist(), share, covered=done
    )
    allowed = [c.sum() for c in every_choice(ways.shape[1]) if met(c)]
    if not allowed:
        with pytest.raises(InfeasibleError):
            solve_model(model)
        return
    assert solve_model(model).value == pytest.approx(min(allowed))


def test_a_target_out_of_reach_names_the_district_alone():
    covers = csr_matrix(np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]))
    names = {"cy": Text("城阳区", "Chengyang"), "sn": Text("市南区", "Shinan")}
    model = district_targets(covers, np.ones(3), ["cy", "cy", "sn"], 0.9, names=names)
    with pytest.raises(InfeasibleError) as caught:
        solve_model(model)
    assert "城阳区覆盖率达到 90%（还差 2 人，候选点至多再覆盖 1 人）" in caught.value.text.zh
    assert "市南" not in caught.value.text.zh
    small = with_rules(
        district_targets(covers, np.ones(3), ["", "cy", "sn"], {"sn": 1.0}), count_rule(2, 0)
    )
    with pytest.raises(InfeasibleError) as caught:
        solve_model(small)
    assert "总数不超过 0 个" in caught.value.text.zh
    assert "市南" not in caught.value.text.zh


def test_any_model_keeps_more_rules():
    near = covers_within(LINE, 1.0)
    rules = class_rules(["x", "x", "x", "y", "y"], {"y": 1}, {"x": 1})
    answer = solve_model(with_rules(backup_covering(near, np.ones(5), 2), *rules))
    assert answer.chosen[:3].sum() <= 1
    assert answer.chosen[3:].sum() >= 1
    with pytest.raises(BadInputError):
        solve_model(with_rules(p_median(LINE, 2), count_rule(5, 1)))


@pytest.mark.parametrize(
    "make",
    [
        lambda near: partial_covering(near, np.ones(5), 1.5),
        lambda near: backup_covering(near, np.ones(5), 1, twice=2.0),
        lambda near: capacitated_covering(near, np.ones(5), np.ones(4), 1),
        lambda _: gradual_covering(pairs_of(LINE), np.ones(5), 1, steps=[(1.0, 0.5), (2.0, 1.0)]),
    ],
)
def test_bad_values_are_refused(make):
    with pytest.raises(BadInputError):
        make(covers_within(LINE, 1.0))


def test_demand_covered_alike_is_one_row_where_the_fewest_sites_are_sought(monkeypatch):
    """Nine demands in three places, all of them asked for: three rows of candidates, no z left free."""
    loaded = []

    class Watched(formulation.Highs):
        def load(self, program):
            loaded.append(program)
            super().load(program)

    monkeypatch.setattr(formulation, "Highs", Watched)
    covers = csr_matrix(np.repeat([[1.0, 1, 0], [0, 1, 0], [0, 0, 1]], 3, axis=1))
    answer = solve_model(set_covering(covers))
    assert (answer.value, answer.bound) == (2, 2)
    assert loaded[0].matrix.shape == (4, 6)
    assert loaded[0].lower.tolist() == [0, 0, 0, 1, 1, 1]


def test_demand_covered_alike_in_two_districts_stays_apart():
    """Both candidates cover one demand of either district; only the first covers more of one."""
    covers = csr_matrix(np.array([[1.0, 1, 1, 0], [1, 1, 0, 1]]))
    model = district_targets(covers, np.array([5.0, 5.0, 2.0, 3.0]), ["a", "b", "a", "b"], 0.9)
    assert solve_model(model).value == 2
    easier = district_targets(covers, np.array([5.0, 5.0, 2.0, 3.0]), ["a", "b", "a", "b"], 0.6)
    assert solve_model(easier).value == 1
