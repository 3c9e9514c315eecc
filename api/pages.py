"""Where the API takes its pages from."""

from __future__ import annotations

from html import escape

from geo.text import Language, Text


def error_page(status: int, title: Text, text: Text, *, language: Language) -> str:
    """Return a page that says what went wrong and how to mend it."""
    heading, words = escape(title.into(language)), escape(text.into(language))
    return (
        f'<!doctype html><html lang="{language.value}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{status} {heading}</title><h1>{heading}</h1><p>{words}</p></html>"
    )
