"""The committee's folder of the tiny city: by command, of a draft, and through the service."""

from __future__ import annotations

import io
import re
import threading
import time
import zipfile
from datetime import UTC, datetime

import openpyxl
import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from api.analysis.main_job import run_main_job
from api.app import create_app
from api.command.main import build
from api.drafts.committee import committee_subject, write_committee
from api.drafts.named_plan import named_plan
from api.drafts.planning import planned
from api.settings import Settings
from data.store.drafts import Drafts
from geo.errors import BadInputError, MissingError
from geo.study.draft import Lock
from geo.study.rules import StudyRules
from geo.summary.run import PublishedDraft, RunSummary
from geo.text import Language
from maps.report.formats import Format
from maps.report.subject import Stands

KEY = "test-planner-key-0123456789"
KEYED = {"X-API-Key": KEY}


@pytest.fixture
def town(tmp_path, make_project_in):
    return make_project_in(tmp_path / "city")


def run(town, out, *more):
    command = build(Language.ZH)
    return CliRunner().invoke(
        command, ["report", "--project", str(town.folder), "--out", str(out), *more]
    )


def test_the_command_writes_the_formats_asked_for_and_never_over_a_folder(town, tmp_path):
    done = run(town, tmp_path / "out", "--format", "xlsx", "csv")
    assert done.exit_code == 0, done.output
    folder = tmp_path / "out" / "决策材料"
    assert {one.name for one in folder.iterdir()} == {"数据表.xlsx", "表格", "大蓬车"}
    before = (folder / "数据表.xlsx").read_bytes()
    again = run(town, tmp_path / "out", "--format", "xlsx")
    assert isinstance(again.exception, BadInputError)
    assert (folder / "数据表.xlsx").read_bytes() == before
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["决策材料"]


def test_a_folder_that_fails_half_way_leaves_nothing(town, tmp_path, monkeypatch):
    subject = committee_subject(town)

    def broken(*_: object, **__: object):
        yield "a.csv", b"1"
        raise RuntimeError

    monkeypatch.setattr("maps.report.committee_folder.committee_files", broken)
    with pytest.raises(RuntimeError):
        write_committee(subject, tmp_path, [Format.CSV])
    assert not [one for one in tmp_path.iterdir() if one.name != "city"]


def test_a_draft_is_told_as_its_planner_sees_it_and_nothing_is_published(town):
    rules = StudyRules.model_validate({"coverage": {"limit_s": 300}, "siting": {"count": 1}})
    draft = Drafts(town).create("十月方案", who="王莉", rules=rules)
    published = (town.results_folder / "summary.json").read_bytes()
    subject = committee_subject(town, plan="十月方案")
    plan = planned(town, rules).plan
    assert (subject.stands, subject.plan_name) == (Stands.DRAFT, "十月方案")
    assert subject.folder_name == "决策材料-十月方案"
    assert subject.plan.covered_after == pytest.approx(plan.covered_after)
    chosen = plan.candidates["id"].iloc[plan.rows].tolist()
    assert subject.sites["target_id"].tolist() == chosen
    assert (town.results_folder / "summary.json").read_bytes() == published
    assert named_plan(town, draft.id).draft == draft


def test_a_draft_nobody_made_or_two_of_one_name_are_told(town):
    with pytest.raises(MissingError, match="没有叫"):
        committee_subject(town, plan="九月方案")
    for _ in range(2):
        Drafts(town).create("同名", who="王莉")
    with pytest.raises(BadInputError, match="2 个草案"):
        committee_subject(town, plan="同名")


def test_what_rests_on_unconfirmed_hours_is_what_coverage_loses_without_them(town, monkeypatch):
    run_main_job(town, StudyRules(), parts=("coverage", "site"))
    told = committee_subject(town).confirmed
    assert (told.stations, told.unconfirmed, told.workers) == (3, 0, 0.0)
    monkeypatch.setattr(
        "api.stations.confirmed_hours.now", lambda: datetime(2040, 1, 1, tzinfo=UTC)
    )
    told = committee_subject(town).confirmed
    assert (told.unconfirmed, told.workers, told.worker_hours) == (3, 1.0, 1.0)


HOSTILE = "=cmd()|'x' <script>a&b</script> #eval(1) *b* _c_ $d$ @e \\f \u202egnp ../../etc 方案"


def test_a_published_plan_is_found_by_its_name_and_one_replaced_says_so(town, tmp_path):
    drafts, rules = Drafts(town), StudyRules.model_validate({"siting": {"count": 1}})
    for name in (HOSTILE, "十一月方案"):
        draft = drafts.create(name, who="王莉", rules=rules)
        assert committee_subject(town, plan=name).stands is Stands.DRAFT
        told = PublishedDraft(draft=draft.id, name=name, who=HOSTILE, published=datetime.now(UTC))
        run_main_job(town, rules, parts=("coverage", "site", "improve"), plan=told)
        assert committee_subject(town, plan=name).stands is Stands.PUBLISHED
    former = committee_subject(town, plan=HOSTILE)
    assert former.stands is Stands.FORMER
    assert "旧方案“=cmd()" in former.mark.zh
    folder = write_committee(former, tmp_path / "out", [Format.CSV])
    assert folder.parent == tmp_path / "out"
    assert re.fullmatch(r"决策材料-[0-9A-Za-z一-鿿_-]+", folder.name)
    now = committee_subject(town)
    assert (now.stands, now.plan_name) == (Stands.PUBLISHED, None)
    drafts.change(draft.id, lambda one: one.edit(Lock(site="C1"), who="王莉", why=""))
    assert committee_subject(town, plan="十一月方案").stands is Stands.DRAFT


def finished(client, href):
    for _ in range(1500):
        told = client.get(href).json()
        if told["ended"] is not None:
            return told
        time.sleep(0.02)
    pytest.fail("the job did not end")


def test_the_service_makes_the_folder_as_a_job_and_hands_out_a_zip(town):
    with TestClient(create_app(Settings(project=town.folder, planner_key=KEY))) as client:
        asked = {"formats": ["xlsx", "csv"]}
        assert client.post("/committee", json=asked).status_code == 401
        assert client.get("/committee/0123456789abcdef").status_code == 401
        client.headers.update(KEYED)
        job = client.post("/committee", json=asked)
        assert job.status_code == 202, job.text
        told = finished(client, job.json()["href"])
        assert told["state"] == "done", told
        got = client.get(told["facts"]["href"])
        assert got.headers["content-type"] == "application/zip"
        assert len(got.content) == told["facts"]["bytes"]
        held = zipfile.ZipFile(io.BytesIO(got.content))
        assert {"决策材料/数据表.xlsx", "决策材料/表格/推荐站点.csv"} <= set(held.namelist())
        book = openpyxl.load_workbook(io.BytesIO(held.read("决策材料/数据表.xlsx")))
        assert "推荐站点" in book.sheetnames
        assert client.get("/committee/0123456789abcdef").status_code == 404
        odd = client.post("/committee", json={"formats": ["exe"]})
        assert odd.status_code in {400, 422}


def test_papers_are_made_beside_other_work_and_leave_nothing_when_cancelled(town):
    settings = Settings(project=town.folder, planner_key=KEY)
    with TestClient(create_app(settings), headers=KEYED) as client:
        jobs, hold, begun = client.app.state.resources.jobs, threading.Event(), threading.Event()

        def long(_progress, _stop):
            begun.set()
            assert hold.wait(60)
            return RunSummary()

        computing = jobs.start("full", long)
        assert begun.wait(10)
        papers = client.post("/committee", json={"formats": ["csv"]}).json()["href"]
        assert finished(client, papers)["state"] == "done"
        assert computing.state == "running"
        hold.set()
        slow = client.post("/committee", json={}).json()["href"]
        while client.get(slow).json()["state"] == "waiting":
            time.sleep(0.02)
        assert client.delete(slow).status_code == 200
        assert finished(client, slow)["state"] == "cancelled"
    assert len(list((town.folder / "committee").iterdir())) == 1


def test_what_the_papers_process_is_told_reaches_the_job(town):
    with TestClient(create_app(Settings(project=town.folder, planner_key=KEY))) as client:
        client.headers.update(KEYED)
        job = client.post("/committee", json={"plan": "九月方案", "formats": ["csv"]}).json()
        told = finished(client, job["href"])
    assert told["state"] == "failed"
    assert "没有叫“九月方案”的草案或已发布方案" in told["failure"]
