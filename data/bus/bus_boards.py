"""Boards of a project on disk: one file a campaign, replaced whole.

```
NAME/bus/board.checkup.json     which version is changed, the steps, how many of them hold
```
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from data.disk import PATIENCE_S, held, writing
from geo.bus.board.board_draft import BoardDraft
from geo.errors import BadInputError, BrokenFileError
from geo.layers.vocabulary import CampaignName
from geo.text import Text


class BoardChangedError(BadInputError):
    """Somebody else changed the board since it was read."""


class BusBoards:
    """The boards of one project.

    Parameters
    ----------
    folder : Path
        The project's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "bus"

    def read(self, name: CampaignName, base: int) -> BoardDraft:
        """Return the board of a campaign; an untouched one of version `base` where there is none."""
        path = self._path(name)
        if not path.exists():
            return BoardDraft(base=base)
        try:
            return BoardDraft.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise BrokenFileError(
                Text(
                    f"{path} 已损坏，请把它移走；已发布的行程不受影响。",
                    f"{path} is broken: move it away; what is published is not touched.",
                )
            ) from error

    def change(
        self,
        name: CampaignName,
        base: int,
        step: Callable[[BoardDraft], BoardDraft],
        *,
        carry: Callable[[BoardDraft], BoardDraft] = lambda draft: draft,
        seen: int | None = None,
    ) -> BoardDraft:
        """Replace a board by what `step` makes of it, and return that.

        Parameters
        ----------
        carry : Callable
            Brings the draft to what stands now, before anything is made of it.
        seen : int | None
            Revision the planner saw; None to change the board however it is.

        Raises
        ------
        BoardChangedError
            If somebody else changed it since.
        """
        self._folder.mkdir(exist_ok=True)
        with held(self._folder / ".board.lock", patience_s=PATIENCE_S):
            draft = carry(self.read(name, base))
            if seen is not None and seen != draft.revision:
                raise BoardChangedError(
                    Text(
                        "看板刚被别人改过，已为您刷新，请再试一次。",
                        "Somebody else has just changed the board; it was reloaded, try again.",
                    )
                )
            changed = step(draft)
            path = self._path(name)
            new = path.with_name(f".{path.name}.{os.getpid()}")
            with writing(path):
                new.write_text(changed.model_dump_json(), encoding="utf-8")
                new.replace(path)
        return changed

    def _path(self, name: CampaignName) -> Path:
        return self._folder / f"board.{name.value}.json"
