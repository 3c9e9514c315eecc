"""The health bus over days: stops, visits, routes, proof, checks and replans.

A campaign is made by :mod:`geo.campaign.prepare`, planned by :mod:`geo.campaign.plan`, checked by
:mod:`geo.campaign.check` (which knows nothing of the solver), changed by
:mod:`geo.campaign.replan` and turned into layers by :mod:`geo.campaign.layers`.
"""
