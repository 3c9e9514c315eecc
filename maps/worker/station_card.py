"""What a served page shows of one station."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from geo.layers.vocabulary import Amenity, Kind, Mode
from geo.text import Text
from maps.records import hours_words
from maps.symbols import KIND_SYMBOLS
from maps.worker.hand_over import MapAppLink, map_app_links
from maps.worker.opening_text import State, opening_state, opening_text


@dataclass(frozen=True, slots=True, kw_only=True)
class StationCard:
    """One station as a worker sees it.

    Attributes
    ----------
    id, name : str
        Of the station; the name is any text and is escaped by the templates.
    kind : Kind
        What it is.
    wgs84, gcj02 : (lon, lat) degrees
        Its position in both datums.
    address, phone, hours, operator, updated : str
        As in the layer; "" where unknown. `hours` is OSM ``opening_hours``.
    amenities : tuple[Amenity, ...]
        What it offers.
    is_open : bool | None
        Now; None when its hours are unknown.
    changes : datetime | None
        When it closes or opens next, Asia/Shanghai.
    distance_m, time_s : float | None
        The way there over the street network; None when no origin is known.
    straight_m : float | None
        The straight line, to show the detour.
    status : Text | None
        What to say instead of the hours when it does not serve now: 暂停, 筹建, 关闭, closed today.
    said : tuple[Text, ...]
        What to know before going: what many report, what its keeper says.
    confirmed : Text | None
        When its hours were last confirmed.
    is_confirmed_today : bool
        Whether that was today.
    is_doubted : bool
        Whether many say that nobody finds it open there.
    """

    id: str
    name: str
    kind: Kind
    wgs84: tuple[float, float]
    gcj02: tuple[float, float]
    address: str = ""
    phone: str = ""
    hours: str = ""
    operator: str = ""
    updated: str = ""
    amenities: tuple[Amenity, ...] = ()
    is_open: bool | None = None
    changes: datetime | None = None
    distance_m: float | None = None
    time_s: float | None = None
    straight_m: float | None = None
    status: Text | None = None
    said: tuple[Text, ...] = ()
    confirmed: Text | None = None
    is_confirmed_today: bool = False
    is_doubted: bool = False

    @property
    def colour(self) -> str:
        """Colour of its kind."""
        return KIND_SYMBOLS[self.kind].colour

    @property
    def state(self) -> State:
        """Whether it is open, as a key for styles."""
        return "closed" if self.status is not None else opening_state(is_open=self.is_open)

    @property
    def offered(self) -> tuple[Amenity, ...]:
        """What it offers, those asked for most first."""
        return tuple(one for one in Amenity if one in self.amenities)

    @property
    def dial(self) -> str:
        """The phone number with nothing but digits, for ``tel:`` links."""
        return "".join(mark for mark in self.phone if mark.isdigit() or mark == "+")

    def state_text(self, now: datetime) -> Text:
        """Say whether it is open `now`."""
        if self.status is not None:
            return self.status
        return opening_text(is_open=self.is_open, changes=self.changes, now=now)

    @property
    def hours_words(self) -> Text:
        """When it is open, as people read it; empty where unknown."""
        return hours_words(self.hours)

    def open_on_arrival(self, now: datetime) -> bool:
        """Tell whether it is surely open `now` and until the worker gets there."""
        if self.status is not None or not self.is_open or self.is_doubted:
            return False
        way = timedelta(seconds=self.time_s or 0.0)
        return self.changes is None or self.changes > now + way

    def links(self, mode: Mode, *, region: str = "青岛") -> tuple[MapAppLink, ...]:
        """Return links that open a map app with the way there."""
        return map_app_links(self.name, self.wgs84, self.gcj02, mode, region=region)
