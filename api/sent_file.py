"""A layer file that was sent: imported under its sender's name for it."""

from __future__ import annotations

import tempfile
from pathlib import Path, PurePosixPath, PureWindowsPath

from api.http.problems import HttpError
from data.importing import Imported, import_layer
from data.reading.reading import UnclearFileError
from data.store.project import Project
from data.tables.answers import Answers
from data.tables.opening import SUFFIXES as ALL_SUFFIXES
from data.tables.table import UnclearTableError
from geo.errors import BadInputError, BrokenFileError
from geo.layers.columns import Layer
from geo.text import Text

SUFFIXES = tuple(one for one in ALL_SUFFIXES if one not in {".shp", ".gdb"})
"""Formats that are one file; a shapefile comes as .zip."""

_LONGEST_NAME_BYTES = 200
"""Below the 255 bytes file systems take, so that an ending can be added."""


def import_upload(
    project: Project,
    layer: Layer,
    name: str,
    content: bytes,
    *,
    answers: Answers | None = None,
    accept_good_rows: bool = False,
    publish: bool = True,
    keep_answers: bool = False,
    who: str = "",
    why: str = "",
) -> Imported:
    """Import a file that was sent; see :func:`import_layer`.

    Parameters
    ----------
    project, layer, answers, accept_good_rows, publish, keep_answers, who, why
        As for :func:`import_layer`.
    name : str
        As the sender calls the file.
    content : bytes
        The file.

    Raises
    ------
    BadInputError
        If the file as a whole cannot be used.
    HttpError
        415 for an unknown ending, 422 for a file that is broken.
    """
    plain = _plain_name(name)
    _check_suffix(plain)
    with tempfile.TemporaryDirectory(prefix="yizhan-import-") as folder:
        # Under its own name: messages show it, and it may say the datum (站点GCJ02.xlsx).
        path = Path(folder) / plain
        path.write_bytes(content)
        try:
            return import_layer(
                project,
                layer,
                path,
                source=plain,
                answers=answers,
                accept_good_rows=accept_good_rows,
                publish=publish,
                keep_answers=keep_answers,
                who=who,
                why=why,
            )
        except BrokenFileError as error:
            raise HttpError(422, "broken-file", _told(error.text, path, plain)) from error
        except UnclearFileError as error:
            text = _told(error.text, path, plain)
            raise UnclearFileError(text, error.table, error.plan) from error
        except UnclearTableError as error:
            raise UnclearTableError(_told(error.text, path, plain), error.names) from error
        except BadInputError as error:
            raise BadInputError(_told(error.text, path, plain)) from error


def _told(text: Text, path: Path, name: str) -> Text:
    """Return `text` without the folder the file lies in meanwhile."""
    return Text(text.zh.replace(str(path), name), text.en.replace(str(path), name))


def _plain_name(name: str) -> str:
    """Return the last part of a file name from any system, without control characters."""
    last = PureWindowsPath(PurePosixPath(name).name).name
    plain = "".join(mark for mark in last if mark.isprintable())
    return plain.encode()[-_LONGEST_NAME_BYTES:].decode(errors="ignore")


def _check_suffix(name: str) -> None:
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise HttpError(
            415,
            "unknown-format",
            Text(
                f"不支持的文件类型 {suffix or name!r}；可用：{' '.join(SUFFIXES)}（Shapefile 请打包为 zip）。",
                f"Unknown file type {suffix or name!r}; use {' '.join(SUFFIXES)} "
                "(a shapefile as zip).",
            ),
        )
