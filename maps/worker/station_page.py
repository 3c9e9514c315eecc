"""A station's own page, where its QR sign leads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from geo.layers.vocabulary import Fault, Mode
from geo.text import Text
from maps.page_links import PLAIN, PageFrame
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
