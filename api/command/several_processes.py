"""``serve --workers N``: further processes that answer the public behind the same port.

The first process does what it does alone, and is the only one to run jobs, keep drafts, take
reports and count wrong keys. Each further one reads the project for itself, streets by the same
memory map, and notices what is published as the first does.
"""

from __future__ import annotations

import asyncio
import re
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.process import BaseProcess

import click
import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.command.serving import config_of
from api.server.admission import Door
from api.server.deadlines import AtOnce, GuardedProtocol
from api.server.handing import HandedOver, handing_protocol
from api.settings import Settings
from geo.errors import BadInputError
from geo.text import Text

_FOR_EVERY_PROCESS = re.compile(
    rb"(?:GET|HEAD|POST) /(?:nearest|nearest-station|bus-near-me|bus/near|search)[? ]"
    rb"|(?:GET|HEAD) /(?:stations[/? ]|s/|assets/|offline|manifest\.webmanifest|share\.png)"
)
"""First lines of the requests of workers: answered from what is published, changing nothing."""
_END_S = 40.0


def is_for_every_process(line: bytes) -> bool:
    """Tell whether any process answers a request that begins with `line`."""
    return _FOR_EVERY_PROCESS.match(line) is not None


def check_several() -> None:
    """Refuse several processes where a port cannot be shared among them."""
    if sys.platform != "linux":
        raise BadInputError(
            Text(
                "--workers 大于 1 只在 Linux 上可用；本系统请去掉这一项。",
                "--workers above 1 needs Linux; leave it out on this system.",
            )
        )


def listening(host: str, port: int) -> socket.socket:
    """Return a socket on `host` and `port` beside which others may listen too."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Told to be TCP, so that asyncio sends at once what there is: head and body of an answer would
    # else wait 40 ms for each other.
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    found.bind((host, port))
    return found


class FirstServer(uvicorn.Server):
    """The first of several processes: starts the others and takes over what they are not for.

    Parameters
    ----------
    config : uvicorn.Config
        How it serves.
    settings : Settings
        The service's settings.
    processes : int
        How many there are, this one included.
    """

    def __init__(self, config: uvicorn.Config, settings: Settings, processes: int) -> None:
        super().__init__(config)
        self._settings, self._processes = settings, processes
        self._helpers: list[BaseProcess] = []
        self._ends: list[HandedOver] = []

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the other processes, then this one: they read the project at the same time."""
        pairs = [socket.socketpair() for _ in range(1, self._processes)]
        for _, theirs in pairs:
            helper: BaseProcess = get_context("spawn").Process(
                target=help_first,
                args=(self._settings, self.config.port, theirs, self._processes),
                daemon=True,
            )
            helper.start()
            theirs.close()
            self._helpers.append(helper)
        await super().startup(sockets)
        self._ends = [HandedOver(ours, self._protocol) for ours, _ in pairs]
        loop = asyncio.get_running_loop()
        for helper in self._helpers:
            loop.add_reader(helper.sentinel, self._tell_ended, helper)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the other processes, and this one."""
        for helper in self._helpers:
            asyncio.get_running_loop().remove_reader(helper.sentinel)
        for end in self._ends:
            end.close()
        await super().shutdown(sockets)
        for helper in self._helpers:
            helper.join(_END_S)

    def _protocol(self) -> GuardedProtocol:
        protocol: GuardedProtocol = self.config.http_protocol_class(  # type: ignore[call-arg, assignment]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return protocol

    def _tell_ended(self, helper: BaseProcess) -> None:
        asyncio.get_running_loop().remove_reader(helper.sentinel)
        helper.join()
        self._helpers.remove(helper)
        if self.should_exit:
            return
        text = Text(
            f"有一个服务进程意外结束（退出码 {helper.exitcode}），其余进程继续服务；"
            "重新启动服务可恢复。",
            f"One of the processes ended (exit code {helper.exitcode}); the others go on. Start "
            "the service again to have it back.",
        )
        click.echo(text.into(self._settings.language), err=True)


class HelpingServer(uvicorn.Server):
    """A further process: ends when the first one has ended, however it did.

    Parameters
    ----------
    config : uvicorn.Config
        How it serves.
    to_first : socket
        Where it hands connections over.
    """

    def __init__(self, config: uvicorn.Config, to_first: socket.socket) -> None:
        super().__init__(config)
        self._to_first = to_first

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Watch the first process, which never sends a word: what can be read is its end."""
        asyncio.get_running_loop().add_reader(self._to_first, self._end)
        await super().startup(sockets)

    def _end(self) -> None:
        asyncio.get_running_loop().remove_reader(self._to_first)
        self.should_exit = True


def help_first(settings: Settings, port: int, to_first: socket.socket, processes: int) -> None:
    """Serve beside the first process until it ends."""
    app = create_app(settings, is_first=False)
    with suppress(KeyboardInterrupt):  # the first process says so
        helping_server(app, settings, port, to_first, processes).run(
            [listening(settings.host, port)]
        )


def helping_server(
    app: FastAPI, settings: Settings, port: int, to_first: socket.socket, processes: int
) -> HelpingServer:
    """Return the server of a further process, ready to be run."""

    def protocol(door: Door, at_once: Mapping[str, AtOnce]) -> type[asyncio.Protocol]:
        return handing_protocol(door, at_once, is_for_every_process, to_first)

    config = config_of(app, settings, settings.host, port, protocol=protocol, processes=processes)
    return HelpingServer(config, to_first)
