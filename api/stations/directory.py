"""Every station anyone may go to: both layers as one table that is filtered in microseconds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from data.geometry.datum import Datum, from_wgs84
from geo.json_shapes import JsonRow
from geo.layers.columns import STATIONS, layers_with
from geo.layers.roles import Role
from geo.layers.vocabulary import Amenity, Kind, Status, Word

if TYPE_CHECKING:
    import geopandas as gpd

STATION_LAYERS = layers_with(Role.STATIONS)

OPEN, CLOSED, UNKNOWN = 1, 0, -1
"""What `Directory.state_at` says of a station."""

IsOpen = Callable[[str, datetime], bool]


@dataclass(frozen=True, eq=False, kw_only=True)
class Directory:
    """The rows of ``stations`` and ``yizhan`` as columns.

    Attributes
    ----------
    rows : tuple[JsonRow, ...]
        The properties of each station, as in the layers.
    lonlat : (n, 2) float64
        Degrees, EPSG:4326.
    kinds : (n,) int8
        Index into `Kind`.
    amenities : (n, 17) bool
        In the order of `Amenity`.
    serving : (n,) bool
        Whether the station's status is open (or unsaid).
    expressions : tuple[str, ...]
        The distinct opening hours.
    hours : (n,) int32
        Index into `expressions`, -1 where a station's hours are unknown.
    """

    rows: tuple[JsonRow, ...]
    lonlat: NDArray[np.float64]
    kinds: NDArray[np.int8]
    amenities: NDArray[np.bool_]
    serving: NDArray[np.bool_]
    expressions: tuple[str, ...]
    hours: NDArray[np.int32]

    @classmethod
    def of(cls, rows: Sequence[JsonRow], lonlat: NDArray[np.float64]) -> Directory:
        """Return the directory of stations of known kinds, by their properties and positions."""
        numbers: dict[str, int] = {}
        told = [row["opening_hours"] for row in rows]
        hours = [numbers.setdefault(text, len(numbers)) if text else -1 for text in told]
        return cls(
            rows=tuple(rows),
            lonlat=lonlat,
            kinds=np.array([_KIND_NUMBER[row["kind"]] for row in rows], dtype=np.int8),
            amenities=_amenities(rows),
            serving=np.array(
                [row["status"] in {None, "", Status.OPEN.value} for row in rows], bool
            ),
            expressions=tuple(numbers),
            hours=np.array(hours, dtype=np.int32),
        )

    def __len__(self) -> int:
        """Return the number of stations."""
        return len(self.rows)

    @cached_property
    def gcj02(self) -> NDArray[np.float64]:
        """The stations' positions as AMap, Tencent and Baidu read them, (n, 2) degrees."""
        if not len(self):
            return np.empty((0, 2))
        return np.asarray(from_wgs84(self.lonlat, Datum.GCJ02), dtype=np.float64)

    @cached_property
    def by_id(self) -> Mapping[str, int]:
        """Map station ids to rows."""
        return {str(row["id"]): number for number, row in enumerate(self.rows)}

    def kind(self, row: int) -> Kind:
        """Return the kind of station `row`."""
        return _KINDS[int(self.kinds[row])]

    def allowed(
        self,
        *,
        kinds: Collection[Kind] = (),
        amenities: Collection[Amenity] = (),
        audience: Audience | None = None,
    ) -> NDArray[np.bool_]:
        """Return which serving stations are of any of `kinds` and have all `amenities`."""
        found = self.serving.copy()
        if kinds:
            found &= self._of_kinds(kinds)
        for amenity in amenities:
            found &= self.amenities[:, _AMENITY_INDEX[amenity]]
        if audience is not None:
            receives = self._of_kinds(KINDS[audience])
            for amenity in AMENITIES.get(audience, ()):
                receives |= self.amenities[:, _AMENITY_INDEX[amenity]]
            found &= receives
        return found

    def state_at(self, moment: datetime, is_open: IsOpen) -> NDArray[np.int8]:
        """Return OPEN, CLOSED or UNKNOWN for every station at `moment` (Asia/Shanghai)."""
        states = np.array(
            [_state(expression, moment, is_open) for expression in self.expressions] + [UNKNOWN],
            dtype=np.int8,
        )
        return states[self.hours]

    def _of_kinds(self, kinds: Collection[Kind]) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = np.isin(self.kinds, [_KIND_INDEX[kind] for kind in kinds])
        return found


_KIND_INDEX = {kind: number for number, kind in enumerate(Kind)}
_KINDS = tuple(Kind)
_KIND_NUMBER = {kind.value: number for number, kind in enumerate(Kind)}
_AMENITY_OF = {amenity.value: amenity for amenity in Amenity}
_AMENITY_INDEX = {amenity: number for number, amenity in enumerate(Amenity)}


def _state(expression: str, moment: datetime, is_open: IsOpen) -> int:
    try:
        return OPEN if is_open(expression, moment) else CLOSED
    except ValueError:
        return UNKNOWN


def read_directory(layers: Mapping[str, gpd.GeoDataFrame]) -> Directory:
    """Make the directory of the station layers among `layers` (EPSG:4326)."""
    from api.ogc.features import properties  # noqa: PLC0415 - brings in pandas

    present = [layers[name] for name in STATION_LAYERS if name in layers]
    frames = [frame[frame["kind"].isin(list(_KIND_NUMBER))] for frame in present]
    rows = [row for frame in frames for row in properties(frame, STATIONS.columns)]
    points = [np.column_stack([frame.geometry.x, frame.geometry.y]) for frame in frames]
    return Directory.of(rows, np.concatenate(points) if points else np.empty((0, 2)))


def _amenities(rows: Sequence[JsonRow]) -> NDArray[np.bool_]:
    held = np.zeros((len(rows), len(Amenity)), dtype=bool)
    for number, row in enumerate(rows):
        for key in amenity_keys(row["amenities"]):
            held[number, _AMENITY_INDEX[key]] = True
    return held


def amenity_keys(cell: object) -> list[Amenity]:
    """Return the known amenities of a ``;`` list."""
    keys = [part.strip() for part in str(cell or "").split(";")]
    return [_AMENITY_OF[key] for key in keys if key in _AMENITY_OF]


class Audience(Word):
    """Who is looking for a station."""

    OUTDOOR_WORKER = "outdoor_worker", "想歇脚的户外劳动者", "An outdoor worker who wants to rest"
    NURSING_MOTHER = "nursing_mother", "哺乳期女职工", "A nursing mother"
    LEGAL_HELP = "legal_help", "需要法律帮助的职工", "A worker who needs legal help"
    COUNSELLING = "counselling", "需要心理疏导的职工", "A worker who wants counselling"


KINDS: Mapping[Audience, frozenset[Kind]] = MappingProxyType(
    {
        Audience.OUTDOOR_WORKER: frozenset(
            {
                Kind.OUTDOOR_REST_STATION,
                Kind.SHARED_WORKERS_HOME,
                Kind.TRUSTED_WORKERS_HOME,
            }
        ),
        Audience.NURSING_MOTHER: frozenset({Kind.MOTHERS_ROOM}),
        Audience.LEGAL_HELP: frozenset({Kind.LEGAL_SERVICE_STATION}),
        Audience.COUNSELLING: frozenset({Kind.MENTAL_HEALTH_STATION}),
    }
)
"""The kinds that receive them; a counted kind is enough."""

AMENITIES: Mapping[Audience, frozenset[Amenity]] = MappingProxyType(
    {Audience.NURSING_MOTHER: frozenset({Amenity.NURSING_ROOM})}
)
"""The amenities that also do, whatever the kind."""
