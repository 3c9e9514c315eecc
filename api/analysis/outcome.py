"""What the steps of a run have come to: layers, figures, and what they were made from."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from api.analysis.made_from import Inputs, same_made, stamp, withdraw
from api.analysis.reuse import Notes
from api.analysis.stored_results import ResultLayers, read_back, stored_layers
from data.program import program_stamp
from geo.study.rules import Part, StudyRules
from geo.summary.run import MadeFrom, RunSummary


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked of a run.

    Attributes
    ----------
    rules : StudyRules
        By which each step is done.
    parts : tuple[Part, ...]
        Steps asked for.
    seen : frozenset[str] | None
        Candidates chosen in the plan that is to be published, as its planner saw it; None without.
    read : Inputs
        What layers and streets are as it begins.
    """

    rules: StudyRules
    parts: tuple[Part, ...]
    seen: frozenset[str] | None
    read: Inputs


@dataclass(kw_only=True)
class Outcome:
    """What the steps of a run have come to so far.

    Attributes
    ----------
    read : Inputs
        What layers and streets were when the run began.
    results : ResultLayers
        Layers that hold, with those the run has made.
    intact : bool
        Whether nobody has edited the files that hold them.
    tables : Mapping[str, DataFrame] | None
        Coverage tables by name; None: those that are stored.
    summary : RunSummary
        Figures that hold, with those the run has made.
    seconds : dict[str, float]
        What each step took.
    made_from : dict[Part, MadeFrom]
        What each step was made from.
    withdrawn : set[Part]
        Steps taken away because what they rested on is another now.
    done : list[Part]
        Steps the run did, or found to stand.
    """

    read: Inputs
    results: ResultLayers
    intact: bool = True
    tables: Mapping[str, pd.DataFrame] | None = None
    summary: RunSummary = field(default_factory=RunSummary)
    seconds: dict[str, float] = field(default_factory=dict)
    made_from: dict[Part, MadeFrom] = field(default_factory=dict)
    withdrawn: set[Part] = field(default_factory=set)
    done: list[Part] = field(default_factory=list)

    @classmethod
    def before(cls, folder: Path, read: Inputs) -> Outcome:
        """Return what a run begins with: the results in `folder` that hold now."""
        layers, summary = stored_layers(folder)
        return cls(
            read=read,
            results=layers,
            intact=read_back(Notes(folder)),
            summary=summary,
            made_from=dict(summary.made_from),
            withdrawn=set(summary.withdrawn),
        )

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Add the time the block takes to that of `step`."""
        started_s = time.perf_counter()
        yield
        took_s = time.perf_counter() - started_s
        self.seconds[step] = round(self.seconds.get(step, 0.0) + took_s, 3)

    def stands(self, part: Part, rules: StudyRules) -> bool:
        """Write down what `part` is made from, and withdraw what does not rest on it.

        True where the results in hand were made today by this program from just that, and nobody
        has edited their files since.
        """
        before = self.made_from.get(part)
        now = stamp(self.read, rules, part, self.made_from, program_stamp())
        self.made_from[part] = now
        self.done.append(part)
        self.summary, withdrawn = withdraw(self.results, self.summary, self.made_from)
        self.withdrawn = (self.withdrawn - {part}) | withdrawn
        return self.intact and same_made(before, now)
