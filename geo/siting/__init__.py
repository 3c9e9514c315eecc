"""Choosing actions under a budget, with a certified gap and a reason for each.

:func:`geo.siting.recommend.recommend_sites` answers the planner's question on layers: where to
open; :func:`geo.siting.actions.improve.improve_stations` weighs all kinds of action for one budget.
:mod:`geo.siting.models.textbook` builds any textbook model for :func:`geo.siting.models.front.solve`, and
:func:`geo.siting.solve.solve_covering` solves any :class:`geo.siting.problem.CoveringProblem`.
"""
