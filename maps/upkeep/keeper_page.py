"""A keeper's own page, opened by the code inside the station, and that code to print."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from geo.layers.vocabulary import Amenity
from geo.text import Text
from maps.page_links import PLAIN, PageFrame
from maps.qr import qr_svg
from maps.worker.station_card import StationCard


def keeper_page(
    station: StationCard,
    *,
    now: datetime,
    out_of_order: Sequence[Amenity] = (),
    reports: Sequence[tuple[Text, int]] = (),
    thanks: Text | None = None,
    frame: PageFrame = PLAIN,
) -> str:
    """Return the page; it needs no script.

    Parameters
    ----------
    station : StationCard
        The keeper's station, as workers see it.
    now : datetime
        Asia/Shanghai.
    out_of_order : Sequence[Amenity]
        What the keeper said does not work.
    reports : Sequence[tuple[Text, int]]
        What passers-by reported and no planner has settled, and how often.
    thanks : Text | None
        What to say after something was noted.
    frame : PageFrame
        What every page carries.
    """
    return frame.render(
        "upkeep/keeper.html.jinja",
        station=station,
        now=now,
        broken=tuple(out_of_order),
        held=(*station.offered, *(one for one in out_of_order if one not in station.offered)),
        reports=reports,
        thanks=thanks,
    )


def keeper_sign_page(
    name: str,
    station_id: str,
    url: str,
    *,
    frame: PageFrame = PLAIN,
) -> str:
    """Return the code that opens a keeper's page, to print and put inside the station.

    Parameters
    ----------
    name, station_id : str
        Of the station; any text.
    url : str
        The keeper's link, with its key.
    frame : PageFrame
        What every page carries.
    """
    return frame.render(
        "upkeep/keeper_sign.html.jinja",
        name=name,
        station_id=station_id,
        qr=qr_svg(url, name),
    )
