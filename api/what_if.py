"""What if a station stood here? Who would newly be covered, before anything is decided."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from api.analysis import gaps_step
from api.analysis.city import City
from api.analysis.parameters import CoverageParameters
from data.project import Project
from geo.coverage.analyse import Coverage
from geo.errors import UnreachableError
from geo.reach.catchments import catchments
from geo.text import Text

_KEPT = 4


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What a station at a position would change.

    Attributes
    ----------
    workers_within : float
        Workers within the limit of it.
    workers_new : float
        Those among them no counting station covers yet.
    by_group, by_setting : Mapping[str, float]
        The new ones, by the keys of `Group` and `Setting`.
    covered_before, workers_total : float
        Of the whole city.
    access_m : float
        From the position to the street, metres.
    """

    workers_within: float
    workers_new: float
    by_group: Mapping[str, float]
    by_setting: Mapping[str, float]
    covered_before: float
    workers_total: float
    access_m: float


class WhatIfs:
    """Answers for one edition; the coverage of a rule is measured once.

    Parameters
    ----------
    project : Project
        Whose stations and workers count.
    """

    def __init__(self, project: Project) -> None:
        self._city = City(project)
        self._coverages: dict[CoverageParameters, Coverage] = {}
        self._lock = threading.Lock()

    def at(self, lon: float, lat: float, parameters: CoverageParameters) -> WhatIf:
        """Return what a station at `lon`, `lat` (degrees, EPSG:4326) would change.

        Raises
        ------
        UnreachableError
            If no street passes near the position.
        MissingError
            If workers or streets have not been imported.
        """
        coverage = self._coverage(parameters)
        network = self._city.network(parameters.mode)
        site = network.snap([[lon, lat]])
        if not site.reachable[0]:
            raise UnreachableError(
                Text(
                    "该位置 1 公里内没有道路，不能设站。",
                    "No street within 1 km of the position: no station can stand there.",
                )
            )
        demand, rule = coverage.demand, coverage.rule
        reached = catchments(network, site, demand.snapped, rule.limit, weight=rule.weight).point
        new = reached[~coverage.covered[reached]]
        return WhatIf(
            workers_within=float(demand.workers[reached].sum()),
            workers_new=float(demand.workers[new].sum()),
            by_group=_totals(coverage, new, "group"),
            by_setting=_totals(coverage, new, "setting"),
            covered_before=coverage.workers_covered,
            workers_total=coverage.workers_total,
            access_m=float(site.access_m[0]),
        )

    def _coverage(self, parameters: CoverageParameters) -> Coverage:
        with self._lock:
            coverage = self._coverages.get(parameters)
            if coverage is None:
                coverage = gaps_step.measure(self._city, parameters)
                while len(self._coverages) >= _KEPT:
                    self._coverages.pop(next(iter(self._coverages)))
                self._coverages[parameters] = coverage
        return coverage


def _totals(coverage: Coverage, points: NDArray[np.int32], column: str) -> dict[str, float]:
    words = coverage.workers[column].astype(str).to_numpy()[coverage.demand.owner[points]]
    amounts = coverage.demand.workers[points]
    return {str(word): float(amounts[words == word].sum()) for word in sorted(set(words))}
