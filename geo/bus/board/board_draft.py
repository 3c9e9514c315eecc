"""A board as it is kept between two looks at it: which version it changes, and the steps made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict, Field

from geo.bus.board.edits import Edit, Key, Placed, edited

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
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: int
    steps: tuple[tuple[Edit, ...], ...] = Field(default=(), max_length=_MOST_STEPS)
    at: int = 0
    revision: int = 0

    def after(self, edits: Sequence[Edit]) -> BoardDraft:
        """Return the draft with one step more; what was undone is forgotten."""
        steps = (*self.steps[: self.at], tuple(edits))[-_MOST_STEPS:]
        return self.model_copy(
            update={"steps": steps, "at": len(steps), "revision": self.revision + 1}
        )

    def back_to(self, at: int) -> BoardDraft:
        """Return the draft in which the first `at` steps hold, at most those there are."""
        kept = min(max(at, 0), len(self.steps))
        return self.model_copy(update={"at": kept, "revision": self.revision + 1})

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
