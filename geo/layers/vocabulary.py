"""The closed sets of words every layer uses, each with its name in Chinese and English.

The values are stable: they are what files, the API and the code carry. The texts are what people
read. Kinds follow measures 17 and 12 of the federation's notice of 2021-08-10; groups are the
eight groups (八大群体) and platform workers.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from geo.text import Text


class Word(StrEnum):
    """A stable key that also carries what people read for it.

    Attributes
    ----------
    text : Text
        The word in Chinese and English.
    """

    text: Text

    def __new__(cls, key: str, zh: str = "", en: str = "") -> Self:
        """Make the member `key`, read as `zh` or `en`."""
        member = str.__new__(cls, key)
        member._value_ = key
        member.text = Text(zh, en)
        return member


class Kind(Word):
    """The six kinds of service position."""

    SHARED_WORKERS_HOME = (
        "shared_workers_home",
        "新时代共享区域职工之家",
        "Shared area workers' home",
    )
    TRUSTED_WORKERS_HOME = "trusted_workers_home", "职工信赖的职工之家", "Trusted workers' home"
    OUTDOOR_REST_STATION = "outdoor_rest_station", "户外劳动者驿站", "Outdoor workers' rest station"
    MENTAL_HEALTH_STATION = "mental_health_station", "心理健康服务站点", "Mental-health station"
    MOTHERS_ROOM = "mothers_room", "爱心妈妈小屋", "Mothers' room"
    LEGAL_SERVICE_STATION = "legal_service_station", "职工法律服务站点", "Legal service station"


class Amenity(Word):
    """What a station offers (OSM-like keys), what workers ask for most first.

    Its icon is the symbol ``i-KEY`` of ``maps/pages/parts/_icons.html.jinja``.

    Attributes
    ----------
    asked : bool
        Whether pages for workers let them filter by it.
    """

    asked: bool

    def __new__(
        cls,
        key: str,
        zh: str = "",
        en: str = "",
        asked: bool = True,  # noqa: FBT001, FBT002 - values of members come by position
    ) -> Self:
        """Make the member `key`; filtered by unless told otherwise."""
        member = str.__new__(cls, key)
        member._value_ = key
        member.text, member.asked = Text(zh, en), asked
        return member

    DRINKING_WATER = "drinking_water", "饮水", "Drinking water"
    TOILET = "toilet", "卫生间", "Toilet"
    MICROWAVE = "microwave", "微波炉", "Microwave"
    PHONE_CHARGING = "phone_charging", "手机充电", "Phone charging"
    EBIKE_CHARGING = "ebike_charging", "电动车充电", "E-bike charging"
    BATTERY_SWAP = "battery_swap", "换电", "Battery swap"
    REST_SEATS = "rest_seats", "休息座椅", "Seats"
    AIR_CONDITIONING = "air_conditioning", "空调", "Air conditioning"
    FIRST_AID = "first_aid", "急救药箱", "First aid"
    AED = "aed", "AED除颤仪", "AED"
    NURSING_ROOM = "nursing_room", "母婴室", "Nursing room"
    SHOWER = "shower", "淋浴", "Shower"
    WIFI = "wifi", "无线网络", "Wi-Fi", False
    HEATING = "heating", "供暖", "Heating", False
    REFRIGERATOR = "refrigerator", "冰箱", "Refrigerator", False
    UMBRELLA = "umbrella", "雨具", "Umbrellas", False
    READING = "reading", "书报", "Reading", False


ASKED_AMENITIES = tuple(one for one in Amenity if one.asked)
"""Amenities to filter by, those asked for most first."""


class Status(Word):
    """Whether a station serves."""

    OPEN = "open", "开放", "Open"
    PLANNED = "planned", "筹建", "Planned"
    SUSPENDED = "suspended", "暂停", "Suspended"
    CLOSED = "closed", "关闭", "Closed"


class Group(Word):
    """Which workers a concentration is made of."""

    TRUCK_DRIVER = "truck_driver", "货车司机", "Truck drivers"
    COURIER = "courier", "快递员", "Couriers"
    CARE_WORKER = "care_worker", "护工护理员", "Care workers"
    DOMESTIC_WORKER = "domestic_worker", "家政服务员", "Domestic workers"
    MALL_INFORMANT = "mall_informant", "商场信息员", "Mall informants"
    DELIVERY_RIDER = "delivery_rider", "网约送餐员", "Delivery riders"
    ESTATE_AGENT = "estate_agent", "房产中介员", "Estate agents"
    SECURITY_GUARD = "security_guard", "保安员", "Security guards"
    RIDE_HAILING_DRIVER = "ride_hailing_driver", "网约车驾驶员", "Ride-hailing drivers"
    SANITATION_WORKER = "sanitation_worker", "环卫工人", "Sanitation workers"
    OTHER = "other", "其他", "Others"


class Setting(Word):
    """Whether workers are met at work or at home."""

    WORK = "work", "工作地", "At work"
    RESIDENCE = "residence", "居住地", "At home"


class CampaignName(Word):
    """What the bus is sent out for."""

    CHECKUP = "checkup", "免费体检", "Free check-ups"
    SCREENING = "screening", "两癌筛查", "Two-cancer screening"
    LEGAL_TALKS = "legal_talks", "普法宣讲", "Legal talks"
    CONSULTATION = "consultation", "健康咨询", "Health consultation"


class VisitSharing(Word):
    """Whether a campaign is held at visits of others that stand, with its own crew and kit."""

    NEVER = "never", "不同场", "Never"
    WITHOUT_ROOM = (
        "without_room",
        "不占车上诊室的活动可同场（普法宣讲、健康咨询）",
        "Where it needs no examination room (legal talks, consultation)",
    )
    ALWAYS = "always", "都可同场（两项设备都上车）", "Always: the bus carries both kits"


class SpareHours(Word):
    """Whether a campaign uses the hours another one leaves of a bus's day."""

    NEVER = "never", "不用：一辆车一天只办一项活动", "Never: a bus-day is one campaign's"
    SAME_SHIFT = (
        "same_shift",
        "用：同一班次内，司机不换班",
        "Within one shift: the same driver",
    )
    ANY_SHIFT = "any_shift", "用：可换司机上另一班", "In another shift too: another driver"


class Mode(Word):
    """How a person travels."""

    WALK = "walk", "步行", "On foot"
    EBIKE = "ebike", "电动自行车", "By e-bike"
    DRIVE = "drive", "驾车", "By car"


class Host(Word):
    """Whose premises a station shares."""

    UNION = "union", "工会", "Union"
    COMMUNITY = "community", "社区", "Community"
    SUBDISTRICT_OFFICE = "subdistrict_office", "街道办事处", "Subdistrict office"
    GOVERNMENT_HALL = "government_hall", "政务大厅", "Government hall"
    POLICE = "police", "派出所", "Police"
    BANK = "bank", "银行", "Bank"
    POST = "post", "邮政", "Post office"
    TELECOM = "telecom", "通信营业厅", "Telecom shop"
    FUEL = "fuel", "加油站", "Fuel station"
    MALL = "mall", "商场", "Mall"
    CONVENIENCE_STORE = "convenience_store", "便利店", "Convenience store"
    RESTAURANT = "restaurant", "餐饮店", "Restaurant"
    PHARMACY = "pharmacy", "药店", "Pharmacy"
    HOSPITAL = "hospital", "医院", "Hospital"
    ESTATE_AGENCY = "estate_agency", "房产中介", "Estate agency"
    LIBRARY = "library", "图书馆", "Library"
    PUBLIC_TOILET = "public_toilet", "公共卫生间", "Public toilet"
    METRO = "metro", "地铁站", "Metro station"
    PARK = "park", "公园", "Park"
    PARKING = "parking", "停车场", "Car park"
    LOGISTICS = "logistics", "物流园", "Logistics park"
    OTHER = "other", "其他", "Other"


class Provenance(Word):
    """Where a value comes from, the surest first."""

    MEASURED = "measured", "实测", "Measured"
    OFFICIAL = "official", "官方", "Official"
    ESTIMATED = "estimated", "估算", "Estimated"
    INVENTED = "invented", "示例", "Invented"


class Verification(Word):
    """Whether somebody has looked at a place and spoken with whoever runs it."""

    UNVERIFIED = "unverified", "未核实", "Not verified"
    VERIFIED = "verified", "已核实", "Verified"


class Landmark(Word):
    """What a place is by which people say where they are."""

    METRO = "metro", "地铁站", "Metro station"
    BUS_STOP = "bus_stop", "公交站", "Bus stop"
    RAILWAY = "railway", "火车站", "Railway station"
    HOSPITAL = "hospital", "医院", "Hospital"
    SCHOOL = "school", "学校", "School"
    MALL = "mall", "商场", "Mall"
    MARKET = "market", "市场", "Market"
    PARK = "park", "公园", "Park"
    HOUSING = "housing", "小区", "Housing estate"
    BUILDING = "building", "楼宇", "Building"
    OFFICE = "office", "机关单位", "Public office"
    SIGHT = "sight", "景点场馆", "Sight or hall"
    SETTLEMENT = "settlement", "片区村镇", "Quarter, village or town"
    OTHER = "other", "其他", "Other"


class Fault(Word):
    """What a passer-by may report of a station."""

    CLOSED = "closed", "关门了", "It was closed"
    NO_WATER = "no_water", "没水", "No water"
    WRONG_PLACE = "wrong_place", "位置不对", "Not where the map says"
    MOVED = "moved", "已搬走", "It has moved away"


class Decision(Word):
    """What a planner does with what was reported."""

    ACCEPTED = "accepted", "采纳", "Accepted"
    ANSWERED = "answered", "答复", "Answered"
    DROPPED = "dropped", "不采纳", "Dropped"


class Action(Word):
    """What a planner can do against a gap."""

    OPEN = "open", "新建站点", "Open a site"
    EXTEND_HOURS = "extend_hours", "延长开放时间", "Extend hours"
    ADD_AMENITY = "add_amenity", "增加设施", "Add an amenity"
    RAISE_CAPACITY = "raise_capacity", "扩大容量", "Raise capacity"
    RELOCATE = "relocate", "迁址", "Relocate"


class Cause(Word):
    """Why demand is not covered."""

    TOO_FAR = "too_far", "距离太远", "Too far"
    CLOSED_THEN = "closed_then", "当时未开放", "Closed then"
    LACKS_AMENITY = "lacks_amenity", "缺少设施", "Lacks the amenity"
    FULL = "full", "容量已满", "Full"
    UNREACHABLE = "unreachable", "道路不通", "No way there"


YIZHAN_KIND = Kind.OUTDOOR_REST_STATION
"""The kind that makes up the layer ``yizhan``; the layer ``stations`` holds all the others."""

WOMEN_ONLY_KINDS = frozenset({Kind.MOTHERS_ROOM})
"""Kinds that serve women only (爱心妈妈小屋)."""


class ComponentStatus(Word):
    """What became of a piece of streets."""

    MAIN = "main", "主路网", "The main network"
    APART = "apart", "独立成片", "On its own"
    CRUMB = "crumb", "零碎未用", "Left out, too small"
    NO_RETURN = "no_return", "单向不能往返", "Left out, no way back"
