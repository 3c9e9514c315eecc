"""What the directory lacks: the six 有 by station and district, hours nobody confirmed, what rests on them."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from click.testing import CliRunner

from api.command.main import build
from api.stations.openings import now
from data.upkeep.keeper_keys import KeeperKeys
from data.upkeep.keeping import KeeperBook, KeeperSays, KeeperWord
from geo.layers.six_haves import SixHave, six_haves
from geo.text import Language

WHOLE = {
    "address": "福州路 4 号",
    "amenities": "drinking_water;rest_seats;toilet",
    "opening_hours": "24/7",
    "operator": "区总工会",
    "phone": "0532-1",
    "status": "open",
}
GOOD = {"has_code": True, "is_confirmed": True, "is_on_street": True}


@pytest.mark.parametrize(
    ("row", "known", "lacks"),
    [
        ({}, {}, None),
        ({"address": " "}, {}, SixHave.PLACE),
        ({"amenities": "drinking_water"}, {}, SixHave.FACILITIES),
        ({"amenities": None}, {}, SixHave.FACILITIES),
        ({"opening_hours": ""}, {}, SixHave.RULES),
        ({}, {"is_confirmed": False}, SixHave.RULES),
        ({"phone": None}, {}, SixHave.STAFF),
        ({}, {"is_on_street": False}, SixHave.ON_THE_MAP),
    ],
)
def test_each_of_the_six_is_lacking_by_its_own_sign(row, known, lacks):
    has = six_haves({**WHOLE, **row}, **{**GOOD, **known})
    assert [one for one, held in has.items() if held is False] == ([lacks] if lacks else [])


def test_the_sign_is_unknown_without_a_code_not_lacking():
    assert six_haves(WHOLE, **{**GOOD, "has_code": False})[SixHave.SIGN] is None


@pytest.fixture
def project(tmp_path, make_project_in):
    return make_project_in(tmp_path / "tiny")


def _run(project, *more, language=Language.ZH):
    done = CliRunner().invoke(
        build(language), ["upkeep", "--project", str(project.folder), *more], catch_exceptions=False
    )
    assert done.exit_code == 0
    return done.output


def test_districts_add_up_and_the_list_says_what_each_lacks(project, tmp_path):
    """S1 and S2 have no seats; S2 and S3 no telephone; the closed S4 is not asked about."""
    told = json.loads(
        _run(project, "--json", "--days", "3650", "--list", str(tmp_path / "six.csv"))
    )
    tally = told["districts"]["370202"]
    assert (tally["stations"], tally["confirmed"], tally["complete"]) == (3, 3, 0)
    listed = pd.read_csv(tmp_path / "six.csv").set_index("id")
    assert set(listed.index) == {"S1", "S2", "S3"}
    for have, number in tally["missing"].items():
        zh = SixHave(have).text.zh
        assert listed["缺 missing"].fillna("").str.contains(zh).sum() == number
    assert "市南区：3 个，核实 3" in _run(project, "--days", "3650")


def test_what_rests_on_hours_nobody_confirmed(project):
    """In one day only S1 is confirmed, by its keeper: the others' cover rests on nobody's word."""
    KeeperBook(project.folder).add(
        KeeperWord("S1", KeeperSays.CONFIRMED, (), "", now().isoformat(timespec="minutes"))
    )
    rests = json.loads(_run(project, "--json", "--days", "1", "--coverage"))["coverage"]
    assert 0 < rests["covered_confirmed"] <= rests["covered"]
    whole = json.loads(_run(project, "--json", "--days", "3650", "--coverage"))["coverage"]
    assert whole["covered_confirmed"] == whole["covered"] == rests["covered"]
    assert whole["open_hours_confirmed"] == pytest.approx(whole["open_hours"])
    assert "靠未核实的开放时间" in _run(project, "--days", "1", "--coverage")


def test_a_keepers_link_is_made_and_revoked(project):
    path = json.loads(_run(project, "--json", "--link", "S1"))["path"]
    key = path.split("key=")[1]
    assert path.startswith("/k/S1?")
    assert KeeperKeys(project.folder).opens("S1", key)
    assert json.loads(_run(project, "--json", "--revoke", "S1"))["revoked"]
    assert not KeeperKeys(project.folder).opens("S1", key)
    assert "没有管理员链接" in _run(project, "--revoke", "S1")
