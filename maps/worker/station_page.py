"""A station's own page, where its QR sign leads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from geo.layers.vocabulary import Fault, Mode
from geo.text import Text
from maps.page_links import PLAIN, PageFrame
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
        "station.html.jinja",
        station=station,
        nearby=nearby,
        thanks=thanks,
        answered=answered,
        faults=tuple(Fault),
        now=now,
        region=region,
        walk=Mode.WALK,
    )


def station_poster_page(
    stations: Sequence[StationCard],
    *,
    base_url: str,
    frame: PageFrame = PLAIN,
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
    pages = []
    for station in stations:
        url = base_url.rstrip("/") + frame.links.station_url(station.id)
        pages.append({"station": station, "url": url, "qr": qr_svg(url, station.name)})
    return frame.render("poster.html.jinja", pages=pages)
