"""The words of results.xlsx: sheet names, what each figure is, what each term means."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from geo.text import Text

SAMPLE = Text("示例数据：非真实站点，不得用于决策", "SAMPLE DATA 示例数据: not real stations")

TITLE = Text("职工服务站点规划结果", "Station planning results")

SHEETS: Mapping[str, Text] = MappingProxyType(
    {
        "about": Text("说明", "About"),
        "summary": Text("汇总", "Summary"),
        "gaps": Text("缺口", "Gaps"),
        "sites": Text("推荐站点", "Recommended sites"),
        "actions": Text("综合措施", "Actions"),
        "districts": Text("各区市", "Districts"),
        "subdistricts": Text("各街道", "Subdistricts"),
        "coverage_week": Text("分时段覆盖", "Hour by hour"),
        "coverage_range": Text("可信范围", "How surely"),
        "equity": Text("公平性", "How evenly"),
        "capacity": Text("接待能力", "Room"),
        "coverage_hours": Text("工时覆盖明细", "Hours by group and kind"),
        "coverage_reach": Text("到站时间明细", "Minutes to a station"),
        "bus_stops": Text("大蓬车日程", "Bus visits"),
        "bus_routes": Text("路线", "Bus routes"),
        "bus_calls": Text("改动与电话", "Changes to phone"),
    }
)
"""Sheet names, at most 31 characters, in the order of the workbook."""

SUMMARY_ROWS: tuple[tuple[str, str, str], ...] = (
    ("", "workers_total", "integer"),
    ("coverage", "covered_before", "integer"),
    ("siting", "covered_after", "integer"),
    ("coverage", "worker_hours_total", "integer"),
    ("coverage", "worker_hours_covered", "integer"),
    ("coverage", "unreachable_workers", "integer"),
    ("coverage", "cut_off_workers", "integer"),
    ("coverage", "gaps", "integer"),
    ("siting", "sites", "integer"),
    ("siting", "upper_bound", "integer"),
    ("siting", "gap", "share"),
    ("siting", "cost_cny", "money"),
    ("improve", "budget_cny", "money"),
    ("improve", "actions", "integer"),
    ("improve", "gain", "integer"),
    ("improve", "build_only_gain", "integer"),
    ("improve", "more_than_building", "integer"),
    ("improve", "gap", "share"),
    ("bus", "workers_served", "integer"),
    ("bus", "upper_bound", "integer"),
    ("bus", "gap", "share"),
    ("bus_planning", "fairness_price", "integer"),
    ("bus_planning", "fairness_most", "integer"),
    ("bus", "visits", "integer"),
    ("bus", "km", "exact"),
)
"""Step and field of the summary ("" for the summary's own), and the format of the value.

What each is called, the field itself says, see :mod:`geo.fields`.
"""

DEFINITIONS: tuple[tuple[Text, Text], ...] = (
    (
        Text("覆盖", "Covered"),
        Text(
            "按真实道路网络、指定出行方式，在限定时间或距离内可到达一个计入统计的站点，即为覆盖。",
            "A worker is covered when a station that counts can be reached on real streets, by the "
            "chosen way of travel, within the limit.",
        ),
    ),
    (
        Text("缺口", "Gap"),
        Text(
            "相邻的未覆盖职工聚集点连成的一片；按未覆盖人数从多到少编号。",
            "Uncovered worker concentrations that lie together, ranked by workers.",
        ),
    ),
    (
        Text("新增覆盖人数", "Workers newly covered"),
        Text(
            "按推荐顺序逐个新建时，该站点使多少原来未覆盖的职工得到覆盖；各站点相加不重复。",
            "Workers this site adds when sites open in the recommended order; sums without "
            "counting anyone twice.",
        ),
    ),
    (
        Text("去掉后损失人数", "Workers lost without it"),
        Text(
            "其他推荐站点都建、唯独不建该站点时，少覆盖的职工人数。",
            "Workers no longer covered when every other recommended site opens but this one.",
        ),
    ),
    (
        Text("人时", "Worker-hours"),
        Text(
            "一名职工在场的一个小时，可到达的站点开着门（或有所需设施），计 1 人时；按一周累计。",
            "One hour of one worker during which a station in reach is open (or has what is asked "
            "for); added up over a week.",
        ),
    ),
    (
        Text("综合措施", "Actions of all kinds"),
        Text(
            "新建、延长开放时间、增加设施、扩大容量、迁址放在同一笔预算里比较，取每周新增人时最多的组合。"
            "费用为首年费用。",
            "New sites, longer hours, amenities, room and moves compared within one budget; the "
            "set that adds the most worker-hours. Costs are the first year's.",
        ),
    ),
    (
        Text("已证明上界", "Proven upper bound"),
        Text(
            "求解器证明：在同样条件下，任何方案都不可能超过的数值。方案与它的差距即最大可能改进。",
            "Proven by the solver: no plan under the same rules can exceed it.",
        ),
    ),
    (
        Text("基尼系数、泰尔指数", "Gini and Theil"),
        Text(
            "衡量每名职工“有站开门的活动时间占比”是否均匀：0 为人人相同，越大越不均。基尼系数是洛伦兹"
            "曲线与对角线之间面积的两倍；泰尔指数可分解为区市之间与区市之内两部分。",
            "How evenly the share of active hours with an open station is spread over the workers: "
            "0 when all are alike. Gini is twice the area between Lorenz curve and diagonal.",
        ),
    ),
    (
        Text("负荷、可用能力、接待不下", "Load, room, visits without room"),
        Text(
            "职工按距离远近在可到达的站点之间选择；预计人次除以日接待能力即负荷，超出能力的人次即接待不下。"
            "可用日接待能力按上面的参数 room_method、room_decay 计算，默认为 E2SFCA（Luo & Qi 2009）。",
            "Workers choose among the stations in reach by distance; load is visits over capacity, "
            "visits beyond it find no room. Room within reach is measured as room_method and "
            "room_decay above say; E2SFCA (Luo & Qi 2009) unless told otherwise.",
        ),
    ),
    (
        Text("可信范围", "How surely"),
        Text(
            "阈值、速度各变动 ±20% 并重新测算，人数按误差随机抽样取 95% 区间；每次只变动一项。",
            "Limit and speeds a fifth lower and higher, measured anew; counts drawn by their error, "
            "95% of the draws; one at a time.",
        ),
    ),
    (
        Text("爱心妈妈小屋", "Mothers' rooms"),
        Text(
            "只服务女职工：按聚集点所填 35–59 岁女职工人数测算，其他年龄女职工无数据，未计入。",
            "Serve women only: measured for the women aged 35-59 that the layer states; it has no "
            "number of other women.",
        ),
    ),
    (
        Text("坐标", "Coordinates"),
        Text("经纬度为 WGS-84（EPSG:4326）。", "Longitude and latitude are WGS-84 (EPSG:4326)."),
    ),
)
"""Terms and their meaning, for the sheet 说明."""
