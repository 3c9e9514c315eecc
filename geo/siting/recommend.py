"""The planner's question: which sites to open next, and why (layers in, layers out)."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.crs import STORAGE_CRS, to_metres
from geo.errors import BadInputError, CrsError
from geo.layers.columns import SITES
from geo.layers.vocabulary import Action
from geo.reach.catchments import Catchments
from geo.siting.binding import binding_rules
from geo.siting.curve import marginal_curve
from geo.siting.lagrangian import price
from geo.siting.plan import SitingAnswer, SitingPlan
from geo.siting.problem import CoveringProblem, covering_matrix, too_near
from geo.siting.ranking import ranked
from geo.siting.reasons import Reason, by_word, reasons, sentence
from geo.siting.reduction import aggregate
from geo.siting.robustness import share_chosen
from geo.siting.rule import Flags, Floats, Rule, budget_rule, class_rules, count_rule
from geo.siting.solve import CoveringAnswer, Effort, solve_covering
from geo.solving import Progress, Stop, never, silent
from geo.text import Text


@dataclass(frozen=True, slots=True, eq=False)
class _Inputs:
    candidates: gpd.GeoDataFrame
    demand: pd.DataFrame
    already: Flags
    nearest: pd.DataFrame
    names: Mapping[str, Text]


def recommend_sites(
    candidates: gpd.GeoDataFrame,
    pairs: Catchments,
    demand: pd.DataFrame,
    already_covered: Flags,
    nearest: pd.DataFrame,
    *,
    count: int = 100,
    budget_cny: float | None = None,
    per_district_minimum: int | Mapping[str, int] = 0,
    per_district_maximum: Mapping[str, int] | None = None,
    per_host_maximum: Mapping[str, int] | None = None,
    district_names: Mapping[str, Text] | None = None,
    equity_weight: Floats | None = None,
    spacing_m: float = 0.0,
    phases: Sequence[int] = (30,),
    robustness_runs: int = 20,
    extra_rules: Sequence[Rule] = (),
    seed: int = 0,
    effort: Effort | None = None,
    stop: Stop = never,
    progress: Progress = silent,
) -> SitingPlan:
    """Choose the candidates that newly cover the most workers, within the rules, with proof.

    Parameters
    ----------
    candidates : GeoDataFrame
        The layer ``candidates`` (n rows, points, EPSG:4326); ``fixed`` and ``forbidden`` count.
    pairs : Catchments
        Candidate (``site``) to demand row (``point``) within reach, sparse.
    demand : DataFrame
        m rows in the order of ``pairs.point``: ``workers``, and ``group``, ``setting``,
        ``district`` where known.
    already_covered : (m,) bool
        Demand that existing stations cover.
    nearest : DataFrame
        n rows in the candidates' order: ``nearest_station_id``, ``nearest_station_name``,
        ``nearest_m``.
    count : int
        Sites at most.
    budget_cny : float | None
        Money at most (``cost_cny`` of the candidates).
    per_district_minimum, per_district_maximum : int | Mapping[str, int], Mapping[str, int] | None
        Sites by district code; one number holds for every district with a candidate.
    per_host_maximum : Mapping[str, int] | None
        Sites by host.
    district_names : Mapping[str, Text] | None
        What people call the districts.
    equity_weight : (m,) float64 | None
        Factor on each demand's workers while choosing (by group, district, under-service);
        all figures shown stay workers, the bound too; ``status`` is that of the weighted problem.
    spacing_m : float
        New sites at least this far apart, straight line on EPSG:4549.
    phases : Sequence[int]
        Cumulative counts: the first 30 are the best 30 of the plan.
    robustness_runs : int
        Trials with demand off by ±20 %; 0 for none.
    extra_rules : Sequence[Rule]
        Anything else linear.

    Raises
    ------
    InfeasibleError
        The rules contradict each other; the text names them.
    BadInputError
        Lengths or values do not fit.
    """
    workers = _checked(candidates, pairs, demand, already_covered, nearest, count)
    factor = np.ones(len(workers)) if equity_weight is None else np.asarray(equity_weight, float)
    given = _Inputs(candidates, demand, already_covered, nearest, district_names or {})
    rules = _rules(
        candidates, count, budget_cny, per_district_minimum, per_district_maximum,
        per_host_maximum, given.names,
    )  # fmt: skip
    problem = CoveringProblem(
        covering_matrix(pairs.site, pairs.point, pairs.n_sites, pairs.n_points),
        np.where(already_covered, 0.0, workers * factor),
        (*rules, *extra_rules),
        too_near(to_metres(_lonlat(candidates)), spacing_m),
        _flag(candidates, "fixed"),
        _flag(candidates, "forbidden"),
        Text(f"新站点间距不小于 {spacing_m:g} 米", f"new sites at least {spacing_m:g} m apart"),
    )
    answer = solve_covering(problem, seed=seed, effort=effort, stop=stop, progress=progress)
    # Everything told about the plan is in workers, whatever the weights it was chosen by.
    told = replace(problem, weight=np.where(already_covered, 0.0, workers))
    rows, phase = ranked(told, answer.chosen, phases, seed=seed, stop=stop)
    progress(Text("检验稳健性", "Testing robustness"), 0.8)
    share = share_chosen(problem, answer.chosen, runs=robustness_runs, seed=seed, stop=stop)[rows]
    before = float(workers[already_covered].sum())
    after = before + told.value(answer.chosen)
    bound = before + _bound(told, answer, same_weights=equity_weight is None, stop=stop)
    progress(Text("说明理由", "Giving reasons"), 0.9)
    summary = SitingAnswer(
        rows, phase, before, after, bound,
        (bound - after) / bound if bound > 0 else 0.0,
        (bound - after) / (bound - before) if bound > before else 0.0,
        answer.status, answer.statistics, share,
        binding_rules(problem, answer, stop=stop),
    )  # fmt: skip
    return SitingPlan(
        summary,
        _sites(given, reasons(told, rows.tolist()), summary),
        marginal_curve(told, rows.tolist(), before, stop=stop),
        _districts(given, told.covered(answer.chosen), rows),
    )


def _bound(
    told: CoveringProblem, answer: CoveringAnswer, *, same_weights: bool, stop: Stop
) -> float:
    """Return the certified bound in workers, whatever weights the plan was chosen by."""
    if same_weights:
        return answer.upper_bound
    return price(aggregate(told), told.value(answer.chosen), iterations=300, stop=stop).bound


def _checked(
    candidates: gpd.GeoDataFrame,
    pairs: Catchments,
    demand: pd.DataFrame,
    already: Flags,
    nearest: pd.DataFrame,
    count: int,
) -> Floats:
    """Refuse what does not fit together; return the workers of each demand row."""
    if candidates.crs is None or candidates.crs.to_epsg() != int(STORAGE_CRS[5:]):
        raise CrsError(
            Text(
                "候选点图层须为 EPSG:4326。", "The candidates must be in EPSG:4326; reproject them."
            )
        )
    sizes = {
        "candidates": (len(candidates), pairs.n_sites),
        "demand": (len(demand), pairs.n_points),
        "already_covered": (len(already), pairs.n_points),
        "nearest": (len(nearest), pairs.n_sites),
    }
    for name, (have, need) in sizes.items():
        if have != need:
            raise BadInputError(
                Text(
                    f"{name} 有 {have} 行，应有 {need} 行。",
                    f"{name} has {have} rows where {need} are needed.",
                )
            )
    if count < 1:
        raise BadInputError(
            Text(f"站点数 {count} 须为正整数。", f"The count {count} must be at least 1.")
        )
    workers: Floats = demand["workers"].to_numpy(np.float64)
    return workers


def _flag(frame: pd.DataFrame, name: str) -> Flags:
    if name not in frame:
        return np.zeros(len(frame), np.bool_)
    flags: Flags = frame[name].fillna(value=False).to_numpy(np.bool_)
    return flags


def _words(frame: pd.DataFrame, name: str) -> list[str]:
    """Return a column as plain text, empty where missing."""
    if name not in frame:
        return [""] * len(frame)
    return ["" if pd.isna(value) else str(value) for value in frame[name]]


def _lonlat(candidates: gpd.GeoDataFrame) -> Floats:
    return np.column_stack([candidates.geometry.x, candidates.geometry.y])


def _costs(candidates: gpd.GeoDataFrame) -> Floats:
    if "cost_cny" not in candidates:
        return np.zeros(len(candidates))
    costs: Floats = candidates["cost_cny"].to_numpy(np.float64, na_value=np.nan)
    return costs


def _rules(
    candidates: gpd.GeoDataFrame,
    count: int,
    budget_cny: float | None,
    minimum: int | Mapping[str, int],
    maximum: Mapping[str, int] | None,
    host_maximum: Mapping[str, int] | None,
    names: Mapping[str, Text],
) -> tuple[Rule, ...]:
    rules = [count_rule(len(candidates), count)]
    if budget_cny is not None:
        rules.append(budget_rule(_costs(candidates), budget_cny))
    rules += class_rules(_words(candidates, "district"), minimum, maximum, names=names)
    return (*rules, *class_rules(_words(candidates, "host"), 0, host_maximum))


def _sites(given: _Inputs, why: Sequence[Reason], answer: SitingAnswer) -> gpd.GeoDataFrame:
    records = [
        _record(given, reason, rank, int(answer.phase[rank]), float(answer.robustness[rank]))
        for rank, reason in enumerate(why)
    ]
    chosen = given.candidates.iloc[answer.chosen]
    columns = [column.name for column in SITES.columns]
    frame = pd.DataFrame(records, columns=columns)
    return gpd.GeoDataFrame(frame, geometry=list(chosen.geometry), crs=given.candidates.crs)


def _record(
    given: _Inputs, reason: Reason, rank: int, phase: int, robust: float
) -> dict[str, object]:
    candidate = given.candidates.iloc[reason.row]
    groups = by_word(given.demand, reason.new, "group") if "group" in given.demand else {}
    settings = by_word(given.demand, reason.new, "setting") if "setting" in given.demand else {}
    near = given.nearest.iloc[reason.row].to_dict()
    other = _candidate(given, reason.runner_up)
    text = sentence(
        groups, settings, reason,
        nearest=_nearest(near), runner_up=_runner_up(other, reason), robust=robust,
    )  # fmt: skip
    copied = {name: candidate.get(name) for name in ("name", "host", "address", "subdistrict")}
    return {
        **copied,
        "rank": rank + 1,
        "phase": phase,
        "action": Action.OPEN.value,
        "target_id": str(candidate["id"]),
        "district": candidate.get("district"),
        "workers_new": round(float(given.demand["workers"].to_numpy()[reason.new].sum()), 1),
        "workers_lost": round(reason.lost, 1),
        "workers_by_group": json.dumps(groups),
        "cost_cny": candidate.get("cost_cny"),
        **{str(name): near[name] for name in near if str(name).startswith("nearest")},
        "runner_up_id": None if other is None else str(other["id"]),
        "runner_up_name": None if other is None else str(other["name"]),
        "runner_up_loss": round(reason.runner_up_loss, 1),
        "reason_zh": text.zh,
        "reason_en": text.en,
    }


def _candidate(given: _Inputs, row: int) -> dict[Hashable, object] | None:
    return given.candidates.iloc[row].to_dict() if row >= 0 else None


def _nearest(near: Mapping[Hashable, object]) -> Text:
    metres = float(str(near["nearest_m"]))
    if not np.isfinite(metres):
        return Text("现有站点均无法到达", "no existing station can be reached")
    return Text(
        f"最近的现有站点“{near['nearest_station_name']}”相距 {metres:,.0f} 米",
        f'the nearest existing station "{near["nearest_station_name"]}" is {metres:,.0f} m away',
    )


def _runner_up(other: Mapping[Hashable, object] | None, reason: Reason) -> Text:
    if other is None:
        return Text("约束内无可替换的备选点", "no other candidate may take its place")
    return Text(
        f"备选点“{other['name']}”少覆盖 {reason.runner_up_loss:,.0f} 人",
        f'runner-up "{other["name"]}" would cover {reason.runner_up_loss:,.0f} fewer',
    )


def _districts(given: _Inputs, hit: Flags, rows: NDArray[np.int64]) -> pd.DataFrame:
    """Add workers up by district, before and after; demand in no district is district ``""``."""
    workers = given.demand["workers"].to_numpy(np.float64)
    table = pd.DataFrame(
        {
            "district": _words(given.demand, "district"),
            "workers": workers,
            "covered_before": workers * given.already,
            "covered_after": workers * (given.already | hit),
        }
    )
    total = table.groupby("district", as_index=False).sum()
    size = total["workers"].where(total["workers"] > 0)
    total["share_before"] = total["covered_before"] / size
    total["share_after"] = total["covered_after"] / size
    sites = pd.Series(_words(given.candidates.iloc[rows], "district")).value_counts()
    total["sites"] = total["district"].map(sites).fillna(0).astype(int)
    return total
