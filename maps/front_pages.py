"""The page that asks for a key, shown wherever a page needs one."""

from __future__ import annotations

from geo.text import Text
from maps.page_links import PLAIN, PageFrame
from maps.station_count import StationCount


def sign_in_page(
    target: str,
    *,
    remembered_days: int,
    refused: Text | None = None,
    frame: PageFrame = PLAIN,
) -> str:
    """Return the page with one field for the key.

    Parameters
    ----------
    target : str
        The path that was asked for, to be opened once the key is right.
    remembered_days : int
        How long the browser keeps the key.
    refused : Text | None
        Why the key just tried does not open.
    frame : PageFrame
        What every page carries.
    """
    return frame.render(
        "front/sign_in.html.jinja",
        target=target,
        remembered_days=remembered_days,
        refused=refused,
    )


def home_page(
    *,
    title: str = "",
    bus_workers_served: float | None = None,
    stations: StationCount | None = None,
    frame: PageFrame = PLAIN,
) -> str:
    """Return the start page.

    Parameters
    ----------
    title : str
        The project's name; "" shows none.
    bus_workers_served : float | None
        How many workers the published plan of the bus serves. Only what is decided is shown: the
        bus, never a plan for new stations.
    stations : StationCount | None
        How many stations there are.
    frame : PageFrame
        What every page carries.
    """
    return frame.render(
        "front/home.html.jinja",
        title=title,
        stations=stations,
        bus_workers_served=bus_workers_served,
    )


def error_page(
    status: int,
    title: Text,
    text: Text,
    *,
    frame: PageFrame = PLAIN,
) -> str:
    """Return the page for the HTTP status `status`, headed `title`, explained by `text`."""
    return frame.render(
        "front/error.html.jinja",
        status=status,
        title=title,
        text=text,
    )
