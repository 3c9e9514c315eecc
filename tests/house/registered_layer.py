"""Registers one more layer, then goes through every door with it: a process of its own.

Only the registry is touched, before anything reads it, just as a line in ``geo/layers/columns.py``
would. What each door gave is printed as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import MappingProxyType

import geo.layers.columns as registry
from geo.layers.roles import Role
from geo.layers.vocabulary import Amenity
from geo.text import Language, Text

ROLES = frozenset(
    {
        Role.MARKED,
        Role.FOR_ANYONE,
        Role.READ_BY_COVERAGE,
        Role.IN_GEOPACKAGE,
        Role.IN_WORKBOOK,
        Role.ON_PLANNER_MAP,
    }
)
CHARGING = registry.Layer(
    "charging",
    Text("换电柜", "Battery-swap cabinets"),
    (
        *(registry.STATIONS.column(name) for name in ("id", "name", "address", "district")),
        registry.Column("amenities", "words", Text("设施", "Amenities"), Amenity),
        registry.Column("batteries", "integer", Text("电池数", "Batteries")),
    ),
    ("Point",),
    ROLES,
)
registry.INPUT_LAYERS = MappingProxyType({**registry.INPUT_LAYERS, "charging": CHARGING})
registry.LAYERS = MappingProxyType({**registry.INPUT_LAYERS, **registry.RESULT_LAYERS})

CSV = "名称,地址,设施,电池数,经度,纬度\n台东换电柜,台东三路1号,饮水,12,120.356,36.084\n"
KEY = "test-planner-key-0123456789"


def through_the_doors(folder: Path) -> dict[str, object]:
    """Return what each door says of the layer."""
    from api.command.main import run  # noqa: PLC0415 - after the registry

    project, file = folder / "city", folder / "换电柜.csv"
    file.write_text(CSV, encoding="utf-8")
    where = ["--project", str(project)]
    codes = [
        run(["init", str(project)]),
        run(["template", "charging", "--out", str(folder / "template.xlsx")]),
        run(["import", "charging", str(file), *where, "--datum", "wgs84"]),
    ]
    return {"codes": codes, **_in_memory(project), **_on_paper(project, folder), **_asked(project)}


def _in_memory(project: Path) -> dict[str, object]:
    from data.store.project import Project  # noqa: PLC0415
    from data.store.project_study import open_study  # noqa: PLC0415
    from geo.study import Study  # noqa: PLC0415

    held = Project.open(project).read("charging")
    return {
        "study": Study(charging=held).layer("charging")["batteries"].tolist(),
        "project_study": open_study(Project.open(project)).layer("charging")["name"].tolist(),
    }


def _on_paper(project: Path, folder: Path) -> dict[str, object]:
    import openpyxl  # noqa: PLC0415

    from api.analysis.results import GPKG_LAYERS  # noqa: PLC0415
    from data.store.project import Project  # noqa: PLC0415
    from geo.summary.run import RunSummary  # noqa: PLC0415
    from maps.planner.planner_page import planner_page  # noqa: PLC0415
    from maps.workbook.book import write_workbook  # noqa: PLC0415

    layers = {"charging": Project.open(project).read("charging")}
    write_workbook(folder / "results.xlsx", layers, RunSummary(), language=Language.ZH)
    sheets = openpyxl.load_workbook(folder / "results.xlsx")
    template = openpyxl.load_workbook(folder / "template.xlsx")
    return {
        "geopackage": "charging" in GPKG_LAYERS,
        "sheet": [cell.value for cell in sheets["换电柜"][2]],
        "template": [cell.value for cell in template.worksheets[0][1]],
        "page": planner_page(layers, RunSummary()),
    }


def _asked(project: Path) -> dict[str, object]:
    from starlette.testclient import TestClient  # noqa: PLC0415

    from api.app import create_app  # noqa: PLC0415
    from api.settings import Settings  # noqa: PLC0415

    with TestClient(create_app(Settings(project=project, planner_key=KEY))) as client:
        listed = client.get("/collections?f=json").json()["collections"]
        found = client.get("/search", params={"q": "台东换电"}).json()["places"]
        rows = client.get("/collections/charging/items?f=json").json()["features"]
        bench = client.get("/workbench", headers={"Authorization": f"Bearer {KEY}"}).text
    return {
        "collections": [one["id"] for one in listed],
        "search": [one["what"] for one in found],
        "rows": [one["properties"]["batteries"] for one in rows],
        "workbench": bench,
    }


if __name__ == "__main__":
    told = through_the_doors(Path(sys.argv[1]))
    Path(sys.argv[1], "told.json").write_text(json.dumps(told), encoding="utf-8")
