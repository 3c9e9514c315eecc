"""The planner's page and its parts."""
