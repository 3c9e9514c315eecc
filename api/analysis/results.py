"""Results on disk: GeoPackage, workbook, offline maps and summary, published all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TypeVar

import geopandas as gpd
import pandas as pd

from api.analysis.bus_outputs import BusOutputs, Said, by_run
from api.analysis.made_from import layer_key, layer_of, streets_digest, withdrawn_text
from api.analysis.reuse import NOTES, MadeWhenRead, Notes, Outputs
from api.analysis.stored_results import GEOPACKAGE, TABLES, stored_layers
from api.analysis.street_lines import main_lines_of, packed_streets
from api.bus.plan_news import bus_news
from api.own_process import is_worth_a_process
from data.basemap.building import stored_base_map
from data.disk import copy_whole, writing
from data.geometry.datum import to_gcj02
from data.store.credit import project_credit
from data.store.geopackage import FormerFile, layers_in, read_geopackage, write_geopackage
from data.store.project import Project
from data.store.result_versions import added_to_results, new_results
from data.store.summary_file import has_summary, read_summary, write_summary
from data.streets.folder import Streets, open_streets
from geo.errors import MissingError
from geo.layers.columns import INPUT_LAYERS, RESULT_LAYERS, conform, layers_with
from geo.layers.roles import Role
from geo.solving import Progress, silent
from geo.study.rules import Part
from geo.summary.figures import PiecesFigures
from geo.summary.run import RunSummary
from geo.text import Language, Text
from maps.bus.bus_page import bus_page
from maps.bus.files import public_visits
from maps.bus.news import BusNews
from maps.bus.notice import notice_page
from maps.linked_files import files_beside_bus, files_beside_planner
from maps.planner.planner_page import TEMPLATES, planner_page
from maps.templating import compile_ahead
from maps.workbook.book import write_workbook
from maps.worker.worker_page import worker_page

V = TypeVar("V")
Layers = Mapping[str, gpd.GeoDataFrame]


GPKG_LAYERS = layers_with(Role.IN_GEOPACKAGE)
_BOOK = "results.xlsx"
_SHOWN = (
    Role.IN_GEOPACKAGE,
    Role.IN_BUS_FILES,
    Role.IN_WORKBOOK,
    Role.ON_PLANNER_MAP,
    Role.ON_WORKER_MAP,
    Role.ON_BUS_MAP,
)
_WRITTEN = [
    name
    for name in dict.fromkeys(name for role in _SHOWN for name in layers_with(role))
    if name in INPUT_LAYERS
]


def stored_results(project: Project) -> tuple[dict[str, gpd.GeoDataFrame], RunSummary]:
    """Return the result layers and the summary last published; empty before the first run."""
    return results_in(project.results_folder)


def results_in(folder: Path) -> tuple[dict[str, gpd.GeoDataFrame], RunSummary]:
    """Return the result layers and the summary that a run wrote into `folder`; empty if none.

    Steps whose figures another program wrote are left out.
    """
    layers, summary = stored_layers(folder)
    return dict(layers), summary


def stored_tables(project: Project) -> dict[str, pd.DataFrame]:
    """Return the coverage tables last published, by name; none before the first run."""
    return tables_in(project.results_folder)


def tables_in(folder: Path) -> dict[str, pd.DataFrame]:
    """Return the coverage tables that a run wrote into `folder`, by name."""
    paths = (folder / f"{name}.csv" for name in TABLES)
    return {
        path.stem: pd.read_csv(path, dtype={"district": str}, keep_default_na=False)
        for path in paths
        if path.exists()
    }


def _as_it_is(given: V) -> V:
    """Leave what is given as it is."""
    return given


_READ_BY: Mapping[str, Part] = {"candidates": "site", "depots": "bus", "stops": "bus"}
"""Which part reads a layer first, where it is not coverage."""


def _layers_read(project: Project, summary: RunSummary) -> dict[str, MadeWhenRead]:
    """Return the input layers as the steps read them, not as they may have become since."""
    found = {}
    for name in _WRITTEN:
        part = _READ_BY.get(name, "coverage")
        layer = layer_of(project, summary, part, name)
        key = layer_key(project, summary, part, name)
        found[name] = MadeWhenRead(key, partial(_as_it_is, layer))
    return found


_BUS_TEMPLATES = (
    "bus/bus.html.jinja",
    "bus/day_sheet.html.jinja",
    "parts/mini_map.svg.jinja",
    "bus/notice.html.jinja",
    "worker/worker.html.jinja",
)


def read_ahead(project: Project, *, bus: bool = False) -> None:
    """Read and compile what :func:`publish` is going to need: it stays in memory.

    With `bus` that of the bus's pages too.
    """
    import maps.ground.offline_map  # noqa: F401, PLC0415 - folium, for who draws a map

    for name in _WRITTEN:
        project.read_or_empty(name)
    results, _ = stored_results(project)
    packed_streets(project)
    compile_ahead(*TEMPLATES)
    if bus:
        main_lines_of(open_streets(project.streets_folder))
        if len(results.get("bus_stops", ())):  # The codes drawn are kept: most of the work.
            notice_page(public_visits(results["bus_stops"], to_gcj02))
        compile_ahead(*_BUS_TEMPLATES)


def publish(
    project: Project,
    results: Mapping[str, gpd.GeoDataFrame],
    summary: RunSummary,
    *,
    tables: Mapping[str, pd.DataFrame] | None = None,
    language: Language | None = None,
    progress: Progress = silent,
    at_last: Callable[[RunSummary], RunSummary] = _as_it_is,
    had: str | None = None,
    workbook_later: bool = False,
) -> RunSummary:
    """Write all results into a new folder and make it the one that holds, at once.

    Parameters
    ----------
    results : Mapping[str, GeoDataFrame]
        Any of gaps, sites, actions, bus_stops, bus_routes; a missing one is written without rows.
    summary : RunSummary
        What becomes ``summary.json``.
    tables : Mapping[str, DataFrame] | None
        Coverage tables by name, written as CSV and into the workbook; None keeps those stored.
    language : Language | None
        Of every page and sheet; None for that of the results that hold.
    at_last : Callable
        Called when everything but the summary is written, for figures known only then.
    had : str | None
        What the run found, see :func:`api.analysis.reuse.had_before`; None where that cannot be told.
    workbook_later : bool
        Whether a workbook that changes is made when it is asked for, see :func:`workbook_of`.

    Returns
    -------
    RunSummary
        As it was written.
    """
    layers = {
        name: conform(results[name], name) if name in results else project.empty(name)
        for name in RESULT_LAYERS
    }
    tables = stored_tables(project) if tables is None else tables
    before = project.results_folder
    said = _said(project, language or Notes(before).language)
    read = {**_layers_read(project, summary), **layers, **_lines(project, summary), **tables}
    read |= by_run(layers)
    with new_results(project) as draft:
        outputs = Outputs(draft, before, read, summary)
        bus = BusOutputs(outputs, layers, bus_news(project, summary.bus), said)
        _make(outputs, bus, summary, tuple(tables), before, workbook_later=workbook_later)
        outputs.write(progress, shared=is_worth_a_process(project))
        bus.join()
        outputs.write(progress)
        summary = at_last(summary)
        write_summary(draft, summary)
        outputs.close(said["language"], had)
    return summary


def _said(project: Project, language: Language) -> Said:
    return {
        "language": language,
        "sample": project.is_sample,
        "credit": project_credit(project),
    }


def _lines(project: Project, summary: RunSummary) -> dict[str, gpd.GeoDataFrame | MadeWhenRead]:
    """Return what maps are drawn on, by layer."""
    streets, digest = open_streets(project.streets_folder), streets_digest(project)
    lines: dict[str, gpd.GeoDataFrame | MadeWhenRead] = {
        "streets": MadeWhenRead(digest, partial(main_lines_of, streets)),
        "drawn_streets": packed_streets(project),
    }
    if summary.coverage is not None:
        pieces = summary.coverage.street_pieces
        key = f"{digest} {pieces.model_dump_json()}"
        lines["street_pieces"] = MadeWhenRead(key, partial(_pieces, streets, pieces))
    base = stored_base_map(project)
    return lines if base is None else {**lines, "ground": base.ground()}


def _pieces(streets: Streets, told: PiecesFigures) -> gpd.GeoDataFrame:
    from api.analysis.street_report import drawn_pieces  # noqa: PLC0415 - only where they are drawn

    return drawn_pieces(streets, told)


_LINES = ("drawn_streets", "street_pieces", "ground")
_PLANNER = (*layers_with(Role.ON_PLANNER_MAP), *_LINES)
_WORKER = (*layers_with(Role.ON_WORKER_MAP), "drawn_streets", "ground")
# The file is handed on to crews: where workers are is for planners, on the served page.
_BUS_LAYERS = [name for name in layers_with(Role.ON_BUS_MAP) if name != "workers"]
_BUS = (*_BUS_LAYERS, "drawn_streets", "ground")
_WORKBOOK = layers_with(Role.IN_WORKBOOK)


def _of(held: Mapping[str, V], names: Iterable[str]) -> dict[str, V]:
    """Return those of `names` that are there."""
    return {name: held[name] for name in names if name in held}


def _make(
    outputs: Outputs,
    bus: BusOutputs,
    summary: RunSummary,
    tables: tuple[str, ...],
    before: Path,
    *,
    workbook_later: bool,
) -> None:
    """Say how every output is written, those first that take longest."""
    said = bus.said

    def workbook(path: Path, held: Layers, figures: RunSummary) -> None:
        told = _of(held, tables)
        write_workbook(path, _of(held, _WORKBOOK), figures, tables=told, **said)

    is_stored = set(_WORKBOOK) <= set(GPKG_LAYERS)  # What it is made of, see workbook_of.
    outputs.make(_BOOK, workbook, more=said, later=workbook_later and is_stored)
    _make_pages(outputs, summary, tables, bus.news, said)
    _make_geopackage(outputs, before, said["credit"])
    bus.make()
    for name in tables:
        outputs.make(f"{name}.csv", partial(_write_table, name))


def _make_geopackage(outputs: Outputs, before: Path, credit: Text | None) -> None:
    """Have ``results.gpkg`` written: layers of it that are as they were are taken over."""
    same = outputs.same_layers(GEOPACKAGE, more=credit)
    former = None if same is None else FormerFile(before / GEOPACKAGE, same)

    def write(path: Path, held: Layers, _: RunSummary) -> None:
        write_geopackage(path, _of(held, GPKG_LAYERS), credit=credit, former=former)

    outputs.make(GEOPACKAGE, write, more=credit)


def _make_pages(
    outputs: Outputs,
    summary: RunSummary,
    tables: tuple[str, ...],
    news: BusNews,
    said: Said,
) -> None:
    withdrawn = withdrawn_text(summary.withdrawn)
    notices = [] if withdrawn is None else [withdrawn.into(said["language"])]

    def planner(held: Layers, figures: RunSummary) -> str:
        files = files_beside_planner(tables, bus=bool(news.announcements))
        shown = _of(held, _PLANNER)
        return planner_page(shown, figures, files=files, notices=notices, **said)

    def worker(held: Layers, _: RunSummary) -> str:
        return worker_page(_of(held, _WORKER), to_gcj02=to_gcj02, **said)

    def bus(held: Layers, figures: RunSummary) -> str:
        stops, shown = held["bus_stops"], _of(held, _BUS)
        runs = zip(stops["bus_id"].astype(str), stops["day"].astype(str).str[:10], strict=True)
        return bus_page(shown, figures, files=files_beside_bus(runs, news.bus_names), **said)

    pages: dict[str, tuple[Callable[[Layers, RunSummary], str], tuple[object, ...]]] = {
        "planner": (planner, (notices, tables, bool(news.announcements))),
        "bus": (bus, (news.bus_names,)),
        "worker": (worker, ()),
    }
    for name, (draw, rests_on) in pages.items():
        outputs.make(f"maps/{name}.html", partial(_write_page, draw), more=(said, *rests_on))


def _write_page(
    draw: Callable[[Layers, RunSummary], str], path: Path, held: Layers, figures: RunSummary
) -> None:
    path.write_text(draw(held, figures), encoding="utf-8")


def _write_table(name: str, path: Path, held: Mapping[str, pd.DataFrame], _: RunSummary) -> None:
    held[name].to_csv(path, index=False, encoding="utf-8-sig")


def workbook_of(project: Project, folder: Path) -> Path:
    """Return ``results.xlsx`` of the results in `folder`, made now where it is not there yet.

    It is made of the GeoPackage, the tables and the figures that lie beside it, and of nothing
    else: it says what they say, whenever it is asked for.
    """
    path = folder / _BOOK
    if path.is_file() or not (folder / GEOPACKAGE).is_file():
        return path
    with added_to_results(project, path) as draft:
        held = layers_in(folder / GEOPACKAGE)
        layers = {
            name: read_geopackage(folder / GEOPACKAGE, name) for name in _WORKBOOK if name in held
        }
        write_workbook(
            draft,
            layers,
            read_summary(folder).summary,
            tables=tables_in(folder),
            **_said(project, Notes(folder).language),
        )
    return path


def copy_results(project: Project, folder: Path) -> None:
    """Copy the published results to `folder`, each file whole or not at all.

    Raises
    ------
    MissingError
        Before the first run.
    StorageError
        If the disk is full or `folder` may not be written.
    """
    results = project.results_folder
    if not has_summary(results):
        raise MissingError(
            Text(
                "还没有结果：请先运行 yizhan coverage、site 或 bus。",
                "There are no results yet: run yizhan coverage, site or bus first.",
            )
        )
    workbook_of(project, results)
    files = (path for path in results.rglob("*") if path.is_file() and path.name != NOTES)
    for path in sorted(files):
        target = folder / path.relative_to(results)
        with writing(target):
            target.parent.mkdir(parents=True, exist_ok=True)
        copy_whole(path, target)
