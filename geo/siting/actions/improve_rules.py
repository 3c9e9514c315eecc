"""What a plan of actions must keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from geo.errors import BadInputError
from geo.layers.vocabulary import Action
from geo.siting.site_rules import DEFAULT_RULES
from geo.text import Text

MOVABLE = 30
"""Stations weighed for a move: each is one more action for every candidate near it."""
MOVE_WITHIN_M = 3_000.0
"""Beyond that, a station moved serves other people: it is one closed and one opened."""


@dataclass(frozen=True, slots=True)
class ImproveRules:
    """What a plan of actions must keep.

    Attributes
    ----------
    budget_cny : float | None
        Money for everything, over the first year.
    counts : Mapping[Action, int]
        Most actions of a kind; a kind left out is bounded by the money alone.
    city_cny, district_cny, city_share
        Purses, see :func:`~geo.siting.funding.funding_rules`.
    spacing_m : float
        New places at least this far apart (EPSG:4549, straight).
    movable : int
        How many stations, those least missed, may move; 0 for none.
    move_within_m : float
        How far at most (EPSG:4549, straight).
    visits_per_worker_day : float | None
        How often a worker comes by; None: no station is ever full.
    """

    budget_cny: float | None = None
    counts: Mapping[Action, int] = field(default_factory=dict)
    city_cny: float | None = None
    district_cny: Mapping[str, float] = field(default_factory=dict)
    city_share: float = DEFAULT_RULES.city_share
    spacing_m: float = DEFAULT_RULES.spacing_m
    movable: int = MOVABLE
    move_within_m: float = MOVE_WITHIN_M
    visits_per_worker_day: float | None = None

    def __post_init__(self) -> None:
        """Refuse a plan nothing bounds."""
        if self.budget_cny is None and self.city_cny is None and not self.counts:
            raise BadInputError(
                Text(
                    "请至少给出总预算、市级资金或某类措施的数量上限之一。",
                    "Give a budget, the city's purse or a most count of some action.",
                )
            )
