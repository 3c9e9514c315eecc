"""Names that sound right and are invented: no real street, village or firm is meant."""

from __future__ import annotations

import numpy as np

_FIRST = list(
    "澜青云海和明安泰宁嘉瑞景松柏梧桐枫榆桂荷莲芷蓝碧澄清源泉溪洛沂潍汶泗岱崧岚峰岭鹤鹭雁鸿鲲锦绣昌盛兴隆永丰裕康乐善德仁信义诚"
)
_SECOND = list(
    "山河湖泽原川浦渡桥亭台阁苑园林坡崖湾港城关营屯庄寨宁阳阴和安平顺达通远泰华光辉明朗清源泉水云霞月星"
)
_VILLAGE = ("村", "庄", "屯", "埠", "疃", "夼", "家庄", "家村", "官庄", "家埠")
_SURNAME = list("王李张刘孙于姜宋赵周徐高曲矫江纪辛毛蓝袁葛邵")


def road_names(count: int, rng: np.random.Generator) -> list[str]:
    """Return `count` different street stems of two characters, in random order."""
    stems = [a + b for a in _FIRST for b in _SECOND if a != b]
    order = rng.permutation(len(stems))
    pool = [stems[i] for i in order]
    suffixed = pool + [f"{stem}东" for stem in pool] + [f"{stem}西" for stem in pool]
    return suffixed[:count]


def town_names(count: int, rng: np.random.Generator) -> list[str]:
    """Return `count` village names; a number tells apart those that would repeat."""
    middle = ["", "大", "小", "东", "西", "南", "北", "前", "后", "上", "下"]
    pool = [m + s + v for m in middle for s in _SURNAME for v in _VILLAGE]
    order = rng.permutation(len(pool))
    return [pool[order[i % len(pool)]] + ("" if i < len(pool) else "新村") for i in range(count)]
