"""Coverage and gaps measured from the browser, on the lists as they are, by the rules that hold."""

from __future__ import annotations

import time

from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings

KEY = "test-planner-key-0123456789"


def test_gaps_are_measured_by_the_rules_of_what_is_published(tmp_path, make_project_in):
    project = make_project_in(tmp_path / "city")
    with TestClient(create_app(Settings(project=project.folder, planner_key=KEY))) as client:
        assert client.post("/planning/measure").status_code == 401
        client.headers["X-API-Key"] = KEY
        href = client.post("/planning/measure").json()["href"]
        told = client.get(href).json()
        while told["ended"] is None:
            time.sleep(0.05)
            told = client.get(href).json()
        assert (told["kind"], told["state"]) == ("measure", "done"), told
        gaps = client.get("/collections/gaps/items?f=json").json()["features"]
        assert all("workers_by_group" in gap["properties"] for gap in gaps)
        assert told["facts"]["workers_total"] == 150
