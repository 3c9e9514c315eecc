"""``serve``: the API and the maps over HTTP."""

from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path

import click
from pydantic import SecretStr

from api.app import create_app
from api.command.console import Console, project_option
from api.command.service.serving import config_of, server_of
from api.command.service.several_processes import FirstServer, check_several, listening
from api.settings import Settings
from data.store.project import Project
from data.store.result_versions import remove_leftovers
from geo.errors import BadInputError
from geo.text import Language, Text

_LOCAL = {"127.0.0.1", "localhost", "::1"}

_USUAL = Settings.model_fields
port_option = click.option(
    "--port", type=click.IntRange(0, 65535), default=_USUAL["port"].default, show_default=True
)
"""``--port`` of every command that serves."""


def serve_command(language: Language) -> click.Command:
    """Build ``yizhan serve``."""

    @click.command("serve")
    @click.option("--host", default=_USUAL["host"].default, show_default=True)
    @port_option
    @click.option(
        "--workers",
        type=click.IntRange(1, 64),
        default=1,
        show_default=True,
        help=Text(
            "几个进程一起回答职工的查询（仅 Linux）；通常不超过处理器核数",
            "Processes that answer workers together (Linux); no more than cores, as a rule",
        ).into(language),
    )
    @project_option(language)
    def serve(host: str, port: int, workers: int, project: str) -> None:
        remove_leftovers(Project.open(Path(project)))
        run_server(Path(project), host, port, Console(language), workers=workers)

    return serve


def run_server(project: Path, host: str, port: int, console: Console, *, workers: int = 1) -> None:
    """Serve `project` until interrupted, by so many processes; print the three links first.

    A planner key is taken from ``YIZHAN_PLANNER_KEY``. Without one, a key for this run is made,
    but only where nobody else can reach the service.
    """
    settings = Settings.told(project=project, host=host, port=port, language=console.language)
    if settings.planner_key is None and host in _LOCAL:
        settings = settings.model_copy(update={"planner_key": SecretStr(secrets.token_urlsafe(18))})
    _check_port(host, port)
    if workers > 1:
        check_several()
    console.remark(links(settings, host, port))
    app = create_app(settings)
    if workers == 1:
        server_of(app, settings, host, port).run()
        return
    door = listening(host, port)
    config = config_of(app, settings, host, door.getsockname()[1], processes=workers)
    FirstServer(config, settings, workers).run([door])


def _check_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise BadInputError(
                Text(
                    f"端口 {host}:{port} 无法使用（{os.strerror(error.errno or 0)}）："
                    "请用 --port 换一个。",
                    f"Cannot listen on {host}:{port} ({os.strerror(error.errno or 0)}): "
                    "choose another --port.",
                )
            ) from error


def links(settings: Settings, host: str, port: int) -> Text:
    """Return what a planner, a worker and a bus driver would open."""
    base = settings.base_url or f"http://{f'[{host}]' if ':' in host else host}:{port}"
    key = settings.planner_key
    planner = f"{base}/planner" + (f"?key={key.get_secret_value()}" if key else "")
    crew = f"{base}/bus" + (f"?key={settings.bus_key}" if settings.bus_key else "")
    return Text(
        f"\n服务已启动（按 Ctrl-C 停止）\n  规划人员  {planner}\n  职工      {base}/nearest\n"
        f"  大蓬车    {crew}\n  接口文档  {base}/docs\n",
        f"\nServing (Ctrl-C stops)\n  planner   {planner}\n  worker    {base}/nearest\n"
        f"  bus       {crew}\n  API docs  {base}/docs\n",
    )
