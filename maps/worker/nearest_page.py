"""The worker's page: one link, no login, no app, useful without JavaScript, under 100 kB."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from geo.coverage.rule import REST_KINDS
from geo.layers.vocabulary import ASKED_AMENITIES, Amenity, Kind, Mode
from geo.text import Text
from maps.page_links import PLAIN, PageFrame
from maps.worker.station_card import StationCard

_IN_FULL = 2
"""Cards shown in full below the first: the others fold, a phone shows all without much scrolling."""


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """Somewhere a worker may mean by what they typed.

    Attributes
    ----------
    name : str
        What it is called.
    hint : str
        What tells it from others of that name: a district, a kind.
    lonlat : (lon, lat) degrees
        WGS-84.
    """

    name: str
    hint: str
    lonlat: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormQuestion:
    """What a worker asked for, as the form carries it (fields in brackets).

    Attributes
    ----------
    text : str
        Address or landmark typed [``q``].
    origin : PlaceChoice | None
        Where the worker is [``lon``, ``lat``, ``place``].
    mode : Mode
        How they go [``mode``].
    open_now : bool
        Only stations open now [``open``].
    amenities : frozenset[Amenity]
        All of these are wanted [``amenity``, repeated].
    kind : Kind | None
        Only this kind [``kind``].
    """

    text: str = ""
    origin: PlaceChoice | None = None
    mode: Mode = Mode.WALK
    open_now: bool = False
    amenities: frozenset[Amenity] = frozenset()
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Arranged:
    """Stations in the order a worker needs them.

    Attributes
    ----------
    best : StationCard | None
        The nearest that is open, and still is when the worker gets there, of those anyone may rest
        in where there is one; None when none is.
    nearer : tuple[StationCard, ...]
        Nearer ones that are closed, close before, or have unknown hours; nearest first.
    others : tuple[StationCard, ...]
        All others, nearest first; open ones not made to rest in may be nearer than `best`.
    in_full : tuple[int, ...]
        Which of the others are shown with all there is to say: the nearest two that are open on
        arrival too, or the nearest two where none is.
    """

    best: StationCard | None
    nearer: tuple[StationCard, ...]
    others: tuple[StationCard, ...]
    in_full: tuple[int, ...] = ()


def arranged(
    stations: Sequence[StationCard], now: datetime, kinds: Collection[Kind] = tuple(Kind)
) -> Arranged:
    """Put the nearest of `kinds` that is open on arrival first; `stations` are nearest first.

    Where none of these is open, any other that is comes first.
    """
    open_ones = [n for n, one in enumerate(stations) if one.open_on_arrival(now)]
    if not open_ones:
        return Arranged(None, (), tuple(stations), tuple(range(_IN_FULL)))
    place = next((n for n in open_ones if stations[n].kind in kinds), open_ones[0])
    before = stations[:place]
    nearer = tuple(one for one in before if not one.open_on_arrival(now))
    others = (*(one for one in before if one.open_on_arrival(now)), *stations[place + 1 :])
    open_too = [n for n, other in enumerate(others) if other.open_on_arrival(now)]
    return Arranged(stations[place], nearer, others, tuple(open_too[:_IN_FULL]))


def nearest_page(
    question: FormQuestion,
    stations: Sequence[StationCard] = (),
    *,
    now: datetime,
    places: Sequence[PlaceChoice] = (),
    corners: Sequence[PlaceChoice] = (),
    message: Text | None = None,
    example: str = "",
    frame: PageFrame = PLAIN,
    region: str = "青岛",
) -> str:
    """Return the page that finds the nearest stations.

    The form is sent by POST with the fields named in :class:`FormQuestion`, so that a position stands
    in no address, history or log. JavaScript, where there is any, only fills in the position.

    Parameters
    ----------
    question : FormQuestion
        What was asked; an empty one shows the form alone.
    stations : Sequence[StationCard]
        Nearest first, with `distance_m` over streets.
    now : datetime
        Asia/Shanghai; "open now" refers to it.
    places : Sequence[PlaceChoice]
        When what was typed fits several places: those to choose from.
    corners : Sequence[PlaceChoice]
        Crossings of the long street that is answered from, told by the other street's name: whoever
        names it may be far from the place on it that was taken.
    message : Text | None
        What the worker should know or mend.
    example : str
        A name that is found, shown as an example; "" shows none.
    frame : PageFrame
        What every page carries.
    region : str
        City handed to map apps that require one.
    """
    return frame.render(
        "worker/nearest.html.jinja",
        question=question,
        found=arranged(stations, now, (question.kind,) if question.kind else REST_KINDS),
        places=places,
        corners=corners,
        message=message,
        example=example,
        now=now,
        region=region,
        modes=(Mode.WALK, Mode.EBIKE),
        amenities=ASKED_AMENITIES,
        asked=question.origin is not None,
    )
