"""Rules written in OSM ``opening_hours`` syntax; reading that gives the same rules."""

from __future__ import annotations

from geo.hours.opening_rules import (
    DAY_MIN,
    EVENING_MIN,
    LAST_DAY,
    DateSpan,
    Days,
    Join,
    Numbers,
    Rule,
    Rules,
    State,
    endless,
)

ALWAYS = "24/7"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


def write_rules(rules: Rules) -> str:
    """Write rules in OSM syntax; reading that gives the same rules."""
    if len(rules) == 1 and rules[0].always and not rules[0].comment:
        return ALWAYS
    text = ""
    for rule in rules:
        joint = {Join.INSTEAD: "; ", Join.ALSO: ", ", Join.OTHERWISE: " || "}[rule.join]
        text += (joint if text else "") + _write_rule(rule)
    return text


def _write_rule(rule: Rule) -> str:
    if rule.always and not rule.comment:
        return ALWAYS
    comment = f'"{rule.comment}"' if rule.comment else ""
    state = "" if rule.state is State.OPEN else rule.state.value
    if state == State.UNKNOWN and comment and not rule.spans:
        state = ""
    if comment and not state and rule.state is State.OPEN:
        state = State.OPEN.value
    spans = ",".join(f"{_clock(begin)}-{_end(begin, end)}" for begin, end in rule.spans)
    parts = (
        ",".join(_write_numbers(span, "{:04d}") for span in rule.years),
        ",".join(_write_dates(span) for span in rule.dates),
        "week " + ",".join(_write_numbers(span, "{:02d}") for span in rule.weeks)
        if rule.weeks
        else "",
        write_days(rule.days) if rule.days is not None else "",
        spans,
        state,
        comment,
    )
    return " ".join(part for part in parts if part)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _end(begin: int, end: int) -> str:
    """Return a closing time: on the clock where the night is plain, else counted on (26:00)."""
    plain = end <= DAY_MIN or (begin >= EVENING_MIN and end - DAY_MIN < begin)
    return _clock(end) if plain and end <= DAY_MIN else _clock(end - DAY_MIN if plain else end)


def _write_numbers(span: Numbers, form: str) -> str:
    if endless(span):
        return f"{form.format(span.first)}+"
    if span.first == span.last:
        return form.format(span.first)
    step = f"/{span.step}" if span.step > 1 else ""
    return f"{form.format(span.first)}-{form.format(span.last)}{step}"


def _write_dates(span: DateSpan) -> str:
    first, last = span.first, span.last
    year = f"{first.year} " if first.year is not None else ""
    start = f"{year}{MONTHS[first.month - 1]}"
    if endless(span):
        return f"{start} {first.day:02d}+"
    last_year = f"{last.year} " if last.year is not None and last.year != first.year else ""
    end = f"{last_year}{MONTHS[last.month - 1]}"
    if first.day == 1 and last.day == LAST_DAY:
        return start if (first.year, first.month) == (last.year, last.month) else f"{start}-{end}"
    if first == last:
        return f"{start} {first.day:02d}"
    if (first.year, first.month) == (last.year, last.month) and first.day < last.day:
        return f"{start} {first.day:02d}-{last.day:02d}"
    return f"{start} {first.day:02d}-{end} {last.day:02d}"


def write_days(days: Days) -> str:
    """Write days of the week in OSM syntax."""
    runs = [
        WEEKDAYS[first] if first == last else f"{WEEKDAYS[first]}-{WEEKDAYS[last]}"
        for first, last in weekday_runs(days.weekdays)
    ]
    if days.only_holidays:
        return f"PH {','.join(runs)}"
    nth = [f"{WEEKDAYS[day]}[{','.join(map(str, places))}]" for day, places in days.nth]
    return ",".join([*runs, *nth, *(["PH"] if days.holidays else [])])


def weekday_runs(weekdays: frozenset[int]) -> list[tuple[int, int]]:
    """Return runs of neighbouring weekdays, Monday first."""
    runs: list[tuple[int, int]] = []
    for day in sorted(weekdays):
        if runs and runs[-1][1] == day - 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs
