"""Columns that the tables of several chapters have: which district, and who pays what."""

from __future__ import annotations

from geo.text import Text
from maps.report.content import TableColumn, Value, ValueKind
from maps.report.subject import Subject, cost_shares

CODE = TableColumn(Text("区市代码", "Code"))
DISTRICT = TableColumn(Text("区市", "District"), ValueKind.TEXT, wide=1.3)
OF_DISTRICT = (CODE, DISTRICT)
"""See :func:`of_district`; paper leaves the first out."""
MONEY = (
    TableColumn(Text("费用（元）", "Cost (CNY)"), ValueKind.YUAN, adds=True),
    TableColumn(Text("市级承担（元）", "City pays (CNY)"), ValueKind.YUAN, adds=True),
    TableColumn(Text("区市承担（元）", "District pays (CNY)"), ValueKind.YUAN, adds=True),
)
"""See :func:`money`."""


def of_district(subject: Subject, code: str) -> tuple[Value, Value]:
    """Return a district's code and what people call it."""
    return code, subject.district(code)


def money(subject: Subject, cost_cny: float | None) -> tuple[Value, ...]:
    """Return a cost (CNY), and what of it the city and the district pay."""
    return cost_cny, *cost_shares(cost_cny, subject.city_share)
