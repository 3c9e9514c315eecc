"""Trying sites, running jobs, following and stopping them, and seeing what they publish."""

from __future__ import annotations

import threading
import time

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.job_facts import BusPublished, DelaysPublished
from api.jobs import Jobs, JobState
from api.settings import Settings
from data.store.job_log import JobLog
from data.store.project import Project
from data.store.summary_file import write_summary
from geo.errors import InfeasibleError
from geo.summary.run import RunSummary
from geo.text import Text

KEY = "test-planner-key-0123456789"
KEYED = {"X-API-Key": KEY}


def finished(client, href):
    for _ in range(1500):
        told = client.get(href, headers=KEYED).json()
        if told["ended"] is not None:
            return told
        time.sleep(0.02)
    pytest.fail("the job did not end")


def test_a_site_at_the_corner_serves_the_workers_there(client, as_planner, lonlat):
    """W2 (50 workers at D) is 600 m = 480 s from S3; a 300 s circle leaves it uncovered."""
    lon, lat = lonlat(1900, 600)
    rule = {"mode": "walk", "limit_s": 300}
    asked = {"lon": lon, "lat": lat, "rule": rule}
    told = client.post("/planning/what-if", json=asked, headers=as_planner).json()
    assert told["workers_new"] == 50
    assert told["by_group"] == {"domestic_worker": 50}
    assert told["by_setting"] == {"residence": 50}
    assert told["workers_total"] == 150
    assert told["covered_after"] - told["covered_before"] == 50
    # They are at home in the evening: a host's office hours are of no use to them.
    assert told["worker_hours_new"] == 0
    late = {**asked, "opening_hours": "24/7"}
    answer = client.post("/planning/what-if", json=late, headers=as_planner).json()
    assert answer["worker_hours_new"] > 0
    words = {**asked, "opening_hours": "每天24小时"}
    assert client.post("/planning/what-if", json=words, headers=as_planner).json() == answer
    assert told["nearest_station_name"]
    assert told["nearest_m"] == pytest.approx(700, abs=1)
    assert told["workers_beside_plan"] <= 50
    odd = {**asked, "opening_hours": "whenever"}
    assert client.post("/planning/what-if", json=odd, headers=as_planner).status_code in {400, 422}


def test_actions_are_for_planners(client):
    assert client.get("/actions").status_code == 401
    assert client.get("/collections/actions").status_code in {401, 404}


def test_a_site_beside_another_serves_nobody_new(client, as_planner, lonlat):
    lon, lat = lonlat(1000, 0)
    asked = {"lon": lon, "lat": lat, "rule": {"limit_s": 900}}
    told = client.post("/planning/what-if", json=asked, headers=as_planner).json()
    assert told["workers_within"] == 100
    assert told["workers_new"] == 0


def test_what_if_needs_the_key_and_a_place(client, as_planner, lonlat):
    lon, lat = lonlat(1000, 0)
    assert client.post("/planning/what-if", json={"lon": lon, "lat": lat}).status_code == 401
    swapped = client.post("/planning/what-if", json={"lon": lat, "lat": lon}, headers=as_planner)
    assert swapped.status_code == 400
    lon, lat = lonlat(0, -2500)
    far = client.post("/planning/what-if", json={"lon": lon, "lat": lat}, headers=as_planner)
    assert far.status_code == 422
    odd = {"lon": lon, "lat": lat, "rule": {"limit_s": -1}}
    assert client.post("/planning/what-if", json=odd, headers=as_planner).status_code == 400


def test_the_main_job_runs_and_its_results_are_shown(tmp_path, make_project_in):
    project = make_project_in(tmp_path / "city")
    asked = []

    def run(opened, parameters, *, parts, plan, seen, progress):
        assert plan is seen is None
        progress(Text("计算", "Computing"), 0.5)
        asked.append((parameters.seed, parts))
        summary = RunSummary(workers_total=7)
        write_summary(opened.results_folder, summary)
        return summary

    settings = Settings(project=project.folder, planner_key=KEY)
    with TestClient(create_app(settings, run=run)) as client:
        before = client.get("/health").json()["edition"]
        assert client.post("/planning/run", json={}).status_code == 401
        started = client.post("/planning/run?part=coverage", json={"seed": 5}, headers=KEYED)
        assert started.status_code == 202
        told = finished(client, started.json()["href"])
        assert told["state"] == "done"
        assert told["facts"] == {"workers_total": 7}
        assert asked == [(5, ("coverage",))]
        assert client.get("/jobs", headers=KEYED).json()[0]["id"] == told["id"]
        client.app.state.resources.editions.look_again()
        assert client.get("/health").json()["edition"] != before
        assert client.get("/summary").json()["workers_total"] == 7


def test_coverage_itself_runs_as_a_job(tmp_path, make_project_in):
    """The real main job: all reach S1 or S3 in 15 min, but S3 is closed when W2 is at home."""
    project = make_project_in(tmp_path / "city")
    settings = Settings(project=project.folder, planner_key=KEY)
    with TestClient(create_app(settings)) as client:
        asked = client.post("/planning/run?part=coverage", json={}, headers=KEYED)
        told = finished(client, asked.json()["href"])
        assert told["state"] == "done", told
        assert told["facts"]["workers_total"] == 150
        assert told["facts"]["covered_before"] == 150
        client.app.state.resources.editions.look_again()
        (gap,) = client.get("/gaps", headers=KEYED).json()["features"]
        assert gap["properties"]["cause"] == "closed_then"
        assert gap["properties"]["workers"] == 50


def test_a_job_that_fails_tells_why():
    jobs = Jobs()

    def work(_progress, _stop):
        raise InfeasibleError(Text("预算太小", "budget too small"))

    job = jobs.start("site", work)
    for _ in range(500):
        if job.ended is not None:
            break
        time.sleep(0.01)
    jobs.close()
    assert job.state is JobState.FAILED
    assert job.failure == Text("预算太小", "budget too small")


def test_an_unforeseen_failure_is_recorded_and_not_told(caplog):
    jobs = Jobs()
    done = threading.Event()

    def work(_progress, _stop):
        done.set()
        message = "secret 120.311234"
        raise RuntimeError(message)

    job = jobs.start("site", work)
    assert done.wait(5)
    jobs.close()
    assert job.state is JobState.FAILED
    assert "secret" not in str(job.failure)
    assert "120.311234" not in caplog.text


def test_a_job_stops_at_its_next_step():
    jobs = Jobs()
    begun, cancelled = threading.Event(), threading.Event()

    def work(progress, _stop):
        begun.set()
        cancelled.wait(5)
        progress(Text("下一步", "Next"), 0.1)
        return DelaysPublished(delays=7)

    job = jobs.start("bus", work)
    waiting = jobs.start("bus", lambda _progress, _stop: RunSummary())
    assert begun.wait(5)
    waiting.cancel()
    job.cancel()
    cancelled.set()
    jobs.close()
    assert job.state is JobState.CANCELLED
    assert job.facts is None
    assert waiting.state is JobState.CANCELLED


def test_work_that_asks_stop_keeps_its_best_answer():
    jobs = Jobs()
    begun, cancelled = threading.Event(), threading.Event()

    def work(_progress, stop):
        begun.set()
        cancelled.wait(5)
        return BusPublished(version=3, calls=int(stop()))

    job = jobs.start("bus", work)
    assert begun.wait(5)
    job.cancel()
    cancelled.set()
    jobs.close()
    assert job.state is JobState.CANCELLED
    assert job.facts == BusPublished(version=3, calls=1)


def test_work_cut_off_is_told_after_a_restart_and_can_be_asked_for_again(tmp_path):
    """A service that is killed ends nothing; the next one reads what was at hand."""
    log = JobLog(tmp_path / "jobs.json")
    first, begun, done = Jobs(log), threading.Event(), threading.Event()

    def work(_progress, _stop):
        begun.set()
        done.wait(5)
        return RunSummary()

    job = first.start("publish", work, path="/drafts/1/publish", body={"who": "王莉"})
    assert begun.wait(5)
    (told,) = Jobs(log).all()
    assert (told.job_id, told.state) == (job.job_id, JobState.INTERRUPTED)
    assert (told.path, told.body) == ("/drafts/1/publish", {"who": "王莉"})
    assert told.ended is not None
    done.set()
    first.close()
    assert Jobs(log).all() == []


def test_unknown_jobs_are_not_found(client, as_planner):
    assert client.get("/jobs/none", headers=as_planner).status_code == 404
    assert client.delete("/jobs/none", headers=as_planner).status_code == 404
    assert client.get("/jobs/none").status_code == 401


def test_a_new_import_is_served_without_restart(tmp_path, make_project_in):
    project = make_project_in(tmp_path / "city")
    with TestClient(create_app(Settings(project=project.folder))) as client:
        first = client.get("/layers/yizhan.geojson")
        stations = project.read("yizhan")
        project.write("yizhan", stations.iloc[:1])
        client.app.state.resources.editions.look_again()
        known = {"If-None-Match": first.headers["etag"]}
        second = client.get("/layers/yizhan.geojson", headers=known)
        assert second.status_code == 200
        assert len(second.json()["features"]) == 1


def test_an_empty_project_is_served(tmp_path):
    Project.create(tmp_path / "new", "新项目")
    with TestClient(create_app(Settings(project=tmp_path / "new", planner_key=KEY))) as client:
        assert client.get("/health").json()["layers"] == {}
        assert client.get("/", headers={"Accept": "text/html"}).status_code == 200
        assert client.get("/collections").json()["collections"] == []
        assert client.get("/nearest?lon=120&lat=36").status_code == 404
        assert client.get("/nearest-station").status_code == 200
        assert client.get("/bus-near-me").status_code == 200
        assert client.get("/bus/plan").status_code == 404
        assert client.get("/summary").status_code == 404
        assert client.get("/search?q=x").json() == {"places": []}
        assert client.get("/maps/worker.html").status_code == 200
