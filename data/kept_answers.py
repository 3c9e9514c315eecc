"""Answers about a file, kept in the project for the next file with the same headers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from data.datum import Datum
from data.project import Project
from data.tables.answers import Answers

_PREFERENCE = "reading"


class KeptAnswers:
    """What a project remembers of the files of its offices.

    A file is taken for one of the same office when its headers are the same, in any order.
    """

    def __init__(self, project: Project, layer: str) -> None:
        self._project = project
        self._layer = layer

    def completed(self, headers: Sequence[str], answers: Answers) -> Answers:
        """Return `answers` with what is remembered about files of these headers."""
        kept = self._project.preference(_PREFERENCE).get(self._key(headers))
        if not isinstance(kept, dict):
            return answers
        columns = {
            header: str(field) for header, field in dict(kept.get("columns", {})).items()
            if header in headers
        }  # fmt: skip
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
        known = self._project.preference(_PREFERENCE)
        self._project.prefer(_PREFERENCE, {**known, self._key(headers): told})

    def _key(self, headers: Sequence[str]) -> str:
        return f"{self._layer}: {'、'.join(sorted(headers))}"
