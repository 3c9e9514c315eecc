"""How much of a file's street length was taken, by class, and why the rest was not."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from geo.json_shapes import JsonFacts
from geo.layers.vocabulary import Word
from geo.network.access import Tags
from geo.text import Text

EARTH_M = 6_371_008.8
"""Mean radius of the Earth (IUGG)."""
_MOST_CLASSES = 8
"""As many lines as a table on the screen holds."""


class Left(Word):
    """Why a street of the file was left out."""

    NO_STREET = "no_street", "不是现有道路（规划、在建、废弃或无法通行的类型）", "no street in use"
    NOBODY = "nobody", "不对公众开放", "closed to the public"
    OUTSIDE = "outside", "在所取范围之外", "outside the area taken"
    DELETED = "deleted", "已标为删除", "marked as deleted"
    REPEATED = "repeated", "重复", "there twice"
    NO_PLACE = "no_place", "缺少节点坐标", "its nodes have no place"


@dataclass(frozen=True, slots=True)
class ClassTally:
    """What of one class was taken, and why the rest was not.

    Attributes
    ----------
    kind : str
        The class as the file writes it.
    taken_m : float
        Metres taken.
    left_m : dict[Left, float]
        Metres left out, by reason.
    """

    kind: str
    taken_m: float
    left_m: dict[Left, float]

    @property
    def file_m(self) -> float:
        """All metres of the class."""
        return self.taken_m + sum(self.left_m.values())

    @property
    def line(self) -> Text:
        """One line of a list: how much, and why not the rest."""
        why = [(one.text, metres / 1000) for one, metres in self.left_m.items()]
        taken, whole = self.taken_m / 1000, self.file_m / 1000
        return Text(
            f"  · {self.kind}：{whole:,.1f} 公里取用 {taken:,.1f}；"
            + "、".join(f"{text.zh} {km:,.1f}" for text, km in why),
            f"  · {self.kind}: {taken:,.1f} of {whole:,.1f} km taken; "
            + ", ".join(f"{text.en} {km:,.1f}" for text, km in why),
        )

    def facts(self) -> JsonFacts:
        """Return the figures as ``fetch --json`` has them."""
        return {
            "class": self.kind,
            "file_m": round(self.file_m, 1),
            "taken_m": round(self.taken_m, 1),
            "left_out_m": {str(why): round(metres, 1) for why, metres in self.left_m.items()},
        }


@dataclass(repr=False)
class LengthTally:
    """Metres of street by class as the file writes it; of what was left out by reason too.

    Lengths are on a sphere, good to 0.3 %: they only serve for shares.
    """

    taken_m: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    left_m: dict[tuple[str, Left], float] = field(default_factory=lambda: defaultdict(float))
    remarks: list[Text] = field(default_factory=list)
    """What else was decided on the way, for the planner to see."""

    def __repr__(self) -> str:
        """Say what was taken in a few lines."""
        return f"<streets taken: {self.text().en}>"

    def leave(self, kind: str, why: Left, length_m: float) -> None:
        """Count a street that is left out."""
        self.left_m[kind, why] += length_m

    def take(self, kind: str, length_m: float) -> None:
        """Count a street that is taken."""
        self.taken_m[kind] += length_m

    @property
    def file_m(self) -> float:
        """All street length of the file in metres."""
        return sum(self.taken_m.values()) + sum(self.left_m.values())

    @property
    def share(self) -> float:
        """What part of it was taken, 0 to 1."""
        return sum(self.taken_m.values()) / (self.file_m or 1.0)

    def classes(self) -> list[ClassTally]:
        """Return what was taken and left of each class, the longest first."""
        kinds = {*self.taken_m, *(kind for kind, _ in self.left_m)}
        each = [
            ClassTally(
                kind,
                self.taken_m.get(kind, 0.0),
                {why: metres for (name, why), metres in self.left_m.items() if name == kind},
            )
            for kind in kinds
        ]
        return sorted(each, key=lambda one: (-one.file_m, one.kind))

    def facts(self) -> JsonFacts:
        """Return the figures as ``fetch --json`` has them, the longest class first."""
        return {
            "file_m": round(self.file_m, 1),
            "taken_m": round(sum(self.taken_m.values()), 1),
            "share": round(self.share, 6),
            "classes": [one.facts() for one in self.classes()],
            "remarks": [one.both for one in self.remarks],
        }

    def text(self) -> Text:
        """Say how much was taken, and of each class that was not taken whole why."""
        head = Text(
            f"文件中道路 {self.file_m / 1000:,.1f} 公里，取用 {self.share:.1%}。",
            f"The file holds {self.file_m / 1000:,.1f} km of street; {self.share:.1%} was taken.",
        )
        rows = [one for one in self.classes() if one.left_m]
        told = [row.line for row in rows[:_MOST_CLASSES]]
        if len(rows) > len(told):
            more = len(rows) - len(told)
            told.append(
                Text(f"  · 另有 {more} 类，见 --json", f"  · {more} more classes: see --json")
            )
        lines = [head, *told, *self.remarks]
        return Text("\n".join(one.zh for one in lines), "\n".join(one.en for one in lines))


def class_of(tags: Tags) -> str | None:
    """Return the class a file gives a street, None for what is none at all."""
    if tags.get("route") == "ferry":
        return "ferry"
    if "highway" in tags:
        return tags["highway"]
    return next(
        (tags[key] for key in ("man_made", "railway") if tags.get(key) in {"pier", "platform"}),
        None,
    )


def length_m(lonlat: Iterable[tuple[float, float]]) -> float:
    """Return the length of a line in degrees (EPSG:4326) on a sphere, in metres."""
    total, before = 0.0, None
    for lon, lat in lonlat:
        if before is not None:
            flat = math.cos(math.radians((lat + before[1]) / 2))
            total += math.hypot((lon - before[0]) * flat, lat - before[1])
        before = lon, lat
    return math.radians(total) * EARTH_M
