"""What every served page carries: its language, and where it points.

The API names its own addresses, the pages only use them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

from geo.text import Language, Text
from maps.templating import render


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLinks:
    """Addresses of the pages, as paths or absolute URLs.

    Attributes
    ----------
    home, nearest, bus_near : str
        The start page, the worker's page (also the target of its form, by POST, so that a
        position stands in no address and no log) and "when does the bus come near me".
    station : str
        A station's page with ``{id}``.
    worker_map, planner_map, bus_map : str
        The maps.
    api : str
        The API's own description.
    picture : str
        The picture shown beside a shared link, an absolute URL; "" shows none.
    search : str
        Where what is typed is looked up, by POST.
    keeper : str
        A keeper's own page with ``{id}``.
    keepers : str
        Where planners have a keeper's code made, by POST.
    reports : str
        What passers-by reported, for planners.
    posters : str
        The signs of a district as one PDF, for planners.
    offline, offline_stations, offline_worker, manifest, icon : str
        What a phone keeps: the page shown without a network, all stations, the script that keeps
        them (it must lie at the root of the pages), the manifest and its picture.
    sign_in : str
        Where a key is typed in, and sent to by POST.
    notices, calendar, bus_signs : str
        Notices of the bus's coming visits, to print, the calendar of them, to subscribe to, and
        signs of its stops, to print; each of one stop or campaign with ``stop_id``, ``campaign``.
    poster : str
        A station's QR sign, to print, with ``{id}``.
    bus_crew, bus_records, bus_sheets : str
        The crew's page, where it sends records to, and day sheets to print.
    downloads : str
        Below it, the files of the last run.
    credit : Text | None
        Whom the pages have to name for the streets their distances rest on.
    """

    home: str = "/"
    nearest: str = "/nearest-station"
    bus_near: str = "/bus-near-me"
    station: str = "/s/{id}"
    worker_map: str = "/maps/worker.html"
    planner_map: str = "/maps/planner.html"
    bus_map: str = "/maps/bus.html"
    api: str = "/docs"
    picture: str = ""
    search: str = "/search"
    keeper: str = "/k/{id}"
    keepers: str = "/keepers"
    reports: str = "/reports"
    posters: str = "/planning/posters.pdf"
    offline: str = "/offline"
    offline_stations: str = "/offline/stations.json"
    offline_worker: str = "/offline-worker.js"
    manifest: str = "/manifest.webmanifest"
    icon: str = "/share.png"
    sign_in: str = "/sign-in"
    notices: str = "/bus/notices"
    calendar: str = "/bus/calendar.ics"
    bus_signs: str = "/bus/signs"
    poster: str = "/posters/{id}"
    downloads: str = "/downloads"
    bus_crew: str = "/bus/crew"
    bus_records: str = "/bus/records"
    bus_sheets: str = "/bus/day-sheets"
    credit: Text | None = None

    def station_url(self, identifier: str) -> str:
        """Return the address of the page of the station `identifier`."""
        return self.station.format(id=quote(identifier, safe=""))

    def keeper_url(self, identifier: str) -> str:
        """Return the address of the page of the keeper of the station `identifier`."""
        return self.keeper.format(id=quote(identifier, safe=""))

    def poster_url(self, identifier: str) -> str:
        """Return the address of the QR sign of the station `identifier`."""
        return self.poster.format(id=quote(identifier, safe=""))


@dataclass(frozen=True, slots=True)
class PageFrame:
    """What every served page carries.

    Attributes
    ----------
    links : PageLinks
        Where the pages are.
    language : Language
        Of every label.
    sample : bool
        Whether to say 示例数据.
    part : bool
        Whether only what is new is wanted, by a page that stands already: its content.
    """

    links: PageLinks = field(default_factory=PageLinks)
    language: Language = Language.ZH
    sample: bool = False
    part: bool = False

    def render(self, template: str, **values: object) -> str:
        """Return the page `template` of ``maps/pages`` filled with `values`, in this frame."""
        return render(
            template,
            language=self.language,
            links=self.links,
            sample=self.sample,
            part=self.part,
            **values,
        )


PLAIN = PageFrame()
"""The frame where nothing is said: Chinese, real data, the addresses as they are."""
