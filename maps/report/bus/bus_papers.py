"""The campaign of the bus on paper: a day sheet a bus and day, notices, signs, and a workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.json_shapes import JsonPage
from geo.layers.vocabulary import CampaignName, Mode, Setting
from geo.summary.bus_figures import BusFigures
from geo.text import Text
from maps.bus.bus_day import mark_changeovers, way_of_day
from maps.bus.bus_page import day_text
from maps.bus.files import public_visits
from maps.bus.near_page import BusVisit
from maps.bus.news import Offer, guest_word, offer_of, offer_together, visit_word
from maps.numbers import count
from maps.qr import qr_svg
from maps.records import VISIT_COLUMNS, Record, cell, has_rows, lonlat, read_word, records
from maps.report.drawing.map_drawing import Frame, Mapped, furniture, said
from maps.report.drawing.print_map import chinese
from maps.report.plain import printable
from maps.report.subject import Stands, Subject
from maps.report.typesetting import pdf_of
from maps.worker.hand_over import map_app_links

ToDatum = Callable[[NDArray[np.float64]], NDArray[np.float64]]
_MAP_MM = (182.0, 88.0)
"""The map of a day: as wide as the text, a third of the page."""
_FINEST = 3
"""Up to this rank of street: motorways to secondary ones, what a bus drives by."""
_ROUTE = "#b8432f"


@dataclass(frozen=True)
class BusPapers:
    """The bus plan as paper shows it.

    Attributes
    ----------
    subject : Subject
        The run, with ``bus_stops`` and ``bus_routes``.
    figures : BusFigures
        Its figures.
    to_gcj02 : ToDatum
        Converts (n, 2) lon/lat WGS-84 to GCJ-02, which the map apps behind QR codes read.
    """

    subject: Subject
    figures: BusFigures
    to_gcj02: ToDatum

    @property
    def visits(self) -> gpd.GeoDataFrame:
        """The visits by day, bus and order."""
        frame: gpd.GeoDataFrame = self.subject.layers["bus_stops"].sort_values(
            ["day", "bus_id", "order"], ignore_index=True
        )
        return frame

    def bus(self, identifier: object) -> str:
        """Return what people call a bus."""
        word = Text(f"车辆 {identifier}", f"Bus {identifier}")
        return printable(self.figures.names.get(str(identifier)) or self.subject.say(word))

    def campaign(self, name: object, *, is_guest: bool = False) -> str:
        """Return what a visit is for, and that it is held at another campaign's if it is."""
        known = name if isinstance(name, str) else self.figures.campaign
        text = CampaignName(known).text
        return self.subject.say(guest_word(text) if is_guest else text)


def driven(visits: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the visits the bus is driven to: without those held at another campaign's."""
    if "shared_with" not in visits:
        return visits
    return visits[visits["shared_with"].fillna("") == ""]


def day_sheets_pdf(papers: BusPapers) -> bytes:
    """Return a page a bus and day, for the crew: map, stops, contacts, and room to write."""
    files: dict[str, bytes] = {}
    subject, pages = papers.subject, []
    visits = papers.visits
    days = visits["day"].astype(str).str[:10]
    for number, ((day, bus), mine) in enumerate(
        visits.groupby([days, visits["bus_id"].astype(str)], sort=True)
    ):
        route = _route(subject, str(day), str(bus))
        own = driven(mine)
        files[f"{number}.svg"] = _day_map(papers, own, route).encode()
        stops = []
        gcj02 = papers.to_gcj02(lonlat(mine))
        rows = records(mine, VISIT_COLUMNS)
        mark_changeovers(rows)
        for place, row in enumerate(rows):
            name = f"{number}-{place}.svg"
            here = (float(lonlat(mine)[place][0]), float(lonlat(mine)[place][1]))
            there = (float(gcj02[place][0]), float(gcj02[place][1]))
            url = map_app_links(str(row["name"]), here, there, Mode.DRIVE)[0].url
            files[name] = _qr(url, str(row["name"]))
            stops.append({**_stop(papers, row), "qr": name})
        pages.append(
            {
                "title": f"{day_text(str(day), subject.language)}　{papers.bus(bus)}",
                "under": _drive(papers, route, len(own), mine),
                "map": f"{number}.svg",
                "stops": stops,
            }
        )
    return pdf_of("bus.typ", _data(papers, "days", pages), files)


def notices_pdf(papers: BusPapers) -> bytes:
    """Return a page a visit, to put up; no contact persons."""
    files: dict[str, bytes] = {}
    pages = []
    for number, visit in enumerate(public_visits(papers.visits, papers.to_gcj02)):
        files[f"{number}.svg"] = _qr(visit.links(Mode.WALK)[0].url, visit.name)
        pages.append({**_public(papers, visit), "qr": f"{number}.svg"})
    return pdf_of("bus.typ", _data(papers, "notices", pages), files)


def stop_signs_pdf(papers: BusPapers) -> bytes:
    """Return a page a stop, to stand where the bus does: its name and all its days."""
    stops: dict[tuple[str, str], list[BusVisit]] = {}
    for visit in public_visits(papers.visits, papers.to_gcj02):
        stops.setdefault((visit.name, visit.address), []).append(visit)
    pages = [
        {
            "bus": papers.subject.say(_together(papers, visits).bus),
            "name": printable(name),
            "address": printable(address),
            "when": [_when_what(papers, visit, visits) for visit in visits],
        }
        for (name, address), visits in stops.items()
    ]
    return pdf_of("bus.typ", _data(papers, "signs", pages), {})


def _offer(papers: BusPapers, visit: BusVisit) -> Offer:
    return visit.offer if visit.campaign else offer_of(papers.figures.campaign)


def _together(papers: BusPapers, visits: Sequence[BusVisit]) -> Offer:
    """Return the words for all that is held at the visits of one stop."""
    names = dict.fromkeys(visit.campaign or papers.figures.campaign for visit in visits)
    return offer_together([*names])


def _when_what(papers: BusPapers, visit: BusVisit, beside: Sequence[BusVisit]) -> str:
    """Return when a visit is, and what it is for where the stop has several campaigns."""
    when = _when(papers, visit)
    if visit.campaign is None or len({one.campaign for one in beside}) == 1:
        return when
    return f"{when}　{papers.subject.say(visit.campaign.text)}"


def _when(papers: BusPapers, visit: BusVisit) -> str:
    return f"{visit.day_text(papers.subject.language)}　{visit.start}–{visit.end}"


def _public(papers: BusPapers, visit: BusVisit) -> dict[str, str]:
    offer, subject = _offer(papers, visit), papers.subject
    return {
        "bus": subject.say(offer.bus),
        "what": subject.say(offer.what),
        "lead": subject.say(offer.lead),
        "when": _when(papers, visit),
        "name": printable(visit.name),
        "address": printable(visit.address),
    }


def _data(papers: BusPapers, kind: str, pages: list[Any]) -> JsonPage:
    subject = papers.subject
    return {
        "kind": kind,
        "lang": subject.language.value,
        "mark": printable(subject.say(subject.mark)) if subject.mark else "",
        "source": printable(subject.say(subject.credit)) if subject.credit else "",
        "words": {key: subject.say(text) for key, text in _WORDS.items()},
        "pages": pages,
    }


_WORDS = {
    "stop": Text("停靠点", "Stop"),
    "times": Text("到达 / 检查 / 离开", "Arrive / exams / leave"),
    "people": Text("预计", "People"),
    "came": Text("实到", "Came"),
    "contact": Text("联系人", "Contact"),
    "sign": Text(
        "带队：____________　司机：____________　备注：", "Lead: ________  Driver: ________  Notes:"
    ),
    "scan": Text("扫码看怎么去", "Scan for the way"),
    "scan_drive": Text("导航", "Navigate"),
    "standing": Text("停靠点", "stops here"),
}


def _qr(url: str, label: str) -> bytes:
    drawn = str(qr_svg(url, label))
    return drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1).encode()


def _stop(papers: BusPapers, row: Record) -> dict[str, str]:
    words = {key: printable(str(row[key] or "")) for key in ("name", "address", "contact", "phone")}
    setting = read_word(Setting, row["setting"], papers.subject.language)
    campaigns = set(papers.visits.get("campaign", ()))
    told = row["changeover"], visit_word(campaigns, row)
    change, campaign = (papers.subject.say(one) if isinstance(one, Text) else "" for one in told)
    return {
        **words,
        "order": f"{row['order']:g}",
        "times": f"{row['arrive']} / {row['start']}–{row['end']} / {row['depart']}",
        "people": count(row["workers_served"]),
        "more": "　".join(one for one in (change, setting, campaign) if one),
    }


def _route(subject: Subject, day: str, bus: str) -> Record | None:
    """Return a bus-day's way; None where it is not known."""
    way = way_of_day(subject.layers, day, bus)
    return None if way is None else {**way[0], "shape": way[1]}


def _drive(papers: BusPapers, route: Record | None, stops: int, visits: gpd.GeoDataFrame) -> str:
    people = count(float(visits["workers_served"].astype(float).sum()))
    zh, en = f"停靠 {stops} 处，预计 {people} 人", f"{stops} stops, {people} people"
    if route is not None:
        km = float(str(cell(route["distance_m"]) or 0)) / 1000
        zh = f"{route['leave']} 出场，{route['return']} 回场，{km:.0f} 公里；{zh}"
        en = f"leaves {route['leave']}, back {route['return']}, {km:.0f} km; {en}"
    return papers.subject.say(Text(zh, en))


def _day_map(papers: BusPapers, visits: gpd.GeoDataFrame, route: Record | None) -> str:
    shapes = [*visits.geometry]
    shape = None if route is None else route["shape"]
    if isinstance(shape, BaseGeometry) and not shape.is_empty:
        shapes.append(shape)
    around = shapely.union_all(shapes).buffer(0.01)
    frame = Frame.around(around.bounds, _MAP_MM, 0.05)
    mapped = Mapped(papers.subject, frame, _FINEST)
    mapped.ground()
    if len(shapes) > len(visits):
        path = frame.path(shapes[-1:])
        mapped.parts.append(
            f'<path d="{path}" fill="none" stroke="{_ROUTE}" stroke-width="0.9" '
            f'stroke-opacity="0.85" stroke-linejoin="round"/>'
        )
    mapped.room.take((_MAP_MM[0] - 75, _MAP_MM[1] - 13, *_MAP_MM))
    spots = frame.place(lonlat(visits)).tolist()
    for (x, y), order in zip(spots, visits["order"].tolist(), strict=True):
        at = mapped.room.beside(x, y, (5.4, 5.4), 0, far=6) or (x, y)
        mapped.parts.append(
            f'<path d="M{x:.2f} {y:.2f}L{at[0]:.2f} {at[1]:.2f}" stroke="#222" stroke-width="0.3"/>'
            f'<circle cx="{at[0]:.2f}" cy="{at[1]:.2f}" r="2.6" fill="{_ROUTE}" stroke="#fff" '
            f'stroke-width="0.4"/>'
        )
        mapped.parts.append(
            said(at[0], at[1] + 1.1, f"{order:g}", 3.0, colour="#ffffff", halo=False)
        )
    mapped.district_names(3.0)
    language = chinese(papers.subject)
    mapped.parts += furniture(frame, _MAP_MM[0] - 2, _MAP_MM[1] - 3, chinese=language)
    return mapped.svg()


def bus_papers(subject: Subject) -> BusPapers | None:
    """Return the papers of the bus plan; None where there is none, or the plan of sites does not hold."""
    holds = subject.stands is Stands.PUBLISHED
    if not holds or subject.to_gcj02 is None or subject.summary.bus is None:
        return None
    if not has_rows(subject.layers, "bus_stops"):
        return None
    return BusPapers(subject, subject.summary.bus, subject.to_gcj02)


_FILES: Mapping[str, Callable[[BusPapers], bytes]] = {
    "day": day_sheets_pdf,
    "notice": notices_pdf,
    "sign": stop_signs_pdf,
}
_NAMES = {
    "day": Text("日程单", "day sheets"),
    "notice": Text("张贴公告", "notices"),
    "sign": Text("停靠点标识", "stop signs"),
}


def bus_pdfs(papers: BusPapers) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of every set of pages."""
    for key, make in _FILES.items():
        yield f"{papers.subject.say(_NAMES[key])}.pdf", make(papers)
