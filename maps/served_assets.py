"""Script and style files that pages load from us by address, kept by browsers for a year.

The address of a folder holds a digest of what is in it: a new release has new addresses, so what
a browser keeps can never be stale, and modules of one folder always come from one release.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from geo.errors import MissingError
from geo.text import Text

SERVED_FOLDERS = ("maplibre", "workbench", "board")
"""Folders of ``maps/static`` that have addresses; all else is carried inside the pages."""

_MEDIA_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
}
_DIGEST_LENGTH = 12


@dataclass(frozen=True, slots=True)
class ServedAsset:
    """One file as it is sent.

    Attributes
    ----------
    content : bytes
        The file.
    zipped : bytes
        The same, gzip.
    media_type : str
        Its type.
    digest : str
        Of the folder it lies in, as in the folder's address.
    """

    content: bytes
    zipped: bytes
    media_type: str
    digest: str


def asset_folder(folder: str) -> str:
    """Return the address of `folder` below the service's root, without slashes at its ends.

    Raises
    ------
    MissingError
        If the folder is not one of `SERVED_FOLDERS`.
    """
    return f"assets/{folder}/{_digest(folder)}"


@cache
def served_asset(folder: str, name: str) -> ServedAsset:
    """Return the file `name` of the served `folder`.

    Raises
    ------
    MissingError
        If there is no such file to serve.
    """
    content = _contents(folder).get(name)
    if content is None:
        raise MissingError(
            Text(f"没有文件 {folder[:80]}/{name[:80]}。", f"No file {folder[:80]}/{name[:80]}.")
        )
    return ServedAsset(
        content=content,
        zipped=gzip.compress(content, compresslevel=9, mtime=0),
        media_type=_MEDIA_TYPES[name.rpartition(".")[2]],
        digest=_digest(folder),
    )


@cache
def _contents(folder: str) -> dict[str, bytes]:
    if folder not in SERVED_FOLDERS:
        raise MissingError(Text(f"没有目录 {folder[:80]}。", f"No folder {folder[:80]}."))
    held = sorted(files("maps").joinpath("static", folder).iterdir(), key=lambda file: file.name)
    return {
        file.name: file.read_bytes()
        for file in held
        if file.name.rpartition(".")[2] in _MEDIA_TYPES
    }


@cache
def _digest(folder: str) -> str:
    digest = hashlib.sha256()
    for name, content in _contents(folder).items():
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:_DIGEST_LENGTH]
