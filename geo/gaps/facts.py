"""What is known of one gap, before it becomes a row of the layer or a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.gaps.week_words import week_text
from geo.layers.vocabulary import Amenity, Cause
from geo.text import Text


@dataclass(frozen=True, slots=True)
class Way:
    """A station, and how far it is in a straight line and by street (metres; inf: no way)."""

    station_id: str
    name: str
    air_m: float
    street_m: float


@dataclass(frozen=True, slots=True)
class Cure:
    """Hours of the week a station would have to add, (168,) bool, and what that serves.

    Cures are told one after the other: workers and worker-hours are those no cure before serves.
    A station whose hours are not stated counts as closed; to ask it may be the whole cure.
    """

    station_id: str
    name: str
    hours: NDArray[np.bool_]
    workers: int
    worker_hours: float
    hours_stated: bool = True

    @property
    def text(self) -> Text:
        """The hours in words."""
        return week_text(self.hours)


@dataclass(frozen=True, slots=True)
class GapFacts:
    """One gap.

    Attributes
    ----------
    place : str
        Where most of its workers are, as "lon,lat" in degrees (EPSG:4326).
    district, subdistrict : str | None
        Where most of its workers are.
    workers, worker_hours : int, float
        Left out, and in a week.
    groups, settings : Mapping[str, int]
        Workers by the keys of `Group` and `Setting`, most first.
    hours : (168,) bool
        When, small amounts left out.
    nearest, detour : Way | None
        The station named, and one that only looks near.
    lacking : Sequence[Amenity]
        What the station named lacks.
    cures : Sequence[Cure]
        Longer hours that serve everybody.
    piece_m : float | None
        Metres of the connected streets they are on; None where they are on no street one could
        come back by.
    """

    cause: Cause
    place: str
    district: str | None
    subdistrict: str | None
    workers: int
    worker_hours: float
    groups: Mapping[str, int]
    settings: Mapping[str, int]
    hours: NDArray[np.bool_]
    nearest: Way | None = None
    detour: Way | None = None
    lacking: Sequence[Amenity] = ()
    cures: Sequence[Cure] = ()
    piece_m: float | None = None
