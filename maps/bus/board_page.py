"""The board's page: days x buses with visits as cards beside the map; staff only."""

from __future__ import annotations

from datetime import date

from geo.bus.campaign.campaign_rules import KINDS
from geo.bus.replanning.promises import promise_text
from geo.json_shapes import JsonPage
from geo.layers.vocabulary import CampaignName
from geo.study.rules import BusRules
from geo.text import Language
from maps.assets import asset_folder
from maps.embedding import letters
from maps.linked_files import NOTICES, PUBLIC_CALENDAR, PUBLIC_PAGE, SIGNS, BusLinks
from maps.page_links import PLAIN, PageFrame


def bus_board_page(
    *,
    title: str,
    files: BusLinks,
    root: str = "",
    today: date,
    frame: PageFrame = PLAIN,
) -> str:
    """Return the page; it loads MapLibre and its own modules by address, none from another host.

    Parameters
    ----------
    title : str
        The project's name.
    files : BusLinks
        Day sheets, notices, calendars, Excel and navigation.
    root : str
        The path the service is reached at, without a slash at its end.
    today : date
        Asia/Shanghai.
    frame : PageFrame
        What every page carries.
    """
    return frame.render(
        "bus/bus_board.html.jinja",
        title=title,
        files=files,
        maplibre=f"{root}/{asset_folder('maplibre')}",
        workbench=f"{root}/{asset_folder('workbench')}",
        board=f"{root}/{asset_folder('board')}",
        page_data={
            "style": f"{root}/basemap/style.json",
            "root": root,
            "language": frame.language.value,
            "today": today.isoformat(),
            "stated": _stated(frame.language),
            "promise": promise_text().into(frame.language),
            "ofStop": [
                [text.into(frame.language), href]
                for text, href in (
                    (PUBLIC_PAGE, frame.links.bus_near),
                    (NOTICES, frame.links.notices),
                    (SIGNS, frame.links.bus_signs),
                    (PUBLIC_CALENDAR, frame.links.calendar),
                )
            ],
        },
    )


def _stated(language: Language) -> JsonPage:
    """Return what a campaign is planned by where nothing is said; places by campaign, null for all."""
    usual = BusRules()
    return {
        **letters(),
        "buses": usual.buses,
        "days": usual.days,
        "campaigns": [
            [name.value, name.text.into(language), KINDS[name].quota] for name in CampaignName
        ],
    }
