"""Words for people, in the two languages the product speaks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MOST_QUOTED = 80
"""Characters of what somebody typed that a message repeats: enough to know it again."""
MOST_LISTED = 5
"""Faults that a message lists: whoever mends these sees the others next."""


class Language(StrEnum):
    """A language a screen, sheet or message can be in (BCP 47 tag)."""

    ZH = "zh"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or label in Simplified Chinese and in English.

    Attributes
    ----------
    zh : str
        What the federation's staff and the workers read; the default everywhere.
    en : str
        The same for an English reader.
    """

    zh: str
    en: str

    def into(self, language: Language | str = Language.ZH) -> str:
        """Return the wording in `language` ("zh" or "en")."""
        return self.en if language == Language.EN else self.zh

    @property
    def both(self) -> str:
        """Both wordings, for a file that readers of either language open."""
        return f"{self.zh} / {self.en}"

    def __str__(self) -> str:
        """Return the Chinese wording."""
        return self.zh
