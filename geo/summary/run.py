"""The summary of a run, whole: what ``summary.json`` holds and what ``GET /summary`` answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_serializer

from geo.fields import About, Unit
from geo.json_shapes import JsonBody, JsonFacts
from geo.study.rules import Part, StudyRules
from geo.summary.action_figures import ActionFigures
from geo.summary.bus_figures import BusFigures, BusPlanningFigures
from geo.summary.coverage import CoverageFigures
from geo.summary.figures import Figures
from geo.summary.siting_figures import SitingFigures

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

F = TypeVar("F")


class MadeFrom(Figures):
    """What a step was made from."""

    key: Annotated[str, About("指纹", "The same only where all that was read is")]
    on: Annotated[dict[Part, str | None], About("所依步骤", "Keys of the steps it rests on")]
    inputs: Annotated[dict[str, str], About("输入", "Digests of the layers and streets read")]
    versions: Annotated[dict[str, int], About("版本", "Versions of the layers read")]
    program: Annotated[str, About("程序", "Which program made it")]
    day: Annotated[date, About("日期", "On which day")]


class RunFacts(Figures):
    """What was run, on what and when."""

    project: Annotated[str, About("项目", "Name of the project")]
    sample: Annotated[bool, About("示例数据", "Whether the data are invented")]
    made: Annotated[datetime, About("生成时间", "When it was made")]
    parameters: Annotated[StudyRules, About("参数", "The rules each step was made by")]
    versions: Annotated[dict[str, int], About("图层版本", "Versions of the layers")]
    made_from: Annotated[dict[Part, MadeFrom], About("依据", "What each step was made from")]
    withdrawn: Annotated[tuple[Part, ...], About("已撤下", "Steps no longer shown")] = ()
    seconds: Annotated[dict[str, float], About("用时", "Time of each step", Unit.SECONDS)]


class PublishedDraft(Figures):
    """The draft the recommended sites were published from."""

    draft: Annotated[str | None, About("草案编号", "Id of the draft")] = None
    name: Annotated[str | None, About("草案", "The draft")] = None
    who: Annotated[str | None, About("发布人", "Who published it")] = None
    why: Annotated[str | None, About("理由", "Why")] = None
    steps: Annotated[int | None, About("步数", "Its steps")] = None
    published: Annotated[datetime | None, About("发布时间", "When")] = None
    again: Annotated[int | None, About("恢复自第几次发布", "The publication brought back")] = None


class RunSummary(BaseModel):
    """The figures of the last run; a step that has not been done is None.

    In JSON the figures of all steps stand side by side, and those of a step not done are absent
    together.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    workers_total: Annotated[float | None, About("职工总数", "Workers in all", Unit.WORKERS)] = None
    workers_rest_on: Annotated[
        str | None,
        About("职工数据性质", "estimated, or relative: weights and no numbers of people"),
    ] = None
    coverage: CoverageFigures | None = None
    siting: SitingFigures | None = None
    improve: ActionFigures | None = None
    improve_skipped: Annotated[
        str | None, About("未比较综合措施的原因", "Why actions were not compared, in Chinese")
    ] = None
    improve_skipped_en: Annotated[
        str | None, About("未比较综合措施的原因（英文）", "Why actions were not compared")
    ] = None
    bus: BusFigures | None = None
    bus_planning: BusPlanningFigures | None = None
    facts: RunFacts | None = None
    draft: Annotated[PublishedDraft | None, About("草案", "The draft published")] = None

    @classmethod
    def from_json(cls, told: JsonBody) -> tuple[RunSummary, tuple[Part, ...]]:
        """Read the figures of JSON, and say which steps another program wrote.

        A step that does not read as this program writes it is left out, and so is what rests on it.
        """
        read: dict[str, Any] = {name: told[name] for name in (*_SINGLE, "draft") if name in told}
        unread: set[Part] = set()
        for name, part in PARTS.items():
            found = {key: told[key] for key in _keys(part) if key in told}
            if not found:
                continue
            try:
                read[name] = part.model_validate(found)
            except ValidationError:
                unread |= _FALLS[name]
        for name in PARTS:
            if unread & _FALLS[name] and name != "facts":
                read.pop(name, None)
        return cls(**read), tuple(sorted(unread))

    def to_json(self) -> JsonFacts:
        """Return the figures as ``summary.json`` has them, ready for :mod:`json`."""
        return self.model_dump(mode="json")

    @property
    def empty(self) -> bool:
        """Whether nothing has been run yet."""
        return all(getattr(self, name) is None for name in type(self).model_fields)

    @property
    def workers_new(self) -> float | None:
        """Workers covered with the recommended sites but not before; None without them."""
        if self.siting is None or self.coverage is None:
            return None
        return self.siting.covered_after - self.coverage.covered_before

    @property
    def made_from(self) -> Mapping[Part, MadeFrom]:
        """What each step that stands was made from."""
        return {} if self.facts is None else self.facts.made_from

    @property
    def withdrawn(self) -> tuple[Part, ...]:
        """The steps no longer shown."""
        return () if self.facts is None else self.facts.withdrawn

    @property
    def bus_version(self) -> int:
        """The version of the bus plan that is published, 0 for none."""
        return 0 if self.bus is None else self.bus.version

    def but(self, **figures: object) -> RunSummary:
        """Return the summary with other `figures`, named as its fields are."""
        return self.model_copy(update=figures)

    @model_serializer(mode="plain")
    def _side_by_side(self) -> dict[str, Any]:
        told: dict[str, Any] = {}
        for name in type(self).model_fields:
            held = getattr(self, name)
            if name in PARTS and held is not None:
                told |= held.model_dump(mode="json")
            elif isinstance(held, Figures):
                told[name] = held.model_dump(mode="json")
            elif held is not None:
                told[name] = held
        return told

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Say in JSON Schema what :meth:`to_json` makes."""
        del core_schema
        told: dict[str, Any] = {}
        for part in PARTS.values():
            shown = handler.resolve_ref_schema(handler(part.__pydantic_core_schema__))
            told |= shown["properties"]
        told["draft"] = handler(PublishedDraft.__pydantic_core_schema__)
        for name in _SINGLE:
            kind = "number" if name == "workers_total" else "string"
            words = next(one for one in cls.model_fields[name].metadata if isinstance(one, About))
            told[name] = words.said({"type": kind})
        return {
            "title": cls.__name__,
            "type": "object",
            "additionalProperties": False,
            "description": (cls.__doc__ or "").replace("\n\n    ", " ").replace("\n    ", " "),
            "properties": dict(sorted(told.items())),
        }


def done(figures: F | None) -> F:
    """Return the figures of a step that was run just now."""
    if figures is None:
        message = "the step has not been run"
        raise ValueError(message)
    return figures


PARTS: Mapping[str, type[Figures]] = MappingProxyType(
    {
        "facts": RunFacts,
        "coverage": CoverageFigures,
        "siting": SitingFigures,
        "improve": ActionFigures,
        "bus": BusFigures,
        "bus_planning": BusPlanningFigures,
    }
)
"""The figures of each step, by their name in :class:`RunSummary`."""
_SINGLE = ("workers_total", "workers_rest_on", "improve_skipped", "improve_skipped_en")
_FALLS: Mapping[str, frozenset[Part]] = MappingProxyType(
    {
        "facts": frozenset({"coverage", "site", "improve", "bus"}),
        "coverage": frozenset({"coverage", "site", "improve"}),
        "siting": frozenset({"site", "improve"}),
        "improve": frozenset({"improve"}),
        "bus": frozenset({"bus"}),
        "bus_planning": frozenset({"bus"}),
    }
)
"""The steps that go with figures that cannot be read."""


def _keys(part: type[Figures]) -> tuple[str, ...]:
    """Return the JSON keys of `part`."""
    return tuple(field.alias or name for name, field in part.model_fields.items())
