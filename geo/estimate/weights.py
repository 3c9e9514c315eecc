"""How much each draw counts for each group: the planner's table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from geo.errors import BadInputError
from geo.estimate.basis import Draw
from geo.layers.vocabulary import Group, Setting
from geo.text import Text

Key = tuple[Group, Setting]


@dataclass(frozen=True)
class GroupFacts:
    """What is assumed of a group.

    Attributes
    ----------
    home_share : float
        Part of it that is met at home, 0 to 1; the rest at work.
    work_hours, home_hours : str
        When, in OSM opening_hours syntax.
    industry : str
        Column of the census by which it is shared between districts; "" for none.
    """

    home_share: float
    work_hours: str
    home_hours: str
    industry: str = ""

    def __post_init__(self) -> None:
        """Refuse a share that is none."""
        if not 0 <= self.home_share <= 1:
            raise BadInputError(
                Text(
                    f"居住地占比 {self.home_share} 应在 0 到 1 之间。",
                    f"The share met at home, {self.home_share}, must be from 0 to 1.",
                )
            )

    def share(self, setting: Setting) -> float:
        """Return the part of the group met in a setting."""
        return self.home_share if setting is Setting.RESIDENCE else 1.0 - self.home_share

    def hours(self, setting: Setting) -> str:
        """Return when it is met there."""
        return self.home_hours if setting is Setting.RESIDENCE else self.work_hours


@dataclass(frozen=True)
class Weights:
    """The planner's tables.

    Attributes
    ----------
    per_unit : Mapping[tuple[Group, Setting], Mapping[Draw, float]]
        How many people one unit of a draw draws, against one unit of another.
    groups : Mapping[Group, GroupFacts]
        What is assumed of each group.
    """

    per_unit: Mapping[Key, Mapping[Draw, float]] = field(default_factory=dict)
    groups: Mapping[Group, GroupFacts] = field(default_factory=dict)

    def of(self, group: Group, setting: Setting) -> Mapping[Draw, float]:
        """Return the weight of each draw; empty where the table has none."""
        return self.per_unit.get((group, setting), {})
