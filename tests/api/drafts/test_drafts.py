"""Draft plans: made, edited, undone, compared, published and brought back, on the tiny city.

Within 300 s (400 m) nobody reaches a station; C2 stands by the 100 couriers of W1, C3 by the 50
domestic workers of W2, C1 (half-way) reaches nobody.
"""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import shapely
from shapely import Point
from shapely.geometry import shape
from starlette.testclient import TestClient

from api.app import create_app
from api.drafts.draft_solving import Solving
from api.drafts.planning import planned
from api.settings import Settings
from data.store.drafts import Drafts
from data.store.project import Project
from geo.study.rules import StudyRules
from geo.text import Text

KEY = "test-planner-key-0123456789"
KEYED = {"X-API-Key": KEY}
RULES = {"kind": "rules", "coverage": {"limit_s": 300}, "siting": {"count": 1, "phases": []}}


@pytest.fixture
def town(tmp_path, make_project_in, lonlat):
    project = make_project_in(tmp_path / "city")
    rows = project.read("candidates")
    more = rows.iloc[[0, 0, 0]].reset_index(drop=True)
    more["id"], more["name"] = ["C1", "C2", "C3"], ["半路", "网点旁", "宿舍旁"]
    places = [(1500, 0), (1050, 0), (1950, 600)]
    project.write("candidates", more.set_geometry([Point(*lonlat(*at)) for at in places]))
    return project


@pytest.fixture
def served(town):
    with TestClient(create_app(Settings(project=town.folder, planner_key=KEY))) as client:
        client.headers.update(KEYED)
        yield client


def made(client, **more):
    asked = {"name": "十月方案", "who": "王莉", **more}
    answer = client.post("/drafts", json=asked)
    assert answer.status_code == 201, answer.text
    return answer.json()["draft"]


def step(client, draft, change, **more):
    asked = {"change": change, "who": "王莉", "revision": draft["revision"], **more}
    return client.post(f"/drafts/{draft['id']}/edits", json=asked)


def ruled(client):
    """A draft under RULES, and its plan."""
    state = step(client, made(client), RULES).json()
    return state["draft"], state["plan"]


def ids(plan):
    return [site["id"] for site in plan["sites"]]


def finished(client, href):
    for _ in range(1500):
        told = client.get(href).json()
        if told["ended"] is not None:
            assert told["state"] == "done", told
            return told
        time.sleep(0.02)
    pytest.fail("the job did not end")


def test_drafts_are_for_planners(town):
    with TestClient(create_app(Settings(project=town.folder, planner_key=KEY))) as client:
        for path in ("/drafts", "/drafts/published", "/publications"):
            assert client.get(path).status_code == 401
        assert client.post("/drafts", json={"name": "x", "who": "y"}).status_code == 401


def test_a_locked_site_takes_the_place_of_the_best_one(served):
    draft, plan = ruled(served)
    assert ids(plan) == ["C2"]
    assert plan["figures"]["covered_after"] == plan["figures"]["upper_bound"] == 100
    assert plan["figures"]["cost_cny"] == 20000
    state = step(served, draft, {"kind": "lock", "site": "C3"}, why="街道已同意").json()
    assert ids(state["plan"]) == ["C3"]
    assert state["plan"]["sites"][0]["pinned"] == "locked"
    changed = state["changed"]
    assert [site["id"] for site in changed["came"]] == ["C3"]
    assert [site["id"] for site in changed["went"]] == ["C2"]
    assert (changed["first"]["covered_after"], changed["second"]["covered_after"]) == (100, 50)
    (district,) = changed["districts"]
    assert (district["covered_first"], district["covered_second"]) == (100, 50)
    groups = {row["key"]: row["covered_second"] for row in changed["groups"]}
    assert groups == {"courier": 0, "domestic_worker": 50}
    last = state["draft"]["edits"][-1]
    assert (last["words"], last["who"], last["why"]) == ("锁定“宿舍旁”", "王莉", "街道已同意")


def test_forbidden_moved_and_added_sites_are_answered(served, lonlat):
    draft, _ = ruled(served)
    state = step(served, draft, {"kind": "forbid", "site": "C2"}).json()
    assert ids(state["plan"]) == ["C3"]
    lon, lat = lonlat(1100, 0)
    state = step(
        served, state["draft"], {"kind": "move", "site": "C1", "to": {"lon": lon, "lat": lat}}
    ).json()
    assert ids(state["plan"]) == ["C1"]  # now 100 m from the couriers
    assert state["plan"]["sites"][0]["by_hand"] == "moved"
    state = step(served, state["draft"], {"kind": "forbid", "site": "C1"}).json()
    lon, lat = lonlat(900, 0)
    site = {"id": "T1", "name": "工会新点", "lon": lon, "lat": lat, "opening_hours": "24小时"}
    state = step(served, state["draft"], {"kind": "add", "site": site, "lock": False}).json()
    assert ids(state["plan"]) == ["T1"]
    assert state["plan"]["sites"][0]["by_hand"] == "added"
    assert state["plan"]["figures"]["cost_cny"] is None  # nobody said what it costs
    assert max(state["plan"]["week"]["served_after"]) == 100
    state = step(served, state["draft"], {"kind": "restore", "site": "T1"}).json()
    assert ids(state["plan"]) == ["C3"]


def test_steps_are_undone_and_done_again(served):
    draft, _ = ruled(served)
    state = step(served, draft, {"kind": "lock", "site": "C3"}).json()
    back = served.post(
        f"/drafts/{draft['id']}/undo", json={"revision": state["draft"]["revision"]}
    ).json()
    assert ids(back["plan"]) == ["C2"]
    assert [edit["holds"] for edit in back["draft"]["edits"]] == [True, False]
    again = served.post(
        f"/drafts/{draft['id']}/redo", json={"revision": back["draft"]["revision"]}
    ).json()
    assert ids(again["plan"]) == ["C3"]
    none = served.post(f"/drafts/{draft['id']}/redo", json={"revision": again["draft"]["revision"]})
    assert none.status_code == 400


def test_a_step_that_leaves_no_plan_is_refused_and_not_taken(served):
    draft, _ = ruled(served)
    state = step(served, draft, {"kind": "lock", "site": "C3"}).json()
    refused = step(served, state["draft"], {"kind": "lock", "site": "C2"})
    assert refused.status_code == 422
    assert "必选" in refused.json()["detail_zh"]
    now = served.get(f"/drafts/{draft['id']}").json()
    assert now["draft"]["revision"] == state["draft"]["revision"]
    unknown = step(served, now["draft"], {"kind": "lock", "site": "C9"})
    assert unknown.status_code == 400
    assert "C9" in unknown.json()["detail_en"]


def test_two_planners_do_not_overwrite_each_other(served):
    draft, _ = ruled(served)
    first = step(served, draft, {"kind": "lock", "site": "C3"}, who="王莉")
    late = step(served, draft, {"kind": "forbid", "site": "C3"}, who="李强")
    assert first.status_code == 200
    assert late.status_code == 409
    assert "王莉" in late.json()["detail_zh"]


def test_a_candidate_left_out_says_why(served):
    draft, _ = ruled(served)
    told = served.get(f"/drafts/{draft['id']}/why-not/C3").json()
    assert (told["workers_within"], told["workers_new"]) == (50, 50)
    assert (told["replaces_id"], told["change"]) == ("C2", -50)
    assert told["blocked"] == ["总数不超过 1 个"]
    assert served.get(f"/drafts/{draft['id']}/why-not/C2").json()["chosen"] is True
    assert served.get(f"/drafts/{draft['id']}/why-not/C9").status_code == 404


def test_drafts_survive_a_restart(town, served):
    draft, _ = ruled(served)
    step(served, draft, {"kind": "lock", "site": "C3"}, why="会议纪要")
    (kept,) = Drafts(Project.open(town.folder)).all()
    assert kept.rules.siting.pins.locked == ("C3",)
    assert kept.edits[-1].why == "会议纪要"
    with TestClient(create_app(Settings(project=town.folder, planner_key=KEY))) as again:
        state = again.get(f"/drafts/{draft['id']}", headers=KEYED).json()
    assert ids(state["plan"]) == ["C3"]


def test_a_draft_whose_layers_changed_says_why_it_has_no_plan(town, served):
    draft, _ = ruled(served)
    state = step(served, draft, {"kind": "lock", "site": "C3"}).json()
    rows = town.read("candidates")
    town.write("candidates", rows[rows["id"] != "C3"])
    state = served.get(f"/drafts/{draft['id']}").json()
    assert state["plan"] is None
    assert "C3" in state["problem"]
    freed = step(served, state["draft"], {"kind": "free", "site": "C3"}).json()
    assert ids(freed["plan"]) == ["C2"]


def test_two_drafts_are_compared(served):
    first, _ = ruled(served)
    second = made(served, name="另一个", start=first["id"])
    second = step(served, second, {"kind": "lock", "site": "C3"}).json()["draft"]
    told = served.get(f"/drafts/compare?first={first['id']}&second={second['id']}").json()
    assert [site["id"] for site in told["went"]] == ["C2"]
    assert max(told["served_first"]) == 100
    assert max(told["served_second"]) == 0  # a bank's hours: nobody is at home then
    assert [row["name"] for row in served.get("/drafts").json()] == ["另一个", "十月方案"]
    assert served.delete(f"/drafts/{first['id']}").status_code == 204
    assert [row["name"] for row in served.get("/drafts").json()] == ["另一个"]


def test_a_draft_is_published_and_the_former_plan_brought_back(town, served, summary_with):
    first, _ = ruled(served)
    second = made(served, name="另一个", start=first["id"])
    second = step(served, second, {"kind": "lock", "site": "C3"}).json()["draft"]
    before = town.results_number
    for draft, why in ((first, "上会通过"), (second, "街道要求")):
        asked = {"who": "王莉", "why": why}
        job = served.post(f"/drafts/{draft['id']}/publish", json=asked)
        assert job.status_code == 202
        finished(served, job.json()["href"])
    assert town.results_number == before + 2
    sites = served.get("/sites").json()["features"]
    assert [one["properties"]["target_id"] for one in sites] == ["C3"]
    now, former = served.get("/publications").json()[:2]
    assert (now["name"], now["why"], now["holds"], now["covered_after"]) == (
        "另一个",
        "街道要求",
        True,
        50,
    )
    assert (former["name"], former["holds"], former["covered_after"]) == ("十月方案", False, 100)
    assert ids(served.get("/drafts/published").json()) == ["C3"]
    path = town.results_folder / "summary.json"
    summary = json.loads(path.read_text(encoding="utf-8"))
    bus = summary_with(bus_workers_served=99, bus_version=0).bus.model_dump(mode="json")
    path.write_text(json.dumps({**summary, **bus}), encoding="utf-8")
    asked = {"who": "李强", "why": "复议"}
    job = served.post(f"/publications/{former['number']}/restore", json=asked)
    finished(served, job.json()["href"])
    sites = served.get("/sites").json()["features"]
    assert [one["properties"]["target_id"] for one in sites] == ["C2"]
    newest = served.get("/publications").json()[0]
    assert (newest["again"], newest["who"], newest["name"]) == (
        former["number"],
        "李强",
        "十月方案",
    )
    # Visits announced to people are not taken back with a plan of sites.
    assert served.get("/summary").json()["bus_workers_served"] == 99
    assert len(served.get("/layers/bus_stops.geojson").json()["features"]) == 2


def holds(feature, lon, lat):
    return shapely.contains_xy(shape(feature["geometry"]), lon, lat)


def test_the_ground_within_reach_is_drawn_now_and_with_the_plan(served, lonlat):
    """C2 is a bank: what it adds is there by day and not at night."""
    draft, _ = ruled(served)
    told = served.get(f"/drafts/{draft['id']}/reach").json()
    now, added = told["features"]
    assert [one["properties"]["when"] for one in (now, added)] == ["now", "added"]
    assert holds(added, *lonlat(1050, 0))
    assert not holds(now, *lonlat(1050, 0))
    by_day = served.get(f"/drafts/{draft['id']}/reach?hour=10").json()["features"][1]
    assert holds(by_day, *lonlat(1050, 0))
    by_night = served.get(f"/drafts/{draft['id']}/reach?hour=2").json()["features"][1]
    assert shape(by_night["geometry"]).is_empty
    assert served.get(f"/drafts/{draft['id']}/reach?hour=168").status_code == 400


def test_a_site_tells_whom_it_serves_what_is_near_and_who_stands_by(served):
    draft, _ = ruled(served)
    told = served.get(f"/drafts/{draft['id']}/sites/C2").json()
    assert told["by_group"] == {"快递员": 100.0}
    assert (told["runner_up_id"], told["runner_up_change"]) == ("C3", -50.0)
    ways_m = [one["way_m"] for one in told["nearest_stations"]]
    assert ways_m == sorted(ways_m)
    assert ways_m
    assert served.get(f"/drafts/{draft['id']}/sites/C3").status_code == 404


def test_a_real_week_closes_sites_on_its_holidays(served):
    """C2 keeps a bank's hours: on National Day it serves nobody, on an ordinary Thursday it does."""
    draft, plan = ruled(served)
    thursday = 24 * 3 + 10
    assert plan["week"]["served_after"][thursday] == 100
    holiday = {"kind": "rules", "coverage": {"limit_s": 300, "week": "2026-10-01"}}
    plan = step(served, draft, holiday).json()["plan"]
    assert plan["week"]["served_after"][thursday] == 0


def test_a_plan_nobody_saw_is_not_published(town, served):
    """A list changed between looking and publishing: the planner is told, the public sees no change."""
    draft, plan = ruled(served)
    before = town.results_number
    asked = {"who": "王莉", "sites": ["C3"]}
    job = served.post(f"/drafts/{draft['id']}/publish", json=asked).json()
    for _ in range(1500):
        job = served.get(job["href"]).json()
        if job["ended"] is not None:
            break
        time.sleep(0.02)
    assert job["state"] == "failed"
    assert "与您看到的相差 2 处" in job["failure"]
    assert town.results_number == before
    asked["sites"] = ids(plan)
    finished(served, served.post(f"/drafts/{draft['id']}/publish", json=asked).json()["href"])
    assert town.results_number == before + 1


def test_a_published_site_that_is_no_candidate_now_is_named(town, served):
    draft, _ = ruled(served)
    finished(
        served, served.post(f"/drafts/{draft['id']}/publish", json={"who": "王莉"}).json()["href"]
    )
    rows = town.read("candidates")
    town.write("candidates", rows[rows["id"] != "C2"].reset_index(drop=True))
    answer = served.get(f"/drafts/compare?first=published&second={draft['id']}")
    assert answer.status_code == 404
    assert "1 处已不在候选点清单中（C2）" in answer.json()["detail"]


def test_rules_that_are_none_are_refused(served):
    draft = made(served)
    assert step(served, draft, {"kind": "rules", "siting": {"count": -1}}).status_code == 400
    assert step(served, draft, {"kind": "dance"}).status_code == 400
    assert StudyRules().siting.pins.is_empty


def test_a_step_is_watched_and_stopped_before_it_is_taken(served, monkeypatch):
    """The solver is held until its planner has stopped it; the draft stays as it was."""
    draft, _ = ruled(served)
    begun, go_on = threading.Event(), threading.Event()

    def slow(project, rules, progress):
        progress(Text("精确求解", "Proving"), 0.4)
        begun.set()
        assert go_on.wait(20)
        return planned(project, rules, progress)

    monkeypatch.setattr("api.routes.planning.draft_routes.planned", slow)
    with ThreadPoolExecutor() as pool:
        asked = {"change": {"kind": "lock", "site": "C3"}, "who": "王莉"}
        edit = pool.submit(
            served.post,
            f"/drafts/{draft['id']}/edits",
            params={"watch": "watch-0001"},
            json={**asked, "revision": draft["revision"]},
        )
        assert begun.wait(20)
        told = served.get("/drafts/solving/watch-0001").json()
        assert told == {"step": "精确求解", "fraction": 0.4}
        assert served.delete("/drafts/solving/watch-0001").status_code == 204
        go_on.set()
        answer = edit.result()
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("stopped")
    assert served.get(f"/drafts/{draft['id']}").json()["draft"]["revision"] == draft["revision"]
    assert served.get("/drafts/solving/watch-0001").json()["step"] is None


def test_a_draft_stopped_while_it_is_made_is_not_made(served, monkeypatch):
    def stopped(*_arguments):
        progress = Solving(stopped=True)
        progress(Text("", ""), 0.0)

    monkeypatch.setattr("api.drafts.planning.planned", stopped)
    answer = served.post("/drafts", json={"name": "慢", "who": "王莉"})
    assert answer.status_code == 409
    assert served.get("/drafts").json() == []
