"""A station's own page, and the sign at its door whose QR code leads there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from geo.layers.vocabulary import Amenity, Fault, Mode
from geo.text import Language, Text
from maps.page_links import PLAIN, PageFrame, PageLinks
from maps.qr import qr_svg
from maps.worker.station_card import StationCard


def station_page(
    station: StationCard,
    *,
    now: datetime,
    nearby: Sequence[StationCard] = (),
    thanks: Text | None = None,
    answered: tuple[str, str] | None = None,
    frame: PageFrame = PLAIN,
    region: str = "青岛",
) -> str:
    """Return the page of one station.

    Parameters
    ----------
    station : StationCard
        The station.
    now : datetime
        Asia/Shanghai.
    nearby : Sequence[StationCard]
        Other stations near it, nearest first: where to go when this one is closed.
    thanks : Text | None
        What to say to somebody who just reported something.
    answered : (day, words) | None
        What a planner answered to reports of late; any text.
    frame : PageFrame
        What every page carries.
    region : str
        City handed to map apps that require one.
    """
    return frame.render(
        "worker/station.html.jinja",
        station=station,
        nearby=nearby,
        thanks=thanks,
        answered=answered,
        faults=tuple(Fault),
        now=now,
        region=region,
        walk=Mode.WALK,
    )


_MOST_AMENITIES = 12
"""For which a sign has room."""
_OPEN = Text("开放时间", "Open")
_SCAN = Text(
    "扫一扫：开放时间、设施、附近还有哪些驿站",
    "Scan for hours, amenities and other stations nearby",
)
_NUMBER = Text("编号", "No.")


@dataclass(frozen=True, slots=True, kw_only=True)
class StationSign:
    """One station's sign, in the reader's language.

    Attributes
    ----------
    url : str
        Absolute address of the station's page.
    kind, name, hours, address, phone, number : str
        What stands on it; "" for what is not known.
    scan : str
        What the code is for.
    amenities : tuple[Amenity, ...]
        Those it has room for.
    """

    url: str
    kind: str
    name: str
    hours: str
    address: str
    phone: str
    number: str
    scan: str
    amenities: tuple[Amenity, ...]

    @classmethod
    def of(
        cls,
        station: StationCard,
        *,
        base_url: str,
        language: Language | str,
        links: PageLinks | None = None,
    ) -> StationSign:
        """Return the sign of `station`; `base_url` is how the public reaches the service."""
        hours = f"{_OPEN.into(language)} {station.hours_words.into(language)}"
        return cls(
            url=base_url.rstrip("/") + (links or PageLinks()).station_url(station.id),
            kind=station.kind.text.into(language),
            name=station.name,
            hours=hours if station.hours else "",
            address=station.address,
            phone=station.phone,
            number=f"{_NUMBER.into(language)} {station.id}",
            scan=_SCAN.into(language),
            amenities=tuple(station.offered[:_MOST_AMENITIES]),
        )


def station_sign_page(
    stations: Sequence[StationCard], *, base_url: str, frame: PageFrame = PLAIN
) -> str:
    """Return signs to print, one A4 page per station.

    Parameters
    ----------
    stations : Sequence[StationCard]
        In the order of the pages.
    base_url : str
        How the public reaches the service, ``https://…`` without a final slash.
    frame : PageFrame
        What every page carries.
    """
    signs = [
        StationSign.of(one, base_url=base_url, language=frame.language, links=frame.links)
        for one in stations
    ]
    pages = [{"sign": one, "qr": qr_svg(one.url, one.name)} for one in signs]
    return frame.render("worker/poster.html.jinja", pages=pages)
