"""Outputs are taken over exactly when nothing they read has changed."""

from __future__ import annotations

import json
import os
import signal
import sys
import time

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point

from api import own_process
from api.analysis.reuse import NOTES, MadeWhenRead, Outputs, frame_digest
from geo.text import Language


def layer(*rows):
    table = [{"id": name, "geometry": Point(lon, 36.0)} for name, lon in rows]
    return gpd.GeoDataFrame(table, geometry="geometry", crs=4326)


GAPS, SITES = layer(("G1", 120.1), ("G2", 120.2)), layer(("S1", 120.3))


class Press:
    """Writes two outputs and counts how often it had to."""

    def __init__(self, folder):
        self._folder, self.written, self._runs = folder, [], 0

    def run(self, layers, summary, language="zh"):
        before = self._folder / str(self._runs)
        self._runs += 1
        draft = self._folder / str(self._runs)
        draft.mkdir()
        outputs = Outputs(draft, before if before.exists() else None, layers, summary)
        outputs.make("maps/plan.txt", self._plan, more=language)
        outputs.make("bus/sheet.txt", self._bus, more=language)
        outputs.write()
        outputs.close(Language.ZH)
        return draft

    def _plan(self, path, layers, summary):
        self.written.append("plan")
        path.write_text(f"{len(layers['gaps'])} {summary.siting.sites} {summary.improve_skipped}")

    def _bus(self, path, layers, summary):
        self.written.append("bus")
        path.write_text(f"{summary.bus.visits} {len(layers)}")


@pytest.fixture
def figures(summary_with):
    return summary_with(sites=3, bus_visits=7)


@pytest.fixture
def press(tmp_path, figures):
    made = Press(tmp_path)
    made.run({"gaps": GAPS, "sites": SITES}, figures)
    made.written.clear()
    return made


def test_nothing_is_written_again_when_nothing_changed(press, summary_with):
    later = summary_with(sites=3, bus_visits=7, made="2030-01-01T00:00:00+08:00", seconds={})
    draft = press.run({"gaps": GAPS.copy(), "sites": SITES}, later)
    assert press.written == []
    assert (draft / "maps/plan.txt").read_text() == "2 3 None"
    assert (draft / "bus/sheet.txt").read_text() == "7 2"


@pytest.mark.parametrize(
    ("layers", "others", "written"),
    [
        ({"gaps": layer(("G1", 120.1), ("G2", 120.25))}, {}, ["plan"]),
        ({"gaps": layer(("G1", 120.1), ("G3", 120.2))}, {}, ["plan"]),
        ({"sites": layer(("S2", 120.3))}, {}, []),
        ({}, {"sites": 4}, ["plan"]),
        ({}, {"improve_skipped": "read although it was not there"}, ["plan"]),
        ({}, {"bus_visits": 8}, ["bus"]),
        ({}, {"covered_before": 1}, []),
        ({"new": SITES}, {}, ["bus"]),
    ],
)
def test_what_read_something_that_changed_is_written_again(
    press, summary_with, layers, others, written
):
    figures = summary_with(**{"sites": 3, "bus_visits": 7} | others)
    press.run({"gaps": GAPS, "sites": SITES} | layers, figures)
    assert press.written == written


@pytest.mark.usefixtures("press")
def test_an_output_is_told_which_layers_it_read_are_as_they_were(tmp_path, figures):
    """That is what a file of several layers takes over; one that was edited takes over nothing."""
    before, draft = tmp_path / "1", tmp_path / "2"
    changed = {"gaps": GAPS, "sites": layer(("S2", 120.3))}
    outputs = Outputs(draft, before, changed, figures)
    assert outputs.same_layers("bus/sheet.txt", more="zh") == {"*"}
    assert outputs.same_layers("maps/plan.txt", more="zh") == {"gaps"}
    assert outputs.same_layers("maps/plan.txt", more="en") is None
    assert outputs.same_layers("never.txt", more="zh") is None
    (before / "maps/plan.txt").write_text("edited")
    assert Outputs(draft, before, changed, figures).same_layers("maps/plan.txt", more="zh") is None


def test_another_language_is_another_output(press, figures):
    press.run({"gaps": GAPS, "sites": SITES}, figures, language="en")
    assert press.written == ["plan", "bus"]


def test_a_lost_file_is_written_again(press, tmp_path, figures):
    (tmp_path / "1" / "maps" / "plan.txt").unlink()
    press.run({"gaps": GAPS, "sites": SITES}, figures)
    assert press.written == ["plan"]


def test_a_changed_program_writes_everything_again(press, monkeypatch, figures):
    monkeypatch.setattr("api.analysis.reuse.program_stamp", lambda: "another program")
    press.run({"gaps": GAPS, "sites": SITES}, figures)
    assert press.written == ["plan", "bus"]


def test_the_digest_sees_missing_values_types_and_order():
    base = pd.DataFrame({"a": ["1", None], "b": [1.0, 2.0]})
    others = [
        pd.DataFrame({"a": [1, None], "b": [1.0, 2.0]}),
        pd.DataFrame({"a": ["1", ""], "b": [1.0, 2.0]}),
        base[["b", "a"]],
        base.iloc[::-1],
        base.rename(columns={"a": "c"}),
    ]
    digests = {frame_digest(frame) for frame in (base, *others)}
    assert len(digests) == 6
    assert frame_digest(base.copy()) == frame_digest(base)


@pytest.fixture
def outputs(tmp_path, figures, monkeypatch):
    monkeypatch.setattr(own_process.os, "cpu_count", lambda: 2)
    (tmp_path / "shared").mkdir()
    return Outputs(tmp_path / "shared", None, {"gaps": GAPS}, figures), tmp_path / "shared"


@pytest.mark.skipif(sys.platform != "linux", reason="a copy of a process is made on Linux alone")
def test_two_processes_write_each_output_once(outputs):
    """What is written need not be sent: the other process is a copy of this one."""
    made, folder = outputs

    def write(path, layers, _):
        with path.open("a") as file:
            file.write(f"{os.getpid()} {len(layers['gaps'])}\n")
        while not (folder / "1.txt").exists():
            time.sleep(0.01)  # Whoever comes first waits until the other has begun too.

    for number in range(40):
        made.make(f"{number}.txt", write)
    made.write(shared=True)
    made.close(Language.ZH)
    told = {path.name: path.read_text().split() for path in folder.glob("*.txt")}
    assert len(told) == 40
    assert {len(words) for words in told.values()} == {2}
    assert told["0.txt"] != told["1.txt"]
    assert str(os.getpid()) in {told["0.txt"][0], told["1.txt"][0]}
    noted = json.loads((folder / NOTES).read_text())["outputs"]
    assert noted.keys() == told.keys()
    assert all(set(one["layers"]) == {"gaps"} for one in noted.values())


@pytest.mark.skipif(sys.platform != "linux", reason="a copy of a process is made on Linux alone")
def test_what_a_process_was_lost_over_is_written_by_the_other(outputs):
    made, folder = outputs
    run = os.getpid()

    def write(path, *_):
        with path.open("x") as file:  # What the lost one left is gone.
            file.write("half ")
            file.flush()
            if os.getpid() != run:
                os.kill(os.getpid(), signal.SIGKILL)
            while not (folder / "0").exists() or not (folder / "1").exists():
                time.sleep(0.01)  # Until both are begun.
            file.write("whole")

    for name in ("0", "1"):
        made.make(name, write)
    made.write(shared=True)
    for name in ("0", "1"):
        assert (folder / name).read_text() == "half whole"


def test_a_layer_made_when_read_is_not_made_for_its_digest(tmp_path, figures):
    made = []

    def make():
        made.append(1)
        return SITES

    for run, key in enumerate(("one", "one", "two")):
        (tmp_path / str(run)).mkdir()
        before = tmp_path / str(run - 1) if run else None
        outputs = Outputs(tmp_path / str(run), before, {"sites": MadeWhenRead(key, make)}, figures)
        outputs.make("a", lambda path, layers, _: path.write_text(layers["sites"]["id"][0]))
        outputs.write()
        outputs.close(Language.ZH)
        assert (tmp_path / str(run) / "a").read_text() == "S1"
    assert len(made) == 2
