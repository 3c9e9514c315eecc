"""The places a bus can stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from geo.bus.fleet import DAY_MIN
from geo.errors import BadInputError
from geo.layers.vocabulary import Setting
from geo.text import Text


@dataclass(frozen=True, slots=True)
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
