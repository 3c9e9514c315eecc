"""Answers about a file, kept in the project for the next file with the same headers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from data.geometry.datum import Datum
from data.store.project import Project
from data.tables.answers import Answers

_PREFERENCE = "reading"
_OPENING = ("table", "encoding", "crs")
"""Answers that are needed before the headers can be read."""


class KeptAnswers:
    """What a project remembers of the files of its offices.

    A file is taken for one of the same office when its headers are the same, in any order.
    """

    def __init__(self, project: Project, layer: str) -> None:
        self._project = project
        self._layer = layer

    def openings(self, answers: Answers) -> Iterator[tuple[Answers, str]]:
        """Yield ways to open a file that earlier files needed, each with the key of their headers.

        Only what `answers` leave open is filled in; the file counts as one of that office if its
        headers, opened so, have that key.
        """
        for key, kept in self._kept().items():
            found = {name: str(kept[name]) for name in _OPENING if kept.get(name)}
            if key.startswith(f"{self._layer}: ") and found:
                yield (
                    replace(
                        answers,
                        table=answers.table or found.get("table"),
                        encoding=answers.encoding or found.get("encoding"),
                        crs=answers.crs or found.get("crs"),
                    ),
                    key,
                )

    def completed(self, headers: Sequence[str], answers: Answers) -> Answers:
        """Return `answers` with what is remembered about files of these headers."""
        kept = self._kept().get(self.key(headers))
        if kept is None:
            return answers
        columns = {
            header: str(field)
            for header, field in dict(kept.get("columns", {})).items()
            if header in headers
        }
        datum = kept.get("datum")
        return replace(
            answers,
            columns=columns | dict(answers.columns),
            datum=answers.datum or (Datum(datum) if datum in set(Datum) else None),
        )

    def keep(self, headers: Sequence[str], answers: Answers) -> None:
        """Remember `answers` for files of these headers."""
        told: dict[str, Any] = {"columns": dict(answers.columns)}
        if answers.datum is not None:
            told["datum"] = str(answers.datum)
        told |= {name: getattr(answers, name) for name in _OPENING if getattr(answers, name)}
        known = self._project.preference(_PREFERENCE)
        self._project.prefer(_PREFERENCE, {**known, self.key(headers): told})

    def key(self, headers: Sequence[str]) -> str:
        """Return what files of the same office have in common."""
        return f"{self._layer}: {'、'.join(sorted(headers))}"

    def _kept(self) -> dict[str, Mapping[str, Any]]:
        kept = self._project.preference(_PREFERENCE)
        return {str(key): told for key, told in kept.items() if isinstance(told, dict)}
