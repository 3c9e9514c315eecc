"""A bus for the tiny city: its depot, stops where a test wants them, and the service on a morning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from shutil import copytree
from types import ModuleType

from geopandas import GeoDataFrame
from shapely import Point
from starlette.testclient import TestClient

from api.analysis.main_job import run_main_job
from api.app import create_app
from api.settings import Settings
from data.store.project import Project
from geo.hours import SHANGHAI
from geo.study.rules import BusRules, StudyRules

KEY = "test-planner-key-0123456789"
KEYED = {"X-API-Key": KEY}
MORNING = datetime(2026, 11, 25, 7, tzinfo=SHANGHAI)


def stop_row(identifier, lonlat, name="", contact="李秘密") -> Mapping[str, object]:
    """Return a stop of the city's district, open by day, whose contact person is not for everyone."""
    return {
        "id": identifier,
        "name": name or f"{identifier}广场",
        "address": "福州路",
        "district": "370202",
        "subdistrict": "",
        "setting": "work",
        "open_from": "08:00",
        "open_until": "18:00",
        "contact": contact,
        "phone": "13900001111",
        "banned": False,
        "must_visit": False,
        "geometry": Point(lonlat),
    }


def send_bus_to(project: Project, stops: Iterable[Mapping[str, object]], depot) -> None:
    """Write `stops` into `project`, and a depot with one bus at `depot` (lon, lat)."""
    yard = {
        "id": "D",
        "name": "车场",
        "address": "",
        "district": "370202",
        "buses": 1,
        "opening_hours": "",
        "phone": "",
        "geometry": Point(depot),
    }
    for layer, rows in (("stops", list(stops)), ("depots", [yard])):
        project.write(layer, GeoDataFrame(rows, geometry="geometry", crs="EPSG:4326"))


def bus_town(
    folder: Path, make_project_in: Callable[[Path], Project], lonlat, a: str = "", b: str = ""
) -> Project:
    """Return the tiny city with stops A and B 100 m either side of its 100 workers, and a bus.

    `a` and `b` are the stops' names.
    """
    made = make_project_in(folder / "city")
    stops = [stop_row("A", lonlat(900, 0), a), stop_row("B", lonlat(1100, 0), b)]
    send_bus_to(made, stops, lonlat(0, 0))
    return made


def planned_town(
    folder: Path, make_project_in: Callable[[Path], Project], lonlat, *names: str, days: int = 2
) -> Project:
    """Return :func:`bus_town` with its bus planned from the day of MORNING on."""
    made = bus_town(folder, make_project_in, lonlat, *names)
    chosen = BusRules(buses=1, days=days, first_day=MORNING.date())
    run_main_job(made, StudyRules(bus=chosen), parts=("bus",))
    return made


def copied(project: Project, folder: Path) -> Project:
    """Return a copy in `folder`, so that no test sees what another has changed."""
    copytree(project.folder, folder / "city")
    return Project.open(folder / "city")


@contextmanager
def this_morning(project: Project, monkeypatch, *modules: ModuleType) -> Iterator[TestClient]:
    """Serve `project` at MORNING by the clocks of `modules`."""
    for module in modules:
        monkeypatch.setattr(module, "now", lambda: MORNING)
    with TestClient(create_app(Settings(project=project.folder, planner_key=KEY))) as client:
        yield client
