"""``import``: a layer file in, with a report of every bad row; all or nothing unless told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from api.command.console import Console, machine_option, project_option
from api.command.layers.event_import import (
    event_options,
    import_events,
    refuse_event_options,
    stale_results,
)
from api.command.layers.reading_options import answers_of, reading_options
from data.excel.rejects import write_rejects
from data.importing import Imported, import_layer
from data.reading.reading import UnclearFileError
from data.reading.reading_report import ReadingReport, problem_facts
from data.store.project import Project
from data.tables.answers import Answers
from data.tables.table import UnclearTableError
from data.words.cell_problem import first_lines
from geo.demand.anonymity import LEAST_PEOPLE
from geo.errors import BadInputError, StorageError
from geo.layers.columns import INPUT_LAYERS
from geo.text import Language, Text

_ACCEPT = Text(
    "导入正确的行，把有问题的行写到原文件旁的 Excel",
    "Import the good rows; write the others to an Excel file beside the source",
)
_CHECK = Text(
    "只看不导：逐列说明读成了什么、哪些没读懂、坐标和编码怎么定的、与现有版本差在哪里",
    "Print without importing what every column became, what was not understood, how datum and "
    "encoding were decided, and the differences to the present version",
)
_KEEP = Text(
    "把 --table、--column、--encoding、--datum、--crs 的答案记在项目里，下次列名相同的文件照用",
    "Keep the answers of --table, --column, --encoding, --datum and --crs in the project for files "
    "with the same headers",
)
_EVENTS = Text(
    f"文件是逐条事件（订单、定位），汇总为不少于 {LEAST_PEOPLE} 人的网格后作为 workers 导入",
    f"The file holds events (orders, GPS pings): gather them in cells of {LEAST_PEOPLE} people or more",
)


def import_command(language: Language) -> click.Command:
    """Build ``yizhan import``."""

    @click.command("import")
    @click.argument("layer", type=click.Choice(list(INPUT_LAYERS)))
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--check", is_flag=True, help=_CHECK.into(language))
    @reading_options(language)
    @click.option("--keep-answers", is_flag=True, help=_KEEP.into(language))
    @click.option("--accept-good-rows", is_flag=True, help=_ACCEPT.into(language))
    @click.option("--events", is_flag=True, help=_EVENTS.into(language))
    @event_options(language)
    @project_option(language)
    @machine_option(language)
    def import_(
        layer: str,
        file: Path,
        check: bool,  # noqa: FBT001
        keep_answers: bool,  # noqa: FBT001
        table: str | None,
        columns: tuple[str, ...],
        encoding: str | None,
        datum: str | None,
        crs: str | None,
        accept_good_rows: bool,  # noqa: FBT001
        events: bool,  # noqa: FBT001
        project: str,
        as_json: bool,  # noqa: FBT001
        **of_events: Any,  # noqa: ANN401 - click fills in the options of events
    ) -> None:
        opened, console = Project.open(Path(project)), Console(language, as_json=as_json)
        if events:
            _refuse_for_events(language, table=table, crs=crs)
        else:
            refuse_event_options(of_events, language)
        answers = answers_of(
            language, table=table, columns=columns, encoding=encoding, datum=datum, crs=crs
        )
        wished = _Wished(
            answers=answers,
            check=check,
            keep_answers=keep_answers and not check,
            accept_good_rows=accept_good_rows,
        )
        if events:
            import_events(console, opened, layer, file, **vars(wished), **of_events)
            return
        imported = _imported(console, opened, layer, file, wished)
        if check:
            _answer_check(console, layer, file, imported.report, imported)
        else:
            _answer(console, opened, layer, file, imported)

    return import_


@dataclass(frozen=True, kw_only=True)
class _Wished:
    """How the file is to be read, and what becomes of it."""

    answers: Answers
    check: bool
    keep_answers: bool
    accept_good_rows: bool


def _imported(
    console: Console, project: Project, layer: str, file: Path, wished: _Wished
) -> Imported:
    """Import the file, or only read it; where it is unclear, say what was understood of it."""
    try:
        return import_layer(
            project,
            INPUT_LAYERS[layer],
            file,
            source=file.name,
            answers=wished.answers,
            accept_good_rows=wished.accept_good_rows,
            publish=not wished.check,
            keep_answers=wished.keep_answers,
        )
    except (UnclearFileError, UnclearTableError) as error:
        report = ReadingReport.of_unclear(INPUT_LAYERS[layer], error)
        if wished.check:
            _answer_check(console, layer, file, report, None)
        raise


def _answer(console: Console, project: Project, layer: str, file: Path, imported: Imported) -> None:
    """Say what was imported, what was not and what became stale."""
    reading = imported.reading
    rejects = _report(console, file, imported)
    remarks = (*imported.remarks, *stale_results(project))
    for remark in remarks:
        console.remark(remark)
    console.answer(
        {
            "layer": layer,
            "rows": reading.rows,
            "imported": len(reading.good),
            "rejected": len(reading.rejects),
            "rejects_file": rejects and str(rejects),
            "version": imported.version,
            "remarks": [remark.into(console.language) for remark in remarks],
            "reading": imported.report.facts(console.language).model_dump(),
        },
        Text(
            f"{layer}：共 {reading.rows} 行，导入 {len(reading.good)} 行，"
            f"退回 {len(reading.rejects)} 行。",
            f"{layer}: {reading.rows} rows, {len(reading.good)} imported, "
            f"{len(reading.rejects)} rejected.",
        ),
    )


def _refuse_for_events(language: Language, *, table: str | None, crs: str | None) -> None:
    for name, value in (("--table", table), ("--crs", crs)):
        if value is not None:
            text = Text(f"{name} 不能与 --events 一起用。", f"{name} does not go with --events.")
            raise click.UsageError(text.into(language))


def _answer_check(
    console: Console,
    layer: str,
    file: Path,
    report: ReadingReport,
    imported: Imported | None,
) -> None:
    """Print what was understood of a file that is not imported."""
    lines = report.lines()
    if imported is not None and imported.refusal is not None:
        lines.append(imported.refusal)
    head = Text(
        f"{file.name} 作为 {layer} 读到的内容（未导入）：",
        f"{file.name} read as {layer} (not imported):",
    )
    text = Text(
        "\n".join([head.zh, *(line.zh for line in lines)]),
        "\n".join([head.en, *(line.en for line in lines)]),
    )
    reading = None if imported is None else imported.reading
    facts: dict[str, object] = {"layer": layer, "file": file.name, "checked": True}
    if reading is not None:
        facts |= {
            "rows": reading.rows,
            "good": len(reading.good),
            "rejected": len(reading.rejects),
            "problems": [
                one.model_dump() for one in problem_facts(reading.problems, console.language)
            ],
            "problems_in_all": len(reading.problems),
        }
    console.answer(facts | {"reading": report.facts(console.language).model_dump()}, text)
    if imported is not None and imported.refusal is not None:
        raise click.exceptions.Exit(1)


def _report(console: Console, file: Path, imported: Imported) -> Path | None:
    """Say what is wrong row by row; write the rejects, or refuse the whole file."""
    reading = imported.reading
    told = (*reading.remarks, *imported.report.short_lines(), *first_lines(reading.problems))
    for remark in told:
        console.remark(remark)
    refusal = imported.refusal
    if imported.version is None and refusal is not None:
        raise BadInputError(Text(f"{file.name}：{refusal.zh}", f"{file.name}: {refusal.en}"))
    if reading.rejects.empty:
        return None
    try:
        return write_rejects(file, reading, console.language)
    except StorageError as error:
        console.remark(
            Text(f"退回清单未写出：{error.text.zh}", f"No list of rejects: {error.text.en}")
        )
        return None
