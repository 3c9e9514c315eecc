"""The committee's folder of a project: of what is published, or of a plan by its name."""

from __future__ import annotations

import secrets
import shutil
import zipfile
from collections.abc import Collection
from functools import partial
from pathlib import Path
from uuid import uuid4

import geopandas as gpd
from shapely.geometry.base import BaseGeometry

from api.analysis.made_from import layer_of
from api.analysis.main_job import unpublished
from api.analysis.results import results_in, stored_results
from api.analysis.street_lines import street_lines
from api.drafts.named_plan import NamedPlan, named_plan
from api.drafts.planning import planned
from api.own_process import IN_BACKGROUND, in_own_process
from api.stations.confirmed_hours import confirmed_hours
from data.basemap.building import stored_base_map
from data.disk import writing
from data.geometry.datum import to_gcj02
from data.store.credit import project_credit
from data.store.project import Project
from data.store.project_study import ProjectStreets
from data.streets.folder import open_streets
from geo.errors import BadInputError, MissingError
from geo.layers.columns import layers_with
from geo.layers.roles import Role
from geo.reach.isochrones import isochrones
from geo.solving import Progress, silent
from geo.study.rules import StudyRules
from geo.summary.run import RunSummary
from geo.text import Language, Text
from maps.records import lonlat
from maps.report.formats import FOLDER, Format
from maps.report.subject import Stands, Subject

_ZIPS = "committee"
"""The folder of the project that holds them."""
_KEPT = 4
"""Folders kept in a project, the newest: a few plans that are weighed against each other."""
_READ = (*layers_with(Role.STATIONS), "districts")


def committee_subject(
    project: Project,
    *,
    plan: str | None = None,
    language: Language = Language.ZH,
    progress: Progress = silent,
) -> Subject:
    """Return what the papers are about.

    Parameters
    ----------
    plan : str | None
        Name or id of a plan (see :func:`~api.drafts.named_plan.named_plan`); None for what is
        published.

    Raises
    ------
    MissingError
        If nothing is published, or there is no such plan.
    BadInputError
        If several drafts have that name.
    """
    named = None if plan is None else named_plan(project, plan)
    layers, summary = _told(project, named, progress)
    if summary.coverage is None or summary.siting is None:
        raise MissingError(
            Text(
                "还没有可用的推荐站点（未运行，或由旧版程序写成）。请先运行 yizhan site。",
                "No recommended sites that can be read (not run, or written by another version): "
                "run yizhan site first.",
            )
        )
    return Subject(
        layers={**layers, **_ground(project, summary)},
        summary=summary,
        sample=project.is_sample,
        credit=project_credit(project),
        language=language,
        draw_catchments=partial(_catchments, project, summary),
        to_gcj02=to_gcj02,
        stands=_stands(named),
        plan_name=None if named is None else named.name,
        confirmed=confirmed_hours(project, summary),
    )


def _told(
    project: Project, named: NamedPlan | None, progress: Progress
) -> tuple[dict[str, gpd.GeoDataFrame], RunSummary]:
    """Return result layers and figures; those of a draft are computed."""
    if named is not None and named.former is not None:
        return results_in(named.former)
    if named is None or named.draft is None:
        return stored_results(project)
    rules = named.draft.rules
    now = planned(project, rules).plan
    seen = frozenset(now.candidates["id"].astype(str).iloc[now.rows])
    return unpublished(project, rules, seen, progress=progress)


def _stands(named: NamedPlan | None) -> Stands:
    if named is not None and named.draft is not None:
        return Stands.DRAFT
    return Stands.FORMER if named is not None and named.former is not None else Stands.PUBLISHED


def _catchments(
    project: Project, summary: RunSummary, sites: gpd.GeoDataFrame
) -> dict[str, BaseGeometry]:
    """Return from where each site is reached within the limit, by candidate."""
    rule = (StudyRules() if summary.facts is None else summary.facts.parameters).coverage
    network = ProjectStreets(project).network(rule.mode)
    points = network.snap(lonlat(sites))
    limit, weight = (rule.limit_s or 0.0, "time_s")
    if rule.limit_m is not None:
        limit, weight = rule.limit_m, "distance_m"
    found = isochrones(network, points, [limit], weight=weight, towards=True)
    ids = sites["target_id"].astype(str).tolist()
    return {ids[row]: area for row, area in zip(found.point.tolist(), found.area, strict=True)}


def _ground(project: Project, summary: RunSummary) -> dict[str, gpd.GeoDataFrame]:
    """Return what maps draw below the sites, as it was when they were chosen."""
    layers = {name: layer_of(project, summary, "coverage", name) for name in _READ}
    layers["candidates"] = layer_of(project, summary, "site", "candidates")
    layers["streets"] = street_lines(open_streets(project.streets_folder).segments())
    base = stored_base_map(project)
    if base is not None:
        layers["ground"] = base.ground()
    return layers


def write_committee(
    subject: Subject,
    folder: Path,
    formats: Collection[Format] = tuple(Format),
    *,
    progress: Progress = silent,
) -> Path:
    """Write the folder of papers below `folder`, whole or not at all; return where it is.

    Raises
    ------
    BadInputError
        If it is there already.
    StorageError
        If the disk is full or `folder` may not be written.
    """
    path = folder / subject.folder_name
    if path.exists():
        raise BadInputError(
            Text(
                f"{path} 已存在，未覆盖；请用 --out 指定另一个文件夹。",
                f"{path} exists and was not overwritten; name another folder with --out.",
            )
        )
    from maps.report.committee_folder import committee_files  # noqa: PLC0415 - typesets, draws: a second

    partial = path.with_name(f".{path.name}.{uuid4().hex[:8]}")
    try:
        for name, content in committee_files(subject, formats, progress=progress):
            target = partial / name
            with writing(target):
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
        with writing(path):
            partial.rename(path)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return path


def new_zip(project: Project) -> Path:
    """Return where a ZIP file of papers may be written: a name nobody guesses."""
    return project.folder / _ZIPS / f"{secrets.token_hex(8)}.zip"


def write_zip(
    project: Project,
    subject: Subject,
    formats: Collection[Format] = tuple(Format),
    *,
    path: Path | None = None,
    progress: Progress = silent,
) -> Path:
    """Write the papers into one ZIP file of the project; return it. Only the last few are kept.

    While it is written it is called ``.part``.
    """
    from maps.report.committee_folder import committee_files  # noqa: PLC0415 - typesets, draws: a second

    name = subject.folder_name
    path = path or new_zip(project)
    folder, partial = path.parent, path.with_suffix(".part")
    with writing(path):
        folder.mkdir(exist_ok=True)
        try:
            with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as held:
                for file, content in committee_files(subject, formats, progress=progress):
                    held.writestr(f"{name}/{file}", content)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    for old in sorted(folder.glob("*.zip"), key=lambda one: one.stat().st_mtime)[:-_KEPT]:
        old.unlink(missing_ok=True)
    return path


def zip_in_background(
    project: Project,
    *,
    plan: str | None,
    language: Language,
    formats: Collection[Format],
    progress: Progress,
) -> Path:
    """Write the papers of `plan` as :func:`write_zip` does, in a process of its own; return it.

    `progress` may raise to end the work: then nothing is left of it. Raises as
    :func:`api.own_process.in_own_process`.
    """
    path = new_zip(project)
    work = partial(_write_zip_of, project.folder, path, plan, language, tuple(formats))
    try:
        in_own_process(work, name="papers", purpose=IN_BACKGROUND, progress=progress)
    finally:
        path.with_suffix(".part").unlink(missing_ok=True)
    return path


def _write_zip_of(
    folder: Path,
    path: Path,
    plan: str | None,
    language: Language,
    formats: tuple[Format, ...],
    *,
    progress: Progress,
) -> None:
    project = Project.open(folder)
    subject = committee_subject(project, plan=plan, language=language, progress=progress)
    write_zip(project, subject, formats, path=path, progress=progress)


def kept_zip(project: Project, name: str) -> tuple[Path, str]:
    """Return the ZIP file called `name`, and what a reader keeps it as."""
    path = project.folder / _ZIPS / f"{name}.zip"
    if not path.is_file():
        raise MissingError(
            Text(
                "这份材料已不在了，请再生成一次。",
                "These papers are no longer kept; have them made again.",
            )
        )
    with zipfile.ZipFile(path) as held:
        first = next(iter(held.namelist()), FOLDER.zh)
    return path, f"{first.split('/')[0]}.zip"
