"""Districts and subdistricts in English: the official names, else pinyin as signs write it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

OFFICIAL: Mapping[str, str] = MappingProxyType(
    {
        "青岛市": "Qingdao",
        "市南区": "Shinan District",
        "市北区": "Shibei District",
        "黄岛区": "Huangdao District",
        "西海岸新区": "West Coast New Area",
        "崂山区": "Laoshan District",
        "李沧区": "Licang District",
        "城阳区": "Chengyang District",
        "即墨区": "Jimo District",
        "胶州市": "Jiaozhou City",
        "平度市": "Pingdu City",
        "莱西市": "Laixi City",
    }
)
"""The city, its districts and county-level cities, as the city's government writes them."""
_KINDS = (
    ("省级自然保护区", "Nature Reserve"),
    ("街道", "Subdistrict"),
    ("镇", "Town"),
    ("乡", "Township"),
    ("区", "District"),
    ("市", "City"),
    ("县", "County"),
)
_READ_OTHERWISE = {"长江": "changjiang", "藏马": "zangma", "段泊岚": "duanbolan", "大夫": "daifu"}
"""Where a character of a place is read otherwise than alone."""
_CHINESE = re.compile("[㐀-鿿]")


@lru_cache(maxsize=4096)
def english_place(name: str) -> str:
    """Return what English papers call a district, a subdistrict or a town.

    >>> english_place("市南区"), english_place("延安路街道"), english_place("Laoshan")
    ('Shinan District', "Yan'anlu Subdistrict", 'Laoshan')
    """
    if name in OFFICIAL or not _CHINESE.search(name):
        return OFFICIAL.get(name, name)
    for kind, word in _KINDS:
        if name.endswith(kind) and name != kind:
            return f"{_spelled(name.removesuffix(kind))} {word}"
    return _spelled(name)


def _spelled(name: str) -> str:
    # Its list of whole words takes 45 MB; the places read otherwise stand above.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - the city's own districts need no reading

    for mark, read in _READ_OTHERWISE.items():
        name = name.replace(mark, read)
    told = ""
    for syllable in lazy_pinyin(name):
        parted = told[-1:].isalpha() and syllable[:1] in {"a", "e", "o"}
        told += f"'{syllable}" if parted else syllable
    return told[:1].upper() + told[1:]
