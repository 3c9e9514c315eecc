"""The page "when does the bus come near me": coming visits within reach, soonest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from geo.layers.vocabulary import CampaignName, Mode
from geo.text import Language, Text
from maps.bus.bus_page import day_text
from maps.bus.news import CHECKUP, Offer, offer_of
from maps.page_links import PLAIN, PageFrame
from maps.worker.hand_over import MapAppLink, map_app_links
from maps.worker.nearest_page import FormQuestion, PlaceChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class BusVisit:
    """One coming visit of the bus.

    Attributes
    ----------
    name, address, phone : str
        Of the stop; "" where unknown.
    day : date
        Of the visit.
    start, end : str
        Exams from and to, HH:MM.
    wgs84, gcj02 : (lon, lat) degrees
        Where the bus stands, in both datums.
    distance_m : float | None
        On foot over streets from the worker; None when no origin is known.
    campaign : CampaignName | None
        What the bus comes for; None where it is not told.
    """

    name: str
    day: date
    start: str
    end: str
    wgs84: tuple[float, float]
    gcj02: tuple[float, float]
    address: str = ""
    phone: str = ""
    distance_m: float | None = None
    campaign: CampaignName | None = None

    @property
    def offer(self) -> Offer:
        """What its campaign calls itself."""
        return offer_of(self.campaign)

    @property
    def dial(self) -> str:
        """The phone number with nothing but digits, for ``tel:`` links."""
        return "".join(mark for mark in self.phone if mark.isdigit() or mark == "+")

    def day_text(self, language: Language | str) -> str:
        """Return the day as people say it."""
        return day_text(self.day.isoformat(), language)

    def links(self, mode: Mode, *, region: str = "青岛") -> tuple[MapAppLink, ...]:
        """Return links that open a map app with the way there."""
        return map_app_links(self.name, self.wgs84, self.gcj02, mode, region=region)


@dataclass(frozen=True, slots=True)
class CalledOff:
    """A visit that was announced and does not take place.

    Attributes
    ----------
    name : str
        Of the stop.
    day : date
        It was announced for.
    start, end : str
        Exams were to be from and to, HH:MM.
    """

    name: str
    day: date
    start: str
    end: str

    def day_text(self, language: Language | str) -> str:
        """Return the day as people say it."""
        return day_text(self.day.isoformat(), language)


def bus_near_page(
    question: FormQuestion,
    visits: Sequence[BusVisit] = (),
    *,
    called_off: Sequence[CalledOff] = (),
    places: Sequence[PlaceChoice] = (),
    message: Text | None = None,
    example: str = "",
    offer: Offer = CHECKUP,
    several: bool = False,
    frame: PageFrame = PLAIN,
    region: str = "青岛",
) -> str:
    """Return the page that tells when the bus comes near a place.

    Parameters
    ----------
    question : FormQuestion
        What was asked; its form fields are those of the worker's page.
    visits : Sequence[BusVisit]
        Coming visits, in the order to show; without an origin, all of them.
    called_off : Sequence[CalledOff]
        Announced visits that do not take place.
    places : Sequence[PlaceChoice]
        When what was typed fits several places: those to choose from.
    message : Text | None
        What the worker should know or mend.
    example : str
        A name that is found, shown as an example; "" shows none.
    offer : Offer
        What the campaign calls itself.
    several : bool
        Whether several campaigns stand, so that every visit says what it is for.
    frame : PageFrame
        What every page carries.
    region : str
        City handed to map apps that require one.
    """
    return frame.render(
        "bus/bus_near.html.jinja",
        question=question,
        visits=visits,
        several=several,
        called_off=called_off,
        places=places,
        message=message,
        example=example,
        offer=offer,
        region=region,
        asked=any(visit.distance_m is not None for visit in visits),
        walk=Mode.WALK,
    )
