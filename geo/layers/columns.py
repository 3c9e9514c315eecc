"""The columns of every layer, in and out: one table that readers, sheets and the API share.

Geometry is always lon/lat WGS-84 (EPSG:4326). Lists (amenities, groups) are text separated by
``;`` so that every format can hold them. Times are local (Asia/Shanghai), ISO 8601.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from geo.layers.roles import Role
from geo.layers.vocabulary import (
    Action,
    Amenity,
    CampaignName,
    Cause,
    Group,
    Host,
    Kind,
    Landmark,
    Provenance,
    Setting,
    Status,
    Verification,
    Word,
)
from geo.text import Text

if TYPE_CHECKING:
    import geopandas as gpd

Dtype = Literal[
    "text", "integer", "number", "flag", "date", "time", "hours", "word", "words", "json"
]
"""What a cell holds: ``time`` is HH:MM, ``hours`` OSM opening_hours, ``word(s)`` one (many) of a
closed set."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a layer.

    Attributes
    ----------
    name : str
        Stable key; carries the unit where there is one (``nearest_m``, ``cost_cny``).
    dtype : Dtype
        What a cell holds.
    text : Text
        The header people read.
    words : type[Word] | None
        The closed set of a ``word`` or ``words`` column.
    required : bool
        Whether an imported row must fill it.
    signed : bool
        Whether a number may be below 0: a move that pays for what its old place gives up.
    """

    name: str
    dtype: Dtype
    text: Text
    words: type[Word] | None = None
    required: bool = False
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Layer:
    """One table with a geometry.

    Attributes
    ----------
    name : str
        Stable key, also the layer name in GeoPackage files.
    text : Text
        What people call it.
    columns : tuple[Column, ...]
        In the order they are written.
    geometry : tuple[str, ...]
        The geometry types a row may have.
    roles : frozenset[Role]
        What it is for. A new layer with none is the planner's and on no page.
    """

    name: str
    text: Text
    columns: tuple[Column, ...]
    geometry: tuple[str, ...]
    roles: frozenset[Role] = frozenset()

    def column(self, name: str) -> Column:
        """Return the column called `name`; raise KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


_ID = Column("id", "text", Text("编号", "ID"), required=True)
_NAME = Column("name", "text", Text("名称", "Name"), required=True)
_ADDRESS = Column("address", "text", Text("地址", "Address"))
_DISTRICT = Column("district", "text", Text("区市代码", "District code"))
_SUBDISTRICT = Column("subdistrict", "text", Text("街道", "Subdistrict"))
_HOURS = Column("opening_hours", "hours", Text("开放时间", "Opening hours"))
_PHONE = Column("phone", "text", Text("联系电话", "Phone"))
_HOST = Column("host", "word", Text("依托单位类型", "Host"), Host)
_AMENITIES = Column("amenities", "words", Text("设施", "Amenities"), Amenity)
_CAPACITY = Column("capacity", "integer", Text("日接待能力", "Capacity (visitors/day)"))
_WORKERS = Column("workers", "integer", Text("人数", "Workers"), required=True)
_PROVENANCE = Column("provenance", "word", Text("数据性质", "Provenance"), Provenance)
_VERIFICATION = Column("verification", "word", Text("核实情况", "Verification"), Verification)
_SOURCE = Column("source", "text", Text("来源", "Source"))
_RANK = Column("rank", "integer", Text("序号", "Rank"))
_BUS = Column("bus_id", "text", Text("车辆", "Bus"))
_DAY = Column("day", "date", Text("日期", "Day"))
_CAMPAIGN = Column("campaign", "word", Text("活动", "Campaign"), CampaignName)
_SHARED_WITH = Column(
    "shared_with", "word", Text("同场：用此活动的车", "Shares a visit of"), CampaignName
)
_SERVED = Column("workers_served", "number", Text("服务人数", "Workers served"))
_NEAREST_ID = Column("nearest_station_id", "text", Text("最近站点编号", "Nearest station ID"))
_NEAREST_NAME = Column("nearest_station_name", "text", Text("最近站点", "Nearest station"))
_NEAREST_M = Column("nearest_m", "number", Text("距最近站点（米）", "Nearest station (m)"))

_STATION_COLUMNS = (
    _ID,
    _NAME,
    Column("kind", "word", Text("类型", "Kind"), Kind, required=True),
    _ADDRESS,
    _DISTRICT,
    _SUBDISTRICT,
    _HOURS,
    _AMENITIES,
    _CAPACITY,
    _PHONE,
    Column("operator", "text", Text("运营单位", "Operator")),
    _HOST,
    Column("status", "word", Text("状态", "Status"), Status),
    Column("updated", "date", Text("更新日期", "Updated")),
)

_STATION_ROLES = frozenset(
    {
        Role.STATIONS,
        Role.WALKED_TO,
        Role.EDITED,
        Role.READ_BY_COVERAGE,
        Role.FOR_ANYONE,
        Role.IN_GEOPACKAGE,
        Role.IN_WORKBOOK,
        Role.ON_PLANNER_MAP,
        Role.ON_WORKER_MAP,
    }
)
STATIONS = Layer(
    "stations", Text("服务站点", "Stations"), _STATION_COLUMNS, ("Point",), _STATION_ROLES
)
YIZHAN = Layer(
    "yizhan", Text("户外劳动者驿站", "Yizhan"), _STATION_COLUMNS, ("Point",), _STATION_ROLES
)
WORKERS = Layer(
    "workers",
    Text("职工聚集点", "Worker concentrations"),
    (
        _ID,
        _NAME,
        Column("group", "word", Text("群体", "Group"), Group, required=True),
        Column("setting", "word", Text("场所性质", "Setting"), Setting, required=True),
        _WORKERS,
        Column("women_35_59", "integer", Text("35-59岁女职工", "Women aged 35-59")),
        Column("active_hours", "hours", Text("活动时间", "Active hours")),
        _ADDRESS,
        _DISTRICT,
        _SUBDISTRICT,
        _PROVENANCE,
        Column("estimated_from", "text", Text("估算依据", "Estimated from")),
    ),
    ("Point", "Polygon", "MultiPolygon"),
    frozenset(
        {
            Role.WALKED_TO,
            Role.CELLS,
            Role.READ_BY_COVERAGE,
            Role.READ_BY_BUS,
            Role.IN_GEOPACKAGE,
            Role.IN_WORKBOOK,
            Role.ON_PLANNER_MAP,
            Role.ON_BUS_MAP,
        }
    ),
)
CANDIDATES = Layer(
    "candidates",
    Text("候选点", "Candidate sites"),
    (
        _ID,
        _NAME,
        _HOST,
        _ADDRESS,
        _DISTRICT,
        _SUBDISTRICT,
        Column("cost_cny", "number", Text("建设费用（元）", "Cost (CNY)")),
        _CAPACITY,
        _HOURS,
        Column("fixed", "flag", Text("必选", "Fixed")),
        Column("forbidden", "flag", Text("禁选", "Forbidden")),
        Column("exclusive", "text", Text("互斥组", "Exclusive group")),
        _VERIFICATION,
        _SOURCE,
    ),
    ("Point",),
    frozenset({Role.WALKED_TO, Role.EDITED, Role.READ_BY_SITING, Role.IN_GEOPACKAGE}),
)
DISTRICTS = Layer(
    "districts",
    Text("区市", "Districts"),
    (
        Column("adcode", "text", Text("行政区划代码", "Adcode"), required=True),
        _NAME,
        Column("level", "text", Text("层级", "Level")),
        Column("parent", "text", Text("上级代码", "Parent adcode")),
        Column("population", "integer", Text("常住人口", "Residents")),
        _SOURCE,
    ),
    ("Polygon", "MultiPolygon"),
    frozenset(
        {
            Role.READ_BY_COVERAGE,
            Role.READ_BY_BUS,
            Role.FOR_ANYONE,
            Role.IN_GEOPACKAGE,
            Role.IN_WORKBOOK,
            Role.ON_PLANNER_MAP,
            Role.ON_WORKER_MAP,
            Role.ON_BUS_MAP,
        }
    ),
)
DEPOTS = Layer(
    "depots",
    Text("车场", "Depots"),
    (
        _ID,
        _NAME,
        _ADDRESS,
        _DISTRICT,
        Column("buses", "integer", Text("车辆数", "Buses")),
        _HOURS,
        _PHONE,
        _VERIFICATION,
        _SOURCE,
    ),
    ("Point",),
    frozenset({Role.READ_BY_BUS, Role.FOR_BUS_CREW, Role.IN_BUS_FILES}),
)
STOPS = Layer(
    "stops",
    Text("大蓬车停靠候选点", "Places a bus can stand"),
    (
        _ID,
        _NAME,
        _ADDRESS,
        _DISTRICT,
        _SUBDISTRICT,
        Column("setting", "word", Text("场所性质", "Setting"), Setting),
        Column("open_from", "time", Text("最早到达", "Earliest (HH:MM)")),
        Column("open_until", "time", Text("最晚离开", "Latest (HH:MM)")),
        Column("contact", "text", Text("联系人", "Contact")),
        _PHONE,
        Column("banned", "flag", Text("禁停", "Banned")),
        Column("must_visit", "flag", Text("必到", "Must visit")),
        _VERIFICATION,
        _SOURCE,
    ),
    ("Point",),
    frozenset({Role.WALKED_TO, Role.READ_BY_BUS, Role.IN_BUS_FILES}),
)
WEIGHTS = Layer(
    "weights",
    Text("人口或建筑分布", "Where people or buildings are"),
    (
        _ID,
        Column("name", "text", Text("名称", "Name")),
        Column("weight", "number", Text("权重（人口或面积）", "Weight"), required=True),
    ),
    ("Point", "Polygon", "MultiPolygon"),
    frozenset({Role.CELLS, Role.READ_BY_COVERAGE, Role.READ_BY_BUS}),
)
PLACES = Layer(
    "places",
    Text("地名地标", "Places and landmarks"),
    (
        _ID,
        _NAME,
        Column("kind", "word", Text("类型", "Kind"), Landmark, required=True),
        _ADDRESS,
        _DISTRICT,
        _SUBDISTRICT,
        _SOURCE,
    ),
    ("Point",),
    frozenset({Role.FOR_ANYONE}),
)

GAPS = Layer(
    "gaps",
    Text("覆盖缺口", "Coverage gaps"),
    (
        Column("gap_id", "text", Text("缺口编号", "Gap ID")),
        _RANK,
        Column("name", "text", Text("位置", "Where")),
        _DISTRICT,
        _SUBDISTRICT,
        _WORKERS,
        Column("worker_hours", "number", Text("每周未覆盖人时", "Worker-hours uncovered a week")),
        Column("workers_by_group", "json", Text("各群体人数", "Workers by group")),
        Column("workers_by_setting", "json", Text("工作/居住人数", "Workers by setting")),
        Column("cause", "word", Text("原因", "Cause"), Cause),
        Column("hours", "text", Text("未覆盖时段", "Hours uncovered")),
        _NEAREST_ID,
        _NEAREST_NAME,
        _NEAREST_M,
        Column("nearest_air_m", "number", Text("直线距离（米）", "In a straight line (m)")),
        Column("lacking", "words", Text("缺少的设施", "Amenities it lacks"), Amenity),
        Column("detour_station_id", "text", Text("绕行站点编号", "Detour: station ID")),
        Column("detour_station_name", "text", Text("看着近要绕行的站点", "Detour: station")),
        Column("detour_air_m", "number", Text("绕行站点直线（米）", "Detour: straight (m)")),
        Column("detour_m", "number", Text("绕行站点沿路（米）", "Detour: by street (m)")),
        Column("cures", "json", Text("延长开放可解决", "Longer hours that cure it")),
        Column("reading_zh", "text", Text("缺口说明", "Reading (Chinese)")),
        Column("reading_en", "text", Text("英文说明", "Reading (English)")),
    ),
    ("Polygon", "MultiPolygon"),
    frozenset({Role.MADE_BY_COVERAGE, Role.IN_GEOPACKAGE, Role.IN_WORKBOOK, Role.ON_PLANNER_MAP}),
)
SITES = Layer(
    "sites",
    Text("推荐新建站点", "Recommended sites"),
    (
        _RANK,
        Column("phase", "integer", Text("批次", "Phase")),
        Column("action", "word", Text("措施", "Action"), Action),
        Column("target_id", "text", Text("候选点/站点编号", "Candidate or station ID")),
        _NAME,
        _HOST,
        _ADDRESS,
        _DISTRICT,
        _SUBDISTRICT,
        _VERIFICATION,
        Column("workers_new", "number", Text("新增覆盖人数", "Workers newly covered")),
        Column("workers_lost", "number", Text("去掉后损失人数", "Workers lost without it")),
        Column("workers_by_group", "json", Text("各群体新增", "New by group")),
        Column("workers_by_setting", "json", Text("工作/居住新增", "New by setting")),
        Column("workers_by_hour", "json", Text("各时段在岗", "There by hour of the week")),
        Column("worker_hours_new", "number", Text("每周新增人时", "Worker-hours a week gained")),
        Column("cost_cny", "number", Text("费用（元）", "Cost (CNY)")),
        Column("cost_per_worker_cny", "number", Text("每新增1人费用（元）", "CNY per new worker")),
        Column("overlap_workers", "number", Text("与其他推荐点重叠人数", "Also covered by others")),
        Column("gap_ids", "text", Text("填补缺口", "Gaps it closes")),
        Column("robustness", "number", Text("人数±20%试算入选率", "Chosen with demand ±20 %")),
        _NEAREST_ID,
        _NEAREST_NAME,
        _NEAREST_M,
        Column("runner_up_id", "text", Text("备选点编号", "Runner-up ID")),
        Column("runner_up_name", "text", Text("备选点", "Runner-up")),
        Column("runner_up_loss", "number", Text("改选备选损失人数", "Workers lost if swapped")),
        Column("only_rule_zh", "text", Text("仅因该要求入选", "Only because of (Chinese)")),
        Column("only_rule_en", "text", Text("仅因该要求入选（英文）", "Only because of")),
        Column("reason_zh", "text", Text("推荐理由", "Reason (Chinese)")),
        Column("reason_en", "text", Text("英文理由", "Reason (English)")),
    ),
    ("Point",),
    frozenset({Role.MADE_BY_SITING, Role.IN_GEOPACKAGE, Role.IN_WORKBOOK, Role.ON_PLANNER_MAP}),
)
ACTIONS = Layer(
    "actions",
    Text("综合改进措施", "Actions of all kinds"),
    (
        _RANK,
        Column("action", "word", Text("措施", "Action"), Action),
        Column("what_zh", "text", Text("措施内容", "What is done (Chinese)")),
        Column("what_en", "text", Text("措施内容（英文）", "What is done")),
        Column("target_id", "text", Text("候选点/站点编号", "Candidate or station ID")),
        _NAME,
        _HOST,
        _ADDRESS,
        _DISTRICT,
        _SUBDISTRICT,
        Column("hours_after", "hours", Text("之后的开放时间", "Opening hours then")),
        Column(
            "worker_hours",
            "number",
            Text("每周新增服务人时", "Worker-hours a week gained"),
            signed=True,
        ),
        Column("workers_gaining", "number", Text("受益职工人数", "Workers who gain")),
        Column("worker_hours_by_group", "json", Text("各群体新增人时", "Gained by group")),
        Column("worker_hours_by_setting", "json", Text("工作/居住新增人时", "Gained by setting")),
        Column("cost_cny", "number", Text("费用（元）", "Cost (CNY)")),
        Column(
            "hours_per_10k_cny",
            "number",
            Text("每万元新增人时", "Hours gained per CNY 10,000"),
            signed=True,
        ),
        Column(
            "worker_hours_lost", "number", Text("去掉后损失人时", "Lost without it"), signed=True
        ),
        _NEAREST_ID,
        _NEAREST_NAME,
        _NEAREST_M,
        Column("gap_ids", "text", Text("填补缺口", "Gaps it closes")),
        Column("runner_up_zh", "text", Text("备选措施", "Runner-up (Chinese)")),
        Column("runner_up_en", "text", Text("备选措施（英文）", "Runner-up")),
        Column(
            "runner_up_loss", "number", Text("改选备选损失人时", "Lost if swapped"), signed=True
        ),
        Column("reason_zh", "text", Text("推荐理由", "Reason (Chinese)")),
        Column("reason_en", "text", Text("英文理由", "Reason (English)")),
    ),
    ("Point",),
    frozenset({Role.MADE_BY_ACTIONS, Role.IN_GEOPACKAGE, Role.IN_WORKBOOK, Role.ON_PLANNER_MAP}),
)
BUS_STOPS = Layer(
    "bus_stops",
    Text("大蓬车停靠安排", "Bus visits"),
    (
        _BUS,
        _DAY,
        Column("order", "integer", Text("顺序", "Order")),
        Column("stop_id", "text", Text("停靠点编号", "Stop ID")),
        _NAME,
        _ADDRESS,
        _DISTRICT,
        Column("setting", "word", Text("场所性质", "Setting"), Setting),
        Column("arrive", "text", Text("到达", "Arrive")),
        Column("start", "text", Text("开始体检", "Exams start")),
        Column("end", "text", Text("结束体检", "Exams end")),
        Column("depart", "text", Text("离开", "Depart")),
        _SERVED,
        Column("drive_m", "number", Text("上一段里程（米）", "Drive to here (m)")),
        Column("drive_s", "number", Text("上一段车程（秒）", "Drive to here (s)")),
        _CAMPAIGN,
        _SHARED_WITH,
        Column("contact", "text", Text("联系人", "Contact")),
        _PHONE,
    ),
    ("Point",),
    frozenset(
        {Role.MADE_BY_BUS, Role.FOR_ANYONE, Role.IN_GEOPACKAGE, Role.IN_WORKBOOK, Role.ON_BUS_MAP}
    ),
)
BUS_ROUTES = Layer(
    "bus_routes",
    Text("大蓬车路线", "Bus routes"),
    (
        _BUS,
        _DAY,
        Column("depot_id", "text", Text("车场", "Depot")),
        Column("stops", "integer", Text("停靠数", "Stops")),
        Column("leave", "text", Text("出场", "Leave depot")),
        Column("return", "text", Text("回场", "Return")),
        Column("distance_m", "number", Text("里程（米）", "Distance (m)")),
        Column("drive_s", "number", Text("行驶时间（秒）", "Driving (s)")),
        _SERVED,
        _CAMPAIGN,
    ),
    ("LineString", "MultiLineString"),
    frozenset(
        {Role.MADE_BY_BUS, Role.FOR_ANYONE, Role.IN_GEOPACKAGE, Role.IN_WORKBOOK, Role.ON_BUS_MAP}
    ),
)

INPUT_LAYERS: Mapping[str, Layer] = MappingProxyType(
    {
        layer.name: layer
        for layer in (
            STATIONS,
            YIZHAN,
            WORKERS,
            CANDIDATES,
            DISTRICTS,
            DEPOTS,
            STOPS,
            WEIGHTS,
            PLACES,
        )
    }
)
RESULT_LAYERS: Mapping[str, Layer] = MappingProxyType(
    {layer.name: layer for layer in (GAPS, SITES, ACTIONS, BUS_STOPS, BUS_ROUTES)}
)
LAYERS: Mapping[str, Layer] = MappingProxyType({**INPUT_LAYERS, **RESULT_LAYERS})


def layers_with(*roles: Role) -> tuple[str, ...]:
    """Return the names of the layers that have all of `roles`, in the order of :data:`LAYERS`."""
    return tuple(name for name, layer in LAYERS.items() if layer.roles.issuperset(roles))


def layers_studied() -> tuple[str, ...]:
    """Return the names of the layers that coverage, siting or the bus plan reads."""
    steps = {Role.READ_BY_COVERAGE, Role.READ_BY_SITING, Role.READ_BY_BUS}
    return tuple(name for name, layer in INPUT_LAYERS.items() if layer.roles & steps)


def conform(frame: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    """Return `frame` with the columns of layer `name`, in order, of the schema's types."""
    layer = LAYERS.get(name)
    if layer is None:
        return frame
    import geopandas as gpd  # noqa: PLC0415 - brings in pandas

    from geo.layers.typed_columns import typed  # noqa: PLC0415 - brings in pandas

    columns = {one.name: typed(frame, one.name, one.dtype) for one in layer.columns}
    return gpd.GeoDataFrame(columns, geometry=frame.geometry.array, crs=frame.crs)
