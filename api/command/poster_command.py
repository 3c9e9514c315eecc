"""``posters``: the signs of all stations of a district as one PDF."""

from __future__ import annotations

import time
from pathlib import Path

import click

from api.command.console import Console, machine_option, project_option
from api.settings import Settings
from data.store.project import Project
from geo.errors import BadInputError
from geo.json_shapes import JsonFacts
from geo.text import Language, Text

_DISTRICT = Text("区市的名称或代码，如 市南区", "The district's name or adcode")
_OUT = Text("PDF 文件名（默认 海报-区市.pdf）", "The PDF's name (default: 海报-DISTRICT.pdf)")
_BASE_URL = Text(
    "公众打开服务的网址，写进二维码（默认 YIZHAN_BASE_URL）",
    "How the public reaches the service, for the codes (default: YIZHAN_BASE_URL)",
)


def posters_command(language: Language) -> click.Command:
    """Build ``yizhan posters``."""

    @click.command("posters")
    @click.option("--district", required=True, help=_DISTRICT.into(language))
    @click.option("--base-url", help=_BASE_URL.into(language))
    @click.option(
        "--out", type=click.Path(dir_okay=False, path_type=Path), help=_OUT.into(language)
    )
    @project_option(language)
    @machine_option(language)
    def posters(
        district: str,
        base_url: str | None,
        out: Path | None,
        project: str,
        as_json: bool,  # noqa: FBT001
    ) -> None:
        with Console(language, as_json=as_json) as console:
            facts, text = _written(Project.open(Path(project)), district, base_url, out, console)
        console.answer(facts, text)

    return posters


def _written(
    project: Project, district: str, base_url: str | None, out: Path | None, console: Console
) -> tuple[JsonFacts, Text]:
    # Brought in here: the help needs neither the stations nor what typesets.
    from api.stations.directory import read_directory  # noqa: PLC0415
    from api.stations.posters import posters_of  # noqa: PLC0415
    from data.disk import writing  # noqa: PLC0415
    from geo.layers.columns import layers_with  # noqa: PLC0415
    from geo.layers.roles import Role  # noqa: PLC0415
    from maps.district_table import district_names  # noqa: PLC0415
    from maps.report.files.poster_book import posters_pdf  # noqa: PLC0415

    began_s = time.perf_counter()
    address = _checked(base_url)
    held = [name for name in layers_with(Role.STATIONS) if project.has(name)]
    directory = read_directory({name: project.read(name) for name in held})
    names = district_names({"districts": project.read_or_empty("districts")})
    chosen = posters_of(directory, names, district)
    pdf = posters_pdf(
        chosen.cards,
        base_url=address,
        language=console.language,
        sample=project.is_sample,
        progress=console.progress,
    )
    path = out or Path(f"海报-{chosen.name}.pdf")
    with writing(path):
        path.write_bytes(pdf)
    pages, left, took_s = len(chosen.cards), chosen.left_out, time.perf_counter() - began_s
    facts = {
        "file": str(path),
        "pages": pages,
        "bytes": len(pdf),
        "left_out": list(left),
        "seconds": round(took_s, 1),
    }
    zh = f"{path}：{chosen.name} {pages} 页，{len(pdf) / 1e6:.1f} MB，用时 {took_s:.0f} 秒。"
    en = f"{path}: {pages} pages, {len(pdf) / 1e6:.1f} MB, in {took_s:.0f} s."
    if left:
        zh += f"未开放的 {len(left)} 个站点没有海报：{'、'.join(left)}。"
        en += f" No sign for {len(left)} stations that do not serve: {', '.join(left)}."
    return facts, Text(zh, en)


def _checked(base_url: str | None) -> str:
    settings = Settings.told() if base_url is None else Settings.told(base_url=base_url)
    if settings.base_url is None:
        raise BadInputError(
            Text(
                "二维码里要写公众打开服务的网址：请用 --base-url https://… 或 YIZHAN_BASE_URL 给出。",
                "The codes hold the address by which the public reaches the service: give it with "
                "--base-url https://… or YIZHAN_BASE_URL.",
            )
        )
    return settings.base_url
