"""Lists of 100,000 places through ``yizhan import``: time and peak memory of the whole process.

Each file comes into a project that has the sample's districts, layers and streets, so that everything
a real import looks at is looked at, against an earlier version too. Every row has a name, an address,
a phone and a date of its own, as an office's list has. pandas beside it only reads the cells, and
judges none. Bad rows are refused by the thousand: the file of rejects must grow as they do.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
import xlsxwriter
from measuring import Row, arguments, show

from data.sample import load_layer

Places = dict[str, list[object]]
"""Cells by header."""

KINDS = ("新时代共享区域职工之家", "职工信赖的职工之家", "心理健康服务站点", "爱心妈妈小屋")
AMENITIES = ("饮水", "微波炉", "手机充电", "休息座椅", "急救药箱", "WiFi", "空调", "雨具", "图书")
DAYS = ("周一至周五", "每天", "周一至周六", "Mo-Fr", "工作日")
YIZHAN = "from api.command.main import main; main()"
PANDAS = {
    ".csv": "import sys, pandas; pandas.read_csv(sys.argv[1], dtype=str, encoding='gb18030')",
    ".xlsx": "import sys, pandas; pandas.read_excel(sys.argv[1], dtype=str)",
}


def main() -> None:
    """Make the project and the files, import them, print the table."""
    wanted = arguments(__doc__)
    n = 10_000 if wanted.quick else 100_000
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="yizhan-importing-") as name:
        folder = Path(name)
        finish("-c", YIZHAN, "init", str(folder / "city"), "--sample")
        cells = places(n)
        for path in (as_csv(folder / "list.csv", cells), as_xlsx(folder / "list.xlsx", cells)):
            job = f"{n:,} rows of {path.suffix[1:]}"
            ours_s, ours_mb, _ = imported(folder / "city", path)
            theirs_s, theirs_mb, _ = finish("-c", PANDAS[path.suffix], str(path))
            rows += [
                Row(job, "yizhan", ours_s, 1.0, f"peak {ours_mb:,.0f} MB"),
                Row(job, "pandas", theirs_s, theirs_s / ours_s, f"peak {theirs_mb:,.0f} MB"),
            ]
        rows += rejects(folder, n // 16)
    show(rows, wanted.json)


def rejects(folder: Path, least: int) -> list[Row]:
    """Import files without a good row but one; say how long each takes and what it prints."""
    rows = []
    for count in (least, 2 * least, 4 * least):
        cells = places(count)
        cells["日接待能力"] = [30, *["很多"] * (count - 1)]
        path = as_csv(folder / f"bad{count}.csv", cells)
        seconds, peak_mb, told = imported(folder / "city", path, "--accept-good-rows")
        file = path.with_name(f"{path.stem}-退回.xlsx")
        note = f"peak {peak_mb:,.0f} MB, {told.count('很多')} printed, file {file.stat().st_size / 1e3:,.0f} kB"
        rows.append(
            Row(f"{count:,} bad rows and their file of rejects", "yizhan", seconds, 1.0, note)
        )
    return rows


def places(n: int) -> Places:
    """Invent `n` stations near the sample's workers."""
    rng = np.random.default_rng(14)
    workers = shapely.get_coordinates(shapely.centroid(load_layer("workers").geometry.to_numpy()))
    lonlat = workers[rng.integers(0, len(workers), n)] + rng.normal(0, 2e-4, (n, 2))
    begins, ends = rng.integers(6, 10, n), rng.integers(16, 23, n)
    return {
        "编号": [f"ZJ{number:06d}" for number in range(n)],
        "名称": [f"示例{number}号职工之家" for number in range(n)],
        "类型": rng.choice(KINDS, n).tolist(),
        "地址": [f"示例路{number}号{number % 7 + 1}楼" for number in range(n)],
        "开放时间": [
            f"{day} {begin:02d}:{minute:02d}-{end:02d}:30"
            for day, begin, minute, end in zip(
                rng.choice(DAYS, n).tolist(),
                begins.tolist(),
                rng.choice([0, 15, 30], n).tolist(),
                ends.tolist(),
                strict=True,
            )
        ],
        "设施": ["、".join(rng.choice(AMENITIES, 3, replace=False)) for _ in range(n)],
        "日接待能力": rng.integers(10, 200, n).tolist(),
        "联系电话": [f"0532-{80000000 + number}" for number in range(n)],
        "更新日期": [
            f"2026-{month:02d}-{day:02d}" for month, day in rng.integers(1, 13, (n, 2)).tolist()
        ],
        "经度": lonlat[:, 0].round(6).tolist(),
        "纬度": lonlat[:, 1].round(6).tolist(),
    }


def as_csv(path: Path, cells: Places) -> Path:
    """Write places as Excel saves them as CSV in China."""
    pd.DataFrame(cells).to_csv(path, index=False, encoding="gb18030")
    return path


def as_xlsx(path: Path, cells: Places) -> Path:
    """Write places as a workbook."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("名单")
        sheet.write_row(0, 0, list(cells))
        for line, row in enumerate(zip(*cells.values(), strict=True), start=1):
            sheet.write_row(line, 0, row)
    return path


def imported(project: Path, path: Path, *more: str) -> tuple[float, float, str]:
    """Import a file as stations; return seconds, peak memory in MB and what was printed."""
    return finish("-c", YIZHAN, "import", "stations", str(path), "--project", str(project), *more)


def finish(*command: str) -> tuple[float, float, str]:
    """Run Python in a process of its own; return seconds, peak memory in MB and what it printed."""
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        told = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(told)
    return time.perf_counter() - started, used.ru_maxrss / 1024, told


if __name__ == "__main__":
    main()
