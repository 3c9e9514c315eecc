"""The board's page: days x buses with visits as cards beside the map; staff only."""

from __future__ import annotations

from datetime import date

from geo.text import Language
from maps.linked_files import NOTICES, PUBLIC_CALENDAR, PUBLIC_PAGE, SIGNS, BusLinks
from maps.page_links import PageLinks
from maps.served_assets import asset_folder
from maps.templating import render


def bus_board_page(
    *,
    title: str,
    links: PageLinks,
    files: BusLinks,
    root: str = "",
    today: date,
    language: Language | str = Language.ZH,
    sample: bool = False,
) -> str:
    """Return the page; it loads MapLibre and its own modules by address, none from another host.

    Parameters
    ----------
    title : str
        The project's name.
    links : PageLinks
        Where the other pages are.
    files : BusLinks
        Day sheets, notices, calendars, Excel and navigation.
    root : str
        The path the service is reached at, without a slash at its end.
    today : date
        Asia/Shanghai.
    language : Language
        Of every label.
    sample : bool
        Whether to say 示例数据.
    """
    language = Language(language)
    return render(
        "bus_board.html.jinja",
        language=language,
        sample=sample,
        links=links,
        title=title,
        files=files,
        maplibre=f"{root}/{asset_folder('maplibre')}",
        workbench=f"{root}/{asset_folder('workbench')}",
        board=f"{root}/{asset_folder('board')}",
        page_data={
            "style": f"{root}/basemap/style.json",
            "root": root,
            "language": language.value,
            "today": today.isoformat(),
            "ofStop": [
                [text.into(language), href]
                for text, href in (
                    (PUBLIC_PAGE, links.bus_near),
                    (NOTICES, links.notices),
                    (SIGNS, links.bus_signs),
                    (PUBLIC_CALENDAR, links.calendar),
                )
            ],
            "runs": {
                f"{bus} {day}": [[link.text.into(language), link.href] for link in run]
                for (bus, day), run in files.runs.items()
            },
        },
    )
