"""The figures of an answer that rests on estimated workers."""

from __future__ import annotations

from typing import Annotated

from geo.fields import About, Unit
from geo.summary.figures import Figures

Pair = tuple[float, float]
"""Low and high: the middle 90 % of the weightings."""


class EstimateFigures(Figures):
    """How much of the workers is estimated, and what other weights do to the share covered."""

    runs: Annotated[int, About("换权重试算次数", "Weightings drawn")]
    estimated: Annotated[float, About("其中估算的职工", "Workers estimated", Unit.WORKERS)]
    total: Annotated[float, About("职工", "Workers", Unit.WORKERS)]
    relative: Annotated[
        bool, About("相对权重、不是人数", "Whether estimates are weights and no numbers of people")
    ]
    by_district: Annotated[
        dict[str, float], About("各区市估算占比", "Share estimated by district code")
    ]
    covered: Annotated[Pair, About("现覆盖率的低与高", "Share covered now, low and high")]


class SiteEstimateFigures(Figures):
    """How the recommended sites stand under other weights."""

    after: Annotated[
        Pair, About("建成后覆盖率的低与高", "Share covered with the sites, low and high")
    ]
    kept: Annotated[
        tuple[float, ...],
        About("各站点仍入选的试算比例", "Of each site: share of the weightings it stays under"),
    ]
    staying: Annotated[int, About("至少八成试算里入选的站点", "Sites that stay under four of five")]
