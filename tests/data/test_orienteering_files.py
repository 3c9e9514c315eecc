"""Orienteering files: the published form is read, anything else is refused with its line."""

from __future__ import annotations

import pytest

from data.orienteering import read_optima, read_orienteering
from geo.campaign.orienteering.instance import plan_route
from geo.errors import BadInputError

HEAD = "4 10 100 1\n0 200\n  0 0.00 0.00 0.00 0.00 0 0 0 100\n"
FILE = HEAD + "  1 3.00 4.00 10.00 7.00 1 1 1 5 20\n  2 1.00 1.00 2.00 3.00 4 1 15 50 60\n"


def test_solomon_distances_are_cut_to_tenths_and_cordeaus_to_hundredths(tmp_path):
    """1 to 2 lie at (3, 4) and (1, 1), the root of 13 or 3.6055 apart; 0 to 1 is 5 exactly."""
    for name, tenths, five in (("c101.txt", 36, 50), ("pr01.txt", 360, 500)):
        (tmp_path / name).write_text(FILE)
        instance = read_orienteering(tmp_path / name)
        assert instance.travel[1, 2] == tenths
        assert instance.travel[0, 1] == five
        assert instance.opens.tolist() == [0, five, 10 * five]
        assert instance.closes[0] == 20 * five
        assert instance.prize.tolist() == [0, 7, 3]
        assert plan_route(instance).prize == 10


def test_a_row_that_is_not_a_place_is_named(tmp_path):
    for bad, line in ((HEAD + "1 2 3\n", "4"), (HEAD + "1 a 0 0 0 0 0 0 0\n", "4"), ("", "0")):
        (tmp_path / "x.txt").write_text(bad)
        with pytest.raises(BadInputError, match=f"第 {line} 行"):
            read_orienteering(tmp_path / "x.txt")


def test_optima_are_read_where_they_are(tmp_path):
    assert read_optima(tmp_path) == {}
    (tmp_path / "optima.json").write_text('{"c101": 320}')
    assert read_optima(tmp_path) == {"c101": 320.0}
    (tmp_path / "optima.json").write_text("[1]")
    with pytest.raises(BadInputError):
        read_optima(tmp_path)
