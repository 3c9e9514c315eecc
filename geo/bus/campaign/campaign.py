"""A campaign: buses, depots, days, stops, the people each stop reaches, and the drives between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from geo.bus.campaign.campaign_rules import CampaignRules
from geo.bus.campaign.fleet import Bus, Depot
from geo.bus.campaign.held_hours import FreePart, HeldHours, free_parts
from geo.bus.campaign.stop import Stop
from geo.errors import BadInputError, UnreachableError
from geo.text import Text


@dataclass(frozen=True, slots=True, eq=False)
class Drive:
    """Drives between all places, stops first, then depots.

    Attributes
    ----------
    distance_m, time_s : (p, p) float64
        From row to column over the street network, on free roads; inf where there is no way.
    """

    distance_m: NDArray[np.float64]
    time_s: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class People:
    """The worker concentrations of a campaign; no row can be traced to a person.

    Attributes
    ----------
    count : (c,) float64
        Those the campaign is for (workers, or women aged 35-59).
    at_work : (c,) bool
        True where they are met at work, False at home.
    district : tuple[str, ...]
        District code of each.
    hours : (c, 168) bool | None
        When they are there, Monday 00:00 first; None: work by day, home in the evening.
    id : tuple[str, ...]
        As in the layer ``workers``.
    group : tuple[str, ...]
        Which of the eight groups each is of, as in that layer.
    rate : (c,) float64 | None
        How many times the campaign's turn-out comes of each, as crews' records say; None: once.
    """

    count: NDArray[np.float64]
    at_work: NDArray[np.bool_]
    district: tuple[str, ...]
    hours: NDArray[np.bool_] | None = None
    id: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    rate: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Campaign:
    """Everything a plan is made from.

    Attributes
    ----------
    buses : tuple[Bus, ...]
        The fleet.
    depots : tuple[Depot, ...]
        Where buses start and end.
    days : tuple[date, ...]
        Ascending, each once.
    stops : tuple[Stop, ...]
        Places a bus can stand.
    people : People
        Who is to be served.
    pair_stop, pair_people : (q,) int32
        Stop and concentration within walking reach of one another.
    drive : Drive
        Over stops, then depots.
    rules : CampaignRules
        The planner's rules.
    off : frozenset[tuple[str, date]]
        Bus-days on which a bus does not run (breakdown, rain, service).
    held : frozenset[HeldHours]
        Hours in which other campaigns have a bus that runs.
    """

    buses: tuple[Bus, ...]
    depots: tuple[Depot, ...]
    days: tuple[date, ...]
    stops: tuple[Stop, ...]
    people: People
    pair_stop: NDArray[np.int32]
    pair_people: NDArray[np.int32]
    drive: Drive
    rules: CampaignRules = field(default_factory=CampaignRules)
    off: frozenset[tuple[str, date]] = frozenset()
    held: frozenset[HeldHours] = frozenset()

    def __post_init__(self) -> None:
        """Refuse shapes that do not fit and places no bus could ever use."""
        _check_lists(self)
        _check_arrays(self)
        _check_windows(self)
        _check_depots(self)

    @property
    def expected(self) -> NDArray[np.float64]:
        """The people of each concentration who come, (c,)."""
        people, turnout = self.people, self.rules.turnout.expected
        rate = 1.0 if people.rate is None else people.rate
        expected: NDArray[np.float64] = people.count * np.minimum(turnout * rate, 1.0)
        return expected

    def place_of_depot(self, depot: int) -> int:
        """Return the row of `depot` in the drive matrices."""
        return len(self.stops) + depot

    def drive_s(self, origin: int, target: int, depart_min: int) -> float:
        """Return the seconds of a drive between two places that leaves at `depart_min`."""
        free_s, traffic = float(self.drive.time_s[origin, target]), self.rules.traffic
        if not traffic.rushes:
            return free_s
        return float(traffic.arrive_s(60.0 * depart_min, free_s)) - 60.0 * depart_min

    def bus_days(self) -> Iterator[tuple[Bus, date]]:
        """Yield every bus and day on which it runs, day by day."""
        for day in self.days:
            for bus in self.buses:
                if (bus.id, day) not in self.off:
                    yield bus, day

    def held_of(self, bus_id: str, day: date) -> tuple[HeldHours, ...]:
        """Return the hours in which other campaigns have a bus on a day."""
        return tuple(one for one in self.held if (one.bus, one.day) == (bus_id, day))

    def kept_from(self, bus_id: str, day: date) -> frozenset[str]:
        """Return the ids of stops where a bus stands for another campaign that day.

        The two share that visit or keep apart: nobody is to find the bus there twice.
        """
        return frozenset(stop for one in self.held_of(bus_id, day) for stop in one.stops)

    def free_parts(self, bus: Bus, day: date) -> tuple[FreePart, ...]:
        """Return the parts of a bus-day in which the campaign may send the bus out."""
        return free_parts(bus, self.held_of(bus.id, day))

    def most_examined(self) -> float:
        """Return the people all bus-days together can examine at most."""
        return sum(
            min(
                bus.exams_per_day,
                max((part.until_min - part.from_min) for part in parts) * bus.exams_per_hour / 60,
            )
            for bus, day in self.bus_days()
            if (parts := self.free_parts(bus, day))
        )


def _check_lists(campaign: Campaign) -> None:
    for name, zh, things in (
        ("buses", "车辆", campaign.buses),
        ("depots", "车场", campaign.depots),
        ("stops", "停靠点", campaign.stops),
    ):
        ids = [thing.id for thing in things]
        if not ids or len(set(ids)) != len(ids):
            raise BadInputError(
                Text(f"{zh}为空或编号重复，请检查。", f"{name}: none, or an id is there twice.")
            )
    if not campaign.days or list(campaign.days) != sorted(set(campaign.days)):
        raise BadInputError(
            Text(
                "活动日期为空、重复或未按先后排列。", "Days are missing, repeated or out of order."
            )
        )


def _check_arrays(campaign: Campaign) -> None:
    places = len(campaign.stops) + len(campaign.depots)
    shape = (places, places)
    if campaign.drive.distance_m.shape != shape or campaign.drive.time_s.shape != shape:
        raise BadInputError(
            Text(
                f"行车矩阵应为 {places}×{places}（停靠点在前、车场在后）。",
                f"Drive matrices must be {places}x{places}, stops first, then depots.",
            )
        )
    with np.errstate(invalid="ignore"):
        broken = np.isnan(campaign.drive.time_s) | (campaign.drive.time_s < 0)
    if broken.any() or np.any(campaign.people.count < 0):
        raise BadInputError(
            Text("行车时间或人数为负或缺失。", "A drive time or head count is negative or missing.")
        )
    for pairs, limit in (
        (campaign.pair_stop, len(campaign.stops)),
        (campaign.pair_people, len(campaign.people.count)),
    ):
        if pairs.shape != campaign.pair_stop.shape or (
            pairs.size and not (pairs.min() >= 0 and pairs.max() < limit)
        ):
            raise BadInputError(
                Text("覆盖关系的下标超出范围。", "A coverage pair points outside its table.")
            )


def _check_windows(campaign: Campaign) -> None:
    needed = min(bus.setup_min + bus.packdown_min for bus in campaign.buses)
    needed += campaign.rules.min_stay_min
    for stop in campaign.stops:
        if not stop.banned and stop.close_min - stop.open_min < needed:
            raise BadInputError(
                Text(
                    f"停靠点 {stop.id}（{stop.name}）只开放 {stop.close_min - stop.open_min} 分钟，"
                    f"少于布置、最短停留与收车共 {needed} 分钟；请放宽时间窗或标为禁停。",
                    f"Stop {stop.id} ({stop.name}) is open {stop.close_min - stop.open_min} min, "
                    f"less than set-up, shortest stay and pack-down ({needed} min); widen the "
                    "window or ban the stop.",
                )
            )


def _check_depots(campaign: Campaign) -> None:
    n_stops = len(campaign.stops)
    for bus in campaign.buses:
        for depot in (bus.start_depot, bus.end_depot):
            if not 0 <= depot < len(campaign.depots):
                raise BadInputError(
                    Text(f"车辆 {bus.id} 的车场不存在。", f"Bus {bus.id}: no such depot {depot}.")
                )
            row = campaign.place_of_depot(depot)
            there = campaign.drive.time_s[row, :n_stops]
            back = campaign.drive.time_s[:n_stops, row]
            if not (np.isfinite(there) & np.isfinite(back)).any():
                name = campaign.depots[depot].name
                raise UnreachableError(
                    Text(
                        f"车场 {name} 不在可达路网上：没有一个停靠点能往返。请检查其位置。",
                        f"Depot {name} is off the street network: no stop can be driven to and "
                        "back. Check its position.",
                    )
                )
