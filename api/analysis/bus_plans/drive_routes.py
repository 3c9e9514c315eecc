"""The streets the fleet drives on, without those that are closed, and the ways between its places."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray

from data.store.project import Project
from data.store.summary_file import read_summary
from data.streets.folder import Streets, open_streets
from geo.bus.campaign.campaign import Campaign, Drive
from geo.bus.planned.plan_layers import DriveRoutes
from geo.errors import BadInputError, YizhanError
from geo.layers.vocabulary import Mode
from geo.network.closing import closed_segments, moved_off, without_segments
from geo.network.street_network import StreetNetwork
from geo.network.vehicle import Vehicle
from geo.reach.matrix import matrix
from geo.solving import Progress
from geo.study.rules import BusRules
from geo.text import Text


def fleet_streets(project: Project) -> StreetNetwork:
    """Return the streets that the fleet of the published plan fits through."""
    streets = open_streets(project.streets_folder)
    return streets.network(Mode.DRIVE, vehicle=_vehicle(project))


def _vehicle(project: Project) -> Vehicle:
    facts = read_summary(project.results_folder).summary.facts
    return (BusRules() if facts is None else facts.parameters.bus).vehicle


def closed_drive(
    project: Project, campaign: Campaign, closed: Sequence[str], progress: Progress
) -> Drive:
    """Return the campaign's drives without the streets that `closed` (WKT, EPSG:4326) touch."""
    network = fleet_streets(project)
    passable, shut = _without(network, closed)
    stops, depots = campaign.stops, campaign.depots
    lonlat = np.array([*(one.lonlat for one in stops), *(one.lonlat for one in depots)])
    places = moved_off(network.snap(lonlat), shut, passable)
    table = matrix(passable, places, places, progress=progress)
    return Drive(table.distance_m, table.time_s)


def _without(
    network: StreetNetwork, closed: Sequence[str]
) -> tuple[StreetNetwork, NDArray[np.intp]]:
    """Return `network` without the streets that `closed` touch, and those streets."""
    try:
        areas = [shapely.from_wkt(wkt) for wkt in closed]
    except shapely.errors.ShapelyError as error:
        raise BadInputError(
            Text("封路范围无法识别，请在地图上重新绘制。", "The closed area cannot be read.")
        ) from error
    shut = np.unique(np.concatenate([closed_segments(network, area) for area in areas]))
    return without_segments(network, shut), shut


def fleet_routes(project: Project, closed: Sequence[str] = ()) -> DriveRoutes:
    """Return what finds the fleet's ways; those found once stay known while the service runs.

    Parameters
    ----------
    project : Project
        Whose streets they are.
    closed : Sequence[str]
        Areas and lines (WKT, EPSG:4326) whose streets are closed. A leg for which there is no other
        way, driven before the closure, is drawn over them.
    """
    return _ways(open_streets(project.streets_folder), _vehicle(project), tuple(closed))


def make_ready(project: Project) -> None:
    """Have at hand what publishing needs of streets and program, before somebody waits for it."""
    from api.analysis.results import read_ahead  # noqa: PLC0415 - all pages and sheets

    # Who publishes without streets is told so then.
    with suppress(YizhanError):
        fleet_routes(project)
        read_ahead(project, bus=True)


@lru_cache(maxsize=4)
def _ways(streets: Streets, vehicle: Vehicle, closed: tuple[str, ...]) -> DriveRoutes:
    network = streets.network(Mode.DRIVE, vehicle=vehicle)
    way = DriveRoutes(network)
    return DriveRoutes(_without(network, closed)[0], otherwise=way) if closed else way
