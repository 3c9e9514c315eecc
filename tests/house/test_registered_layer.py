"""A layer that stands in the registry alone comes through every door: nobody else keeps a list."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from geo.errors import BadInputError
from geo.layers.columns import LAYERS, layers_with
from geo.layers.roles import Role
from geo.study import Study

SCRIPT = Path(__file__).with_name("registered_layer.py")


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    folder = tmp_path_factory.mktemp("registered")
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "told.json").read_text(encoding="utf-8"))


def data_of(page, name):
    """Return the JSON that a page carries under `name`."""
    return json.loads(page.split(f'id="{name}"', 1)[1].split(">", 1)[1].split("</script>")[0])


def test_the_command_makes_its_template_and_imports_it(told):
    assert told["codes"] == [0, 0, 0]
    assert "电池数" in told["template"]


def test_a_study_takes_it_from_memory_and_from_a_project(told):
    assert told["study"] == [12]
    assert told["project_study"] == ["台东换电柜"]


def test_the_service_lists_it_gives_its_rows_and_finds_them_by_name(told):
    assert "charging" in told["collections"]
    assert told["rows"] == [12]
    assert told["search"] == ["换电柜"]


def test_results_hold_it_as_a_layer_and_a_sheet(told):
    assert told["geopackage"]
    assert told["sheet"][1] == "台东换电柜"
    assert 12 in told["sheet"]


def test_the_planners_map_marks_its_rows_in_words(told):
    assert 'data-marked="charging"' in told["page"]
    [layer] = data_of(told["page"], "planner-data")["marked"]
    [[*_, name, filled]] = layer["rows"]
    assert (layer["text"], name) == ("换电柜", "台东换电柜")
    assert ["设施", "饮水"] in filled


def test_the_workbench_imports_and_marks_it(told):
    page = data_of(told["workbench"], "workbench-data")
    assert [one["text"] for one in page["inputs"] if one["key"] == "charging"] == ["换电柜"]
    assert [one["key"] for one in page["marked"]] == ["charging"]


def test_what_is_marked_has_an_id_and_a_name_and_is_on_no_map_that_does_not_mark():
    for name in layers_with(Role.MARKED):
        assert {"id", "name"} <= {column.name for column in LAYERS[name].columns}
        assert not LAYERS[name].roles & {Role.ON_WORKER_MAP, Role.ON_BUS_MAP}


def test_a_layer_nobody_registered_is_refused_with_those_there_are():
    with pytest.raises(BadInputError, match=r"charging.*stations"):
        Study(charging=None)
