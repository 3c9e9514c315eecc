"""Which columns of a file of events mean what, under the names they usually go by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from data.geometry.datum import Datum
from data.tables.answers import IGNORED
from data.words.header_words import bare_of_datum, datum_named
from data.words.headers import plain
from geo.errors import BadInputError
from geo.text import Text

_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "lon": ("lon", "lng", "longitude", "x", "经度", "东经"),
        "lat": ("lat", "latitude", "y", "纬度", "北纬"),
        "time": (
            "time",
            "timestamp",
            "datetime",
            "created_at",
            "时间",
            "时刻",
            "定位时间",
            "下单时间",
            "送达时间",
            "接单时间",
            "完成时间",
        ),
        "person": (
            "person",
            "person_id",
            "worker_id",
            "rider_id",
            "courier_id",
            "driver_id",
            "user_id",
            "device_id",
            "人员编号",
            "骑手编号",
            "骑手id",
            "司机编号",
            "设备号",
            "设备编号",
            "工号",
        ),
        "group": ("group", "群体", "职工群体", "从业类型", "职业"),
        "setting": ("setting", "场所性质", "工作或居住", "性质"),
    }
)


ROLES = ("lon", "lat", "geometry", "time", "person", "group", "setting")
"""What a column of events can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventColumns:
    """The file's own headers of what is read; None where there is none.

    Attributes
    ----------
    lon, lat : str | None
        None in a file whose geometry column holds the points.
    geometry : str | None
        The column of points.
    datum : Datum | None
        What the headers of the coordinates name.
    """

    time: str
    lon: str | None = None
    lat: str | None = None
    geometry: str | None = None
    person: str | None = None
    group: str | None = None
    setting: str | None = None
    datum: Datum | None = None

    @property
    def used(self) -> list[str]:
        """The headers of all columns read."""
        all_of_them = (
            self.lon,
            self.lat,
            self.geometry,
            self.time,
            self.person,
            self.group,
            self.setting,
        )
        return [header for header in all_of_them if header is not None]


def roles_known(row: Sequence[str], told: Mapping[str, str]) -> int:
    """Return how many cells of a row are headers of events, or are named in what a person `told`."""
    return sum(_role(cell.strip(), told) is not None for cell in row if cell.strip())


def _role(header: str, told: Mapping[str, str]) -> str | None:
    """Return what a column is; IGNORED columns are nothing."""
    if header in told:
        return None if told[header] == IGNORED else told[header]
    return _KNOWN.get(plain(header)) or _KNOWN.get(plain(bare_of_datum(header)))


def columns_of_events(
    name: str,
    headers: Sequence[str],
    *,
    geometry: str | None = None,
    told: Mapping[str, str] = MappingProxyType({}),
) -> EventColumns:
    """Find the columns of the file `name` among its headers; `told` names what they do not say.

    Raises
    ------
    BadInputError
        If two columns could be the same thing, place or time have none, or the headers of
        longitude and latitude name two datums.
    """
    _check_told(name, headers, told)
    found: dict[str, str] = {}
    for header in headers:
        role = _role(header, told)
        if role is None or (geometry is not None and role in {"lon", "lat"}):
            continue
        if role in found:
            raise BadInputError(
                Text(
                    f"{name}：“{found[role]}”和“{header}”两列意思相同，请只留一列。",
                    f"{name}: columns {found[role]!r} and {header!r} mean the same; keep one.",
                )
            )
        found[role] = header
    wanted = ("time",) if geometry is not None else ("lon", "lat", "time")
    missing = [_WORDS[role] for role in wanted if role not in found]
    if missing:
        raise BadInputError(
            Text(
                f"{name}：缺少列 {'、'.join(text.zh for text in missing)}；"
                f"现有列：{'、'.join(headers)}。",
                f"{name}: columns missing: {', '.join(text.en for text in missing)}; there are "
                f"{', '.join(headers)}.",
            )
        )
    named = {datum_named(found[role]) for role in ("lon", "lat") if role in found} - {None}
    if len(named) > 1:
        raise BadInputError(
            Text(
                f"{name}：经度、纬度的列名写着不同的坐标系。",
                f"{name}: the headers of lon and lat name different datums.",
            )
        )
    return EventColumns(geometry=geometry, datum=next(iter(named), None), **found)


def _check_told(name: str, headers: Sequence[str], told: Mapping[str, str]) -> None:
    for header, role in told.items():
        if header not in headers:
            raise BadInputError(
                Text(
                    f"--column：{name} 没有“{header}”这一列；现有列：{'、'.join(headers)}。",
                    f"--column: {name} has no column {header!r}; there are {', '.join(headers)}.",
                )
            )
        if role not in {*_NAMES, IGNORED}:
            raise BadInputError(
                Text(
                    f"--column：事件没有“{role}”这个字段；可用：{'、'.join(_NAMES)}，或 - 表示不要这一列。",
                    f"--column: events have no field {role!r}; there are {', '.join(_NAMES)}, or -.",
                )
            )


_KNOWN = {plain(word): role for role, words in _NAMES.items() for word in words}


_WORDS = {"lon": Text("经度", "lon"), "lat": Text("纬度", "lat"), "time": Text("时间", "time")}
