"""What OSM tags say about a way: who may use it, which way, how fast, under what limits.

Follows the OSM wiki's access hierarchy (``access`` < ``vehicle`` < ``motor_vehicle`` …: the most
specific key wins) with the defaults of "OSM tags for routing/Access restrictions", and Chinese
practice where that differs: e-bikes are bicycles (GB 17761-2018), so they obey bicycle tags.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from geo.network.segments import HIGHWAYS, Access, Trait

Tags = Mapping[str, str]

_NO = frozenset(
    {"no", "private", "agricultural", "forestry", "military", "emergency", "use_sidepath"}
)
_YES = frozenset({"yes", "designated", "permissive", "destination", "customers", "official"})
_MOTOR_ROADS = frozenset({"motorway", "motorway_link"})
_DRIVABLE = frozenset(
    HIGHWAYS[: HIGHWAYS.index("service") + 1]
) | {"road"}  # fmt: skip
_CYCLABLE = (_DRIVABLE - _MOTOR_ROADS) | {"track", "path", "cycleway"}
_WALKABLE = (_CYCLABLE - {"cycleway"}) | {
    "footway", "steps", "pedestrian", "corridor", "bridleway", "cycleway",
}  # fmt: skip
_ONEWAY = frozenset({"yes", "1", "true"})
_AGAINST = frozenset({"-1", "reverse"})
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def street_class(tags: Tags) -> str | None:
    """Return the class in ``HIGHWAYS`` a way belongs to, None if it is no street."""
    if tags.get("route") == "ferry":
        return "ferry"
    highway = tags.get("highway", "")
    if highway not in HIGHWAYS or tags.get("area") == "yes":
        return None
    return highway


def access(tags: Tags) -> Access:
    """Return who may use a way in which direction; no flag where nobody may."""
    kind = street_class(tags)
    if kind is None:
        return Access(0)
    answer = Access(0)
    if _may(tags, ("foot", "access"), default=_walk_default(tags, kind)):
        answer |= Access.WALK_FORWARD | Access.WALK_BACK
    if _may(tags, ("bicycle", "vehicle", "access"), default=_ebike_default(tags, kind)):
        answer |= _directed(_ebike_oneway(tags, kind), Access.EBIKE_FORWARD, Access.EBIKE_BACK)
    keys = ("motorcar", "motor_vehicle", "vehicle", "access")
    if _may(tags, keys, default=kind in _DRIVABLE):
        answer |= _directed(_oneway(tags, kind), Access.DRIVE_FORWARD, Access.DRIVE_BACK)
    return answer


def _may(tags: Tags, keys: tuple[str, ...], *, default: bool) -> bool:
    """Let the most specific key decide; a general "yes" does not open what the class closes."""
    for position, key in enumerate(keys):
        value = tags.get(key)
        if value in _NO:
            return False
        if value in _YES:
            return default or position == 0
    return default


def _walk_default(tags: Tags, kind: str) -> bool:
    return kind == "ferry" or (kind in _WALKABLE and tags.get("motorroad") != "yes")


def _ebike_default(tags: Tags, kind: str) -> bool:
    return kind == "ferry" or (kind in _CYCLABLE and tags.get("motorroad") != "yes")


def _oneway(tags: Tags, kind: str) -> int:
    """Return 1 for forward only, -1 for backward only, 0 for both."""
    value = tags.get("oneway", "")
    if value in _ONEWAY:
        return 1
    if value in _AGAINST:
        return -1
    implied = kind in _MOTOR_ROADS or tags.get("junction") in {"roundabout", "circular"}
    return 1 if implied and value != "no" else 0


def _ebike_oneway(tags: Tags, kind: str) -> int:
    if tags.get("oneway:bicycle") == "no" or tags.get("cycleway", "").startswith("opposite"):
        return 0
    if tags.get("oneway:bicycle") in _ONEWAY:
        return 1
    return _oneway(tags, kind)


def _directed(oneway: int, forward: Access, back: Access) -> Access:
    return (forward if oneway >= 0 else Access(0)) | (back if oneway <= 0 else Access(0))


def traits(tags: Tags) -> Trait:
    """Return what else matters of a way (signals are tags of its nodes, not of the way)."""
    answer = Trait(0)
    if tags.get("bridge", "no") != "no":
        answer |= Trait.BRIDGE
    if tags.get("tunnel", "no") != "no":
        answer |= Trait.TUNNEL
    if tags.get("junction") in {"roundabout", "circular"}:
        answer |= Trait.ROUNDABOUT
    return answer


def speed_kmh(value: str | None) -> float:
    """Read a ``maxspeed`` value in km/h; NaN where it is not a number ("none", "CN:urban")."""
    if not value:
        return float("nan")
    if value == "walk":
        return 5.0
    number = _NUMBER.match(value.strip())
    if number is None:
        return float("nan")
    speed = float(number.group())
    return speed * 1.609344 if "mph" in value else speed


def limit_metres(value: str | None) -> float:
    """Read a ``maxheight`` value in metres (also feet and inches); NaN where there is none."""
    if not value:
        return float("nan")
    numbers = [float(number) for number in _NUMBER.findall(value)]
    if not numbers:
        return float("nan")
    if "'" in value:
        inches = numbers[1] if len(numbers) > 1 else 0.0
        return numbers[0] * 0.3048 + inches * 0.0254
    return numbers[0]


def limit_tonnes(value: str | None) -> float:
    """Read a ``maxweight`` value in tonnes; NaN where there is none."""
    number = _NUMBER.match((value or "").strip())
    if number is None:
        return float("nan")
    weight = float(number.group())
    return weight / 1000 if "kg" in (value or "") else weight
