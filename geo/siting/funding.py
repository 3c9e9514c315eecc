"""Who pays: the city and each district carry every cost half and half, each from its own purse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from geo.errors import BadInputError
from geo.siting.rule import Floats, Rule, money_rule
from geo.text import Text


def funding_rules(
    cost_cny: Floats,
    districts: Sequence[str],
    *,
    city_cny: float | None = None,
    district_cny: Mapping[str, float] | None = None,
    city_share: float = 0.5,
    names: Mapping[str, Text] | None = None,
) -> tuple[Rule, ...]:
    """Bound what each purse pays (measure 4 of the notice: city and district half and half).

    Parameters
    ----------
    cost_cny : (n,) float64
        Whole cost of each candidate or action.
    districts : (n,) sequence of str
        Whose purse pays the rest; empty text: nobody's.
    city_cny : float | None
        The city's purse; None for no limit.
    district_cny : Mapping[str, float] | None
        Each district's purse; a district left out has no limit.
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
    for name, purse in sorted((district_cny or {}).items()):
        known = (names or {}).get(name, Text(name, name))
        text = Text(
            f"{known.zh}资金不超过 {purse:z,.0f} 元（承担 {1 - city_share:.0%}）",
            f"at most CNY {purse:z,.0f} from {known.en} ({1 - city_share:.0%} of each cost there)",
        )
        part = np.where(member == name, (1 - city_share) * cost_cny, 0.0)
        rules.append(money_rule(text, part, purse))
    return tuple(rules)
