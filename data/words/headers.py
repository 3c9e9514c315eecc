"""What headers and words files use for our columns and keys, in Chinese and English."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from geo.layers.columns import Column, Layer
from geo.layers.vocabulary import Amenity, Group, Host, Kind, Setting, Status, Word

LON, LAT, LONLAT, CELL = "lon", "lat", "lonlat", "h3"

_HEADERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        LON: ("经度", "东经", "lng", "long", "longitude", "x", "经度坐标", "坐标经度", "经度x"),
        LAT: ("纬度", "北纬", "latitude", "y", "纬度坐标", "坐标纬度", "纬度y"),
        LONLAT: (
            "经纬度",
            "坐标",
            "经纬度坐标",
            "坐标经纬度",
            "经度纬度",
            "经度,纬度",
            "经度/纬度",
            "经度、纬度",
            "位置坐标",
            "定位坐标",
            "地理坐标",
            "点位坐标",
            "lnglat",
            "latlng",
            "latlon",
            "coordinates",
            "纬经度",
            "wkt",
            "wkt_geom",
            "geom",
            "the_geom",
            "geometry",
        ),
        CELL: ("h3编号", "h3_index", "h3index", "h3_cell", "格网", "格网编号", "网格", "网格编号"),
        "id": (
            "编号",
            "编码",
            "站点编号",
            "站点编码",
            "驿站编号",
            "点位编号",
            "序列号",
            "代码",
            "code",
        ),
        "name": (
            "名称",
            "站点名称",
            "驿站名称",
            "单位名称",
            "地点名称",
            "点位名称",
            "点位",
            "站名",
            "站点名",
            "场所名称",
            "车场名称",
            "停靠点名称",
            "候选点名称",
        ),
        "address": ("地址", "详细地址", "站点地址", "具体地址", "所在地址", "addr"),
        "kind": ("类型", "站点类型", "类别", "type"),
        "district": ("区市", "所属区市", "区县", "行政区", "所在区", "区市代码", "adcode"),
        "subdistrict": ("街道", "镇街", "所属街道", "乡镇街道"),
        "opening_hours": (
            "开放时间",
            "营业时间",
            "服务时间",
            "开放时段",
            "服务时段",
            "营业时段",
            "hours",
        ),
        "active_hours": (
            "活动时间",
            "工作时间",
            "在岗时间",
            "上班时间",
            "活动时段",
            "工作时段",
            "在岗时段",
            "上班时段",
        ),
        "amenities": (
            "设施",
            "服务设施",
            "配套设施",
            "配备设施",
            "设施设备",
            "服务项目",
            "设施配置",
        ),
        "capacity": (
            "日接待能力",
            "容量",
            "接待能力",
            "接待人数",
            "日接待人数",
            "每日接待人数",
            "每天接待人数",
            "日均接待人数",
            "cap",
        ),
        "phone": (
            "联系电话",
            "电话",
            "联系方式",
            "手机",
            "手机号",
            "手机号码",
            "电话号码",
            "tel",
            "联系人电话",
            "负责人电话",
            "服务电话",
            "咨询电话",
            "站点电话",
            "办公电话",
        ),
        "operator": ("运营单位", "管理单位", "建设单位", "责任单位"),
        "host": ("依托单位类型", "依托单位", "场所类型", "host"),
        "status": (
            "状态",
            "运行状态",
            "运营状态",
            "使用状态",
            "开放状态",
            "站点状态",
            "是否开放",
            "是否启用",
            "是否在用",
            "是否运营",
            "是否营业",
            "是否正常开放",
            "是否正常运行",
        ),
        "updated": ("更新日期", "更新时间"),
        "group": ("群体", "职工群体", "从业类型", "职业"),
        "setting": ("场所性质", "工作或居住", "性质"),
        "workers": (
            "人数",
            "职工人数",
            "从业人数",
            "工人数",
            "从业人员数",
            "职工数",
            "大约人数",
            "估计人数",
            "约人数",
        ),
        "women_35_59": (
            "35-59岁女职工",
            "适龄女职工",
            "适龄女职工人数",
            "35-59岁女职工人数",
            "女职工(35-59岁)",
            "女职工35-59岁",
        ),
        "cost_cny": ("建设费用（元）", "费用", "建设费用", "造价", "cost"),
        "fixed": ("必选", "是否必选"),
        "forbidden": ("禁选", "是否禁选"),
        "buses": ("车辆数", "车辆"),
        "open_from": ("最早到达", "开始时间"),
        "open_until": ("最晚离开", "结束时间"),
        "contact": ("联系人", "负责人"),
        "banned": ("禁停", "是否禁停"),
        "must_visit": ("必到", "是否必到"),
        "adcode": ("行政区划代码", "区划代码"),
        "level": ("层级", "级别"),
        "parent": ("上级代码",),
        "population": ("常住人口", "人口"),
        "source": ("来源", "数据来源"),
        "weight": ("权重", "人口", "常住人口", "户数", "建筑面积", "面积", "population", "area"),
    }
)
_WORDS: Mapping[Word, tuple[str, ...]] = MappingProxyType(
    {
        Kind.OUTDOOR_REST_STATION: ("驿站", "工会驿站", "户外驿站", "爱心驿站"),
        Kind.SHARED_WORKERS_HOME: ("共享职工之家", "区域职工之家"),
        Kind.TRUSTED_WORKERS_HOME: ("职工之家",),
        Kind.MENTAL_HEALTH_STATION: ("心理健康服务站", "心理服务站点", "心理健康"),
        Kind.MOTHERS_ROOM: ("妈妈小屋", "母婴小屋"),
        Kind.LEGAL_SERVICE_STATION: ("法律服务站", "法律援助点", "法律服务"),
        Group.DELIVERY_RIDER: ("外卖骑手", "外卖员", "骑手", "外卖配送员"),
        Group.COURIER: ("快递小哥", "快递"),
        Group.TRUCK_DRIVER: ("货运司机", "卡车司机"),
        Group.RIDE_HAILING_DRIVER: ("网约车司机", "网约车"),
        Group.DOMESTIC_WORKER: ("家政", "家政人员"),
        Group.SECURITY_GUARD: ("保安",),
        Group.SANITATION_WORKER: ("环卫", "环卫工", "环卫人员"),
        Group.CARE_WORKER: ("护工", "护理员"),
        Group.ESTATE_AGENT: ("房产中介", "中介"),
        Setting.WORK: ("工作", "工作点", "work"),
        Setting.RESIDENCE: ("居住", "居住点", "宿舍", "住宅"),
        Status.OPEN: (
            "正常",
            "运行",
            "运行中",
            "启用",
            "已开放",
            "是",
            "在用",
            "使用中",
            "开放中",
            "营业",
            "营业中",
            "正常开放",
            "正常运行",
            "正常运营",
            "已投用",
        ),
        Status.PLANNED: ("在建", "规划", "拟建"),
        Status.SUSPENDED: (
            "停用",
            "暂停开放",
            "否",
            "停业",
            "停运",
            "暂停使用",
            "暂停运营",
            "维修",
            "装修",
        ),
        Status.CLOSED: ("撤销", "已关闭"),
        Amenity.DRINKING_WATER: ("饮水机", "热水", "开水", "饮用水"),
        Amenity.PHONE_CHARGING: ("充电", "手机充电"),
        Amenity.REST_SEATS: ("座椅", "桌椅", "休息", "休息区"),
        Amenity.FIRST_AID: ("药箱", "急救箱", "应急药箱", "医药箱"),
        Amenity.WIFI: ("wifi", "wi-fi", "无线网"),
        Amenity.TOILET: ("厕所", "洗手间"),
        Amenity.UMBRELLA: ("雨伞",),
        Amenity.READING: ("图书", "阅读", "书刊"),
        Amenity.HEATING: ("暖气", "取暖"),
        Amenity.EBIKE_CHARGING: ("电瓶车充电", "电动自行车充电"),
        Host.BANK: ("银行网点",),
        Host.COMMUNITY: ("社区居委会", "居委会", "党群服务中心"),
        Host.POST: ("邮局",),
        Host.CONVENIENCE_STORE: ("超市", "便利超市"),
    }
)


_LIKENESS = 0.4
"""Of two wordings, as difflib has it, from which one is offered for the other: it is only a hint."""
_BESIDE = re.compile(r"[()\[\]:_/-]")
_WHETHER = re.compile(
    r"^(?:是否|有无|有没有)(?:提供|配备|设有|配有|有)?|^(?:提供|配备|设有)|(?:数量|台数|个数|\(?台\)?|情况)$"
)


def plain(text: str) -> str:
    """Return `text` as compared: half-width, lower case, without spaces, stars and brackets."""
    return header_key(text).split("(")[0]


def header_key(text: str) -> str:
    """Return a header as compared, with what stands in brackets."""
    narrow = unicodedata.normalize("NFKC", text).strip().lower().strip("*")
    return "".join(narrow.split())


@cache
def known_headers(layer: Layer) -> dict[str, str]:
    """Return which spelling (as compared) stands for which field of `layer`."""
    known: dict[str, str] = {}
    own = {column.name: column for column in layer.columns}
    for column in own.values():
        for spelling in (column.name, column.text.zh, column.text.en):
            known.setdefault(header_key(spelling), column.name)
            known.setdefault(plain(spelling), column.name)
    for field in (*own, LON, LAT, LONLAT, CELL):
        for spelling in (field, *_HEADERS.get(field, ())):
            known.setdefault(header_key(spelling), field)
            known.setdefault(plain(spelling), field)
    return known


def known_spellings(layer: Layer) -> list[tuple[str, str]]:
    """Return every spelling and its field."""
    return list(known_headers(layer).items())


def nearest_field(layer: Layer, header: str) -> str | None:
    """Return the field whose name is closest to `header`; None if none is close."""
    known = known_headers(layer)
    names = [name for name in known if len(name) > 1]  # a letter is near to everything
    close = difflib.get_close_matches(plain(header), names, n=1, cutoff=0.5)
    return known[close[0]] if close else None


def is_own_name(layer: Layer, field: str, header: str) -> bool:
    """Whether `header` is the field's own name rather than a synonym."""
    names = {LON: {"经度", "lon"}, LAT: {"纬度", "lat"}}.get(field, set())
    for column in layer.columns:
        if column.name == field:
            names = {column.name, column.text.zh, column.text.en}
    return plain(header) in {plain(name) for name in names}


def word_of(column: Column, text: str) -> Word | None:
    """Return the member of the column's closed set `text` stands for, None if there is none."""
    return _known_words(column).get(plain(text))


def nearest_word(column: Column, text: str) -> Word | None:
    """Return the member whose wording is closest to `text`, for the mend of an error."""
    known = _known_words(column)
    close = difflib.get_close_matches(plain(text), known, n=1, cutoff=_LIKENESS)
    return known[close[0]] if close else None


def amenity_named(layer: Layer, header: str) -> Amenity | None:
    """Return the amenity a header names, alone or beside 设施: 饮水机, 服务设施（微波炉）."""
    column = next((one for one in layer.columns if one.name == "amenities"), None)
    if column is None:
        return None
    parts = [part for part in _BESIDE.split(header_key(header)) if part]
    if len(parts) > 1 and known_headers(layer).get(parts[0]) == "amenities":
        parts = parts[1:]
    word = _known_words(column).get(_WHETHER.sub("", parts[0])) if len(parts) == 1 else None
    return None if word is None else Amenity(word)


@cache
def _known_words(column: Column) -> dict[str, Word]:
    known: dict[str, Word] = {}
    for word in column.words or ():
        for spelling in (str(word), word.text.zh, word.text.en, *_WORDS.get(word, ())):
            known[plain(spelling)] = word
    return known
