"""Who is let in: how many connections in all and from one address, and who goes when it is full.

A connection that is being answered is never closed for another. One that waits for its request, or
for the rest of it, makes room: idle ones first, the one that has waited longest before others. So a
client that holds hundreds of half-sent requests loses its own, and nobody else is kept out.
"""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

_IPV6_NETWORK = 64  # one household or phone has as many addresses as it likes below this


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one client, and all together, may take of the server.

    Attributes
    ----------
    connections : int
        Open at once in all.
    connections_per_address : int
        Open at once from one IPv4 address or IPv6 /64 network.
    trusted_proxies : tuple[str, ...]
        Addresses or networks the limit per address does not hold for: everybody comes by them.
    head_s : float
        From connecting, or from the first byte of a further request, until its headers are there.
    body_s : float
        For a body, beside what it may take at `body_bytes_per_s`.
    body_bytes_per_s : float
        Bodies that come more slowly are cut off.
    linger_s : float
        For the rest of a body nobody reads, after its request was refused.
    stalled_s, stalled_bytes : float, int
        An answer of which less than this is taken for so long is cut off.
    """

    connections: int = 800
    connections_per_address: int = 100
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    head_s: float = 10.0
    body_s: float = 20.0
    body_bytes_per_s: float = 5_000.0
    linger_s: float = 5.0
    stalled_s: float = 30.0
    stalled_bytes: int = 15_000


class Phase(IntEnum):
    """What a connection is doing, the first to be closed first."""

    WAITING = 0
    """No request, or not all of its headers."""
    SENDING = 1
    """The headers are there, the body is not."""
    ANSWERING = 2
    """The whole request is there."""


class Guest(Protocol):
    """A connection as the door sees it."""

    def turn_out(self) -> None:
        """Close at once."""


class Door:
    """Counts the connections and makes room for new ones.

    Parameters
    ----------
    limits : Limits
        How many there may be.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._networks = [ipaddress.ip_network(one) for one in limits.trusted_proxies]
        self._all = _Room()
        self._by_address: dict[str, _Room] = defaultdict(_Room)
        self._rooms: dict[Guest, tuple[_Room, ...]] = {}

    def let_in(self, guest: Guest, host: str) -> bool:
        """Count `guest` in, closing another if need be; False if there is no room."""
        key = None if self._is_trusted(host) else network_of(host)
        if key is not None and not self._make_room(
            self._by_address[key], self.limits.connections_per_address
        ):
            return False
        if not self._make_room(self._all, self.limits.connections):
            return False
        rooms = (self._all,) if key is None else (self._all, self._by_address[key])
        self._rooms[guest] = rooms
        self.moved(guest, Phase.WAITING)
        return True

    def moved(self, guest: Guest, phase: Phase) -> None:
        """Note that `guest` is in another phase from now on, or begins the same one anew."""
        for room in self._rooms.get(guest, ()):
            room.put(guest, phase)

    def let_out(self, guest: Guest, host: str) -> None:
        """Count `guest` out; does nothing for one that is not in."""
        for room in self._rooms.pop(guest, ()):
            room.take(guest)
        key = network_of(host)
        if key in self._by_address and not len(self._by_address[key]):
            del self._by_address[key]

    def __len__(self) -> int:
        """Return the number of connections."""
        return len(self._all)

    def _make_room(self, room: _Room, most: int) -> bool:
        if len(room) < most:
            return True
        longest = room.longest_waiting()
        if longest is None:
            return False
        longest.turn_out()
        return True

    def _is_trusted(self, host: str) -> bool:
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return True  # a Unix socket has no address: only a proxy connects to one
        return any(address in network for network in self._networks)


class _Room:
    """The connections that share a limit, by phase and by how long they have been in it."""

    def __init__(self) -> None:
        self._phase: dict[Guest, Phase] = {}
        self._order: dict[Phase, dict[Guest, None]] = {phase: {} for phase in Phase}

    def __len__(self) -> int:
        return len(self._phase)

    def put(self, guest: Guest, phase: Phase) -> None:
        self.take(guest)
        self._phase[guest] = phase
        self._order[phase][guest] = None

    def take(self, guest: Guest) -> None:
        phase = self._phase.pop(guest, None)
        if phase is not None:
            del self._order[phase][guest]

    def longest_waiting(self) -> Guest | None:
        for phase in (Phase.WAITING, Phase.SENDING):
            for guest in self._order[phase]:
                return guest
        return None


def network_of(host: str) -> str:
    """Return what counts as one address: itself, or an IPv6 address's /64 network."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, _IPV6_NETWORK), strict=False))
