"""What passers-by reported of stations, for planners to settle; needs no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geo.layers.vocabulary import Decision, Fault
from geo.text import Text
from maps.page_links import PLAIN, PageFrame
from maps.records import hours_words


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingReports:
    """All that waits of one fault of one station.

    Attributes
    ----------
    station, name : str
        Id and name; "" where it is in no layer any more.
    fault : Fault
        What was reported.
    times : tuple[str, ...]
        When, ISO 8601, Asia/Shanghai; first first.
    notes : tuple[str, ...]
        What was added; any text.
    hours : str
        Its registered hours, OSM ``opening_hours``; "" where unknown.
    """

    station: str
    name: str
    fault: Fault
    times: tuple[str, ...]
    notes: tuple[str, ...]
    hours: str = ""

    @property
    def hours_words(self) -> Text:
        """The registered hours as people read them."""
        return hours_words(self.hours)


def reports_page(
    waiting: Sequence[WaitingReports],
    settled: Sequence[tuple[str, str, Text, Text, str, str]],
    overdue: Sequence[tuple[str, str]] = (),
    *,
    unconfirmed_days: int,
    districts: Mapping[str, str] | None = None,
    message: Text | None = None,
    frame: PageFrame = PLAIN,
) -> str:
    """Return the page.

    Parameters
    ----------
    waiting : Sequence[WaitingReports]
        Most reported first.
    settled : sequence of (when, station, fault, decision, who, words)
        What was decided of late, last first.
    overdue : sequence of (id, name)
        Stations whose hours nobody confirmed for `unconfirmed_days`, longest first.
    unconfirmed_days : int
        After how many days hours are to be confirmed again.
    districts : Mapping[str, str] | None
        Names by adcode of those whose signs can be printed.
    message : Text | None
        What to say above the list.
    frame : PageFrame
        What every page carries.
    """
    return frame.render(
        "upkeep/reports.html.jinja",
        waiting=waiting,
        settled=settled,
        overdue=overdue,
        unconfirmed_days=unconfirmed_days,
        districts=districts or {},
        message=message,
        decision=Decision,
        fault=Fault,
    )
