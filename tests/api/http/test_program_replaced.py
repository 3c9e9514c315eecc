"""Program files replaced under a running service: what fails says so, and planners are told."""

from __future__ import annotations

import os
import time

from api.http.problems import INTERNAL, RESTART, failure_text
from data import program

LATER_S = time.time() + 3600.0


def test_a_file_newer_than_the_process_is_a_replacement(tmp_path, monkeypatch):
    for name in ("geo", "api"):
        (tmp_path / name).mkdir()
    module, compiled = tmp_path / "geo" / "a.py", tmp_path / "geo" / "a.nbi"
    for path in (module, compiled):
        path.write_text("", encoding="utf-8")
    monkeypatch.setattr(program, "_ROOT", tmp_path)
    monkeypatch.setattr(program, "_STARTED_S", LATER_S - 1800.0)
    assert not program.is_replaced()
    os.utime(compiled, (LATER_S, LATER_S))  # What a process makes of the program is none of it.
    assert not program.is_replaced()
    os.utime(module, (LATER_S, LATER_S))
    assert program.is_replaced(("geo",))
    assert not program.is_replaced(("api",))


def test_a_failure_asks_for_a_restart_after_an_update_only(client, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise ImportError(name="geo.gone")

    monkeypatch.setattr("api.routes.worker.nearest_routes.answer", fail)
    for replaced, told in ((False, INTERNAL), (True, RESTART)):
        monkeypatch.setattr("api.http.problems.is_replaced", lambda _r=replaced: _r)
        answer = client.get("/nearest?lon=120.31&lat=36.10")
        assert answer.status_code == 500
        assert answer.json()["detail_zh"] == failure_text().zh == told.zh


def test_health_tells_planners_alone(client, as_planner, monkeypatch):
    monkeypatch.setattr("api.routes.service.health_routes.is_replaced", lambda: True)
    assert RESTART.zh in client.get("/health", headers=as_planner).json()["notices"]
    assert client.get("/health").json()["notices"] is None
