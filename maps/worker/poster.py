"""A station's QR sign: one A4 page that leads a passer-by to the station's own page."""

from __future__ import annotations

from collections.abc import Sequence

from geo.text import Language
from maps.page_links import PageLinks
from maps.qr import qr_svg
from maps.templating import render
from maps.worker.station_card import StationCard


def station_poster_page(
    stations: Sequence[StationCard],
    *,
    base_url: str,
    links: PageLinks | None = None,
    language: Language | str = Language.ZH,
    sample: bool = False,
) -> str:
    """Return signs to print, one A4 page per station.

    Parameters
    ----------
    stations : Sequence[StationCard]
        In the order of the pages.
    base_url : str
        How the public reaches the service, ``https://…`` without a final slash.
    links : PageLinks
        Where the pages are.
    language : Language
        Of every label.
    sample : bool
        Whether to say 示例数据 on every page.
    """
    where = links or PageLinks()
    pages = []
    for station in stations:
        url = base_url.rstrip("/") + where.station_url(station.id)
        pages.append({"station": station, "url": url, "qr": qr_svg(url, station.name)})
    return render("poster.html.jinja", language=language, sample=sample, pages=pages)
