"""Mutants of good files of every format: each is read or refused in words, none ends in a traceback.

Run it long by ``python tests/data/tables/fuzz_files.py --mutants 20000 --seed 1``; the test beside it runs
some hundreds.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import resource
import sys
import tempfile
import time
import warnings
import zipfile
from collections import Counter
from pathlib import Path
from types import ModuleType

import geopandas as gpd
import openpyxl
import shapely

from data.excel.rejects import write_rejects
from data.geometry.datum import Datum
from data.reading.reading import read_layer
from data.tables.answers import Answers
from geo.errors import YizhanError
from geo.layers.columns import INPUT_LAYERS


def _beside(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = sys.modules.setdefault(name, importlib.util.module_from_spec(spec))
    spec.loader.exec_module(module)
    return module


kinds = _beside("office_kinds")
binary = _beside("binary_sheets")

SLOW_S, HANGS_S = 20.0, 120.0
"""A mutant that takes so much of a processor, or of time, counts as one that hangs."""

HEAD = [
    "编号",
    "名称",
    "类型",
    "经度",
    "纬度",
    "开放时间",
    "设施",
    "日接待能力",
    "联系电话",
    "更新日期",
]
ROW = [
    "S{}",
    "示例驿站{}",
    "户外劳动者驿站",
    "120.38{}",
    "36.07",
    "周一至周五 8:30-17:30",
    "饮水、充电",
    "30",
    "0532-85550000",
    "2026-10-31",
]
CELLS = (
    "",
    "0",
    "-1",
    "1e999",
    "nan",
    "inf",
    "١٢",
    "½",
    "=1+1",
    "\x00",
    "\u202e",
    "\ufeff",
    "\ud800",
    "长" * 2000,
    "120°22′",
    "东经",
    "(",
    "[",
    "{",
    '"',
    "24:00-25:00",
    "99999999999999999999999",
    "1/0",
    "#N/A",
    "合计",
    "POINT(1",
    "2026-13-45",
    "Mo-Fr",
    "周",
    "，，，",
    "%s%d{}",
    "../..",
    "<a>",
    "\r\n",
    "120,38",
    "1.2.3",
)
BYTES = (b"\x00", b"\xff", b'"', b"\n", b",", b"<", b"PK\x03\x04", b"{", b"\xe5", b"9" * 40)


def seeds(folder: Path) -> list[Path]:
    """Write one good file of every format."""
    rows = [[cell.format(number) for cell in ROW] for number in range(8)]
    text = "\n".join(",".join(row) for row in [HEAD, *rows])
    files = []
    for name, encoding in (("a.csv", "utf-8"), ("b.csv", "gb18030"), ("c.txt", "utf-16")):
        files.append(folder / name)
        files[-1].write_bytes(text.replace(",", "\t" if name == "c.txt" else ",").encode(encoding))
    book = openpyxl.Workbook()
    for row in [["名单"], HEAD, *rows]:
        book.active.append(row)
    book.active.merge_cells("F3:F5")
    book.save(folder / "d.xlsx")
    frame = gpd.GeoDataFrame(
        {"id": ["A", "B"], "name": ["甲", "乙"], "kind": ["mothers_room"] * 2, "capacity": [1, 2]},
        geometry=[shapely.Point(120.38, 36.07), shapely.Point(120.39, 36.08)],
        crs=4326,
    )
    frame.to_file(folder / "e.geojson")
    frame.to_file(folder / "f.gpkg", layer="stations")
    frame.to_parquet(folder / "g.parquet")
    frame.to_file(folder / "h.shp", encoding="utf-8")
    with zipfile.ZipFile(folder / "i.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for part in folder.glob("h.*"):
            archive.write(part, f"数据/{part.name}")
    frame.to_file(folder / "j.fgb", driver="FlatGeobuf")
    kinds.raw(kinds.KML, "k.kml")(folder)
    kinds.raw(kinds.GPX, "l.gpx")(folder)
    kinds.raw(kinds.TOPO, "m.topojson")(folder)
    feature = json.dumps(kinds.FEATURE, ensure_ascii=False)
    (folder / "n.geojsonl").write_text(f"{feature}\n{feature}\n", encoding="utf-8")
    kinds.ods(
        kinds.cells_of(*kinds.HEAD, "开放时间") + kinds.cells_of(*kinds.ROW, kinds.OWN), "o.ods"
    )(folder)
    (folder / "p.xls").write_bytes(
        (Path(__file__).parent / "office_files" / "old.xls").read_bytes()
    )
    merged = [[*kinds.HEAD, "开放时间"], [*kinds.ROW, "8:30-17:30"], ["S2", "乙", 120.39, 36.07]]
    binary.xlsb(merged, merges=[(1, 2, 4, 4)], errors={(2, 3)})(folder).rename(folder / "q.xlsb")
    return [
        *files,
        *(
            folder / name
            for name in (
                "d.xlsx",
                "e.geojson",
                "f.gpkg",
                "g.parquet",
                "h.shp",
                "i.zip",
                "j.fgb",
                "k.kml",
                "l.gpx",
                "m.topojson",
                "n.geojsonl",
                "o.ods",
                "p.xls",
                "q.xlsb",
            )
        ),
    ]


def mutant(source: Path, target: Path, chance: random.Random) -> None:
    """Write a mutant of `source`: of its bytes, of a part of its archive, or of its cells."""
    raw = source.read_bytes()
    if source.suffix == ".xlsx" and chance.random() < 0.6:
        book = openpyxl.load_workbook(source)
        sheet = book.active
        for _ in range(chance.randint(1, 5)):
            cell = sheet.cell(chance.randint(1, 11), chance.randint(1, 10))
            if cell.coordinate not in sheet.merged_cells:
                value = chance.choice(CELLS)
                if openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.search(value) or "\ud800" in value:
                    value = chance.choice([1e300, -0.0, True, 45000.7])
                cell.value = value
        if chance.random() < 0.3:
            sheet.merge_cells(
                start_row=2, end_row=chance.randint(2, 8), start_column=1, end_column=2
            )
        book.save(target)
        return
    if source.suffix in {".xlsx", ".zip", ".ods", ".xlsb"} and chance.random() < 0.7:
        with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
            chosen = chance.choice(old.namelist())
            for part in old.namelist():
                held = old.read(part)
                new.writestr(part, _bytes(held, chance) if part == chosen else held)
        return
    if (
        source.suffix in {".csv", ".geojson", ".kml", ".gpx", ".topojson", ".geojsonl"}
        and chance.random() < 0.5
    ):
        text = raw.decode("utf-8" if source.name != "b.csv" else "gb18030")
        marks = [place for place, mark in enumerate(text) if mark in ',:<>"\n'] or [0]
        for _ in range(chance.randint(1, 4)):
            place = chance.choice(marks)
            text = text[:place] + chance.choice(CELLS) + text[place + chance.randint(0, 8) :]
        target.write_bytes(text.encode("utf-8", "surrogatepass"))
        return
    target.write_bytes(_bytes(raw, chance))


def _bytes(raw: bytes, chance: random.Random) -> bytes:
    """Change, cut, double or drop some bytes."""
    held = bytearray(raw)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(max(len(held), 1))
        match chance.randrange(4):
            case 0:
                held[place : place + 1] = chance.choice(BYTES)
            case 1:
                del held[place : place + chance.randint(1, 40)]
            case 2:
                held[place:place] = held[place : place + chance.randint(1, 200)]
            case _:
                if held:
                    held[place % len(held)] ^= 1 << chance.randrange(8)
    if chance.random() < 0.1:
        del held[chance.randrange(max(len(held), 1)) :]
    return bytes(held)


def outcome(path: Path, chance: random.Random) -> str:
    """Read a mutant; return what became of it. What no person can act on is raised."""
    layer = INPUT_LAYERS[chance.choice(["stations", "yizhan", "candidates", "stops", "workers"])]
    answers = Answers(datum=chance.choice([None, None, Datum.GCJ02]))
    try:
        reading = read_layer(layer, path, answers=answers, area=shapely.box(119, 35, 122, 38))
        if not reading.rejects.empty:
            write_rejects(path, reading)
    except YizhanError as error:
        return f"refused: {type(error).__name__}"
    return "read" if reading.rejects.empty else "read in part"


def fuzz(count: int, seed: int, folder: Path) -> tuple[Counter[str], list[str]]:
    """Try `count` mutants; return outcomes and the faults, each with what makes it again."""
    chance = random.Random(seed)  # noqa: S311 - for repeatable mutants
    (folder / "seeds").mkdir()
    sources = seeds(folder / "seeds")
    outcomes: Counter[str] = Counter()
    faults = []
    for number in range(count):
        source = chance.choice(sources)
        target = folder / f"m{source.suffix}"
        if source.suffix == ".shp":
            part = chance.choice([".shp", ".dbf", ".shx", ".prj", ".cpg"])
            for one in (".shp", ".dbf", ".shx", ".prj", ".cpg"):
                target.with_suffix(one).write_bytes(source.with_suffix(one).read_bytes())
            mutant(source.with_suffix(part), target.with_suffix(part), chance)
        else:
            mutant(source, target, chance)
        began_s, worked_s = time.monotonic(), time.process_time()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                outcomes[outcome(target, chance)] += 1
        except Exception as error:  # noqa: BLE001 - any other error is the fault that is looked for
            kept = folder / f"fault-{number}{target.suffix}"
            kept.write_bytes(target.read_bytes())
            frame = error.__traceback__
            while frame is not None and frame.tb_next is not None:
                frame = frame.tb_next
            where = (
                "" if frame is None else f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}"
            )
            faults.append(f"{kept}: {type(error).__name__}: {str(error)[:150]} at {where}")
        slow = time.process_time() - worked_s > SLOW_S
        if slow or time.monotonic() - began_s > HANGS_S:
            faults.append(f"mutant {number} of {source.name} takes too long")
    return outcomes, faults


def main() -> int:
    """Fuzz as told on the command line; faults are kept in the folder that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="yizhan-fuzz-"))
    outcomes, faults = fuzz(told.mutants, told.seed, folder)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(f"{dict(outcomes)}\n{len(faults)} faults, {peak_mb} MB, {folder}\n")
    sys.stdout.write("\n".join(faults[:50]) + "\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
