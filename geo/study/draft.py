"""A draft plan: rules a planner changes step by step, with who and why, undone and redone.

A draft is its first rules and a list of edits; the rules that hold are the first ones with the
edits done applied in turn. Nothing here touches a disk (see :mod:`data.store.drafts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from geo.coverage.rule import CoverageRule
from geo.errors import BadInputError
from geo.fields import NAME_LETTERS, WHO_LETTERS, WHY_LETTERS
from geo.study.rules import ActionRules, MovedTo, Pins, SitingRules, StudyRules, TriedSite
from geo.text import Text

Who = Annotated[str, Field(min_length=1, max_length=WHO_LETTERS, description="Who did it")]
Why = Annotated[str, Field(max_length=WHY_LETTERS, description="Why, in their words")]
SiteId = Annotated[str, Field(min_length=1, max_length=80, description="Candidate's id")]


class _Change(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Lock(_Change):
    """The site opens, whatever it brings."""

    kind: Literal["lock"] = "lock"
    site: SiteId

    def apply(self, rules: StudyRules) -> StudyRules:
        """Return `rules` with the site locked."""
        pins = _free(rules.siting.pins, self.site)
        return _pinned(rules, pins, locked=(*pins.locked, self.site))


class Forbid(_Change):
    """The site does not open."""

    kind: Literal["forbid"] = "forbid"
    site: SiteId

    def apply(self, rules: StudyRules) -> StudyRules:
        """Return `rules` with the site forbidden."""
        pins = _free(rules.siting.pins, self.site)
        return _pinned(rules, pins, forbidden=(*pins.forbidden, self.site))


class Free(_Change):
    """The site is neither locked nor forbidden by hand any more."""

    kind: Literal["free"] = "free"
    site: SiteId

    def apply(self, rules: StudyRules) -> StudyRules:
        """Return `rules` with the site open to choice."""
        return _pinned(rules, _free(rules.siting.pins, self.site))


class Move(_Change):
    """The candidate stands elsewhere."""

    kind: Literal["move"] = "move"
    site: SiteId
    to: MovedTo

    def apply(self, rules: StudyRules) -> StudyRules:
        """Return `rules` with the candidate moved; one added by hand takes the new place."""
        pins = rules.siting.pins
        if any(site.id == self.site for site in pins.added):
            there = {"lon": self.to.lon, "lat": self.to.lat}
            added = [s.model_copy(update=there) if s.id == self.site else s for s in pins.added]
            return _pinned(rules, pins, added=tuple(added))
        return _pinned(rules, pins, moved={**pins.moved, self.site: self.to})


class Add(_Change):
    """A place that is no candidate joins them; locked if `lock`."""

    kind: Literal["add"] = "add"
    site: TriedSite
    lock: bool = True

    def apply(self, rules: StudyRules) -> StudyRules:
        """Return `rules` with the site among the candidates."""
        pins = rules.siting.pins
        if any(site.id == self.site.id for site in pins.added):
            raise BadInputError(
                Text(f"草案里已有 {self.site.id}。", f"{self.site.id} is in the draft already.")
            )
        locked = (*pins.locked, self.site.id) if self.lock else pins.locked
        return _pinned(rules, pins, added=(*pins.added, self.site), locked=locked)


class Restore(_Change):
    """Nothing is settled by hand for the site: one added goes, one moved goes back."""

    kind: Literal["restore"] = "restore"
    site: SiteId

    def apply(self, rules: StudyRules) -> StudyRules:
        """Return `rules` with the site as the layer has it, or without it."""
        pins = _free(rules.siting.pins, self.site)
        added = tuple(site for site in pins.added if site.id != self.site)
        moved = {one: place for one, place in pins.moved.items() if one != self.site}
        return _pinned(rules, pins, added=added, moved=moved)


class SetRules(_Change):
    """Other rules; what is settled by hand stays."""

    kind: Literal["rules"] = "rules"
    coverage: CoverageRule | None = None
    siting: SitingRules | None = None
    improve: ActionRules | None = None

    def apply(self, rules: StudyRules) -> StudyRules:
        """Return `rules` with those given in place of the ones before."""
        siting = self.siting or rules.siting
        return rules.model_copy(
            update={
                "coverage": self.coverage or rules.coverage,
                "siting": siting.model_copy(update={"pins": rules.siting.pins}),
                "improve": self.improve or rules.improve,
            }
        )


Change = Annotated[
    Lock | Forbid | Free | Move | Add | Restore | SetRules, Field(discriminator="kind")
]
"""One step a planner takes."""


class DraftStep(BaseModel):
    """A step, and who took it when and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    change: Change
    who: Who
    why: Why = ""
    at: datetime = Field(description="UTC")


class Draft(BaseModel):
    """A named plan that is not published.

    ``done`` of the ``edits`` hold; those after it were undone and can be done again until another
    edit takes their place. ``revision`` grows with every step, forward or back.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    id: str
    name: str = Field(min_length=1, max_length=NAME_LETTERS)
    who: Who
    why: Why = ""
    made: datetime
    base: StudyRules = StudyRules()
    edits: tuple[DraftStep, ...] = ()
    done: int = Field(default=0, ge=0)
    revision: int = Field(default=0, ge=0)

    @property
    def rules(self) -> StudyRules:
        """The rules that hold now."""
        rules = self.base
        for edit in self.edits[: self.done]:
            rules = edit.change.apply(rules)
        return rules

    @property
    def edited(self) -> datetime:
        """When the last step that holds was taken, UTC."""
        return self.edits[self.done - 1].at if self.done else self.made

    def edit(self, change: Change, *, who: str, why: str = "") -> Draft:
        """Return the draft one step on; steps undone before are let go.

        Raises
        ------
        BadInputError
            If the step does not fit what is there.
        """
        change.apply(self.rules)
        step = DraftStep(change=change, who=who, why=why, at=datetime.now(UTC))
        edits = (*self.edits[: self.done], step)
        return self.model_copy(
            update={"edits": edits, "done": len(edits), "revision": self.revision + 1}
        )

    def undo(self) -> Draft:
        """Return the draft one step back; raise BadInputError at its start."""
        if not self.done:
            raise BadInputError(Text("没有可撤销的步骤。", "There is no step to undo."))
        return self.model_copy(update={"done": self.done - 1, "revision": self.revision + 1})

    def redo(self) -> Draft:
        """Return the draft with the step last undone; raise BadInputError where there is none."""
        if self.done == len(self.edits):
            raise BadInputError(Text("没有可重做的步骤。", "There is no step to do again."))
        return self.model_copy(update={"done": self.done + 1, "revision": self.revision + 1})


def _free(pins: Pins, site: str) -> Pins:
    return pins.model_copy(
        update={
            "locked": tuple(one for one in pins.locked if one != site),
            "forbidden": tuple(one for one in pins.forbidden if one != site),
        }
    )


def _pinned(rules: StudyRules, pins: Pins, **changed: object) -> StudyRules:
    """Return `rules` with `pins`, `changed` fields in place of theirs, checked."""
    stated = {name: getattr(pins, name) for name in Pins.model_fields}
    siting = rules.siting.model_copy(update={"pins": Pins(**{**stated, **changed})})
    return rules.model_copy(update={"siting": siting})


_VERBS: Mapping[type, Text] = {
    Lock: Text("锁定", "Lock"),
    Forbid: Text("禁选", "Forbid"),
    Free: Text("取消锁定或禁选", "Neither lock nor forbid"),
    Move: Text("移动", "Move"),
    Restore: Text("恢复原样", "Put back as it was"),
}


def change_words(change: Change, names: Mapping[str, str]) -> Text:
    """Say a step; `names` are those of the candidates by id."""
    if isinstance(change, SetRules):
        return Text("修改规则", "Change the rules")
    if isinstance(change, Add):
        return Text(f"新增“{change.site.name}”", f"Add {change.site.name}")
    verb, name = _VERBS[type(change)], names.get(change.site, change.site)
    return Text(f"{verb.zh}“{name}”", f"{verb.en} {name}")
