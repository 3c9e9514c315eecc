"""What passers-by and keepers say of a station now, as a worker reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from geo.fields import UNCONFIRMED_DAYS
from geo.layers.vocabulary import Amenity, Fault
from geo.text import Text

REPORTED: Mapping[Fault, Text] = MappingProxyType(
    {
        Fault.CLOSED: Text("有人反映今天未开门", "Reported closed today"),
        Fault.NO_WATER: Text("有人反映今天没水", "Reported without water today"),
        Fault.WRONG_PLACE: Text("有人反映位置不对", "Reported not to be where the map says"),
        Fault.MOVED: Text("有人反映已搬走", "Reported to have moved away"),
    }
)
"""What is said of a station where many report the same."""
CLOSED_TODAY = Text("今天不开放（站点通知）", "Closed today, says the station")
"""Instead of the hours, where its keeper closed it for the day."""


def said_text(
    reported: Sequence[Fault], out_of_order: Sequence[Amenity], note: str
) -> tuple[Text, ...]:
    """Return what to know before going, a line each; `note` is any text of the keeper's."""
    lines = [REPORTED[fault] for fault in reported]
    if out_of_order:
        zh = "、".join(one.text.zh for one in out_of_order)
        en = ", ".join(one.text.en for one in out_of_order)
        lines.append(Text(f"暂停使用：{zh}（站点通知）", f"Out of order: {en} (says the station)"))
    if note:
        lines.append(Text(f"站点留言：{note}", f"The station says: {note}"))
    return tuple(lines)


def confirmed_text(confirmed: str, today: date) -> Text | None:
    """Return when the hours were last confirmed; None where nobody knows.

    Parameters
    ----------
    confirmed : str
        ISO 8601 date or moment, Asia/Shanghai; "" for never.
    today : date
        Asia/Shanghai.
    """
    try:
        day = date.fromisoformat(confirmed[:10])
    except ValueError:
        return None
    ago = (today - day).days
    if ago == 0:
        return Text("今日确认", "Confirmed today")
    if ago > UNCONFIRMED_DAYS:
        return Text(f"{day} 确认，已超过半年", f"Confirmed {day}, more than half a year ago")
    shown = f"{day.month}月{day.day}日" if day.year == today.year else f"{day}"
    return Text(f"{shown}确认", f"Confirmed {day}")
