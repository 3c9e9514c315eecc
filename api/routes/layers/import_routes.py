"""Layers in: blank templates, uploads with a report of every bad row, versions so far."""

from __future__ import annotations

import tempfile
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, File, Form, Path, Request, Response, UploadFile
from pydantic import BaseModel, Field

from api.http.asking import preferred_language
from api.http.keys import KeyFirstRoute, require_planner
from api.resources import CurrentEdition, resources_of
from data.geometry.datum import Datum
from data.reading.reading_facts import DifferenceFacts, ReadingFacts, StateWord
from data.store.project import Version
from geo.errors import MissingError
from geo.fields import WHO_LETTERS, WHY_LETTERS
from geo.layers.columns import INPUT_LAYERS, Layer
from geo.text import MOST_QUOTED, Language, Text

if TYPE_CHECKING:
    from data.importing import Imported
    from data.reading.reading_report import ReadingReport
    from data.reading.rows_shown import RowsShown

router = APIRouter(
    prefix="/planning",
    tags=["planning"],
    dependencies=[Depends(require_planner)],
    route_class=KeyFirstRoute,
)

Name = Annotated[str, Path(description=f"One of {', '.join(INPUT_LAYERS)}")]
Bringer = Annotated[
    str, Form(max_length=WHO_LETTERS, description="Who brings it in, kept with the version")
]
Reason = Annotated[str, Form(max_length=WHY_LETTERS, description="Why, kept with the version")]
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_PROBLEMS = 1000
"""Bad rows listed at most; the file of what was left out has all."""


class RowProblem(BaseModel):
    """One cell that cannot be used."""

    sheet: str | None = Field(None, description="Sheet the row stands in, where several are read")
    row: int = Field(description="As counted in the file; 0 is the file as a whole")
    column: str = Field(description="Header as it stands in the file")
    field: str | None = Field(
        None, description="What the column is to us, where the header does not say so itself"
    )
    value: str = Field(description="What stands there")
    problem: str = Field(description="What is wrong")
    mend: str = Field(description="What to do")


class RowLookedAt(BaseModel):
    """A row as it would be, for the map and the table."""

    id: str
    name: str
    state: StateWord
    lon: float = Field(description="Of its centre, degrees (EPSG:4326)")
    lat: float = Field(description="Of its centre, degrees (EPSG:4326)")


class RowsLookedAt(BaseModel):
    """Rows as they would be, those that differ first."""

    rows: list[RowLookedAt] = Field(description="At most 3000")
    left_out: int = Field(description="How many more there are")


class ImportReport(BaseModel):
    """What became of a file."""

    layer: str
    rows: int = Field(description="Rows in the file")
    good: int = Field(description="Rows without a problem")
    rejected: int = Field(description="Rows with a problem")
    version: int | None = Field(description="The layer's new version; null: nothing was published")
    remarks: list[str] = Field(
        description="What was detected, why nothing was published, what results became stale"
    )
    problems: list[RowProblem] = Field(description="By row; the first 1000")
    reading: ReadingFacts = Field(
        description="What was understood: tables, every column with field, unit, datum and example, "
        "columns not understood, encoding, separator, rows left out, differences to the present"
    )
    shown: RowsLookedAt = Field(description="Rows to look at; none where it was not a dry run")


class LayerVersion(BaseModel):
    """One import of a layer."""

    number: int
    rows: int
    source: str = Field(description="File it came from")
    written: str = Field(description="When, UTC")
    who: str = Field(default="", description="Who made it; empty where nobody said")
    why: str = Field(default="", description="Why")
    restored: int | None = Field(
        default=None, description="The former version whose content this is; null for a new one"
    )


class VersionDifference(BaseModel):
    """What going back to a former version would change."""

    number: int
    text: str = Field(description="In the reader's language")
    differences: DifferenceFacts
    shown: RowsLookedAt


@router.get(
    "/templates/{name}.xlsx",
    summary="A blank Excel template for a layer",
    response_class=Response,
    responses={200: {"content": {_XLSX: {}}}},
)
def template(request: Request, name: Name) -> Response:
    """Return a workbook with examples and drop-downs."""
    from data.excel.templates import write_template  # noqa: PLC0415 - no worker's question needs it

    layer = _layer(name)
    with tempfile.TemporaryDirectory(prefix="yizhan-template-") as folder:
        path = FilePath(folder) / "template.xlsx"
        write_template(layer, path, preferred_language(request))
        content = path.read_bytes()
    disposition = {"Content-Disposition": f'attachment; filename="{layer.name}.xlsx"'}
    return Response(content, media_type=_XLSX, headers=disposition)


@router.get("/imports/{name}", summary="The versions of a layer")
def versions(edition: CurrentEdition, name: Name) -> list[LayerVersion]:
    """List every import, oldest first; old versions stay in the project."""
    return [_version(one) for one in edition.project.versions(_layer(name).name)]


@router.get("/imports/{name}/{number}", summary="How does a former version differ?")
def difference(
    request: Request,
    edition: CurrentEdition,
    name: Name,
    number: Annotated[int, Path(ge=1, description="Of the version")],
) -> VersionDifference:
    """Tell what going back to that version would add, take away, move and change."""
    from data.reading.rows_shown import back_to  # noqa: PLC0415 - readers of every kind of file

    found, shown = back_to(edition.project, _layer(name), number)
    return VersionDifference(
        number=number,
        text=found.text.into(preferred_language(request)),
        differences=found.facts(),
        shown=_looked_at(shown),
    )


@router.post("/imports/{name}", summary="Import a layer file")
def import_layer(
    request: Request,
    edition: CurrentEdition,
    name: Name,
    *,
    file: Annotated[UploadFile, File(description="csv, xlsx, geojson, gpkg, zip or parquet")],
    table: Annotated[
        str | None, Form(description="Which sheet, map layer or file of an archive")
    ] = None,
    column: Annotated[
        list[str] | None, Form(description="What a column is, HEADER=FIELD; HEADER=- leaves it out")
    ] = None,
    encoding: Annotated[str | None, Form(description="Of text and .dbf files")] = None,
    crs: Annotated[
        str | None, Form(description="System of a map file that does not say it")
    ] = None,
    datum: Annotated[
        Datum | None, Form(description="What its coordinates are in, where it does not say")
    ] = None,
    accept_good_rows: Annotated[
        bool, Form(description="Publish the good rows even when others are bad")
    ] = False,
    dry_run: Annotated[bool, Form(description="Only report, publish nothing")] = False,
    keep_answers: Annotated[
        bool, Form(description="Remember columns and datum for files with the same headers")
    ] = False,
    who: Bringer = "",
    why: Reason = "",
) -> ImportReport:
    """Judge every row; publish a new version if all are good, or if told to take the good ones."""
    from api.sent_file import import_upload  # noqa: PLC0415 - readers of every kind of file
    from data.reading.reading import UnclearFileError  # noqa: PLC0415 - as above
    from data.reading.reading_report import ReadingReport  # noqa: PLC0415 - as above
    from data.tables.answers import Answers, stated_columns  # noqa: PLC0415 - as above
    from data.tables.table import UnclearTableError  # noqa: PLC0415 - as above
    from data.words.settling import on_page  # noqa: PLC0415 - as above

    language = preferred_language(request)
    with on_page():
        try:
            imported = import_upload(
                edition.project,
                _layer(name),
                file.filename or "",
                file.file.read(),
                answers=Answers(table, stated_columns(column or ()), encoding, datum, crs),
                accept_good_rows=accept_good_rows,
                publish=not dry_run,
                keep_answers=keep_answers and not dry_run,
                who=who,
                why=why,
            )
        except (UnclearFileError, UnclearTableError) as error:
            if not dry_run:
                raise
            return _unclear(ReadingReport.of_unclear(_layer(name), error), language)
        if imported.version is not None:
            resources_of(request).editions.look_again()
        return _report(name, imported, language)


class Former(BaseModel):
    """A version to go back to."""

    number: int = Field(ge=1)
    who: str = Field(default="", max_length=WHO_LETTERS, description="Who goes back")
    why: str = Field(default="", max_length=WHY_LETTERS, description="Why")


@router.post("/imports/{name}/restore", summary="Go back to a former version of a layer")
def restore_layer(
    request: Request, edition: CurrentEdition, name: Name, former: Former
) -> LayerVersion:
    """Make a former version's content the newest version; nothing is taken away."""
    layer = _layer(name).name
    number = edition.project.restore(layer, former.number, who=former.who, why=former.why)
    resources_of(request).editions.look_again()
    return _version(next(one for one in edition.project.versions(layer) if one.number == number))


def _version(one: Version) -> LayerVersion:
    return LayerVersion(
        number=one.number,
        rows=one.rows,
        source=one.source,
        written=one.written,
        who=one.who,
        why=one.why,
        restored=one.restored,
    )


def _looked_at(shown: RowsShown) -> RowsLookedAt:
    rows = [
        RowLookedAt(id=one.id, name=one.name, state=one.state.word, lon=one.lon, lat=one.lat)
        for one in shown.rows
    ]
    return RowsLookedAt(rows=rows, left_out=shown.left_out)


def _layer(name: str) -> Layer:
    layer = INPUT_LAYERS.get(name)
    if layer is None:
        known = ", ".join(INPUT_LAYERS)
        raise MissingError(
            Text(
                f"没有可导入的图层 {name[:MOST_QUOTED]!r}；有：{known}。",
                f"No layer {name[:MOST_QUOTED]!r} can be imported; there are: {known}.",
            )
        )
    return layer


def _report(name: str, imported: Imported, language: Language) -> ImportReport:
    reading = imported.reading
    refusal = imported.refusal if imported.version is None else None
    told = imported.remarks if refusal is None else (refusal,)
    return ImportReport(
        layer=name,
        rows=reading.rows,
        good=len(reading.good),
        rejected=len(reading.rejects),
        version=imported.version,
        remarks=[remark.into(language) for remark in (*reading.remarks, *told)],
        problems=[
            RowProblem(
                sheet=problem.sheet or None,
                row=problem.row,
                column=problem.column,
                field=problem.field.into(language) or None,
                value=str(problem.value),
                problem=problem.text.into(language),
                mend=problem.mend.into(language),
            )
            for problem in reading.problems[:_MOST_PROBLEMS]
        ],
        reading=imported.report.facts(language),
        shown=_looked_at(imported.shown),
    )


def _unclear(report: ReadingReport, language: Language) -> ImportReport:
    """Return what was understood of a file about which something must be said first."""
    unclear = report.unclear
    return ImportReport(
        layer=report.layer.name,
        rows=len(report.table.cells),
        good=0,
        rejected=0,
        version=None,
        remarks=[] if unclear is None else [unclear.into(language)],
        problems=[],
        reading=report.facts(language),
        shown=RowsLookedAt(rows=[], left_out=0),
    )
