"""The script and style files of the pages: carried in a page, or loaded from us by address.

No page asks another host. The address of a folder holds a digest of what is in it: a new release has
new addresses, so what a browser keeps for a year can never be stale, and modules of one folder always
come from one release.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from markupsafe import Markup

from geo.errors import MissingError
from geo.text import MOST_QUOTED, Text

_PICTURE = re.compile(r"url\(images/[^)]*\)|url\(#default#VML\)")
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)


@cache
def read_asset(name: str) -> str:
    """Return the text of ``maps/static/<name>``.

    Raises
    ------
    MissingError
        If the installation lacks the file.
    """
    path = files("maps").joinpath("static", *name.split("/"))
    if not path.is_file():
        raise MissingError(
            Text(
                f"安装包缺少静态文件 {name}，请重新安装。",
                f"The installation lacks the static file {name}; install it again.",
            )
        )
    return path.read_text(encoding="utf-8")


@cache
def read_picture(name: str) -> bytes:
    """Return the bytes of the picture ``maps/static/<name>``."""
    return files("maps").joinpath("static", name).read_bytes()


@cache
def inline_style(*names: str) -> Markup:
    """Return a ``<style>`` element holding the files `names`, free of links to pictures."""
    text = "\n".join(_PICTURE.sub("none", read_asset(name)) for name in names)
    return Markup("<style>\n{}\n</style>").format(Markup(text.replace("</", r"<\/")))  # noqa: S704 - our own files


@cache
def inline_script(*names: str) -> Markup:
    """Return a ``<script>`` element holding the files `names` in that order."""
    text = "\n".join(_SOURCE_MAP.sub("", read_asset(name)) for name in names)
    return Markup("<script>\n{}\n</script>").format(Markup(text.replace("</script", r"<\/script")))  # noqa: S704 - our own files


SERVED_FOLDERS = ("maplibre", "workbench", "board")
"""Folders of ``maps/static`` that have addresses; all else is carried inside the pages."""

_MEDIA_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
}
_DIGEST_LENGTH = 12
"""48 bits: no two releases have the same."""


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
            Text(
                f"没有文件 {folder[:MOST_QUOTED]}/{name[:MOST_QUOTED]}。",
                f"No file {folder[:MOST_QUOTED]}/{name[:MOST_QUOTED]}.",
            )
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
        raise MissingError(
            Text(f"没有目录 {folder[:MOST_QUOTED]}。", f"No folder {folder[:MOST_QUOTED]}.")
        )
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
