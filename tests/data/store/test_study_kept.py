"""The study of a project is read again when its content changes, and only then."""

from __future__ import annotations

import threading

import pytest

from data.sample import load_layer
from data.store.project import Project
from data.store.project_study import open_study
from geo.study import Study


@pytest.fixture
def project(tmp_path):
    made = Project.create(tmp_path / "city", "city", sample=True)
    made.write("stations", load_layer("stations").head(5), source="test")
    return made


def test_everybody_gets_the_same_study_until_a_layer_changes(project):
    first = open_study(project)
    assert open_study(Project.open(project.folder)) is first
    project.write("stations", load_layer("stations").head(3), source="test")
    second = open_study(project)
    assert second is not first
    assert len(second.layer("stations")) == 3


def test_who_asks_something_else_does_not_wait():
    study = Study()
    started, go_on = threading.Event(), threading.Event()

    def long_work():
        started.set()
        assert go_on.wait(10)
        return "long"

    answers = []
    thread = threading.Thread(
        target=lambda: answers.append(study._once("kind", "long", long_work)), daemon=True
    )
    thread.start()
    assert started.wait(10)
    assert study._once("kind", "short", lambda: "short") == "short"
    go_on.set()
    thread.join(10)
    assert answers == ["long"]


def test_a_question_that_failed_is_asked_again():
    study = Study()

    def fails():
        raise LookupError

    with pytest.raises(LookupError):
        study._once("kind", 1, fails)
    assert study._once("kind", 1, lambda: "now") == "now"
