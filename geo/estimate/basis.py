"""What an estimated row was worked out from, written in the row itself so that it can be redone.

``pool=370202;restaurant=12;mall=1``: of the people of this group and setting in the pool, the row
has the part its restaurants and mall draw. ``relative`` says that the pool's people are no count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from geo.layers.vocabulary import Word

_POOL, _RELATIVE = "pool", "relative"


@dataclass(frozen=True)
class Basis:
    """What a row rests on.

    Attributes
    ----------
    pool : str
        District code among whose rows the people were shared out, "" for all the city.
    amounts : Mapping[Draw, float]
        How much of each draw the row holds.
    relative : bool
        Whether the pool's people are weights and no count.
    """

    pool: str = ""
    amounts: Mapping[Draw, float] = field(default_factory=dict)
    relative: bool = False

    def written(self) -> str:
        """Return the text of the column ``estimated_from``."""
        parts = [f"{_POOL}={self.pool}"] if self.pool else []
        parts += [_RELATIVE] if self.relative else []
        parts += [f"{draw}={amount:.6g}" for draw, amount in self.amounts.items()]
        return ";".join(parts)


def read_basis(text: object) -> Basis | None:
    """Return what the column ``estimated_from`` says; None where it says nothing readable."""
    if not isinstance(text, str) or not text.strip():
        return None
    pool, relative, amounts = "", False, {}
    for part in text.split(";"):
        key, _, value = part.strip().partition("=")
        if key == _POOL:
            pool = value
        elif key == _RELATIVE:
            relative = True
        else:
            try:
                amounts[Draw(key)] = float(value)
            except ValueError:
                return None
    return Basis(pool, amounts, relative)


class Draw(Word):
    """What draws workers. Counted one by one unless the name says a unit."""

    RESTAURANT = "restaurant", "餐饮店", "Restaurants"
    MALL = "mall", "商场", "Malls"
    SUPERMARKET = "supermarket", "超市", "Supermarkets"
    MARKET = "market", "市场", "Markets"
    POST_DEPOT = "post_depot", "快递网点", "Courier depots"
    POST = "post", "邮局", "Post offices"
    HOSPITAL = "hospital", "医院", "Hospitals"
    CARE_HOME = "care_home", "养老照护机构、诊所", "Care homes and clinics"
    ESTATE_OFFICE = "estate_office", "房产中介门店", "Estate agencies"
    WAREHOUSE = "warehouse", "仓库厂房", "Warehouses and works"
    INDUSTRY_HA = "industry_ha", "工业用地（公顷）", "Industrial land (ha)"
    LORRY_PARK = "lorry_park", "货车停车场、服务区", "Lorry parks and services"
    FUEL = "fuel", "加油站", "Fuel stations"
    STATION = "station", "火车站、客运站、机场", "Railway, bus and air terminals"
    HOTEL = "hotel", "酒店", "Hotels"
    SCHOOL = "school", "学校", "Schools"
    BANK = "bank", "银行", "Banks"
    OFFICE = "office", "办公楼、公司", "Offices"
    HOMES = "homes", "住宅（千平方米）", "Homes (1,000 m2 of floor)"
    HOMES_HA = "homes_ha", "居住用地（公顷）", "Residential land (ha)"
    BUILDINGS = "buildings", "未注明用途的建筑（千平方米）", "Buildings of no stated use (1,000 m2)"
    STREETS = "streets_km", "街道（公里）", "Streets (km)"


INSTEAD = (Draw.HOMES, Draw.HOMES_HA, Draw.BUILDINGS, Draw.STREETS)
"""What stands in, in this order, where nothing that draws a group is known."""
