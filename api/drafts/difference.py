"""What is different between two plans: by site, district, group, hour and money."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, Field

from api.drafts.plan_answer import PlanAnswer, PlanFigures, PlanSite, Share


class GroupChange(BaseModel):
    """A district or a group in both plans."""

    key: str
    name: str
    workers: float
    covered_first: float
    covered_second: float
    sites_first: int | None = None
    sites_second: int | None = None
    cost_first_cny: float | None = None
    cost_second_cny: float | None = None


class CrossedChange(BaseModel):
    """A group within a district in both plans."""

    district: str = Field(description="Code")
    group: str
    workers: float
    covered_first: float
    covered_second: float


class PlanDifference(BaseModel):
    """The second plan beside the first."""

    first: PlanFigures
    second: PlanFigures
    came: list[PlanSite] = Field(description="Sites of the second plan alone")
    went: list[PlanSite] = Field(description="Sites of the first plan alone")
    moved: list[PlanSite] = Field(description="Sites of both, standing elsewhere in the second")
    districts: list[GroupChange]
    groups: list[GroupChange]
    crossed: list[CrossedChange] = Field(description="Groups within districts")
    served_first: list[float] = Field(description="Workers served by hour of the week, 168 values")
    served_second: list[float]


def plan_difference(first: PlanAnswer, second: PlanAnswer) -> PlanDifference:
    """Return what the second plan does differently."""
    before = {site.id: site for site in first.sites}
    after = {site.id: site for site in second.sites}
    return PlanDifference(
        first=first.figures,
        second=second.figures,
        came=[site for site in second.sites if site.id not in before],
        went=[site for site in first.sites if site.id not in after],
        moved=[
            site
            for site in second.sites
            if site.id in before and _place(before[site.id]) != _place(site)
        ],
        districts=_changes(first.districts, second.districts),
        groups=_changes(first.groups, second.groups),
        crossed=_crossed(first, second),
        served_first=first.week.served_after,
        served_second=second.week.served_after,
    )


def _crossed(first: PlanAnswer, second: PlanAnswer) -> list[CrossedChange]:
    """Return the groups within districts that either plan counts."""
    before = {(row.district, row.group): row for row in first.crossed}
    after = {(row.district, row.group): row for row in second.crossed}
    return [
        CrossedChange(
            district=key[0],
            group=key[1],
            workers=(after.get(key) or before[key]).workers,
            covered_first=before[key].covered_after if key in before else 0.0,
            covered_second=after[key].covered_after if key in after else 0.0,
        )
        for key in dict.fromkeys((*before, *after))
    ]


def _place(site: PlanSite) -> tuple[float, float]:
    return round(site.lon, 7), round(site.lat, 7)


def _changes(first: Sequence[Share], second: Sequence[Share]) -> list[GroupChange]:
    before = {row.key: row for row in first}
    after = {row.key: row for row in second}
    found = []
    for key in dict.fromkeys((*before, *after)):
        one, other = before.get(key), after.get(key)
        either = one or other
        if either is None:  # pragma: no cover - every key is in one of them
            continue
        found.append(
            GroupChange(
                key=key,
                name=either.name,
                workers=either.workers,
                covered_first=one.covered_after if one else 0.0,
                covered_second=other.covered_after if other else 0.0,
                sites_first=one.sites if one else None,
                sites_second=other.sites if other else None,
                cost_first_cny=one.cost_cny if one else None,
                cost_second_cny=other.cost_cny if other else None,
            )
        )
    return found
