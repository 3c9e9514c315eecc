"""What OSM tags say: who may use a way, in which direction, and what stands on its nodes.

Follows the OSM wiki's access hierarchy (``access`` < ``vehicle`` < ``motor_vehicle`` …: the most
specific key wins, one for the direction before one for both) with the defaults of "OSM tags for
routing/Access restrictions", and Chinese practice where that differs: e-bikes are bicycles
(GB 17761-2018), so they obey bicycle tags.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntFlag

from geo.network.segments import HIGHWAYS, Access, Trait

Tags = Mapping[str, str]

FOOT_KEYS = ("foot", "access")
BICYCLE_KEYS = ("bicycle", "vehicle", "access")
CAR_KEYS = ("motorcar", "motor_vehicle", "vehicle", "access")

_OWN = frozenset({"foot", "bicycle", "motorcar", "motor_vehicle"})
_LARGE_KEYS = ("hgv", "bus", "coach", "tourist_bus")
_NO = frozenset(
    {
        "no",
        "private",
        "agricultural",
        "forestry",
        "military",
        "emergency",
        "use_sidepath",
        "delivery",
        "permit",
        "residents",
        "employees",
        "restricted",
        "psv",
        "bus",
        "taxi",
    }
)
_OPENED = frozenset({"yes", "designated", "permissive", "official"})
_TO_ARRIVE = frozenset({"destination", "customers"})
_SAME_AS = {"platform": "footway"}
_WALKED = (("man_made", "pier"), ("railway", "platform"), ("public_transport", "platform"))
_BUILT = frozenset({"no", "minor", "widening"})
_MOTOR_ROADS = frozenset({"motorway", "motorway_link"})
_DRIVABLE = frozenset(HIGHWAYS[: HIGHWAYS.index("service") + 1]) | {"road"}
_CYCLABLE = (_DRIVABLE - _MOTOR_ROADS) | {"track", "path", "cycleway"}
_WALKABLE = _CYCLABLE | {"footway", "steps", "pedestrian", "corridor", "bridleway"}
_SQUARES = frozenset({"pedestrian", "footway"})
_ROUND = frozenset({"roundabout", "circular"})
_ONEWAY = frozenset({"yes", "1", "true"})
_AGAINST = frozenset({"-1", "reverse"})
_LANES = ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")
_SIDED = {*FOOT_KEYS, *BICYCLE_KEYS, *CAR_KEYS, "maxspeed"}
WAY_KEYS = frozenset(
    {
        "highway",
        "route",
        "man_made",
        "railway",
        "public_transport",
        "construction",
        "area",
        "motorroad",
        "junction",
        "conveying",
        "bridge",
        "tunnel",
        "oneway",
        "oneway:foot",
        "oneway:bicycle",
        "oneway:motor_vehicle",
        *_LARGE_KEYS,
        *_LANES,
        "maxheight",
        "maxheight:physical",
        "maxweight",
        "maxweightrating",
        "maxwidth",
        "maxwidth:physical",
        "maxlength",
        "duration",
    }
    | _SIDED
    | {f"{key}:{side}" for key in _SIDED for side in ("forward", "backward")}
    | {f"{lane}:oneway" for lane in _LANES}
)
"""Every key of a way that decides who may use it, how fast and under what limits."""


def street_class(tags: Tags) -> str | None:
    """Return the class in ``HIGHWAYS`` a way belongs to, None if it is no street."""
    if tags.get("route") == "ferry":
        return "ferry"
    if tags.get("construction", "no") not in _BUILT:
        return None
    highway = tags.get("highway")
    if highway is None and any(tags.get(key) == value for key, value in _WALKED):
        return "footway"
    highway = _SAME_AS.get(highway or "", highway)
    if highway not in HIGHWAYS or (tags.get("area") == "yes" and highway not in _SQUARES):
        return None
    return highway


def access(tags: Tags) -> Access:
    """Return who may use a way in which direction; no flag where nobody may.

    A square (``area=yes``) may be walked along its edge, for nothing else crosses it.
    """
    kind = street_class(tags)
    if kind is None:
        return Access(0)
    square, motorroad = tags.get("area") == "yes", tags.get("motorroad") == "yes"
    foot = kind == "ferry" or (kind in _WALKABLE and not motorroad)
    bicycle = kind == "ferry" or (kind in _CYCLABLE and not motorroad)
    answer = _open(Access.WALK_FORWARD, tags, FOOT_KEYS, _walk_oneway(tags), default=foot)
    if square:
        return answer
    way = _ebike_oneway(tags, kind)
    answer |= _open(Access.EBIKE_FORWARD, tags, BICYCLE_KEYS, way, default=bicycle)
    way = _drive_oneway(tags, kind)
    return answer | _open(Access.DRIVE_FORWARD, tags, CAR_KEYS, way, default=kind in _DRIVABLE)


def _open(
    forward: Access, tags: Tags, keys: tuple[str, ...], oneway: int, *, default: bool
) -> Access:
    """Return `forward` and the flag after it, its way back, as far as they are open."""
    answer = Access(0)
    if oneway >= 0 and may_pass(tags, keys, default=default, side="forward"):
        answer |= forward
    if oneway <= 0 and may_pass(tags, keys, default=default, side="backward"):
        answer |= Access(2 * forward)
    return answer


def may_pass(tags: Tags, keys: tuple[str, ...], *, default: bool, side: str = "") -> bool:
    """Let the most specific key decide.

    A general "yes" does not open what the class closes, nor does leave to arrive only.
    """
    for key in keys:
        value = tags.get(f"{key}:{side}") or tags.get(key)
        if value is None:
            continue
        parts = {part.strip() for part in value.split(";")}
        if parts & _OPENED:
            return default or key in _OWN
        if parts & _TO_ARRIVE:
            return default
        if parts & _NO:
            return False
    return default


def _walk_oneway(tags: Tags) -> int:
    """Return the direction walkers are held to: a street's ``oneway`` is not theirs."""
    if tags.get("highway") == "steps":
        return {"forward": 1, "backward": -1}.get(tags.get("conveying", ""), 0)
    return _sign(tags.get("oneway:foot", ""))


def _drive_oneway(tags: Tags, kind: str) -> int:
    return _street_oneway(tags.get("oneway:motor_vehicle") or tags.get("oneway", ""), tags, kind)


def _street_oneway(value: str, tags: Tags, kind: str) -> int:
    if value in _ONEWAY or value in _AGAINST:
        return _sign(value)
    implied = kind in _MOTOR_ROADS or tags.get("junction") in _ROUND
    return 1 if implied and value != "no" else 0


def _ebike_oneway(tags: Tags, kind: str) -> int:
    value = tags.get("oneway:bicycle", "")
    if value:
        return _sign(value)
    against = any(tags.get(lane, "").startswith("opposite") for lane in _LANES)
    against |= any(tags.get(f"{lane}:oneway") in {"no", "-1"} for lane in _LANES)
    return 0 if against else _street_oneway(tags.get("oneway", ""), tags, kind)


def _sign(value: str) -> int:
    """Return 1 for forward only, -1 for backward only, 0 for both."""
    return 1 if value in _ONEWAY else -1 if value in _AGAINST else 0


def traits(tags: Tags) -> Trait:
    """Return what else matters of a way (what stands on its nodes is not the way's to say)."""
    answer = Trait(0)
    if tags.get("bridge", "no") != "no":
        answer |= Trait.BRIDGE
    if tags.get("tunnel", "no") != "no":
        answer |= Trait.TUNNEL
    if tags.get("junction") in _ROUND:
        answer |= Trait.ROUNDABOUT
    if any(tags.get(key) in _NO for key in _LARGE_KEYS):
        answer |= Trait.NO_LARGE
    return answer


_STOP_ALL = frozenset({"wall", "fence", "hedge", "ditch", "yes"})
_STOP_WHEELS = _STOP_ALL | {
    "stile",
    "turnstile",
    "full-height_turnstile",
    "kissing_gate",
    "horse_stile",
    "log",
    "debris",
}
_STOP_CARS = _STOP_WHEELS | {
    "bollard",
    "block",
    "cycle_barrier",
    "motorcycle_barrier",
    "jersey_barrier",
    "chain",
    "rope",
    "planter",
    "bus_trap",
    "sump_buster",
    "step",
    "bar",
    "barrier_board",
    "wicket_gate",
}


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
