"""What results belong to: which inputs and rules each step was made from, and what goes with what.

A run may do some of the steps. What it leaves standing must rest on the same ground: sites chosen
over another coverage, or actions weighed against another plan, are withdrawn and not shown beside
figures they do not belong to.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from data.program import program_stamp
from data.store.project import Project
from data.store.summary_file import read_summary
from geo.errors import BadInputError
from geo.hours import SHANGHAI
from geo.layers.columns import INPUT_LAYERS, LAYERS, layers_with
from geo.layers.roles import Role
from geo.study.rules import EVERYTHING, BusRules, Part, StudyRules
from geo.summary.run import MadeFrom, RunFacts, RunSummary
from geo.text import Text

if TYPE_CHECKING:
    import geopandas as gpd

STREETS = "streets"

_GROUND = (*layers_with(Role.READ_BY_COVERAGE), STREETS)
_SITING = (*_GROUND, *layers_with(Role.READ_BY_SITING))
READS: Mapping[Part, tuple[str, ...]] = MappingProxyType(
    {
        "coverage": _GROUND,
        "site": _SITING,
        "improve": _SITING,
        "bus": (*layers_with(Role.READ_BY_BUS), STREETS),
    }
)
"""The layers each step reads."""

_RESTS_ON: Mapping[Part, tuple[Part, ...]] = MappingProxyType(
    {"coverage": (), "site": ("coverage",), "improve": ("coverage", "site"), "bus": ()}
)
RULES: Mapping[Part, tuple[str, ...]] = MappingProxyType(
    {
        "coverage": ("coverage",),
        "site": ("siting",),
        "improve": ("improve", "siting"),
        "bus": ("bus",),
    }
)
"""The rules each step follows, as :class:`geo.study.rules.StudyRules` names them."""
_RESULTS: Mapping[Part, str] = MappingProxyType({"site": "sites", "improve": "actions"})
_FIGURES: Mapping[Part, tuple[str, ...]] = MappingProxyType(
    {"site": ("siting",), "improve": ("improve", "improve_skipped", "improve_skipped_en")}
)
"""Figures of a step, as :class:`geo.summary.run.RunSummary` names them."""

LAYERS_OF: Mapping[Part, tuple[str, ...]] = MappingProxyType(
    {
        "coverage": layers_with(Role.MADE_BY_COVERAGE),
        "site": layers_with(Role.MADE_BY_SITING),
        "improve": layers_with(Role.MADE_BY_ACTIONS),
        "bus": layers_with(Role.MADE_BY_BUS),
    }
)
"""The layers each step makes."""
_COMMANDS: Mapping[Part, str] = MappingProxyType(
    {
        "coverage": "yizhan coverage",
        "site": "yizhan site",
        "improve": "yizhan site --actions",
        "bus": "yizhan bus",
    }
)

PART_WORDS: Mapping[Part, Text] = MappingProxyType(
    {
        "coverage": Text("覆盖与缺口", "coverage and gaps"),
        "site": Text("推荐站点", "recommended sites"),
        "improve": Text("综合措施", "actions of all kinds"),
        "bus": Text("大蓬车行程", "the bus plan"),
    }
)


@dataclass(frozen=True)
class Inputs:
    """What a run reads, before it reads it.

    Attributes
    ----------
    digests : Mapping[str, str]
        Of the content of every layer and of the streets; "" where absent.
    versions : Mapping[str, int]
        The number of each layer's version, 0 where absent.
    """

    digests: Mapping[str, str]
    versions: Mapping[str, int]


def inputs_now(project: Project) -> Inputs:
    """Return what the layers and streets of `project` are now."""
    names = (*INPUT_LAYERS, STREETS)
    return Inputs(
        {name: _digest(_file_of(project, name)) for name in names},
        {name: len(project.versions(name)) for name in INPUT_LAYERS},
    )


def streets_digest(project: Project) -> str:
    """Return what changes whenever the streets of `project` do; "" where there are none."""
    return _digest(_file_of(project, STREETS))


def _file_of(project: Project, name: str) -> Path | None:
    if name == STREETS:
        return project.streets_folder / "manifest.json"
    return project.path(name) if project.has(name) else None


def _digest(path: Path | None) -> str:
    if path is None or not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def stamp(
    read: Inputs, rules: StudyRules, part: Part, made_from: Mapping[Part, MadeFrom], program: str
) -> MadeFrom:
    """Return what `part` is made from today by `program`, given the same of the steps before it.

    Its ``key`` is the same only where layers, streets, steps before and rules are.
    """
    inputs = {name: read.digests[name] for name in READS[part]}
    on = {above: key_of(made_from, above) for above in _RESTS_ON[part]}
    stated = rules.model_dump(mode="json")
    followed = {name: stated[name] for name in (*RULES[part], "seed")}
    text = json.dumps([inputs, on, followed], sort_keys=True, ensure_ascii=False)
    return MadeFrom(
        key=hashlib.sha256(text.encode()).hexdigest()[:16],
        on=on,
        inputs=inputs,
        versions={name: read.versions[name] for name in READS[part] if name in read.versions},
        program=program,
        day=datetime.now(SHANGHAI).date(),
    )


def made_now(project: Project, summary: RunSummary, rules: BusRules) -> RunSummary:
    """Return `summary` once its bus plan was made by `rules` from the lists as they are."""
    read, facts = inputs_now(project), summary.facts
    parameters = StudyRules() if facts is None else facts.parameters
    parameters = parameters.model_copy(update={"bus": rules})
    made = {
        **summary.made_from,
        "bus": stamp(read, parameters, "bus", summary.made_from, program_stamp()),
    }
    told = RunFacts(
        project=project.name,
        sample=project.is_sample,
        made=datetime.now(SHANGHAI).replace(microsecond=0),
        parameters=parameters,
        versions={name: len(project.versions(name)) for name in INPUT_LAYERS},
        made_from=made,
        withdrawn=() if facts is None else facts.withdrawn,
        seconds={} if facts is None else facts.seconds,
    )
    return summary.but(facts=told)


def same_made(before: MadeFrom | None, now: MadeFrom) -> bool:
    """Whether what was made `before` was made on the same day, by the same program, from just that."""
    return before is not None and (before.key, before.program, before.day) == (
        now.key,
        now.program,
        now.day,
    )


def key_of(made_from: Mapping[Part, MadeFrom], part: Part) -> str | None:
    """Return the key of what `part` was made from, None where it was not made."""
    return made_from[part].key if part in made_from else None


def layer_of(project: Project, summary: RunSummary, part: Part, name: str) -> gpd.GeoDataFrame:
    """Return the layer `name` as `part` read it, or as it is now where `part` was not done."""
    version = _version_of(summary, part, name)
    if version == 0:
        return project.empty(name)
    return project.read(name, version=version) if version else project.read_or_empty(name)


def layer_key(project: Project, summary: RunSummary, part: Part, name: str) -> str:
    """Return what changes whenever that which :func:`layer_of` returns does."""
    version = _version_of(summary, part, name)
    there = version != 0 and project.has(name)
    file = project.path(name, version or None) if there else None
    # Rows that name no district are in the one they lie in now.
    return f"{_digest(file)} {_digest(_file_of(project, 'districts'))}"


def _version_of(summary: RunSummary, part: Part, name: str) -> int | None:
    made = summary.made_from.get(part)
    return None if made is None else made.versions.get(name)


def refuse_changed(project: Project, made: Mapping[Part, MadeFrom]) -> None:
    """Raise BadInputError if a layer was replaced while the steps `made` were at work."""
    now = inputs_now(project).digests
    changed = {name for entry in made.values() for name in _changed(now, entry)}
    if changed:
        zh, en = layer_words(changed)
        raise BadInputError(
            Text(
                f"计算过程中更新了{zh}，结果未发布，先前的结果未受影响；请重新运行。",
                f"{en} changed during the run; nothing was published and the results before it "
                "stand. Run it again.",
            )
        )


def stale_now(project: Project) -> tuple[Text, ...]:
    """Say which results a layer just changed has made stale; () where there are none."""
    text = stale_text(stale_parts(project, read_summary(project.results_folder).summary))
    return () if text is None else (text,)


def stale_parts(project: Project, summary: RunSummary) -> dict[Part, list[str]]:
    """Return the steps whose layers have changed since they were made, and which layers did."""
    made = summary.made_from
    if not made:
        return {}
    now = inputs_now(project).digests
    found = {part: _changed(now, made[part]) for part in EVERYTHING if part in made}
    return {part: names for part, names in found.items() if names}


def _changed(now: Mapping[str, str], made: MadeFrom) -> list[str]:
    return [name for name, digest in made.inputs.items() if now.get(name) != digest]


def withdraw(
    results: MutableMapping[str, gpd.GeoDataFrame],
    summary: RunSummary,
    made: dict[Part, MadeFrom],
) -> tuple[RunSummary, set[Part]]:
    """Take away the steps that rest on others than those `made`, with all their figures.

    Returns
    -------
    RunSummary, set[Part]
        What is left of the figures, and the steps that had something to show.
    """
    withdrawn: set[Part] = set()
    for part, layer in _RESULTS.items():
        if part not in made and layer not in results:
            continue
        on: Mapping[Part, str | None] = {"coverage": None}
        if part in made:
            on = made[part].on
        if all(key_of(made, above) == key for above, key in on.items()):
            continue
        if len(results.pop(layer, ())):
            withdrawn.add(part)
        made.pop(part, None)
        summary = summary.but(**dict.fromkeys(_FIGURES[part]))
    return summary, withdrawn


def withdrawn_text(parts: Collection[Part]) -> Text | None:
    """Say which steps were withdrawn and how they come back; None if there are none."""
    if not parts:
        return None
    shown = [PART_WORDS[part] for part in EVERYTHING if part in parts]
    zh = "、".join(text.zh for text in shown)
    en = " and ".join(text.en for text in shown)
    again = [_COMMANDS[part] for part in EVERYTHING if part in parts]
    return Text(
        f"{zh}是按先前的数据或规则得出的，或由另一版程序写成，已撤下；请重新运行 {'、'.join(again)}。",
        "Withdrawn, because made from other data or rules than the coverage now, or by another "
        f"program: {en}. Run {' and '.join(again)} again.",
    )


def stale_text(stale: Mapping[Part, list[str]]) -> Text | None:
    """Say which results were made from layers that have changed since; None if none were."""
    if not stale:
        return None
    zh = "、".join(PART_WORDS[part].zh for part in stale)
    en = ", ".join(PART_WORDS[part].en for part in stale)
    changed = layer_words({name for names in stale.values() for name in names})
    return Text(
        f"{changed[0]}在上次计算后有更新；下列结果仍按更新前的数据：{zh}。请重新运行。",
        f"{changed[1]} changed after the last run; these results are still those of the data "
        f"before: {en}. Run it again.",
    )


def layer_words(names: set[str]) -> tuple[str, str]:
    """Return the layers `names` (and ``streets``) as people call them, in both languages."""
    known = {name: layer.text for name, layer in LAYERS.items()}
    known[STREETS] = Text("路网", "Streets")
    told = [known[name] for name in sorted(names)]
    return "、".join(text.zh for text in told), ", ".join(text.en for text in told)
