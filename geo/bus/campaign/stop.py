"""The places a bus can stand, and which of many are worth asking about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from geo.arrays import Floats
from geo.bus.campaign.fleet import DAY_MIN
from geo.crs import metric_crs_of, to_metres
from geo.errors import BadInputError
from geo.layers.vocabulary import Setting
from geo.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A place a bus can stand, as in the layer ``stops``.

    Attributes
    ----------
    id, name, address, district, contact, phone : str
        What people read; `district` is the code.
    lonlat : tuple[float, float]
        Degrees (EPSG:4326).
    setting : Setting | None
        A work place is visited by day, a residence in the evening, None either way.
    open_min, close_min : int
        The bus may stand here between these minutes after midnight.
    banned, must_visit : bool
        Never, or at least once, visited.
    banned_days : frozenset[date]
        Days on which the place is taken (a market, works).
    """

    id: str
    name: str
    lonlat: tuple[float, float]
    district: str = ""
    setting: Setting | None = None
    open_min: int = 0
    close_min: int = DAY_MIN
    address: str = ""
    contact: str = ""
    phone: str = ""
    banned: bool = False
    must_visit: bool = False
    banned_days: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        """Refuse reversed opening times and a stop both banned and required."""
        if not 0 <= self.open_min < self.close_min <= DAY_MIN:
            raise BadInputError(
                Text(
                    f"停靠点 {self.id} 的时间窗 {self.open_min}–{self.close_min} 分钟无效。",
                    f"Stop {self.id}: window {self.open_min}-{self.close_min} min is not valid.",
                )
            )
        if self.banned and self.must_visit:
            raise BadInputError(
                Text(
                    f"停靠点 {self.id} 同时标为禁停和必到，请去掉一个。",
                    f"Stop {self.id} is both banned and must-visit; remove one.",
                )
            )


def workers_around(places: Floats, people: Floats, workers: Floats, reach_m: float) -> Floats:
    """Return (n,) the workers within `reach_m` of each place as the crow flies.

    Never fewer than are reached on foot; the plan measures along streets.

    Parameters
    ----------
    places : (n, 2) float64
        Lon/lat degrees, EPSG:4326.
    people, workers : (c, 2), (c,) float64
        Where concentrations are (EPSG:4326), and how many work or live there.
    reach_m : float
        Metres.
    """
    from scipy.spatial import cKDTree  # noqa: PLC0415 - half a second nobody else needs

    if not len(places) or not len(people):
        return np.zeros(len(places))
    crs = metric_crs_of(people)
    near = cKDTree(to_metres(people, crs)).query_ball_point(to_metres(places, crs), reach_m)
    return np.array([workers[rows].sum() for rows in near], dtype=np.float64)


def apart(
    places: Floats, worth: Floats, taken: Floats, *, least: float, apart_m: float
) -> NDArray[np.int64]:
    """Return the rows worth at least `least`, best first, none within `apart_m` of a better one.

    Parameters
    ----------
    places, worth : (n, 2), (n,) float64
        Lon/lat degrees (EPSG:4326), and what each is worth.
    taken : (t, 2) float64
        Places there are already: none of these is within `apart_m` either.
    least : float
        Worth at least.
    apart_m : float
        Metres, as the crow flies.
    """
    crs = metric_crs_of(places)
    here = to_metres(places, crs) if len(places) else np.empty((0, 2))
    order = [row for row in np.argsort(-worth, kind="stable").tolist() if worth[row] >= least]
    kept: list[int] = []
    held = to_metres(taken, crs).tolist() if len(taken) else []
    for row in order:
        if all(np.hypot(*(here[row] - other)) >= apart_m for other in held):
            kept.append(row)
            held.append(here[row].tolist())
    return np.array(kept, dtype=np.int64)
