"""The bus's files among the results: each is written again only where what it tells has changed.

A calendar is one of a bus, navigation and day sheet are of one bus's day. All sheets of a bus in one
page are put together of those of its days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypedDict

import geopandas as gpd

from api.analysis.reuse import Outputs, Read
from data.geometry.datum import to_gcj02
from geo.bus.replanning.version import Announcement
from geo.layers.columns import layers_with
from geo.layers.roles import Role
from geo.summary.run import RunSummary
from geo.text import Language, Text
from maps.bus.day_sheet import day_sheet_page, joined_sheets
from maps.bus.files import (
    bus_geojson,
    buses_told,
    day_sheets_file,
    public_visits,
    write_bus_workbook,
)
from maps.bus.gpx import bus_gpx
from maps.bus.ics import bus_ics, stops_of
from maps.bus.news import BusNews
from maps.bus.notice import notice_page
from maps.estimate_words import estimate_mark
from maps.linked_files import file_name, run_file

Layers = Mapping[str, gpd.GeoDataFrame]
Run = tuple[str, str]
"""A bus's id and a day, ISO 8601."""


class Said(TypedDict):
    """What every page and sheet of the results is told."""

    language: Language
    sample: bool
    credit: Text | None


_MADE = layers_with(Role.MADE_BY_BUS)
_DRAWN = ("depots", "districts", "streets")
"""What day sheets show beside visits and ways."""


def by_run(layers: Layers) -> dict[str, gpd.GeoDataFrame]:
    """Return visits and ways of each bus-day, by :func:`_part`."""
    found: dict[str, gpd.GeoDataFrame] = {}
    runs = runs_of(layers)
    for name in _MADE:
        rows: dict[Run, list[int]] = defaultdict(list)
        for row, run in enumerate(_run_of_rows(layers[name])):
            rows[run].append(row)
        found |= {_part(name, run): layers[name].iloc[rows[run]] for run in runs}
    return found


def runs_of(layers: Layers) -> list[Run]:
    """Return the bus-days that have visits, in order."""
    return sorted(set(_run_of_rows(layers["bus_stops"])))


def _run_of_rows(frame: gpd.GeoDataFrame) -> list[Run]:
    days = frame["day"].astype(str).str[:10]
    return list(zip(frame["bus_id"].astype(str), days, strict=True))


def _part(name: str, run: Run) -> str:
    return f"{name}@{run[0]}@{run[1]}"


@dataclass(frozen=True)
class BusOutputs:
    """Has the files of the campaigns that stand made.

    Attributes
    ----------
    outputs : Outputs
        Of the run.
    layers : Mapping[str, GeoDataFrame]
        ``bus_stops`` and ``bus_routes``, EPSG:4326.
    news : BusNews
        Calendar entries and calls.
    said : Said
        What every page and sheet is told.
    """

    outputs: Outputs
    layers: Layers
    news: BusNews
    said: Said

    def make(self) -> None:
        """Say how each file is written; nothing where there are no visits."""
        if not len(self.layers["bus_stops"]):
            return
        self._make_whole()
        self._make_calendars()
        for run in runs_of(self.layers):
            self._make_run(run)

    def join(self) -> None:
        """Say how each bus's sheets are put together, once those of its days are written."""
        runs = runs_of(self.layers)
        for bus in self._fleet:
            days = [run for run in runs if run[0] == bus]
            self.outputs.make(
                f"bus-sheets/{day_sheets_file(bus)}",
                partial(self._write_joined, days),
                more=(self.said, self._fleet, self._campaigns, self._name(bus), days),
            )

    def _make_whole(self) -> None:
        """Say how what tells of all visits at once is written."""
        visits = public_visits(self.layers["bus_stops"], to_gcj02)
        said, news, make = self.said, self.news, self.outputs.make

        def notices(path: Path, _: Layers, __: RunSummary) -> None:
            told = notice_page(
                visits, offer=news.offer, language=said["language"], sample=said["sample"]
            )
            path.write_text(told, encoding="utf-8")

        def geojson(path: Path, held: Layers, _: RunSummary) -> None:
            shown = {name: held[name] for name in _MADE}
            path.write_text(bus_geojson(shown, credit=said["credit"]), encoding="utf-8")

        def workbook(path: Path, held: Layers, figures: RunSummary) -> None:
            shown = {name: held[name] for name in (*_MADE, "districts")}
            write_bus_workbook(path, shown, news.calls, estimate=estimate_mark(figures), **said)

        make("bus/notices.html", notices, more=(said, news.offer, visits))
        make("bus/bus.geojson", geojson, more=said["credit"])
        make("bus/bus.xlsx", workbook, more=(said, news.calls))

    def _make_calendars(self) -> None:
        for bus in (None, *buses_told(self.news.announcements)):
            told = [
                one
                for one in self.news.announcements
                if bus in {None, one.bus_id, *one.earlier_buses}
            ]
            name = "public" if bus is None else file_name(bus)
            # When it was made is not among what it depends on: one that tells the same stays.
            self.outputs.make(
                f"bus/{name}.ics",
                partial(self._write_calendar, bus, told),
                more=(self.said, self.news.offer, self._name(bus), told),
            )

    def _write_calendar(
        self, bus: str | None, told: Sequence[Announcement], path: Path, held: Layers, _: RunSummary
    ) -> None:
        calendar = bus_ics(
            told,
            stops_of(held),
            made=self.news.made,
            bus_id=bus,
            bus_name=self._name(bus),
            offer=self.news.offer,
            **self.said,
        )
        path.write_bytes(calendar)

    def _make_run(self, run: Run) -> None:
        told = self.said, self._name(run[0])
        self.outputs.make(f"bus/gpx/{run_file(*run)}.gpx", partial(self._write_gpx, run), more=told)
        self.outputs.make(
            f"bus-sheets/{run_file(*run)}.html",
            partial(self._write_sheet, run),
            more=(*told, self._fleet, self._campaigns),
        )

    def _write_gpx(self, run: Run, path: Path, held: Layers, _: RunSummary) -> None:
        shown = {name: held[_part(name, run)] for name in _MADE}
        path.write_text(bus_gpx(shown, *run, bus_name=self._name(run[0]), **self.said), "utf-8")

    def _write_sheet(self, run: Run, path: Path, held: Layers, figures: RunSummary) -> None:
        shown = {name: held[_part(name, run)] for name in _MADE}
        shown |= {name: held[name] for name in _DRAWN if name in held}
        sheet = day_sheet_page(
            shown,
            to_gcj02=to_gcj02,
            bus_names=self.news.bus_names,
            fleet=self._fleet,
            campaigns=self._campaigns,
            estimate=estimate_mark(figures),
            **self.said,
        )
        path.write_text(sheet, encoding="utf-8")

    def _write_joined(
        self,
        runs: Sequence[Run],
        path: Path,
        held: Read[gpd.GeoDataFrame],
        figures: RunSummary,
    ) -> None:
        held.rests_on(*(_part(name, run) for name in _MADE for run in runs), *_DRAWN)
        estimate_mark(figures)  # Read in the sheets, too.
        pages = [path.with_name(f"{run_file(*run)}.html").read_text("utf-8") for run in runs]
        path.write_text(joined_sheets(pages), encoding="utf-8")

    @property
    def _fleet(self) -> list[str]:
        return sorted({bus for bus, _ in runs_of(self.layers)})

    @property
    def _campaigns(self) -> list[str]:
        return sorted({one for one in self.layers["bus_stops"]["campaign"] if isinstance(one, str)})

    def _name(self, bus: str | None) -> str:
        return self.news.bus_names.get(bus or "", "")
