"""When those whom a site serves are there, beside its opening hours."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np

from geo.arrays import Flags, Floats
from geo.errors import BadInputError
from geo.hours import HOURS_A_WEEK, week_mask
from geo.text import Text
from maps.numbers import count, percent

WEEKDAYS, WEEKEND = slice(0, 5), slice(5, 7)
_DAYS = (
    (Text("周一至周五", "Monday to Friday"), WEEKDAYS),
    (Text("周六、周日", "Saturday and Sunday"), WEEKEND),
)
_BUSY = 0.8
"""An hour counts among the busiest with so much of the most."""
_RUNS = 2
"""So many runs of hours are named: a morning and an evening peak."""


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """Workers there by day and hour of an ordinary week, and when the site is open.

    Attributes
    ----------
    there : (7, 24) float64
        Workers, Monday first.
    open : (7, 24) bool | None
        Hours the site is open; None where it states none.
    """

    there: Floats
    open: Flags | None

    def part(self, days: slice) -> tuple[Floats, Floats]:
        """Return (24,) mean workers there on `days`, and of them while the site is open."""
        there = self.there[days]
        served = there * (0.0 if self.open is None else self.open[days])
        mean: tuple[Floats, Floats] = (there.mean(axis=0), served.mean(axis=0))
        return mean

    @property
    def share(self) -> float:
        """The part of their hours at which the site is open."""
        return (
            0.0 if self.open is None else float((self.there * self.open).sum() / self.there.sum())
        )


def profile_of(by_hour: object, opening_hours: object) -> Profile | None:
    """Return the profile a row of ``sites`` holds; None where nobody is known to be there."""
    if not isinstance(by_hour, str) or not by_hour:
        return None
    there = np.array(json.loads(by_hour), dtype=np.float64)
    if there.shape != (HOURS_A_WEEK,) or not there.any():
        return None
    return Profile(there.reshape(7, 24), _open(opening_hours))


def _open(opening_hours: object) -> Flags | None:
    if not isinstance(opening_hours, str) or not opening_hours:
        return None
    try:
        return week_mask(opening_hours).reshape(7, 24)
    except BadInputError:
        return None


def profile_words(profile: Profile) -> Text:
    """Say when most are there, how much of it the site is open, and when it is missed most."""
    busiest, missed = busiest_words(profile), _missed(profile)
    return Text(f"在岗最多：{busiest.zh}。{missed.zh}", f"Most are there {busiest.en}. {missed.en}")


def busiest_words(profile: Profile) -> Text:
    """Say at which hours most are there, on weekdays and at weekends."""
    told = _by_day([profile.part(days)[0] for _, days in _DAYS])
    return Text("，".join(one.zh for one, _ in told), "; ".join(one.en for one, _ in told))


def _missed(profile: Profile) -> Text:
    if profile.open is None:
        return Text("开放时间未填，无法对照。", "Its opening hours are not stated.")
    part = percent(profile.share, 0)
    zh = f"他们在岗的工时里，{part}本站开着门"
    en = f"It is open for {part} of the hours they are there"
    parts = [profile.part(days) for _, days in _DAYS]
    told = _by_day([there - served for there, served in parts])
    if not told:
        return Text(f"{zh}。", f"{en}.")
    most, _ = max(told, key=lambda one: one[1])
    return Text(f"{zh}；关门时在岗最多：{most.zh}。", f"{en}; most are missed {most.en}.")


def _by_day(parts: list[Floats]) -> list[tuple[Text, float]]:
    """Say the busiest hours of each kind of day, and how many are there at most."""
    runs = [_busiest(one) for one in parts]
    days = [day for day, _ in _DAYS]
    if runs[0] == runs[1]:
        runs, days = runs[:1], [Text("每天", "every day")]
    return [
        (
            Text(
                f"{day.zh} {hours}（最多时 {count(most)} 名）",
                f"{day.en} {hours} (up to {count(most)})",
            ),
            most,
        )
        for day, (hours, most) in zip(days, runs, strict=True)
        if most > 0
    ]


def _busiest(workers: Floats) -> tuple[str, int]:
    """Return the runs of hours with nearly the most workers of a day, and the most."""
    most = float(workers.max())
    busy = np.concatenate([[False], workers >= max(_BUSY * most, 1e-9), [False]])
    edges = np.flatnonzero(busy[1:] != busy[:-1]).reshape(-1, 2)
    longest = sorted(edges.tolist(), key=lambda run: run[0] - run[1])[:_RUNS]
    return "、".join(f"{first}:00–{last}:00" for first, last in sorted(longest)), round(most)
