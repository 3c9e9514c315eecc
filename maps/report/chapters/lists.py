"""The long tables: all sites, all actions, all gaps, and the figures of the run at a glance."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from geo.layers.vocabulary import Action, Cause, Host, Verification, Word
from geo.text import Text
from maps.records import SITE_COLUMNS, Record, has_rows, records
from maps.report.content import PaperTable, Report, TableColumn, Value, ValueKind
from maps.report.subject import MONEY, OF_DISTRICT, Subject, money

_NAME = TableColumn(Text("名称", "Name"), wide=2.2)
_ADDRESS = TableColumn(Text("地址", "Address"), wide=1.8)


def _word(words: type[Word], value: object) -> Value:
    if value is None:
        return None
    return next((one.text for one in words if one.value == value), str(value))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not pd.isna(value) else None


def site_table(subject: Subject) -> PaperTable:
    """Return all recommended sites, the first to build first."""
    columns = (
        TableColumn(Text("序号", "Rank"), ValueKind.COUNT, wide=0.6),
        TableColumn(Text("批次", "Phase"), ValueKind.COUNT, wide=0.6),
        TableColumn(Text("编号", "ID")),
        _NAME,
        TableColumn(Text("依托单位", "Host")),
        _ADDRESS,
        *OF_DISTRICT,
        TableColumn(Text("街道", "Subdistrict")),
        TableColumn(Text("核实情况", "Confirmed")),
        TableColumn(Text("新增覆盖", "Newly covered"), ValueKind.COUNT, adds=True),
        TableColumn(Text("去掉后损失", "Lost without it"), ValueKind.COUNT),
        TableColumn(Text("每周新增工时", "Worker-hours a week"), ValueKind.COUNT),
        TableColumn(Text("误差下仍入选", "Chosen with demand off"), ValueKind.SHARE),
        TableColumn(Text("备选点", "Runner-up"), wide=1.6),
        TableColumn(Text("改选备选少覆盖", "Lost with it"), ValueKind.COUNT),
        *MONEY,
    )
    caption = Text("全部推荐站点", "All recommended sites")
    rows = tuple(
        _site(subject, row) for row in records(subject.sites, (*SITE_COLUMNS, "robustness"))
    )
    return PaperTable(
        key="sites", caption=caption, columns=columns, rows=rows, paper=(0, 1, 3, 5, 7, 10, 16)
    )


def _site(subject: Subject, row: Record) -> tuple[Value, ...]:
    cost = _number(row["cost_cny"])
    return (
        _number(row["rank"]),
        _number(row["phase"]),
        _text(row["target_id"]),
        _text(row["name"]),
        _word(Host, row["host"]),
        _text(row["address"]),
        _text(row["district"]),
        subject.district(row["district"]),
        subject.place(_text(row["subdistrict"]) or "") or None,
        _word(Verification, row["verification"]),
        *(_number(row[name]) for name in ("workers_new", "workers_lost", "worker_hours_new")),
        _number(row["robustness"]),
        _text(row["runner_up_name"]),
        _number(row["runner_up_loss"]),
        *money(subject, cost),
    )


def annexes(subject: Subject) -> Iterator[PaperTable]:
    """Yield the tables only the workbook and the archive have room for."""
    if has_rows(subject.layers, "actions"):
        yield _actions(subject)
    if has_rows(subject.layers, "gaps"):
        yield _gaps(subject)


def _actions(subject: Subject) -> PaperTable:
    said = "what_zh" if subject.language == "zh" else "what_en"
    names = ("rank", "action", said, "target_id", "name", "address", "district")
    more = ("worker_hours", "workers_gaining", "cost_cny")
    frame = subject.layers["actions"].sort_values("rank")
    rows = []
    for row in records(frame, (*names, *more)):
        cost = _number(row["cost_cny"])
        rows.append(
            (
                _number(row["rank"]),
                _word(Action, row["action"]),
                _text(row[said]),
                *(_text(row[name]) for name in ("target_id", "name", "address", "district")),
                subject.district(row["district"]),
                _number(row["worker_hours"]),
                _number(row["workers_gaining"]),
                *money(subject, cost),
            )
        )
    columns = (
        TableColumn(Text("序号", "Rank"), ValueKind.COUNT, wide=0.6),
        TableColumn(Text("措施", "Action")),
        TableColumn(Text("内容", "What is done"), wide=1.8),
        TableColumn(Text("编号", "ID")),
        _NAME,
        _ADDRESS,
        *OF_DISTRICT,
        TableColumn(Text("每周新增工时", "Worker-hours a week"), ValueKind.COUNT, adds=True),
        TableColumn(Text("受益职工", "Workers who gain"), ValueKind.COUNT),
        *MONEY,
    )
    caption = Text("同样的钱：各项措施", "The same money: all actions")
    return PaperTable(key="actions", caption=caption, columns=columns, rows=tuple(rows))


def _gaps(subject: Subject) -> PaperTable:
    names = ("rank", "gap_id", "name", "district", "workers", "worker_hours", "cause", "nearest_m")
    rows = tuple(
        (
            _number(row["rank"]),
            _text(row["gap_id"]),
            _text(row["name"]),
            _text(row["district"]),
            subject.district(row["district"]),
            _number(row["workers"]),
            _number(row["worker_hours"]),
            _word(Cause, row["cause"]),
            _number(row["nearest_m"]),
        )
        for row in records(subject.layers["gaps"].sort_values("rank"), names)
    )
    columns = (
        TableColumn(Text("序号", "Rank"), ValueKind.COUNT, wide=0.6),
        TableColumn(Text("缺口编号", "Gap")),
        TableColumn(Text("位置", "Where"), wide=2.0),
        *OF_DISTRICT,
        TableColumn(Text("未覆盖职工", "Workers"), ValueKind.COUNT, adds=True),
        TableColumn(Text("每周未覆盖工时", "Worker-hours a week"), ValueKind.COUNT, adds=True),
        TableColumn(Text("原因", "Cause"), wide=1.3),
        TableColumn(Text("距最近站点（米）", "Nearest station (m)"), ValueKind.COUNT),
    )
    return PaperTable(key="gaps", caption=Text("全部缺口", "All gaps"), columns=columns, rows=rows)


def headline_table(report: Report) -> PaperTable:
    """Return the headlines as a table, with what the data are and where they come from."""
    about = (
        (Text("数据说明", "About the data"), None, report.mark),
        (Text("来源", "Source"), None, report.source),
    )
    return PaperTable(
        key="summary",
        caption=Text("主要数字", "Main figures"),
        columns=(
            TableColumn(Text("指标", "Figure"), wide=1.6),
            TableColumn(Text("数值", "Value"), ValueKind.COUNT),
            TableColumn(Text("说明", "Note"), wide=2.4),
        ),
        rows=(
            *((one.label, one.value, one.note) for one in report.headlines()),
            *(row for row in about if row[2]),
        ),
    )
