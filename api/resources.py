"""What the running service holds, made at start and let go at stop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from api.edition import Edition
from api.editions import Editions
from api.jobs import Jobs


@dataclass
class Resources:
    """Owned by the app's lifespan.

    Attributes
    ----------
    editions : Editions
        What is published.
    jobs : Jobs
        Long work in the background.
    """

    editions: Editions
    jobs: Jobs


def resources_of(request: Request) -> Resources:
    """Return the running service's resources."""
    resources = request.app.state.resources
    if not isinstance(resources, Resources):  # pragma: no cover - lifespan sets it
        raise TypeError
    return resources


def _edition(request: Request) -> Edition:
    return resources_of(request).editions.current()


CurrentEdition = Annotated[Edition, Depends(_edition)]
"""The edition a request reads; one request sees one edition."""
