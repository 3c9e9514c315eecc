"""Versions of a project's bus plan on disk: each one file, written whole, never overwritten.

``bus/plan.3.npz`` holds a campaign and its plan: arrays as NumPy keeps them, all else as one JSON
text in which every dataclass names itself. Nothing in it is ever executed on reading.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from geo.bus.campaign.campaign import Campaign, Drive, People
from geo.bus.campaign.campaign_rules import CampaignRules, Period, Turnout
from geo.bus.campaign.fleet import Bus, Depot, Shift
from geo.bus.campaign.stop import Stop
from geo.bus.campaign.traffic import Rush, Traffic
from geo.bus.planned.campaign_plan import CampaignPlan, DistrictRow, Unreachable
from geo.bus.planned.served import Servings
from geo.bus.planned.shared_visit import SharedVisit
from geo.bus.planned.visit import BusDay, Visit
from geo.bus.replanning.changes import AnnouncedVisit, VisitChange
from geo.bus.replanning.events import (
    BusAlong,
    BusDown,
    ChangedByHand,
    DayAdded,
    JointlyPlanned,
    RainedOff,
    RoadClosed,
    StopCancelled,
    TurnoutChanged,
)
from geo.bus.replanning.version import Announcement, PlanVersion
from geo.errors import BrokenFileError, MissingError
from geo.layers.vocabulary import Setting, SpareHours, VisitSharing
from geo.text import Text

_CLASSES: Mapping[str, type] = {
    kind.__name__: kind
    for kind in (
        PlanVersion,
        Campaign,
        Drive,
        People,
        CampaignRules,
        Period,
        Turnout,
        Bus,
        Shift,
        Depot,
        Stop,
        Setting,
        CampaignPlan,
        BusDay,
        Visit,
        Servings,
        DistrictRow,
        Unreachable,
        Text,
        Announcement,
        StopCancelled,
        BusDown,
        RainedOff,
        DayAdded,
        RoadClosed,
        TurnoutChanged,
        ChangedByHand,
        Traffic,
        Rush,
        SharedVisit,
        VisitSharing,
        SpareHours,
        BusAlong,
        JointlyPlanned,
    )
} | {"Change": VisitChange, "Told": AnnouncedVisit}
"""By the name they are stored under, which outlives the name in the code."""
_NAMES: Mapping[type, str] = {kind: name for name, kind in _CLASSES.items()}
_TEXT = "text"
Arrays = dict[str, NDArray[Any]]


class BusPlans:
    """The plan versions of one project.

    Parameters
    ----------
    folder : Path
        The project's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "bus"

    def numbers(self) -> tuple[int, ...]:
        """Return the versions there are, oldest first."""
        found = (path.name.split(".")[1] for path in self._folder.glob("plan.*.npz"))
        return tuple(sorted(int(number) for number in found if number.isdigit()))

    def next_number(self) -> int:
        """Return the number the next version gets."""
        return max(self.numbers(), default=0) + 1

    def read(self, number: int) -> PlanVersion:
        """Return a version; raise MissingError or BrokenFileError."""
        path = self._path(number)
        if not path.exists():
            raise MissingError(
                Text(
                    f"没有第 {number} 版大蓬车行程，请先运行 yizhan bus。",
                    f"There is no version {number} of the bus plan; run yizhan bus first.",
                )
            )
        told = path.stat()
        return _version_in(path, told.st_mtime_ns, told.st_size, told.st_ino)

    def write(self, version: PlanVersion) -> None:
        """Store `version` under its number: whole, or not at all."""
        self._folder.mkdir(exist_ok=True)
        arrays: Arrays = {}
        text = json.dumps(_encode(version, arrays), ensure_ascii=False).encode()
        draft = self._folder / f".{uuid4().hex[:8]}.npz"
        try:
            with draft.open("wb") as file:
                arrays[_TEXT] = np.frombuffer(text, np.uint8)
                np.savez_compressed(file, allow_pickle=False, **arrays)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path(version.number))
        finally:
            draft.unlink(missing_ok=True)

    def _path(self, number: int) -> Path:
        return self._folder / f"plan.{number}.npz"


@lru_cache(maxsize=8)
def _version_in(path: Path, _made_ns: int, _size: int, _file: int) -> PlanVersion:
    """Read a version; a board looks at the same few again with every step."""
    try:
        with np.load(BytesIO(path.read_bytes()), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        version = _decode(json.loads(arrays[_TEXT].tobytes()), arrays)
    except (ValueError, KeyError, TypeError, OSError, EOFError, BadZipFile) as error:
        raise BrokenFileError(
            Text(f"{path} 已损坏：{error}", f"{path} is broken: {error}")
        ) from error
    if not isinstance(version, PlanVersion):
        raise BrokenFileError(Text(f"{path} 不是行程。", f"{path} is no plan."))
    return version


def _encode(value: object, arrays: Arrays) -> object:  # noqa: PLR0911  one kind of value each
    """Return `value` for JSON; arrays go into `arrays`."""
    kind = _NAMES.get(type(value))
    if isinstance(value, np.ndarray):
        name = f"a{len(arrays)}"
        arrays[name] = value
        return {"$array": name}
    if kind and isinstance(value, Enum):
        return {"$": kind, "value": value.value}
    if kind and is_dataclass(value):
        told = {field.name: _encode(getattr(value, field.name), arrays) for field in fields(value)}
        return {"$": kind, **told}
    if isinstance(value, date):
        return {"$day": value.isoformat()}
    if isinstance(value, frozenset):
        return {"$set": sorted((_encode(one, arrays) for one in value), key=json.dumps)}
    if isinstance(value, tuple):
        return [_encode(one, arrays) for one in value]
    if isinstance(value, Mapping):
        pairs = [[_encode(key, arrays), _encode(one, arrays)] for key, one in value.items()]
        return {"$map": pairs}
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(type(value).__name__)


def _decode(told: Any, arrays: Arrays) -> Any:  # noqa: ANN401, PLR0911  one kind each
    if isinstance(told, list):
        return tuple(_decode(one, arrays) for one in told)
    if not isinstance(told, dict):
        return told
    if "$array" in told:
        return arrays[told["$array"]]
    if "$day" in told:
        return date.fromisoformat(told["$day"])
    if "$set" in told:
        return frozenset(_decode(one, arrays) for one in told["$set"])
    if "$map" in told:
        return {_decode(key, arrays): _decode(one, arrays) for key, one in told["$map"]}
    return _CLASSES[told["$"]](
        **{name: _decode(one, arrays) for name, one in told.items() if name != "$"}
    )
