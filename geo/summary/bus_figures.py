"""The figures of the bus: what is announced to everyone, and what only planners weigh."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import ConfigDict

from geo.fields import About, Unit
from geo.layers.vocabulary import CampaignName
from geo.summary.coverage import Pair
from geo.summary.figures import Figures, Known, prefixed
from geo.text import Text

_W, _KM = Unit.WORKERS, Unit.KILOMETRES


class DistrictServed(Figures):
    """How many of a district are examined."""

    district: Annotated[str, About("区市代码", "District code")]
    expected: Annotated[float, About("应得", "Its part by head count", _W)]
    floor: Annotated[float, About("保底", "Owed at least", _W)]
    served: Annotated[float, About("预计检查", "Examined", _W)]


class StopLeftOut(Figures):
    """A stop no bus can use."""

    stop: Annotated[str, About("停靠点编号", "Id of the stop")]
    reason: Annotated[str, About("原因", "Why, in Chinese")]
    reason_en: Annotated[str, About("原因（英文）", "Why")]

    @property
    def text(self) -> Text:
        """Why, in words."""
        return Text(self.reason, self.reason_en)


class BusWeights(Figures):
    """What the plan weighs against each other."""

    workers: Annotated[float, About("一人", "A worker examined")]
    district_floor: Annotated[
        float, About("区市保底", "Share of its part owed to a district", Unit.SHARE)
    ]
    km: Annotated[float, About("少行驶一公里抵几个人", "Workers a kilometre saved is worth")]


class CampaignFigures(Figures):
    """What is announced of one campaign of several."""

    campaign: Annotated[CampaignName, About("活动", "Campaign")]
    version: Annotated[int, About("行程版本", "Version of the plan")]
    workers_served: Annotated[float, About("预计服务", "Workers served", _W)]
    upper_bound: Annotated[float, About("上界", "Proven upper bound on workers served", _W)]
    visits: Annotated[int, About("停靠次数", "Visits")]
    days: Annotated[tuple[date, ...], About("日期", "Days")]


class BusFigures(Figures):
    """What is announced of the bus; for everyone."""

    model_config = ConfigDict(alias_generator=prefixed("bus_", but=frozenset({"calendar_note"})))

    campaign: Annotated[CampaignName, About("活动", "Campaign")]
    version: Annotated[int, About("行程版本", "Version of the plan")]
    workers_served: Annotated[float, About("大蓬车预计服务", "Workers served by the bus", _W)]
    served_range: Annotated[
        Pair, About("参检率低与高时的人数", "At the low and the high turn-out", _W)
    ]
    upper_bound: Annotated[
        float, About("大蓬车服务人数的已证明上界", "Proven upper bound on workers served", _W)
    ]
    gap: Annotated[
        float,
        About("大蓬车排班与最优的最大差距", "Bus: at most this far from the best", Unit.SHARE),
    ]
    km: Annotated[float, About("大蓬车总里程", "Driven by the bus", _KM)]
    visits: Annotated[int, About("停靠次数", "Bus visits")]
    shared: Annotated[
        int, About("其中与其他活动同场", "Of them shared with another campaign's visit")
    ] = 0
    names: Annotated[dict[str, str], About("各车名称", "Names of the buses by id")]
    days: Annotated[tuple[date, ...], About("日期", "Days")]
    rush_hours: Annotated[
        dict[str, float], About("高峰时段及倍数", "Rushes, and how many times as long drives take")
    ]
    by_district: Annotated[tuple[DistrictServed, ...], About("各区市", "By district")]
    events: Annotated[tuple[str, ...], About("重排原因", "What it was re-planned for")]
    beside: Annotated[
        tuple[CampaignFigures, ...],
        About("并存的其他活动", "Other campaigns that stand beside it on the same fleet"),
    ] = ()
    learned: Annotated[str | None, About("参检登记的结论", "What crews' records say")]
    calendar_note: Annotated[str | None, About("放假安排说明", "What to know of the days")]


class BusPlanningFigures(Figures):
    """What planners weigh beside it."""

    model_config = ConfigDict(alias_generator=prefixed("bus_"))

    fairness_price: Annotated[
        Known, About("为保各区市下限而少服务", "Fewer served for the district floors", _W)
    ]
    fairness_most: Annotated[
        float | None, About("为保各区市下限，至多少服务", "Fewer served for them, at most", _W)
    ] = None
    unreachable: Annotated[
        tuple[StopLeftOut, ...], About("没有排入的停靠点", "Stops left out, and why")
    ]
    weights: Annotated[BusWeights, About("权衡", "What is weighed")]
    quota: Annotated[float | None, About("名额", "Places paid for; null: no limit", _W)]
