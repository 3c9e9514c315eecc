"""The page that says what went wrong and how to mend it."""

from __future__ import annotations

from geo.text import Language, Text
from maps.page_links import PageLinks
from maps.templating import render


def error_page(
    status: int,
    title: Text,
    text: Text,
    *,
    links: PageLinks | None = None,
    language: Language | str = Language.ZH,
    sample: bool = False,
) -> str:
    """Return the page for the HTTP status `status`, headed `title`, explained by `text`."""
    return render(
        "error.html.jinja",
        language=language,
        sample=sample,
        links=links or PageLinks(),
        status=status,
        title=title,
        text=text,
    )
