"""Options that answer what a file does not say: its table, columns, encoding, datum, system."""

from __future__ import annotations

from collections.abc import Sequence

import click

from api.command.console import Decorator, all_of
from data.geometry.datum import Datum
from data.tables.answers import Answers, stated_columns
from geo.errors import BadInputError
from geo.text import Language, Text

_TABLE = Text(
    "读哪张表：工作表、地图图层或压缩包里文件的名称；各表列相同时可写 全部",
    "Which sheet, map layer or file of an archive; all where their columns are the same",
)
_COLUMN = Text(
    "某一列是什么，如 --column '开放时段=opening_hours'；不要这一列写 '备注=-'；可写多次",
    "What a column is, such as --column 'Open=opening_hours', or '=-' to leave it out; repeatable",
)
_ENCODING = Text(
    "文字编码（CSV、TXT、.dbf；默认自动判断）",
    "Encoding of text and .dbf files (judged from the file by default)",
)
_DATUM = Text(
    "文件坐标所用坐标系，文件没写明时要说（默认 wgs84；--events 时必须写明）",
    "Datum of coordinates where the file does not say it (wgs84 by default; required with --events)",
)
_CRS = Text(
    "地图文件没写坐标系时用哪个，如 EPSG:4549",
    "Reference system of a map file that does not say it, such as EPSG:4549",
)


def reading_options(language: Language) -> Decorator:
    """Return the options from which :func:`answers_of` makes answers."""
    return all_of(
        click.option("--table", help=_TABLE.into(language)),
        click.option(
            "--column",
            "columns",
            multiple=True,
            metavar="HEADER=FIELD",
            help=_COLUMN.into(language),
        ),
        click.option("--encoding", help=_ENCODING.into(language)),
        click.option(
            "--datum", type=click.Choice([str(one) for one in Datum]), help=_DATUM.into(language)
        ),
        click.option("--crs", help=_CRS.into(language)),
    )


def answers_of(
    language: Language,
    *,
    table: str | None,
    columns: Sequence[str],
    encoding: str | None,
    datum: str | None,
    crs: str | None,
) -> Answers:
    """Return what a person said of a file; raise UsageError where it makes no sense."""
    said = None if datum is None else Datum(datum)
    try:
        return Answers(table, stated_columns(columns), encoding, said, crs)
    except BadInputError as error:
        raise click.UsageError(error.text.into(language)) from error
