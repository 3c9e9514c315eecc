"""Everything that can go wrong on purpose, under one base, each also a builtin error.

Every error carries a :class:`~geo.text.Text` that names the thing, the value and the mend, so the
command line, the API and a sheet can show the same sentence in the reader's language.
"""

from __future__ import annotations

from geo.text import Text


class YizhanError(Exception):
    """Base of all errors this product raises on purpose.

    Parameters
    ----------
    text : Text
        What is wrong and how to mend it, in both languages.
    """

    def __init__(self, text: Text) -> None:
        super().__init__(text.zh)
        self.text = text

    def __reduce__(self) -> tuple[object, ...]:
        """Let another process raise it: it is made of its text."""
        return type(self), (self.text,)


class BadInputError(YizhanError, ValueError):
    """A value given by a person or a file cannot be used."""


class CrsError(BadInputError):
    """Coordinates are in the wrong or in an unknown reference system."""


class MissingError(YizhanError, LookupError):
    """A named thing (layer, project, station, plan) does not exist."""


class UnreachableError(YizhanError, ValueError):
    """A place cannot be reached on the street network within the stated limit."""


class InfeasibleError(YizhanError, ValueError):
    """The constraints contradict each other; the text names those that fight."""


class SolverError(YizhanError, RuntimeError):
    """A solver refused a model or ended without an answer it stands for."""


class BrokenFileError(YizhanError, OSError):
    """A file is truncated, corrupt or of another format than its name says."""


class StorageError(YizhanError, OSError):
    """A disk is full, or a file or folder may not be read or written."""


class CalendarError(YizhanError, ValueError):
    """A date lies outside the years whose public holidays have been announced."""


class NotPermittedError(YizhanError, PermissionError):
    """The caller lacks the key this operation needs."""
