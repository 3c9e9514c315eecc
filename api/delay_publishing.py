"""Publishing in the background what crews reported late: begun with a report, and with the service."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from api.jobs import Lane
from api.stations.openings import now
from data.bus.bus_delays import BusDelays
from data.store.project import Project
from geo.errors import YizhanError
from geo.solving import Progress, StoppingCriterion

if TYPE_CHECKING:
    from api.job_facts import JobFacts
    from api.resources import Resources

_KIND = "bus-late"


def publish_delays(resources: Resources) -> None:
    """Begin to publish the delays that are kept, unless that is going on or there are none."""
    if any(job.kind == _KIND and job.ended is None for job in resources.jobs.all()):
        return
    with suppress(YizhanError):  # A broken file is told to who opens the crews' page.
        if BusDelays(resources.folder).first_kept() is None:
            return

    def work(progress: Progress, stop: StoppingCriterion) -> JobFacts:
        from api.analysis.bus_plans.late_buses import publish_kept  # noqa: PLC0415 - the re-planner
        from api.job_facts import DelaysPublished  # noqa: PLC0415 - as above

        project = Project.open(resources.folder)
        done = publish_kept(project, now().date(), stop=stop, progress=progress)
        resources.editions.look_again()
        return DelaysPublished(delays=done)

    resources.jobs.start(_KIND, work, lane=Lane.ROAD, is_noted=False)
