"""Which columns of a file of events mean what, under the names they usually go by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from data.headers import plain
from geo.errors import BadInputError
from geo.text import Text

_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "lon": ("lon", "lng", "longitude", "x", "经度", "东经"),
        "lat": ("lat", "latitude", "y", "纬度", "北纬"),
        "time": ("time", "timestamp", "datetime", "created_at", "时间", "时刻", "定位时间",
                 "下单时间", "送达时间", "接单时间", "完成时间"),
        "person": ("person", "person_id", "worker_id", "rider_id", "courier_id", "driver_id",
                   "user_id", "device_id", "人员编号", "骑手编号", "骑手id", "司机编号", "设备号",
                   "设备编号", "工号"),
        "group": ("group", "群体", "职工群体", "从业类型", "职业"),
        "setting": ("setting", "场所性质", "工作或居住", "性质"),
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EventColumns:
    """The file's own headers of what is read; None where there is none.

    Attributes
    ----------
    lon, lat : str | None
        None in a file whose geometry column holds the points.
    geometry : str | None
        The column of points.
    """

    time: str
    lon: str | None = None
    lat: str | None = None
    geometry: str | None = None
    person: str | None = None
    group: str | None = None
    setting: str | None = None

    @property
    def used(self) -> list[str]:
        """The headers of all columns read."""
        all_of_them = (self.lon, self.lat, self.geometry, self.time, self.person, self.group,
                       self.setting)  # fmt: skip
        return [header for header in all_of_them if header is not None]


def columns_of_events(
    name: str, headers: Sequence[str], *, geometry: str | None = None
) -> EventColumns:
    """Find the columns of the file `name` among its headers.

    Raises
    ------
    BadInputError
        If two columns could be the same thing, or place or time have none.
    """
    known = {plain(word): role for role, words in _NAMES.items() for word in words}
    found: dict[str, str] = {}
    for header in headers:
        role = known.get(plain(header))
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
    return EventColumns(geometry=geometry, **found)


_WORDS = {"lon": Text("经度", "lon"), "lat": Text("纬度", "lat"), "time": Text("时间", "time")}
