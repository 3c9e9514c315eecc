"""Keepers' keys: one a station, only its digest kept, revoked by itself."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path

from data.disk import PATIENCE_S, held, writing
from data.upkeep.journal import FOLDER

_KEY_BYTES = 18
"""144 bits: nobody guesses it, and 24 characters fit a QR code."""


class KeeperKeys:
    """The file ``upkeep/keeper_keys.json`` of a project: digest and day of making, by station.

    Parameters
    ----------
    folder : Path
        The project's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FOLDER / "keeper_keys.json"

    def made(self) -> dict[str, str]:
        """Return the day each station's key was made, ISO 8601."""
        return {station: held["made"] for station, held in self._read().items()}

    def make(self, station: str, today: str) -> str:
        """Return a new key of `station`, told this once; the former one opens no longer."""
        key = secrets.token_urlsafe(_KEY_BYTES)
        self._change(station, {"digest": _digest(station, key), "made": today})
        return key

    def revoke(self, station: str) -> bool:
        """Make the key of `station` open no longer; tell whether there was one."""
        was = station in self._read()
        if was:
            self._change(station, None)
        return was

    def opens(self, station: str, key: str) -> bool:
        """Tell whether `key` is the one of `station`."""
        entry = self._read().get(station)
        return entry is not None and hmac.compare_digest(entry["digest"], _digest(station, key))

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            found: dict[str, dict[str, str]] = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _change(self, station: str, entry: dict[str, str] | None) -> None:
        with writing(self._path):
            self._path.parent.mkdir(exist_ok=True)
        lock = self._path.with_name(f".{self._path.name}.lock")
        with held(lock, patience_s=PATIENCE_S), writing(self._path):
            entries = self._read()
            entries.pop(station, None)
            if entry is not None:
                entries[station] = entry
            aside = self._path.with_name(f".{self._path.name}.{os.getpid()}")
            aside.write_text(json.dumps(entries, ensure_ascii=False), encoding="utf-8")
            aside.replace(self._path)


def _digest(station: str, key: str) -> str:
    # The key is 144 random bits: no slow hash is needed against guessing.
    return hashlib.sha256(f"{station}\0{key}".encode()).hexdigest()
