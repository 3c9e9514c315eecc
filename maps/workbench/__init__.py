"""The planner's workbench: a MapLibre map on the base map that the service draws."""
