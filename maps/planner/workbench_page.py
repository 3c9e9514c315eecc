"""The workbench's page: a map that fills the window, on the base map the service draws."""

from __future__ import annotations

from collections.abc import Sequence

from geo.coverage.rule import CoverageRule
from geo.layers.columns import INPUT_LAYERS
from geo.layers.roles import Role
from geo.layers.vocabulary import Mode
from geo.reach.isochrones import LEAST_MINUTES, MOST_MINUTES
from maps.assets import asset_folder
from maps.embedding import letters
from maps.page_links import PLAIN, PageFrame
from maps.planner.marked_layers import marks_of


def workbench_page(
    *,
    title: str,
    layers: Sequence[str] = (),
    published: bool = False,
    measurable: bool = True,
    root: str = "",
    frame: PageFrame = PLAIN,
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
    measurable : bool
        Whether there are workers and streets to tell hours of.
    root : str
        The path the service is reached at, without a slash at its end.
    frame : PageFrame
        What every page carries.
    """
    usual = CoverageRule()
    return frame.render(
        "planner/workbench.html.jinja",
        title=title,
        maplibre=f"{root}/{asset_folder('maplibre')}",
        workbench=f"{root}/{asset_folder('workbench')}",
        page_data={
            "style": f"{root}/basemap/style.json",
            "root": root,
            "layers": list(layers),
            "inputs": [
                {
                    "key": key,
                    "text": layer.text.into(frame.language),
                    "edited": Role.EDITED in layer.roles,
                    "template": "Point" in layer.geometry,
                }
                for key, layer in INPUT_LAYERS.items()
            ],
            "marked": marks_of(layers, frame.language),
            "published": published,
            "measurable": measurable,
            "language": frame.language.value,
            "sample": frame.sample,
            "stated": {
                **letters(),
                "mode": usual.mode.value,
                "minutes": usual.limit / 60,
                "leastMinutes": LEAST_MINUTES,
                "mostMinutes": MOST_MINUTES,
                "modes": [[mode.value, mode.text.into(frame.language)] for mode in Mode],
            },
        },
    )
