"""``serve``: the API and the maps over HTTP."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import replace
from pathlib import Path

import click
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from api.app import create_app
from api.command.console import Console, project_option
from api.server.admission import Door
from api.server.deadlines import guarded_protocol
from api.server.log import hold_back_repeats
from api.settings import Settings
from data.project import Project
from data.result_versions import remove_leftovers
from geo.errors import BadInputError
from geo.text import Language, Text

_LOCAL = {"127.0.0.1", "localhost", "::1"}


def serve_command(language: Language) -> click.Command:
    """Build ``yizhan serve``."""

    @click.command("serve")
    @click.option("--host", default="127.0.0.1", show_default=True)
    @click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
    @project_option(language)
    def serve(host: str, port: int, project: str) -> None:
        remove_leftovers(Project.open(Path(project)))
        run_server(Path(project), host, port, Console(language))

    return serve


def run_server(project: Path, host: str, port: int, console: Console) -> None:
    """Serve `project` until interrupted; print the three links first.

    A planner key is taken from ``YIZHAN_PLANNER_KEY``. Without one, a key for this run is made,
    but only where nobody else can reach the service.
    """
    settings = Settings(project=project, host=host, port=port, language=console.language)
    if settings.planner_key is None and host in _LOCAL:
        settings = settings.model_copy(update={"planner_key": SecretStr(secrets.token_urlsafe(18))})
    _check_port(host, port)
    console.remark(links(settings, host, port))
    server_of(create_app(settings), settings, host, port).run()


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


try:
    import resource
except ImportError:  # pragma: no cover - Windows has no such limit
    resource = None  # type: ignore[assignment]

_OWN_FILES = 200
"""Descriptors the service needs for itself: layers, streets, uploads."""
_BACKLOG = 512
_STOP_S = 30


def server_of(app: FastAPI, settings: Settings, host: str, port: int) -> uvicorn.Server:
    """Return the server of `app`, ready to be run.

    No more connections are let in than there are file descriptors for: out of descriptors, Python
    3.11 logs thousands of tracebacks a second and accepts nobody.
    """
    hold_back_repeats()
    limits = settings.limits
    room = _file_descriptors(limits.connections + _OWN_FILES) - _OWN_FILES
    door = Door(replace(limits, connections=max(1, min(limits.connections, room))))
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=guarded_protocol(door),
        ws="none",
        log_config=None,
        access_log=False,
        backlog=_BACKLOG,
        forwarded_allow_ips=list(limits.trusted_proxies),
        timeout_graceful_shutdown=_STOP_S,
        server_header=False,
    )
    return uvicorn.Server(config)


def _file_descriptors(wanted: int) -> int:
    """Return how many this process may open, after asking for `wanted`."""
    if resource is None:  # pragma: no cover - Windows
        return wanted
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        more = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (more, hard))
        return more
    return wanted
