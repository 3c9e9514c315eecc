"""Every single thing that could be done: one row of the choice each, with what it offers and costs.

A measure says which place serves during which hours and with what, once it is taken. Whom that
newly serves is for :mod:`geo.siting.actions.worker_hours` to find out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np

from geo.arrays import Floats, Ints
from geo.layers.vocabulary import Action, Amenity
from geo.reach.catchments import Catchments
from geo.siting.actions.action_rules import ActionCosts, HoursChoice
from geo.siting.actions.need import Need
from geo.siting.models.site_rules import costs_of, text_of
from geo.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class PossibleAction:
    """One row of the choice.

    Attributes
    ----------
    action : Action | None
        Its kind; None for leaving a movable station where it is, which costs nothing.
    target : int
        Row of the station, or of the candidate to open.
    place : int
        Row of the places: stations first, candidates after them.
    text : Text
        What is done, in the planner's words.
    cost_cny : float
        Over the plan's first year.
    before, hours : str
        Opening hours now ("" for a new place) and then.
    amenities : frozenset[str]
        What the place has then.
    """

    action: Action | None
    target: int
    place: int
    text: Text
    cost_cny: float
    before: str
    hours: str
    amenities: frozenset[str]


def possible_actions(
    stations: gpd.GeoDataFrame,
    candidates: gpd.GeoDataFrame,
    costs: ActionCosts,
    needs: Sequence[Need],
    *,
    full: Ints | None = None,
    moves: Mapping[int, Sequence[int]] | None = None,
) -> list[PossibleAction]:
    """List all that could be done.

    Parameters
    ----------
    stations : GeoDataFrame
        Stations that count (s rows): ``name, opening_hours, amenities``.
    candidates : GeoDataFrame
        Premises (c rows): ``name, opening_hours, cost_cny``.
    full : (k,) int64 | None
        Rows of stations that must turn people away; only these are worth enlarging.
    moves : Mapping[int, Sequence[int]] | None
        Movable stations and the candidates each may move to.
    """
    wanted = {amenity for need in needs for amenity in need.amenities} & set(costs.amenity_cny)
    hours = [text_of(value) for value in stations["opening_hours"]]
    held = [frozenset(text_of(value).split(";")) - {""} for value in stations["amenities"]]
    opened = list(_openings(candidates, costs, len(stations)))
    found = list(opened)
    for row in range(len(stations)):
        found += _improvements(row, hours[row], held[row], costs, wanted)
    if full is not None and costs.capacity_cny is not None:
        price = costs.capacity_cny
        found += [_enlarged(row, hours[row], held[row], costs, price) for row in full.tolist()]
    names = [text_of(value) for value in candidates["name"]]
    for row, places in (moves or {}).items():
        stay = Text("保持原址", "Stays where it is")
        found.append(
            PossibleAction(
                action=None,
                target=row,
                place=row,
                text=stay,
                cost_cny=0.0,
                before="",
                hours=hours[row],
                amenities=held[row],
            )
        )
        found += [_moved(row, opened[place], names[place], held[row], costs) for place in places]
    return found


def _openings(
    candidates: gpd.GeoDataFrame, costs: ActionCosts, first: int
) -> Iterator[PossibleAction]:
    prices = costs_of(candidates)
    for row, (hours, price) in enumerate(zip(candidates["opening_hours"], prices, strict=True)):
        open_then = text_of(hours) or costs.new_hours
        yield PossibleAction(
            action=Action.OPEN,
            target=row,
            place=first + row,
            text=Text("新建", "Open here"),
            cost_cny=float(price),
            before="",
            hours=open_then,
            amenities=costs.new_amenities,
        )


def _improvements(
    row: int, before: str, held: frozenset[str], costs: ActionCosts, wanted: set[Amenity]
) -> Iterator[PossibleAction]:
    """Longer hours, a lacking amenity, and both together: the amenity then serves longer too."""
    # Nobody knows what there is to extend where the hours are not known.
    longer = [choice for choice in costs.hours if before and choice.hours_more(before) > 0]
    for choice in longer:
        yield _extended(row, before, held, choice, (), costs)
    for amenity in sorted(wanted - held):
        text = Text(f"加装{amenity.text.zh}", f"Add: {amenity.text.en.lower()}")
        if before:
            yield PossibleAction(
                action=Action.ADD_AMENITY,
                target=row,
                place=row,
                text=text,
                cost_cny=float(costs.amenity_cny[amenity]),
                before=before,
                hours=before,
                amenities=held | {amenity},
            )
        for choice in longer:
            yield _extended(row, before, held, choice, (amenity,), costs)


def _extended(
    row: int,
    before: str,
    held: frozenset[str],
    choice: HoursChoice,
    added: tuple[Amenity, ...],
    costs: ActionCosts,
) -> PossibleAction:
    zh = "".join(f"，加装{amenity.text.zh}" for amenity in added)
    en = "".join(f", add: {amenity.text.en.lower()}" for amenity in added)
    price = choice.cost_cny(before) + sum(costs.amenity_cny[amenity] for amenity in added)
    return PossibleAction(
        action=Action.EXTEND_HOURS,
        target=row,
        place=row,
        text=Text(choice.text.zh + zh, choice.text.en + en),
        cost_cny=price,
        before=before,
        hours=choice.after(before),
        amenities=held | set(added),
    )


def _enlarged(
    row: int, hours: str, held: frozenset[str], costs: ActionCosts, price: float
) -> PossibleAction:
    more = costs.capacity_step
    text = Text(f"扩容，日接待增加 {more:g} 人次", f"Room for {more:g} more visitors a day")
    return PossibleAction(
        action=Action.RAISE_CAPACITY,
        target=row,
        place=row,
        text=text,
        cost_cny=price,
        before=hours,
        hours=hours,
        amenities=held,
    )


def _moved(
    row: int, opened: PossibleAction, name: str, held: frozenset[str], costs: ActionCosts
) -> PossibleAction:
    text = Text(f"迁到“{name}”", f'Move to "{name}"')
    return PossibleAction(
        action=Action.RELOCATE,
        target=row,
        place=opened.place,
        text=text,
        cost_cny=float(costs.move_cny or 0.0),
        before="",
        hours=opened.hours,
        amenities=held,
    )


def least_missed(stations: Catchments, workers: Floats, count: int) -> Ints:
    """Return the `count` stations that fewest workers depend on alone, in row order.

    A worker depends on a station when no other that counts is in reach, hours aside.
    """
    times = np.bincount(stations.point, minlength=stations.n_points)
    alone = times[stations.point] == 1
    missed = np.bincount(
        stations.site[alone], workers[stations.point[alone]], minlength=stations.n_sites
    )
    return np.sort(np.argsort(missed, kind="stable")[:count])


def moves_to(
    movable: Sequence[int],
    station_xy_m: Floats,
    candidate_xy_m: Floats,
    reached: Floats,
    *,
    within_m: float,
    each: int,
) -> dict[int, list[int]]:
    """Return for each movable station the candidates it may move to.

    Parameters
    ----------
    station_xy_m, candidate_xy_m : (s, 2), (c, 2) float64
        EPSG:4549 metres.
    reached : (c,) float64
        Workers not covered yet that each candidate reaches; those that reach most are offered.
    within_m : float
        Straight-line limit (``<=``): a station stays in its neighbourhood.
    each : int
        At most so many per station.
    """
    from scipy.spatial import cKDTree  # noqa: PLC0415 (half a second nobody else needs)

    if not len(candidate_xy_m) or not len(movable):
        return {}
    near = cKDTree(candidate_xy_m).query_ball_point(station_xy_m[list(movable)], within_m)
    chosen = {}
    for row, found in zip(movable, near, strict=True):
        best = sorted((one for one in found if reached[one] > 0), key=lambda k: (-reached[k], k))
        if best:
            chosen[int(row)] = [int(one) for one in best[:each]]
    return chosen
