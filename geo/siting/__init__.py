"""Choosing actions under a budget, with a certified gap and a reason for each.

:mod:`~geo.siting.models` says what is sought and what must hold, :mod:`~geo.siting.solver` solves
it, :mod:`~geo.siting.plan` answers the planner's question on layers
(:func:`~geo.siting.plan.recommend.recommend_sites`), and :mod:`~geo.siting.actions` weighs all kinds
of action for one budget (:func:`~geo.siting.actions.choose.choose_actions`).
"""
