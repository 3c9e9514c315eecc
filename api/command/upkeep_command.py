"""``upkeep``: hours confirmed, the 六有 by district, what coverage rests on, keepers' links."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click
import numpy as np
import pandas as pd

from api.command.console import Console, machine_option, project_option
from api.command.siting_command import joined
from api.stations.confirmed_hours import RestsOn, covered_by_confirmed
from api.stations.confirming import is_confirmed
from api.stations.directory import Directory, read_directory
from api.stations.openings import now
from api.stations.six import DistrictSix, StationSix, check_six
from data.disk import writing
from data.store.project import Project
from data.store.project_study import ProjectStreets
from data.upkeep.keeper_keys import KeeperKeys
from data.upkeep.keeping import KeeperBook
from geo.coverage.rule import CoverageRule
from geo.errors import MissingError
from geo.fields import UNCONFIRMED_DAYS
from geo.json_shapes import JsonFacts
from geo.layers.columns import layers_with
from geo.layers.roles import Role
from geo.layers.six_haves import SixHave
from geo.layers.vocabulary import Mode
from geo.text import MOST_QUOTED, Language, Text
from maps.district_table import district_names


def upkeep_command(language: Language) -> click.Command:
    """Build ``yizhan upkeep``."""

    @click.command("upkeep")
    @click.option(
        "--days",
        type=click.IntRange(1, 3650),
        default=UNCONFIRMED_DAYS,
        show_default=True,
        help=Text("多少天内核实过算已核实", "Confirmed within so many days").into(language),
    )
    @click.option(
        "--list",
        "file",
        type=click.Path(dir_okay=False, path_type=Path),
        help=Text("每个站点缺什么，存为 CSV", "What each station lacks, as CSV").into(language),
    )
    @click.option(
        "--coverage",
        is_flag=True,
        help=Text(
            "再测一次覆盖：只算已核实的站点", "Measure coverage by confirmed stations alone too"
        ).into(language),
    )
    @click.option(
        "--link",
        "station",
        help=Text(
            "为这个站点生成管理员链接（旧的失效）", "Make a keeper's link; the former one ends"
        ).into(language),
    )
    @click.option(
        "--revoke",
        help=Text("撤销这个站点的管理员链接", "Revoke a station's keeper's link").into(language),
    )
    @project_option(language)
    @machine_option(language)
    def upkeep(
        days: int,
        file: Path | None,
        coverage: bool,  # noqa: FBT001
        station: str | None,
        revoke: str | None,
        project: str,
        as_json: bool,  # noqa: FBT001
    ) -> None:
        opened, console = Project.open(Path(project)), Console(language, as_json=as_json)
        if station is not None or revoke is not None:
            console.answer(*_keys(opened, station, revoke))
            return
        facts, text = _told(opened, days, file, with_coverage=coverage)
        console.answer(facts, text)

    return upkeep


def _keys(project: Project, station: str | None, revoke: str | None) -> tuple[JsonFacts, Text]:
    keys, directory = KeeperKeys(project.folder), _directory(project)
    if revoke is not None:
        was = keys.revoke(revoke)
        return {"station": revoke, "revoked": was}, (
            Text(f"{revoke} 的管理员链接已撤销。", f"The keeper's link of {revoke} is revoked.")
            if was
            else Text(f"{revoke} 没有管理员链接。", f"{revoke} has no keeper's link.")
        )
    asked = station or ""
    if asked not in directory.by_id:
        raise MissingError(
            Text(
                f"没有编号为“{asked[:MOST_QUOTED]}”的站点。",
                f"There is no station {asked[:MOST_QUOTED]!r}.",
            )
        )
    path = f"/k/{quote(asked, safe='')}?key={keys.make(asked, now().date().isoformat())}"
    return {"station": asked, "path": path}, Text(
        f"在服务地址后面接上（只显示这一次）：{path}",
        f"Put it behind the service's address (shown this once): {path}",
    )


def _told(
    project: Project, days: int, file: Path | None, *, with_coverage: bool
) -> tuple[JsonFacts, Text]:
    directory, today = _directory(project), now().date()
    kept = KeeperBook(project.folder).read()
    codes = KeeperKeys(project.folder).made()
    stations, districts = check_six(
        directory, kept, codes, _on_street(project, directory), today, days
    )
    if file is not None:
        _write_list(file, stations)
    names = district_names({"districts": project.read_or_empty("districts")})
    facts: dict[str, Any] = {
        "days": days,
        "districts": {code: asdict(tally) for code, tally in districts.items()},
    }
    texts = [_table(districts, names, days)]
    if with_coverage:
        known = is_confirmed(directory, kept, today, days)
        confirmed = frozenset(str(directory.rows[n]["id"]) for n in np.flatnonzero(known).tolist())
        rests = covered_by_confirmed(project, confirmed, CoverageRule())
        facts["coverage"] = asdict(rests)
        texts.append(_rests_text(rests, days))
    return facts, joined(texts)


def _directory(project: Project) -> Directory:
    held = [name for name in layers_with(Role.STATIONS) if project.has(name)]
    return read_directory({name: project.read(name) for name in held})


def _on_street(project: Project, directory: Directory) -> np.ndarray[Any, np.dtype[np.bool_]]:
    try:
        network = ProjectStreets(project).network(Mode.WALK)
    except MissingError:
        return np.zeros(len(directory), np.bool_)
    reachable: np.ndarray[Any, np.dtype[np.bool_]] = network.snap(directory.lonlat).reachable
    return reachable


def _write_list(file: Path, stations: list[StationSix]) -> None:
    rows = [
        {
            "id": one.id,
            "name": one.name,
            "district": one.district,
            "缺 missing": "；".join(have.text.zh for have in one.missing),
            "待查 unknown": "；".join(have.text.zh for have in one.unknown),
        }
        for one in stations
    ]
    with writing(file):
        pd.DataFrame(rows).to_csv(file, index=False, encoding="utf-8-sig")


def _table(districts: dict[str, DistrictSix], names: dict[str, str], days: int) -> Text:
    lines = [
        Text(
            f"六有（缺几个站点）；{days} 天内核实过开放时间的站点：",
            f"Stations lacking each of the six; with hours confirmed within {days} days:",
        )
    ]
    for code, tally in districts.items():
        lacking = [(one, n) for one, n in tally.missing.items() if n]
        zh = "，".join(f"{one.text.zh} 缺 {n}" for one, n in lacking) or "不缺"
        en = ", ".join(f"{one.text.en}: {n}" for one, n in lacking) or "none lacking"
        name = names.get(code, code or "—")
        lines.append(
            Text(
                f"  {name}：{tally.stations} 个，核实 {tally.confirmed}；{zh}",
                f"  {name}: {tally.stations}, confirmed {tally.confirmed}; {en}",
            )
        )
    lines.append(
        Text(
            f"{SixHave.SIGN.text.zh}从表里看不出：生成了管理员二维码的算有，其余待查。",
            "The common sign shows in no row: those with a keeper's code have it, others are unknown.",
        )
    )
    return joined(lines)


def _rests_text(rests: RestsOn, days: int) -> Text:
    whole, some = rests.covered, rests.covered_confirmed
    share = (whole - some) / whole if whole else 0.0
    hours = rests.open_hours
    rest = (hours - rests.open_hours_confirmed) / hours if hours else 0.0
    return Text(
        f"覆盖 {whole:,.0f} 人；只算 {days} 天内核实过的站点为 {some:,.0f} 人：{share:.1%} 的人、"
        f"{rest:.1%} 的人时靠未核实的开放时间。",
        f"{whole:,.0f} workers are covered, {some:,.0f} by stations confirmed within {days} days "
        f"alone: {share:.1%} of workers and {rest:.1%} of worker-hours rest on unconfirmed hours.",
    )
