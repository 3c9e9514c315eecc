"""Chinese names found by what people type on a Latin keyboard: pinyin, or its first letters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence


class PinyinNames:
    """Names by pinyin without tones; made on the first question in letters, not at the start.

    Parameters
    ----------
    names : sequence of str
        What is found; a name's number is its place in this sequence.
    """

    def __init__(self, names: Sequence[str]) -> None:
        # Here, because its word list takes time and memory that few services ever need.
        from pypinyin import lazy_pinyin  # noqa: PLC0415

        self._numbers: dict[tuple[str, str], list[int]] = defaultdict(list)
        alike: dict[str, list[int]] = defaultdict(list)
        for number, name in enumerate(names):
            alike[name].append(number)
        for name, numbers in alike.items():
            read = [syllable.casefold() for syllable in lazy_pinyin(name) if syllable.isalnum()]
            self._numbers["".join(read), "".join(one[0] for one in read)] += numbers

    def find(self, asked: str) -> dict[int, int]:
        """Return how well (0 is best) each name fits `asked`, by number; those that fit only.

        0: its whole pinyin or its initials; 1: they begin so; 2: its pinyin holds it; 3: its
        initials hold it.
        """
        fits: dict[int, int] = {}
        for (whole, initials), numbers in self._numbers.items():
            ways = (
                asked in (whole, initials),
                whole.startswith(asked) or initials.startswith(asked),
                asked in whole,
                asked in initials,
            )
            if True in ways:
                fits.update(dict.fromkeys(numbers, ways.index(True)))
        return fits
