"""The health bus over days: stops, visits, routes, proof and checks.

A campaign is made by :mod:`geo.campaign.prepare`, planned by :mod:`geo.campaign.plan`, checked by
:mod:`geo.campaign.check` (which knows nothing of the solver) and turned into layers by
:mod:`geo.campaign.layers`.
"""
