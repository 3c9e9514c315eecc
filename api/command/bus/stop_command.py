"""``bus stops``: propose places where the bus might stand, from OpenStreetMap, for staff to verify."""

from __future__ import annotations

from pathlib import Path

import click
import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from api.command.console import Console, machine_option, project_option
from api.command.rule_options import RuleOptions
from data.excel.stop_proposals import write_stop_proposals
from data.osm.osm_places import named_by_place, read_bus_places
from data.store.project import Project
from data.streets.folder import open_streets
from geo.bus.campaign.stop import apart, workers_around
from geo.errors import MissingError
from geo.place_names import NamedPlaces, PlaceNames
from geo.study.rules import StopSearch
from geo.text import Language, Text

_ABOUT = Text(
    "从 OSM 文件的停车场、广场、客运站、车场里提出停靠候选点清单，核实后再导入",
    "Propose stops from car parks, squares, stations and depots of an OSM extract, to verify",
)
_SEARCH = RuleOptions(StopSearch)
_READ = Text("读取 OSM 文件", "Reading the OSM extract")


def stops_command(language: Language) -> click.Command:
    """Build ``yizhan bus stops``."""

    @click.command("stops", help=_ABOUT.into(language))
    @click.option(
        "--file",
        "file",
        required=True,
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
    )
    @click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
    @_SEARCH.decorate(language)
    @project_option(language)
    @machine_option(language)
    @click.pass_context
    def stops(
        context: click.Context,
        /,
        file: Path,
        out: Path,
        project: str,
        as_json: bool,  # noqa: FBT001
        **_: object,
    ) -> None:
        opened, search = Project.open(Path(project)), stop_search(context)
        with Console(language, as_json=as_json) as console:
            console.progress(_READ, 0.0)
            found = _named(opened, read_bus_places(file))
            workers = opened.read("workers")
            at = found.get_coordinates().to_numpy()
            near = workers_around(
                at,
                workers.get_coordinates().to_numpy(),
                workers["workers"].to_numpy(dtype=np.float64),
                search.reach_m,
            )
            held = opened.read_or_empty("stops")
            taken = held.get_coordinates().to_numpy()
            rows = apart(at, near, taken, least=search.least, apart_m=search.apart_m)
            if not len(rows):
                raise _none(file, len(found), near, search)
            chosen = found.assign(workers_near=near).iloc[rows]
            write_stop_proposals(out, chosen, held, language=language, sample=opened.is_sample)
            answer = {"places": len(found), "proposed": len(chosen), "file": str(out)}
            console.answer(
                answer,
                Text(
                    f"{file.name} 里有 {len(found)} 处可能停得下大客车，其中 {len(chosen)} 处附近职工较多且"
                    f"互不相邻，接在现有 {len(held)} 个停靠点之后写入 {out}。新提出的都标为“禁停”：现场核实后改为“否”，"
                    f"再运行 yizhan import stops {out}。",
                    f"{len(found)} places in {file.name} may hold a bus; {len(chosen)} are near workers "
                    f"and apart, written to {out} after the {len(held)} stops there are. The new ones are "
                    f"banned: verify each, set it to no, then run "
                    f"yizhan import stops {out}.",
                ),
            )

    return stops


def stop_search(context: click.Context) -> StopSearch:
    """Return what the options asked for."""
    return StopSearch(**_SEARCH.given(context))


def _named(project: Project, found: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Call places after the project's streets and places, as far as it has them."""
    known = project.read_or_empty("places")
    near = NamedPlaces(known["name"].tolist(), known.get_coordinates().to_numpy())
    try:
        streets = open_streets(project.streets_folder).segments()
    except MissingError:
        return found
    return named_by_place(found, PlaceNames(streets, near))


def _none(file: Path, places: int, near: NDArray[np.float64], search: StopSearch) -> MissingError:
    """Say why there is nothing to propose, and what would help."""
    if not places:
        return MissingError(
            Text(
                f"{file.name} 里没有停车场、广场、客运站或车场，未写出清单；"
                "请换一个含这些要素的 OSM 文件（仅含道路的提取文件不行）。",
                f"{file.name} holds no car park, square, station or depot; nothing was written. "
                "Take an extract that holds them (one of streets alone does not).",
            )
        )
    most = float(near.max())
    if most < search.least:
        return MissingError(
            Text(
                f"{file.name} 里的 {places} 处附近 {search.reach_m:g} 米内职工最多 {most:,.0f} 人，都不到 {search.least:g} 人，"
                "未写出清单；请调低 --least 或调大 --reach，并检查职工图层与文件是否同一地区。",
                f"None of the {places} places in {file.name} has {search.least:g} workers within "
                f"{search.reach_m:g} m ({most:,.0f} at most); nothing was written. Lower --least, raise "
                "--reach, and check that workers and extract are of the same area.",
            )
        )
    return MissingError(
        Text(
            f"{file.name} 里职工够多的地点都在已有停靠点 {search.apart_m:g} 米之内，没有新的可提，未写出清单；"
            "需要更密请调小 --apart。",
            f"All places in {file.name} with enough workers are within {search.apart_m:g} m of stops there "
            "are; nothing was written. Lower --apart for more.",
        )
    )
