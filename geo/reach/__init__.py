"""How far it really is on a compiled network: nearest, catchments, isochrones, matrices, routes."""
