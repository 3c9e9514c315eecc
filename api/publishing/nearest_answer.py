"""The nearest stations to a question, and what must be said beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from api.publishing.edition import Edition
from api.stations.directory import Audience
from api.stations.finder import LABELS_PER_NODE, FoundStation
from api.stations.openings import Opening, local_moment, now
from api.stations.upkeep import SILENCE, StationWord, Upkeep
from data.geometry.datum import Datum, to_wgs84
from geo.coverage.rule import CoverageRule
from geo.layers.vocabulary import Amenity, Kind, Mode

MOST = LABELS_PER_NODE
"""Stations asked for at most: those known at every crossing."""
USUAL = CoverageRule()
"""What is asked where nothing is said is what coverage is measured by."""
NONE_ASKED: JsonDict = {"default": []}
"""Told of a list that is made anew: pydantic copies a default list deeply for every question."""


class AskedPlace(BaseModel):
    """Where someone is; used to answer and kept nowhere."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    lon: float = Field(description="Longitude in degrees, in `datum`", examples=[120.3826])
    lat: float = Field(description="Latitude in degrees, in `datum`", examples=[36.0671])
    datum: Datum = Field(
        default=Datum.WGS84,
        description="`wgs84` (GPS, browsers), `gcj02` (AMap, Tencent) or `bd09` (Baidu)",
    )


class Question(AskedPlace):
    """Where someone is and what they need; used to answer and kept nowhere."""

    mode: Mode = Field(default=USUAL.mode, description="How they go")
    k: int = Field(default=5, ge=1, le=MOST, description="How many stations at most")
    kind: list[Kind] = Field(
        default_factory=list, json_schema_extra=NONE_ASKED, description="Only these kinds"
    )
    amenity: list[Amenity] = Field(
        default_factory=list, json_schema_extra=NONE_ASKED, description="All of these are needed"
    )
    audience: Audience | None = Field(default=None, description="Who comes")
    open_now: bool = Field(
        default=False, description="Only stations certainly open at `at` (or now)"
    )
    at: datetime | None = Field(
        default=None, description="The moment asked about, ISO 8601, Asia/Shanghai unless it says"
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """The stations found.

    Attributes
    ----------
    moment : datetime
        The moment the openings are for, Asia/Shanghai.
    found : tuple[tuple[FoundStation, Opening, StationWord], ...]
        Soonest reached first, with what is said of each.
    """

    moment: datetime
    found: tuple[tuple[FoundStation, Opening, StationWord], ...]


def answer(edition: Edition, question: Question, upkeep: Upkeep) -> Answer:
    """Answer `question` from `edition` and what is said of its stations now.

    Raises
    ------
    BadInputError
        If the position is outside the area or seems swapped, or the moment is too far away.
    UnreachableError
        If no street passes near the position.
    """
    lon, lat = position_of(question)
    edition.area.check(lon, lat)
    moment = now() if question.at is None else local_moment(question.at)
    allowed = edition.directory.allowed(
        kinds=question.kind, amenities=question.amenity, audience=question.audience
    )
    words = upkeep.words(now())
    if question.open_now:
        allowed &= edition.openings.open_at(moment)
        allowed[_closed_rows(edition, words, moment)] = False
    found = edition.finder.find(lon, lat, question.mode, question.k, allowed)
    return Answer(moment, tuple((one, *said_of(edition, one.row, moment, words)) for one in found))


def said_of(
    edition: Edition, row: int, moment: datetime, words: Mapping[str, StationWord]
) -> tuple[Opening, StationWord]:
    """Return when station `row` is open, its keeper's word before its hours, and what is said."""
    word = words.get(str(edition.directory.rows[row]["id"]), SILENCE) if words else SILENCE
    if word.kept.closed_on and word.kept.closed_on == moment.date().isoformat():
        return edition.openings.after_today(row, moment), word
    return edition.openings.of(row, moment), word


def _closed_rows(edition: Edition, words: Mapping[str, StationWord], moment: datetime) -> list[int]:
    day, rows = moment.date().isoformat(), edition.directory.by_id
    return [
        rows[station]
        for station, word in words.items()
        if word.kept.closed_on == day and station in rows
    ]


def position_of(question: AskedPlace) -> tuple[float, float]:
    """Return the position asked from as lon, lat in WGS 84 degrees."""
    if question.datum is Datum.WGS84:
        return question.lon, question.lat
    pair = np.array([[question.lon, question.lat]])
    lon, lat = np.asarray(to_wgs84(pair, question.datum), dtype=np.float64)[0].tolist()
    return lon, lat
