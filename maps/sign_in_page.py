"""The page that asks for a key, shown wherever a page needs one."""

from __future__ import annotations

from geo.text import Language, Text
from maps.page_links import PageLinks
from maps.templating import render


def sign_in_page(
    target: str,
    *,
    remembered_days: int,
    refused: Text | None = None,
    links: PageLinks | None = None,
    language: Language | str = Language.ZH,
    sample: bool = False,
) -> str:
    """Return the page with one field for the key.

    Parameters
    ----------
    target : str
        The path that was asked for, to be opened once the key is right.
    remembered_days : int
        How long the browser keeps the key.
    refused : Text | None
        Why the key just tried does not open.
    links : PageLinks
        Where the form is sent to, and the other pages.
    language : Language
        Of every label.
    sample : bool
        Whether to say 示例数据.
    """
    return render(
        "sign_in.html.jinja",
        language=language,
        sample=sample,
        links=links or PageLinks(),
        target=target,
        remembered_days=remembered_days,
        refused=refused,
    )
