"""The HTTP service: ``create_app(settings)`` puts it together, nothing happens at import."""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI
from pydantic.warnings import UnsupportedFieldAttributeWarning
from starlette.middleware.gzip import GZipMiddleware

from api.delay_publishing import publish_delays
from api.http import openapi, problems
from api.http.asking import LanguageChoiceMiddleware
from api.http.cross_origin import CrossOriginMiddleware
from api.http.further_routes import FurtherRoutes, FurtherRoutesMiddleware
from api.http.packed_pages import PACKED_FROM_BYTES, PACKING_LEVEL, PackedPagesMiddleware
from api.http.request_shape import BodyLimitMiddleware, HeadMiddleware
from api.http.security_headers import SecurityHeadersMiddleware
from api.http.tellers import Tellers
from api.http.wrong_keys import WrongKeys
from api.jobs import Jobs
from api.publishing.editions import Editions
from api.resources import Resources, Run
from api.routes.service import asset_routes, health_routes, landing_routes
from api.routes.worker import nearest_routes, worker_page_routes
from api.routes.worker.nearest_at_once import PATH, NearestAtOnce
from api.server.log import hide_positions
from api.settings import Settings
from api.stations.upkeep import Upkeep
from data.store.job_log import JobLog

if TYPE_CHECKING:
    from data.store.project import Project
    from geo.study.rules import StudyRules
    from geo.summary.run import RunSummary

FIRST_ROUTERS = (
    nearest_routes.by_body,
    nearest_routes.router,
    landing_routes.router,
    health_routes.router,
    worker_page_routes.router,
    asset_routes.router,
)
"""What workers ask: there when the service starts. The rest is brought in behind it."""

_ABOUT = """
Where the service stations of the Qingdao Federation of Trade Unions are, which is nearest on real
streets, where workers are not served yet, and what to do about it.

* Positions are longitude, latitude in degrees, WGS 84 (CRS84), unless `datum` says otherwise.
* Distances are metres along the street network, times seconds.
* Clock times are Asia/Shanghai.
* Every refusal is problem+json (RFC 9457) in Chinese or English (`Accept-Language` or `?lang=`).
* A position sent to this service is used to answer and kept nowhere.
* Operations marked with a lock need the planner's key (`X-API-Key`, or `Authorization: Bearer`).
"""


def create_app(settings: Settings, *, run: Run | None = None, is_first: bool = True) -> FastAPI:
    """Return the service for one project.

    Parameters
    ----------
    settings : Settings
        Where the project is and who may plan.
    run : Run | None
        The main job that planners may start; the product's own when None.
    is_first : bool
        Whether planners are served by this process; False for those that only help the first.

    Returns
    -------
    FastAPI
        An ASGI app; it reads the project when it starts, not before.
    """
    # FastAPI silences it while it builds routes, but not for two threads at once.
    warnings.filterwarnings("ignore", category=UnsupportedFieldAttributeWarning)
    app = FastAPI(
        title="yizhan 驿站",
        summary="Find the nearest workers' station; plan the next ones",
        description=_ABOUT,
        version=_version(),
        license_info={"name": "MIT", "identifier": "MIT"},
        lifespan=_lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        responses=problems.PROBLEM_RESPONSES,
    )
    app.state.settings = settings
    app.state.run = run or _run_in_background
    app.state.is_first = is_first
    app.state.wrong_keys = WrongKeys()
    app.state.tellers = Tellers()
    problems.answer_errors(app)
    for router in FIRST_ROUTERS:
        app.include_router(router)
    app.state.further = further = FurtherRoutes(app, _import_further)
    openapi.install_openapi(app, further)
    _add_middleware(app, settings, further)
    app.state.at_once = {PATH: NearestAtOnce(app, settings)}
    return app


def _run_in_background(project: Project, parameters: StudyRules, **more: Any) -> RunSummary:  # noqa: ANN401
    from api.analysis.running import run_in_background  # noqa: PLC0415 - not for the first answers

    return run_in_background(project, parameters, **more)


def _import_further() -> tuple[APIRouter, ...]:
    from api.routes.further import ROUTERS  # noqa: PLC0415 - see there

    return ROUTERS


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    hide_positions()
    settings: Settings = app.state.settings
    resources = Resources(
        editions=Editions(
            settings.project,
            planned=app.state.is_first and settings.planner_key is not None,
            behind=app.state.further.bring_in,
        ),
        jobs=Jobs(JobLog(settings.project / "jobs.json") if app.state.is_first else None),
        run=app.state.run,
        folder=settings.project,
        upkeep=Upkeep(settings.project),
    )
    app.state.resources = resources
    if app.state.is_first:
        publish_delays(resources)
    try:
        yield
    finally:
        resources.jobs.close()
        resources.editions.close()
        del app.state.resources


def _add_middleware(app: FastAPI, settings: Settings, further: FurtherRoutes) -> None:
    """Wrap the app; the last added is the outermost."""
    app.add_middleware(problems.FailureMiddleware)
    app.add_middleware(LanguageChoiceMiddleware)
    app.add_middleware(
        BodyLimitMiddleware,
        limit_bytes=settings.max_body_bytes,
        keyed_limit_bytes=settings.max_upload_bytes,
    )
    app.add_middleware(HeadMiddleware)
    app.add_middleware(PackedPagesMiddleware)
    app.add_middleware(GZipMiddleware, minimum_size=PACKED_FROM_BYTES, compresslevel=PACKING_LEVEL)
    app.add_middleware(CrossOriginMiddleware, service=app, origins=settings.cors_origins)
    app.add_middleware(SecurityHeadersMiddleware, settings=settings)
    app.add_middleware(FurtherRoutesMiddleware, further=further)


def _version() -> str:
    try:
        return version("yizhan")
    except PackageNotFoundError:  # pragma: no cover - running from a bare checkout
        return "0"
