"""What the served maps link to: only what is there, and what this reader may open."""

from __future__ import annotations

from urllib.parse import urlencode

from api.http.visibility import Reader
from api.publishing.edition import Edition
from geo.layers.vocabulary import CampaignName
from geo.text import Text
from maps.linked_files import (
    BUS_GEOJSON,
    BUS_MAP,
    BUS_WORKBOOK,
    CREW_CALENDAR,
    DAY_SHEETS,
    NAVIGATION,
    NOTICES,
    PLANNER_MAP,
    PUBLIC_CALENDAR,
    PUBLIC_PAGE,
    RESULT_FILES,
    SIGNS,
    WORKER_MAP,
    BusLinks,
    Linked,
    of_bus,
)
from maps.page_links import PageLinks


def planner_links(edition: Edition, pages: PageLinks) -> list[Linked]:
    """Return the links of the planner's map."""
    folder = edition.project.results_folder
    files = [
        Linked(text, f"{pages.downloads}/{name}")
        for name, text in RESULT_FILES.items()
        if (folder / name).is_file() or name == "results.xlsx"  # Made when asked for.
    ]
    return [*files, Linked(BUS_MAP, pages.bus_map), Linked(WORKER_MAP, pages.worker_map)]


def bus_links(edition: Edition, pages: PageLinks, reader: Reader) -> BusLinks:
    """Return the links of the campaign's map for this reader."""
    planner, crew = reader >= Reader.PLANNER, reader >= Reader.BUS_CREW
    frame = edition.layers.get("bus_stops")
    campaign = [Linked(PLANNER_MAP, pages.planner_map)] if planner else []
    if frame is None or not len(frame):
        return BusLinks(campaign)
    campaign += [
        Linked(NOTICES, pages.notices),
        Linked(SIGNS, pages.bus_signs),
        Linked(PUBLIC_CALENDAR, pages.calendar),
        Linked(BUS_GEOJSON, f"{pages.bus_map}/campaign.geojson"),
    ]
    if planner and (edition.project.results_folder / "bus" / "bus.xlsx").is_file():
        campaign.append(Linked(BUS_WORKBOOK, f"{pages.downloads}/bus.xlsx"))
    campaigns = edition.bus_news.campaigns
    if len(campaigns) > 1:
        campaign += [link for name in campaigns for link in _of_campaign(pages, name)]
    days = frame["day"].astype(str).str[:10]
    driven = sorted(set(zip(frame["bus_id"].astype(str), days, strict=True)))
    if crew:
        campaign.append(Linked(DAY_SHEETS, f"{pages.bus_map}/day-sheets"))
        names = edition.bus_news.bus_names
        for bus in dict.fromkeys(bus for bus, _ in driven):
            href = f"{pages.bus_map}/crew.ics?{urlencode({'bus_id': bus})}"
            campaign.append(Linked(of_bus(bus, CREW_CALENDAR, names), href))
    return BusLinks(campaign, {run: _of_run(pages, *run, crew=crew) for run in driven})


def _of_campaign(pages: PageLinks, name: CampaignName) -> list[Linked]:
    """Return what there is of one campaign of several."""
    query = urlencode({"campaign": name.value})
    parts = [
        (PUBLIC_PAGE, pages.bus_near),
        (NOTICES, pages.notices),
        (SIGNS, pages.bus_signs),
        (PUBLIC_CALENDAR, pages.calendar),
    ]
    return [
        Linked(Text(f"{name.text.zh}：{text.zh}", f"{name.text.en}: {text.en}"), f"{href}?{query}")
        for text, href in parts
    ]


def _of_run(pages: PageLinks, bus: str, day: str, *, crew: bool) -> list[Linked]:
    query = urlencode({"bus_id": bus, "day": day})
    links = [Linked(NAVIGATION, f"{pages.bus_map}/route.gpx?{query}")]
    if crew:
        links.append(Linked(DAY_SHEETS, f"{pages.bus_map}/day-sheets?{query}"))
    return links
