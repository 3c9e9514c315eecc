"""Who is served at which visit, and what that adds up to by concentration and by district."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.bus.campaign.campaign import Campaign
from geo.bus.planned.shared_visit import SharedVisit


@dataclass(frozen=True, slots=True, eq=False)
class Servings:
    """How many of which concentration are served at which visit; (n,) arrays, no zero rows.

    Attributes
    ----------
    visit, people : int32
        Number of the visit in the plan's order; index of the concentration.
    amount : float64
        People.
    """

    visit: NDArray[np.int32]
    people: NDArray[np.int32]
    amount: NDArray[np.float64]

    @classmethod
    def none(cls) -> Servings:
        """Return those of no visit."""
        return cls(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0))

    def where(self, rows: NDArray[np.bool_]) -> Servings:
        """Return those of the `rows`, (n,)."""
        return Servings(self.visit[rows], self.people[rows], self.amount[rows])

    def per_visit(self, n_visits: int) -> NDArray[np.float64]:
        """Return (n_visits,) the people of each visit."""
        found = np.bincount(self.visit, weights=self.amount, minlength=n_visits)
        return found.astype(np.float64)


def examined(
    campaign: Campaign, servings: Servings, shared: Sequence[SharedVisit] = ()
) -> NDArray[np.float64]:
    """Return (c,) the people of each concentration in `servings` and `shared` visits."""
    n = len(campaign.people.count)
    done = np.bincount(servings.people, weights=servings.amount, minlength=n).astype(np.float64)
    for one in shared:
        np.add.at(done, list(one.people), list(one.amount))
    return done


def examined_share(
    campaign: Campaign, servings: Servings, shared: Sequence[SharedVisit] = ()
) -> NDArray[np.float64]:
    """Return (c,) the part (0-1) of each concentration's people in `servings` and `shared` visits.

    Its people are those the campaign is for: women of 35-59 in the screening.
    """
    done = examined(campaign, servings, shared)
    share: NDArray[np.float64] = done / np.maximum(campaign.people.count, 1.0)
    return share


def served_by_district(campaign: Campaign, servings: Servings) -> dict[str, float]:
    """Return the people of each district in `servings`."""
    served: dict[str, float] = {}
    for people, amount in zip(servings.people.tolist(), servings.amount.tolist(), strict=True):
        district = campaign.people.district[people]
        served[district] = served.get(district, 0.0) + amount
    return served
