"""The rules a planner decides, as a form may ask them."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field, TypeAdapter

from geo.coverage.rule import CoverageRule
from geo.fields import Unit
from geo.study.form import RuleField, Shape, Taken, rule_fields
from geo.study.rules import ActionRules, BusRules, SitingRules
from geo.text import Text

router = APIRouter(tags=["planning"])

_RULES: dict[Literal["coverage", "siting", "improve", "bus"], type[BaseModel]] = {
    "coverage": CoverageRule,
    "siting": SitingRules,
    "improve": ActionRules,
    "bus": BusRules,
}
_JSON: TypeAdapter[object] = TypeAdapter(object)


class Words(BaseModel):
    """The same in both languages."""

    zh: str
    en: str


class UnitWords(Words):
    """A unit."""

    key: str = Field(description="Stable, as in `x-unit` of this document")


class ShownIn(BaseModel):
    """What people read and write a figure in."""

    unit: UnitWords
    factor: float = Field(description="How many of the field's own units one of these is")


class Choice(Words):
    """A word that may be chosen."""

    value: str


class Values(BaseModel):
    """What values may be given."""

    taken: Taken
    least: float | None = Field(description="The least value")
    above: bool = Field(description="Whether it must be larger than `least`")
    most: float | None = Field(description="The largest value")
    choices: list[Choice] = Field(description="The words of a choice")
    item: Values | None = Field(description="Of a list or table")
    key: Values | None = Field(description="Of a table")


class FormField(BaseModel):
    """One decision."""

    name: str = Field(description="In the rules, as bodies of requests have them")
    title: Words
    more: Words | None = Field(description="What the title has no room for")
    unit: UnitWords | None = Field(description="What a figure of the rules is measured in")
    shown: ShownIn | None = Field(description="Another unit that people read it in")
    values: Values
    default: Any = Field(description="What holds where nothing is said; null for nothing")


class FormSection(BaseModel):
    """The rules of one step."""

    name: str = Field(description="In the body of `POST /planning/run`")
    fields: list[FormField]


@router.get("/rules", summary="The rules a planner decides, as a form")
def rules() -> list[FormSection]:
    """Return what each step may be told: titles, units, limits, choices and defaults."""
    return [
        FormSection(
            name=name,
            fields=[_field(one) for one in rule_fields(model) if one.shape.taken != "other"],
        )
        for name, model in _RULES.items()
    ]


def _field(one: RuleField) -> FormField:
    about = one.about
    shown = None
    if about.shown is not None:
        shown = ShownIn(unit=_unit(about.shown[0]), factor=about.shown[1])
    return FormField(
        name=one.name,
        title=_words(about.text),
        more=None if about.more is None else _words(about.more),
        unit=None if about.unit is None else _unit(about.unit),
        shown=shown,
        values=_values(one.shape),
        default=_JSON.dump_python(one.default, mode="json"),
    )


def _values(shape: Shape) -> Values:
    return Values(
        taken=shape.taken,
        least=shape.least,
        above=shape.above,
        most=shape.most,
        choices=[Choice(value=value, zh=text.zh, en=text.en) for value, text in shape.choices],
        item=None if shape.item is None else _values(shape.item),
        key=None if shape.key is None else _values(shape.key),
    )


def _words(text: Text) -> Words:
    return Words(zh=text.zh, en=text.en)


def _unit(unit: Unit) -> UnitWords:
    return UnitWords(key=str(unit), zh=unit.text.zh, en=unit.text.en)
