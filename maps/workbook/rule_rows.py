"""The rules a plan was made by, read out: what each is called, in the unit people know it in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from pydantic import BaseModel, TypeAdapter

from geo.study.form import RuleField, Shape, rule_fields
from geo.study.rules import StudyRules
from geo.text import Language, Text

_STEPS: Mapping[str, Text] = {
    "coverage": Text("覆盖", "Coverage"),
    "siting": Text("选址", "Sites"),
    "improve": Text("综合措施", "Actions"),
    "bus": Text("大蓬车", "Bus"),
}
_JSON: TypeAdapter[object] = TypeAdapter(object)


def rule_rows(rules: StudyRules, language: Language) -> Iterator[tuple[str, str]]:
    """Yield what each rule is called and what it was, those not stated left out."""
    for step, text in _STEPS.items():
        held: BaseModel = getattr(rules, step)
        for field in rule_fields(type(held)):
            value = getattr(held, field.name)
            if value is not None and value not in ((), {}):
                label = field.about.shown_label.into(language)
                yield f"{text.into(language)} · {label}", _said(field, value, language)


def _said(field: RuleField, value: object, language: Language) -> str:
    if field.about.shown is not None and isinstance(value, int | float):
        return f"{value / field.about.shown[1]:g}"
    return _read(field.shape, value, language)


def _read(shape: Shape, value: object, language: Language) -> str:
    if shape.taken == "choice":
        return dict(shape.choices)[str(value)].into(language)
    if shape.taken == "flag":
        return Text("是" if value else "否", "yes" if value else "no").into(language)
    if isinstance(value, int | float):
        return f"{value:g}"
    comma = Text("、", ", ").into(language)
    if shape.taken == "list" and shape.item and shape.item.taken != "other":
        return comma.join(_read(shape.item, one, language) for one in value)  # type: ignore[attr-defined]
    if shape.taken == "table" and shape.item and shape.key:
        return comma.join(
            f"{_read(shape.key, key, language)} {_read(shape.item, one, language)}"
            for key, one in value.items()  # type: ignore[attr-defined]
        )
    plain = _JSON.dump_python(value, mode="json")
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)
