"""What a planner does to the visits of a plan by hand, one step at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from geo.bus.campaign.fleet import DAY_MIN
from geo.errors import BadInputError, MissingError
from geo.text import Text

Key = tuple[str, date, str]
"""Bus id, day and stop id of a visit."""
_Name = Annotated[str, Field(max_length=200)]
_Minute = Annotated[int, Field(ge=0, lt=DAY_MIN)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One visit where a planner has put it.

    Attributes
    ----------
    bus, stop : str
        Ids.
    day : date
        When.
    start_min : int
        Exams begin, minutes after midnight.
    stay_min : int
        Exam minutes, without a rest of the crew.
    is_locked : bool
        Whether it may be neither moved nor mended away.
    """

    bus: str
    day: date
    stop: str
    start_min: int
    stay_min: int
    is_locked: bool = False

    @property
    def key(self) -> Key:
        """Which visit it is."""
        return self.bus, self.day, self.stop


class VisitRef(BaseModel):
    """A visit as the board names it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bus: _Name
    day: date
    stop: _Name

    @property
    def key(self) -> Key:
        """Which visit it is."""
        return self.bus, self.day, self.stop


Doing = Literal["move", "lengthen", "lock", "unlock", "add", "remove", "swap", "share", "unshare"]
_NEEDS: dict[Doing, tuple[str, ...]] = {
    "move": ("visit",),
    "lengthen": ("visit", "stay_min"),
    "lock": ("visit",),
    "unlock": ("visit",),
    "add": ("stop", "bus", "day", "start_min", "stay_min"),
    "remove": ("visit",),
    "swap": ("visit", "other"),
    "share": ("visit",),
    "unshare": ("visit",),
}


class Edit(BaseModel):
    """One step by hand.

    ``move`` takes `visit` to any of `bus`, `day`, `start_min`; ``lengthen`` gives it `stay_min`;
    ``add`` puts `stop` there; ``swap`` exchanges the places and hours of `visit` and `other`.
    ``share`` and ``unshare`` hold the campaign at another campaign's `visit`, or no more.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    do: Doing
    visit: VisitRef | None = None
    other: VisitRef | None = None
    stop: _Name | None = None
    bus: _Name | None = None
    day: date | None = None
    start_min: _Minute | None = None
    stay_min: Annotated[int, Field(gt=0, le=DAY_MIN)] | None = None

    @model_validator(mode="after")
    def _complete(self) -> Edit:
        missing = [name for name in _NEEDS[self.do] if getattr(self, name) is None]
        if missing:
            message = f"{self.do} needs {', '.join(missing)}"
            raise ValueError(message)
        return self


def edited(placed: Sequence[Placed], edit: Edit) -> tuple[Placed, ...]:
    """Return the visits after `edit`.

    Raises
    ------
    MissingError
        If the visit is not there (any more).
    BadInputError
        If it is locked, or its stop is on that bus-day already.
    """
    match edit.do:
        case "share" | "unshare":  # The bus is another campaign's; nothing of this one's moves.
            return tuple(placed)
        case "add":
            new = Placed(
                bus=edit.bus or "",
                day=edit.day or date.min,
                stop=edit.stop or "",
                start_min=edit.start_min or 0,
                stay_min=edit.stay_min or 0,
            )
            return _with(placed, (), (new,))
        case "swap":
            one, other = _found(placed, edit.visit), _found(placed, edit.other)
            _refuse_locked(one, other)
            swapped = (_at(one, other), _at(other, one))
            return _with(placed, (one, other), swapped)
        case "lock" | "unlock":
            one = _found(placed, edit.visit)
            return _with(placed, (one,), (replace(one, is_locked=edit.do == "lock"),))
    one = _found(placed, edit.visit)
    _refuse_locked(one)
    return _with(placed, (one,), _changed(one, edit))


def _changed(one: Placed, edit: Edit) -> tuple[Placed, ...]:
    if edit.do == "remove":
        return ()
    if edit.do == "lengthen":
        return (replace(one, stay_min=edit.stay_min or one.stay_min),)
    start = one.start_min if edit.start_min is None else edit.start_min
    return (replace(one, bus=edit.bus or one.bus, day=edit.day or one.day, start_min=start),)


def _at(one: Placed, other: Placed) -> Placed:
    """Return `one` where and when `other` is."""
    return replace(one, bus=other.bus, day=other.day, start_min=other.start_min)


def _with(
    placed: Sequence[Placed], gone: Iterable[Placed], come: Iterable[Placed]
) -> tuple[Placed, ...]:
    gone = set(gone)
    kept = [one for one in placed if one not in gone]
    taken = {one.key for one in kept}
    for one in come:
        if one.key in taken:
            raise BadInputError(
                Text(
                    f"{one.bus} {one.day.isoformat()} 已经停靠 {one.stop}，请换一天或换一辆车。",
                    f"{one.bus} stops at {one.stop} on {one.day.isoformat()} already; take "
                    "another day or bus.",
                )
            )
        taken.add(one.key)
        kept.append(one)
    return tuple(sorted(kept, key=lambda one: (one.day, one.bus, one.start_min, one.stop)))


def _found(placed: Sequence[Placed], ref: VisitRef | None) -> Placed:
    for one in placed:
        if ref is not None and one.key == ref.key:
            return one
    name = "?" if ref is None else f"{ref.bus} {ref.day.isoformat()} {ref.stop}"
    raise MissingError(
        Text(f"没有停靠 {name}，请刷新后再试。", f"There is no visit {name}; reload the board.")
    )


def _refuse_locked(*visits: Placed) -> None:
    for one in visits:
        if one.is_locked:
            raise BadInputError(
                Text(
                    f"{one.stop} {one.day.isoformat()} 的停靠已锁定，请先解锁。",
                    f"The visit to {one.stop} on {one.day.isoformat()} is locked; unlock it first.",
                )
            )
