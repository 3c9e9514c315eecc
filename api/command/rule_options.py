"""Options of the command line, made from the fields of the rules: name, default, limits and help."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import click
from click.core import ParameterSource
from pydantic import BaseModel

from api.command.console import DAY, Decorator, all_of
from geo.fields import Unit
from geo.json_shapes import JsonBody, JsonOptions
from geo.layers.vocabulary import Word
from geo.study.form import RuleField, Shape, rule_fields
from geo.text import Language, Text

_SUFFIXES: Mapping[Unit, str] = {Unit.METRES: "_m", Unit.YUAN: "_cny", Unit.SECONDS: "_s"}
_REPEATED = Text("，可重复", "; may be repeated")


class KeyAmount(click.ParamType[tuple[str, float]]):
    """Reads ``KEY=N``: an amount for one of several keys.

    Parameters
    ----------
    table : Shape
        What keys and amounts may be.
    """

    name = "KEY=N"

    def __init__(self, table: Shape) -> None:
        self.key, self.amount = _type(table.key), _type(table.item)

    def convert(
        self,
        value: Any,  # noqa: ANN401 - as click has it
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, float]:
        """Return the key and its amount; wrong usage where one cannot be read."""
        if isinstance(value, tuple):
            return value
        key, equals, amount = str(value).partition("=")
        if not equals:
            said = Text(f"“{value}”应写成 名称=数", f'"{value}" should read KEY=NUMBER')
            self.fail(said.both, param, ctx)
        return (
            self.key.convert(key.strip(), param, ctx),
            self.amount.convert(amount, param, ctx),
        )


@dataclass(frozen=True, slots=True)
class RuleOptions:
    """The options of one rule class, and reading them.

    Attributes
    ----------
    rules : type[BaseModel]
        The rule class.
    by_hand : frozenset[str]
        Fields whose options a command makes itself.
    """

    rules: type[BaseModel]
    by_hand: frozenset[str] = frozenset()

    def fields(self) -> Iterator[RuleField]:
        """Yield the fields that have an option."""
        for field in rule_fields(self.rules):
            if field.about.flag != "" and field.name not in self.by_hand:
                yield field

    def decorate(self, language: Language) -> Decorator:
        """Return what puts the options on a command, in the order of the fields."""
        return all_of(*(option(field, language) for field in self.fields()))

    def given(self, context: click.Context) -> JsonBody:
        """Return what the options were given, by field: what was not is the rule's own default."""
        return {
            field.name: _read(field, context.params[field.name])
            for field in self.fields()
            if context.get_parameter_source(field.name) is not ParameterSource.DEFAULT
        }


def option(field: RuleField, language: Language, **more: Any) -> Decorator:  # noqa: ANN401
    """Return the option of one field; `more` is what a command knows better (``nargs``, ``type``)."""
    shape, default = field.shape, _default(field)
    several = shape.taken in {"list", "table"}
    settings: JsonOptions = {"help": help_of(field, language)}
    if shape.taken == "flag":
        settings |= {"is_flag": True, "default": default}
    elif not more:
        settings |= {
            "type": KeyAmount(shape) if shape.taken == "table" else _type(shape.item or shape),
            "multiple": several,
            "metavar": KeyAmount.name if shape.taken == "table" else None,
            "default": default,
            "show_default": default not in (None, (), []),
        }
    return click.option(flag_of(field), field.name, **settings | more)


def flag_of(field: RuleField) -> str:
    """Return the option's name: the field's own without its unit, unless the field says another."""
    if field.about.flag:
        return field.about.flag
    name = field.name
    if field.about.unit is not None:
        name = name.removesuffix(_SUFFIXES.get(field.about.unit, ""))
    return f"--{name.replace('_', '-')}"


def help_of(field: RuleField, language: Language) -> str:
    """Return what the field says of itself, and the words it may be."""
    said = field.about.help.into(language)
    if field.shape.taken in {"list", "table"}:
        said += _REPEATED.into(language)
    if field.shape.choices:
        comma, colon = Text("；", "; "), Text("：", ": ")
        words = comma.into(language).join(
            f"{one} {text.into(language)}" for one, text in field.shape.choices
        )
        said += (comma if field.about.more else colon).into(language) + words
    return said


def _type(shape: Shape | None) -> click.ParamType[Any]:
    if shape is None or shape.taken == "text":
        return click.STRING
    if shape.taken == "choice":
        return click.Choice([one for one, _ in shape.choices])
    if shape.taken == "date":
        return DAY
    if shape.taken == "integer":
        least = None if shape.least is None else int(shape.least) + shape.above
        return click.IntRange(least, None if shape.most is None else int(shape.most))
    return click.FloatRange(shape.least, shape.most, min_open=shape.above)


def _default(field: RuleField) -> Any:  # noqa: ANN401 - whatever the option takes
    """Return the default as people would write it."""
    held = field.default
    if field.shape.taken == "table":
        return None
    if isinstance(held, tuple):
        return [str(one) if isinstance(one, Word) else one for one in held]
    if field.about.shown is not None and isinstance(held, int | float):
        return held / field.about.shown[1]
    return str(held) if isinstance(held, Word) else held


def _read(field: RuleField, given: Any) -> Any:  # noqa: ANN401 - as click read it
    """Return what was given as the rule takes it: its own unit, days as days, tables as tables."""
    if field.shape.taken == "table":
        return _table(flag_of(field), given)
    if field.shape.taken == "list":
        return tuple(given)
    if isinstance(given, datetime):
        return _day(given)
    if field.about.shown is not None:
        return given * field.about.shown[1]
    return given


def _table(flag: str, given: Sequence[tuple[str, float]]) -> dict[str, float]:
    """Return the amounts by key; wrong usage where a key is given twice."""
    table = dict(given)
    if len(table) < len(given):
        said = Text(f"{flag} 对同一名称给了两次", f"{flag} is given twice for the same key")
        raise click.UsageError(said.both)
    return table


def _day(given: datetime) -> date:
    return given.date()
