"""The start page: three doors, for workers, planners and bus crews."""

from __future__ import annotations

from collections.abc import Mapping

from geo.text import Language
from maps.page_links import PageLinks
from maps.station_count import StationCount
from maps.summary import number
from maps.templating import render


def home_page(
    *,
    title: str = "",
    summary: Mapping[str, object] | None = None,
    stations: StationCount | None = None,
    links: PageLinks | None = None,
    language: Language | str = Language.ZH,
    sample: bool = False,
) -> str:
    """Return the start page.

    Parameters
    ----------
    title : str
        The project's name; "" shows none.
    summary : Mapping[str, object] | None
        Figures with the keys of ``summary.json``, if an analysis has been run. Only what is
        decided is shown: the bus, never a plan for new stations.
    stations : StationCount | None
        How many stations there are.
    links : PageLinks
        Where the pages are.
    language : Language
        Of every label.
    sample : bool
        Whether to say 示例数据.
    """
    figures = summary or {}
    return render(
        "home.html.jinja",
        language=language,
        sample=sample,
        links=links or PageLinks(),
        title=title,
        stations=stations,
        bus_workers_served=number(figures, "bus_workers_served"),
    )
