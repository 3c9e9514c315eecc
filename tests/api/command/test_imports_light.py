"""What starts quickly: commands and the worker's question bring in no optimiser."""

from __future__ import annotations

import subprocess
import sys

import pytest

from api.publishing.editions import read_edition

_SOLVERS = ("highspy", "scipy.stats", "geo.siting.solver.covering", "geo.bus.plan")


def _brought_in(statement):
    script = f"import sys\n{statement}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import api.app",
        "import geo.study",
        "import data.store.project_study",
        "import api.command.main",
    ],
)
def test_the_service_and_the_study_start_without_an_optimiser(statement):
    assert not _brought_in(statement) & set(_SOLVERS)


def test_a_small_command_starts_without_the_service_or_the_maps():
    brought = _brought_in("from api.command.main import run\nrun(['init', '--help'])")
    assert not brought & {"fastapi", "folium", *_SOLVERS}


def test_the_help_brings_in_no_command():
    shown = "from api.command.main import run\nassert run(['--help']) == 0"
    brought = _brought_in(shown)
    assert not brought & {
        "numpy",
        "pandas",
        "pydantic",
        "api.command.demo_command",
        "api.command.layers.project_command",
    }


def test_the_service_starts_without_what_typesets_papers_or_weighs_evidence():
    not_yet = {"typst", "docx", "pptx", "pypdfium2", "scipy.ndimage", "scipy.special"}
    assert not _brought_in("import api.app") & not_yet


def test_the_collector_waits_while_a_command_is_brought_in_and_works_again_after_it():
    watched = "import gc\nruns = gc.get_stats()[2]['collections']\n"
    started = "from api.command.main import run\nrun(['serve', '--help'])\n"
    told = "print('full', gc.get_stats()[2]['collections'] - runs, gc.isenabled())"
    assert {"0", "True"} <= _brought_in(watched + started + told)


def test_an_optimiser_would_be_seen():
    assert set(_SOLVERS) <= _brought_in(
        "import geo.study.sites, geo.study.city_campaign, scipy.stats"
    )


def test_an_import_of_a_file_starts_without_the_study_and_its_kernels():
    brought = _brought_in("import api.command.layers.import_command")
    assert not brought & {"geo.study", "numba", "scipy.spatial", "fastapi", *_SOLVERS}


def test_sites_on_gaps_that_stand_bring_in_only_what_chooses_them():
    """Half of what is left of a second run is bringing in the engine."""
    brought = _brought_in("import api.analysis.study_steps, geo.study.sites")
    assert not brought & {"scipy.spatial", "scipy.linalg", "folium", "networkx"}


_ASK_FIRST = """
import os
from pathlib import Path
from starlette.testclient import TestClient
import api.publishing.editions as editions
from api.app import create_app
from api.settings import Settings
editions._FIRST_ANSWER_S = 600
editions.Editions.answered = lambda self: None  # What is prepared behind it would come in.
with TestClient(create_app(Settings(project=Path({folder!r})))) as client:
    told = client.get("/nearest", params={{"lon": {lon}, "lat": {lat}}}).json()
    assert [one["id"] for one in told["stations"]] == ["S1", "S3", "S2"], told
    assert client.get("/health").json()["status"] == "ok"
    assert "<h1" in client.get("/", headers={{"Accept": "text/html"}}).text
    print(*sys.modules, flush=True)
    os._exit(0)
"""


def test_the_first_answers_come_without_optimiser_tables_pages_or_readers_of_files(city, lonlat):
    """Of a project whose first reading is kept, as all but the first start of a service find it."""
    _, keep = read_edition(city.folder)
    keep()
    lon, lat = lonlat(1000, 0)
    brought = _brought_in(_ASK_FIRST.format(folder=str(city.folder), lon=lon, lat=lat))
    assert "numba" in brought
    solvers = {name for name in brought if name.startswith("geo.siting.solver.")}
    heavy = brought & {
        *(*_SOLVERS, "geo.highs", "geo.bus.solver.master", "geo.bus.solver.pricing"),
        *("scipy.optimize", "scipy.spatial", "scipy.sparse"),
        *("folium", "icalendar", "mapbox_vector_tile", "segno"),
        *("osmium", "networkx", "python_calamine", "pyarrow.parquet", "h3"),
        *("pandas", "geopandas", "pyarrow", "pyogrio", "xlsxwriter", "api.what_if"),
        *(
            "api.analysis.main_job",
            "geo.study.rules",
            "api.routes.planning.draft_routes",
            "api.routes.further",
        ),
    }
    assert solvers | heavy == set()
