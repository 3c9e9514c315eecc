"""What really happened at the visits, as crews record it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from geo.bus.visit import VisitKey
from geo.errors import BadInputError
from geo.text import Text

_MOST = 5_000


@dataclass(frozen=True, slots=True)
class VisitRecord:
    """One crew's record of a visit; no name of anybody is in it.

    Attributes
    ----------
    bus_id, stop_id : str
        Which bus, where.
    day : date
        When.
    came : int | None
        People examined; None when the visit did not take place.
    recorded : str
        When it was recorded (ISO 8601, Asia/Shanghai); the last record of a visit counts.
    """

    bus_id: str
    day: date
    stop_id: str
    came: int | None
    recorded: str

    def __post_init__(self) -> None:
        """Refuse numbers that cannot be."""
        if self.came is not None and not 0 <= self.came <= _MOST:
            raise BadInputError(
                Text(
                    f"实到人数 {self.came} 无效，应在 0 到 {_MOST} 之间。",
                    f"{self.came} people is not possible; give 0 to {_MOST}.",
                )
            )

    @property
    def key(self) -> VisitKey:
        """Return what visit it is of."""
        return self.bus_id, self.day, self.stop_id


def latest(records: Iterable[VisitRecord]) -> dict[VisitKey, VisitRecord]:
    """Return the record that counts for each visit: the last one written."""
    return {record.key: record for record in records}


def came_by_visit(records: Iterable[VisitRecord]) -> dict[VisitKey, float]:
    """Return the people examined at each recorded visit; 0 where it did not take place."""
    return {key: float(record.came or 0) for key, record in latest(records).items()}
