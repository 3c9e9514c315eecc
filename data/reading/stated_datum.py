"""The datum a file states: in its headers, a column, a title, its name; or what a person says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from data.geometry.datum import Datum
from data.reading.column_plan import ColumnPlan
from data.tables.answers import Answers
from data.tables.table import Table
from data.words.cell_problem import Problem
from data.words.header_words import datum_columns, datum_named
from data.words.settling import choose_datum, choose_datum_of_each
from geo.errors import BadInputError
from geo.text import Text

_OTHER_SYSTEM = re.compile(
    r"西安 ?(?:19)?80|(?:19)?80 ?西安|xi'?an ?(?:19)?80|北京 ?(?:19)?54|(?:19)?54 ?北京|beijing ?(?:19)?54"
    r"|(?:城建|独立|地方)坐标系?",
    re.IGNORECASE,
)
_LOOSE = re.compile(r"bd(?=_)|(?<=_)bd$", re.IGNORECASE)
_SHOWN = 60
"""Characters of a cell that a message has room for."""


def stated_datum(file: str, table: Table, plan: ColumnPlan, answers: Answers) -> tuple[Datum, Text]:
    """Decide what coordinates are in, and say how.

    A header says it first, then a column 坐标系, then a title or note, the name of sheet or file;
    what a person says must not fight any of them.

    Raises
    ------
    BadInputError
        If two of them name different datums, or rows are in different ones.
    """
    stated = [
        one
        for one in (
            _by_header(plan),
            _by_column(file, table),
            _by_words(table.words),
            _by_names(file, table),
        )
        if one is not None
    ]
    said = answers.datum
    _refuse_other_systems(file, table, told=said is not None)
    if said is not None:
        other = next((one for one in stated if one[0] is not said), None)
        if other is not None:
            raise _fight(file, other, said)
        return said, Text("按所选", "as chosen")
    if table.geometry is not None and stated and stated[0][0] is not Datum.WGS84:
        raise _against_system(file, *stated[0])
    if stated:
        other = next((one for one in stated if one[0] is not stated[0][0]), None)
        if other is not None:
            raise _two(file, stated[0], other)
        return stated[0]
    if table.geometry is not None:
        return Datum.WGS84, Text("按文件的坐标系", "by the file's reference system")
    return Datum.WGS84, Text("没有说明，按默认", "by default: nothing says otherwise")


Stated = tuple[Datum, Text]


def _refuse_other_systems(file: str, table: Table, *, told: bool) -> None:
    """Refuse a title or name that speaks of a system that cannot be brought to WGS-84 here."""
    names = [file, *(seen.name for seen in table.tables if seen.read)]
    found = next((one for one in (table.words, *names) if _OTHER_SYSTEM.search(one)), None)
    if found is None or told:
        return
    done = choose_datum(Datum.WGS84)
    raise BadInputError(
        Text(
            f"{file}：写着“{found[:_SHOWN]}”，这种坐标不能直接换算。请先请测绘部门转成 CGCS2000 经纬度；"
            f"已经转好的请{done.zh}。",
            f"{file} says {found[:_SHOWN]!r}: that system cannot be converted here. Convert it to degrees "
            f"of CGCS2000 first; if that is done, {done.en}.",
        )
    )


def _by_header(plan: ColumnPlan) -> Stated | None:
    return None if plan.datum is None else (plan.datum, Text("列名写明", "as the header says"))


def _by_words(words: str) -> Stated | None:
    named = datum_named(words)
    if named is None:
        return None
    return named, Text(f"表里写着“{words[:_SHOWN]}”", "as a title or note says")


def _by_names(file: str, table: Table) -> Stated | None:
    """Read the datum off the names of the file and of the sheets that are read."""
    for name in (file, *(seen.name for seen in table.tables if seen.read)):
        named = datum_named(_LOOSE.sub("", name))
        if named is not None:
            return named, Text(f"名称写着“{name}”", f"as the name {name!r} says")
    return None


def _by_column(file: str, table: Table) -> Stated | None:
    for header in datum_columns(table.cells.columns):
        words = [word for word in table.cells[header].unique().tolist() if word]
        named = {word: datum_named(word) for word in words}
        found = {one for one in named.values() if one is not None}
        if len(found) == 1 and None not in named.values():
            return found.pop(), Text(f"“{header}”列写明", f"as the column {header!r} says")
        if words:
            raise _by_row(file, header, words)
    return None


def other_datums(table: Table, plan: ColumnPlan, datum: Datum) -> Iterator[Problem]:
    """Tell of columns (sources, remarks) whose cells name another datum than rows are read in."""
    places = {
        use.header for use in plan.uses if use.field in {"name", "address", "id", "lon", "lat"}
    }
    for header in table.cells.columns:
        if header in places:
            continue
        for word in table.cells[header].unique().tolist()[:_SHOWN]:
            named = None if len(word) > _SHOWN else datum_named(_LOOSE.sub("", word))
            if named is None or named is datum:
                continue
            rows = int((table.cells[header] == word).sum())
            mend = choose_datum(named)
            yield Problem(
                0,
                header,
                word,
                Text(
                    f"{rows:,} 行这样写，坐标却按 {datum} 读：可能整体偏移约 500 米。",
                    f"{rows:,} rows say so, but coordinates are read in {datum}: they may be off by "
                    "some 500 m.",
                ),
                Text(
                    f"若确是 {named} 坐标，请{mend.zh}后重新读。",
                    f"If they are in {named}, {mend.en} and read the file again.",
                ),
            )
            break


def _fight(file: str, stated: Stated, said: Datum) -> BadInputError:
    named, why = stated
    return BadInputError(
        Text(
            f"{file}：{why.zh}是 {named}，选的却是 {said}；请核对，去掉其中一个。",
            f"{file}: {named} {why.en}, but {said} was chosen; check which is right.",
        )
    )


def _two(file: str, one: Stated, other: Stated) -> BadInputError:
    return BadInputError(
        Text(
            f"{file}：{one[1].zh}是 {one[0]}，{other[1].zh}又是 {other[0]}；请核对，改掉其中一处。",
            f"{file}: {one[0]} {one[1].en}, but {other[0]} {other[1].en}; mend one of them.",
        )
    )


def _against_system(file: str, named: Datum, why: Text) -> BadInputError:
    are, done = choose_datum(named), choose_datum(Datum.WGS84)
    return BadInputError(
        Text(
            f"{file}：{why.zh}（{named}），文件的坐标系却写成经纬度的标准坐标。确是 {named} 坐标请{are.zh}，"
            f"已转换过请{done.zh}并改名。",
            f"{file}: {named} {why.en}, but the file states an ordinary system. If coordinates are "
            f"in {named} {are.en}; if they are converted, rename the file.",
        )
    )


def _by_row(file: str, header: str, words: list[str]) -> BadInputError:
    shown, how = "、".join(words[:4]), choose_datum_of_each()
    return BadInputError(
        Text(
            f"{file}：“{header}”列写着 {shown}：一份文件里有几种坐标，或有不认识的坐标系。请按坐标系分成几份，"
            f"分别导入，并{how.zh}。",
            f"{file}: the column {header!r} says {shown}: several systems, or one that is not known. "
            f"Split the file by system, import each and {how.en}.",
        )
    )
