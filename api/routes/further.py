"""Every operation but those workers ask first; they are brought in behind the first answers."""

from __future__ import annotations

from api.routes.bus import (
    board_routes,
    change_routes,
    crew_routes,
    file_routes,
    near_me_routes,
    plan_routes,
    sheet_routes,
    together_routes,
)
from api.routes.layers import (
    base_map_routes,
    collection_routes,
    download_routes,
    import_routes,
    row_routes,
    tile_routes,
)
from api.routes.planning import (
    committee_routes,
    demand_routes,
    draft_routes,
    isochrone_routes,
    plan_question_routes,
    publication_routes,
    result_routes,
    rule_routes,
    run_routes,
)
from api.routes.service import door_routes, job_routes, landing_routes
from api.routes.upkeep import keeper_routes, report_routes
from api.routes.worker import offline_routes, search_routes, station_routes

ROUTERS = (
    landing_routes.described,
    station_routes.router,
    report_routes.public,
    keeper_routes.public,
    search_routes.router,
    near_me_routes.router,
    offline_routes.router,
    plan_routes.router,
    board_routes.router,
    change_routes.router,
    crew_routes.router,
    file_routes.router,
    together_routes.router,
    sheet_routes.router,
    door_routes.router,
    collection_routes.router,
    collection_routes.whole,
    tile_routes.router,
    base_map_routes.router,
    result_routes.router,
    download_routes.router,
    run_routes.router,
    rule_routes.router,
    draft_routes.router,
    plan_question_routes.router,
    publication_routes.router,
    committee_routes.router,
    isochrone_routes.router,
    demand_routes.router,
    tile_routes.planning,
    import_routes.router,
    row_routes.router,
    report_routes.router,
    keeper_routes.router,
    job_routes.router,
)
"""In the order the documentation shows them."""
