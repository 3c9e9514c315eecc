"""A board as it is kept between two looks at it: which version it changes, and the steps made."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from geo.bus.board.edits import Edit, Key, Placed, edited
from geo.errors import YizhanError

_MOST_STEPS = 500
"""Chosen: more than a planner changes in a week; the file of a board stays small."""


class BoardDraft(BaseModel):
    """One campaign's board.

    Attributes
    ----------
    base : int
        The version that is changed.
    steps : tuple[tuple[Edit, ...], ...]
        Made so far, those undone included; the edits of a step hold or fall together.
    at : int
        How many of them hold.
    revision : int
        Grows with every change, undoing included.
    published : int
        The version it was published as; 0 while it was not.
    sent : tuple[tuple[Edit, ...], ...]
        The steps that version holds.
    carried, lost : int
        Steps taken over when another version was published, or a day had passed; those that could
        not be. Told until the next step.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: int
    steps: tuple[tuple[Edit, ...], ...] = Field(default=(), max_length=_MOST_STEPS)
    at: int = 0
    revision: int = 0
    published: int = 0
    sent: tuple[tuple[Edit, ...], ...] = ()
    carried: int = 0
    lost: int = 0

    def sent_as(self, number: int) -> BoardDraft:
        """Return the draft once the steps that hold are on their way to be version `number`."""
        return self.model_copy(update={"published": number, "sent": self.steps[: self.at]})

    def after(self, edits: Sequence[Edit]) -> BoardDraft:
        """Return the draft with one step more; what was undone is forgotten."""
        steps = (*self.steps[: self.at], tuple(edits))[-_MOST_STEPS:]
        return self._with(steps, len(steps))

    def back_to(self, at: int) -> BoardDraft:
        """Return the draft in which the first `at` steps hold, at most those there are."""
        kept = min(max(at, 0), len(self.steps))
        return self._with(self.steps, kept)

    def _with(self, steps: tuple[tuple[Edit, ...], ...], at: int) -> BoardDraft:
        told = {"carried": 0, "lost": 0}
        return self.model_copy(
            update={"steps": steps, "at": at, "revision": self.revision + 1, **told}
        )

    def carried_to(
        self,
        base: int,
        announced: Sequence[Placed],
        days: Collection[date],
        sharable: Collection[Key],
    ) -> BoardDraft:
        """Return the draft as it stands on version `base` on the `days` left.

        Steps that can still be made hold on, the others are counted as lost; itself where nothing
        differs. Where `base` is what it was published as, its steps are those made since: one that
        was undone too late is counted as lost, too.

        Parameters
        ----------
        announced : Sequence[Placed]
            The visits still to come in version `base`.
        days : Collection[date]
            Still to come.
        sharable : Collection[Key]
            Visits of other campaigns at which this one may be held.
        """
        steps, late = self._since_sent() if base == self.published else (self.steps[: self.at], 0)
        held, kept = tuple(announced), []
        for step in steps:
            after = _after(held, step, days, sharable)
            if after is not None:
                held = after
                kept.append(step)
        lost = late + len(steps) - len(kept)
        if base == self.base and not lost:
            return self
        return BoardDraft(
            base=base,
            steps=tuple(kept),
            at=len(kept),
            revision=self.revision + 1,
            carried=len(kept),
            lost=lost,
        )

    def _since_sent(self) -> tuple[tuple[tuple[Edit, ...], ...], int]:
        """Return the steps made since it was sent, and how many of those sent were undone since."""
        held = self.steps[: self.at]
        same = 0
        while held[same : same + 1] and held[same : same + 1] == self.sent[same : same + 1]:
            same += 1
        return held[same:], len(self.sent) - same

    def placed(self, announced: Sequence[Placed]) -> tuple[Placed, ...]:
        """Return the visits `announced` after the steps that hold."""
        held = tuple(announced)
        for step in self.steps[: self.at]:
            for edit in step:
                held = edited(held, edit)
        return held

    def shared(self, announced: Iterable[Key]) -> tuple[Key, ...]:
        """Return which visits of other campaigns are shared after the steps that hold, oldest first."""
        held = dict.fromkeys(announced)
        for step in self.steps[: self.at]:
            for edit in step:
                if edit.do == "share" and edit.visit is not None:
                    held[edit.visit.key] = None
                if edit.do == "unshare" and edit.visit is not None:
                    held.pop(edit.visit.key, None)
        return tuple(held)


def _after(
    held: tuple[Placed, ...],
    step: Sequence[Edit],
    days: Collection[date],
    sharable: Collection[Key],
) -> tuple[Placed, ...] | None:
    """Return the visits after `step`, None where it cannot be made."""
    for edit in step:
        if edit.day is not None and edit.day not in days:
            return None
        if edit.do == "share" and (edit.visit is None or edit.visit.key not in sharable):
            return None
        try:
            held = edited(held, edit)
        except YizhanError:
            return None
    return held
