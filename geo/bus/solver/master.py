"""The master problem: which tours to drive and whom to serve at each visit.

Sets: tours r, services s, groups g of people, rows k of bus-days, stops p, districts d.
Variables: x_r (how often tour r is driven), z_sg (people of g served at s), u_d (floor missed).

    max  sum z_sg - w sum km_r x_r - M sum u_d
    s.t. sum_g z_sg <= sum_r exams_rs x_r            every service s
         sum_s z_sg <= expected_g                    every group g: served at most once
         sum_(g in H) z_sg <= sum_(g in H) expected_g sum_r visits_rs x_r   some H, s: see below
         sum_(r in k) x_r <= bus-days of k           every row k
         sum_r visits_rp x_r <= visits allowed of p  every stop p (>= 1 where it must be visited)
         sum_(g in d) z_sg + u_d >= floor_d          every district d
         sum_(r calls at d) x_r + u_d / rest_d >= tours_d      every district d: see below
         sum z_sg <= quota

The third kind of row is true of every plan and cuts off mixtures that none can drive: a quarter
of a visit long enough for all does not serve every one of a few. So is the last but one: a floor
takes whole tours, `tours_d` of them at the people one examines in a day, the last of which owes
`rest_d`. Rows are added where they bite.

Its LP over all tours (reached by column generation, :mod:`geo.bus.solver.pricing`) is the upper
bound; its MIP over the tours found is the plan, part by part (:mod:`geo.bus.solver.parts`). Solved by
HiGHS.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix

from geo.bus.solver.duties import Duty
from geo.bus.solver.services import Services, Tour
from geo.errors import SolverError
from geo.highs import INF, Highs
from geo.text import Text

MISSED_WEIGHT = 50.0
"""What one person below a district's floor costs in the objective: more than any swap can gain."""
_MUST_WEIGHT = 5_000.0
"""People: chosen above what any tour serves, so that no must visit is missed without need."""
_TINY = 1e-7
"""The solver's feasibility tolerance."""
_COUPLED = 0.01
"""People by which a row must be broken to be added."""
_CALLED = 0.01
"""Tours by which the row of a district's tours must be broken to be added."""
_CALLS_A_DAY = 2
"""Districts; five bus-days for ten are planned in twice the time so, 24 s, two in 37 s."""


@dataclass(frozen=True, slots=True, eq=False)
class RightHandSides:
    """The right-hand sides of the master problem.

    Attributes
    ----------
    visits : (p,) int64
        Visits allowed for each stop.
    must : (p,) bool
        Stops that have to be visited.
    floors : Mapping[str, float]
        People per district at least.
    quota : float
        People at most, inf without.
    km_weight : float
        Workers one kilometre is worth.
    """

    visits: NDArray[np.int64]
    must: NDArray[np.bool_]
    floors: Mapping[str, float]
    quota: float
    km_weight: float


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DualValues:
    """What the LP would pay: the ground of pricing.

    Attributes
    ----------
    exam : (m,) float64
        For one more exam possible at each service.
    visit : (m,) float64
        Charged for a visit that offers each service (negative where it must be made, or where few
        people are served by many parts of visits).
    bus_day : (k,) float64
        Charged for a bus-day of each row.
    rest : float
        Value of all other right-hand sides at their prices.
    objective : float
        The LP's value over the tours known.
    closed : (m,) bool
        Services whose stop is visited as often as it may be by the tours held.
    first : (m, d) float64
        Paid to a tour, once, for calling at each district whose floor takes whole tours.
    """

    exam: NDArray[np.float64]
    visit: NDArray[np.float64]
    bus_day: NDArray[np.float64]
    rest: float
    objective: float
    closed: NDArray[np.bool_]
    first: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class MasterRows:
    """The master problem as matrices: people and floors missed in columns, then tours.

    Attributes
    ----------
    people, tours : csc_matrix
        (rows, columns) of either.
    people_worth, tour_worth : (columns,) float64
        What one of each adds to the objective.
    lower, upper : (rows,) float64
        Bounds of the rows.
    bus_days, visits : slice
        The rows of bus-days, and of visits by stop.
    missed : slice
        The columns of `people` that count those missing at each district's floor.
    """

    people: csc_matrix
    people_worth: NDArray[np.float64]
    tours: csc_matrix
    tour_worth: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    bus_days: slice
    visits: slice
    missed: slice


def _columns(entries: Sequence[Mapping[int, float]], n_rows: int) -> csc_matrix:
    """Return the matrix whose columns are `entries`, each by row."""
    starts = np.concatenate([[0], np.cumsum([len(one) for one in entries])])
    rows = np.fromiter((row for one in entries for row in one), np.int32)
    values = np.fromiter((value for one in entries for value in one.values()), np.float64)
    return csc_matrix((values, rows, starts), shape=(n_rows, len(entries)))


class Master:
    """The master problem in HiGHS, growing by tours."""

    def __init__(
        self, services: Services, duties: tuple[Duty, ...], limits: RightHandSides, *, seed: int = 0
    ) -> None:
        self._services, self._duties, self._limits = services, duties, limits
        self.tours: list[Tour] = []
        self._known: dict[Tour, int] = {}
        self._drivable: list[bool] = []
        self._first_tour, self._km_weight = 0, limits.km_weight
        self._coupled: list[tuple[int, tuple[int, ...]]] = []
        self._closed = np.zeros(len(services.stop), np.bool_)
        self._must = {int(stop): i for i, stop in enumerate(np.flatnonzero(limits.must))}
        self._people_entries: list[dict[int, float]] = []
        self._people_worth: list[float] = []
        self._highs = Highs(seed=seed)
        self._tours_owed, self._last_owes = self._floors_in_tours()
        self._reaches = self._districts()
        self._rows()
        self._people()

    def _rows(self) -> None:
        inf, n_rows = INF, 1 + max(duty.row for duty in self._duties)
        bus_days = np.zeros(n_rows)
        for duty in self._duties:
            bus_days[duty.row] = duty.available
        limits, services = self._limits, self._services
        upper = np.concatenate(
            [
                np.zeros(len(services.stop)),
                [group.expected for group in services.groups],
                bus_days,
                limits.visits.astype(np.float64),
                np.full(int(limits.must.sum()), inf),
                np.full(len(limits.floors) + len(self._tours_owed), inf),
                [min(limits.quota, inf)],
            ]
        )
        lower = np.full(len(upper), -inf)
        sizes = (
            len(services.stop),
            len(services.groups),
            n_rows,
            len(limits.visits),
            int(limits.must.sum()),
            len(limits.floors),
            len(self._tours_owed),
        )
        starts = np.concatenate([[0], np.cumsum(sizes)])
        self._at_group, self._at_bus_day, self._at_visit = starts[1:4].tolist()
        self._at_must, self._at_floor, self._at_called, self._at_quota = starts[4:8].tolist()
        self._at_coupled = len(upper)
        lower[self._at_must : self._at_floor] = 1.0
        lower[self._at_floor : self._at_called] = list(limits.floors.values())
        self._lower, self._upper = lower, upper
        for low, high in zip(lower, upper, strict=True):
            self._highs.add_row(low, high)

    def _floors_in_tours(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return (d,) tours that each floor takes at least, and the people it owes to the last.

        None where there are bus-days enough to call at every district: then whole tours do so
        without being asked to, which takes pricing longer. Nor where a bus-day has to call at more
        than `_CALLS_A_DAY` of them: floors are missed then, and pricing would take minutes.
        """
        bus_days = sum({duty.row: duty.available for duty in self._duties}.values())
        if not bus_days <= len(self._limits.floors) <= _CALLS_A_DAY * bus_days:
            return np.empty(0, np.int64), np.empty(0)
        floors = np.array(list(self._limits.floors.values()))
        most = max(duty.clock.per_day for duty in self._duties)
        tours = np.ceil(floors / most - _TINY).astype(np.int64)
        return tours, np.where(tours > 0, floors - (tours - 1) * most, 1.0)

    def _districts(self) -> NDArray[np.bool_]:
        """Return (m, d) whether a service reaches people of a district that has a floor."""
        number = {name: i for i, name in enumerate(self._limits.floors)}
        reaches = np.zeros((len(self._services.stop), len(self._tours_owed)), np.bool_)
        for group in self._services.groups:
            if reaches.size and group.district in number:
                reaches[list(group.services), number[group.district]] = True
        return reaches

    def _column(self, worth: float, entries: dict[int, float]) -> None:
        values = np.array([*entries.values()])
        self._highs.add_column(-worth, INF, np.array(list(entries)), values)
        self._people_entries.append(entries)
        self._people_worth.append(worth)
        self._first_tour += 1

    def _people(self) -> None:
        floor = {name: self._at_floor + i for i, name in enumerate(self._limits.floors)}
        self.pairs: list[tuple[int, int]] = []
        for number, group in enumerate(self._services.groups):
            for service in group.services:
                rows = [service, self._at_group + number, self._at_quota]
                if group.district in floor:
                    rows.append(floor[group.district])
                self._column(1.0, dict.fromkeys(rows, 1.0))
                self.pairs.append((service, number))
        for row in floor.values():
            self._column(-MISSED_WEIGHT, {row: 1.0} | self._missed_tours(row - self._at_floor))
        for row in range(self._at_must, self._at_floor):
            self._column(-_MUST_WEIGHT, {row: 1.0})

    def _missed_tours(self, district: int) -> dict[int, float]:
        """Return what one person missing at a floor adds to the row of the tours that it takes."""
        if not self._last_owes.size:
            return {}
        return {self._at_called + district: 1.0 / float(self._last_owes[district])}

    def add(self, tour: Tour) -> bool:
        """Add `tour` as a column; return False when it is known."""
        if tour in self._known:
            return False
        self._known[tour] = len(self.tours)
        self.tours.append(tour)
        calls = Counter(int(self._services.stop[service]) for service in tour.services)
        self._drivable.append(all(n <= self._limits.visits[stop] for stop, n in calls.items()))
        entries = self.entries(tour)
        self._highs.add_column(
            self._km_weight * tour.km, INF, np.array(list(entries)), np.array([*entries.values()])
        )
        return True

    def number_of(self, tour: Tour) -> int:
        """Return the number of `tour`, which is added where it is not known."""
        self.add(tour)
        return self._known[tour]

    def entries(self, tour: Tour) -> dict[int, float]:
        """Return the coefficients of the column of `tour`, by row."""
        must = self._must
        entries: dict[int, float] = {self._at_bus_day + self._duties[tour.duty].row: 1.0}
        for service, exams in zip(tour.services, tour.exams, strict=True):
            stop = int(self._services.stop[service])
            entries[service] = entries.get(service, 0.0) - exams
            row = self._at_visit + stop
            entries[row] = entries.get(row, 0.0) + 1.0
            if stop in must:
                row = self._at_must + must[stop]
                entries[row] = entries.get(row, 0.0) + 1.0
        for district in np.flatnonzero(self._reaches[list(tour.services)].any(axis=0)).tolist():
            entries[self._at_called + district] = 1.0
        for number, (service, groups) in enumerate(self._coupled):
            if service in tour.services:
                people = self._people_of(groups) * tour.services.count(service)
                entries[self._at_coupled + number] = -people
        return entries

    def rows_of(self, tours: Sequence[Tour]) -> MasterRows:
        """Return the problem as it stands as matrices, with the columns of `tours` for its own."""
        return MasterRows(
            people=_columns(self._people_entries, len(self._upper)),
            people_worth=np.array(self._people_worth),
            tours=_columns([self.entries(tour) for tour in tours], len(self._upper)),
            tour_worth=-self._km_weight * np.array([tour.km for tour in tours]),
            lower=self._lower.copy(),
            upper=self._upper.copy(),
            bus_days=slice(self._at_bus_day, self._at_visit),
            visits=slice(self._at_visit, self._at_must),
            missed=slice(len(self.pairs), len(self.pairs) + len(self._limits.floors)),
        )

    def couple(self) -> int:
        """Serve few people, and floors, by whole visits only, where the last LP does not.

        Return how many rows that took.

        For each service those groups are taken together that it serves beyond the part of a visit
        that is made (see the module).
        """
        made, served = self._made(), self._highs.values[: len(self.pairs)]
        short: dict[int, list[int]] = {}
        for (service, group), people in zip(self.pairs, served.tolist(), strict=True):
            if people > self._services.groups[group].expected * made[service] + _COUPLED:
                short.setdefault(service, []).append(group)
        known = set(self._coupled)
        found = [(s, tuple(g)) for s, g in short.items() if (s, tuple(g)) not in known]
        called = self._call()
        for service, groups in found:
            self._couple(service, groups)
        return len(found) + called

    def _call(self) -> int:
        """Ask for whole tours to districts where the last LP makes but parts; return at how many."""
        if not self._tours_owed.size:
            return 0
        tours = np.zeros(len(self._tours_owed))
        weights = self.weights()
        for number in np.flatnonzero(weights > _TINY).tolist():
            services = list(self.tours[number].services)
            tours += weights[number] * self._reaches[services].any(axis=0)
        tours += self.missed() / self._last_owes
        found = np.flatnonzero(tours < self._tours_owed - _CALLED)
        for row, owed in zip(self._at_called + found, self._tours_owed[found], strict=True):
            self._highs.change_row(int(row), float(owed), INF)
            self._lower[row] = owed
        return len(found)

    def _couple(self, service: int, groups: tuple[int, ...]) -> None:
        pairs = {pair: column for column, pair in enumerate(self.pairs)}
        people = self._people_of(groups)
        row = dict.fromkeys((pairs[service, group] for group in groups), 1.0)
        for column in row:
            self._people_entries[column][len(self._upper)] = 1.0
        for number, tour in enumerate(self.tours):
            if service in tour.services:
                row[self._first_tour + number] = -people * tour.services.count(service)
        self._highs.add_row(-INF, 0.0, np.array(list(row)), np.array([*row.values()]))
        self._coupled.append((service, groups))
        self._lower, self._upper = np.append(self._lower, -INF), np.append(self._upper, 0.0)

    def uncouple(self, tours: Sequence[Tour]) -> int:
        """Let go of the rows for which pricing takes `tours` for worth more than they are.

        Those are rows of visits that examine fewer than the row serves: pricing gives up the
        cheapest exams of a full day, however few there are. Return how many rows; none comes back.
        """
        offered: dict[int, float] = {}
        for tour in tours:
            for service, exams in zip(tour.services, tour.exams, strict=True):
                offered[service] = min(exams, offered.get(service, INF))
        free = [
            row
            for row, (service, groups) in enumerate(self._coupled, self._at_coupled)
            if np.isfinite(self._upper[row])
            and offered.get(service, INF) < self._people_of(groups) - _COUPLED
        ]
        for row in free:
            self._highs.change_row(row, -INF, INF)
            self._upper[row] = INF
        return len(free)

    def _made(self) -> NDArray[np.float64]:
        """Return (m,) the visits made of each service in the last solution."""
        made, weights = np.zeros(len(self._services.stop)), self.weights()
        for number in np.flatnonzero(weights > _TINY).tolist():
            np.add.at(made, list(self.tours[number].services), weights[number])
        return made

    def _people_of(self, groups: tuple[int, ...]) -> float:
        return sum(self._services.groups[group].expected for group in groups)

    def stops(self, tour: int) -> NDArray[np.int32]:
        """Return the stops the tour of that number calls at."""
        return self.stops_of(self.tours[tour])

    def stops_of(self, tour: Tour) -> NDArray[np.int32]:
        """Return the stops `tour` calls at."""
        return self._services.stop[list(tour.services)]

    def solve(self) -> DualValues:
        """Solve the LP over the tours known and return its prices."""
        self._run_lp()
        return self.priced(-self._highs.row_prices, self.objective())

    def priced(self, dual: NDArray[np.float64], objective: float) -> DualValues:
        """Return the prices that the dual values of the rows, (r,), come to; see :meth:`rows_of`."""
        exam = np.clip(dual[: self._at_group], 0.0, None)
        must = np.flatnonzero(self._limits.must)
        at_stop = np.clip(dual[self._at_visit : self._at_must], 0.0, None)
        at_stop[must] += np.clip(dual[self._at_must : self._at_floor], None, 0.0)
        visit = at_stop[self._services.stop]
        for (service, groups), price in zip(self._coupled, dual[self._at_coupled :], strict=True):
            visit[service] -= max(price, 0.0) * self._people_of(groups)
        bus_day = np.clip(dual[self._at_bus_day : self._at_visit], 0.0, None)
        bound = np.where(dual > 0, self._upper, self._lower)
        used = np.abs(dual) > 0
        used[self._at_bus_day : self._at_visit] = False
        rest = float((dual[used] * bound[used])[np.isfinite(bound[used])].sum())
        return DualValues(
            exam=exam,
            visit=visit,
            bus_day=bus_day,
            rest=rest,
            objective=objective,
            closed=self._closed,
            first=np.where(
                self._reaches, np.clip(-dual[self._at_called : self._at_quota], 0, None), 0
            ),
        )

    @property
    def floors_take_tours(self) -> bool:
        """Whether there are rows of districts' tours, which pay a tour once (``first``)."""
        return bool(self._tours_owed.size)

    @property
    def km_weight(self) -> float:
        """Workers one kilometre is worth."""
        return self._km_weight

    def weigh_driving(self, km_weight: float) -> None:
        """Let one kilometre be worth `km_weight` workers from now on."""
        self._km_weight = km_weight
        numbers = np.arange(self._first_tour, self._first_tour + len(self.tours), dtype=np.int32)
        costs = km_weight * np.array([tour.km for tour in self.tours])
        self._highs.change_costs(numbers, costs)

    def floors_bind(self) -> bool:
        """Return whether any district's floor costs anything in the LP's last solution."""
        dual = self._highs.row_prices[self._at_floor : self._at_quota]
        return bool((np.abs(dual) > _TINY).any())

    def drop_floors(self) -> None:
        """Owe no district anything from now on."""
        for row in range(self._at_floor, self._at_quota):
            self._highs.change_row(row, 0.0, INF)
        self._lower[self._at_floor : self._at_quota] = 0.0
        self._tours_owed[:] = 0

    def objective(self) -> float:
        """Return the value of the last solution."""
        return -self._highs.objective

    def offer(self, bus_days: NDArray[np.float64]) -> None:
        """Have so many bus-days of each row, (k,), from now on."""
        self._upper[self._at_bus_day : self._at_visit] = bus_days
        for row, count in enumerate(bus_days.tolist(), self._at_bus_day):
            self._highs.change_row(row, -INF, count)

    def bus_days(self) -> NDArray[np.float64]:
        """Return (k,) bus-days of each row."""
        return self._upper[self._at_bus_day : self._at_visit]

    def weights(self) -> NDArray[np.float64]:
        """Return (r,) how often each tour is driven in the last solution."""
        return self._highs.values[self._first_tour :]

    def served(self) -> float:
        """Return the people served in the last solution."""
        return float(self._highs.values[: len(self.pairs)].sum())

    def missed(self) -> NDArray[np.float64]:
        """Return (d,) people missing at each district's floor in the last solution."""
        start = len(self.pairs)
        return self._highs.values[start : start + len(self._limits.floors)]

    def stops_short(self, missed: NDArray[np.float64]) -> list[int]:
        """Return the stops that reach people of the district missing most by `missed`, (d,)."""
        if not missed.size or missed.max() <= _TINY:
            return []
        district = list(self._limits.floors)[int(np.argmax(missed))]
        return sorted(
            {
                int(self._services.stop[service])
                for group in self._services.groups
                if group.district == district
                for service in group.services
            }
        )

    def hold(self, least: NDArray[np.int64]) -> None:
        """Drive each of the first tours at least so often, (k,), from now on.

        Those that call at a stop more often than it may be visited are never driven: half of such
        a tour fits the LP, the whole of it no plan.
        """
        most = np.where(np.array(self._drivable[: len(least)], np.bool_), INF, 0.0)
        self._bound_tours(least.astype(np.float64), most)
        calls = np.zeros(len(self._limits.visits))
        for number in np.flatnonzero(least).tolist():
            np.add.at(calls, self.stops(number), least[number])
        self._closed = (calls >= self._limits.visits)[self._services.stop]

    def release(self) -> None:
        """Leave every tour free again."""
        n = len(self.tours)
        self._bound_tours(np.zeros(n), np.full(n, INF))
        self._closed = np.zeros(len(self._services.stop), np.bool_)

    def _bound_tours(self, least: NDArray[np.float64], most: NDArray[np.float64]) -> None:
        numbers = np.arange(self._first_tour, self._first_tour + len(least), dtype=np.int32)
        self._highs.change_bounds(numbers, least, most)

    def _run_lp(self) -> None:
        """Solve the LP; anything but its optimum has no prices to go by."""
        self._highs.run()
        if not self._highs.is_optimal:
            raise SolverError(
                Text(
                    "体检车排程的线性规划没有解出：请重试，仍不行请把项目文件夹交给维护人员。",
                    "The linear program of the bus was not solved: try again, and report it with "
                    "the project folder if it goes on.",
                )
            )
