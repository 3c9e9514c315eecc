"""A layer file: judged row by row, then published as a new version, or not."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa

from data.reading.datum_evidence import datum_by_streets
from data.reading.differences import differences_between
from data.reading.district_check import check_districts
from data.reading.present import Present, present_of
from data.reading.reading import Reading, read_layer
from data.reading.reading_report import ReadingReport
from data.reading.rows_shown import RowsShown, rows_shown
from data.store.geopackage import read_sound
from data.store.kept_answers import KeptAnswers
from data.store.project import Project
from data.streets.folder import open_streets
from data.tables.answers import Answers
from data.words.settling import take_good_rows
from geo.errors import BrokenFileError, MissingError
from geo.estimate.drawn import is_estimated
from geo.estimate.listed import listed_text, with_estimates
from geo.layers.columns import INPUT_LAYERS, Layer
from geo.text import Text


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file.

    Attributes
    ----------
    reading : Reading
        The rows, judged.
    version : int | None
        The layer's new version; None when nothing was published.
    report : ReadingReport
        What was understood of the file.
    remarks : tuple[Text, ...]
        What the new version means for other layers.
    shown : RowsShown
        Rows to look at, where nothing was to be published.
    """

    reading: Reading
    version: int | None
    report: ReadingReport
    remarks: tuple[Text, ...] = ()
    shown: RowsShown = field(default_factory=RowsShown)

    @property
    def refusal(self) -> Text | None:
        """Why the file cannot be taken whole, None if it can."""
        bad, good = len(self.reading.rejects), len(self.reading.good)
        if not good:
            return Text(
                f"{bad} 行全部有问题，没有一行可以导入，图层未改动。",
                f"all {bad} rows are bad; none can be imported and the layer was left as it was.",
            )
        if not bad:
            return None
        others = take_good_rows()
        return Text(
            f"{bad} 行有问题，整份未导入。请按提示修改后重试，或{others.zh}。",
            f"{bad} rows are bad; nothing was imported. Mend them as listed, or {others.en}.",
        )


def import_layer(
    project: Project,
    layer: Layer,
    path: Path,
    *,
    source: str,
    answers: Answers | None = None,
    accept_good_rows: bool = False,
    publish: bool = True,
    keep_answers: bool = False,
    who: str = "",
    why: str = "",
) -> Imported:
    """Judge the file and publish it unless rows are bad; the one way a layer file comes in.

    A file without a single good row is never published, whatever is accepted.

    Parameters
    ----------
    project : Project
        Where to.
    layer : Layer
        An input layer.
    path : Path
        The file.
    source : str
        What its owner calls it.
    answers : Answers | None
        What a person says of the file: table, columns, encoding, datum.
    accept_good_rows : bool
        Publish the good rows even when others are bad.
    publish : bool
        Whether to publish at all, or only report.
    keep_answers : bool
        Remember the answers for the next file with the same headers, once this one is published.
    who, why : str
        Who brings it in and why, kept with the version.

    Raises
    ------
    BadInputError
        If the file as a whole cannot be used.
    UnclearFileError
        If a person must first say what a column means; it carries what was understood.
    BrokenFileError
        If it is no file of its kind.
    """
    present = _present(project, layer)
    reading, report = _judged(project, layer, path, answers, present)
    if not publish:
        shown = rows_shown(layer, present, reading.good, report.differences)
        return Imported(reading, None, report, shown=shown)
    if not (len(reading.good) and (accept_good_rows or reading.rejects.empty)):
        return Imported(reading, None, report)
    rows, remarks = _beside_estimates(project, layer, reading.good)
    version = project.write(layer.name, rows, source=source, who=who, why=why)
    if keep_answers:
        _remember(project, layer, reading)
    remarks += district_remarks(project, layer.name)
    return Imported(reading, version, report, remarks)


def _remember(project: Project, layer: Layer, reading: Reading) -> None:
    memory = KeptAnswers(project, layer.name)
    memory.keep(list(reading.table.cells.columns), reading.answers)


def _judged(
    project: Project, layer: Layer, path: Path, answers: Answers | None, present: Present | None
) -> tuple[Reading, ReadingReport]:
    """Return the rows of a file, judged, and what they change of what is there."""
    reading = read_layer(
        layer,
        path,
        answers=answers,
        kept=KeptAnswers(project, layer.name),
        area=project.area(),
        districts=_trusted(project, "districts"),
        known=present,
    )
    reading = _held_against_streets(project, reading)
    changes = None if present is None else differences_between(layer, present, reading.good)
    return reading, ReadingReport(
        layer=layer,
        table=reading.table,
        uses=reading.plan.uses,
        reading=reading,
        differences=changes,
    )


def _beside_estimates(
    project: Project, layer: Layer, good: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, tuple[Text, ...]]:
    """Return a list of workers with the estimates there are for whom it does not hold."""
    present = _trusted(project, "workers") if layer.name == "workers" else None
    if present is None or not is_estimated(present).any():
        return good, ()
    districts = project.read_sound("districts").rows
    rows = with_estimates(good, present, districts)
    told = listed_text(rows, districts)
    return rows, () if told is None else (told,)


def _held_against_streets(project: Project, reading: Reading) -> Reading:
    """Add a doubt about the datum where the streets speak against it."""
    try:
        streets = open_streets(project.streets_folder).segments()
    except (MissingError, BrokenFileError):
        return reading  # streets may come later; broken ones are told by whoever needs them
    suspect = datum_by_streets(reading.good.geometry, reading.datum, streets)
    return reading if suspect is None else replace(reading, doubts=(suspect, *reading.doubts))


def _present(project: Project, layer: Layer) -> Present | None:
    """Return what a file is held against of the rows that hold, None if there are none yet."""
    if not project.has(layer.name):
        return None
    rows = project.read_sound(layer.name, keep=False).rows
    present = present_of(layer, rows, project.versions(layer.name)[-1].number)
    del rows
    pa.default_memory_pool().release_unused()  # the file that is read next needs it
    return present


def _trusted(project: Project, name: str) -> gpd.GeoDataFrame | None:
    """Return the rows of a layer that can be relied on, None if there is no such layer yet."""
    return project.read_sound(name).rows if project.has(name) else None


def district_remarks(project: Project, changed: str) -> tuple[Text, ...]:
    """Say which rows of other layers do not agree with new districts; () if others `changed`."""
    if changed != "districts":
        return ()
    districts = project.read_sound("districts").rows
    told = []
    for name, layer in INPUT_LAYERS.items():
        if name == "districts" or not project.has(name):
            continue
        rows = read_sound(project.path(name), name).rows
        problems = check_districts(layer, np.arange(1, len(rows) + 1), rows, districts)
        if problems:
            line, more = problems[0].line, len(problems) - 1
            told.append(
                Text(
                    f"{layer.text.zh}有 {len(problems)} 行的区市与新边界不符，如{line.zh}"
                    "这些行按所写区市计；认不出的按位置计。",
                    f"{len(problems)} rows of {name} do not agree with the new districts, such as "
                    f"{line.en} ({more} more). They count where they say, else where they lie.",
                )
            )
    return tuple(told)
