"""Workbooks (.xlsx, .xlsm, .xlsb, .xls, .et, .ods): every sheet's cells as a person sees them."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import python_calamine as calamine

from data.tables.cell_text import row_texts
from data.tables.ods_marks import ods_marks
from data.tables.raw_table import Merge, RawTable, letters
from data.tables.sheet_marks import SheetMarks, xlsx_marks
from data.tables.xls_marks import check_compound, xls_marks
from data.tables.xlsb_marks import xlsb_marks
from geo.errors import BadInputError, BrokenFileError
from geo.text import Text

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ods")
"""Endings of workbooks."""
_MOST_CELLS = 30_000_000
"""A sheet of a million rows has 26 columns at least to its name."""
_MANY_ROWS, _FAR_APART = 50_000, 20
"""A sheet with so many rows, of which the file holds but one of so many, has a stray cell at its end."""
_LETTERS = 26
"""Columns A to Z."""
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""The part of a compound file that holds a workbook behind a password."""
_STDERR = 2
"""The stream's number."""
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True)
class SheetName:
    """A sheet of a workbook.

    Attributes
    ----------
    name : str
        On its tab.
    hidden : bool
        Whether Excel shows no tab for it.
    """

    name: str
    hidden: bool


class Workbook:
    """An opened workbook.

    Raises
    ------
    BadInputError
        If it is locked with a password.
    BrokenFileError
        If it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not zipfile.is_zipfile(path):
            if _ENCRYPTED in path.read_bytes():
                raise _locked(path)
            try:
                check_compound(path)
            except ValueError as error:
                raise _broken(path, error) from error
        try:
            with path.open("rb") as file, hushed():
                self._book = calamine.CalamineWorkbook.from_filelike(file)
        except calamine.PasswordError as error:
            raise _locked(path) from error
        except BaseException as error:  # the library panics on some broken files
            raise _broken(path, error) from error

    @property
    def sheets(self) -> list[SheetName]:
        """The sheets that hold cells, in the order of their tabs."""
        return [
            SheetName(one.name, one.visible is not calamine.SheetVisibleEnum.Visible)
            for one in self._book.sheets_metadata
            if one.typ is calamine.SheetTypeEnum.WorkSheet
        ]

    def read(self, name: str) -> RawTable:
        """Return the cells of a sheet."""
        try:
            marks = _marks(self.path, name)
            _refuse_vast(self.path, name, marks)
            with hushed():
                sheet = self._book.get_sheet_by_name(name)
            # The library leaves out empty columns on the left, though not empty rows above.
            left = [""] * (sheet.start or (0, 0))[1]
            rows = [[*left, *row] for row in row_texts(sheet.iter_rows())]
            merges = sheet.merged_cell_ranges
            del sheet  # it holds every cell once more
        except BadInputError:
            raise
        except BaseException as error:
            raise _broken(self.path, error) from error
        for (row, column), digits in marks.padded.items():
            if row < len(rows) and column < len(rows[row]) and rows[row][column].isdecimal():
                rows[row][column] = rows[row][column].zfill(digits)
        remarks = []
        if marks.hidden_rows:
            remarks.append(
                Text(
                    f"“{name}”有 {marks.hidden_rows} 行被隐藏或筛掉，同样读入。",
                    f"{marks.hidden_rows} hidden rows of {name!r} are read too.",
                )
            )
        if marks.hidden_columns:
            which = [letters(column) for column in sorted(marks.hidden_columns)]
            remarks.append(
                Text(
                    f"“{name}”的 {'、'.join(which[:8])} 列被隐藏，同样读入。",
                    f"Hidden columns {', '.join(which[:8])} of {name!r} are read too.",
                )
            )
        ranges = marks.merges if merges is None else [Merge(*a, *b) for a, b in merges]
        return RawTable(
            name=name,
            rows=rows,
            merges=tuple(ranges or ()),
            faults=marks.faults,
            remarks=tuple(remarks),
        )


def _refuse_vast(path: Path, name: str, marks: SheetMarks) -> None:
    """Refuse a sheet whose cells lie so far apart that the empty ones between would fill the memory."""
    scattered = marks.rows > _MANY_ROWS and marks.rows > _FAR_APART * marks.rows_held
    if marks.rows * marks.columns <= _MOST_CELLS and not scattered:
        return
    corner = Text(f"第 {marks.rows} 行", f"row {marks.rows}")
    if marks.columns > _LETTERS:
        cell = f"{letters(marks.columns - 1)}{marks.rows}"
        corner = Text(f" {cell}", cell)
    raise BadInputError(
        Text(
            f"{path.name}：“{name}”的内容一直写到{corner.zh}，中间几乎都是空格，读不了。请在 Excel 中按 Ctrl+End 找到"
            "最后一格，删去多余的行和列后保存。",
            f"{path.name}: cells of {name!r} reach as far as {corner.en}, nearly all of them empty. Press "
            "Ctrl+End in Excel, delete what lies out there and save.",
        )
    )


def _marks(path: Path, sheet: str) -> SheetMarks:
    """Return what the values of a sheet do not tell, by what the file is."""
    if not zipfile.is_zipfile(path):
        return xls_marks(path, sheet)
    with zipfile.ZipFile(path) as book:
        parts = set(book.namelist())
    if "content.xml" in parts:
        return ods_marks(path, sheet)
    return xlsb_marks(path, sheet) if "xl/workbook.bin" in parts else xlsx_marks(path, sheet)


def _locked(path: Path) -> BadInputError:
    return BadInputError(
        Text(
            f"{path.name} 有密码，请在 Excel 中去掉密码另存后再导入。",
            f"{path.name} is locked with a password: save it without one.",
        )
    )


def _broken(path: Path, error: BaseException) -> BrokenFileError:
    if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
        raise error
    return BrokenFileError(
        Text(
            f"{path.name} 不是可读的 Excel 文件，请在 Excel 或 WPS 中打开并另存为 .xlsx。",
            f"{path.name} cannot be read as a workbook; open it and save it as .xlsx "
            f"({type(error).__name__}).",
        )
    )


@contextmanager
def hushed() -> Iterator[None]:
    """Hold stderr back while a native library works; drop it where the library fails.

    What others write meanwhile appears once the work is done.
    """
    with _ONE_AT_A_TIME, tempfile.TemporaryFile() as held:
        try:
            sys.stderr.flush()
            screen = os.dup(_STDERR)
        except (OSError, AttributeError, ValueError):  # there is no stderr
            yield
            return
        os.dup2(held.fileno(), _STDERR)
        try:
            yield
        except BaseException:
            os.dup2(screen, _STDERR)
            raise
        else:
            os.dup2(screen, _STDERR)
            held.seek(0)
            os.write(_STDERR, held.read())
        finally:
            os.close(screen)
