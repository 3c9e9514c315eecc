"""Zip archives: the data files inside, unpacked under plain names within stated limits."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from geo.errors import BadInputError, BrokenFileError
from geo.text import Text

_MOST_FILES = 2000
"""An archive of more is no map."""
_MOST_BYTES = 1 << 30
"""Unpacked: a gigabyte; a bomb ends here."""
_BESIDE = frozenset({".dbf", ".shx", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".xml"})


@contextmanager
def unpacked_files(path: Path, wanted: tuple[str, ...]) -> Iterator[list[Path]]:
    """Unpack an archive; yield its data files (of the endings `wanted`) in the order of their names.

    Folders are kept, hidden files and those of macOS are not. Names written in GB18030, as Windows
    writes them, are read as such.

    Raises
    ------
    BrokenFileError
        If it is no archive, or damaged.
    BadInputError
        If it is locked, far larger than a layer, or holds no data file.
    """
    with TemporaryDirectory(prefix="yizhan-unpacked-") as folder:
        root = Path(folder)
        try:
            with zipfile.ZipFile(path) as archive:
                _unpack(archive, root, path.name)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            ValueError,
        ) as error:
            if isinstance(error, BadInputError):
                raise
            raise BrokenFileError(
                Text(f"{path.name} 不是可读的 zip 文件。", f"{path.name} is no readable zip file.")
            ) from error
        files = sorted(
            file
            for file in root.rglob("*")
            if file.suffix.lower() in wanted
            and not any(parent.suffix.lower() == ".gdb" for parent in file.parents)
        )
        if not files:
            inside = "、".join(sorted({f.suffix for f in root.rglob("*") if f.is_file()})[:8])
            raise BadInputError(
                Text(
                    f"{path.name} 里没有可读的数据文件（有：{inside or '无'}）。",
                    f"{path.name} holds no data file (there are: {inside or 'none'}).",
                )
            )
        yield files


def _unpack(archive: zipfile.ZipFile, root: Path, name: str) -> None:
    members = [one for one in archive.infolist() if not one.is_dir()]
    if len(members) > _MOST_FILES or sum(one.file_size for one in members) > _MOST_BYTES:
        raise BadInputError(
            Text(f"{name} 解压后太大。", f"{name} unpacks to more than a layer can be.")
        )
    for member in members:
        if member.flag_bits & 1:
            raise BadInputError(
                Text(f"{name} 有密码，请去掉后再导入。", f"{name} is locked with a password.")
            )
        parts = [
            part
            for part in PurePosixPath(_name(member).replace("\\", "/")).parts
            if part not in {"/", ".", ".."} and ":" not in part
        ]
        if not parts or parts[0] == "__MACOSX" or parts[-1].startswith("."):
            continue
        target = root.joinpath(*parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(archive.read(member))


def _name(member: zipfile.ZipInfo) -> str:
    """Return a member's name; without the flag of UTF-8 it is in the code page of its Windows."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        raw = member.filename.encode("cp437")
    except UnicodeEncodeError:
        return member.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename
