"""Results on disk: GeoPackage, workbook, offline maps and summary, published all at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from api.analysis.bus_news import bus_news
from api.analysis.coverage_figures import TABLES
from api.analysis.made_from import layer_of, withdrawn_text
from data.datum import Datum, from_wgs84
from data.disk import copy_whole, writing
from data.geopackage import layers_in, read_geopackage, write_geopackage
from data.project import Project
from data.result_versions import new_results
from geo.errors import MissingError
from geo.layers.conform import conform
from geo.solving import Progress, silent
from geo.study.rules import Part
from geo.text import Language, Text
from maps.bus.files import write_bus_files
from maps.bus.page import bus_page
from maps.planner.page import planner_page
from maps.workbook.book import write_workbook
from maps.worker.page import worker_page

GPKG_LAYERS = (
    "stations", "yizhan", "workers", "candidates", "districts", "gaps", "sites", "actions",
    "bus_stops", "bus_routes",
)  # fmt: skip
_RESULTS = ("gaps", "sites", "actions", "bus_stops", "bus_routes")
_STEP = Text("写出结果", "Writing results")


def stored_results(project: Project) -> tuple[dict[str, gpd.GeoDataFrame], dict[str, Any]]:
    """Return the result layers and the summary last published; empty before the first run."""
    path = project.results_folder / "results.gpkg"
    if not path.exists():
        return {}, {}
    held = layers_in(path)
    frames = {name: read_geopackage(path, name) for name in _RESULTS if name in held}
    summary = json.loads((project.results_folder / "summary.json").read_text(encoding="utf-8"))
    return frames, summary


def stored_tables(project: Project) -> dict[str, pd.DataFrame]:
    """Return the coverage tables last published, by name; none before the first run."""
    paths = (project.results_folder / f"{name}.csv" for name in TABLES)
    return {path.stem: pd.read_csv(path, dtype={"district": str}, keep_default_na=False)
            for path in paths if path.exists()}  # fmt: skip


def _layers_read(project: Project, summary: Mapping[str, Any]) -> dict[str, gpd.GeoDataFrame]:
    """Return the input layers as the steps read them, not as they may have become since."""
    read: dict[str, Part] = {"candidates": "site", "depots": "bus", "stops": "bus"}
    names = [name for name in (*GPKG_LAYERS, "depots", "stops") if name not in _RESULTS]
    return {name: layer_of(project, summary, read.get(name, "coverage"), name) for name in names}


def _nothing() -> None:
    """Leave the summary as it is."""


def publish(
    project: Project,
    results: Mapping[str, gpd.GeoDataFrame],
    summary: Mapping[str, Any],
    streets: gpd.GeoDataFrame,
    *,
    pieces: gpd.GeoDataFrame | None = None,
    tables: Mapping[str, pd.DataFrame] | None = None,
    served_share: NDArray[np.float64] | None = None,
    language: Language = Language.ZH,
    progress: Progress = silent,
    stamp: Callable[[], None] = _nothing,
) -> Path:
    """Write all results into a new folder and make it the one that holds, at once.

    Parameters
    ----------
    results : Mapping[str, GeoDataFrame]
        Any of gaps, sites, actions, bus_stops, bus_routes; a missing one is written without rows.
    summary : Mapping
        What becomes ``summary.json``.
    streets : GeoDataFrame
        Lines for the base map.
    pieces : GeoDataFrame | None
        Lines of streets not connected or left out, for the planner's map.
    tables : Mapping[str, DataFrame] | None
        Coverage tables by name, written as CSV and into the workbook; None keeps those stored.
    served_share : (c,) float64 | None
        Part of each concentration's workers the bus examines, for the bus map.
    stamp : Callable
        Called when everything but the summary is written, for figures known only then.
    """
    layers = _layers_read(project, summary)
    layers |= {name: conform(results.get(name, project.empty(name)), name) for name in _RESULTS}
    tables = stored_tables(project) if tables is None else tables
    with new_results(project) as draft:
        (draft / "maps").mkdir()
        lines = {"streets": streets} | ({} if pieces is None else {"street_pieces": pieces})
        _write(draft, project, layers, summary, tables, lines, served_share, language, progress)
        stamp()
        (draft / "summary.json").write_text(
            json.dumps(summary, ensure_ascii=False, indent=2), encoding="utf-8"
        )
    return project.results_folder


def _write(
    draft: Path,
    project: Project,
    layers: Mapping[str, gpd.GeoDataFrame],
    summary: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
    lines: Mapping[str, gpd.GeoDataFrame],
    served_share: NDArray[np.float64] | None,
    language: Language,
    progress: Progress,
) -> None:
    sample = project.is_sample
    progress(_STEP, 0.0)
    write_geopackage(draft / "results.gpkg", {name: layers[name] for name in GPKG_LAYERS})
    progress(_STEP, 0.2)
    for name, table in tables.items():
        table.to_csv(draft / f"{name}.csv", index=False, encoding="utf-8-sig")
    write_workbook(
        draft / "results.xlsx", layers, summary, tables=tables, language=language, sample=sample
    )
    progress(_STEP, 0.4)
    drawn = {**layers, **lines}
    served = layer_of(project, summary, "bus", "workers")
    if served_share is not None:
        served = served.assign(bus_served=served_share)
    withdrawn = withdrawn_text(summary)
    pages = {
        "planner": planner_page(drawn, summary, language=language, sample=sample,
                                notices=[] if withdrawn is None else [withdrawn.into(language)]),
        "worker": worker_page(drawn, summary, language=language, sample=sample,
                              to_gcj02=_to_gcj02),
        "bus": bus_page({**drawn, "workers": served}, summary, language=language, sample=sample),
    }  # fmt: skip
    for name, page in pages.items():
        (draft / "maps" / f"{name}.html").write_text(page, encoding="utf-8")
    if len(layers["bus_stops"]):
        write_bus_files(
            draft / "bus", drawn, bus_news(project, summary), to_gcj02=_to_gcj02,
            language=language, sample=sample,
        )  # fmt: skip
    progress(_STEP, 1.0)


def _to_gcj02(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(from_wgs84(lonlat, Datum.GCJ02), dtype=np.float64)


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
    if not (results / "summary.json").exists():
        raise MissingError(
            Text(
                "还没有结果：请先运行 yizhan coverage、site 或 bus。",
                "There are no results yet: run yizhan coverage, site or bus first.",
            )
        )
    for path in sorted(path for path in results.rglob("*") if path.is_file()):
        target = folder / path.relative_to(results)
        with writing(target):
            target.parent.mkdir(parents=True, exist_ok=True)
        copy_whole(path, target)
