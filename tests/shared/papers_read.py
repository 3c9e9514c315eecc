"""The committee's papers read back from their files, and every figure compared with the run's own.

What a table must hold is stated here from the typed figures and the layers of results alone; the
tables the papers are made of are asked only for which of their columns paper has room for.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO, StringIO
from typing import Any

import numpy as np
import openpyxl
from docx import Document
from docx.oxml.ns import qn
from openpyxl.utils import range_boundaries
from pptx import Presentation
from pypdfium2 import PdfDocument

from maps.numbers import count, index, percent
from maps.report.chapters.decision import decision_report
from maps.report.content import Report, ValueKind
from maps.report.files.excel import SHEETS
from maps.report.subject import Subject

Rows = list[dict[int, float | None]]
"""Of each row of a table: the figures by column."""


def differences(subject: Subject, files: Mapping[str, bytes]) -> tuple[int, list[str]]:
    """Return how many figures were compared, and what differs; `files` are in Chinese."""
    report = decision_report(subject)
    wanted = {key: rows for key, rows in expected(subject).items() if report.table(key)}
    readers = {
        "表格": lambda: _csv(wanted, files),
        "数据表.xlsx": lambda: _xlsx(report, wanted, files["数据表.xlsx"]),
        "决策报告.docx": lambda: _docx(report, wanted, files["决策报告.docx"]),
        "决策报告.pdf": lambda: _pdf(report, wanted, files["决策报告.pdf"]),
        "汇报.pptx": lambda: _pptx(report, wanted, files["汇报.pptx"]),
        "站点踏勘表.pdf": lambda: _sheets(subject, files["站点踏勘表.pdf"]),
    }
    compared, wrong = 0, []
    for name, read in readers.items():
        for where, shown, true in read():
            compared += 1
            if shown != true:
                wrong.append(f"{name} {where}: {shown!r} instead of {true!r}")
    return compared, wrong


Compared = Iterator[tuple[str, object, object]]
"""Where, what stands there, what should."""


def _rows(rows: Sequence[Sequence[float | None]], first: int) -> Rows:
    return [dict(enumerate(row, start=first)) for row in rows]


def expected(subject: Subject) -> dict[str, Rows]:
    """Return the figures of every table by its key, from the typed figures of the run."""
    return {**_standing(subject), **_equity_and_room(subject), **_plan(subject), **_more(subject)}


def _cover(row: object, *names: str) -> list[float | None]:
    workers, covered, hours, served = (float(getattr(row, one)) for one in names)
    part, of_hours = (a / b if b else None for a, b in ((covered, workers), (served, hours)))
    return [workers, covered, part, hours, served, of_hours]


_NAMES = ("workers", "workers_covered", "worker_hours", "worker_hours_covered")


class _Sum:
    """Rows of one group of workers, added up."""

    def __init__(self, rows: Sequence[object]) -> None:
        for name in _NAMES:
            setattr(self, name, sum(getattr(row, name) for row in rows))


def _standing(subject: Subject) -> dict[str, Rows]:
    seen = subject.seen
    groups: dict[str, list[object]] = {}
    for row in seen.by_district_group:
        groups.setdefault(row.group, []).append(row)
    sums = sorted((_Sum(rows) for rows in groups.values()), key=lambda one: -one.workers)
    week = [np.array(one).reshape(7, 24) for one in (seen.by_hour.present, seen.by_hour.covered)]
    hours = []
    for hour in range(24):
        told: list[float | None] = []
        for days in (slice(0, 5), slice(5, 7)):
            there, served = (float(one[days, hour].mean()) for one in week)
            told += [there, served, served / there if there else None]
        hours.append(told)
    return {
        "districts": _rows([_cover(one, *_NAMES) for one in seen.by_district], 2),
        "subdistricts": _rows([_cover(one, *_NAMES) for one in seen.by_subdistrict], 3),
        "groups": _rows([_cover(one, *_NAMES) for one in sums], 1),
        "district_groups": _rows([_cover(one, *_NAMES) for one in seen.by_district_group], 3),
        "hours": _rows(hours, 1),
    }


def _equity_and_room(subject: Subject) -> dict[str, Rows]:
    even, room = subject.seen.equity, subject.seen.capacity

    def cells(row: object) -> list[float | None]:
        names = ("workers", "mean", "gini", "worst_tenth", "in_farthest_tenth")
        return [getattr(row, one) for one in names]

    return {
        "equity_districts": _rows([cells(one) for one in even.by_district], 2),
        "equity_groups": _rows([cells(one) for one in even.by_group], 1),
        "room": _rows(
            [(one.workers, one.capacity, one.visits_without_room) for one in room.by_district], 2
        ),
    }


def _shares(subject: Subject, cost: float | None) -> list[float | None]:
    if _known(cost) is None:
        return [None] * 3
    return [cost, cost * subject.city_share, cost - cost * subject.city_share]


def _plan(subject: Subject) -> dict[str, Rows]:
    plan, sites = subject.plan, subject.layers["sites"].sort_values("rank")
    reached = 0.0
    phases, parts = [], []
    proven = {one.count: one for one in plan.phases}
    for number in sorted(set(sites["phase"])):
        part = sites[sites["phase"] == number]
        reached += float(part["workers_new"].sum())
        opened = int((sites["phase"] <= number).sum())
        bound: list[float | None] = [None, None]
        if opened == plan.sites:
            bound = [plan.upper_bound - subject.seen.covered_before, plan.gap]
        elif opened in proven:
            bound = [proven[opened].bound, proven[opened].gap]
        new = float(part["workers_new"].sum())
        money = _shares(subject, part["cost_cny"].sum())
        phases.append([len(part), new, reached, *bound, *money])
        for code in sorted(set(part["district"])):
            here = part[part["district"] == code]
            cost = _shares(subject, here["cost_cny"].sum())
            parts.append([len(here), float(here["workers_new"].sum()), *cost])
    districts = [
        [
            row.sites,
            row.workers,
            row.covered_before,
            row.covered_after,
            row.share_before,
            row.share_after,
            *_shares(subject, sites.loc[sites["district"] == row.district, "cost_cny"].sum()),
        ]
        for row in plan.by_district
    ]
    curve = zip(plan.curve.sites, plan.curve.covered, plan.curve.upper_bound, strict=True)
    named = {
        0: "rank",
        1: "phase",
        10: "workers_new",
        11: "workers_lost",
        12: "worker_hours_new",
        13: "robustness",
        15: "runner_up_loss",
    }
    listed = [
        {at: row.get(name) for at, name in named.items()}
        | dict(enumerate(_shares(subject, row["cost_cny"]), start=16))
        for row in sites.to_dict("records")
    ]
    return {
        "phases": _rows(phases, 1),
        "phase_districts": _rows(parts, 3),
        "plan": _rows(districts, 2),
        "curve": _rows(list(curve), 0),
        "sites": listed,
    }


def _more(subject: Subject) -> dict[str, Rows]:
    plan, told = subject.plan, subject.summary.improve
    found = {
        "floors": _rows([(x.sites, x.cost_cny, x.gain, x.gain_bound) for x in plan.rule_prices], 1),
        "binding": _rows([(one.unit, one.gain, one.gain_bound) for one in plan.binding], 1),
        "ranges": _rows([(one.workers, one.worker_hours) for one in subject.seen.range.rows], 2),
    }
    kept = np.array([one for one in plan.robustness if one is not None])
    bands = ((1.0, 1.01), (0.8, 1.0), (0.5, 0.8), (-1.0, 0.5))
    found["robustness"] = _rows([[int(((kept >= a) & (kept < b)).sum())] for a, b in bands], 1)
    if told is not None:
        kinds = [[x.count, x.worker_hours, *_shares(subject, x.cost_cny)] for x in told.kinds]
        found["kinds"] = _rows(kinds, 1)
        found["action_districts"] = _rows(
            [
                [x.actions, x.unserved_before, x.unserved_after, *_shares(subject, x.cost_cny)]
                for x in told.by_district
            ],
            2,
        )
        needs = [(x.total, x.before, x.after, x.after / x.total) for x in told.needs]
        found["needs"] = _rows(needs, 1)
    for key, layer, columns in (
        ("actions", "actions", {0: "rank", 8: "worker_hours", 9: "workers_gaining"}),
        ("gaps", "gaps", {0: "rank", 5: "workers", 6: "worker_hours", 8: "nearest_m"}),
    ):
        if layer in subject.layers:
            rows = subject.layers[layer].sort_values("rank").to_dict("records")
            found[key] = [{at: row.get(name) for at, name in columns.items()} for row in rows]
    for cells, row in zip(found.get("actions", []), _in_order(subject, "actions"), strict=False):
        cells |= dict(enumerate(_shares(subject, row["cost_cny"]), start=10))
    return found


def _in_order(subject: Subject, layer: str) -> list[dict[str, object]]:
    held = subject.layers.get(layer)
    return [] if held is None else held.sort_values("rank").to_dict("records")


def _known(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else float(value)


def _near(shown: object, true: float | None, *, off: float = 0.0) -> object:
    """Return `true` itself where `shown` is that number, so that the two compare as equal."""
    true = _known(true)
    if true is None:
        return None if shown in {None, ""} else shown
    held = float(shown) if isinstance(shown, int | float | str) and shown != "" else None
    return true if held is not None and abs(held - true) <= off + 1e-8 * abs(true) else shown


def _csv(wanted: Mapping[str, Rows], files: Mapping[str, bytes]) -> Compared:
    for key, rows in wanted.items():
        name = SHEETS[key].zh
        text = files[f"表格/{name}.csv"].decode("utf-8-sig")
        read = list(csv.reader(StringIO(text)))[1:]
        yield f"{name} rows", len(read), len(rows)
        for number, (cells, row) in enumerate(zip(read, rows, strict=True), start=1):
            for at, true in row.items():
                yield f"{name} {number}/{at}", _near(cells[at], true), _known(true)


_HEAD = 4


def _xlsx(report: Report, wanted: Mapping[str, Rows], content: bytes) -> Compared:
    stored = openpyxl.load_workbook(BytesIO(content), data_only=True)
    formulas = openpyxl.load_workbook(BytesIO(content))
    for key, rows in wanted.items():
        name, table = SHEETS[key].zh, report.table(key)
        assert table is not None
        sheet = stored[name]
        for number, row in enumerate(rows, start=_HEAD + 1):
            for at, true in row.items():
                column = table.columns[at]
                off = 0.5 if column.kind is ValueKind.COUNT and not column.adds else 0.0
                cell = sheet.cell(number, at + 1).value
                yield f"{name} {number}/{at}", _near(cell, true, off=off), _known(true)
    for sheet in formulas.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    held = stored[sheet.title][cell.coordinate].value
                    computed = _computed(stored, sheet.title, str(cell.value))
                    same = held == computed or (
                        not isinstance(computed, str) and _near(held, computed) == computed
                    )
                    yield f"{sheet.title} {cell.coordinate}", held if not same else 0, 0
    agrees = [row[4] for row in stored["汇总"].iter_rows(values_only=True)]
    yield "汇总 agrees", agrees.count("不一致"), 0


def _computed(book: openpyxl.Workbook, sheet: str, formula: str) -> object:
    """Compute a formula of the workbook anew, from the cells it names."""
    text = formula.removeprefix("=")
    if found := re.fullmatch(r'IF\(COUNTBLANK\((.+?)\)>0,"(.+?)",(SUBTOTAL\(.+\))\)', text):
        blank = any(one is None for one in _cells(book, sheet, found[1]))
        return found[2] if blank else _computed(book, sheet, found[3])
    if found := re.fullmatch(r"(?:SUBTOTAL\(9,|SUM\()(.+)\)", text):
        return sum(float(one) for one in _cells(book, sheet, found[1]) if one is not None)
    if found := re.fullmatch(r'IFERROR\((\w+)/(\w+),""\)', text):
        part, whole = (book[sheet][found[n]].value for n in (1, 2))
        return part / whole if whole else None
    if found := re.fullmatch(r'IF\(ABS\((\w+)-(\w+)\)<([\d.e+-]+),"(.+)","(.+)"\)', text):
        one, other = (book[sheet][found[n]].value for n in (1, 2))
        return found[4] if abs(one - other) < float(found[3]) else found[5]
    message = f"unknown formula {formula}"
    raise AssertionError(message)


def _cells(book: openpyxl.Workbook, sheet: str, where: str) -> list[object]:
    if "!" in where:
        named, where = where.rsplit("!", 1)
        sheet = named.strip("'")
    left, top, right, bottom = range_boundaries(where)
    area = book[sheet].iter_rows(top, bottom, left, right, values_only=True)
    return [one for row in area for one in row]


def _read(value: float | None, kind: ValueKind) -> str:
    value = _known(value)
    return {ValueKind.SHARE: percent, ValueKind.INDEX: index}.get(kind, count)(value)


def _printed(report: Report, key: str, rows: Rows) -> list[list[tuple[int, str]]]:
    """Return each row as paper shows it: the place of each figure and how it reads."""
    table = report.table(key)
    assert table is not None
    places = list(table.paper or range(len(table.columns)))
    return [
        [
            (places.index(at), _read(true, table.columns[at].kind))
            for at, true in row.items()
            if at in places
        ]
        for row in rows
    ]


def _on_paper(report: Report, wanted: Mapping[str, Rows]) -> dict[str, str]:
    """Return the captions of the tables paper holds, and their keys."""
    held = {one.key for one in report.annexes}
    return {
        table.caption.zh: key
        for key in wanted
        if key not in held and (table := report.table(key)) is not None
    }


def _words(element: Any) -> str:
    return "".join(one.text or "" for one in element.iter(qn("w:t")))


def _docx(report: Report, wanted: Mapping[str, Rows], content: bytes) -> Compared:
    document = Document(BytesIO(content))
    captions = [
        _words(one).split("　", 1)[1]
        for one in document.element.body.xpath(".//w:p[w:pPr/w:pStyle/@w:val='Caption']")
        if _words(one).startswith("表")
    ]
    tables = dict(zip(captions, document.tables[1:], strict=True))
    for caption, key in _on_paper(report, wanted).items():
        rows = [[_words(cell) for cell in row.tc_lst] for row in tables[caption]._tbl.tr_lst[1:]]
        for number, (cells, row) in enumerate(
            zip(rows, _printed(report, key, wanted[key]), strict=False)
        ):
            for at, true in row:
                yield f"{caption} {number}/{at}", cells[at], true


def _pdf(report: Report, wanted: Mapping[str, Rows], content: bytes) -> Compared:
    pages = "".join(one.get_textpage().get_text_range() for one in PdfDocument(content))
    bare = re.sub(r"\s", "", pages)
    for caption, key in _on_paper(report, wanted).items():
        for number, row in enumerate(_printed(report, key, wanted[key])):
            runs = [true for _, true in sorted(row)]
            together = "".join(runs)
            apart = all(one in bare for one in runs)
            yield f"{caption} {number}", together in bare or (apart and key == "sites"), True


def _pptx(report: Report, wanted: Mapping[str, Rows], content: bytes) -> Compared:
    shapes = [one for slide in Presentation(BytesIO(content)).slides for one in slide.shapes]
    tables = [one.table for one in shapes if one.has_table]
    shown = iter(tables)
    for key in ("groups", "phases", "plan", "kinds", "binding"):
        if key not in wanted:
            continue
        rows = list(next(shown).rows)[1:]
        for number, (cells, row) in enumerate(
            zip(rows, _printed(report, key, wanted[key]), strict=False)
        ):
            for at, true in row:
                yield f"{key} {number}/{at}", cells.cells[at].text, true
    charts = [one.chart for one in shapes if one.has_chart]
    for chart, (key, columns) in zip(
        charts, (("plan", (6, 7)), ("hours", (3, 6)), ("curve", (1, 2))), strict=True
    ):
        for series, at in zip(chart.plots[0].series, columns, strict=True):
            for number, (one, row) in enumerate(zip(series.values, wanted[key], strict=True)):
                yield f"{key} {number}/{at}", _near(one, row[at] or 0.0), row[at] or 0.0


def _sheets(subject: Subject, content: bytes) -> Compared:
    pages = PdfDocument(content)
    rows = subject.layers["sites"].sort_values("rank").to_dict("records")
    yield "pages", len(pages), len(rows)
    for page, row in zip(pages, rows, strict=True):
        bare = re.sub(r"\s", "", page.get_textpage().get_text_range())
        cost = _shares(subject, row["cost_cny"])
        for said in (
            f"新增覆盖{count(row['workers_new'])}",
            f"去掉它，{count(row['workers_lost'])}名",
            f"每周新增{count(row.get('worker_hours_new'))}工时",
            f"试算中，{percent(row.get('robustness'), 0)}仍选它",
            *(
                f"{word}{count(one)}元"
                for word, one in zip(("费用", "其中市级", "其中区市"), cost, strict=True)
            ),
        ):
            yield f"{row['rank']} {said}", said in bare, True
