"""Opening hours as people read them: the one place of every page and sheet."""

from __future__ import annotations

from geo.errors import BadInputError
from geo.hours import hours_text
from geo.text import Text


def hours_words(expression: str) -> Text:
    """Return OSM ``opening_hours`` in words; "" stays empty.

    What is no opening_hours (an old project may hold it) is shown as it was typed.
    """
    if not expression.strip():
        return Text("", "")
    try:
        return hours_text(expression)
    except BadInputError:
        return Text(expression, expression)
