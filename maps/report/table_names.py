"""What tables are called as sheets of the workbook and as files of the archive."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from geo.text import Text

SHEETS: Mapping[str, Text] = MappingProxyType(
    {
        "summary": Text("主要数字", "Main figures"),
        "districts": Text("区市现状", "Districts"),
        "subdistricts": Text("街道现状", "Subdistricts"),
        "groups": Text("群体现状", "Groups"),
        "district_groups": Text("区市×群体", "Districts and groups"),
        "hours": Text("分时段", "Hours"),
        "equity_districts": Text("公平性·区市", "Equity by district"),
        "equity_groups": Text("公平性·群体", "Equity by group"),
        "room": Text("接待能力", "Room"),
        "phases": Text("分批", "Phases"),
        "plan": Text("区市方案", "Plan by district"),
        "phase_districts": Text("分批分区市", "Phases by district"),
        "kinds": Text("各类措施", "Kinds of action"),
        "action_districts": Text("措施·区市", "Actions by district"),
        "needs": Text("需求", "Needs"),
        "floors": Text("要求的代价", "Floors"),
        "binding": Text("放宽一步", "Binding rules"),
        "robustness": Text("误差下入选", "Robustness"),
        "ranges": Text("可信范围", "Ranges"),
        "rules": Text("规则", "Rules"),
        "bus_campaigns": Text("各项活动", "Campaigns"),
        "bus_days": Text("每车每天", "Bus days"),
        "bus_visits": Text("全部停靠", "Visits"),
        "bus_districts": Text("各区市", "By district"),
        "sites": Text("推荐站点", "Sites"),
        "curve": Text("覆盖曲线", "Curve"),
        "actions": Text("措施明细", "Actions"),
        "gaps": Text("缺口", "Gaps"),
    }
)
"""By key; at most 31 characters, and nothing a sheet or a file may not be called."""
