"""What a planner decides, and what it is when they decide nothing.

These classes (and :class:`geo.coverage.rule.CoverageRule`) are the only parameters: the command
line, the API and the forms take names, defaults, limits and help from their fields.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    model_validator,
)

from geo.bus.campaign.campaign_rules import KINDS, CampaignRules, Turnout
from geo.coverage.rule import VISITS_PER_WORKER_DAY, CoverageRule
from geo.fields import About, Unit
from geo.hours import ALWAYS, from_chinese
from geo.layers.vocabulary import (
    Action,
    Amenity,
    CampaignName,
    Group,
    Host,
    SpareHours,
    VisitSharing,
)
from geo.network.vehicle import Vehicle
from geo.siting.actions.action_rules import MOVABLE, MOVE_WITHIN_M
from geo.siting.actions.need import HOT_MEAL
from geo.siting.models.model import DEFAULT_TARGET, DEFAULT_TWICE, ModelKind
from geo.siting.models.site_rules import DEFAULT_COUNT, DEFAULT_MINIMUM, DEFAULT_RULES
from geo.text import Text

Part = Literal["coverage", "site", "improve", "bus"]
"""What may be computed of a project."""
EVERYTHING: tuple[Part, ...] = ("coverage", "site", "improve", "bus")
"""All of it, in the order one stands on another."""


Share = Annotated[float, Field(ge=0, le=1)]
_CAMPAIGN = CampaignRules()
Seed = Annotated[NonNegativeInt, About("随机种子", "Seed of the random draws", flag="")]
SEED = 2021
"""The same question has the same answer; any number does."""
_SCREENED = KINDS[CampaignName.SCREENING].quota or 0.0
STOP_REACH_M = 800.0
"""How far workers walk to a stop of the bus, in metres."""


def _read_hours(told: str) -> str:
    """Return `told` in OSM syntax; of the hours that rules begin with it is known."""
    return told if told in {ALWAYS, HOT_MEAL.hours} else from_chinese(told)


Hours = Annotated[str, AfterValidator(_read_hours)]
"""Opening hours as a planner writes them, Chinese or OSM syntax; held as OSM syntax."""


class TriedSite(BaseModel):
    """A place a planner tries that is no candidate of the layer (degrees, EPSG:4326)."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    id: str = Field(min_length=1, max_length=80)
    name: str = Field(min_length=1, max_length=120)
    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    opening_hours: Hours | None = None
    host: Host | None = None
    cost_cny: NonNegativeFloat | None = None
    capacity: PositiveInt | None = None


class MovedTo(BaseModel):
    """A position, degrees (EPSG:4326)."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)


class Pins(BaseModel):
    """What a planner settles by hand, whatever the layer ``candidates`` says.

    Candidates are named by ``id``; ``locked`` ones open, ``forbidden`` ones do not, ``added`` ones
    are candidates beside the layer's, and ``moved`` ones stand elsewhere.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    locked: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    added: tuple[TriedSite, ...] = ()
    moved: dict[str, MovedTo] = {}

    @model_validator(mode="after")
    def _agree(self) -> Pins:
        both = sorted({*self.locked} & {*self.forbidden})
        if both:
            message = f"locked and forbidden at once: {', '.join(both)}"
            raise ValueError(message)
        ids = [site.id for site in self.added]
        if len(set(ids)) < len(ids):
            message = "two added sites have the same id"
            raise ValueError(message)
        return self

    @property
    def is_empty(self) -> bool:
        """Whether nothing is settled by hand."""
        return not (self.locked or self.forbidden or self.added or self.moved)


class SitingRules(BaseModel):
    """What new stations are to achieve, and the rules they keep.

    Districts are given by code or by name. ``city_share`` of every cost is the city's (measure 4
    of the notice: half), the rest the district's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    model: Annotated[ModelKind, About("选址模型", "What is sought")] = ModelKind.MCLP
    target: Annotated[
        Share,
        About(
            "目标覆盖率",
            "Share to reach",
            Unit.SHARE,
            more=Text("用于达标覆盖（partial）、分区达标（district）", "of partial and district"),
        ),
    ] = DEFAULT_TARGET
    cheapest: Annotated[
        bool,
        About(
            "求费用最省而非站点最少",
            "Cheapest instead of fewest sites",
            more=Text(
                "用于全覆盖（lscp）、达标覆盖（partial）、分区达标（district）",
                "of lscp, partial and district",
            ),
        ),
    ] = False
    twice: Annotated[
        Share,
        About(
            "第二个站点的分值",
            "Worth of a second cover",
            Unit.SHARE,
            more=Text("用于双重覆盖（backup）", "of backup"),
        ),
    ] = DEFAULT_TWICE
    count: Annotated[
        PositiveInt,
        About(
            "最多新建",
            "Most sites to open",
            Unit.SITES,
            more=Text(
                "求站点最少的（lscp、partial、district）不受此数限制",
                "lscp, partial and district seek the fewest, whatever this says",
            ),
        ),
    ] = DEFAULT_COUNT
    budget_cny: Annotated[PositiveFloat | None, About("预算", "Budget", Unit.YUAN)] = None
    city_cny: Annotated[
        PositiveFloat | None,
        About(
            "市级资金",
            "The city's budget",
            Unit.YUAN,
            flag="--city-money",
            more=Text("每处费用按市级承担的比例分担", "costs are shared by the city's share"),
        ),
    ] = None
    district_cny: Annotated[
        dict[str, NonNegativeFloat],
        About(
            "某区市资金",
            "One district's budget",
            Unit.YUAN,
            flag="--district-money",
            more=Text("如 即墨区=300000", "370215=300000"),
        ),
    ] = {}
    city_share: Annotated[
        Share, About("费用中市级承担的比例", "Share of costs the city pays", Unit.SHARE)
    ] = DEFAULT_RULES.city_share
    minimum_per_district: Annotated[
        NonNegativeInt,
        About("每个区市至少", "Fewest in each district", Unit.SITES, flag="--minimum"),
    ] = DEFAULT_MINIMUM
    district_minimum: Annotated[
        dict[str, NonNegativeInt],
        About(
            "某区市或街道至少",
            "Fewest in one district or subdistrict",
            Unit.SITES,
            flag="--at-least",
            more=Text("如 平度市=5", "370283=5"),
        ),
    ] = {}
    district_maximum: Annotated[
        dict[str, NonNegativeInt],
        About(
            "某区市或街道最多",
            "Most in one district or subdistrict",
            Unit.SITES,
            flag="--at-most",
            more=Text("如 市南区=8", "370202=8"),
        ),
    ] = {}
    host_minimum: Annotated[
        dict[Host, NonNegativeInt],
        About(
            "某类依托单位至少",
            "Fewest at one kind of host",
            Unit.SITES,
            flag="--host-at-least",
            more=Text("如 bank=10", "bank=10"),
        ),
    ] = {}
    host_maximum: Annotated[
        dict[Host, NonNegativeInt],
        About(
            "某类依托单位最多",
            "Most at one kind of host",
            Unit.SITES,
            flag="--host-at-most",
            more=Text("如 bank=30", "bank=30"),
        ),
    ] = {}
    spacing_m: Annotated[
        NonNegativeFloat,
        About("新站点之间的最小间距", "Least distance between new sites", Unit.METRES),
    ] = DEFAULT_RULES.spacing_m
    group_weight: Annotated[
        dict[Group, NonNegativeFloat],
        About(
            "某群体的职工按几倍计",
            "Count a group so many times",
            flag="",
            more=Text("如 courier=1.5", "courier=1.5"),
        ),
    ] = {}
    district_weight: Annotated[
        dict[str, NonNegativeFloat],
        About(
            "某区市的职工按几倍计",
            "Count a district so many times",
            flag="",
            more=Text("如 莱西市=2", "370285=2"),
        ),
    ] = {}
    under_service: Annotated[
        NonNegativeFloat,
        About(
            "覆盖率越低的区市权重越高",
            "Weight districts that are served less",
            more=Text("权重 1 + 该值 ×（1 − 覆盖率）", "1 + this x (1 - share covered)"),
        ),
    ] = 0.0
    phases: Annotated[
        tuple[PositiveInt, ...],
        About("首批站点数", "Size of a first phase", Unit.SITES, flag="--phase"),
    ] = DEFAULT_RULES.phases
    pins: Annotated[Pins, About("逐点设定", "What is settled by hand", flag="")] = Pins()


class StopSearch(BaseModel):
    """Which places are worth proposing as stops of the bus."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    reach_m: Annotated[
        float,
        Field(ge=50),
        About(
            "多远以内的职工算附近，按直线",
            "Workers so near count, as the crow flies",
            Unit.METRES,
        ),
    ] = STOP_REACH_M
    least: Annotated[
        NonNegativeFloat, About("附近至少有多少职工", "Workers near at least", Unit.WORKERS)
    ] = 200.0
    apart_m: Annotated[
        NonNegativeFloat,
        About("候选点之间、与已有停靠点之间至少相距", "Between stops at least", Unit.METRES),
    ] = 200.0


Quota = Annotated[
    PositiveFloat | None,
    About(
        "名额",
        "Places paid for",
        Unit.WORKERS,
        more=Text(
            f"不填则筛查 {_SCREENED:g}、其余不限",
            f"where not told {_SCREENED:,g} in the screening, else no limit",
        ),
    ),
]
ExamsPerHour = Annotated[
    PositiveFloat | None,
    About(
        "每车每小时检查",
        "Examined by a bus",
        Unit.PEOPLE_AN_HOUR,
        flag="--per-hour",
        more=Text("不填则按活动的常值", "the campaign's usual where not told"),
    ),
]
ExamsPerDay = Annotated[
    PositiveFloat | None,
    About(
        "每车每日检查",
        "Examined by a bus",
        Unit.PEOPLE_A_DAY,
        flag="--per-day",
        more=Text("不填则按活动的常值", "the campaign's usual where not told"),
    ),
]


class BusRules(BaseModel):
    """The campaign of the bus: free check-ups, or two-cancer screening of women aged 35-59.

    ``exams_per_hour`` and ``exams_per_day`` are a bus's; None for the usual ones of the campaign.
    ``quota`` is the places paid for; None for 2,000 in the screening and no limit in check-ups.
    Weights: workers served come first, ``district_floor`` is the share of its part that every
    district is owed, and ``km_weight`` the workers a kilometre saved is worth.

    ``vehicle`` is the size of the largest bus: streets too low, narrow or weak for it are driven
    round by all. ``turnout`` is the part of the people in reach who come, with the range it is
    believed to lie in, until crews have recorded who came. ``rush_hours`` are spans of the day and
    how many times as long drives take then, ``{"07:00-09:00": 1.5}``; None for those that
    ``rush_hours`` of ``project.json`` tells, if any.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    campaign: Annotated[
        CampaignName,
        About(
            "活动",
            "Campaign",
            more=Text(
                f"screening 为 35–59 岁女职工，{_SCREENED:g} 个名额；各项活动并存，互不取消",
                f"screening: of women aged 35-59, {_SCREENED:,g} places; campaigns stand side by side",
            ),
        ),
    ] = CampaignName.CHECKUP
    exams_per_hour: ExamsPerHour = None
    exams_per_day: ExamsPerDay = None
    quota: Quota = None
    district_floor: Annotated[
        Share,
        About(
            "公平：每个区市至少得到按人数应得份额的几成",
            "Fairness: part of its share by head count that each district is owed",
            Unit.SHARE,
        ),
    ] = _CAMPAIGN.district_floor
    km_weight: Annotated[
        NonNegativeFloat, About("少行驶一公里抵几个人", "Workers a kilometre saved is worth")
    ] = _CAMPAIGN.km_weight
    buses: Annotated[PositiveInt, About("车辆数", "Number of buses")] = 3
    days: Annotated[PositiveInt, About("工作日数", "Working days")] = 10
    first_day: Annotated[
        date | None,
        About(
            "首日",
            "First day",
            more=Text("不填则明天起的工作日", "working days from tomorrow where not told"),
        ),
    ] = None
    share_visits: Annotated[
        VisitSharing,
        About(
            "与已排活动同场：一次停靠办两项活动",
            "One visit, two campaigns: held where another campaign's bus stands",
            more=Text(
                "各用各的人员、名额和时长；两癌筛查与体检同场须选 always",
                "with its own crew, places and hours; screening beside check-ups takes always",
            ),
        ),
    ] = _CAMPAIGN.share_visits
    spare_hours: Annotated[
        SpareHours,
        About(
            "已排活动当天余下的时间：收车回场后再出车",
            "Hours another campaign leaves of a bus's day: out again once it is back",
            more=Text(
                "各用各的人员和设备，在车场更换", "crew and equipment are changed at the depot"
            ),
        ),
    ] = _CAMPAIGN.spare_hours
    changeover_min: Annotated[
        NonNegativeInt,
        About(
            "同一辆车换活动时在车场停",
            "At the depot between two campaigns of a bus-day",
            Unit.MINUTES,
            flag="--changeover",
        ),
    ] = _CAMPAIGN.changeover_min
    stop_reach_m: Annotated[
        PositiveFloat, About("职工步行到停靠点至多", "How far workers walk to a stop", Unit.METRES)
    ] = STOP_REACH_M
    time_limit_s: Annotated[
        PositiveFloat, About("求解时限", "Time limit", Unit.SECONDS, flag="--seconds")
    ] = 60.0
    vehicle: Annotated[
        Vehicle,
        About(
            "最大车辆的高、宽、长（米）和总质量（吨）",
            "Height, width, length (m) and weight (t) of the largest bus",
            flag="--size",
            more=Text("绕开限高、限宽、限重的道路", "to drive round limits"),
        ),
    ] = Vehicle()
    turnout: Annotated[
        Turnout,
        About(
            "参检率：范围内职工来检查的比例",
            "Turn-out: part of the people in reach who come",
            Unit.SHARE,
            more=Text("最低、预计、最高", "at least, expected, at most"),
        ),
    ] = Turnout()
    rush_hours: Annotated[
        dict[str, float] | None,
        About(
            "高峰时段及行车时间的倍数",
            "A rush and how many times as long drives take in it",
            flag="--rush",
            more=Text(
                "如 07:00-09:00 1.5；也可写在 project.json 的 rush_hours",
                "07:00-09:00 1.5; or rush_hours in project.json",
            ),
        ),
    ] = None


class NeedRule(BaseModel):
    """Something workers ask of a station at certain hours, see :class:`geo.siting.actions.situation.Need`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str
    name_en: str = ""
    amenities: tuple[Amenity, ...]
    hours: Hours = ALWAYS
    groups: tuple[Group, ...] = ()
    worth: NonNegativeFloat = 1.0


class HoursPrice(BaseModel):
    """A way to open longer and its price, as :class:`geo.siting.actions.action_rules.HoursChoice`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str
    name_en: str = ""
    added: Hours
    fixed_cny: NonNegativeFloat
    weekly_hour_cny: NonNegativeFloat


class PriceList(BaseModel):
    """The planner's price list, over the plan's first year; ``prices`` of ``project.json``.

    What is left out keeps the example price (示例) of
    :data:`geo.siting.actions.action_rules.SAMPLE_COSTS`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    hours: tuple[HoursPrice, ...] | None = None
    amenity_cny: dict[Amenity, NonNegativeFloat] | None = None
    new_amenities: tuple[Amenity, ...] | None = None
    new_hours: Hours | None = None
    capacity_step: PositiveFloat | None = None
    capacity_cny: NonNegativeFloat | None = None
    move_cny: NonNegativeFloat | None = None


class ActionRules(BaseModel):
    """One budget for actions of every kind.

    Without a budget, the money of the recommended sites is spent. ``prices`` None stands for the
    example prices (示例).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    budget_cny: Annotated[
        PositiveFloat | None,
        About(
            "综合措施预算",
            "Budget for actions of all kinds",
            Unit.YUAN,
            flag="",
            more=Text("不填则等于推荐站点的费用", "what the recommended sites cost where not told"),
        ),
    ] = None
    counts: Annotated[
        dict[Action, NonNegativeInt],
        About(
            "某类措施最多几项",
            "Most actions of a kind",
            flag="--most",
            more=Text("如 extend_hours=30", "extend_hours=30"),
        ),
    ] = {}
    movable: Annotated[
        NonNegativeInt,
        About("最可替代的几个现有站点可以迁址", "How many of the least missed stations may move"),
    ] = MOVABLE
    move_within_m: Annotated[
        PositiveFloat, About("迁址至多", "How far a station may move", Unit.METRES)
    ] = MOVE_WITHIN_M
    visits_per_worker_day: Annotated[
        NonNegativeFloat,
        About(
            "每名职工每天到站次数，用于扩容",
            "Visits a worker makes a day, for room",
            flag="",
            more=Text("0 为不考虑接待能力", "0: room is left aside"),
        ),
    ] = VISITS_PER_WORKER_DAY
    needs: Annotated[
        tuple[NeedRule, ...], About("职工的需求", "What workers ask of a station", flag="")
    ] = (
        NeedRule(
            name=HOT_MEAL.text.zh,
            name_en=HOT_MEAL.text.en,
            amenities=HOT_MEAL.amenities,
            hours=HOT_MEAL.hours,
            groups=HOT_MEAL.groups,
        ),
    )
    prices: Annotated[
        PriceList | None,
        About(
            "价目", "Prices", flag="", more=Text("不填则用示例价目", "the example's where not told")
        ),
    ] = None


class StudyRules(BaseModel):
    """Everything a plan needs besides the layers, so that it can be run again exactly."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    coverage: CoverageRule = CoverageRule()
    siting: SitingRules = SitingRules()
    improve: ActionRules = ActionRules()
    bus: BusRules = BusRules()
    seed: Seed = SEED
