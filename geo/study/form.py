"""The rules as a form: what each field takes, its limits and what it is when nothing is said.

Read out of the rule classes themselves, so that the command line and every form ask the same.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types as limits
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from geo.fields import About, about
from geo.layers.vocabulary import Word
from geo.text import Text

Taken = Literal["flag", "choice", "integer", "number", "date", "text", "list", "table", "other"]
"""What a field takes: ``list`` is several of its item, ``table`` an item for each of several keys."""
_PLAIN: Mapping[type, Taken] = {
    bool: "flag",
    int: "integer",
    float: "number",
    date: "date",
    str: "text",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What values a field takes.

    Attributes
    ----------
    taken : Taken
        What kind of values.
    least, most : float | None
        Limits; a value may be as large as `most`, and as small as `least` unless `above`.
    above : bool
        Whether it must be larger than `least`.
    choices : tuple[tuple[str, Text], ...]
        The words of a choice and what people read for them.
    item, key : Shape | None
        Of a list or table.
    """

    taken: Taken
    least: float | None = None
    most: float | None = None
    above: bool = False
    choices: tuple[tuple[str, Text], ...] = ()
    item: Shape | None = None
    key: Shape | None = None


@dataclass(frozen=True, slots=True)
class RuleField:
    """One decision of a planner.

    Attributes
    ----------
    name : str
        Of the field, and in JSON.
    about : About
        What it is, and in which unit.
    shape : Shape
        What it takes.
    default : object
        What holds where nothing is said; None where that is no value.
    """

    name: str
    about: About
    shape: Shape
    default: object = field(default=None)


def rule_fields(model: type[BaseModel]) -> Iterator[RuleField]:
    """Yield the fields of a rule class, in the order they are stated."""
    for name, told in model.model_fields.items():
        default = told.get_default(call_default_factory=True)
        yield RuleField(
            name,
            about(model, name),
            _shape(told.annotation, *_bounds(told)),
            None if default is PydanticUndefined else default,
        )


def rule_field(model: type[BaseModel], name: str) -> RuleField:
    """Return one field of a rule class."""
    return next(one for one in rule_fields(model) if one.name == name)


def _bounds(told: FieldInfo) -> tuple[Any, ...]:
    return tuple(told.metadata)


def _shape(annotation: Any, *bounds: Any) -> Shape:  # noqa: ANN401 - any annotation
    """Return the shape of what is annotated so, its own bounds and those around it."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _shape(inner[0], *inner[1:], *bounds)
    if origin in {Union, types.UnionType}:
        others = [one for one in inner if one is not type(None)]
        return _shape(others[0], *bounds) if len(others) == 1 else Shape(taken="other")
    if origin is tuple and len(inner) == 2 and inner[1] is Ellipsis:  # noqa: PLR2004 - tuple[X, ...]
        return Shape(taken="list", item=_shape(inner[0]))
    if origin is dict:
        return Shape(taken="table", key=_shape(inner[0]), item=_shape(inner[1]))
    if isinstance(annotation, type) and issubclass(annotation, Word):
        return Shape(taken="choice", choices=tuple((str(one), one.text) for one in annotation))
    return _within(Shape(taken=_PLAIN.get(annotation, "other")), bounds)


def _within(shape: Shape, bounds: tuple[Any, ...]) -> Shape:
    for one in bounds:
        if isinstance(one, FieldInfo):
            shape = _within(shape, tuple(one.metadata))
        elif isinstance(one, limits.Gt):
            shape = replace(shape, least=_number(one.gt), above=True)
        elif isinstance(one, limits.Ge):
            shape = replace(shape, least=_number(one.ge))
        elif isinstance(one, limits.Le):
            shape = replace(shape, most=_number(one.le))
    return shape


def _number(value: Any) -> float:  # noqa: ANN401 - whatever can be compared
    return float(value)
