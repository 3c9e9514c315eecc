"""``import workers FILE --events``: millions of orders or GPS pings in, cells of people out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.command.console import Console, Decorator, all_of
from data.events.event_format import RESOLUTIONS, USUAL_RESOLUTION, EventFormat, TimeUnit, TimeZone
from data.geometry.datum import Datum
from data.store.kept_answers import KeptAnswers
from data.store.project import Project
from data.tables.answers import Answers
from geo.demand.anonymity import LEAST_PEOPLE
from geo.errors import BadInputError
from geo.json_shapes import JsonBody, JsonFacts
from geo.layers.vocabulary import Group, Setting
from geo.text import Language, Text

if TYPE_CHECKING:
    from data.events.event_reading import EventReading

_OPTIONS: tuple[tuple[str, Any, Text], ...] = (
    (
        "--time-zone",
        click.Choice([str(one) for one in TimeZone]),
        Text(
            "事件：没有写明时区的时间属于哪个时区", "Events: zone of times that do not say theirs"
        ),
    ),
    (
        "--time-unit",
        click.Choice([str(one) for one in TimeUnit]),
        Text("事件：数字时间的单位", "Events: unit of times written as numbers"),
    ),
    (
        "--group",
        click.Choice([str(one) for one in Group]),
        Text("事件：全部属于这个群体", "Events: the group of all of them"),
    ),
    (
        "--setting",
        click.Choice([str(one) for one in Setting]),
        Text("事件：全部在工作地或居住地", "Events: all at work or all at home"),
    ),
    (
        "--workers-per-event",
        click.FloatRange(0, min_open=True),
        Text(
            "事件：没有人员编号时，一条记录折合几人",
            "Events: workers one event stands for, where no persons are told apart",
        ),
    ),
    (
        "--resolution",
        click.IntRange(RESOLUTIONS[0], RESOLUTIONS[-1]),
        Text(
            f"事件：H3 网格级别（默认 {USUAL_RESOLUTION}，边长约 200 米）",
            f"Events: H3 resolution ({USUAL_RESOLUTION} by default, cells of about 200 m)",
        ),
    ),
)


def event_options(language: Language) -> Decorator:
    """Return the options that only files of events take."""
    return all_of(
        *(click.option(name, type=kind, help=text.into(language)) for name, kind, text in _OPTIONS)
    )


def refuse_event_options(given: JsonBody, language: Language) -> None:
    """Refuse options of events where the file is a layer."""
    for name, _, _ in _OPTIONS:
        if given[name.strip("-").replace("-", "_")] is not None:
            text = Text(f"{name} 只能与 --events 一起用。", f"{name} goes with --events only.")
            raise click.UsageError(text.into(language))


def import_events(
    console: Console,
    project: Project,
    layer: str,
    file: Path,
    *,
    answers: Answers,
    check: bool,
    keep_answers: bool,
    accept_good_rows: bool,
    **of_events: Any,  # noqa: ANN401 - as click has them
) -> None:
    """Gather the events of `file` and publish them as the layer workers, or only `check` them."""
    from data.events.batches import open_events  # noqa: PLC0415 - layers need no batches
    from data.events.event_reading import read_events  # noqa: PLC0415 - nor cells

    if layer != "workers":
        text = Text("--events 只用于 workers 图层。", "--events is for the layer workers only.")
        raise click.UsageError(text.into(console.language))
    memory = KeptAnswers(project, "events")
    seen = open_events(file, answers.encoding, answers.columns)
    answers = memory.completed(seen.headers, answers)
    seen = open_events(file, answers.encoding, answers.columns)
    datum = _datum(file, seen.columns.datum, answers.datum)
    for line in (*seen.lines(), Text(f"坐标按 {datum}。", f"Coordinates are in {datum}.")):
        console.remark(line)
    with console:
        reading = read_events(
            file,
            _format(datum, **of_events),
            area=project.area(),
            encoding=answers.encoding,
            columns=answers.columns,
            progress=console.progress,
        )
    _refuse_bad(console, file, reading, accept_good_rows=accept_good_rows)
    for remark in reading.remarks:
        console.remark(remark)
    if reading.workers.empty:
        raise BadInputError(
            Text(
                f"{file.name}：没有一个网格达到 {LEAST_PEOPLE} 人，未导入。",
                f"{file.name}: no cell holds {LEAST_PEOPLE} people; nothing was imported.",
            )
        )
    told = _told(reading)
    if check:
        told = Text(f"（未导入）{told.zh}", f"(not imported) {told.en}")
        console.answer(_facts(reading, None, seen.lines(), console.language), told)
        return
    version = project.write("workers", reading.workers, source=file.name)
    if keep_answers:
        memory.keep(seen.headers, answers)
    for remark in stale_results(project):
        console.remark(remark)
    console.answer(_facts(reading, version, seen.lines(), console.language), told)


def _datum(file: Path, named: Datum | None, told: Datum | None) -> Datum:
    """Decide what coordinates are in: as the headers name, or as told; never guessed."""
    if named is not None and told is not None and named is not told:
        raise BadInputError(
            Text(
                f"{file.name}：列名写明是 {named}，--datum 却是 {told}；请核对，去掉其中一个。",
                f"{file.name}: the header says {named} but --datum says {told}; check which is right.",
            )
        )
    datum = named or told
    if datum is None:
        raise BadInputError(
            Text(
                f"{file.name}：请用 --datum 写明坐标系：手机/车载 GPS 为 wgs84，高德、腾讯、美团、"
                "滴滴等为 gcj02，百度为 bd09。弄错会偏 500 米。",
                f"{file.name}: say the datum with --datum: wgs84 from GPS chips, gcj02 from AMap, "
                "Tencent and most platforms, bd09 from Baidu. The wrong one is 500 m off.",
            )
        )
    return datum


def _format(
    datum: Datum,
    *,
    time_zone: str | None,
    time_unit: str | None,
    group: str | None,
    setting: str | None,
    workers_per_event: float | None,
    resolution: int | None,
) -> EventFormat:
    return EventFormat(
        datum=datum,
        time_zone=None if time_zone is None else TimeZone(time_zone),
        time_unit=None if time_unit is None else TimeUnit(time_unit),
        group=None if group is None else Group(group),
        setting=None if setting is None else Setting(setting),
        workers_per_event=workers_per_event,
        resolution=USUAL_RESOLUTION if resolution is None else resolution,
    )


def _refuse_bad(
    console: Console, file: Path, reading: EventReading, *, accept_good_rows: bool
) -> None:
    """List the first bad rows; refuse the file for them unless told otherwise."""
    bad = reading.bad
    for problem in bad.problems:
        console.remark(problem.line)
    if not bad.total:
        return
    reasons = {text: f"{count:,}" for text, count in bad.by_reason.most_common()}
    counted = Text(
        "；".join(f"{text.zh}{count} 行" for text, count in reasons.items()),
        "; ".join(f"{text.en} {count} rows" for text, count in reasons.items()),
    )
    if not accept_good_rows:
        raise BadInputError(
            Text(
                f"{file.name} 共 {reading.rows:,} 行，{bad.total:,} 行有问题（{counted.zh}），未导入。"
                "请修改后重试，或加 --accept-good-rows 只用正确的行。",
                f"{file.name}: {bad.total:,} of {reading.rows:,} rows are bad ({counted.en}); "
                "nothing was imported. Mend them, or add --accept-good-rows to use the others.",
            )
        )
    console.remark(Text(f"略过 {bad.total:,} 行：{counted.zh}", f"Left out: {counted.en}"))


def _facts(
    reading: EventReading, version: int | None, lines: Sequence[Text], language: Language
) -> JsonFacts:
    return {
        "layer": "workers",
        "rows": reading.rows,
        "bad_rows": reading.bad.total,
        "counts": "persons" if reading.counts_persons else "events",
        "people_in": reading.people_in,
        "people_out": reading.people_out,
        "kept_back": reading.kept_back,
        "outside": reading.outside,
        "concentrations": len(reading.workers),
        "version": version,
        "checked": version is None,
        "reading": [line.into(language) for line in lines],
    }


def _told(reading: EventReading) -> Text:
    what = Text("人", "persons") if reading.counts_persons else Text("人（折算）", "workers")
    return Text(
        f"workers：{reading.rows:,} 条事件，{reading.people_in:,} {what.zh} = "
        f"网格 {reading.people_out:,} + 不足 {LEAST_PEOPLE} 人不列 {reading.kept_back:,} + "
        f"市外 {reading.outside:,}；{len(reading.workers):,} 个聚集点。",
        f"workers: {reading.rows:,} events, {reading.people_in:,} {what.en} = "
        f"{reading.people_out:,} in cells + {reading.kept_back:,} kept back (under "
        f"{LEAST_PEOPLE}) + {reading.outside:,} outside; {len(reading.workers):,} concentrations.",
    )


def stale_results(project: Project) -> tuple[Text, ...]:
    """Say which results a layer just changed has made stale; () where there are none."""
    if not project.results_folder.exists():
        return ()
    from api.analysis.made_from import stale_now  # noqa: PLC0415 - see the top

    return stale_now(project)
