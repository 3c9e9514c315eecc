from __future__ import annotations

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import BadInputError
from geo.text import Text
from maps.embedding import data_element, plain, script_json


@given(st.recursive(st.text() | st.integers() | st.none() | st.booleans(), st.lists, max_leaves=8))
def test_script_json_reads_back_the_same_and_holds_no_character_that_ends_a_script(value):
    text = str(script_json(value))
    assert json.loads(text) == value
    assert not set(text) & set("<>&\u2028\u2029")


def test_missing_values_of_every_kind_become_null():
    assert plain([None, float("nan"), pd.NA, pd.NaT, np.float64("nan"), float("inf")]) == [None] * 6


def test_numbers_of_numpy_become_plain_and_whole_floats_short():
    assert plain([np.int64(3), np.float64(2.0), np.bool_(1), 2.5]) == [3, 2, True, 2.5]


def test_texts_are_read_in_the_language_and_dates_as_iso_8601():
    assert plain({"a": Text("甲", "one"), "b": date(2026, 11, 26)}, "en") == {
        "a": "one",
        "b": "2026-11-26",
    }


def test_an_object_no_page_can_hold_is_refused_by_name():
    with pytest.raises(BadInputError, match="object"):
        plain(object())


def test_the_element_id_is_escaped():
    assert 'id="&#34;&gt;"' in data_element('">', {})
