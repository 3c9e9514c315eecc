"""What a field of a rule or of a result is called, what it is measured in, and what it means.

The one statement of it: help of the command line, descriptions in the OpenAPI document, forms and
labels of sheets are all read from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo.json_shapes import JsonSchema
from geo.layers.vocabulary import Word
from geo.text import Language, Text

if TYPE_CHECKING:
    from pydantic import BaseModel, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

NAME_LETTERS, WHO_LETTERS, WHY_LETTERS, NOTE_LETTERS = 80, 60, 300, 100
"""How long may be: a draft's name, a planner's, a reason or answer, a line from who is at a station."""

UNCONFIRMED_DAYS = 180
"""Hours that nobody confirmed for longer are to be asked about, and pages say so."""


class Unit(Word):
    """What a figure counts or measures."""

    METRES = "m", "米", "m"
    KILOMETRES = "km", "公里", "km"
    SECONDS = "s", "秒", "s"
    MINUTES = "min", "分钟", "min"
    TONNES = "t", "吨", "t"
    YUAN = "CNY", "元", "CNY"
    YUAN_AN_HOUR = "CNY/h", "元/小时", "CNY an hour"
    WORKERS = "workers", "人", "workers"
    WORKER_HOURS = "worker-hours/week", "人时/周", "worker-hours a week"
    VISITS = "visits/day", "人次/天", "visits a day"
    PEOPLE_AN_HOUR = "people/h", "人/小时", "people an hour"
    PEOPLE_A_DAY = "people/day", "人/天", "people a day"
    SITES = "sites", "个", "sites"
    SHARE = "share", "0–1", "0–1"


@dataclass(frozen=True, slots=True)
class About:
    """Stands in the ``Annotated`` of a field of a pydantic model.

    Attributes
    ----------
    zh, en : str
        What it is, as short as a label.
    unit : Unit | None
        What it is measured in.
    more : Text | None
        What a label has no room for.
    flag : str | None
        Its option on the command line where that is not the field's own name; "" for none.
    shown : tuple[Unit, float] | None
        What people read and write it in where that is another unit, and how many of its own units
        one of those is: minutes are 60 s.
    """

    zh: str
    en: str
    unit: Unit | None = None
    more: Text | None = None
    flag: str | None = None
    shown: tuple[Unit, float] | None = None

    @property
    def text(self) -> Text:
        """The label without its unit."""
        return Text(self.zh, self.en)

    @property
    def label(self) -> Text:
        """The label with its unit."""
        return self._with(self.unit)

    @property
    def shown_label(self) -> Text:
        """The label with the unit people write it in."""
        return self._with(self.shown[0] if self.shown else self.unit)

    @property
    def line(self) -> Text:
        """All of it in one line, in its own unit: for machines."""
        return self._on(self.label)

    @property
    def help(self) -> Text:
        """All of it in one line, in the unit people write it in."""
        return self._on(self.shown_label)

    def _with(self, unit: Unit | None) -> Text:
        if unit is None:
            return self.text
        return Text(f"{self.zh}（{unit.text.zh}）", f"{self.en} ({unit.text.en})")

    def _on(self, label: Text) -> Text:
        if self.more is None:
            return label
        return Text(f"{label.zh}：{self.more.zh}", f"{label.en}: {self.more.en}")

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Say it in JSON Schema, see :meth:`said`."""
        return self.said(handler(core_schema))

    def said(self, schema: JsonSchema) -> JsonSchemaValue:
        """Return `schema` with a Chinese title, a line in both languages, and the unit."""
        line = f"{self.line.zh} / {self.line.en}"
        told = {**schema, "title": self.zh, "description": line}
        return told if self.unit is None else {**told, "x-unit": str(self.unit)}


def about(model: type[BaseModel], name: str) -> About:
    """Return what the field `name` of `model` is; by its own name where nobody has said."""
    field = model.model_fields[name]
    found = next((one for one in field.metadata if isinstance(one, About)), None)
    return found or About(name, name)


def label(model: type[BaseModel], name: str, language: Language | str) -> str:
    """Return the label of a field with its unit, in `language`."""
    return about(model, name).label.into(language)
