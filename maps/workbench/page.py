"""The workbench's page: a map that fills the window, on the base map the service draws."""

from __future__ import annotations

from collections.abc import Sequence

from geo.text import Language
from maps.page_links import PageLinks
from maps.served_assets import asset_folder
from maps.templating import render


def workbench_page(
    *,
    title: str,
    layers: Sequence[str] = (),
    published: bool = False,
    links: PageLinks,
    root: str = "",
    language: Language | str = Language.ZH,
    sample: bool = False,
) -> str:
    """Return the page; it loads MapLibre and its own modules by address, none from another host.

    Parameters
    ----------
    title : str
        The project's name.
    layers : Sequence[str]
        Layers there are.
    published : bool
        Whether a plan is published that can be told in numbers.
    links : PageLinks
        Where the other pages are.
    root : str
        The path the service is reached at, without a slash at its end.
    language : Language
        Of every label.
    sample : bool
        Whether to say 示例数据.
    """
    language = Language(language)
    return render(
        "workbench.html.jinja",
        language=language,
        sample=sample,
        links=links,
        title=title,
        maplibre=f"{root}/{asset_folder('maplibre')}",
        workbench=f"{root}/{asset_folder('workbench')}",
        page_data={
            "style": f"{root}/basemap/style.json",
            "root": root,
            "layers": list(layers),
            "published": published,
            "language": language.value,
            "sample": sample,
        },
    )
