"""The figures of the recommended sites: whom they cover, what is proven, what holds them back."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict

from geo.fields import About, Unit
from geo.siting.models.model import ModelKind
from geo.summary.figures import Figures, Known, SiteEstimateFigures, prefixed
from geo.text import Text

_W, _CNY = Unit.WORKERS, Unit.YUAN


class _Ruled(Figures):
    rule: Annotated[str, About("要求", "The rule, in Chinese")]
    rule_en: Annotated[str, About("要求（英文）", "The rule")]

    @property
    def text(self) -> Text:
        """The rule in words."""
        return Text(self.rule, self.rule_en)


class BindingRule(_Ruled):
    """A rule that holds a plan back, and what one step more of it brings.

    What is gained is workers covered of a siting plan, worker-hours a week of one of all actions.
    """

    unit: Annotated[float, About("放宽一步", "One step: 1 site, or 1 % of the money (CNY)")]
    gain: Annotated[float, About("至少可增", "Gained at least")]
    gain_bound: Annotated[float, About("至多可增（已证明）", "And at most (proven)")]


class PricedRule(_Ruled):
    """A rule that puts sites into the plan which add nobody, and what that costs."""

    sites: Annotated[int, About("因此入选的站点（个）", "Sites there because of it")]
    cost_cny: Annotated[Known, About("其费用", "What they cost", _CNY)]
    gain: Annotated[Known, About("取消它至少多覆盖", "Covered more without it, at least", _W)]
    gain_bound: Annotated[Known, About("至多多覆盖（已证明）", "And at most (proven)", _W)]


class PhaseFigures(Figures):
    """What is proven of the first sites of the plan."""

    count: Annotated[int, About("前几处", "How many sites", Unit.SITES)]
    covered: Annotated[float, About("新增覆盖", "Workers they newly cover", _W)]
    bound: Annotated[
        float,
        About(
            "能接着建成同样好方案的任何几处至多", "None that extend to a plan as good add more", _W
        ),
    ]
    gap: Annotated[float, About("差距", "Gap between the two", Unit.SHARE)]
    free_bound: Annotated[
        float, About("不顾后续的任何几处至多", "No so many sites at all add more", _W)
    ]


class ObjectiveFigures(Figures):
    """What the model sought, by its own measure."""

    model: Annotated[ModelKind, About("选址模型", "What is sought")]
    unit: Annotated[str, About("目标的含义", "What the value is, in Chinese")]
    unit_en: Annotated[str, About("目标的含义（英文）", "What the value is")]
    value: Annotated[float, About("达到", "Reached")]
    bound: Annotated[float, About("已证明的界", "Proven: nothing allowed does better")]
    gap: Annotated[float, About("差距", "Gap between the two", Unit.SHARE)]

    @property
    def text(self) -> Text:
        """What the value is, in words."""
        return Text(self.unit, self.unit_en)


class DistrictSites(Figures):
    """A district before and after."""

    district: Annotated[str, About("区市代码", "District code")]
    workers: Annotated[float, About("职工", "Workers", _W)]
    covered_before: Annotated[float, About("现已覆盖", "Covered now", _W)]
    covered_after: Annotated[float, About("新建后覆盖", "Covered with the sites", _W)]
    share_before: Annotated[Known, About("现覆盖率", "Share covered now", Unit.SHARE)]
    share_after: Annotated[Known, About("新建后覆盖率", "Share covered then", Unit.SHARE)]
    sites: Annotated[int, About("推荐站点", "Sites", Unit.SITES)]


class CurveFigures(Figures):
    """Workers covered after 0, 1, 2, … sites, on beyond the recommended ones where known."""

    sites: Annotated[tuple[int, ...], About("站点数", "Number of sites", Unit.SITES)]
    covered: Annotated[tuple[float, ...], About("覆盖职工", "Workers covered", _W)]
    upper_bound: Annotated[
        tuple[Known, ...], About("已证明的上界", "No so many sites cover more (proven)", _W)
    ]


class SitingFigures(Figures):
    """What the step ``site`` found."""

    model_config = ConfigDict(
        alias_generator=prefixed("siting_", but=frozenset({"covered_after", "sites"}))
    )

    covered_after: Annotated[float, About("新建后覆盖", "Covered with the new sites", _W)]
    sites: Annotated[int, About("推荐新建站点", "Recommended sites", Unit.SITES)]
    upper_bound: Annotated[
        float, About("覆盖人数的已证明上界", "Proven upper bound on workers covered", _W)
    ]
    gap: Annotated[
        float,
        About("选址方案与最优的最大差距", "Siting: at most this far from the best", Unit.SHARE),
    ]
    status: Annotated[str, About("是否证明最优", "optimal where the gap is closed, else bounded")]
    cost_cny: Annotated[Known, About("推荐站点建设费用", "Cost of the sites", _CNY)]
    by_district: Annotated[tuple[DistrictSites, ...], About("各区市", "By district")]
    curve: Annotated[CurveFigures, About("覆盖随站点数的曲线", "Coverage by number of sites")]
    robustness: Annotated[
        tuple[Known, ...],
        About(
            "人数误差下仍入选的比例", "Of each site: share of runs with demand off that choose it"
        ),
    ]
    fewer: Annotated[str | None, About("为何少于要求", "Why fewer than asked for, in Chinese")]
    fewer_en: Annotated[str | None, About("为何少于要求（英文）", "Why fewer than asked for")]
    left_out: Annotated[str | None, About("谁未计入", "Who is left out, in Chinese")]
    left_out_en: Annotated[str | None, About("谁未计入（英文）", "Who is left out")]
    rule_prices: Annotated[
        tuple[PricedRule, ...],
        About("使无人受益的站点入选的要求", "Rules that put in sites for nobody"),
    ]
    binding: Annotated[tuple[BindingRule, ...], About("卡住方案的要求", "Rules that bind")]
    objective: Annotated[ObjectiveFigures, About("目标", "What was sought")]
    phases: Annotated[tuple[PhaseFigures, ...], About("分批", "What is proven of each phase")]
    estimate: Annotated[
        SiteEstimateFigures | None,
        About("换估算权重", "The sites under other weights; null where nothing is estimated"),
    ] = None

    @property
    def remarks(self) -> tuple[Text, ...]:
        """Who is left out, and why there are fewer sites than asked for."""
        told = ((self.left_out, self.left_out_en), (self.fewer, self.fewer_en))
        return tuple(Text(zh, en or zh) for zh, en in told if zh)
