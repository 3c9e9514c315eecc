"""A plan in numbers, as the workbench shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pydantic import BaseModel, Field

from geo.arrays import Floats
from geo.layers.vocabulary import Group, Host
from geo.solving import SolveStatus
from geo.study.rules import Pins
from geo.text import Language

if TYPE_CHECKING:
    from geo.siting.plan.brief import BriefPlan


class PlanFigures(BaseModel):
    """The plan as a whole."""

    workers_total: float
    covered_before: float = Field(description="Workers covered as things stand")
    covered_after: float = Field(description="Workers covered with the plan")
    upper_bound: float | None = Field(
        description="No plan by these rules covers more; null where another measure was sought"
    )
    proven: bool = Field(description="Whether the choice is proven best by its own measure")
    sites: int
    cost_cny: float | None = Field(description="Null where a site's cost is not known")


class PlanSite(BaseModel):
    """A site of the plan."""

    id: str
    name: str
    lon: float
    lat: float
    district: str = Field(description="Its name")
    host: str = Field(description="In the reader's language")
    opening_hours: str | None
    cost_cny: float | None
    workers_new: float = Field(description="Workers it adds to those before it in the list")
    workers_lost: float = Field(description="Workers nobody else covers without it")
    cost_per_worker_cny: float | None
    pinned: str | None = Field(description="`locked`, or null")
    by_hand: str | None = Field(description="`added`, `moved`, or null")
    phase: int = Field(description="When to build it, from 1")
    new_by_group: dict[str, float] = Field(
        description="Workers it adds to those before it in the list, by group; only those above 0"
    )


class Share(BaseModel):
    """Coverage of a district or a group."""

    key: str = Field(description="District code or group")
    name: str
    workers: float
    covered_before: float
    covered_after: float
    sites: int | None = None
    cost_cny: float | None = None


class Crossed(BaseModel):
    """Coverage of a group within a district."""

    district: str = Field(description="Code")
    group: str
    workers: float
    covered_before: float
    covered_after: float


class Week(BaseModel):
    """Workers by hour of the week, Monday 00:00 first, 168 values each."""

    present: list[float] = Field(description="Workers who are there")
    served_before: list[float] = Field(description="With an open station within the limit")
    served_after: list[float]


class PlanAnswer(BaseModel):
    """A plan in numbers."""

    figures: PlanFigures
    sites: list[PlanSite] = Field(description="In the order to build them")
    districts: list[Share]
    groups: list[Share]
    crossed: list[Crossed] = Field(description="Groups within districts")
    week: Week


def plan_answer(
    plan: BriefPlan, pins: Pins, names: Mapping[str, str], language: Language
) -> PlanAnswer:
    """Return `plan` in the reader's language.

    Parameters
    ----------
    pins : Pins
        What was settled by hand.
    names : Mapping[str, str]
        Districts by code.
    """
    sites = _sites(plan, pins, names, language)
    cost = _cost_by_district(plan)
    districts = [
        _share(
            row,
            str(row["district"]),
            names.get(str(row["district"]), "—"),
            sites=int(row["sites"]),
            cost_cny=cost.get(str(row["district"]), 0.0),
        )
        for _, row in plan.districts.iterrows()
    ]
    groups = [
        _share(row, str(row["group"]), Group(str(row["group"])).text.into(language))
        for _, row in plan.groups.iterrows()
    ]
    week = week_answer(plan.present, plan.served_before, plan.served_after)
    return PlanAnswer(
        figures=_figures(plan),
        sites=sites,
        districts=districts,
        groups=groups,
        crossed=[
            Crossed(**{str(k): v for k, v in row.items()})
            for row in plan.crossed.to_dict("records")
        ],
        week=week,
    )


def week_answer(present: Floats, served_before: Floats, served_after: Floats) -> Week:
    """Return (168,) workers there and served as the answer tells them."""
    return Week(
        present=_whole(present),
        served_before=_whole(served_before),
        served_after=_whole(served_after),
    )


def _figures(plan: BriefPlan) -> PlanFigures:
    return PlanFigures(
        workers_total=float(plan.districts["workers"].sum()),
        covered_before=plan.covered_before,
        covered_after=plan.covered_after,
        upper_bound=plan.upper_bound,
        proven=plan.status is SolveStatus.OPTIMAL,
        sites=len(plan.rows),
        cost_cny=plan.total_cny,
    )


def _sites(
    plan: BriefPlan, pins: Pins, names: Mapping[str, str], language: Language
) -> list[PlanSite]:
    chosen = plan.candidates.iloc[plan.rows]
    added = {site.id for site in pins.added}
    fixed = chosen["fixed"].fillna(value=False).astype(bool)
    found = []
    for number, (row, locked) in enumerate(zip(chosen.to_dict("records"), fixed, strict=True)):
        cost, new = _number(plan.cost_cny[number]), float(plan.workers_new[number])
        site = str(row["id"])
        found.append(
            PlanSite(
                id=site,
                name=str(row["name"]),
                lon=row["geometry"].x,
                lat=row["geometry"].y,
                district=names.get(_word(row["district"]) or "", "—"),
                host=Host(host).text.into(language) if (host := _word(row["host"])) else "—",
                opening_hours=_word(row["opening_hours"]),
                cost_cny=cost,
                workers_new=round(new, 1),
                workers_lost=round(float(plan.workers_lost[number]), 1),
                cost_per_worker_cny=round(cost / new, 2) if cost is not None and new > 0 else None,
                pinned="locked" if locked else None,
                by_hand="added" if site in added else "moved" if site in pins.moved else None,
                phase=int(plan.phase[number]),
                new_by_group={
                    str(group): round(float(more), 1)
                    for group, more in zip(
                        plan.groups["group"], plan.new_by_group[number], strict=True
                    )
                    if more > 0
                },
            )
        )
    return found


def _cost_by_district(plan: BriefPlan) -> dict[str, float | None]:
    """Return the money of each district's sites; None where a cost is not known."""
    where = plan.candidates["district"].iloc[plan.rows].fillna("").astype(str)
    sums = pd.Series(plan.cost_cny, index=where.to_numpy()).groupby(level=0).sum(min_count=1)
    unknown = set(where[np.isnan(plan.cost_cny)])
    return {str(code): None if code in unknown else float(sum_) for code, sum_ in sums.items()}


def _share(
    row: pd.Series, key: str, name: str, *, sites: int | None = None, cost_cny: float | None = None
) -> Share:
    return Share(
        key=key,
        name=name,
        workers=float(row["workers"]),
        covered_before=float(row["covered_before"]),
        covered_after=float(row["covered_after"]),
        sites=sites,
        cost_cny=cost_cny,
    )


def _whole(values: Floats) -> list[float]:
    return [float(value) for value in np.round(values)]


def _number(value: object) -> float | None:
    return None if pd.isna(value) else float(str(value))  # type: ignore[call-overload]


def _word(value: object) -> str | None:
    return None if pd.isna(value) else str(value)  # type: ignore[call-overload]
