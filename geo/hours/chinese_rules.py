"""Groups of a Chinese phrase put together into rules, no day of the week ruled twice.

Words carry over as readers carry them: a season to the groups after it, until the next one; days
that stand before the first season to all seasons. Where two readings remain, both are told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

from geo.errors import BadInputError
from geo.hours.ambiguity import check_meaning, seasons_meet
from geo.hours.chinese_clock import Pair, on_24_hours, read_spans
from geo.hours.chinese_doubts import check_doubts, only_holidays
from geo.hours.chinese_tree import Act, Statement, Tail
from geo.hours.opening_rules import (
    DAY_MIN,
    SUNDAY,
    WEEK,
    Days,
    Join,
    Rule,
    Rules,
    Spans,
    State,
    without,
)
from geo.hours.writing import write_days
from geo.text import Text

_DAILY = Days(WEEK)


def _wrong(zh: str, en: str) -> NoReturn:
    raise BadInputError(Text(zh, en))


def opening_rules(groups: list[Statement], tail: Tail | None, text: str) -> Rules:
    """Return the rules of a parsed phrase.

    Parameters
    ----------
    groups : list[Statement]
        What it says, in order.
    tail : Tail | None
        Days that stand after all times.
    text : str
        The phrase.

    Raises
    ------
    BadInputError
        If it has two readings; the text holds them and the mend.
    """
    if not groups:
        _days_only(text)
    if tail is not None:
        groups = _with_tail(groups, tail)
    groups = _extended(groups)
    check_doubts(groups, text)
    groups = _in_seasons(_with_breaks(groups))
    rules = _Plan(groups).rules()
    clash = check_meaning(rules)
    return rules if clash is None else _nights_kept(rules)


def _days_only(text: str) -> NoReturn:
    if "无休" in text:
        _wrong(
            "全年无休说的是天天开，没有说几点：是每天 24 小时，还是每天白天？"
            "请写“24小时”，或“每天 8:00-20:00”。",
            "it says open every day, but not at what times: around the clock (24/7), or by day "
            "(08:00-20:00)?",
        )
    _wrong(
        "只写了日子，没有写钟点。请写成“周一至周五 8:00-17:30”，全天请写“24小时”。",
        "names days but no times; write Mo-Fr 08:00-17:30, or 00:00-24:00 for all day.",
    )


def _with_tail(groups: list[Statement], tail: Tail) -> list[Statement]:
    """Return `groups` with days that stand after the times: 8:00-17:00 周一至周五."""
    head, first = tail.head, groups[0]
    plain = first.act is Act.OPEN and not (head.dates or head.apart or head.season)
    if len(groups) > 1 or not plain or head.days is None:
        _wrong(
            "末尾的日子没有写时间，请把日子写在时间前面。",
            "days at the end have no times; write days before their times.",
        )
    if first.days is None:
        return [replace(first, days=_DAILY | head.days if tail.including else head.days)]
    if not tail.including and head.days.weekdays != first.days.weekdays:
        _wrong("时间前后写了两次日子，请只写一次。", "days stand both before and after the times.")
    return [replace(first, days=first.days | head.days)]


def _with_breaks(groups: list[Statement]) -> list[Statement]:
    """Return `groups` with lunch breaks put to the openings before them."""
    done: list[Statement] = []
    for group in groups:
        if group.act is not Act.BREAK:
            done.append(group)
            continue
        if not any(earlier.act is Act.OPEN for earlier in done) or group.days or group.dates:
            _wrong(
                "休息的时段写得不清楚，请写在开放时间后面，如“8:30-17:30（午休12:00-13:30）”。",
                "a break that belongs to no opening; write it after the opening times.",
            )
        done = [
            replace(earlier, rest=(*earlier.rest, *group.times))
            if earlier.act is Act.OPEN
            else earlier
            for earlier in done
        ]
    return done


def _extended(groups: list[Statement]) -> list[Statement]:
    """Return `groups`, those that extend hours (周三延长至20:00) with the hours they extend."""
    done: list[Statement] = []
    for group in groups:
        if group.act is not Act.EXTENDED:
            done.append(group)
            continue
        place = _place_extended(done, group)
        base = done[place]
        (begin, _), ((until, _),) = base.times[-1], group.times
        longer = replace(group, act=Act.OPEN, times=(*base.times[:-1], (begin, until)))
        longer = replace(
            longer, days=group.days or base.days, dates=group.dates or base.dates, rest=base.rest
        )
        _check_longer(base, longer)
        if group.days is not None and not group.dates and not only_holidays(group.days):
            left = (base.days or _DAILY).weekdays - group.days.weekdays
            kept = replace(base, days=replace(base.days or _DAILY, weekdays=left))
            done[place : place + 1] = [kept] if left else []
        done.append(longer)
    return done


def _place_extended(done: Sequence[Statement], group: Statement) -> int:
    """Return the place of the only hours that `group` may extend."""
    opened = [place for place, one in enumerate(done) if one.act is Act.OPEN and one.times]
    days = frozenset() if group.days is None else group.days.weekdays
    fits = [place for place in opened if days <= (done[place].days or _DAILY).weekdays]
    if len(fits) != 1 or (group.days is None and not group.dates):
        _wrong(
            "延长的是哪些天的哪段时间？请写明这些天几点到几点，如“周三 8:30-20:00”。",
            "extended: on which days, and from when? Write their times, such as We 08:30-20:00.",
        )
    return fits[0]


def _check_longer(base: Statement, longer: Statement) -> None:
    sure = on_24_hours((*base.times, *longer.times))
    before, after = (read_spans(one.times, sure=sure) for one in (base, longer))
    if after[-1][1] <= before[-1][1]:
        _wrong("“延长至”的钟点比原来的还早，请改正。", "extended to a time before the present end.")


def _in_seasons(groups: list[Statement]) -> list[Statement]:
    """Give every group the season it is meant for."""
    opening = [group for group in groups if group.act is Act.OPEN]
    if not opening or not opening[0].dates:
        return groups
    shared = opening[0].days if opening[0].days_first else None
    seasons = list(dict.fromkeys(group.dates for group in opening if group.dates))
    current = opening[0].dates
    done: list[Statement] = []
    for group in groups:
        if group.dates:
            current = group.dates if group.act is Act.OPEN else current
            if group.days is None and group.act is Act.OPEN:
                group = replace(group, days=_shared_days(shared, done))  # noqa: PLW2901
        elif not _for_all(group, done, last=current == seasons[-1], several=len(seasons) > 1):
            group = replace(group, dates=current)  # noqa: PLW2901
        done.append(group)
    return done


def _shared_days(shared: Days | None, done: list[Statement]) -> Days | None:
    """Return the days of a further season that names none."""
    named = [group.days for group in done if group.days is not None and group.act is Act.OPEN]
    if shared is None and any(days.weekdays for days in named):
        _wrong(
            "前一个季节写了星期几，后一个季节没有写：是相同的日子还是每天？请写明。",
            "one season names days of the week and the next does not: the same days, or all?",
        )
    return shared


def _for_all(group: Statement, done: list[Statement], *, last: bool, several: bool) -> bool:
    """Whether a group without dates holds in every season, not only in the one before it."""
    if not last or not several:
        return False
    if any(
        earlier.days is not None and not earlier.days_first for earlier in done if earlier.dates
    ):
        return False
    if group.act is Act.OPEN and group.days is not None and not only_holidays(group.days):
        _wrong(
            "最后这段时间是只用于后一个季节，还是各季节都用？请在每个季节后面写明。",
            "do the last hours hold in the last season only or in all? Write them for each.",
        )
    return True


@dataclass(frozen=True, slots=True)
class _Plan:
    """Groups, each with its season, to be made rules."""

    groups: list[Statement]

    def rules(self) -> Rules:
        """Return the rules in the order in which the later one wins."""
        sure = on_24_hours(pair for group in self.groups for pair in (*group.times, *group.rest))
        _check_rests(self.groups, sure=sure)
        found = self._merged(
            [rule for group in self._with_normal() if (rule := _rule(group, sure=sure))]
        )
        opened = [rule for rule in found if rule.state is State.OPEN]
        if not opened:
            _wrong("没有写几点开放，请补写。", "does not say when it is open.")
        seasonal = bool(opened[0].dates)
        self._check_overlaps(found, seasonal=seasonal)
        apart = [self._left(rule, found, seasonal=seasonal) for rule in found]
        kept = [rule for rule in apart if rule is not None]
        return tuple(sorted(kept, key=lambda rule: _rank(rule, seasonal=seasonal)))

    def _with_normal(self) -> list[Statement]:
        """Return the groups, those days added to an opening that are open as usual (照常)."""
        done = [group for group in self.groups if group.act is not Act.NORMAL]
        for group in self.groups:
            if group.act is not Act.NORMAL:
                continue
            ordinary = [
                place
                for place, other in enumerate(done)
                if other.act is Act.OPEN and not (other.days and only_holidays(other.days))
            ]
            added = group.days if group.days is not None else Days(holidays=True)
            names = {done[place].dates for place in ordinary}
            if not ordinary or len(names) != len(ordinary) or group.dates:
                _wrong(
                    "“正常开放”按哪一段时间？请写明几点到几点。",
                    "open as usual: at which of the times? Write them.",
                )
            for place in ordinary:
                own = done[place].days
                if group.days is None and own is not None and own.weekdays != WEEK:
                    _wrong("“无休”与所写的日子不符，请改正。", "no days off, yet days are named.")
                done[place] = replace(done[place], days=(own or _DAILY) | added)
        return done

    def _merged(self, rules: list[Rule]) -> list[Rule]:
        """Return `rules`, the spans of the same days put together: 周一 8-12点；周一 14-17点."""
        done: list[Rule] = []
        for rule in rules:
            twin = next(
                (place for place, other in enumerate(done) if _same_days(other, rule)), None
            )
            if twin is None:
                done.append(rule)
            elif done[twin].spans and rule.spans and rule.spans[0][0] >= done[twin].spans[-1][1]:
                done[twin] = replace(done[twin], spans=done[twin].spans + rule.spans)
            else:
                _wrong(
                    "同样的日子写了两次不同的时间，请只写一次。",
                    "the same days have two different times; write them once.",
                )
        return done

    def _check_overlaps(self, rules: list[Rule], *, seasonal: bool) -> None:
        weekly = [rule for rule in rules if _weekly(rule, seasonal=seasonal)]
        for place, rule in enumerate(weekly):
            for other in weekly[:place]:
                if rule.join is Join.ALSO or not seasons_meet(rule, other):
                    continue
                if (
                    rule.dates != other.dates
                    and rule.weekdays & other.weekdays
                    and State.OPEN in (rule.state, other.state)
                ):
                    if rule.dates and other.dates:
                        _wrong(
                            "两个季节的日期有重叠，请改正。", "two seasons overlap; mend the dates."
                        )
                    continue
                _check_pair(other, rule)
        base = [rule for rule in weekly if rule.days is None and rule.state is State.OPEN]
        named = frozenset().union(
            *(
                rule.weekdays
                for rule in weekly
                if rule.days is not None and rule.state is not State.OFF
            )
        )
        if base and named and SUNDAY not in named:
            days = write_days(Days(named))
            _wrong(
                f"前面的时间没有写哪几天：是周一至周五，还是除{_zh(named)}以外的每天（包括周日）？请写明。",
                f"the first times name no days: Mo-Fr, or every day but {days}? Write them.",
            )

    def _left(self, rule: Rule, rules: list[Rule], *, seasonal: bool) -> Rule | None:
        """Return `rule` without the days of the week that others speak of; None if none is left."""
        if not _weekly(rule, seasonal=seasonal) or rule.state is not State.OPEN:
            return rule
        if rule.join is Join.ALSO:
            return rule
        other = [
            more
            for more in rules
            if more is not rule
            and _weekly(more, seasonal=seasonal)
            and more.join is not Join.ALSO
            and (more.dates == rule.dates or not more.dates)
            and (more.state is not State.OPEN or _wider(rule, more))
        ]
        taken = frozenset().union(
            *(more.weekdays for more in other if more.days and not more.days.nth)
        )
        if not taken & rule.weekdays:
            return rule
        left = rule.weekdays - taken
        if not left:
            _wrong("写的日子都休息，请改正。", "all of its days are closed; mend it.")
        return replace(rule, days=replace(rule.days or _DAILY, weekdays=left))


def _rule(group: Statement, *, sure: bool) -> Rule | None:
    """Return what a group says as one rule."""
    state = {Act.CLOSED: State.OFF, Act.ASK: State.UNKNOWN}.get(group.act, State.OPEN)
    if state is not State.OPEN:
        if group.days is None and not group.dates:
            _wrong("没有写明是哪几天，请写明。", "does not say which days are meant.")
        comment = "需预约" if state is State.UNKNOWN else ""
        return Rule(state=state, spans=(), days=group.days, dates=group.dates, comment=comment)
    spans: Spans = ((0, DAY_MIN),) if group.all_day else read_spans(group.times, sure=sure)
    join = Join.ALSO if group.act is Act.ALSO else Join.INSTEAD
    days = group.days
    if join is Join.ALSO and days is None:
        days = _DAILY
    return Rule(
        state=state,
        spans=_with_rest(spans, group.rest, sure=sure),
        days=days,
        dates=group.dates,
        join=join,
    )


def _check_rests(groups: Sequence[Statement], *, sure: bool) -> None:
    """Refuse a break that lies within none of the hours: 8:00-12:00 午休 14:00-18:00."""
    for pair in dict.fromkeys(pair for group in groups for pair in group.rest):
        ((first, last),) = read_spans([pair], sure=sure)
        days = (
            ((0, DAY_MIN),) if group.all_day else read_spans(group.times, sure=sure)
            for group in groups
            if pair in group.rest
        )
        if not any(spans[0][0] < last and first < spans[-1][1] for spans in days):
            _wrong(
                "休息的时段不在开放时间之内，是又一段开放时间吗？请写成“8:00-12:00，14:00-18:00”。",
                "the break lies outside all hours: is it when it opens again? Write 08:00-12:00,"
                "14:00-18:00.",
            )


def _with_rest(spans: Spans, rest: Sequence[Pair], *, sure: bool) -> Spans:
    for pair in rest:
        holes = read_spans([pair], sure=sure)
        inside = any(begin < holes[0][0] and holes[0][1] < end for begin, end in spans)
        if inside:
            spans = without(spans, holes)
        elif any(begin < holes[0][1] and holes[0][0] < end for begin, end in spans):
            _wrong(
                "休息的时段只有一部分在开放时间内，请改正。", "a break lies half outside the hours."
            )
    return spans


def _weekly(rule: Rule, *, seasonal: bool) -> bool:
    """Whether a rule speaks of days of the week (in its season), not of holidays or dates."""
    if rule.days is None and rule.state is not State.OPEN:
        return False
    if rule.days is not None and (rule.days.nth or not rule.days.weekdays):
        return False
    return seasonal or not rule.dates


def _same_days(one: Rule, other: Rule) -> bool:
    return (one.days, one.dates, one.state, one.join) == (
        other.days,
        other.dates,
        other.state,
        other.join,
    )


def _wider(rule: Rule, other: Rule) -> bool:
    """Whether `rule` is said of every day, and `other` of some of them."""
    return rule.weekdays == WEEK and other.weekdays != WEEK


def _check_pair(one: Rule, other: Rule) -> None:
    """Refuse two openings that share days of the week when neither is said of every day."""
    if State.OPEN not in (one.state, other.state) or one.state is not other.state:
        return
    shared = one.weekdays & other.weekdays
    if shared and not _wider(one, other) and not _wider(other, one):
        _wrong(
            f"{_zh(shared)}写了两次时间：是改为后一个，还是两个都开放？请每天只写一次，或写“另加开”。",
            f"{write_days(Days(shared))} has two openings: the later one instead, or both? Write "
            "each day once.",
        )


def _rank(rule: Rule, *, seasonal: bool) -> int:
    """Return the place of a rule: later ones win."""
    if rule.join is Join.ALSO:
        return 3
    if rule.dates and not seasonal:
        return 6
    if rule.days is None:
        return 0 if rule.state is State.OPEN else 6
    if only_holidays(rule.days):
        return 5
    if rule.days.nth:
        return 3
    return 2 if rule.days.holidays else 1


def _nights_kept(rules: Rules) -> Rules:
    """Return `rules` joined by commas, so that a night runs its course into another rule's day."""
    weekly = [
        rule for rule in rules if rule.days is not None and rule.weekdays and not rule.days.nth
    ]
    kept: list[Rule] = []
    for rule in rules:
        disjoint = not any(
            other is not rule and other.weekdays & rule.weekdays and seasons_meet(other, rule)
            for other in weekly
        )
        if rule.state is State.OFF and rule in weekly and disjoint:
            continue
        also = kept and rule.state is State.OPEN and rule in weekly and disjoint
        kept.append(replace(rule, join=Join.ALSO) if also else rule)
    return tuple(kept)


def _zh(weekdays: Iterable[int]) -> str:
    return "、".join(f"周{'一二三四五六日'[day]}" for day in sorted(weekdays))
