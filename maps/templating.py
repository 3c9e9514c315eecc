"""Page templates: Jinja2 with autoescape always on, filters for figures, words in two languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.meta import find_referenced_templates
from jinja2.runtime import Context

from geo.fields import NOTE_LETTERS, WHO_LETTERS, WHY_LETTERS
from geo.text import Language, Text
from maps import assets, embedding, numbers


@pass_context
def _words(context: Context, zh: str, en: str) -> str:
    return Text(zh, en).into(context["language"])


@pass_context
def _into(context: Context, text: Text) -> str:
    return text.into(context["language"])


@pass_context
def _distance(context: Context, value_m: object) -> str:
    return numbers.distance(value_m, context["language"])


@pass_context
def _duration(context: Context, value_s: object) -> str:
    return numbers.duration(value_s, context["language"])


@cache
def _loader() -> PackageLoader:
    return PackageLoader("maps", "pages")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=_loader(),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        count=numbers.count,
        percent=numbers.percent,
        percent_at_most=numbers.percent_at_most,
        index=numbers.index,
        distance=_distance,
        duration=_duration,
        into=_into,
    )
    environment.globals.update(
        say=_words,
        share=numbers.share,
        estimate=None,
        part=False,
        who_letters=WHO_LETTERS,
        why_letters=WHY_LETTERS,
        note_letters=NOTE_LETTERS,
        inline_style=assets.inline_style,
        inline_script=assets.inline_script,
        data_element=embedding.data_element,
    )
    return environment


@cache
def drawn_icons() -> Mapping[str, str]:
    """Return what is drawn within each icon of ``parts/_icons.html.jinja`` (24 x 24), by its name."""
    sprite = _part("parts/_icons.html.jinja", "sprite")
    return dict(re.findall(r'<symbol id="i-(\w+)"[^>]*>(.*?)</symbol>', sprite, re.DOTALL))


def drawn_mark() -> str:
    """Return the product's mark as SVG."""
    return _part("parts/_parts.html.jinja", "mark").strip()


def _part(template: str, macro: str) -> str:
    module = _environment().get_template(template).make_module({"language": Language.ZH})
    return str(getattr(module, macro)())


def compile_ahead(*templates: str) -> None:
    """Compile `templates` of ``maps/pages`` and those they bring in: :func:`render` finds them ready."""
    environment, loader, seen = _environment(), _loader(), set[str]()
    waiting = list(templates)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            environment.get_template(name)
            source, _, _ = loader.get_source(environment, name)
            waiting += filter(None, find_referenced_templates(environment.parse(source)))


def render(template: str, *, language: Language | str, **values: object) -> str:
    """Return the page `template` of ``maps/pages`` filled with `values`, in `language`."""
    page = _environment().get_template(template)
    return page.render(language=Language(language), **values)
