"""Commands for the ground of a project: a whole city, its streets, its base map."""
