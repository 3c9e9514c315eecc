"""What the keeper of a station says of it: hours confirmed, closed today, what is out of order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from data.upkeep.journal import FOLDER, Journal
from geo.layers.vocabulary import Amenity, Word


class KeeperSays(Word):
    """What a keeper can say with one tap."""

    CONFIRMED = "confirmed", "今日确认：照常开放", "Confirmed: open as stated"
    CLOSED_TODAY = "closed_today", "今天不开放", "Closed today"
    OUT_OF_ORDER = "out_of_order", "设施故障", "Out of order"


@dataclass(frozen=True, slots=True)
class KeeperWord:
    """One thing a keeper said.

    Attributes
    ----------
    station : str
        Its id.
    says : KeeperSays
        What.
    amenities : tuple[Amenity, ...]
        Those out of order, all of them; empty with ``out_of_order`` means that all work again.
    note : str
        What was added.
    at : str
        When (ISO 8601, Asia/Shanghai, whole minutes).
    """

    station: str
    says: KeeperSays
    amenities: tuple[Amenity, ...]
    note: str
    at: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What holds of one station by its keeper's word.

    Attributes
    ----------
    confirmed : str
        When its hours were last confirmed (ISO 8601); "" for never.
    closed_on : str
        The day it does not open, ISO 8601; "" for none. To confirm takes it back.
    out_of_order : tuple[Amenity, ...]
        What does not work.
    note : str
        What the keeper added to what holds now.
    """

    confirmed: str = ""
    closed_on: str = ""
    out_of_order: tuple[Amenity, ...] = ()
    note: str = ""


NOTHING_KEPT = Kept()
"""What holds of a station whose keeper never said anything."""


class KeeperBook:
    """The file ``upkeep/keeping.jsonl`` of a project.

    Parameters
    ----------
    folder : Path
        The project's folder.
    """

    def __init__(self, folder: Path) -> None:
        self.journal = Journal(folder / FOLDER / "keeping.jsonl")

    def add(self, word: KeeperWord) -> None:
        """Keep what a keeper said."""
        self.journal.add(asdict(word))

    def read(self) -> dict[str, Kept]:
        """Return what holds of each station whose keeper ever said anything."""
        found: dict[str, Kept] = {}
        for entry in self.journal.read():
            try:
                word = _word(entry)
            except (TypeError, ValueError):
                continue
            found[word.station] = _after(found.get(word.station, NOTHING_KEPT), word)
        return found


def _word(entry: Mapping[str, Any]) -> KeeperWord:
    return KeeperWord(
        station=str(entry["station"]) if "station" in entry else "",
        says=KeeperSays(str(entry.get("says"))),
        amenities=tuple(Amenity(key) for key in entry.get("amenities") or ()),
        note=str(entry.get("note") or ""),
        at=str(entry.get("at") or ""),
    )


def _after(kept: Kept, word: KeeperWord) -> Kept:
    if word.says is KeeperSays.CONFIRMED:
        return replace(kept, confirmed=word.at, closed_on="", note=word.note)
    if word.says is KeeperSays.CLOSED_TODAY:
        return replace(kept, closed_on=word.at[:10], note=word.note)
    return replace(kept, out_of_order=word.amenities, note=word.note)
