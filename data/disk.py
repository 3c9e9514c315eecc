"""What the disk says, in words a planner can act on: full, read-only, forbidden, gone."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from filelock import FileLock, Timeout

from geo.errors import BadInputError, StorageError, YizhanError
from geo.text import Text

E = TypeVar("E", bound=BaseException)

_PROBE_BYTES = 1 << 20
"""A megabyte: enough to see that a disk takes more."""
PATIENCE_S = 10.0
"""For a step of somebody else, which is written in milliseconds: a slow disk takes longer."""
CREW_PATIENCE_S = 30.0
"""For what a crew says of its bus, which may not be lost: each other's takes milliseconds."""
_LOOK_AGAIN_S = 0.05
"""Between two looks at a lock: people do not notice it."""

_LIBRARY_ERRORS = {
    "sqlite3": ("OperationalError",),
    "pyogrio.errors": ("DataSourceError", "DataLayerError", "FieldError"),
    "xlsxwriter.exceptions": ("XlsxFileError",),
}
"""What libraries raise in place of the system's own error, by module."""

_FULL = Text(
    "磁盘已满（或超出配额）：请清理空间后重试", "the disk is full (or over quota): free some space"
)
_FORBIDDEN = Text(
    "没有权限：请检查文件夹权限，或关闭正在使用它的程序",
    "it is not permitted: check the folder's permissions, or close the program that uses it",
)
_READ_ONLY = Text(
    "磁盘是只读的：请换一个可写的文件夹",
    "the disk is read-only: choose a folder that can be written",
)
_REASONS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EROFS: _READ_ONLY,
    errno.ENOENT: Text("文件或文件夹不存在", "the file or folder does not exist"),
    errno.ENOTDIR: Text("路径中有一段不是文件夹", "a part of the path is no folder"),
    errno.EISDIR: Text("这是文件夹，不是文件", "it is a folder, not a file"),
    errno.EEXIST: Text("已存在同名文件", "a file of this name exists already"),
    errno.ENAMETOOLONG: Text("名称太长", "the name is too long"),
    errno.EIO: Text("磁盘读写出错：请检查磁盘", "the disk failed: check it"),
    errno.EMFILE: Text("打开的文件太多", "too many files are open"),
}


def storage_error(error: BaseException) -> StorageError | None:
    """Return what went wrong with the disk in a sentence; None if `error` is of another kind."""
    error = _of_the_system(error)
    if isinstance(error, StorageError):
        return error
    if not isinstance(error, OSError) or isinstance(error, YizhanError) or error.errno is None:
        return None
    system = os.strerror(error.errno)
    reason = _REASONS.get(error.errno, Text(system, system))
    what = error.filename2 or error.filename
    name = os.fsdecode(what) if isinstance(what, str | bytes) else None
    return StorageError(
        Text(
            f"无法读写{f' {name}' if name else '文件'}：{reason.zh}。已有数据未受影响。",
            f"Cannot read or write {name or 'a file'}: {reason.en}. What was there is unchanged.",
        )
    )


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Tell why `path` could not be written, whichever library tried.

    Raises
    ------
    StorageError
        If the disk is full, or the file may not be written.
    """
    try:
        yield
    except _errors_of_writing() as error:
        told = storage_error(_named(error, path))
        if told is None:
            raise
        raise told from error


@contextmanager
def held(lock: Path, *, patience_s: float = 0.0) -> Iterator[None]:
    """Hold the file `lock`, which the system lets go of however the process ends.

    Raises
    ------
    BadInputError
        If another program holds it for `patience_s`.
    """
    with writing(lock):
        lock.touch()
    door = FileLock(lock, timeout=patience_s, poll_interval=_LOOK_AGAIN_S)
    try:
        door.acquire()
    except Timeout:
        raise BadInputError(
            Text(
                f"另一个程序正在写入 {lock.parent}，请稍后再试。",
                f"Another program is writing to {lock.parent}; try again later.",
            )
        ) from None
    try:
        yield
    finally:
        door.release()


def flush_to_disk(path: Path) -> None:
    """Have what was written to the file `path` on the disk before this returns.

    Opened to write, though nothing is: Windows refuses to flush a file that is opened to read.
    """
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def copy_whole(source: Path, target: Path) -> None:
    """Copy a file so that `target` appears whole or not at all."""
    draft = target.with_name(f".{target.name}-{uuid4().hex[:8]}")
    try:
        with writing(target):
            shutil.copyfile(source, draft)
            flush_to_disk(draft)
            draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def replace_whole(target: Path, content: bytes) -> None:
    """Write `content` so that `target` is what it was or holds all of it, and stays on the disk.

    Who calls holds off all others that write `target`: what a killed one left beside it goes.
    """
    remove_drafts(target)
    draft = target.with_name(f".{target.name}-{uuid4().hex[:8]}")
    try:
        with writing(target):
            with draft.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def remove_drafts(target: Path) -> None:
    """Remove what was written for `target` by a process killed before it was whole."""
    for draft in list(target.parent.glob(f".{escape(target.name)}-{'[0-9a-f]' * 8}")):
        with suppress(OSError):
            draft.unlink()


def _errors_of_writing() -> tuple[type[Exception], ...]:
    """Return the system's error and those of the libraries in use: of others none can come."""
    libraries = (
        getattr(sys.modules[module], name)
        for module, names in _LIBRARY_ERRORS.items()
        if module in sys.modules
        for name in names
    )
    return OSError, *libraries


def _of_the_system(error: E) -> E | OSError:
    """Return the system's error that a workbook's error carries; any other as it is."""
    library = sys.modules.get("xlsxwriter.exceptions")
    is_workbooks = library is not None and isinstance(error, library.FileCreateError)
    carried = error.args[0] if is_workbooks and error.args else None
    return carried if isinstance(carried, OSError) else error


def _named(error: Exception, path: Path) -> Exception:
    """Return `error` with the name of the file a person asked for, and a reason if it has none.

    Map libraries say only that a transaction failed: what the folder says to a plain write then
    tells why.
    """
    if isinstance(error, YizhanError):
        return error
    error = _of_the_system(error)
    if isinstance(error, OSError):
        return error if error.errno is None else OSError(error.errno, "", str(path))
    return OSError(_probed(path.parent) or errno.EIO, "", str(path))


def _probed(folder: Path) -> int | None:
    """Return the number of the error a plain write into `folder` meets, None for none."""
    probe = folder / f".probe-{uuid4().hex[:8]}"
    try:
        probe.write_bytes(b"\0" * _PROBE_BYTES)
    except OSError as error:
        return error.errno
    finally:
        with suppress(OSError):
            probe.unlink()
    return None
