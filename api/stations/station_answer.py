"""One station as the API tells it, and as the pages show it: the same facts twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import Request
from pydantic import BaseModel, Field

from api.http.asking import preferred_language
from api.http.links import address
from api.stations.directory import Directory, amenity_keys
from api.stations.finder import FoundStation
from api.stations.openings import Opening, now
from api.stations.upkeep import SILENCE, StationWord
from geo.json_shapes import JsonRow
from geo.layers.vocabulary import Amenity, Fault, Kind, Mode, Status
from geo.text import Text
from maps.worker.said_text import CLOSED_TODAY, confirmed_text, said_text
from maps.worker.station_card import StationCard

_DECIMALS = 6
"""Of degrees: about a decimetre."""
_STATUSES = {status.value: status for status in Status}


class Position(BaseModel):
    """Where something is."""

    lon: float = Field(description="Longitude, degrees WGS 84 (CRS84)")
    lat: float = Field(description="Latitude, degrees WGS 84 (CRS84)")


class Way(BaseModel):
    """The way to a station."""

    mode: Mode
    distance_m: float = Field(description="Along the streets, metres, access legs included")
    time_s: float = Field(description="The same way in seconds")
    straight_m: float = Field(description="As the crow flies, metres")
    detour_ratio: float | None = Field(
        description="Street distance over straight distance; null on the spot"
    )


class Hours(BaseModel):
    """Whether a station is open and until when."""

    is_open: bool | None = Field(description="At the moment asked about; null when not known")
    closes_at: datetime | None = Field(description="When it closes next, if it is open")
    opens_at: datetime | None = Field(description="When it opens next, if it is closed")

    @classmethod
    def of(cls, opening: Opening) -> Hours:
        """Return `opening` as the API tells it."""
        return cls(
            is_open=opening.is_open,
            closes_at=opening.changes if opening.is_open else None,
            opens_at=opening.changes if opening.is_open is False else None,
        )


class StationAnswer(BaseModel):
    """One station."""

    id: str
    name: str
    kind: Kind
    kind_name: str = Field(description="The kind in the reader's language")
    status: Status = Field(description="A station that is not `open` is not offered as nearest")
    address: str
    district: str = Field(description="Adcode")
    subdistrict: str
    phone: str
    operator: str
    capacity: int | None = Field(description="Visitors a day")
    updated: str = Field(description="When the entry was last checked, ISO date")
    position: Position
    amenities: list[Amenity]
    opening_hours: str = Field(description="OSM opening_hours syntax, Asia/Shanghai")
    opening_hours_text: str = Field(description="The same in words, in the reader's language")
    is_open: bool | None = Field(description="At the moment asked about; null when not known")
    closes_at: datetime | None = Field(description="When it closes next, if it is open")
    opens_at: datetime | None = Field(description="When it opens next, if it is closed")
    way: Way | None = Field(default=None, description="How to get there, if a position was given")
    said: list[str] = Field(
        description="What to know before going: what many report, what its keeper says"
    )
    confirmed: str = Field(
        description="When its hours were last confirmed by its keeper or in the layer, ISO date"
    )
    apps: dict[str, str] = Field(
        description="Links that open a map app with the way: amap, baidu, tencent, apple, geo"
    )
    href: str = Field(description="The station's own address")


def station_answer(
    request: Request,
    directory: Directory,
    row: int,
    opening: Opening,
    *,
    found: FoundStation | None = None,
    mode: Mode = Mode.WALK,
    word: StationWord = SILENCE,
) -> StationAnswer:
    """Return station `row` of `directory` as the API tells it."""
    card = station_card(directory, row, opening, found=found, word=word)
    cells = directory.rows[row]
    language = preferred_language(request)
    lon, lat = card.wgs84
    return StationAnswer(
        id=card.id,
        name=card.name,
        kind=card.kind,
        kind_name=card.kind.text.into(language),
        status=_status(cells),
        address=card.address,
        district=_text(cells["district"]),
        subdistrict=_text(cells["subdistrict"]),
        phone=card.phone,
        operator=card.operator,
        capacity=cells["capacity"],
        updated=card.updated,
        position=Position(lon=lon, lat=lat),
        amenities=list(card.amenities),
        opening_hours=card.hours,
        opening_hours_text=card.hours_words.into(language),
        **Hours.of(opening).model_dump(),
        way=None if found is None else way_answer(found, mode),
        said=[line.into(language) for line in card.said],
        confirmed=confirmed_on(card.updated, word),
        apps={link.app: link.url for link in card.links(mode)},
        href=address(request, "stations", card.id),
    )


def station_card(
    directory: Directory,
    row: int,
    opening: Opening,
    *,
    found: FoundStation | None = None,
    word: StationWord = SILENCE,
) -> StationCard:
    """Return station `row` of `directory` as the pages show it."""
    cells = directory.rows[row]
    updated = _text(cells["updated"])
    confirmed, today = confirmed_on(updated, word), now().date()
    return StationCard(
        id=str(cells["id"]),
        name=_text(cells["name"]),
        kind=directory.kind(row),
        wgs84=_pair(directory.lonlat[row]),
        gcj02=_pair(directory.gcj02[row]),
        address=_text(cells["address"]),
        phone=_text(cells["phone"]),
        hours=_text(cells["opening_hours"]),
        operator=_text(cells["operator"]),
        updated=updated,
        amenities=tuple(
            one for one in amenity_keys(cells["amenities"]) if one not in word.kept.out_of_order
        ),
        is_open=opening.is_open,
        changes=opening.changes,
        distance_m=None if found is None else found.distance_m,
        time_s=None if found is None else found.time_s,
        straight_m=None if found is None else found.straight_m,
        status=_instead_of_hours(cells, word),
        said=said_text(word.reported, word.kept.out_of_order, word.note),
        confirmed=confirmed_text(confirmed, today),
        is_confirmed_today=confirmed == today.isoformat(),
        is_doubted=bool(set(word.reported) - {Fault.NO_WATER}),
    )


def confirmed_on(updated: str, word: StationWord) -> str:
    """Return the day the hours were last confirmed: by the layer or by the keeper; "" for never."""
    return max(updated[:10], word.kept.confirmed[:10])


def _instead_of_hours(cells: JsonRow, word: StationWord) -> Text | None:
    status = _status(cells)
    if status is not Status.OPEN:
        return status.text
    return CLOSED_TODAY if word.closed_today else None


def way_answer(found: FoundStation, mode: Mode) -> Way:
    """Return the way to a station as the API tells it."""
    ratio = found.detour_ratio
    return Way(
        mode=mode,
        distance_m=round(found.distance_m, 1),
        time_s=round(found.time_s, 1),
        straight_m=round(found.straight_m, 1),
        detour_ratio=None if ratio is None else round(ratio, 3),
    )


def _status(cells: JsonRow) -> Status:
    return _STATUSES.get(_text(cells["status"]), Status.OPEN)


def _pair(lonlat: Any) -> tuple[float, float]:  # noqa: ANN401 - a row of an array
    return round(float(lonlat[0]), _DECIMALS), round(float(lonlat[1]), _DECIMALS)


def _text(value: object) -> str:
    return "" if value is None else str(value)
