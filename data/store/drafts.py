"""Draft plans on disk: one file each in the project's folder ``drafts``, replaced by a rename.

```
NAME/drafts/3f9c2a1b.json     first rules, edits with who and why, how many of them hold
NAME/drafts/.lock             one writer at a time
```
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from data.disk import PATIENCE_S, held, writing
from data.store.project import Project
from geo.errors import BadInputError, BrokenFileError, MissingError
from geo.study.draft import Draft
from geo.study.rules import StudyRules
from geo.text import Text

_ID = re.compile(r"[0-9a-f]{8}\Z")


class ChangedError(BadInputError):
    """Somebody else edited the draft since it was read."""


class Drafts:
    """The drafts of one project."""

    def __init__(self, project: Project) -> None:
        self._folder = project.folder / "drafts"

    def all(self) -> list[Draft]:
        """Return the drafts, last edited first; raise BrokenFileError where one cannot be read."""
        paths = sorted(self._folder.glob("*.json")) if self._folder.is_dir() else []
        found = [self._read(path) for path in paths if _ID.match(path.stem)]
        return sorted(found, key=lambda draft: draft.edited, reverse=True)

    def get(self, draft_id: str) -> Draft:
        """Return one draft; raise MissingError if there is none."""
        path = self._path(draft_id)
        if not path.is_file():
            raise _missing(draft_id)
        return self._read(path)

    def create(
        self, name: str, *, who: str, why: str = "", rules: StudyRules | None = None
    ) -> Draft:
        """Make a draft that starts from `rules`."""
        draft = Draft(
            id=secrets.token_hex(4),
            name=name,
            who=who,
            why=why,
            made=datetime.now(UTC),
            base=rules or StudyRules(),
        )
        with self._locked():
            self._write(draft)
        return draft

    def change(
        self, draft_id: str, step: Callable[[Draft], Draft], *, seen: int | None = None
    ) -> Draft:
        """Replace a draft by what `step` makes of it, and return that.

        Parameters
        ----------
        seen : int | None
            Revision the planner saw; None to change the draft however it is.

        Raises
        ------
        ChangedError
            If somebody else edited it since.
        """
        with self._locked():
            draft = self.get(draft_id)
            if seen is not None and seen != draft.revision:
                last = draft.edits[-1].who if draft.edits else draft.who
                raise ChangedError(
                    Text(
                        f"草案“{draft.name}”刚被 {last} 改过，请先看最新内容再改。",
                        f"{last} has just edited the draft {draft.name}; look at it again first.",
                    )
                )
            changed = step(draft)
            self._write(changed)
        return changed

    def remove(self, draft_id: str) -> None:
        """Take a draft out of the list; its file stays, renamed to ``.removed``."""
        with self._locked():
            path = self._path(draft_id)
            if not path.is_file():
                raise _missing(draft_id)
            with writing(path):
                path.rename(path.with_suffix(".removed"))

    def _path(self, draft_id: str) -> Path:
        if not _ID.match(draft_id):
            raise _missing(draft_id)
        return self._folder / f"{draft_id}.json"

    def _read(self, path: Path) -> Draft:
        try:
            return Draft.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise BrokenFileError(
                Text(
                    f"{path} 已损坏：请把它移走，其他草案不受影响。",
                    f"{path} is broken: move it away; other drafts are not affected.",
                )
            ) from error

    def _write(self, draft: Draft) -> None:
        path = self._path(draft.id)
        aside = path.with_suffix(f".{os.getpid()}")
        try:
            with writing(path):
                with aside.open("w", encoding="utf-8") as file:
                    file.write(draft.model_dump_json(indent=1))
                    file.flush()
                    os.fsync(file.fileno())
                aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)

    def _locked(self) -> AbstractContextManager[None]:
        with writing(self._folder):
            self._folder.mkdir(exist_ok=True)
        return held(self._folder / ".lock", patience_s=PATIENCE_S)


def _missing(draft_id: str) -> MissingError:
    return MissingError(
        Text(f"没有草案 {draft_id[:40]!r}。", f"There is no draft {draft_id[:40]!r}.")
    )
