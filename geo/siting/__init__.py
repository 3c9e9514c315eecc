"""Choosing actions under a budget, with a certified gap and a reason for each.

:func:`geo.siting.recommend.recommend_sites` answers the planner's question on layers;
:func:`geo.siting.solve.solve_covering` solves any :class:`geo.siting.problem.CoveringProblem`.
"""
