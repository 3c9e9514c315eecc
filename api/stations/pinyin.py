"""Chinese names found by what people type on a Latin keyboard: pinyin, its first letters, or both.

The names' readings are one text, a line a name, and a question is one regular expression over it:
each letter goes on in its syllable or begins the next, so ``xianggangzl``, ``xgzl`` and ``xgzhong``
all find 香港中路.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import product

_ALSO = {
    "重": ("chong", "zhong"),
    "长": ("chang", "zhang"),
    "乐": ("le", "yue"),
    "行": ("xing", "hang"),
    "厦": ("sha", "xia"),
    "朝": ("chao", "zhao"),
    "单": ("dan", "shan"),
    "盛": ("sheng", "cheng"),
    "会": ("hui", "kuai"),
    "六": ("liu", "lu"),
    "都": ("du", "dou"),
    "曾": ("zeng", "ceng"),
    "宿": ("su", "xiu"),
    "角": ("jiao", "jue"),
    "解": ("jie", "xie"),
    "石": ("shi", "dan"),
    "车": ("che", "ju"),
    "调": ("diao", "tiao"),
    "藏": ("cang", "zang"),
    "降": ("jiang", "xiang"),
    "夏": ("xia", "sha"),
    "省": ("sheng", "xing"),
    "家": ("jia", "gu"),
    "体": ("ti", "ben"),
    "地": ("di", "de"),
    "便": ("bian", "pian"),
    "服": ("fu", "bi"),
    "员": ("yuan", "yun"),
}
"""Characters of names and addresses that are read in several ways; people may type either."""
_MOST_READINGS = 16
"""Ways to read a name that are tried: four characters of two readings each."""
_ENOUGH = 40
"""With so many fits at a beginning none within a word is looked for."""
_REST = "[a-z0-9]*"


class PinyinNames:
    """Names by pinyin without tones; made on the first question in letters or aside, at the start.

    Parameters
    ----------
    names : sequence of str
        What is found; a name's number is its place in this sequence.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._alike: dict[str, list[int]] = defaultdict(list)
        for number, name in enumerate(names):
            self._alike[name].append(number)
        self._names: list[str] = []
        self._starts: list[int] = []
        lines: list[str] = []
        at = 0
        for name, line in _lines(self._alike):
            self._names.append(name)
            self._starts.append(at)
            lines.append(line)
            at += len(line) + 1
        self._text = "\n".join(lines)

    def find(self, asked: str) -> dict[int, int]:
        """Return how well (0 is best) each name fits `asked`, by number; those that fit only.

        0: the whole name, spelled out; 1: the whole name, shortened; 2: it begins so; 3: it holds
        it, looked for where few names begin so.
        """
        spelled = re.compile(f"{' ?'.join(map(re.escape, asked.casefold()))}$", re.MULTILINE)
        spread = f"(?:{_REST} )?".join(map(re.escape, asked.casefold()))
        whole = re.compile(rf"{spread}{_REST}$", re.MULTILINE)
        fits: dict[int, int] = {}
        for start in self._found(rf"^{spread}"):
            is_whole = bool(whole.match(self._text, start))
            self._note(fits, start, 2 - is_whole - bool(spelled.match(self._text, start)))
        if len(fits) < _ENOUGH:
            for start in self._found(rf"\b{spread}"):
                self._note(fits, start, 3)
        return fits

    def _found(self, pattern: str) -> Iterator[int]:
        return (found.start() for found in re.finditer(pattern, self._text, re.MULTILINE))

    def _note(self, fits: dict[int, int], start: int, fit: int) -> None:
        name = self._names[bisect_right(self._starts, start) - 1]
        for number in self._alike[name]:
            fits[number] = min(fit, fits.get(number, fit))


def spelled(text: str) -> str:
    """Return `text` in letters, without tones or spaces; what has no reading stays."""
    return "".join(_lazy_pinyin(text)).casefold()


def _lazy_pinyin(text: str) -> list[str]:
    # Its list of whole words takes 45 MB; where characters are read in several ways we know both.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - not every service is asked in letters

    read: list[str] = lazy_pinyin(text)
    return read


def _lines(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield a name and its syllables, spaces between; once for every way to read it."""
    readings = {mark: (_lazy_pinyin(mark)[0].casefold(),) for mark in set().union(*names)} | _ALSO
    for name in names:
        ways = product(*(readings[mark] for mark in name))
        for way, _ in zip(ways, range(_MOST_READINGS), strict=False):
            if line := " ".join(one for one in way if one.isalnum()):
                yield name, line
