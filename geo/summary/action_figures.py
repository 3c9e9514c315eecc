"""The figures of the plan of all actions: what it adds, beside what new sites alone would."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict

from geo.fields import About, Unit
from geo.layers.vocabulary import Action
from geo.summary.figures import Figures, Known, prefixed
from geo.summary.siting_figures import BindingRule
from geo.text import Text

_H, _CNY = Unit.WORKER_HOURS, Unit.YUAN


class NeedFigures(Figures):
    """Something workers ask of a station, and how far it is met."""

    need_zh: Annotated[str, About("需求", "The need, in Chinese")]
    need_en: Annotated[str, About("需求（英文）", "The need")]
    total: Annotated[float, About("全部工时", "Worker-hours of it", _H)]
    before: Annotated[float, About("现已满足", "Met now", _H)]
    after: Annotated[float, About("实施后满足", "Met with the plan", _H)]

    @property
    def text(self) -> Text:
        """The need in words."""
        return Text(self.need_zh, self.need_en)


class ActionKind(Figures):
    """What one kind of action does in the plan."""

    action: Annotated[Action, About("措施", "Kind of action")]
    count: Annotated[int, About("项数", "How many")]
    cost_cny: Annotated[Known, About("费用", "Cost", _CNY)]
    worker_hours: Annotated[float, About("每周新增服务", "Worker-hours it adds", _H)]


class DistrictActions(Figures):
    """A district before and after."""

    district: Annotated[str, About("区市代码", "District code")]
    unserved_before: Annotated[float, About("现未满足", "Not met now", _H)]
    unserved_after: Annotated[float, About("实施后未满足", "Not met with the plan", _H)]
    actions: Annotated[int, About("措施（项）", "Actions")]
    cost_cny: Annotated[Known, About("费用", "Cost", _CNY)]


class ActionFigures(Figures):
    """What the step ``improve`` found. All worker-hours are a week's."""

    model_config = ConfigDict(alias_generator=prefixed("improve_"))

    budget_cny: Annotated[
        float | None, About("综合措施预算", "Budget for actions of all kinds", _CNY)
    ]
    hours_assumed: Annotated[
        int,
        About(
            "按通常时间计的候选点（个）", "Candidates whose hours are not stated, usual ones taken"
        ),
    ]
    prices_are_examples: Annotated[bool, About("按示例价目", "Whether prices are the example's")]
    hours_total: Annotated[float, About("全部需求工时", "Worker-hours of all needs", _H)]
    hours_before: Annotated[float, About("现已满足", "Met now", _H)]
    hours_after: Annotated[float, About("实施后满足", "Met with the plan", _H)]
    upper_bound: Annotated[float, About("已证明的上界", "Proven: no plan meets more", _H)]
    gap: Annotated[
        float,
        About("综合措施与最优的最大差距", "Actions: at most so far from the best", Unit.SHARE),
    ]
    cost_cny: Annotated[Known, About("方案费用", "What the plan spends", _CNY)]
    actions: Annotated[int, About("综合措施（项）", "Actions")]
    needs: Annotated[tuple[NeedFigures, ...], About("各项需求", "By need")]
    kinds: Annotated[tuple[ActionKind, ...], About("各类措施", "By kind of action")]
    by_district: Annotated[tuple[DistrictActions, ...], About("各区市", "By district")]
    gain: Annotated[float, About("综合措施每周新增服务", "Worker-hours they add", _H)]
    build_only_gain: Annotated[
        float, About("同样的钱只新建，每周新增", "Added by new sites alone for that money", _H)
    ]
    build_only_bound: Annotated[
        float, About("只新建至多新增（已证明）", "No plan of new sites alone adds more", _H)
    ]
    build_only_sites: Annotated[int, About("只新建时的站点", "Sites of that plan", Unit.SITES)]
    more_than_building: Annotated[
        float,
        About("比只新建至少多（已证明）", "At least so much more than sites alone, proven", _H),
    ]
    binding: Annotated[tuple[BindingRule, ...], About("卡住方案的要求", "Rules that bind")]
