"""Values handed from Python to a page's script, as JSON that cannot end the script element."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

import numpy as np
from markupsafe import Markup

from geo.errors import BadInputError
from geo.fields import NAME_LETTERS, WHO_LETTERS, WHY_LETTERS
from geo.text import Language, Text

_ESCAPES = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}


def plain(value: object, language: Language | str = Language.ZH) -> object:
    """Return `value` as JSON can hold it: numpy unwrapped, missing as None, Text in `language`."""
    if value is None or isinstance(value, str | bool | int):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, Text):
        return value.into(language)
    if isinstance(value, Mapping):
        return {str(key): plain(item, language) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist(), language)
    if isinstance(value, Sequence | set | frozenset):
        return [plain(item, language) for item in value]
    return _plain_scalar(value)


def _plain_scalar(value: object) -> object:
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    from pandas import NA, NaT  # noqa: PLC0415 - for who has a table's cells

    if value is NA or value is NaT:
        return None
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise BadInputError(
        Text(
            f"页面数据不支持类型 {type(value).__name__}：{value!r}",
            f"A page cannot carry a value of type {type(value).__name__}: {value!r}",
        )
    )


def script_json(value: object, language: Language | str = Language.ZH) -> Markup:
    """Return `value` as compact JSON that is safe inside ``<script>``, whatever names it holds."""
    try:
        # The C encoder meets a street's million steps without us; only oddities come back to us.
        text = _dumps(value, lambda odd: plain(odd, language))
    except ValueError:  # a float that JSON cannot hold
        text = _dumps(plain(value, language), None)
    for character, escape in _ESCAPES.items():
        text = text.replace(character, escape)
    return Markup(text)  # noqa: S704 - every character that could leave the element is escaped


def _dumps(value: object, default: Callable[[object], object] | None) -> str:
    return json.dumps(
        value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=default
    )


def data_element(identifier: str, value: object, language: Language | str = Language.ZH) -> Markup:
    """Return a ``<script type="application/json" id=…>`` element holding `value`."""
    return Markup('<script type="application/json" id="{}">{}</script>').format(
        identifier, script_json(value, language)
    )


def letters() -> dict[str, int]:
    """Return how long what a form asks may be, by what its script calls it."""
    return {"name": NAME_LETTERS, "who": WHO_LETTERS, "why": WHY_LETTERS}
