"""The steps of a draft's history, as people say them."""

from __future__ import annotations

from collections.abc import Mapping

from geo.study.draft import Add, Change, Forbid, Free, Lock, Move, Restore, SetRules
from geo.text import Text

_VERBS: Mapping[type, Text] = {
    Lock: Text("锁定", "Lock"),
    Forbid: Text("禁选", "Forbid"),
    Free: Text("取消锁定或禁选", "Neither lock nor forbid"),
    Move: Text("移动", "Move"),
    Restore: Text("恢复原样", "Put back as it was"),
}


def change_words(change: Change, names: Mapping[str, str]) -> Text:
    """Say a step; `names` are those of the candidates by id."""
    if isinstance(change, SetRules):
        return Text("修改规则", "Change the rules")
    if isinstance(change, Add):
        return Text(f"新增“{change.site.name}”", f"Add {change.site.name}")
    verb, name = _VERBS[type(change)], names.get(change.site, change.site)
    return Text(f"{verb.zh}“{name}”", f"{verb.en} {name}")
