"""The health bus over days: stops, visits, routes, proof and checks.

A campaign is made by :mod:`geo.bus.campaign.prepare`, planned by :mod:`geo.bus.plan`, checked by
:mod:`geo.bus.check` (which knows nothing of the solver) and turned into layers by
:mod:`geo.bus.planned.plan_layers`.
"""
