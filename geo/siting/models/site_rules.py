"""What a plan of new sites must keep and whose cover counts more, as a planner states it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from geo.arrays import Flags, Floats
from geo.crs import metric_crs_of, to_metres
from geo.errors import BadInputError
from geo.layers.vocabulary import Host
from geo.siting.models.covering_problem import Pairs, too_near
from geo.siting.models.linear_rule import (
    LinearRule,
    budget_rule,
    class_rules,
    count_rule,
    money_rule,
)
from geo.text import Text

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd


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
        import pandas as pd  # noqa: PLC0415 - brings in pandas

        workers = demand["workers"].to_numpy(np.float64)
        where = demand["district"].fillna("").astype(str)
        total = pd.Series(workers).groupby(where.to_numpy()).sum()
        covered = pd.Series(workers * already_covered).groupby(where.to_numpy()).sum()
        share = (covered / total.where(total > 0)).fillna(0.0)
        weight *= 1.0 + under_service * (1.0 - where.map(share).to_numpy(np.float64))
    return weight


def funding_rules(
    cost_cny: Floats,
    districts: Sequence[str],
    *,
    city_cny: float | None = None,
    district_cny: Mapping[str, float] | None = None,
    city_share: float = 0.5,
    names: Mapping[str, Text] | None = None,
) -> tuple[LinearRule, ...]:
    """Bound what each budget pays (measure 4 of the notice: city and district half and half).

    Parameters
    ----------
    cost_cny : (n,) float64
        Whole cost of each candidate or action.
    districts : (n,) sequence of str
        Whose budget pays the rest; empty text: nobody's.
    city_cny : float | None
        The city's budget; None for no limit.
    district_cny : Mapping[str, float] | None
        Each district's budget; a district left out has no limit.
    city_share : float
        Part of every cost the city carries, 0 to 1.
    names : Mapping[str, Text] | None
        What people call the districts.

    Raises
    ------
    BadInputError
        If the share is no share.
    """
    if not 0 <= city_share <= 1:
        raise BadInputError(
            Text(
                f"市级承担比例 {city_share} 须在 0 与 1 之间。",
                f"The city's share {city_share} must lie between 0 and 1.",
            )
        )
    rules = []
    if city_cny is not None:
        text = Text(
            f"市级资金不超过 {city_cny:z,.0f} 元（承担 {city_share:.0%}）",
            f"at most CNY {city_cny:z,.0f} from the city ({city_share:.0%} of each cost)",
        )
        rules.append(money_rule(text, city_share * cost_cny, city_cny))
    member = np.asarray([str(name) for name in districts])
    for name, budget in sorted((district_cny or {}).items()):
        known = (names or {}).get(name, Text(name, name))
        text = Text(
            f"{known.zh}资金不超过 {budget:z,.0f} 元（承担 {1 - city_share:.0%}）",
            f"at most CNY {budget:z,.0f} from {known.en} ({1 - city_share:.0%} of each cost there)",
        )
        part = np.where(member == name, (1 - city_share) * cost_cny, 0.0)
        rules.append(money_rule(text, part, budget))
    return tuple(rules)


DEFAULT_COUNT = 100
"""New service positions of measure 4 of the notice."""
DEFAULT_MINIMUM = 0
"""Sites every district gets whatever they bring: none, unless a planner asks for them."""
_HOSTS = {
    str(host): Text(f"依托{host.text.zh}的站点", f"sites hosted by: {host.text.en}")
    for host in Host
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRules:
    """Bounds on the choice of candidates.

    Attributes
    ----------
    count : int | None
        Sites at most; None where the model itself seeks the fewest.
    budget_cny : float | None
        Money at most (``cost_cny`` of the candidates), beside the count.
    district_minimum : int | Mapping[str, int]
        Sites by district code; one number holds for every district with a candidate.
    district_maximum, host_minimum, host_maximum : Mapping[str, int]
        By district code, and by host.
    subdistrict_minimum, subdistrict_maximum : Mapping[str, int]
        By the name of the subdistrict.
    city_cny, district_cny, city_share
        Budgets, see :func:`~geo.siting.models.site_rules.funding_rules`.
    spacing_m : float
        New sites at least this far apart, straight line.
    phases : tuple[int, ...]
        Cumulative counts, see :mod:`geo.siting.plan.phases`.
    """

    count: int | None = DEFAULT_COUNT
    budget_cny: float | None = None
    district_minimum: int | Mapping[str, int] = DEFAULT_MINIMUM
    district_maximum: Mapping[str, int] = field(default_factory=dict)
    subdistrict_minimum: Mapping[str, int] = field(default_factory=dict)
    subdistrict_maximum: Mapping[str, int] = field(default_factory=dict)
    host_minimum: Mapping[str, int] = field(default_factory=dict)
    host_maximum: Mapping[str, int] = field(default_factory=dict)
    city_cny: float | None = None
    district_cny: Mapping[str, float] = field(default_factory=dict)
    city_share: float = 0.5
    spacing_m: float = 300.0
    phases: tuple[int, ...] = (30, 60)

    def __post_init__(self) -> None:
        """Refuse a count of nothing."""
        if self.count is not None and self.count < 1:
            raise BadInputError(
                Text(
                    f"站点数 {self.count} 须为正整数。",
                    f"The count {self.count} must be at least 1.",
                )
            )


DEFAULT_RULES = SiteRules()
"""What holds where a planner decides nothing."""


def site_rules(
    candidates: gpd.GeoDataFrame, rules: SiteRules, names: Mapping[str, Text]
) -> tuple[LinearRule, ...]:
    """Write the linear rules over the candidates (columns of the layer ``candidates``)."""
    cost, districts = costs_of(candidates), words_of(candidates, "district")
    made = [] if rules.count is None else [count_rule(len(candidates), rules.count)]
    if rules.budget_cny is not None:
        made.append(budget_rule(cost, rules.budget_cny))
    made += funding_rules(
        cost,
        districts,
        city_cny=rules.city_cny,
        district_cny=rules.district_cny,
        city_share=rules.city_share,
        names=names,
    )
    made += class_rules(districts, rules.district_minimum, rules.district_maximum, names=names)
    made += class_rules(
        words_of(candidates, "subdistrict"), rules.subdistrict_minimum, rules.subdistrict_maximum
    )
    hosts = words_of(candidates, "host")
    return (*made, *class_rules(hosts, rules.host_minimum, rules.host_maximum, names=_HOSTS))


def site_conflicts(candidates: gpd.GeoDataFrame, spacing_m: float) -> tuple[Pairs, Text]:
    """Return the pairs that exclude each other, too near or of one ``exclusive`` group."""
    near = too_near(xy_m_of(candidates), spacing_m)
    members: dict[str, list[int]] = {}
    for row, group in enumerate(words_of(candidates, "exclusive")):
        members.setdefault(group, []).append(row)
    members.pop("", None)
    same = [pair for rows in members.values() for pair in combinations(rows, 2)]
    zh = [f"新站点间距不小于 {spacing_m:g} 米"] if len(near) else []
    en = [f"new sites at least {spacing_m:g} m apart"] if len(near) else []
    if same:
        zh.append("同一互斥组只选一个（" + "、".join(sorted(members)[:3]) + "）")
        en.append("one of each exclusive group (" + ", ".join(sorted(members)[:3]) + ")")
    pairs = np.concatenate([near, np.array(same, np.int64).reshape(-1, 2)])
    return pairs, Text("，".join(zh), ", ".join(en))


def xy_m_of(frame: gpd.GeoDataFrame, crs: str | None = None) -> Floats:
    """Return the (n, 2) points of a layer (EPSG:4326) in metres of `crs`, or of their own zone."""
    lonlat = np.column_stack([frame.geometry.x, frame.geometry.y])
    return to_metres(lonlat, crs or metric_crs_of(lonlat))


def text_of(value: object) -> str:
    """Return a cell as plain text, empty where missing."""
    import pandas as pd  # noqa: PLC0415 - brings in pandas

    return "" if value is None or pd.isna(value) else str(value)  # type: ignore[call-overload]


def words_of(frame: pd.DataFrame, name: str) -> list[str]:
    """Return a column as plain text, empty where missing."""
    if name not in frame:
        return [""] * len(frame)
    column = frame[name]
    return [
        "" if missing else str(value)
        for value, missing in zip(column.tolist(), column.isna().tolist(), strict=True)
    ]


def flags_of(frame: pd.DataFrame, name: str) -> Flags:
    """Return a column of flags, False where missing."""
    if name not in frame:
        return np.zeros(len(frame), np.bool_)
    flags: Flags = frame[name].fillna(value=False).to_numpy(np.bool_)
    return flags


def costs_of(candidates: gpd.GeoDataFrame) -> Floats:
    """Return the costs in yuan, nan where not known, 0 for a layer without costs."""
    if "cost_cny" not in candidates:
        return np.zeros(len(candidates))
    costs: Floats = candidates["cost_cny"].to_numpy(np.float64, na_value=np.nan)
    return costs
