"""What stands on a node: traffic signals, and barriers that stop some modes."""

from __future__ import annotations

from enum import IntFlag

from geo.network.access import BICYCLE_KEYS, CAR_KEYS, FOOT_KEYS, Tags, may_pass

_STOP_ALL = frozenset({"wall", "fence", "hedge", "ditch", "yes"})
_STOP_WHEELS = _STOP_ALL | {
    "stile", "turnstile", "full-height_turnstile", "kissing_gate", "horse_stile", "log", "debris",
}  # fmt: skip
_STOP_CARS = _STOP_WHEELS | {
    "bollard", "block", "cycle_barrier", "motorcycle_barrier", "jersey_barrier", "chain", "rope",
    "planter", "bus_trap", "sump_buster", "step", "bar", "barrier_board", "wicket_gate",
}  # fmt: skip


class OnNode(IntFlag):
    """What a node does to those who come by."""

    SIGNALS = 1
    STOPS_WALK = 2
    STOPS_EBIKE = 4
    STOPS_DRIVE = 8


def on_node(tags: Tags) -> OnNode:
    """Read a node's tags.

    A gate is passed unless it is locked or private; bollards and blocks stop cars, stiles and
    turnstiles stop wheels. An access tag of the mode on the node itself overrides its kind.
    """
    answer = OnNode(0)
    if tags.get("highway") == "traffic_signals":
        answer |= OnNode.SIGNALS
    barrier = tags.get("barrier")
    if barrier is None:
        return answer
    locked = tags.get("locked") == "yes"
    sinks = tags.get("bollard") in {"rising", "removable"} and tags.get("access") is None
    for flag, keys, stopping in (
        (OnNode.STOPS_WALK, FOOT_KEYS, _STOP_ALL),
        (OnNode.STOPS_EBIKE, BICYCLE_KEYS, _STOP_WHEELS),
        (OnNode.STOPS_DRIVE, CAR_KEYS, frozenset() if sinks else _STOP_CARS),
    ):
        if not may_pass(tags, keys, default=barrier not in stopping and not locked):
            answer |= flag
    return answer
