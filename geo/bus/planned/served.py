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


def examined(campaign: Campaign, servings: Servings) -> NDArray[np.float64]:
    """Return (c,) the people of each concentration in `servings`."""
    n = len(campaign.people.count)
    return np.bincount(servings.people, weights=servings.amount, minlength=n).astype(np.float64)


def examined_share(
    campaign: Campaign, servings: Servings, shared: Sequence[SharedVisit] = ()
) -> NDArray[np.float64]:
    """Return (c,) the part (0-1) of each concentration's people in `servings` and `shared` visits.

    Its people are those the campaign is for: women of 35-59 in the screening.
    """
    done = examined(campaign, servings)
    for one in shared:
        np.add.at(done, list(one.people), list(one.amount))
    share: NDArray[np.float64] = done / np.maximum(campaign.people.count, 1.0)
    return share


def served_by_district(campaign: Campaign, servings: Servings) -> dict[str, float]:
    """Return the people of each district in `servings`."""
    served: dict[str, float] = {}
    for people, amount in zip(servings.people.tolist(), servings.amount.tolist(), strict=True):
        district = campaign.people.district[people]
        served[district] = served.get(district, 0.0) + amount
    return served
