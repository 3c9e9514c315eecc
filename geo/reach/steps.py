"""What to do on the road, in words: along which street, how far, and where to turn.

A turn is the change of heading over the last and the next few metres at a junction. A new step
begins where the street's name changes or where one turns.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from geo.arrays import Floats
from geo.layers.vocabulary import Mode
from geo.text import Text

_SIGHT_M = 12.0
"""Chosen: a turn is told by where one looks this far before and after it."""
_STRAIGHT, _SLIGHT, _ROUND = 30.0, 60.0, 150.0
"""Degrees: chosen so that a bend is no turn, and a fork is a slight one."""
_TINY_M = 1.0
"""A shorter step is not told."""
_BESIDE_M = 15.0
"""Chosen: what is nearer to its street than a pavement and a forecourt needs no words."""


class Turn(StrEnum):
    """What one does where a step begins."""

    DEPART = "depart"
    STRAIGHT = "straight"
    SLIGHT_LEFT = "slight_left"
    SLIGHT_RIGHT = "slight_right"
    LEFT = "left"
    RIGHT = "right"
    BACK = "back"
    ARRIVE = "arrive"


_TURNS = {
    Turn.STRAIGHT: Text("直行", "Go straight on"),
    Turn.SLIGHT_LEFT: Text("向左前方", "Bear left"),
    Turn.SLIGHT_RIGHT: Text("向右前方", "Bear right"),
    Turn.LEFT: Text("左转", "Turn left"),
    Turn.RIGHT: Text("右转", "Turn right"),
    Turn.BACK: Text("掉头", "Turn round"),
}
_GO = {
    Mode.WALK: Text("步行", "walk"),
    Mode.EBIKE: Text("骑行", "ride"),
    Mode.DRIVE: Text("行驶", "drive"),
}
_HEADINGS = (
    Text("北", "north"),
    Text("东北", "north-east"),
    Text("东", "east"),
    Text("东南", "south-east"),
    Text("南", "south"),
    Text("西南", "south-west"),
    Text("西", "west"),
    Text("西北", "north-west"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One street of a route, or the arrival.

    Attributes
    ----------
    text : Text
        What to do, with the street's name and length.
    name : str
        Street name, empty where it has none.
    distance_m : float
        Length along it; at the arrival, of the straight leg off the street.
    turn : Turn
        What one does where it begins.
    """

    text: Text
    name: str
    distance_m: float
    turn: Turn


@dataclass
class _Leg:
    """What is travelled of one street, in metres (EPSG:4549 or the network's own CRS)."""

    name: str
    turn: Turn
    xy_m: Floats
    length_m: float


def steps(
    pieces: Iterable[tuple[str, Floats, float]], mode: Mode, beside_m: float
) -> tuple[Step, ...]:
    """Return the steps of a way.

    Parameters
    ----------
    pieces : iterable of (name, (k, 2) float64, float)
        Streets in order: name (empty where there is none), line in metres, x east, and length.
    mode : Mode
        How one travels.
    beside_m : float
        Straight leg from the last street to the destination.
    """
    legs = _legs(pieces)
    return (*(_step(leg, mode) for leg in legs), _arrival(beside_m))


def distance(metres: float) -> Text:
    """Return a length as people say it: to 10 m under 1 km, to 0.1 km from there."""
    rounded = max(10, round(metres / 10) * 10)
    if rounded < 1000:  # noqa: PLR2004 - a kilometre
        return Text(f"{rounded} 米", f"{rounded} m")
    return Text(f"{metres / 1000:.1f} 公里", f"{metres / 1000:.1f} km")


def _legs(pieces: Iterable[tuple[str, Floats, float]]) -> list[_Leg]:
    """Join the pieces of one street as long as one goes straight on."""
    legs: list[_Leg] = []
    for name, xy_m, length_m in pieces:
        if length_m < _TINY_M:
            continue
        if not legs:
            legs.append(_Leg(name, Turn.DEPART, xy_m, length_m))
            continue
        last = legs[-1]
        turn = _turn(last.xy_m, xy_m)
        turned = turn not in {Turn.STRAIGHT, Turn.SLIGHT_LEFT, Turn.SLIGHT_RIGHT}
        if name == last.name and not turned:
            last.xy_m, last.length_m = np.vstack([last.xy_m, xy_m]), last.length_m + length_m
        else:
            legs.append(_Leg(name, turn, xy_m, length_m))
    return legs


def _turn(before: Floats, after: Floats) -> Turn:
    """Name the change of heading from one line to the next; anticlockwise is left."""
    angle = np.degrees(_heading(before[::-1]) + np.pi - _heading(after))
    left = -((angle + 180.0) % 360.0 - 180.0)
    if abs(left) < _STRAIGHT:
        return Turn.STRAIGHT
    if abs(left) >= _ROUND:
        return Turn.BACK
    if abs(left) < _SLIGHT:
        return Turn.SLIGHT_LEFT if left > 0 else Turn.SLIGHT_RIGHT
    return Turn.LEFT if left > 0 else Turn.RIGHT


def _heading(line: Floats) -> float:
    """Return the direction of a line's first metres, radians anticlockwise from east."""
    away = np.hypot(*(line - line[0]).T)
    far = np.flatnonzero(away >= _SIGHT_M)
    row = int(far[0]) if len(far) else int(away.argmax())
    east, north = line[row] - line[0]
    return float(np.arctan2(north, east))


def _step(leg: _Leg, mode: Mode) -> Step:
    go, far = _GO[mode], distance(leg.length_m)
    if leg.turn is Turn.DEPART:
        text = _departure(leg, go, far)
    else:
        turn = _TURNS[leg.turn]
        onto_zh = f"进入{leg.name}" if leg.name else ""
        onto_en = f" onto {leg.name}" if leg.name else ""
        text = Text(
            f"{turn.zh}{onto_zh}，{go.zh} {far.zh}", f"{turn.en}{onto_en}, {go.en} {far.en}"
        )
    return Step(text, leg.name, leg.length_m, leg.turn)


def _departure(leg: _Leg, go: Text, far: Text) -> Text:
    heading = _HEADINGS[round((90.0 - np.degrees(_heading(leg.xy_m))) / 45.0) % 8]
    along_zh = f"沿{leg.name}" if leg.name else ""
    along_en = f" along {leg.name}" if leg.name else ""
    return Text(
        f"从起点{along_zh}向{heading.zh}{go.zh} {far.zh}",
        f"{go.en.capitalize()} {heading.en}{along_en} for {far.en}",
    )


def _arrival(beside_m: float) -> Step:
    zh, en = "到达目的地", "Arrive"
    if beside_m >= _BESIDE_M:
        far = distance(beside_m)
        zh, en = f"{zh}，距路边约 {far.zh}", f"{en}; it lies about {far.en} off the street"
    return Step(Text(zh, en), "", beside_m, Turn.ARRIVE)
