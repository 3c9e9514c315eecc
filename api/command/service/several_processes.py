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
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.process import BaseProcess

import click
import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.command.service.serving import config_of
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
"""Longer than a helper may take to finish its answers (`_STOP_S` of serving) before it is given up."""


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
        self._pauses = Pauses()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the other processes, then this one: they read the project at the same time."""
        started = [self._start() for _ in range(1, self._processes)]
        await super().startup(sockets)
        for helper, ours in started:
            self._work_with(helper, ours)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the other processes, and this one."""
        for helper in self._helpers:
            asyncio.get_running_loop().remove_reader(helper.sentinel)
        for end in self._ends:
            end.close()
        await super().shutdown(sockets)
        for helper in self._helpers:
            helper.join(_END_S)

    def _start(self) -> tuple[BaseProcess, socket.socket]:
        """Start another process; return it and our end of what it hands connections over by."""
        ours, theirs = socket.socketpair()
        helper: BaseProcess = get_context("spawn").Process(
            target=help_first,
            args=(self._settings, self.config.port, theirs, self._processes),
            daemon=True,
        )
        helper.start()
        theirs.close()
        self._helpers.append(helper)
        return helper, ours

    def _work_with(self, helper: BaseProcess, ours: socket.socket) -> None:
        """Take over what it hands over, and notice its end."""
        end = HandedOver(ours, self._protocol)
        self._ends.append(end)
        asyncio.get_running_loop().add_reader(helper.sentinel, self._replace, helper, end)

    def _protocol(self) -> GuardedProtocol:
        protocol: GuardedProtocol = self.config.http_protocol_class(  # type: ignore[call-arg, assignment]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return protocol

    def _replace(self, helper: BaseProcess, end: HandedOver) -> None:
        """Say that a process ended, and start another in its place: at once, or after a pause."""
        loop = asyncio.get_running_loop()
        loop.remove_reader(helper.sentinel)
        helper.join()
        self._helpers.remove(helper)
        self._ends.remove(end)
        end.close()
        if self.should_exit:
            return
        pause_s = self._pauses.next_s()
        click.echo(_ended(helper.exitcode, pause_s).into(self._settings.language), err=True)
        loop.call_later(pause_s, self._start_again)

    def _start_again(self) -> None:
        if not self.should_exit:
            self._work_with(*self._start())


def _ended(exit_code: int | None, pause_s: float) -> Text:
    if pause_s == 0:
        again = Text("正在重新启动它。", "It is being started again.")
    else:
        again = Text(
            f"它近来屡次中断，{pause_s:.0f} 秒后再启动；如一直如此，请查看内存是否够用。",
            f"It has ended often of late and is started again in {pause_s:.0f} s; if this goes on, "
            "see whether there is memory enough.",
        )
    return Text(
        f"有一个服务进程意外结束（退出码 {exit_code}），其余进程继续服务。{again.zh}",
        f"One of the processes ended (exit code {exit_code}); the others go on. {again.en}",
    )


class Pauses:
    """How long to wait before a process is started in another's place: nothing, unless it is often.

    Parameters
    ----------
    most, within_s : int, float
        So many are started again within so long; the next waits until that is over.
    clock : callable
        Seconds that only grow.
    """

    def __init__(
        self,
        most: int = 5,
        within_s: float = 600.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._within_s, self._clock = within_s, clock
        self._starts_s: deque[float] = deque(maxlen=most)

    def next_s(self) -> float:
        """Return the pause before the start that is due now, which counts from then on."""
        now_s = self._clock()
        start_s = now_s
        if len(self._starts_s) == self._starts_s.maxlen:
            start_s = max(now_s, self._starts_s[0] + self._within_s)
        self._starts_s.append(start_s)
        return start_s - now_s


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
