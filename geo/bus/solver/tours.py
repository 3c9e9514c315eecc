"""A tour: one bus-day's visits before it is given a bus and a date."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tour:
    """Visits of one duty in order; what a column of the master problem stands for.

    Attributes
    ----------
    duty : int
        Index into the duties.
    services : tuple[int, ...]
        Indices into `Services` (not into the duty's own list).
    stays : tuple[int, ...]
        Exam minutes at each, in clock steps.
    exams : tuple[float, ...]
        People who can be examined at each; their sum respects the day's capacity.
    km : float
        Driven from depot to depot.
    """

    duty: int
    services: tuple[int, ...]
    stays: tuple[int, ...]
    exams: tuple[float, ...]
    km: float

    @property
    def total(self) -> float:
        """People who can be examined in the day."""
        return sum(self.exams)
