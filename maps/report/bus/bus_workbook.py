"""The tables of the bus on paper, for its workbook: campaigns, days, visits, districts."""

from __future__ import annotations

from geo.layers.vocabulary import CampaignName
from geo.summary.bus_figures import BusFigures, CampaignFigures
from geo.text import Text
from maps.numbers import count, percent_at_most
from maps.records import ROUTE_COLUMNS, VISIT_COLUMNS, records
from maps.report.bus.bus_papers import BusPapers
from maps.report.content import (
    Chapter,
    Fact,
    Headline,
    Headlines,
    PaperTable,
    Report,
    TableColumn,
    Value,
    ValueKind,
)
from maps.report.subject import DISTRICT, Subject, table_by_district


def bus_report(papers: BusPapers) -> Report:
    """Return the tables of the campaign, for its workbook."""
    subject, figures = papers.subject, papers.figures
    served = figures.workers_served + sum(one.workers_served for one in figures.beside)
    visits = figures.visits + sum(one.visits for one in figures.beside)
    days = {*figures.days, *(day for one in figures.beside for day in one.days)}
    heads = (
        Headline(Text("预计检查", "People examined"), served, ValueKind.COUNT, _split(papers)),
        Headline(
            Text("停靠", "Visits"),
            visits,
            ValueKind.COUNT,
            Text(f"{len(days)} 个日子", f"on {len(days)} days"),
        ),
        Headline(
            Text("里程（公里）", "Kilometres"), figures.km, ValueKind.COUNT, _how_near(figures)
        ),
    )
    tables = (
        _campaign_table(papers),
        _day_table(papers),
        _visit_table(papers),
        _district_table(papers),
    )
    people = Text("预计检查", "People examined")
    return Report(
        title=Text("大蓬车活动安排", "The bus campaign"),
        made=subject.made,
        mark=subject.mark,
        chapters=(Chapter(Text("安排", "Plan"), (Headlines(heads), *tables)),),
        language=subject.language,
        source=_source(subject),
        facts=(
            Fact(people, served, "bus_campaigns", 1),
            Fact(people, served, "bus_days", 7),
            Fact(people, served, "bus_visits", 13),
            Fact(Text("停靠", "Visits"), visits, "bus_campaigns", 5),
        ),
    )


def _source(subject: Subject) -> Text:
    """Return where the plan's data come from, in a line."""
    credit = subject.credit or Text("", "")
    return Text(
        "；".join(filter(None, (f"数据：{subject.made}", credit.zh))),
        "; ".join(filter(None, (f"Data of {subject.made}", credit.en))),
    )


def _every(figures: BusFigures) -> tuple[BusFigures | CampaignFigures, ...]:
    return figures, *figures.beside


def _split(papers: BusPapers) -> Text:
    """Say how far the number of people depends on turn-out; of several campaigns, who has how many."""
    figures = papers.figures
    low, high = (count(one) for one in figures.served_range)
    if not figures.beside:
        return Text(f"参检率低与高时 {low}–{high}", f"{low}–{high} at low and high turn-out")
    told = [(CampaignName(one.campaign).text, count(one.workers_served)) for one in _every(figures)]
    return Text(
        "；".join(f"{word.zh} {number}" for word, number in told),
        "; ".join(f"{word.en} {number}" for word, number in told),
    )


def _how_near(figures: BusFigures) -> Text:
    if figures.beside:
        return Text("全部活动", "all campaigns")
    gap = percent_at_most(figures.gap)
    return Text(f"与最优相差不超过 {gap}", f"at most {gap} from the best")


def _campaign_table(papers: BusPapers) -> PaperTable:
    """Return each campaign that stands on the fleet, the one planned last first."""
    figures = papers.figures
    low, high = figures.served_range
    ranges: list[tuple[Value, Value]] = [(low, high), *[(None, None)] * len(figures.beside)]
    rows = tuple(
        (
            CampaignName(one.campaign).text,
            one.workers_served,
            one.upper_bound,
            *between,
            one.visits,
            len(one.days),
        )
        for one, between in zip(_every(figures), ranges, strict=True)
    )
    columns = (
        TableColumn(Text("活动", "Campaign"), wide=1.4),
        _PEOPLE,
        TableColumn(Text("至多（已证明）", "At most (proven)"), ValueKind.COUNT),
        TableColumn(Text("参检率低时", "At low turn-out"), ValueKind.COUNT),
        TableColumn(Text("参检率高时", "At high turn-out"), ValueKind.COUNT),
        TableColumn(Text("停靠", "Stops"), ValueKind.COUNT, adds=True),
        TableColumn(Text("天数", "Days"), ValueKind.COUNT),
    )
    return PaperTable(
        key="bus_campaigns", caption=Text("各项活动", "Campaigns"), columns=columns, rows=rows
    )


_PEOPLE = TableColumn(Text("预计人数", "People"), ValueKind.COUNT, adds=True)
_DATE, _BUS = TableColumn(Text("日期", "Day")), TableColumn(Text("车辆", "Bus"))


def _day_table(papers: BusPapers) -> PaperTable:
    rows: list[tuple[Value, ...]] = []
    frame = papers.subject.layers["bus_routes"].sort_values(["day", "bus_id"])
    for row in records(frame, ROUTE_COLUMNS):
        km = float(str(row["distance_m"] or 0)) / 1000
        stops = float(str(row["stops"] or 0))
        people = float(str(row["workers_served"] or 0))
        first = (str(row["day"])[:10], papers.bus(row["bus_id"]), str(row["depot_id"] or ""))
        rows.append((*first, str(row["leave"]), str(row["return"]), stops, km, people))
    columns = (
        _DATE,
        _BUS,
        TableColumn(Text("车场", "Depot")),
        TableColumn(Text("出场", "Leaves")),
        TableColumn(Text("回场", "Back")),
        TableColumn(Text("停靠", "Stops"), ValueKind.COUNT, adds=True),
        TableColumn(Text("里程（公里）", "Kilometres"), ValueKind.COUNT, adds=True),
        _PEOPLE,
    )
    return PaperTable(
        key="bus_days",
        caption=Text("每车每天", "Each bus and day"),
        columns=columns,
        rows=tuple(rows),
    )


def _visit_table(papers: BusPapers) -> PaperTable:
    rows: list[tuple[Value, ...]] = []
    for row in records(papers.visits, VISIT_COLUMNS):
        order = float(str(row["order"] or 0))
        people = float(str(row["workers_served"] or 0))
        texts = [str(row[key] or "") for key in ("stop_id", "name", "address", "district")]
        times = [str(row[key] or "") for key in ("arrive", "start", "end", "depart")]
        first: list[Value] = [str(row["day"])[:10], papers.bus(row["bus_id"]), order, *texts]
        district = papers.subject.district(row["district"])
        who = [str(row[key] or "") for key in ("contact", "phone")]
        what = papers.campaign(row["campaign"], is_guest=bool(row["shared_with"]))
        rows.append((*first, district, *times, what, people, *who))
    columns = (
        _DATE,
        _BUS,
        TableColumn(Text("顺序", "Order"), ValueKind.COUNT),
        TableColumn(Text("停靠点编号", "Stop ID")),
        TableColumn(Text("停靠点", "Stop")),
        TableColumn(Text("地址", "Address")),
        TableColumn(Text("区市代码", "Code")),
        DISTRICT,
        TableColumn(Text("到达", "Arrive")),
        TableColumn(Text("开始", "From")),
        TableColumn(Text("结束", "To")),
        TableColumn(Text("离开", "Leave")),
        TableColumn(Text("活动", "Campaign")),
        _PEOPLE,
        TableColumn(Text("联系人", "Contact")),
        TableColumn(Text("电话", "Phone")),
    )
    return PaperTable(
        key="bus_visits", caption=Text("全部停靠", "All visits"), columns=columns, rows=tuple(rows)
    )


def _district_table(papers: BusPapers) -> PaperTable:
    word = CampaignName(papers.figures.campaign).text
    return table_by_district(
        papers.subject,
        "bus_districts",
        Text(f"各区市检查人数：{word.zh}", f"People examined by district: {word.en}"),
        (
            TableColumn(Text("按人数应得", "Its part by head count"), ValueKind.COUNT, adds=True),
            TableColumn(Text("保底", "Owed at least"), ValueKind.COUNT),
            TableColumn(Text("预计检查", "Examined"), ValueKind.COUNT, adds=True),
        ),
        (
            (row.district, (row.expected, row.floor, row.served))
            for row in papers.figures.by_district
        ),
    )
