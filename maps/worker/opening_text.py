"""Whether a place is open and until when, as a worker reads it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from geo.errors import YizhanError
from geo.hours import week_minutes
from geo.text import Text

State = Literal["open", "closed", "unknown"]

WEEKDAYS = (
    Text("周一", "Mon"),
    Text("周二", "Tue"),
    Text("周三", "Wed"),
    Text("周四", "Thu"),
    Text("周五", "Fri"),
    Text("周六", "Sat"),
    Text("周日", "Sun"),
)
"""As `datetime.weekday` counts them."""


def opening_state(*, is_open: bool | None) -> State:
    """Return the state as a key for styles."""
    if is_open is None:
        return "unknown"
    return "open" if is_open else "closed"


def opening_text(*, is_open: bool | None, changes: datetime | None, now: datetime) -> Text:
    """Say whether a place is open `now` and when that changes.

    Parameters
    ----------
    is_open : bool | None
        None when its hours are unknown.
    changes : datetime | None
        When it closes or opens next; None when it never does.
    now : datetime
        The time asked about, in the same zone as `changes`.
    """
    if is_open is None:
        return Text("开放时间未知，请先致电", "Hours unknown; call first")
    if changes is None:
        return Text("全天开放", "Always open") if is_open else Text("暂不开放", "Not open")
    when = moment_text(changes, now, ends=is_open)
    if is_open:
        return Text(f"营业中 · {when.zh} 关门", f"Open · closes {when.en}")
    return Text(f"已关闭 · {when.zh} 开门", f"Closed · opens {when.en}")


def moment_text(moment: datetime, now: datetime, *, ends: bool) -> Text:
    """Return a time of day, with the day when it is not today: 21:00, 明天 08:00, 周一 08:00.

    Midnight that `ends` today is 24:00.
    """
    clock = f"{moment:%H:%M}"
    days = (moment.date() - now.date()).days
    if days == 0:
        return Text(clock, clock)
    if ends and days == 1 and clock == "00:00":
        return Text("24:00", "midnight")
    if days == 1:
        return Text(f"明天 {clock}", f"tomorrow {clock}")
    weekday = WEEKDAYS[moment.weekday()]
    if 1 < days < 7:  # noqa: PLR2004 - within a week the weekday says it
        return Text(f"{weekday.zh} {clock}", f"{weekday.en} {clock}")
    return Text(f"{moment.month}月{moment.day}日 {clock}", f"{moment.day} {moment:%b} {clock}")


def open_week(expression: str) -> tuple[int, ...] | None:
    """Return when a place opens and closes in an ordinary week, None if that cannot be said.

    Parameters
    ----------
    expression : str
        OSM ``opening_hours``; "" is unknown.

    Returns
    -------
    tuple[int, ...] | None
        Minutes after Monday 00:00 (Asia/Shanghai): opens, closes, opens, closes, …; ``(0, 10080)``
        is always open, ``()`` never. Hours that run over Sunday midnight are cut there. None
        where the hours are unknown or differ by season.
    """
    if not expression.strip():
        return None
    try:
        return week_minutes(expression)
    except YizhanError:
        return None
